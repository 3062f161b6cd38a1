#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/field.h"
#include "json/field_text.h"

#define SQL_BYTES_MOST ((size_t)64 << 20)

/* The shortest decimal that reads back as the same double: 0.1, not 0.10000000000000001. */
static void add_real(struct buf *out, double value)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_text(out, text);
}

static void add_json(struct buf *out, const json_t *value);

static void add_json_object(struct buf *out, const json_t *object)
{
	const char *name;
	json_t *member;
	bool first = true;
	buf_char(out, '{');
	json_object_foreach((json_t *)object, name, member)
	{
		if (!first)
			buf_char(out, ',');
		first = false;
		buf_json(out, name);
		buf_char(out, ':');
		add_json(out, member);
	}
	buf_char(out, '}');
}

static void add_json_array(struct buf *out, const json_t *array)
{
	buf_char(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buf_char(out, ',');
		add_json(out, json_array_get(array, i));
	}
	buf_char(out, ']');
}

/* Adds JSON text. json_dumps() would print a real with 17 digits, and numeric columns would keep
 * them. */
static void add_json(struct buf *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		add_json_object(out, value);
		break;
	case JSON_ARRAY:
		add_json_array(out, value);
		break;
	case JSON_STRING:
		buf_json(out, json_string_value(value));
		break;
	case JSON_INTEGER:
		buf_print(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		add_real(out, json_real_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_text(out, json_is_true(value) ? "true" : "false");
		break;
	case JSON_NULL:
		buf_text(out, "null");
		break;
	}
}

/* A scalar in PostgreSQL's input format. */
static void add_scalar(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		buf_text(out, json_string_value(value));
	else
		add_json(out, value);
}

/* An element of an array literal; always quoted, so that no content has a special meaning
 * (PostgreSQL, section 8.15.6). */
static void add_element(struct buf *out, bool first, const char *text)
{
	buf_text(out, first ? "\"" : ",\"");
	for (;;) {
		size_t plain = strcspn(text, "\"\\");
		buf_add(out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		buf_char(out, '\\');
		buf_char(out, *text++);
	}
	buf_char(out, '"');
}

static bool is_scalar(enum field_type type)
{
	return type != FIELD_ARRAY && type != FIELD_OBJECT && type != FIELD_ANY;
}

static void add_array(struct buf *out, const json_t *array)
{
	struct buf element = BUF_INIT(SQL_BYTES_MOST);
	buf_char(out, '{');
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		if (json_is_null(value)) {
			buf_text(out, i > 0 ? ",NULL" : "NULL");
			continue;
		}
		buf_clear(&element);
		buf_add(&element, "", 0);
		add_scalar(&element, value);
		if (buf_ok(&element))
			add_element(out, i == 0, element.data);
		else
			out->failed = true;
	}
	buf_char(out, '}');
	buf_release(&element);
}

/* Returns the text, or reports that memory ran out. */
static char *finish(struct buf *out, bool *ret_failed)
{
	char *text = buf_take(out);
	*ret_failed = !text;
	if (!text)
		buf_release(out);
	return text;
}

char *field_to_sql(const struct field *field, const json_t *value, bool *ret_failed)
{
	struct buf out = BUF_INIT(SQL_BYTES_MOST);
	*ret_failed = false;
	if (!value || json_is_null(value))
		return NULL;
	if (is_scalar(field->type))
		add_scalar(&out, value);
	else if (field->type == FIELD_ARRAY && field->member_count > 0 && json_is_array(value) &&
		 is_scalar(field->members[0].type))
		add_array(&out, value);
	else
		add_json(&out, value);
	return finish(&out, ret_failed);
}

char *field_text_to_sql(const struct field *field, const char *text, bool *ret_failed)
{
	struct buf out = BUF_INIT(SQL_BYTES_MOST);
	struct field_list list;
	*ret_failed = false;
	if (!text)
		return NULL;
	if (field->type != FIELD_ARRAY) {
		buf_text(&out, text);
		return finish(&out, ret_failed);
	}
	if (!field_list_split(text, &list)) {
		*ret_failed = true;
		return NULL;
	}
	buf_char(&out, '{');
	for (size_t i = 0; i < list.count; i++)
		add_element(&out, i == 0, list.items[i]);
	buf_char(&out, '}');
	field_list_release(&list);
	return finish(&out, ret_failed);
}
