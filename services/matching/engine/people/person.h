/*
 * Checks the facts about a person and packs them.
 */
#ifndef ENGINE_PERSON_H
#define ENGINE_PERSON_H

#include "matching/engine/people/packed.h"

/* Records faults in the values of one person under this index; does not look at other people. */
void person_check(const struct engine_population *population, uint32_t index,
	const struct engine_person *person, struct engine_faults *faults);

/* Packs checked facts into a slot, with lists at the end of the pool; false: out of memory. */
bool person_pack(struct engine_population *population, const struct engine_person *person,
	struct person *ret_person);

#endif
