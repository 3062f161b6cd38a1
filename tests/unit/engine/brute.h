/*
 * The best matching of a handful of people by trying all of them.
 */
#ifndef TESTS_UNIT_ENGINE_BRUTE_H
#define TESTS_UNIT_ENGINE_BRUTE_H

#include "matching/engine/engine.h"

#define BRUTE_MOST 16

struct brute {
	uint32_t mentees, mentors;
	uint32_t mentee[BRUTE_MOST], mentor[BRUTE_MOST]; /* persons */
	int32_t score[BRUTE_MOST][BRUTE_MOST];           /* ENGINE_FORBIDDEN if not allowed */
	bool pinned[BRUTE_MOST][BRUTE_MOST];
	bool kept[BRUTE_MOST][BRUTE_MOST];
	bool granted[BRUTE_MOST][BRUTE_MOST]; /* by the head-of-tree rule */
	uint32_t demand[BRUTE_MOST], capacity[BRUTE_MOST];
	uint32_t department[BRUTE_MOST]; /* of mentors */
	uint32_t places;                 /* largest demand */
	uint32_t list_size;              /* > 0: full lists of one department count against */
};

/* Reads sides, scores and capacities; cap is the exposure cap in force (shortlists). */
void brute_read(struct brute *brute, const struct engine_population *population,
	const struct engine_policy *policy, bool shortlist, int32_t cap);

/* The aims in their order as one number: first places, second, ..., kept, lists, score. */
int64_t brute_value(const struct brute *brute, const uint32_t *chosen);

/* The best value over all matchings. chosen: per mentee a bit set of mentors; ret may be null. */
int64_t brute_best(const struct brute *brute, uint32_t *ret_chosen);

/* The value of a result; -1 if it names a pair that is not allowed or exceeds a capacity. */
int64_t brute_value_of(const struct brute *brute, const struct engine_result *result);

#endif
