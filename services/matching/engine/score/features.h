/*
 * The features of people as the kernels see them, numbered from 0: the level at which a skill is
 * offered, four half hours of the week, a department, ... A feature with more than 15 values takes
 * several numbers, FEATURES_PAGE values each.
 */
#ifndef ENGINE_FEATURES_H
#define ENGINE_FEATURES_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"

#define FEATURES_PAGE 15u

/* Where each kind of feature begins; features of one kind are consecutive. */
struct features {
	uint32_t hours, languages, channels, declarations, age, levels, departments, countries;
	uint32_t offers, wants, interests;
	uint32_t count;
	uint32_t *skill; /* dense number by skill, or ENGINE_NONE */
	uint32_t *interest;
	int16_t *level; /* mentors' levels, ascending */
	uint32_t level_count;
	uint32_t skill_count, interest_count;
	bool hourly; /* all masks consist of whole hours, so one bit per hour is enough */
};

/*
 * Numbers the features of all mentors and mentees; ret_cut: it was cancelled before the end. False:
 * out of memory, and nothing to release.
 */
bool features_init(struct features *features, const struct engine_population *population,
	const atomic_bool *cancel, bool *ret_cut);
void features_release(struct features *features);

/* The rank of the level among those of mentors, from 0; ENGINE_NONE if no mentor has it. */
uint32_t features_level_rank(const struct features *features, int32_t level);

/* True if every feature of the person has a number, so that no new layout is needed. */
bool features_fit(const struct features *features, const struct engine_population *population,
	const struct person *person);

#endif
