/*
 * People who state choices, and stable matchings by plain arithmetic: what engine_stable must
 * equal.
 */
#ifndef TESTS_UNIT_ENGINE_CHOOSERS_H
#define TESTS_UNIT_ENGINE_CHOOSERS_H

#include "brute.h"
#include "instance.h"

/* A list as handed in. */
struct chosen {
	uint32_t person;
	bool as_mentee;
	uint32_t choices[ENGINE_CHOICES_MAX];
	size_t count;
};

/*
 * A handful of people with rules that bite, such as instance_small makes, of whom most state
 * choices at random: some not allowed, some not even on the other side. Owned and sealed.
 */
struct engine_population *choosers_small(struct dice *dice, uint32_t people, uint32_t capacity);

/* The company of instance_company, lists of up to `most` choices on both sides; some popular. */
struct engine_population *choosers_company(
	uint64_t seed, uint32_t mentees, uint32_t mentors, uint32_t most, bool capacities);

/* A policy at random; an open one allows nearly everything, so that there is much to choose. */
void choosers_policy(struct dice *dice, bool open, struct engine_policy *ret_policy);

/* Solves; the result must be proven and pass the independent check. options may be null. */
void choosers_solve(const struct engine_population *population, const struct engine_policy *policy,
	const struct engine_options *options, struct engine_result *ret_result);

/* True if two people would rather have each other: every pair, one by one, for any company. */
bool choosers_blocked(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result);

/* Allowed pairs and both sides' orders: 0 = wanted most. */
struct choosers {
	struct brute brute;
	uint32_t by_mentee[BRUTE_MOST][BRUTE_MOST]; /* [mentee][mentor] */
	uint32_t by_mentor[BRUTE_MOST][BRUTE_MOST]; /* [mentor][mentee] */
};
void choosers_read(struct choosers *choosers, const struct engine_population *population,
	const struct engine_policy *policy);

/* chosen: per mentee a bit set of mentors. */
bool choosers_stable(const struct choosers *choosers, const uint32_t *chosen);

/* Calls back with every stable matching; how many there are. */
typedef void choosers_fn(void *context, const struct choosers *choosers, const uint32_t *chosen);
size_t choosers_each(const struct choosers *choosers, choosers_fn *each, void *context);

/* The `most` mentors of the set that the mentee wants most. */
uint32_t choosers_best(
	const struct choosers *choosers, uint32_t mentee, uint32_t set, uint32_t most);

#endif
