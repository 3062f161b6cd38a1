/*
 * Stated choices: the people of the other side that a person prefers, in order.
 */
#ifndef ENGINE_CHOICES_H
#define ENGINE_CHOICES_H

#include "matching/engine/people/packed.h"

/* Implements engine_population_prefer. */
enum engine_status choices_add(struct engine_population *population, uint32_t person,
	bool as_mentee, const uint32_t *choices, size_t count);

/* Sorts the lists and records faults that only the whole shows. */
void choices_seal(struct engine_population *population, struct engine_faults *faults);

#endif
