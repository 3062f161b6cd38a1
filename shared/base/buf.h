/*
 * buf.h - a growing byte buffer with an upper limit.
 *
 * The limit makes hostile input harmless: growth beyond it, or a refused allocation, sets `failed`
 * and all further additions do nothing. Callers add freely and ask buf_ok() once at the end. The
 * data is always NUL-terminated. Not thread-safe.
 */
#ifndef UPWARD_BASE_BUF_H
#define UPWARD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

struct buf {
	char *data;   /* owned; NULL while nothing was added */
	size_t len;   /* bytes in use, without the NUL */
	size_t cap;   /* bytes allocated */
	size_t limit; /* most bytes it may hold */
	bool failed;  /* limit hit or allocation refused */
};

#define BUF_INIT(most) ((struct buf){ .limit = (most) })

void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory, forgets the failure */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_print(struct buf *b, const char *format, ...) PRINTF(2, 3);
/* Appends text as a JSON string, quotes included; control characters are escaped (RFC 8259). The
 * text must be valid UTF-8; invalid bytes become U+FFFD. */
void buf_json(struct buf *b, const char *text);
static inline bool buf_ok(const struct buf *b)
{
	return !b->failed;
}
/* Returns owned: the text (never NULL on success, possibly ""), leaving b empty. NULL when failed.
 */
CHECKED char *buf_take(struct buf *b);

#endif
