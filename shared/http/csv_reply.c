#include "http/csv_reply.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/csv.h"
#include "base/str.h"
#include "http/media.h"
#include "json/load.h"

#define CSV_BYTES    ((size_t)32 << 20)
#define COLUMNS_MOST 64
#define NAME_MOST    96
#define ORDER_MARK   "\xEF\xBB\xBF"

/* The contract's columns. Where it leaves an object's members open, the columns are the members
 * found in the rows. */
struct columns {
	char names[COLUMNS_MOST][NAME_MOST];
	size_t count;
};

bool csv_wanted(const struct call *call)
{
	return call->accept && strcmp(call->accept, MEDIA_CSV) == 0;
}

void csv_cell(struct buf *out, const char *text)
{
	bool formula = csv_is_formula(text);
	if (!strpbrk(text, "\",\r\n;") && !formula) {
		buf_text(out, text);
		return;
	}
	buf_char(out, '"');
	if (formula)
		buf_char(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_char(out, '"');
		buf_char(out, *text);
	}
	buf_char(out, '"');
}

static void add_column(struct columns *columns, const char *outer, const char *name)
{
	char whole[NAME_MOST];
	snprintf(whole, sizeof whole, "%s%s%s", outer, *outer ? "." : "", name);
	for (size_t i = 0; i < columns->count; i++)
		if (strcmp(columns->names[i], whole) == 0)
			return;
	if (columns->count < COLUMNS_MOST)
		memcpy(columns->names[columns->count++], whole, sizeof whole);
}

/* Finds "programme.title" in {"programme": {"title": …}}, "mentors.1.id" in {"mentors": [{"id":
 * …}]}. NULL if there is none. */
static const json_t *look_up(const json_t *value, const char *name)
{
	char step[NAME_MOST];
	size_t length = strcspn(name, ".");
	snprintf(step, sizeof step, "%.*s", (int)length, name);
	const json_t *found = json_is_array(value)
				      ? json_array_get(value, strtoul(step, NULL, 10) - 1)
				      : json_object_get(value, step);
	return name[length] ? look_up(found, name + length + 1) : found;
}

/* Adds a column for every member that the object of this name has in any row. */
static void open_columns(struct columns *columns, const json_t *items, const char *outer)
{
	for (size_t i = 0; i < json_array_size(items); i++) {
		const char *member;
		json_t *value;
		json_object_foreach((json_t *)look_up(json_array_get(items, i), outer), member,
			value) add_column(columns, outer, member);
	}
}

/* Reads "name,card.city,answers.*" as the build writes it; no name exceeds NAME_MOST. */
static void find_columns(struct columns *columns, const char *contract, const json_t *items)
{
	for (const char *at = contract; at && *at; at += strspn(at, ",")) {
		char name[NAME_MOST];
		size_t length = strcspn(at, ",");
		bool is_open = length > 2 && strncmp(at + length - 2, ".*", 2) == 0;
		snprintf(name, sizeof name, "%.*s", (int)(is_open ? length - 2 : length), at);
		if (is_open)
			open_columns(columns, items, name);
		else
			add_column(columns, "", name);
		at += length;
	}
}

static void add_text(struct buf *text, const json_t *value)
{
	if (json_is_string(value)) {
		buf_text(text, json_string_value(value));
	} else if (!json_is_null(value)) {
		owned_text char *dumped = json_dumps(
			value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		buf_text(text, dumped ? dumped : "");
		text->failed = text->failed || !dumped;
	}
}

static bool all_scalars(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);
		if (json_is_array(item) || json_is_object(item))
			return false;
	}
	return true;
}

/* One value of a list. Values are separated by bars, so a bar or backslash in a value is escaped
 * with a backslash. */
static void add_item(struct buf *text, const json_t *value)
{
	if (!json_is_string(value)) {
		add_text(text, value);
		return;
	}
	for (const char *at = json_string_value(value); *at; at++) {
		if (*at == '|' || *at == '\\')
			buf_char(text, '\\');
		buf_char(text, *at);
	}
}

static void add_value(struct buf *out, struct buf *text, const json_t *value)
{
	buf_clear(text);
	buf_text(text, "");
	if (json_is_array(value) && all_scalars(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				buf_char(text, '|');
			add_item(text, json_array_get(value, i));
		}
	} else if (value) {
		add_text(text, value);
	}
	out->failed = out->failed || text->failed;
	if (buf_ok(text) && json_is_number(value))
		buf_text(out, text->data); /* -1 is a number, not a formula */
	else if (buf_ok(text) && text->data)
		csv_cell(out, text->data);
}

static void add_line(struct buf *out, const json_t *item, const struct columns *columns)
{
	struct buf text = BUF_INIT(CSV_BYTES);
	for (size_t i = 0; i < columns->count; i++) {
		if (i > 0)
			buf_char(out, ',');
		add_value(out, &text, look_up(item, columns->names[i]));
	}
	buf_text(out, "\r\n");
	buf_release(&text);
}

static void write_table(struct buf *out, const json_t *items, const char *contract)
{
	struct columns *columns = calloc(1, sizeof *columns);
	if (!columns) {
		out->failed = true;
		return;
	}
	find_columns(columns, contract, items);
	buf_text(out, ORDER_MARK);
	for (size_t i = 0; i < columns->count; i++) {
		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, columns->names[i]);
	}
	buf_text(out, columns->count ? "\r\n" : "");
	for (size_t i = 0; i < json_array_size(items); i++)
		add_line(out, json_array_get(items, i), columns);
	free(columns);
}

/* Takes the items. NULL: out of memory. */
static struct reply reply_of(const struct call *call, json_t *items)
{
	struct buf out = BUF_INIT(CSV_BYTES);
	if (items)
		write_table(&out, items, call->operation->csv);
	json_decref(items);
	size_t len = out.len;
	char *body = items && buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	if (!body)
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	return reply_text(200, MEDIA_CSV, body, len);
}

struct reply csv_reply(const struct call *call, const struct db_rows *rows, int count)
{
	json_t *items = json_array();
	for (int i = 0; i < count && items; i++) {
		json_t *item = json_load_whole(
			db_value(rows, i, 0), db_length(rows, i, 0), 0, NULL, NULL);
		if (!item || json_array_append_new(items, item) != 0) {
			json_decref(items);
			items = NULL;
		}
	}
	return reply_of(call, items);
}

struct reply csv_reply_array(const struct call *call, const char *array, size_t length)
{
	return reply_of(call, json_load_whole(array, length, 0, NULL, NULL));
}
