/* The words for statuses and faults, and the list of faults. */
#include "matching/engine/base/status.h"

#include <stdlib.h>

static const char *const status_words[] = { "ok", "cancelled", "no_memory", "invalid", "too_large",
	"unsupported" };

static const char *const field_words[ENGINE_FIELD_COUNT] = { "none", "roles", "level", "age_band",
	"manager", "department", "country", "channels", "declarations", "mentor_capacity",
	"mentee_capacity", "shown", "offers", "wants", "interests", "blocked", "pinned", "choices", "weights",
	"line_distance", "junior", "level_gap", "common_half_hours", "ample", "shortlist_size",
	"exposure_cap", "two_departments", "repeat_share" };

static const char *const fault_words[ENGINE_FAULT_COUNT] = { "none", "out_of_range",
	"unknown_person", "unknown_id", "duplicate", "too_many", "not_a_need", "self", "cycle",
	"role_missing", "blocked", "over_capacity", "rule", "all_zero", "sum", "contradiction" };

const char *engine_status_word(enum engine_status status)
{
	return status <= ENGINE_UNSUPPORTED ? status_words[status] : "unknown";
}

const char *engine_fault_word(enum engine_fault_code code)
{
	return code < ENGINE_FAULT_COUNT ? fault_words[code] : "unknown";
}

const char *engine_field_word(enum engine_field field)
{
	return field < ENGINE_FIELD_COUNT ? field_words[field] : "unknown";
}

void engine_faults_add(struct engine_faults *faults, struct engine_fault fault)
{
	if (!faults)
		return;
	faults->total++;
	if (faults->count == ENGINE_FAULTS_KEPT)
		return;
	if (faults->count == faults->room) {
		size_t room = faults->room ? faults->room * 2 : 16;
		struct engine_fault *list = realloc(faults->list, room * sizeof(*list));
		if (!list)
			return;
		faults->list = list;
		faults->room = room;
	}
	faults->list[faults->count++] = fault;
}

void engine_faults_release(struct engine_faults *faults)
{
	free(faults->list);
	*faults = (struct engine_faults){ 0 };
}
