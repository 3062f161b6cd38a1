/*
 * field.h - declarative tables for request bodies, query strings, path parameters and token
 * claims. The contract's schemas become these tables at build time; a member that the table does
 * not name is a fault, and all faults of a request are collected, each with its JSON pointer.
 *
 * Codes of faults: required, unknown_member, null, type, format, too_short, too_long, too_small,
 * too_large, too_few, too_many, not_allowed, not_unique; of a whole body, with the pointer "":
 * invalid_json, invalid_utf8, duplicate_member, number_out_of_range, too_deep, too_many_elements.
 */
#ifndef UPWARD_JSON_FIELD_H
#define UPWARD_JSON_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/text.h"
#include "json/problem.h"

enum field_type {
	FIELD_STRING,
	FIELD_INTEGER,
	FIELD_NUMBER,
	FIELD_BOOLEAN,
	FIELD_UUID,
	FIELD_DATE,
	FIELD_INSTANT,
	FIELD_LOCAL_TIME,
	FIELD_LOCAL_END, /* 24:00 too */
	FIELD_TIME_ZONE,
	FIELD_EMAIL,
	FIELD_LANGUAGE,
	FIELD_COUNTRY,
	FIELD_PLACE,
	FIELD_URI,
	FIELD_ARRAY,
	FIELD_OBJECT,
	FIELD_ANY /* token claims only: any JSON value */
};

enum field_flags {
	FIELD_REQUIRED = 1,
	FIELD_NULLABLE = 2, /* null is a value (merge patch: clears) */
	FIELD_OPEN = 4,     /* object: unknown members pass (token claims only) */
	FIELD_UNIQUE = 8,   /* array: no two equal items */
	FIELD_ME = 16       /* path parameter: "me" passes too and stands for the actor's id */
};

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	enum text_kind text; /* string: how it is taken in; TEXT_EXACT where nothing is said */
	/* number: range (both 0: none); string: characters, array: items (max 0: no limit) */
	int64_t min, max;
	const char *const *values;   /* allowed strings, NULL-terminated, or NULL */
	const struct field *members; /* object: its fields; array: members[0] describes an item */
	size_t member_count;
};

/* Checks an object against a table, and puts texts into the form in which they are stored (text.h);
 * faults.rewritten says that it changed one. base is the pointer prefix ("" for the body). Adds
 * every fault; returns true when there was none. */
CHECKED bool field_check(const struct field *fields, size_t count, json_t *object, const char *base,
	struct faults *f);

/* The same for one value of any type. FIELD_OBJECT with FIELD_OPEN lets unknown members pass. */
CHECKED bool field_check_value(
	const struct field *field, json_t *value, const char *pointer, struct faults *f);

/* Checks one textual value (path or query parameter; an array is a comma-separated list without
 * empty items). The fault's pointer is the parameter's name. *ret_text: owned, the value to use
 * instead of text, or NULL where it stands as it came. */
CHECKED bool field_check_text(
	const struct field *field, const char *text, struct faults *f, char **ret_text);

/* Parses a body: exact length, UTF-8, no duplicate members, depth <= 16, <= 1,000 elements in all.
 * Limits are checked before memory is spent. Returns owned json, or NULL with a fault; NULL without
 * one when memory is refused. */
CHECKED json_t *field_parse(const char *text, size_t len, struct faults *f);

/* The value as PostgreSQL input text: scalars as they are, arrays of scalars as an array literal,
 * anything else as JSON text. NULL for an absent or null value, or when memory is refused (then
 * *ret_failed). Returns owned. */
CHECKED char *field_to_sql(const struct field *field, const json_t *value, bool *ret_failed);
CHECKED char *field_text_to_sql(const struct field *field, const char *text, bool *ret_failed);

#endif
