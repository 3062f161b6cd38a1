/*
 * Lists as sets of a handful of people: what they are worth, from the definition, and the best by
 * trying all of them.
 */
#ifndef TESTS_UNIT_ENGINE_BRUTE_LISTS_H
#define TESTS_UNIT_ENGINE_BRUTE_LISTS_H

#include "brute.h"

#define BRUTE_WANTS 16

struct brute_lists {
	struct brute brute;
	const struct engine_policy *policy;
	uint32_t wants[BRUTE_MOST];
	uint8_t share[BRUTE_MOST][BRUTE_MOST][BRUTE_WANTS]; /* mentee, mentor, want */
	/* mentee, mentor, kind: what only the mentor is */
	int other[BRUTE_MOST][BRUTE_MOST][ENGINE_DECLARATION_KINDS];
};

/* Reads people, and what kind of lists the result has: how many, whose of one department. */
void brute_lists_read(struct brute_lists *lists, const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result);

/* What a mentee's list is worth in hundredths of points, beyond its pins. */
int64_t brute_lists_worth(const struct brute_lists *lists, uint32_t mentee, uint32_t list);

/* The greatest sum over all lists of the result's kind. */
int64_t brute_lists_best(const struct brute_lists *lists, const struct engine_result *result);

/* The result's own sum; -1 if it is not of its kind or exceeds a capacity. */
int64_t brute_lists_of(const struct brute_lists *lists, const struct engine_result *result);

#endif
