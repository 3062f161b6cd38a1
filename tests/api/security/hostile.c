#include "hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

#define MARK    "@@hostile@@"
#define UNITS   1001 /* one element more than a body may have */
#define DEPTH   17   /* one level more */
#define LONG    5000
#define LONGEST 60000

static struct hostile values[] = {
	{ "null", "null" },
	{ "true", "true" },
	{ "zero", "0" },
	{ "minus one", "-1" },
	{ "a fraction", "1.5" },
	{ "a number beyond 64 bits", "9223372036854775808" },
	{ "a number beyond all bounds", "1e999" },
	{ "NaN", "NaN" },
	{ "an empty string", "\"\"" },
	{ "a space", "\" \"" },
	{ "a NUL", "\"a\\u0000b\"" },
	{ "a lone surrogate", "\"\\ud800\"" },
	{ "surrogates the wrong way round", "\"\\udc00\\ud800\"" },
	{ "a raw control character", "\"a\nb\"" },
	{ "SQL", "\"'); DROP TABLE matching.pair; --\"" },
	{ "a header", "\"a\\r\\nX-Evil: 1\"" },
	{ "a path", "\"../../../../etc/passwd\"" },
	{ "markup", "\"<script>alert(1)</script>\"" },
	{ "a format", "\"%s%n%n%n${jndi:ldap://x}\"" },
	{ "right to left and a family", "\"\\u202e\\ud83d\\udc69\\u200d\\ud83d\\udc67\"" },
	{ "other digits", "\"\\u0663\\u0662\"" },
	{ "a day that is none", "\"2027-02-30\"" },
	{ "an hour that is none", "\"2027-01-20T25:61\"" },
	{ "an id of nothing", "\"019a0000-0000-7000-8000-0000000009d9\"" },
	{ "nearly an id", "\"019a0000-0000-7000-8000-0000000009dg\"" },
	{ "an empty list", "[]" },
	{ "an empty object", "{}" },
	{ "a member twice", "{\"a\": 1, \"a\": 2}" },
	{ "__proto__", "{\"__proto__\": {\"admin\": true}}" },
	{ "a long string", NULL },
	{ "a very long string", NULL },
	{ "a deep list", NULL },
	{ "a list of 1,001", NULL },
	{ "not closed", "\"" },
};
#define VALUES (sizeof values / sizeof *values)

static char *repeated(const char *head, const char *unit, size_t times, const char *tail)
{
	size_t length = strlen(unit);
	char *text = malloc(strlen(head) + times * length + strlen(tail) + 1), *at;
	assert_non_null(text);
	at = stpcpy(text, head);
	for (size_t i = 0; i < times; i++)
		at = stpcpy(at, unit);
	strcpy(at, tail);
	return text;
}

size_t hostile_values(const struct hostile **ret_values)
{
	for (size_t i = 0; i < VALUES; i++) {
		if (values[i].text)
			continue;
		if (strcmp(values[i].name, "a long string") == 0)
			values[i].text = repeated("\"", "x", LONG, "\"");
		else if (strcmp(values[i].name, "a very long string") == 0)
			values[i].text = repeated("\"", "y", LONGEST, "\"");
		else if (strcmp(values[i].name, "a deep list") == 0)
			values[i].text = repeated("", "[", DEPTH, "1]]]]]]]]]]]]]]]]]");
		else
			values[i].text = repeated("[0", ",1", UNITS - 1, "]");
	}
	*ret_values = values;
	return VALUES;
}

/* ---- does the contract take it? ---------------------------------------------------------------*/

static bool type_is(json_t *schema, const char *name)
{
	json_t *type = json_object_get(schema, "type"), *one;
	size_t i;
	if (json_is_string(type))
		return strcmp(json_string_value(type), name) == 0;
	json_array_foreach(type, i, one) if (strcmp(json_string_value(one), name) == 0) return true;
	return false;
}

static size_t characters(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool string_fits(json_t *schema, const char *text)
{
	json_t *allowed = json_object_get(schema, "enum"), *one;
	const char *format = json_string_value(json_object_get(schema, "format"));
	json_t *least = json_object_get(schema, "minLength");
	json_t *most = json_object_get(schema, "maxLength");
	size_t i;
	if (allowed) {
		json_array_foreach(
			allowed, i, one) if (json_is_string(one) &&
					     strcmp(json_string_value(one), text) == 0) return true;
		return false;
	}
	if (format) /* of the hostile values just one has a form */
		return strcmp(format, "uuid") == 0 && strlen(text) == 36 && text[35] == '9';
	if (json_object_get(schema, "pattern"))
		return false;
	return characters(text) >= (size_t)json_integer_value(least) &&
	       (!most || characters(text) <= (size_t)json_integer_value(most));
}

static bool number_fits(json_t *schema, json_t *value)
{
	json_t *least = json_object_get(schema, "minimum");
	json_t *most = json_object_get(schema, "maximum");
	double number = json_number_value(value);
	if (!type_is(schema, "number") && !(json_is_integer(value) && type_is(schema, "integer")))
		return false;
	return (!least || number >= json_number_value(least)) &&
	       (!most || number <= json_number_value(most));
}

static bool value_fits(json_t *schema, json_t *value)
{
	if (json_is_null(value))
		return type_is(schema, "null");
	if (json_is_boolean(value))
		return type_is(schema, "boolean");
	if (json_is_number(value))
		return number_fits(schema, value);
	if (json_is_string(value))
		return type_is(schema, "string") && string_fits(schema, json_string_value(value));
	if (json_is_array(value))
		return type_is(schema, "array") && json_array_size(value) == 0 &&
		       !json_object_get(schema, "minItems");
	return json_is_object(value) && type_is(schema, "object") && json_object_size(value) == 0 &&
	       !json_object_get(schema, "required");
}

bool hostile_fits(json_t *schema, const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (!value)
		return false;
	bool fits = value_fits(contract_resolve(schema), value);
	json_decref(value);
	return fits;
}

/* ---- where ------------------------------------------------------------------------------------*/

struct walk {
	struct hostile_place *places;
	size_t count, most;
};

static void add_place(struct walk *w, const char *pointer, json_t *schema, bool required)
{
	assert_true(w->count < w->most);
	struct hostile_place *place = &w->places[w->count++];
	snprintf(place->pointer, sizeof place->pointer, "%s", pointer);
	place->schema = schema;
	place->required = required;
}

static bool is_required(json_t *schema, const char *name)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(schema, "required"), i,
		one) if (strcmp(json_string_value(one), name) == 0) return true;
	return false;
}

static void walk(struct walk *w, const char *pointer, json_t *schema, json_t *good)
{
	const char *name;
	json_t *member;
	char below[160];
	schema = contract_resolve(schema);
	json_object_foreach(json_object_get(schema, "properties"), name, member)
	{
		snprintf(below, sizeof below, "%s/%s", pointer, name);
		add_place(w, below, member, is_required(schema, name));
		walk(w, below, member, json_object_get(good, name));
	}
	if (json_array_size(good) && json_object_get(schema, "items")) {
		snprintf(below, sizeof below, "%s/0", pointer);
		add_place(w, below, json_object_get(schema, "items"), false);
		walk(w, below, json_object_get(schema, "items"), json_array_get(good, 0));
	}
}

size_t hostile_places(json_t *schema, json_t *good, struct hostile_place *ret_places, size_t most)
{
	struct walk w = { .places = ret_places, .most = most };
	walk(&w, "", schema, good);
	return w.count;
}

static void put(json_t *at, const char *name, bool remove)
{
	if (json_is_array(at))
		json_array_set_new(at, (size_t)atol(name), json_string(MARK));
	else if (remove)
		json_object_del(at, name);
	else
		json_object_set_new(at, name, json_string(MARK));
}

char *hostile_body(json_t *good, const char *pointer, const char *text)
{
	char way[160], *step, *next, *rest = NULL, *out = NULL;
	json_t *copy = json_deep_copy(good), *at = copy;
	snprintf(way, sizeof way, "%s", pointer);
	step = strtok_r(way, "/", &rest);
	for (; (next = strtok_r(NULL, "/", &rest)); step = next) {
		json_t *below = json_is_array(at) ? json_array_get(at, (size_t)atol(step))
						  : json_object_get(at, step);
		if (!below)
			json_object_set_new(at, step, below = json_object());
		at = below;
	}
	put(at, step, text == NULL);
	char *whole = json_dumps(copy, JSON_COMPACT);
	json_decref(copy);
	char *mark = strstr(whole, "\"" MARK "\"");
	if (!mark)
		return whole;
	assert_true(asprintf(&out, "%.*s%s%s", (int)(mark - whole), whole, text,
			    mark + strlen("\"" MARK "\"")) > 0);
	free(whole);
	return out;
}
