#include "json/field.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/civil.h"
#include "base/country.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "json/field_text.h"

#define LIST_BYTES_MOST ((size_t)1 << 20)

/* The place of a value: a JSON pointer, or the name of a parameter. */
struct place {
	bool parameter;
	char pointer[sizeof((struct fault *)0)->pointer];
	struct faults *faults;
};

/* The place of a member or item; a name that is too long for a pointer is truncated. */
static struct place inside(const struct place *outer, const char *name)
{
	struct place p = *outer;
	size_t len = strlen(p.pointer);
	if (len + 2 < sizeof p.pointer)
		p.pointer[len++] = '/';
	for (const char *at = name; *at && len + 8 < sizeof p.pointer;) {
		if (*at == '~' || *at == '/') { /* RFC 6901 section 3 */
			p.pointer[len++] = '~';
			p.pointer[len++] = *at == '~' ? '0' : '1';
			at++;
			continue;
		}
		size_t step = str_utf8_step(at);
		step = step > 0 ? step : 1;
		memcpy(p.pointer + len, at, step);
		len += step;
		at += step;
	}
	p.pointer[len] = '\0';
	return p;
}

#define FAULT(place, code, ...)                                                                    \
	(faults_add((place)->faults, (place)->parameter, (place)->pointer, code, __VA_ARGS__),     \
		false)

static bool check_format(enum field_type type, const char *text, const struct place *p)
{
	static const struct {
		enum field_type type;
		bool (*is)(const char *);
		const char *message;
	} formats[] = {
		{ FIELD_UUID, str_is_uuid, "must be a lower-case UUID" },
		{ FIELD_DATE, str_is_date, "must be a date " CIVIL_YEARS ", as YYYY-MM-DD" },
		{ FIELD_LOCAL_TIME, str_is_local_time, "must be a time of day as HH:MM" },
		{ FIELD_LOCAL_END, str_is_local_end,
			"must be a time of day as HH:MM, at most 24:00" },
		{ FIELD_TIME_ZONE, zone_exists, "must be a time zone such as Europe/Berlin" },
		{ FIELD_EMAIL, str_is_email, "must be an email address" },
		{ FIELD_LANGUAGE, str_is_language, "must be a language tag such as de or pt-BR" },
		{ FIELD_COUNTRY, str_is_country, "must be a country code such as DE" },
		{ FIELD_PLACE, str_is_place,
			"must be a country or region code such as DE or DE-BY" },
		{ FIELD_URI, str_is_uri, "must be an http or https URL" },
	};
	for (size_t i = 0; i < COUNT(formats); i++) {
		if (formats[i].type == type && !formats[i].is(text))
			return FAULT(p, "format", "%s", formats[i].message);
	}
	return true;
}

static bool check_allowed(const char *const *values, const char *text, const struct place *p)
{
	char list[160] = ""; /* the build checks that every enumeration fits (upgen/rules.py) */
	size_t len = 0;
	for (size_t i = 0; values[i]; i++) {
		if (str_equal(values[i], text))
			return true;
		int more = snprintf(
			list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "", values[i]);
		len = len + (size_t)more < sizeof list ? len + (size_t)more : sizeof list - 1;
	}
	return FAULT(p, "not_allowed", "must be one of %s", list);
}

static bool check_characters(const struct field *field, size_t characters, const struct place *p)
{
	if (field->min == 1 && characters == 0)
		return FAULT(p, "too_short", "must not be empty");
	if (field->min > 0 && characters < (uint64_t)field->min)
		return FAULT(
			p, "too_short", "must have at least %" PRId64 " characters", field->min);
	if (field->max > 0 && characters > (uint64_t)field->max)
		return FAULT(p, "too_long", "must have at most %" PRId64 " characters", field->max);
	return true;
}

/* An instant is accepted with any offset and stored as UTC, so that cursors and idempotency keys
 * see only one spelling of it. */
static bool check_instant(const char *text, const struct place *p, char **ret_text)
{
	char utc[STR_INSTANT];
	if (!str_to_instant(text, utc))
		return FAULT(p, "format",
			"must be a timestamp " CIVIL_YEARS
			" as YYYY-MM-DDTHH:MM:SSZ or with an offset");
	*ret_text = str_equal(utc, text) ? NULL : str_copy(utc);
	return *ret_text || str_equal(utc, text) || FAULT(p, "format", "could not be read");
}

/* *ret_text: owned, the text to store instead, or NULL. */
static bool check_string(const struct field *field, const char *text, size_t len,
	const struct place *p, char **ret_text)
{
	struct text taken;
	enum text_fault fault = text_take(field->text, text, len, &taken);
	*ret_text = NULL;
	if (fault == TEXT_NO_MEMORY)
		return FAULT(p, "format", "could not be read");
	if (fault) {
		char message[80];
		text_say(fault, taken.culprit, message, sizeof message);
		return FAULT(p, fault == TEXT_BLANK ? "too_short" : "format", "%s", message);
	}
	if (field->type == FIELD_INSTANT)
		return check_instant(text, p, ret_text);
	if (taken.changed)
		text = taken.changed;
	bool good;
	if (field->values) /* the values say more than the length */
		good = check_allowed(field->values, text, p);
	else
		good = check_characters(field, taken.characters, p) &&
		       check_format(field->type, text, p);
	if (good)
		*ret_text = taken.changed;
	else
		free(taken.changed);
	return good;
}

static bool check_member_string(const struct field *field, json_t *value, const struct place *p)
{
	char *stored = NULL;
	if (!json_is_string(value))
		return FAULT(p, "type", "must be a string");
	if (!check_string(field, json_string_value(value), json_string_length(value), p, &stored))
		return false;
	if (!stored)
		return true;
	p->faults->rewritten = true;
	bool set = json_string_set_nocheck(value, stored) == 0;
	free(stored);
	return set || FAULT(p, "format", "could not be read");
}

static bool check_integer(const struct field *field, int64_t value, const struct place *p)
{
	if (field->min == 0 && field->max == 0)
		return true;
	if (value < field->min)
		return FAULT(p, "too_small", "must be at least %" PRId64, field->min);
	if (value > field->max)
		return FAULT(p, "too_large", "must be at most %" PRId64, field->max);
	return true;
}

static bool check_number(const struct field *field, double value, const struct place *p)
{
	if (field->min == 0 && field->max == 0)
		return true;
	if (value < (double)field->min)
		return FAULT(p, "too_small", "must be at least %" PRId64, field->min);
	if (value > (double)field->max)
		return FAULT(p, "too_large", "must be at most %" PRId64, field->max);
	return true;
}

static bool check_value(const struct field *field, json_t *value, const struct place *p);

static const struct field *find_field(const struct field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(fields[i].name, name))
			return &fields[i];
	}
	return NULL;
}

static bool check_object(
	const struct field *fields, size_t count, bool open, json_t *object, const struct place *p)
{
	bool good = true;
	const char *name;
	json_t *value;
	if (!json_is_object(object))
		return FAULT(p, "type", "must be an object");
	for (size_t i = 0; i < count; i++) {
		struct place at = inside(p, fields[i].name);
		value = json_object_get(object, fields[i].name);
		if (value)
			good &= check_value(&fields[i], value, &at);
		else if (fields[i].flags & FIELD_REQUIRED)
			good = FAULT(&at, "required", "is required");
	}
	json_object_foreach(object, name, value)
	{
		struct place at = inside(p, name);
		if (!open && !find_field(fields, count, name))
			good = FAULT(&at, "unknown_member", "is not a member of this object");
	}
	return good;
}

static bool check_unique(const json_t *array, const struct place *p)
{
	size_t count = json_array_size(array);
	for (size_t i = 1; i < count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (json_equal(json_array_get(array, i), json_array_get(array, k)))
				return FAULT(
					p, "not_unique", "must not contain the same item twice");
		}
	}
	return true;
}

static bool check_count(const struct field *field, size_t count, const struct place *p)
{
	if (field->min > 0 && count < (uint64_t)field->min)
		return FAULT(p, "too_few", "must have at least %" PRId64 " items", field->min);
	if (field->max > 0 && count > (uint64_t)field->max)
		return FAULT(p, "too_many", "must have at most %" PRId64 " items", field->max);
	return true;
}

static bool check_array(const struct field *field, json_t *array, const struct place *p)
{
	if (!json_is_array(array))
		return FAULT(p, "type", "must be an array");
	if (!check_count(field, json_array_size(array), p))
		return false;
	bool good = true;
	for (size_t i = 0; field->member_count > 0 && i < json_array_size(array); i++) {
		char index[24];
		snprintf(index, sizeof index, "%zu", i);
		struct place at = inside(p, index);
		good &= check_value(&field->members[0], json_array_get(array, i), &at);
	}
	if (good && field->flags & FIELD_UNIQUE)
		good = check_unique(array, p);
	return good;
}

static bool check_value(const struct field *field, json_t *value, const struct place *p)
{
	if (field->type == FIELD_ANY)
		return true;
	if (json_is_null(value))
		return field->flags & FIELD_NULLABLE || FAULT(p, "null", "must not be null");
	switch (field->type) {
	case FIELD_OBJECT:
		return check_object(
			field->members, field->member_count, field->flags & FIELD_OPEN, value, p);
	case FIELD_ARRAY:
		return check_array(field, value, p);
	case FIELD_BOOLEAN:
		return json_is_boolean(value) || FAULT(p, "type", "must be true or false");
	case FIELD_INTEGER:
		/* 3.0 is refused, because PostgreSQL reads the text of the body and would refuse
		 * it */
		if (!json_is_integer(value))
			return FAULT(p, "type", "must be an integer, written without decimals");
		return check_integer(field, json_integer_value(value), p);
	case FIELD_NUMBER:
		if (!json_is_number(value))
			return FAULT(p, "type", "must be a number");
		return check_number(field, json_number_value(value), p);
	default:
		return check_member_string(field, value, p);
	}
}

/* One item of a parameter, or all of it if it is not an array. */
static bool check_text(
	const struct field *field, const char *text, const struct place *p, char **ret_text)
{
	int64_t integer;
	double number;
	bool boolean;
	*ret_text = NULL;
	switch (field->type) {
	case FIELD_BOOLEAN:
		return str_to_bool(text, &boolean) || FAULT(p, "type", "must be true or false");
	case FIELD_INTEGER:
		if (!str_to_i64(text, &integer))
			return FAULT(p, "type", "must be an integer");
		return check_integer(field, integer, p);
	case FIELD_NUMBER:
		if (!field_read_number(text, &number))
			return FAULT(p, "type", "must be a number");
		return check_number(field, number, p);
	case FIELD_ARRAY:
	case FIELD_OBJECT:
	case FIELD_ANY:
		return FAULT(p, "type", "cannot be given as text");
	default:
		return check_string(field, text, strlen(text), p, ret_text);
	}
}

static bool check_item(
	const struct field *field, const char *text, const struct place *p, struct buf *joined)
{
	owned_text char *stored = NULL;
	if (text[0] == '\0')
		return FAULT(p, "too_short", "must not contain an empty item");
	if (field->member_count > 0 && !check_text(&field->members[0], text, p, &stored))
		return false;
	buf_text(joined, joined->len > 0 ? "," : "");
	buf_text(joined, stored ? stored : text);
	return true;
}

static bool check_list(
	const struct field *field, const char *text, const struct place *p, char **ret_text)
{
	struct field_list list;
	struct buf joined = BUF_INIT(LIST_BYTES_MOST);
	if (!field_list_split(text, &list))
		return FAULT(p, "too_many", "must have at most %d items", FIELD_LIST_MOST);
	bool good = check_count(field, list.count, p);
	for (size_t i = 0; good && i < list.count; i++) {
		good = check_item(field, list.items[i], p, &joined);
		for (size_t k = 0; good && field->flags & FIELD_UNIQUE && k < i; k++) {
			if (str_equal(list.items[i], list.items[k]))
				good = FAULT(
					p, "not_unique", "must not contain the same item twice");
		}
	}
	field_list_release(&list);
	if (good && !buf_ok(&joined))
		good = FAULT(p, "format", "could not be read");
	if (good && joined.len > 0 && !str_equal(joined.data, text))
		*ret_text = buf_take(&joined);
	buf_release(&joined);
	return good;
}

bool field_check_text(
	const struct field *field, const char *text, struct faults *f, char **ret_text)
{
	struct place p = { .parameter = true, .faults = f };
	snprintf(p.pointer, sizeof p.pointer, "%s", field->name);
	*ret_text = NULL;
	return field->type == FIELD_ARRAY ? check_list(field, text, &p, ret_text)
					  : check_text(field, text, &p, ret_text);
}

static struct place start_at(const char *pointer, struct faults *f)
{
	struct place p = { .faults = f };
	snprintf(p.pointer, sizeof p.pointer, "%s", pointer);
	return p;
}

bool field_check_value(
	const struct field *field, json_t *value, const char *pointer, struct faults *f)
{
	struct place p = start_at(pointer, f);
	return check_value(field, value, &p);
}

bool field_check(const struct field *fields, size_t count, json_t *object, const char *base,
	struct faults *f)
{
	struct place p = start_at(base, f);
	return check_object(fields, count, false, object, &p);
}
