/*
 * Explains a pair: the parts that add up to its score.
 */
#ifndef ENGINE_EXPLAIN_H
#define ENGINE_EXPLAIN_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

struct engine_explanation {
	enum engine_rule rule;                     /* NONE: allowed */
	int32_t score;                             /* sum of parts, ENGINE_FORBIDDEN if refused */
	int32_t criterion[ENGINE_CRITERION_COUNT]; /* 0..255, computed for refused pairs too */
	int32_t part[ENGINE_CRITERION_COUNT];      /* criterion times weight */
	int32_t level_gap;                         /* mentee minus mentor */
	int32_t line_steps; /* steps the mentee stands above the mentor, 0 = not above */
	bool head_of_tree;  /* allowed by the head-of-tree rule alone (policy.h) */
	int32_t common_half_hours;
	uint64_t shared_languages;
	uint32_t shared_channels;
	size_t lifted_count;      /* wants of the mentee that the mentor lifts */
	uint32_t lifted[32];      /* their skills, in the order of the mentee's list */
	size_t taught_back_count; /* wants of the mentor that the mentee lifts */
	uint32_t taught_back[32];
	size_t shared_interest_count;
	uint32_t shared_interests[64];
};

/* Explains one pair of a sealed population. Indices must be in range; the policy must be valid. */
void engine_explain(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor, struct engine_explanation *ret_explanation);

#endif
