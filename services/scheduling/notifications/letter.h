/*
 * letter.h - writes a message twice at once, as plain text and as HTML, so that both always say the
 * same. The pieces come in order: opened, any number of them, closed. No I/O.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_LETTER_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_LETTER_H

#include "base/buf.h"

struct letter {
	struct buf text, html; /* with CRLF line ends */
};

void letter_open(struct letter *letter, const char *language, const char *title);
void letter_paragraph(struct letter *letter, const char *sentence);
/* "With: Lin Chen"; nothing if the value is NULL or empty. */
void letter_fact(struct letter *letter, const char *name, const char *value);
/* A link with its name; nothing if the URL is NULL. */
void letter_link(struct letter *letter, const char *name, const char *url);
/* A line, and smaller print after it. */
void letter_foot(struct letter *letter);
/* false: out of memory, or too long. */
CHECKED bool letter_close(struct letter *letter);
void letter_release(struct letter *letter);

#endif
