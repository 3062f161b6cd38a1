#include "base/charset.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define MARK_BYTES 3 /* of the longest byte order mark */

bool charset_find(const char *name, size_t len, enum charset *ret_charset)
{
	static const struct {
		const char *name;
		enum charset charset;
	} known[] = {
		{ "utf-8", CHARSET_UTF8 },
		{ "utf-16", CHARSET_UTF16 },
		{ "windows-1252", CHARSET_WINDOWS_1252 },
	};
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strlen(known[i].name) == len && strncasecmp(known[i].name, name, len) == 0) {
			*ret_charset = known[i].charset;
			return true;
		}
	}
	return false;
}

void recoder_init(struct recoder *r, enum charset charset)
{
	*r = (struct recoder){ .charset = charset };
}

void recoder_release(struct recoder *r)
{
	if (r->begun && r->charset > CHARSET_UTF8)
		iconv_close(r->iconv);
	r->begun = false;
}

/* Detects the encoding from the first bytes. */
static enum recode_outcome recoder_begin(struct recoder *r)
{
	const char *from = "WINDOWS-1252";
	if (r->held_count == MARK_BYTES && memcmp(r->held, "\xef\xbb\xbf", MARK_BYTES) == 0) {
		r->charset = CHARSET_UTF8;
	} else if (r->held_count >= 2 &&
		   (memcmp(r->held, "\xff\xfe", 2) == 0 || memcmp(r->held, "\xfe\xff", 2) == 0)) {
		r->charset = CHARSET_UTF16;
		from = r->held[0] == 0xff ? "UTF-16LE" : "UTF-16BE";
		r->held[0] = r->held[2];
		r->held_count -= 2;
	} else if (r->charset == CHARSET_UTF16) {
		return RECODE_MALFORMED;
	}
	if (r->charset > CHARSET_UTF8) {
		r->iconv = iconv_open("UTF-8", from);
		if (r->iconv == (iconv_t)-1)
			return RECODE_FAILED;
	}
	r->begun = true;
	return RECODE_GOOD;
}

/* Copies bytes unchanged. */
static void pass_on(const char **in, size_t *left, char **out, size_t *room)
{
	size_t n = *left < *room ? *left : *room;
	memcpy(*out, *in, n);
	*in += n;
	*left -= n;
	*out += n;
	*room -= n;
}

/* Converts as much as fits. Whatever does not fit, and an incomplete character at the end, stays in
 * the input; ret_cut tells whether it is an incomplete character. */
static enum recode_outcome convert(
	struct recoder *r, const char **in, size_t *left, char **out, size_t *room, bool *ret_cut)
{
	*ret_cut = false;
	if (r->charset <= CHARSET_UTF8) {
		pass_on(in, left, out, room);
		return RECODE_GOOD;
	}
	char *from = (char *)*in; /* iconv's parameter lacks const; it does not write */
	bool whole = iconv(r->iconv, &from, left, out, room) != (size_t)-1;
	*in = from;
	*ret_cut = !whole && errno == EINVAL;
	return !whole && errno == EILSEQ ? RECODE_MALFORMED : RECODE_GOOD;
}

/* Moves one input byte to the held bytes. false: no input is left, or no space. */
static bool hold_byte(struct recoder *r, const char **in, size_t *left)
{
	if (*left == 0 || r->held_count == sizeof r->held)
		return false;
	r->held[r->held_count++] = (unsigned char)*(*in)++;
	(*left)--;
	return true;
}

/* Converts the held bytes, together with as many input bytes as complete the last character. */
static enum recode_outcome convert_held(
	struct recoder *r, const char **in, size_t *left, char **out, size_t *room)
{
	enum recode_outcome outcome = RECODE_GOOD;
	bool cut = true;
	while (outcome == RECODE_GOOD && cut && r->held_count > 0) {
		const char *held = (const char *)r->held;
		size_t count = r->held_count;
		outcome = convert(r, &held, &count, out, room, &cut);
		memmove(r->held, held, count);
		r->held_count = count;
		if (cut && !hold_byte(r, in, left))
			break;
	}
	return outcome;
}

enum recode_outcome recoder_next(struct recoder *r, const char **in, size_t *left, char *out,
	size_t room, size_t *ret_length)
{
	char *at = out;
	bool cut = false;
	enum recode_outcome outcome = RECODE_GOOD;
	*ret_length = 0;
	if (!r->begun) {
		while (r->held_count < MARK_BYTES)
			if (!hold_byte(r, in, left))
				return RECODE_GOOD;
		outcome = recoder_begin(r);
	}
	if (outcome == RECODE_GOOD)
		outcome = convert_held(r, in, left, &at, &room);
	if (outcome == RECODE_GOOD && r->held_count == 0)
		outcome = convert(r, in, left, &at, &room, &cut);
	while (outcome == RECODE_GOOD && cut && hold_byte(r, in, left))
		;
	*ret_length = (size_t)(at - out);
	return outcome;
}

enum recode_outcome recoder_end(struct recoder *r, char *out, size_t room, size_t *ret_length)
{
	const char *none = "";
	size_t left = 0;
	char *at = out;
	enum recode_outcome outcome = RECODE_GOOD;
	if (!r->begun && r->held_count > 0)
		outcome = recoder_begin(r);
	if (outcome == RECODE_GOOD)
		outcome = convert_held(r, &none, &left, &at, &room);
	*ret_length = (size_t)(at - out);
	return outcome == RECODE_GOOD && r->held_count > 0 ? RECODE_MALFORMED : outcome;
}
