/*
 * text.h - all text from outside passes here: members and parameters of requests, cells of CSV
 * files, claims of tokens. Unicode data comes from libunistring; there are no tables of our own.
 *
 * For every kind except TEXT_EXACT: leading and trailing Unicode white space is removed; control
 * characters, line and paragraph separators, bidi controls, noncharacters and invisible characters
 * are refused. Joiners, variation selectors and flag tags are allowed where a script or an emoji
 * sequence needs them, but not in keys. Nothing is truncated.
 */
#ifndef UPWARD_BASE_TEXT_H
#define UPWARD_BASE_TEXT_H

#include <stddef.h>
#include "base/cleanup.h"

enum text_kind {
	TEXT_EXACT, /* unchanged, for secrets and patterns; any UTF-8 without NUL */
	TEXT_LINE, /* names, titles, other single-line text; NFC, not blank */
	TEXT_LINES, /* several lines: also tab, line feed (CRLF becomes one), directional marks; NFC */
	TEXT_KEY    /* for comparison: bytes unchanged, inner white space only U+0020 */
};

enum text_fault {
	TEXT_GOOD,
	TEXT_NOT_UTF8,
	TEXT_CONTROL, /* a control character or separator */
	TEXT_BIDI,    /* a control that changes the writing direction */
	TEXT_UNSEEN,  /* an invisible character or a noncharacter */
	TEXT_BLANK,   /* nothing in it is visible */
	TEXT_NO_MEMORY
};

struct text {
	char *changed;     /* owned, the text to store; NULL: as received */
	size_t characters; /* in the text to store; 0: only white space */
	unsigned culprit;  /* the offending code point, if it is one */
};

/* Reads one text. A text of white space only is TEXT_GOOD and empty. */
CHECKED enum text_fault text_take(
	enum text_kind kind, const char *text, size_t len, struct text *ret_text);
/* The end of a sentence for people, such as "contains U+200B, which is invisible"; short, ASCII. */
void text_say(enum text_fault fault, unsigned culprit, char *ret_message, size_t size);

#endif
