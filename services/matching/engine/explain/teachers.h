/*
 * Who teaches what, for explanations that ask it of many mentees: without it each question is asked of
 * all mentors.
 */
#ifndef ENGINE_TEACHERS_H
#define ENGINE_TEACHERS_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

struct engine_teachers;

/* Of a sealed population, which must not change meanwhile. Returns owned, or null if out of memory. */
struct engine_teachers *engine_teachers_new(const struct engine_population *population);
void engine_teachers_free(struct engine_teachers *teachers);

/* Some mentors, ascending; borrowed. */
struct engine_mentors {
	const uint32_t *people;
	size_t count;
};

/* The mentors who offer the skill at any level; all mentors if `teachers` is null. */
struct engine_mentors engine_teachers_of(const struct engine_population *population,
	const struct engine_teachers *teachers, uint32_t skill);

#endif
