/* Stated choices: the people of the other side that a person prefers, in order. */
#include "matching/engine/people/choices.h"

#include "matching/engine/base/base.h"

#include <stdlib.h>

static void note(
	struct engine_faults *faults, uint32_t person, size_t entry, enum engine_fault_code code)
{
	engine_faults_add(faults,
		(struct engine_fault){ person, (uint32_t)entry, ENGINE_FIELD_CHOICES, code });
}

/* Checks what is visible from the list alone. It has at most ENGINE_CHOICES_MAX entries, so
 * quadratic time is fast enough. */
static void check_list(
	struct engine_faults *faults, uint32_t person, const uint32_t *choices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t same = 0;
		while (choices[same] != choices[i])
			same++;
		if (choices[i] == person)
			note(faults, person, i, ENGINE_FAULT_SELF);
		if (same < i)
			note(faults, person, i, ENGINE_FAULT_DUPLICATE);
	}
}

enum engine_status choices_add(struct engine_population *population, uint32_t person,
	bool as_mentee, const uint32_t *choices, size_t count)
{
	struct choices *side =
		&population->choices[as_mentee ? CHOICES_OF_MENTEES : CHOICES_OF_MENTORS];
	if (count > ENGINE_CHOICES_MAX) {
		note(&population->faults, person, ENGINE_NONE, ENGINE_FAULT_TOO_MANY);
		return ENGINE_OK;
	}
	while (side->count + count > side->room)
		if (!array_grow((void **)&side->list, &side->room, side->room, sizeof(*side->list)))
			return ENGINE_NO_MEMORY;
	check_list(&population->faults, person, choices, count);
	for (uint32_t i = 0; i < count; i++)
		side->list[side->count++] = (struct choice){ person, choices[i], i + 1 };
	return ENGINE_OK;
}

static int compare_choices(const void *left, const void *right)
{
	const struct choice *a = left, *b = right;
	if (a->person != b->person)
		return a->person < b->person ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static void seal_side(struct engine_population *population, struct choices *side, uint8_t role,
	struct engine_faults *faults)
{
	if (side->count)
		qsort(side->list, side->count, sizeof(*side->list), compare_choices);
	for (size_t i = 0; i < side->count; i++) {
		const struct choice *choice = &side->list[i];
		bool known = choice->person < population->count;
		if (choice->choice >= population->count)
			note(faults, choice->person, choice->place - 1,
				ENGINE_FAULT_UNKNOWN_PERSON);
		if (choice->place != 1)
			continue;
		if (i && !compare_choices(choice - 1, choice))
			note(faults, choice->person, ENGINE_NONE, ENGINE_FAULT_DUPLICATE);
		if (!known)
			note(faults, choice->person, ENGINE_NONE, ENGINE_FAULT_UNKNOWN_PERSON);
		else if (!(population->people[choice->person].roles & role))
			note(faults, choice->person, ENGINE_NONE, ENGINE_FAULT_ROLE_MISSING);
	}
}

void choices_seal(struct engine_population *population, struct engine_faults *faults)
{
	seal_side(population, &population->choices[CHOICES_OF_MENTEES], ENGINE_ROLE_MENTEE, faults);
	seal_side(population, &population->choices[CHOICES_OF_MENTORS], ENGINE_ROLE_MENTOR, faults);
}
