#include "profiles/employee_file/column.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

const struct column columns[COLUMN_COUNT] = {
	{ "external_id", KIND_KEY, 100, true },
	{ "user_name", KIND_KEY, 200, true },
	{ "given_name", KIND_TEXT, 100, true },
	{ "family_name", KIND_TEXT, 100, false },
	{ "email", KIND_EMAIL, 254, false },
	{ "title", KIND_TEXT, 200, false },
	{ "department", KIND_TEXT, 200, false },
	{ "location", KIND_TEXT, 200, false },
	{ "country", KIND_COUNTRY, 2, false },
	{ "time_zone", KIND_ZONE, 64, false },
	{ "level", KIND_LEVEL, 5, true },
	{ "manager_external_id", KIND_KEY, 100, false },
	{ "hired_on", KIND_HIRE_DATE, 10, false },
	{ "active", KIND_ACTIVE, 6, false },
	{ "languages", KIND_LANGUAGES, 800, false },
	{ "skills", KIND_SKILLS, 24000, false },
	{ "interests", KIND_INTERESTS, 4000, false },
	{ "active_from", KIND_DATE, 10, false },
	{ "active_until", KIND_DATE, 10, false },
	{ "on_leave_from", KIND_DATE, 10, false },
	{ "on_leave_until", KIND_DATE, 10, false },
	{ "executive", KIND_FLAG, 6, false },
	{ "holiday_region", KIND_REGION, 6, false },
};

int column_find(const char *name)
{
	for (int i = 0; i < COLUMN_COUNT; i++)
		if (str_equal(columns[i].name, name))
			return i;
	return -1;
}

void column_fold(const char *cell, char ret_folded[HEADER_BYTES])
{
	struct text text;
	size_t length = 0;
	ret_folded[0] = '\0';
	if (text_take(TEXT_LINE, cell, strlen(cell), &text) != TEXT_GOOD)
		return;
	const char *from = text.changed ? text.changed : cell;
	for (; text.characters <= HEADER_MOST && *from && length + 1 < HEADER_BYTES; from++)
		ret_folded[length++] = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a')
								    : *from;
	ret_folded[length] = '\0';
	free(text.changed);
}
