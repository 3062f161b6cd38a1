/*
 * text.h - the one intake for text from outside: members and parameters of requests, cells of CSV
 * files, claims of tokens. Unicode is libunistring's; there are no tables of our own.
 *
 * Whatever the kind, but for TEXT_EXACT: white space around it (Unicode's) is taken off; control
 * characters, line and paragraph separators, bidi controls, noncharacters and marks that cannot be
 * seen are refused. Joiners, variation selectors and flag tags may stand where a script or an emoji
 * sequence needs them, in keys nowhere. Nothing is cut.
 */
#ifndef UPWARD_BASE_TEXT_H
#define UPWARD_BASE_TEXT_H

#include <stddef.h>
#include "base/cleanup.h"

enum text_kind {
	TEXT_EXACT, /* as it stands: secrets, patterns; only UTF-8 without NUL */
	TEXT_LINE, /* names, titles, other text of one line; stored as NFC, with something to see */
	TEXT_LINES, /* several lines: tab, line feed (CRLF becomes it) and directional marks; NFC */
	TEXT_KEY    /* compared: bytes stay, inner white space is U+0020 alone */
};

enum text_fault {
	TEXT_GOOD,
	TEXT_NOT_UTF8,
	TEXT_CONTROL, /* a control character or separator */
	TEXT_BIDI,    /* a mark that turns the direction of writing */
	TEXT_UNSEEN,  /* a mark that cannot be seen, a noncharacter */
	TEXT_BLANK,   /* there is nothing to see in it */
	TEXT_NO_MEMORY
};

struct text {
	char *changed;     /* owned, what is to be stored; NULL: it stands as it came */
	size_t characters; /* of what is to be stored; 0: nothing but white space */
	unsigned culprit;  /* the code point at fault, where it is one */
};

/* Takes one text. What is nothing but white space is TEXT_GOOD and empty. */
CHECKED enum text_fault text_take(
	enum text_kind kind, const char *text, size_t len, struct text *ret_text);
/* "holds U+200B, which cannot be seen": a sentence's end for people; short, ASCII. */
void text_say(enum text_fault fault, unsigned culprit, char *ret_message, size_t size);

#endif
