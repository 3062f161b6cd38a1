#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "json/field.h"
#include "json/load.h"

#define DEPTH_MOST 16

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(const char *text, size_t len, size_t at)
{
	while (at < len && is_space(text[at]))
		at++;
	return at;
}

/* From an opening quote to just after the closing one, or to the end. */
static size_t skip_string(const char *text, size_t len, size_t at)
{
	for (at++; at < len && text[at] != '"'; at++) {
		if (text[at] == '\\')
			at++;
	}
	return at < len ? at + 1 : len;
}

/*
 * Counts brackets and commas before the parser allocates memory: it would need 80 MiB for 64 KiB of
 * "{},{},...". A container that is not empty has one more element than commas.
 */
static bool within_limits(const char *text, size_t len, size_t elements_most, struct faults *f)
{
	size_t elements = 0, depth = 0;
	for (size_t at = 0; at < len;) {
		char c = text[at];
		if (c == '"') {
			at = skip_string(text, len, at);
			continue;
		}
		at++;
		if (c == '{' || c == '[') {
			size_t next = skip_space(text, len, at);
			elements += next < len && text[next] != '}' && text[next] != ']';
			if (++depth > DEPTH_MOST) {
				faults_add(f, false, "", "too_deep",
					"is nested deeper than %d levels", DEPTH_MOST);
				return false;
			}
		} else if (c == '}' || c == ']') {
			depth -= depth > 0;
		} else if (c == ',') {
			elements++;
		}
		if (elements > elements_most) {
			faults_add(f, false, "", "too_many_elements",
				"has more than %zu members and items", elements_most);
			return false;
		}
	}
	return true;
}

static void add_parse_fault(const json_error_t *error, struct faults *f)
{
	switch (json_error_code(error)) {
	case json_error_duplicate_key:
		faults_add(f, false, "", "duplicate_member",
			"has a duplicate member, line %d column %d", error->line, error->column);
		break;
	case json_error_numeric_overflow:
		faults_add(f, false, "", "number_out_of_range",
			"contains a number out of range, line %d column %d", error->line,
			error->column);
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		faults_add(f, false, "", "invalid_json",
			"contains a NUL character, line %d column %d", error->line, error->column);
		break;
	default:
		faults_add(f, false, "", "invalid_json",
			"is not valid JSON from line %d column %d on", error->line, error->column);
		break;
	}
}

json_t *field_parse_most(const char *text, size_t len, size_t elements_most, struct faults *f)
{
	json_error_t error;
	bool no_memory;
	if (skip_space(text, len, 0) == len) {
		faults_add(f, false, "", "invalid_json", "is empty");
		return NULL;
	}
	if (memchr(text, '\0', len)) {
		faults_add(f, false, "", "invalid_json", "contains a NUL byte");
		return NULL;
	}
	if (!str_is_utf8(text, len, NULL)) {
		faults_add(f, false, "", "invalid_utf8", "is not UTF-8");
		return NULL;
	}
	if (!within_limits(text, len, elements_most, f))
		return NULL;
	json_t *value = json_load_whole(
		text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error, &no_memory);
	if (!value && !no_memory)
		add_parse_fault(&error, f);
	return value;
}

json_t *field_parse(const char *text, size_t len, struct faults *f)
{
	return field_parse_most(text, len, FIELD_ELEMENTS_MOST, f);
}
