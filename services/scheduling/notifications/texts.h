/*
 * texts.h - what mails say, by language: from texts_<language>.yaml. No I/O.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_TEXTS_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_TEXTS_H

#include <stdint.h>
#include "base/cleanup.h"
#include "gen/scheduling/texts.h"

/* The language for a tag such as de-AT, which may be NULL; English if there is no such file. */
CHECKED const struct mail_language *texts_language(const char *tag);
/* A word of the file, such as "greeting"; "" if there is none. */
CHECKED const char *texts_word(const struct mail_language *language, const char *word);
/* The subject or text of a kind of notification; "" for a kind that it does not know. */
CHECKED const char *texts_kind(
	const struct mail_language *language, const char *kind, const char *part);
/* "2027-02-01, 10:00 (Europe/Berlin)", the same in all languages; "" in an unknown zone. */
#define TEXTS_WHEN 160
void texts_when(int64_t seconds, const char *zone, char ret_when[TEXTS_WHEN]);

#endif
