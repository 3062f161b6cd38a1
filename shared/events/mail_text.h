/*
 * mail_text.h - texts in the header of a message.
 */
#ifndef UPWARD_EVENTS_MAIL_TEXT_H
#define UPWARD_EVENTS_MAIL_TEXT_H

#include <stdint.h>
#include "base/buf.h"

/* Appends UTF-8 text as encoded words (RFC 2047), folded so that no line is longer than 76, or as it
 * stands if it is short printable ASCII that cannot be taken for one. Control characters become spaces: a
 * reader that decodes a line end might believe in the next line. */
void mail_encode_words(struct buf *out, const char *text);
/* "Mon, 30 Nov 2026 09:00:00 +0000" (RFC 5322). */
#define MAIL_DATE 40
void mail_date(int64_t seconds, char ret_date[MAIL_DATE]);

#endif
