#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DEEP 24

/* x-field is a name, or a list of names. */
static uint64_t named(json_t *schema, shown_number *number)
{
	uint64_t set = 0;
	json_t *one, *said = json_object_get(schema, "x-field");
	size_t i;
	int bit;
	if (json_is_string(said) && (bit = number(json_string_value(said))) >= 0)
		set |= UINT64_C(1) << bit;
	json_array_foreach(said, i, one) if ((bit = number(json_string_value(one))) >= 0)
		set |= UINT64_C(1) << bit;
	return set;
}

uint64_t shown_in(json_t *schema, shown_number *number, int depth)
{
	static const char *const ways[] = { "oneOf", "anyOf", "allOf" };
	uint64_t set = named(schema, number);
	const char *name;
	json_t *inner;
	size_t i;
	schema = contract_resolve(schema);
	set |= named(schema, number);
	if (depth == 0)
		return set;
	json_object_foreach(json_object_get(schema, "properties"), name, inner)
		set |= shown_in(inner, number, depth - 1);
	if (json_is_object(json_object_get(schema, "additionalProperties")))
		set |= shown_in(json_object_get(schema, "additionalProperties"), number, depth - 1);
	if (json_object_get(schema, "items"))
		set |= shown_in(json_object_get(schema, "items"), number, depth - 1);
	for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
		json_array_foreach(json_object_get(schema, ways[way]), i, inner)
			set |= shown_in(inner, number, depth - 1);
	return set;
}

uint64_t shown_by(const struct operation_row *row, shown_number *number)
{
	const char *status, *type;
	json_t *answer, *media;
	uint64_t set = 0;
	json_object_foreach(json_object_get(row->spec, "responses"), status, answer)
	{
		if (status[0] != '2')
			continue;
		answer = contract_resolve(answer);
		json_object_foreach(json_object_get(answer, "content"), type, media)
			set |= shown_in(json_object_get(media, "schema"), number, DEEP);
	}
	return set;
}

size_t shown_types(
	const struct operation_row *row, const char *status, const char **ret_types, size_t most)
{
	const char *type;
	json_t *media;
	size_t count = 0;
	json_t *answer = json_object_get(json_object_get(row->spec, "responses"), status);
	json_object_foreach(json_object_get(contract_resolve(answer), "content"), type, media)
	{
		assert_true(count < most);
		ret_types[count++] = type;
	}
	return count;
}
