/* The mentors of each skill, in one array. */
#include "matching/engine/explain/teachers.h"

#include "matching/engine/people/people.h"

#include <stdlib.h>

struct engine_teachers {
	size_t *first; /* by skill; one more at the end */
	uint32_t *people;
};

/* Adds up the mentors of each skill, so that first[skill + 1] is where those of the next one begin. */
static size_t count_mentors(const struct engine_population *population, size_t *first)
{
	for (size_t m = 0; m < population->mentor_count; m++) {
		const struct person *mentor = &population->people[population->mentors[m]];
		const uint32_t *offers = offers_of(population, mentor);
		for (size_t o = 0; o < mentor->offers; o++)
			first[offer_skill(offers[o]) + 1]++;
	}
	for (uint32_t skill = 0; skill < population->vocabulary.skills; skill++)
		first[skill + 1] += first[skill];
	return first[population->vocabulary.skills];
}

static void fill(const struct engine_population *population, struct engine_teachers *teachers)
{
	for (size_t m = population->mentor_count; m-- > 0;) {
		const struct person *mentor = &population->people[population->mentors[m]];
		const uint32_t *offers = offers_of(population, mentor);
		for (size_t o = 0; o < mentor->offers; o++)
			teachers->people[--teachers->first[offer_skill(offers[o]) + 1]] =
				population->mentors[m];
	}
}

struct engine_teachers *engine_teachers_new(const struct engine_population *population)
{
	size_t skills = population->vocabulary.skills;
	struct engine_teachers *teachers = calloc(1, sizeof(*teachers));
	if (!teachers)
		return NULL;
	/* filling moves every start one place to the left */
	teachers->first = calloc(skills + 2, sizeof(*teachers->first));
	if (teachers->first) {
		size_t all = count_mentors(population, teachers->first);
		teachers->first[skills + 1] = all;
		teachers->people = malloc((all + 1) * sizeof(*teachers->people));
	}
	if (!teachers->people) {
		engine_teachers_free(teachers);
		return NULL;
	}
	fill(population, teachers);
	return teachers;
}

void engine_teachers_free(struct engine_teachers *teachers)
{
	if (teachers) {
		free(teachers->first);
		free(teachers->people);
		free(teachers);
	}
}

struct engine_mentors engine_teachers_of(const struct engine_population *population,
	const struct engine_teachers *teachers, uint32_t skill)
{
	if (!teachers)
		return (struct engine_mentors){ population->mentors, population->mentor_count };
	return (struct engine_mentors){ teachers->people + teachers->first[skill + 1],
		teachers->first[skill + 2] - teachers->first[skill + 1] };
}
