#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>
#include <unictype.h>

#include "base/str.h"
#include "base/utf8.h"

#define ZWNJ          0x200c
#define ZWJ           0x200d
#define BLACK_FLAG    0x1f3f4
#define TAG_END       0xe007f
#define FLAG_TAGS     7
#define EMOJI_STYLE   0xfe0f
#define TEXT_STYLE    0xfe0e
#define BLANK_BRAILLE 0x2800
#define VIRAMA        9 /* canonical combining class */

/* A position in well-formed UTF-8 text. */
struct cursor {
	const uint8_t *text;
	size_t len, at;
};

static bool previous(struct cursor *c, ucs4_t *ret_point)
{
	if (c->at == 0)
		return false;
	do
		c->at--;
	while (c->at > 0 && (c->text[c->at] & 0xc0) == 0x80);
	u8_mbtouc_unsafe(ret_point, c->text + c->at, c->len - c->at);
	return true;
}

static bool next(struct cursor *c, ucs4_t *ret_point)
{
	if (c->at >= c->len)
		return false;
	c->at += (size_t)u8_mbtouc_unsafe(ret_point, c->text + c->at, c->len - c->at);
	return true;
}

static bool is_mark(ucs4_t point)
{
	return uc_is_general_category_withtable(point, UC_CATEGORY_MASK_M);
}

static bool joins(ucs4_t point)
{
	int type = uc_joining_type(point);
	return type != UC_JOINING_TYPE_U && type != UC_JOINING_TYPE_T;
}

/* The closest character before (or after) that is not a combining mark. */
static bool base_before(struct cursor c, ucs4_t *ret_point)
{
	while (previous(&c, ret_point))
		if (!is_mark(*ret_point) && !uc_is_property_emoji_modifier(*ret_point))
			return true;
	return false;
}

static bool base_behind(struct cursor c, ucs4_t *ret_point)
{
	while (next(&c, ret_point))
		if (!is_mark(*ret_point))
			return true;
	return false;
}

/* Whether a joiner or non-joiner is allowed here: next to a virama, between letters that join, or
 * within an emoji sequence (RFC 5892 appendix A.1 and A.2; UTS 51). */
static bool joiner_fits(struct cursor before, struct cursor behind, ucs4_t joiner)
{
	struct cursor one = before, other = behind;
	ucs4_t last, coming;
	if (!previous(&one, &last))
		return false;
	if (uc_combining_class(last) == VIRAMA)
		return true;
	if (!next(&other, &coming))
		return false;
	if (uc_combining_class(coming) == VIRAMA && uc_is_property_alphabetic(last))
		return true;
	if (!base_before(before, &last) || !base_behind(behind, &coming))
		return false;
	if (joiner == ZWJ && uc_is_property_extended_pictographic(last))
		return uc_is_property_extended_pictographic(coming);
	return joins(last) && joins(coming);
}

static bool selector_fits(struct cursor before, ucs4_t selector)
{
	ucs4_t last;
	if (!previous(&before, &last))
		return false;
	if (selector == EMOJI_STYLE || selector == TEXT_STYLE)
		return uc_is_property_emoji(last);
	return uc_is_property_unified_ideograph(last) || joins(last);
}

static bool is_tag(ucs4_t point)
{
	return point >= 0xe0020 && point <= TAG_END;
}

/* Whether a tag is part of a flag: the black flag, a few tags, the end tag. */
static bool tag_fits(struct cursor before, struct cursor behind, ucs4_t tag)
{
	ucs4_t point = tag;
	int tags = 0;
	while (previous(&before, &point) && is_tag(point) && point != TAG_END && tags <= FLAG_TAGS)
		tags++;
	if (point != BLACK_FLAG)
		return false;
	for (point = tag; is_tag(point) && point != TAG_END && tags <= FLAG_TAGS; tags++)
		if (!next(&behind, &point))
			return false;
	return point == TAG_END && tags > 0 && tags <= FLAG_TAGS;
}

static bool is_unseen(ucs4_t point)
{
	return uc_is_property_default_ignorable_code_point(point) ||
	       uc_is_property_not_a_character(point) ||
	       (point >= 0xfff9 && point <= 0xfffb); /* interlinear annotation */
}

/* Whether a script or an emoji sequence needs this invisible character; `behind` is just after
 * it. */
static bool is_needed(struct cursor before, struct cursor behind, ucs4_t point)
{
	if (point == ZWJ || point == ZWNJ)
		return joiner_fits(before, behind, point);
	if (uc_is_property_variation_selector(point))
		return selector_fits(before, point);
	return is_tag(point) && tag_fits(before, behind, point);
}

static bool is_visible(ucs4_t point)
{
	return point != BLANK_BRAILLE &&
	       uc_is_general_category_withtable(point,
		       UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_P |
			       UC_CATEGORY_MASK_S | UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn);
}

static bool is_directional_mark(ucs4_t point)
{
	return point == 0x200e || point == 0x200f || point == 0x061c;
}

static enum text_fault judge_ignorable(
	enum text_kind kind, struct cursor before, struct cursor behind, ucs4_t point)
{
	if (uc_is_property_bidi_control(point))
		return kind == TEXT_LINES && is_directional_mark(point) ? TEXT_GOOD : TEXT_BIDI;
	if (is_unseen(point))
		return kind != TEXT_KEY && is_needed(before, behind, point) ? TEXT_GOOD
									    : TEXT_UNSEEN;
	if (kind == TEXT_KEY && point != ' ' && uc_is_property_white_space(point))
		return TEXT_UNSEEN;
	return TEXT_GOOD;
}

/* Judges one character; `behind` is just after it. */
static enum text_fault judge(
	enum text_kind kind, struct cursor before, struct cursor behind, ucs4_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
		bool line_end = point == '\n' || (point == '\r' && behind.at < behind.len &&
							 behind.text[behind.at] == '\n');
		return kind == TEXT_LINES && (point == '\t' || line_end) ? TEXT_GOOD : TEXT_CONTROL;
	}
	if (point < 0xa0)
		return TEXT_GOOD;
	if (point == 0x2028 || point == 0x2029)
		return TEXT_CONTROL;
	return judge_ignorable(kind, before, behind, point);
}

static enum text_fault judge_all(
	enum text_kind kind, const char *text, size_t len, struct text *taken)
{
	struct cursor c = { (const uint8_t *)text, len, 0 };
	bool visible = false;
	ucs4_t point;
	for (struct cursor before = c; next(&c, &point); before = c) {
		enum text_fault fault = judge(kind, before, c, point);
		if (fault) {
			taken->culprit = point;
			return fault;
		}
		visible = visible || is_visible(point);
	}
	return visible ? TEXT_GOOD : TEXT_BLANK;
}

/* Removes white space at both ends. */
static void trim(const char **text, size_t *len)
{
	struct cursor c = { (const uint8_t *)*text, *len, 0 };
	ucs4_t point;
	size_t from = 0;
	while (next(&c, &point) && uc_is_property_white_space(point))
		from = c.at;
	*text += from;
	*len -= from;
	c = (struct cursor){ (const uint8_t *)*text, *len, *len };
	while (previous(&c, &point) && uc_is_property_white_space(point))
		*len = c.at;
}

/* Only ! to ~, with single spaces between: nothing to trim, refuse or compose. */
static bool is_plain(const char *text, size_t len)
{
	if (len == 0)
		return true;
	if (text[0] == ' ' || text[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static char *copy_of(const void *text, size_t len)
{
	char *copy = malloc(len + 1);
	if (!copy)
		return NULL;
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

/* Composes the text (NFC); the bytes of keys stay unchanged. Returns owned. */
static char *compose(enum text_kind kind, const char *text, size_t len)
{
	size_t composed_len = 0;
	uint8_t *composed = NULL;
	if (kind == TEXT_KEY)
		return copy_of(text, len);
	composed = u8_normalize(UNINORM_NFC, (const uint8_t *)text, len, NULL, &composed_len);
	if (len > 0 && !composed)
		return NULL;
	char *copy = copy_of(composed, composed_len);
	free(composed);
	return copy;
}

/* Turns CRLF into LF; a carriage return that was accepted is always followed by a line feed. */
static void drop_returns(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++)
		if (*from != '\r')
			*to++ = *from;
	*to = '\0';
}

/* Produces the text to store, or its fault. The composed text is judged, because composing reorders
 * marks. */
static enum text_fault read_text(
	enum text_kind kind, const char *text, size_t len, char **ret_stored, struct text *taken)
{
	owned_text char *stored = NULL;
	trim(&text, &len);
	stored = compose(kind, text, len);
	if (!stored)
		return TEXT_NO_MEMORY;
	enum text_fault fault = *stored ? judge_all(kind, stored, strlen(stored), taken)
					: TEXT_GOOD;
	if (fault)
		return fault;
	drop_returns(stored);
	*ret_stored = TAKE(stored);
	return TEXT_GOOD;
}

enum text_fault text_take(enum text_kind kind, const char *text, size_t len, struct text *ret_text)
{
	char *stored = NULL;
	*ret_text = (struct text){ 0 };
	if (kind != TEXT_EXACT && is_plain(text, len)) {
		ret_text->characters = len;
		return TEXT_GOOD;
	}
	if (!str_is_utf8(text, len, &ret_text->characters))
		return TEXT_NOT_UTF8;
	if (kind == TEXT_EXACT)
		return TEXT_GOOD;
	enum text_fault fault = read_text(kind, text, len, &stored, ret_text);
	if (fault)
		return fault;
	size_t stored_len = strlen(stored);
	if (!str_is_utf8(stored, stored_len, &ret_text->characters))
		ret_text->characters = 0;
	if (stored_len == len && memcmp(stored, text, len) == 0)
		free(stored);
	else
		ret_text->changed = stored;
	return TEXT_GOOD;
}

void text_say(enum text_fault fault, unsigned culprit, char *ret_message, size_t size)
{
	static const char *const why[] = {
		[TEXT_CONTROL] = "a control character",
		[TEXT_BIDI] = "which changes the writing direction",
		[TEXT_UNSEEN] = "which is invisible",
	};
	if (fault == TEXT_NOT_UTF8)
		snprintf(ret_message, size, "is not UTF-8 without NUL");
	else if (fault == TEXT_BLANK)
		snprintf(ret_message, size, "has no visible character");
	else if (fault == TEXT_CONTROL || fault == TEXT_BIDI || fault == TEXT_UNSEEN)
		snprintf(ret_message, size, "contains U+%04X, %s", culprit, why[fault]);
	else
		snprintf(ret_message, size, "could not be read");
}
