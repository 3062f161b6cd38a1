/*
 * The people of one run: who they are, what they offer and want, when they are free, and who
 * reports to whom. First people, exclusions and pins are added; then the population is sealed,
 * which checks everything, reports every fault, and builds the reporting forest.
 */
#ifndef ENGINE_POPULATION_H
#define ENGINE_POPULATION_H

#include "matching/engine/people/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine_population;

/* Returns owned, or null if out of memory. */
struct engine_population *engine_population_new(struct engine_vocabulary vocabulary);
void engine_population_free(struct engine_population *population);

/* Copies a person; the index is the number of people added before. Values are checked by
 * sealing. */
enum engine_status engine_population_add(struct engine_population *population,
	const struct engine_person *person, uint32_t *ret_person);

/*
 * The two are never paired: an exclusion, an earlier partner, a declined pair. Order and repetition
 * do not matter.
 */
enum engine_status engine_population_block(
	struct engine_population *population, uint32_t one, uint32_t other);

/*
 * This pair is already decided: it takes its places (or its shortlist place and exposure), and the
 * engine fills the rest. A pin must obey every hard rule of the policy it is solved under.
 */
enum engine_status engine_population_pin(
	struct engine_population *population, uint32_t mentee, uint32_t mentor);

/*
 * The people whom this person prefers to anybody else, most wanted first: mentors if as_mentee,
 * otherwise mentees. Borrowed for the call; may name people added later. Used only by stable
 * matchings (stable.h). A choice that a hard rule refuses is not a fault: see engine_choices_refused.
 *
 * Faults, reported by sealing: ENGINE_FIELD_CHOICES with UNKNOWN_PERSON, SELF or DUPLICATE, and the
 * position in the list from 0 as entry; with ENGINE_NONE as entry ROLE_MISSING (the person is not on
 * that side), TOO_MANY (more than ENGINE_CHOICES_MAX; none is kept) or DUPLICATE (a second list of
 * the same person for the same side). ENGINE_OK, or ENGINE_NO_MEMORY with nothing added.
 */
enum engine_status engine_population_prefer(struct engine_population *population, uint32_t person,
	bool as_mentee, const uint32_t *choices, size_t count);

/* The position of the choice in that list, from 1; 0 if it is not stated. Only after sealing. */
uint32_t engine_population_choice(const struct engine_population *population, uint32_t person,
	bool as_mentee, uint32_t choice);

/*
 * Checks everything and computes the reporting forest. ENGINE_INVALID if faults were found (all are
 * listed; the population stays unsealed and may only be freed). After sealing it is read-only and
 * may be shared by threads; only engine_live changes people.
 */
enum engine_status engine_population_seal(
	struct engine_population *population, struct engine_faults *faults);

size_t engine_population_size(const struct engine_population *population);

#endif
