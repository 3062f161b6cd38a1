/*
 * The score of a single pair. Indices must be in range, the population sealed and the policy valid.
 */
#ifndef ENGINE_PAIR_H
#define ENGINE_PAIR_H

#include "matching/engine/base/policy.h"
#include "matching/engine/people/population.h"

/* True if the head-of-tree rule (policy.h) applies to this mentee. May examine all mentors. */
bool engine_head_of_tree(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee);

/* The first rule that refuses a pair, or ENGINE_RULE_NONE. */
enum engine_rule engine_pair_refusal(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor);

/* The score of a pair, or ENGINE_FORBIDDEN. */
int32_t engine_pair_score(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor);

#endif
