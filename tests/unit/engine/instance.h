/*
 * Instances for the engine's tests: everything from one seed, the same on every machine.
 */
#ifndef TESTS_UNIT_ENGINE_INSTANCE_H
#define TESTS_UNIT_ENGINE_INSTANCE_H

#include "matching/engine/engine.h"

/* How many of a test's rounds are run: all in the release and in a long run, else a fifth. */
uint64_t instance_rounds(uint64_t all);

/* A small generator of random numbers (splitmix64). */
struct dice {
	uint64_t state;
};
uint64_t dice_throw(struct dice *dice);
/* 0 .. sides - 1 */
uint32_t dice_below(struct dice *dice, uint32_t sides);

enum instance_shape {
	INSTANCE_SPARSE, /* about 5 % of the pairs allowed */
	INSTANCE_LOOSE,  /* about 17 % */
};

/*
 * A company: seniors (levels 5-8) as mentees, juniors (1-4) as mentors, six time zones, 500 skills
 * with a long tail, a reporting forest. Capacities are 1 unless asked for: mentees 1-2, mentors
 * 1-3. Mentees come first. Returns owned and sealed; aborts the test on any fault.
 */
struct engine_population *instance_company(uint64_t seed, uint32_t mentees, uint32_t mentors,
	enum instance_shape shape, bool capacities);
/* The policy that belongs to it. */
void instance_company_policy(enum instance_shape shape, struct engine_policy *ret_policy);

/* New facts for somebody of the company, lists in static storage of the caller. */
struct instance_facts {
	struct engine_person person;
	struct engine_offer offers[16];
	struct engine_want wants[16];
	uint32_t interests[16];
};
void instance_facts(struct dice *dice, bool senior, enum instance_shape shape, bool capacities,
	struct instance_facts *ret_facts);

/* A handful of people with few skills, languages and departments: rules bite, ties abound. */
struct engine_population *instance_small(struct dice *dice, uint32_t people, uint32_t capacity);
/* The same with one pair pinned; without one if mentee is ENGINE_NONE. */
struct engine_population *instance_small_pinned(
	struct dice *dice, uint32_t people, uint32_t capacity, uint32_t mentee, uint32_t mentor);
/* Facts of somebody such as instance_small makes, person number index, with that manager. */
void instance_small_facts(struct dice *dice, uint32_t index, uint32_t capacity, uint32_t manager,
	struct instance_facts *ret_facts);
/* A policy in which rules are on or off at random. */
void instance_small_policy(struct dice *dice, struct engine_policy *ret_policy);

/*
 * Mentees and mentors whose scores follow a matrix: the pair (i, j) is worth matrix[i * mentors +
 * j] (0..5, 0 = not allowed) times a constant. Capacities may be null for 1.
 */
struct engine_population *instance_matrix(const uint8_t *matrix, uint32_t mentees, uint32_t mentors,
	const int32_t *mentee_capacity, const int32_t *mentor_capacity);
void instance_matrix_policy(struct engine_policy *ret_policy);

#endif
