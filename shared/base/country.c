/*
 * country.c - the countries of ISO 3166-1, as the tz database lists them (iso3166.tab), read once.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/country.h"
#define COUNTRIES "/usr/share/zoneinfo/iso3166.tab"

static bool known[26][26];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static void read_countries(void)
{
	char line[256];
	FILE *file = fopen(COUNTRIES, "re");
	if (!file)
		return;
	while (fgets(line, sizeof line, file))
		if (is_upper(line[0]) && is_upper(line[1]) && line[2] == '\t')
			known[line[0] - 'A'][line[1] - 'A'] = true;
	fclose(file);
}

static bool begins_with_country(const char *text)
{
	pthread_once(&once, read_countries);
	return is_upper(text[0]) && is_upper(text[1]) && known[text[0] - 'A'][text[1] - 'A'];
}

bool str_is_country(const char *text)
{
	return begins_with_country(text) && text[2] == '\0';
}

/* ISO 3166-2: one to three letters or digits after the hyphen. */
bool str_is_place(const char *text)
{
	if (!begins_with_country(text) || text[2] != '-')
		return str_is_country(text);
	size_t len = strspn(text + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
	return len >= 1 && len <= 3 && text[3 + len] == '\0';
}
