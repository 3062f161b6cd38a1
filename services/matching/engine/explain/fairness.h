/*
 * Measures of fairness, as integers (per mille, counts), so that two runs can be compared exactly.
 */
#ifndef ENGINE_FAIRNESS_H
#define ENGINE_FAIRNESS_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

#define ENGINE_CELL_MIN 5 /* groups smaller than this are suppressed */

/* One level or department of the mentees' side. */
struct engine_coverage {
	uint32_t group;   /* level, or department (ENGINE_NONE = none) */
	uint32_t mentees; /* 0 if suppressed: fewer than ENGINE_CELL_MIN, or needed to hide such a
			     cell */
	uint32_t covered; /* with at least one pair */
	uint32_t places_wanted, places_filled;
	bool suppressed;
};

struct engine_fairness {
	uint32_t mentors, mentors_shown; /* active mentors; those in at least one pair */
	uint32_t exposure_max;
	uint32_t exposure_gini; /* per mille, over all active mentors */
	uint64_t rank_sum;  /* 1 = the best of all allowed mentors, summed over pairs; ties share
				   a rank. In stable matchings the mentee's choices come first */
	uint32_t rank_mean; /* in hundredths */
	uint32_t rank_p95;
	uint32_t score_low; /* mean score of the worst tenth of the pairs */
	uint32_t mentees, covered;
	struct engine_coverage *levels; /* ascending; owned */
	size_t level_count;
	struct engine_coverage *departments; /* ascending, ENGINE_NONE last; owned */
	size_t department_count;
};

/* Works out the figures of a result. Answers like engine_shortlist. */
enum engine_status engine_fairness_of(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_fairness *ret_fairness);
void engine_fairness_release(struct engine_fairness *fairness);

/* What the exposure cap costs: the optimum without it against the optimum with it. */
struct engine_cap_price {
	int64_t total_with, total_without;
	size_t places_with, places_without;
	uint32_t exposure_max_with, exposure_max_without;
};
enum engine_status engine_fairness_cap_price(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_cap_price *ret_price);

#endif
