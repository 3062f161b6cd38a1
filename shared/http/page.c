#include "http/page.h"

#include <stdlib.h>
#include <string.h>
#include "base/base64url.h"
#include "base/hash.h"
#include "base/str.h"
#include "http/csv_reply.h"
#include "http/media.h"
#include "http/target.h"
#include "http/state.h"

#define TAG_BYTES  16
#define KEYS_MOST  (CURSOR_MOST / 4 * 3 - TAG_BYTES)
#define PAGE_BYTES ((size_t)32 << 20)
#define LINK_BYTES 900

/* ---- cursor ---- */

/* Adds a text preceded by its length, so that different lists of texts never look the same. */
static void add_part(struct buf *out, const char *text)
{
	size_t len = text ? strlen(text) : 0;
	unsigned char head[] = { text != NULL, (unsigned char)(len >> 8), (unsigned char)len };
	buf_add(out, head, sizeof head);
	if (text)
		buf_add(out, text, len);
}

/* The tag that binds keys to the operation, its filters and the caller. */
static bool make_tag(const struct call *call, const unsigned char secret[32], const void *keys,
	size_t keys_len, unsigned char ret_tag[TAG_BYTES])
{
	const struct operation *op = call->operation;
	struct buf bound = BUF_INIT(65536);
	unsigned char whole[HASH_BYTES];
	add_part(&bound, "cursor");
	add_part(&bound, op->id);
	add_part(&bound, call->principal->subject);
	add_part(&bound, call->principal->delegate_id[0] ? call->principal->person_id : NULL);
	for (size_t i = 0; i < op->path_count; i++)
		add_part(&bound, call->path_values[i]);
	for (size_t i = 0; i < op->query_count; i++)
		add_part(&bound, call->query_values[i]);
	buf_add(&bound, keys, keys_len);
	bool made = buf_ok(&bound);
	if (made) {
		hash_hmac(secret, 32, bound.data, bound.len, whole);
		memcpy(ret_tag, whole, TAG_BYTES);
	}
	buf_release(&bound);
	return made;
}

static size_t key_count(const struct operation *op)
{
	return op->page_key_count + op->as_of;
}

char *page_cursor(const struct call *call, const unsigned char secret[32],
	const char *const keys[CALL_PAGE_KEYS])
{
	struct buf plain = BUF_INIT(TAG_BYTES + KEYS_MOST);
	unsigned char tag[TAG_BYTES] = { 0 };
	char *cursor = NULL;
	buf_add(&plain, tag, sizeof tag);
	for (size_t i = 0; i < key_count(call->operation); i++)
		add_part(&plain, keys[i]);
	if (buf_ok(&plain) &&
		make_tag(call, secret, plain.data + TAG_BYTES, plain.len - TAG_BYTES, tag)) {
		memcpy(plain.data, tag, TAG_BYTES);
		cursor = str_base64url(plain.data, plain.len);
	}
	buf_release(&plain);
	return cursor;
}

/* Splits the keys; each text is moved over its length prefix to make room for a NUL. */
static bool split_keys(unsigned char *keys, size_t len, size_t count, struct page_after *after)
{
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		if (len - at < 3)
			return false;
		size_t size = (size_t)keys[at + 1] << 8 | keys[at + 2];
		if (len - at - 3 < size)
			return false;
		char *text = (char *)keys + at;
		bool present = keys[at];
		memmove(text, text + 3, size);
		text[size] = '\0';
		after->keys[i] = present ? text : NULL;
		at += 3 + size;
	}
	return at == len;
}

bool page_open(const struct call *call, const unsigned char secret[32], const char *cursor,
	struct page_after *ret_after)
{
	unsigned char *plain = NULL;
	unsigned char tag[TAG_BYTES];
	size_t len = 0;
	struct page_after after = { 0 };
	if (strlen(cursor) > CURSOR_MOST || !str_from_base64url(cursor, &plain, &len))
		return false;
	if (len >= TAG_BYTES && make_tag(call, secret, plain + TAG_BYTES, len - TAG_BYTES, tag) &&
		hash_equal(tag, plain, TAG_BYTES) &&
		split_keys(plain + TAG_BYTES, len - TAG_BYTES, key_count(call->operation), &after)) {
		after.text = (char *)plain;
		*ret_after = after;
		return true;
	}
	free(plain);
	return false;
}

/* ---- Link ---- */

static void add_escaped(struct buf *out, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,:";
	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_char(out, *text);
		else
			buf_print(out, "%%%02X", (unsigned char)*text);
	}
}

static void add_link(struct buf *out, const struct call *call, const char *cursor, const char *rel)
{
	char mark = '?';
	buf_print(out, "%s<%s%s", out->len ? ", " : "", call->service->base_url, call->url_path);
	for (size_t i = 0; i < call->target->query_count; i++) {
		const struct parameter *p = &call->target->query[i];
		if (str_equal(p->name, "cursor"))
			continue;
		buf_char(out, mark);
		add_escaped(out, p->name);
		buf_char(out, '=');
		add_escaped(out, p->value);
		mark = '&';
	}
	if (cursor)
		buf_print(out, "%ccursor=%s", mark, cursor);
	buf_print(out, ">; rel=\"%s\"", rel);
}

/* Returns owned, or NULL. A Link that would not fit is left out; next_cursor has the same
 * information. */
static char *links(const struct call *call, const char *next)
{
	struct buf out = BUF_INIT(LINK_BYTES);
	if (next)
		add_link(&out, call, next, "next");
	add_link(&out, call, NULL, "first");
	char *text = buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	return text;
}

/* ---- the page ---- */

/* Columns after the keys say something about the whole list, the same in each row. */
static void add_members(struct buf *out, const struct call *call, const struct db_rows *rows)
{
	int columns = db_rows_count(rows) > 0 ? db_rows_columns(rows) : 0;
	for (int i = (int)call->operation->page_key_count + 1; i < columns; i++)
		buf_print(out, ",\"%s\":%s", db_column_name(rows, i), db_value(rows, 0, i));
}

static struct reply json_page(const struct call *call, const struct db_rows *rows, int count,
	const char *next, const char *total)
{
	struct buf out = BUF_INIT(PAGE_BYTES);
	buf_text(&out, "{\"items\":[");
	for (int i = 0; i < count; i++) {
		if (i > 0)
			buf_char(&out, ',');
		buf_add(&out, db_value(rows, i, 0), db_length(rows, i, 0));
	}
	buf_text(&out, "],\"next_cursor\":");
	if (next)
		buf_print(&out, "\"%s\"", next);
	else
		buf_text(&out, "null");
	add_members(&out, call, rows);
	if (total)
		buf_print(&out, ",\"total\":%s", total);
	if (call->as_of)
		buf_print(&out, ",\"as_of\":\"%s\"", call->as_of);
	buf_char(&out, '}');
	size_t len = out.len;
	char *body = buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	struct reply reply = reply_json(200, body, 0);
	if (body)
		reply.length = len;
	return reply;
}

/* One item per line and nothing else; Link points to the next page. */
static struct reply lines_page(const struct db_rows *rows, int count)
{
	struct buf out = BUF_INIT(PAGE_BYTES);
	buf_text(&out, "");
	for (int i = 0; i < count; i++) {
		buf_add(&out, db_value(rows, i, 0), db_length(rows, i, 0));
		buf_char(&out, '\n');
	}
	size_t len = out.len;
	char *body = buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	return reply_text(200, MEDIA_NDJSON, body, len);
}

struct reply page_reply(const struct call *call, const struct db_rows *rows, const char *total)
{
	const struct operation *op = call->operation;
	int found = db_rows_count(rows);
	if (found == 1 && !db_value(rows, 0, 0))
		found = 0; /* there are no items, but something to say about the list */
	int count = found;
	owned_text char *next = NULL;
	if (found > call->limit) {
		const char *keys[CALL_PAGE_KEYS] = { NULL };
		count = (int)call->limit;
		for (size_t i = 0; i < op->page_key_count; i++)
			keys[i] = db_value(rows, count - 1, (int)i + 1);
		if (op->as_of)
			keys[op->page_key_count] = call->as_of;
		next = page_cursor(call, call->service->secret, keys);
		if (!next)
			return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	}
	struct reply reply;
	if (csv_wanted(call))
		reply = csv_reply(call, rows, count);
	else if (call->accept && str_equal(call->accept, MEDIA_NDJSON))
		reply = lines_page(rows, count);
	else
		reply = json_page(call, rows, count, next, total);
	if (reply.status == 200)
		reply.link = links(call, next);
	return reply;
}
