#include "json/person_limits.h"

#include <string.h>
#include <jansson.h>
#include "base/str.h"
#include "json/load.h"

static const char *fault_of(const char *side, const json_t *limit)
{
	if (!str_equal(side, "mentor") && !str_equal(side, "mentee"))
		return "is no side: mentor or mentee";
	if (!json_is_integer(limit) || json_integer_value(limit) < 1 ||
		json_integer_value(limit) > PERSON_LIMIT_MOST)
		return "must be a whole number from 1 to 100";
	return NULL;
}

bool person_limits_check(const char *text, struct buf *faults)
{
	size_t before = faults->len;
	const char *side;
	json_t *limit;
	json_t *limits = json_load_whole(text, strlen(text), JSON_REJECT_DUPLICATES, NULL, NULL);
	if (!json_is_object(limits))
		buf_text(faults, "PERSON_LIMITS must be a JSON object of mentor and mentee\n");
	json_object_foreach(limits, side, limit)
	{
		const char *fault = fault_of(side, limit);
		if (fault)
			buf_print(faults, "PERSON_LIMITS: %s %s\n", side, fault);
	}
	json_decref(limits);
	return faults->len == before && buf_ok(faults);
}
