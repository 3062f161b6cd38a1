/*
 * page.h - keyset paging: a list statement's rows as {items, next_cursor}, and the cursor.
 *
 * A cursor is base64url(tag || keys): the keys of the last row shown, and a truncated
 * HMAC-SHA-256 over them, the operation, its filters and the caller, with the service's secret. It
 * is valid only for that list, those filters and that caller; anything else is refused.
 */
#ifndef UPWARD_HTTP_PAGE_H
#define UPWARD_HTTP_PAGE_H

#include "http/call.h"
#include "http/reply.h"

#define PAGE_LIMIT_USUAL 50
#define PAGE_LIMIT_MOST  200
#define CURSOR_MOST      1024 /* characters */

/* Returns owned, or NULL if out of memory or the keys are too long for a cursor. */
CHECKED char *page_cursor(const struct call *call, const unsigned char secret[32],
	const char *const keys[CALL_PAGE_KEYS]);

/* The decoded keys; the texts are in `text`. */
struct page_after {
	const char *keys[CALL_PAGE_KEYS]; /* NULL for a null */
	char *text;                       /* owned */
};

/* false: not a cursor for this list and caller, or out of memory. */
CHECKED bool page_open(const struct call *call, const unsigned char secret[32], const char *cursor,
	struct page_after *ret_after);

/* The response to a list: rows of (body, then the page keys), one more than the limit if there is a
 * next page; total is the number of items on all pages, or NULL. JSON or CSV according to
 * call->accept; Link has the next and the first page. */
CHECKED struct reply page_reply(
	const struct call *call, const struct db_rows *rows, const char *total);

#endif
