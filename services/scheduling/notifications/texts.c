#include "scheduling/notifications/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"

#define KEY_BYTES 96

const struct mail_language *texts_language(const char *tag)
{
	for (size_t i = 0; tag && i < mail_language_count; i++) {
		size_t length = strlen(mail_languages[i].tag);
		if (strncmp(tag, mail_languages[i].tag, length) == 0 &&
			(tag[length] == '\0' || tag[length] == '-'))
			return &mail_languages[i];
	}
	return &mail_languages[0];
}

static int compare(const void *key, const void *text)
{
	return strcmp(key, ((const struct mail_text *)text)->key);
}

static const char *find(const struct mail_language *language, const char *key)
{
	const struct mail_text *found = bsearch(
		key, language->texts, mail_text_count, sizeof *language->texts, compare);
	return found ? found->text : "";
}

const char *texts_word(const struct mail_language *language, const char *word)
{
	char key[KEY_BYTES];
	snprintf(key, sizeof key, "words.%s", word);
	return find(language, key);
}

const char *texts_kind(const struct mail_language *language, const char *kind, const char *part)
{
	char key[KEY_BYTES];
	snprintf(key, sizeof key, "kinds.%s.%s", kind, part);
	return find(language, key);
}

void texts_when(int64_t seconds, const char *zone, char ret_when[TEXTS_WHEN])
{
	char local[ZONE_LOCAL_TEXT];
	int offset;
	*ret_when = '\0';
	if (utc_to_local(zone, seconds, local, &offset) == ZONE_DONE)
		snprintf(ret_when, TEXTS_WHEN, "%.10s, %.5s (%s)", local, local + 11, zone);
}
