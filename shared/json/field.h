/*
 * field.h - declarative tables for request bodies, query strings, path parameters and token
 * claims. The build generates them from the contract's schemas. A member that is not in the table
 * is an error; all errors of a request are collected, each with its JSON pointer.
 *
 * Error codes: required, unknown_member, null, type, format, too_short, too_long, too_small,
 * too_large, too_few, too_many, not_allowed, not_unique; for a whole body, with the pointer "":
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
	FIELD_LOCAL_END, /* also 24:00 */
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
	FIELD_OPEN = 4,     /* object: unknown members are allowed (token claims only) */
	FIELD_UNIQUE = 8,   /* array: no two equal items */
	FIELD_ME = 16       /* parameter: also "me", for the actor's id */
};

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	enum text_kind text; /* string: how it is read; default TEXT_EXACT */
	/* number: range (both 0: none); string: characters, array: items (max 0: no limit) */
	int64_t min, max;
	const char *const *values;   /* allowed strings, NULL-terminated, or NULL */
	const struct field *members; /* object: its fields; array: members[0] describes an item */
	size_t member_count;
};

/* Checks an object against a table and normalises its texts for storage (text.h); faults.rewritten
 * is set if it changed one. base is the pointer prefix ("" for the body). Adds every error; returns
 * true if there was none. */
CHECKED bool field_check(const struct field *fields, size_t count, json_t *object, const char *base,
	struct faults *f);

/* The same for one value of any type. FIELD_OBJECT with FIELD_OPEN allows unknown members. */
CHECKED bool field_check_value(
	const struct field *field, json_t *value, const char *pointer, struct faults *f);

/* Checks one textual value (path or query parameter; an array is a comma-separated list without
 * empty items). The error's pointer is the parameter's name. *ret_text: owned, the value to use
 * instead of text, or NULL if it is unchanged. */
CHECKED bool field_check_text(
	const struct field *field, const char *text, struct faults *f, char **ret_text);

/* Parses a body: exact length, UTF-8, no duplicate members, depth <= 16, <= 1,000 elements in all.
 * Limits are checked before memory is used. Returns owned json, or NULL with an error; NULL without
 * one if out of memory. */
CHECKED json_t *field_parse(const char *text, size_t len, struct faults *f);
/* The same with another limit of elements, for an operation that takes large bodies. */
#define FIELD_ELEMENTS_MOST 1000
CHECKED json_t *field_parse_most(
	const char *text, size_t len, size_t elements_most, struct faults *f);

/* The value as PostgreSQL input text: scalars as they are, arrays of scalars as an array literal,
 * anything else as JSON text. NULL for an absent or null value, or if out of memory (then
 * *ret_failed). Returns owned. */
CHECKED char *field_to_sql(const struct field *field, const json_t *value, bool *ret_failed);
CHECKED char *field_text_to_sql(const struct field *field, const char *text, bool *ret_failed);

#endif
