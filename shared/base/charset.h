/*
 * charset.h - text in another encoding becomes UTF-8, piece by piece as it comes in. iconv does the
 * work; there are no tables of our own.
 *
 * A byte order mark decides, whatever was said: of UTF-8, of UTF-16 in either order. What has none
 * is in the encoding that was named; UTF-16 needs one. UTF-8 passes as it came, marks and faults
 * included: whoever reads the text judges it.
 */
#ifndef UPWARD_BASE_CHARSET_H
#define UPWARD_BASE_CHARSET_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

enum charset {
	CHARSET_NONE, /* bytes as they come; no recoder is wanted */
	CHARSET_UTF8,
	CHARSET_UTF16,
	CHARSET_WINDOWS_1252
};

/* What charset_find() knows, for people. */
#define CHARSETS_TAKEN "UTF-8, UTF-16 with a byte order mark or windows-1252"

/* By its name in a Content-Type, in any case; false: none of these. */
CHECKED bool charset_find(const char *name, size_t len, enum charset *ret_charset);

/* Bytes of output that each call needs at least. */
#define RECODER_ROOM 64

struct recoder {
	enum charset charset;
	bool begun;            /* it is known what the text is in */
	iconv_t iconv;         /* of UTF-16 and Windows-1252, once begun */
	unsigned char held[4]; /* what cannot be told yet: a mark, a character's first bytes */
	size_t held_count;
};

enum recode_outcome {
	RECODE_GOOD,
	RECODE_MALFORMED, /* bytes that are no text of the encoding */
	RECODE_FAILED     /* the encoding is not installed, or no memory */
};

void recoder_init(struct recoder *r, enum charset charset);
/* Takes some of *in, moves it on, and writes at most `room` bytes: call again until *left is 0. */
CHECKED enum recode_outcome recoder_next(struct recoder *r, const char **in, size_t *left,
	char *out, size_t room, size_t *ret_length);
/* Everything has come: writes what was held. */
CHECKED enum recode_outcome recoder_end(
	struct recoder *r, char *out, size_t room, size_t *ret_length);
void recoder_release(struct recoder *r); /* also one that was not begun; not twice */

#endif
