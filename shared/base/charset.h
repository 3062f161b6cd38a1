/*
 * charset.h - converts text to UTF-8 piece by piece as it arrives. iconv does the work; there are no
 * tables of our own.
 *
 * A byte order mark (UTF-8, or UTF-16 in either byte order) overrides the declared encoding. Without
 * one the text is in the declared encoding; UTF-16 requires one. UTF-8 passes unchanged, including
 * marks and errors: the reader of the text checks it.
 */
#ifndef UPWARD_BASE_CHARSET_H
#define UPWARD_BASE_CHARSET_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

enum charset {
	CHARSET_NONE, /* bytes unchanged; no recoder is needed */
	CHARSET_UTF8,
	CHARSET_UTF16,
	CHARSET_WINDOWS_1252
};

/* The encodings that charset_find() knows, for messages. */
#define CHARSETS_TAKEN "UTF-8, UTF-16 with a byte order mark or windows-1252"

/* Looks up a name from Content-Type, in any case; false if it is none of these. */
CHECKED bool charset_find(const char *name, size_t len, enum charset *ret_charset);

/* Minimum output space for each call, in bytes. */
#define RECODER_ROOM 64

struct recoder {
	enum charset charset;
	bool begun;            /* the encoding is known */
	iconv_t iconv;         /* for UTF-16 and Windows-1252, once begun */
	unsigned char held[4]; /* not decodable yet: a mark, or part of a character */
	size_t held_count;
};

enum recode_outcome {
	RECODE_GOOD,
	RECODE_MALFORMED, /* bytes that are not valid in the encoding */
	RECODE_FAILED     /* the encoding is not installed, or out of memory */
};

void recoder_init(struct recoder *r, enum charset charset);
/* Consumes some of *in, advancing it, and writes at most `room` bytes; call again until *left is 0. */
CHECKED enum recode_outcome recoder_next(struct recoder *r, const char **in, size_t *left,
	char *out, size_t room, size_t *ret_length);
/* At the end of the input: writes the held bytes. */
CHECKED enum recode_outcome recoder_end(
	struct recoder *r, char *out, size_t room, size_t *ret_length);
void recoder_release(struct recoder *r); /* may be called before any input; only once */

#endif
