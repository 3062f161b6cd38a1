/*
 * buf.h - a growing byte buffer with an upper limit.
 *
 * The limit makes hostile input harmless: growing beyond it, or a failed allocation, sets `failed`,
 * and further additions do nothing. Callers append freely and call buf_ok() once at the end. The
 * data is always NUL-terminated. Not thread-safe.
 */
#ifndef UPWARD_BASE_BUF_H
#define UPWARD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

struct buf {
	char *data;   /* owned; NULL until something is added */
	size_t len;   /* bytes in use, without the NUL */
	size_t cap;   /* bytes allocated */
	size_t limit; /* maximum number of bytes */
	bool failed;  /* limit reached or allocation failed */
};

#define BUF_INIT(most) ((struct buf){ .limit = (most) })

void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory, resets `failed` */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_print(struct buf *b, const char *format, ...) PRINTF(2, 3);
/* Appends text as a JSON string with quotes; control characters are escaped (RFC 8259). The
 * text must be valid UTF-8; invalid bytes become U+FFFD. */
void buf_json(struct buf *b, const char *text);
static inline bool buf_ok(const struct buf *b)
{
	return !b->failed;
}
/* Returns the text (owned, possibly "") and leaves b empty; NULL if b has failed. */
CHECKED char *buf_take(struct buf *b);

#endif
