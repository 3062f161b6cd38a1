#include "profiles/employee_file/unknown.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SAID_MOST 8 /* values listed in a sentence */

bool unknown_count(struct unknown_values *unknown, size_t column, const char *value)
{
	struct text text;
	if (text_take(TEXT_LINE, value, strlen(value), &text) != TEXT_GOOD)
		return true; /* only values that can be displayed */
	owned_text char *shown = text.changed;
	json_t **counts = &unknown->of[column].counts;
	unknown->of[column].rows++;
	if (!*counts)
		*counts = json_object();
	const char *key = shown ? shown : value;
	json_t *count = json_object_get(*counts, key);
	if (!count && (json_object_size(*counts) == UNKNOWN_MOST || text.characters > HEADER_MOST))
		return *counts != NULL;
	json_int_t rows = json_integer_value(count) + 1;
	return json_object_set_new(*counts, key, json_integer(rows)) == 0;
}

bool unknown_say(
	const struct unknown_values *unknown, size_t column, char ret_message[UNKNOWN_MESSAGE])
{
	const char *value;
	json_t *rows;
	size_t said = 0;
	int at = snprintf(ret_message, UNKNOWN_MESSAGE,
		"%zu rows have values that the mapping does not know:", unknown->of[column].rows);
	json_object_foreach(unknown->of[column].counts, value, rows)
	{
		size_t room = UNKNOWN_MESSAGE - (size_t)at;
		if (said == SAID_MOST || strlen(value) + 40 > room)
			break;
		at += snprintf(ret_message + at, room, "%s %s (%lld)", said ? "," : "", value,
			(long long)json_integer_value(rows));
		said++;
	}
	bool all = said == json_object_size(unknown->of[column].counts);
	snprintf(ret_message + at, UNKNOWN_MESSAGE - (size_t)at, all ? "." : ", and others.");
	return unknown->of[column].rows > 0;
}

bool unknown_write(const struct unknown_values *unknown, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		const char *value;
		json_t *rows;
		json_object_foreach(unknown->of[i].counts, value, rows)
		{
			buf_print(out, "%s{\"column\":\"%s\",\"value\":", out->len > 1 ? "," : "",
				columns[i].name);
			buf_json(out, value);
			buf_print(out, ",\"rows\":%lld}", (long long)json_integer_value(rows));
		}
	}
	buf_char(out, ']');
	return buf_ok(out);
}

void unknown_release(struct unknown_values *unknown)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		json_decref(unknown->of[i].counts);
}
