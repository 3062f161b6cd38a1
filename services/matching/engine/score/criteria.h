/*
 * The rules and criteria of one pair, in plain arithmetic. This is the definition of "need", "too
 * close" and so on; the kernels compute the same for 128 pairs at once.
 */
#ifndef ENGINE_CRITERIA_H
#define ENGINE_CRITERIA_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"

/* Levels of `offers` against `wants`, both ascending by skill. */
struct lift {
	uint32_t share; /* NEED: 0..255 */
	uint32_t steps; /* unweighted level steps, for EXCHANGE */
	uint32_t count;
	uint32_t skills[ENGINE_WANTS_MAX];
};
void criteria_lift(const struct engine_population *population, const struct person *wanting,
	const struct person *offering, struct lift *ret_lift);

/* The sum of weight times steps over a mentee's wants: what a mentor with level 5 in everything
 * would lift. */
uint32_t criteria_need_total(const uint32_t *wants, size_t count);

/* The part of NEED that one want contributes when lifted by `steps`. */
uint32_t criteria_need_share(uint32_t weight, uint32_t steps, uint32_t total);

/* The points of a counted criterion; `ample` of it are enough for 255. */
uint32_t criteria_counted(uint32_t count, int32_t ample);

/* The LEVEL_GAP points of this gap, 1..255; 0 if levels do not count. */
uint32_t criteria_level_gap(const struct engine_policy *policy, int32_t gap);

/* True if level gap and age bands satisfy the junior rule. */
bool criteria_junior(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor);

/* How many steps the upper person stands above the lower one; 0 if not above. */
uint32_t criteria_steps_above(
	const struct engine_population *population, uint32_t upper, uint32_t lower);

/*
 * The policy as it applies to this mentee: ENGINE_LINE_ANY becomes the number of steps it implies,
 * INT32_MAX if no mentor in the mentee's own line is allowed. To judge many mentors of one mentee,
 * call it once, because the head-of-tree rule examines all mentors.
 */
struct engine_policy criteria_settle(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee);

/* True if the policy looks at this kind of background, and both are known and differ in it. */
bool criteria_differ(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, size_t kind);

/* The points of BACKGROUND for each kind in which two differ. */
int32_t criteria_background_points(const struct engine_policy *policy);

uint32_t criteria_common_half_hours(const struct person *one, const struct person *other);

/* The criteria of one pair, 0..255 each, and the counts behind them. */
struct measured {
	int32_t criterion[ENGINE_CRITERION_COUNT];
	struct lift lifted, taught_back;
	uint32_t common_half_hours;
	size_t shared_interest_count;
	uint32_t shared_interests[ENGINE_INTERESTS_MAX];
};
void criteria_measure(const struct engine_population *population,
	const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, struct measured *ret_measured);

/* True if this rule refuses the pair, whatever the others say. */
bool criteria_refuses(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_rule rule, uint32_t mentee,
	uint32_t mentor);

/* True if the head-of-tree rule (policy.h) applies to this mentee. May examine all mentors. */
bool criteria_head_of_tree(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee);

/* The first rule that refuses, ENGINE_RULE_NONE if none does. */
enum engine_rule criteria_first_refusal(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor);

#endif
