/* Choices at random, and all stable matchings of a handful of people. */
#include "choosers.h"

#include "matching/engine/people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void must(bool good)
{
	if (!good)
		abort();
}

/* A list without repetitions and without the person; `span` people from `from` may be in it. */
static void state_some(struct engine_population *population, struct dice *dice, uint32_t person,
	bool as_mentee, uint32_t from, uint32_t span, uint32_t most)
{
	uint32_t list[ENGINE_CHOICES_MAX];
	size_t count = 0;
	for (uint32_t tries = most; tries; tries--) {
		/* in a company half of the draws fall on a tenth of the people: some are popular */
		uint32_t near = span < 20 ? span : span / 10;
		uint32_t choice = from + dice_below(dice, dice_below(dice, 2) ? near : span);
		bool fresh = choice != person;
		for (size_t c = 0; c < count; c++)
			fresh = fresh && list[c] != choice;
		if (fresh)
			list[count++] = choice;
	}
	must(!engine_population_prefer(population, person, as_mentee, list, count));
}

struct engine_population *choosers_small(struct dice *dice, uint32_t people, uint32_t capacity)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 4, 4, 3, 3 });
	uint32_t index;
	bool apart = dice_below(dice, 2), talkative = dice_below(dice, 2);
	must(population != NULL);
	for (uint32_t p = 0; p < people; p++) {
		struct instance_facts facts;
		uint32_t manager = p && !apart && !dice_below(dice, 3) ? dice_below(dice, p)
								       : ENGINE_NONE;
		instance_small_facts(dice, p, capacity, manager, &facts);
		if (apart)
			facts.person.roles = p % 2 ? ENGINE_ROLE_MENTOR : ENGINE_ROLE_MENTEE;
		must(!engine_population_add(population, &facts.person, &index));
		for (int side = 0; side < 2; side++)
			if (facts.person.roles & (side ? ENGINE_ROLE_MENTOR : ENGINE_ROLE_MENTEE) &&
				dice_below(dice, 4))
				state_some(population, dice, p, !side, 0, people,
					talkative ? 4 * people : dice_below(dice, people + 1));
	}
	if (people > 1 && dice_below(dice, 2))
		must(!engine_population_block(population, 0, 1 + dice_below(dice, people - 1)));
	must(!engine_population_seal(population, NULL));
	return population;
}

struct engine_population *choosers_company(
	uint64_t seed, uint32_t mentees, uint32_t mentors, uint32_t most, bool capacities)
{
	struct dice dice = { seed };
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 500, 200, 12, 3 });
	uint32_t index;
	must(population != NULL);
	for (uint32_t p = 0; p < mentees + mentors; p++) {
		struct instance_facts facts;
		bool senior = p < mentees;
		instance_facts(&dice, senior, INSTANCE_LOOSE, capacities, &facts);
		facts.person.manager = ENGINE_NONE;
		must(!engine_population_add(population, &facts.person, &index));
		if (most && dice_below(&dice, 3))
			state_some(population, &dice, p, senior, senior ? mentees : 0,
				senior ? mentors : mentees, dice_below(&dice, most + 1));
	}
	for (uint32_t b = 0; b < mentees / 4; b++)
		must(!engine_population_block(population, dice_below(&dice, mentees),
			mentees + dice_below(&dice, mentors)));
	must(!engine_population_seal(population, NULL));
	return population;
}

void choosers_policy(struct dice *dice, bool open, struct engine_policy *ret_policy)
{
	instance_small_policy(dice, ret_policy);
	if (!open)
		return;
	ret_policy->junior = ENGINE_JUNIOR_SKILLS_ONLY;
	ret_policy->shared_language = ret_policy->need_covered = false;
	ret_policy->other_department = ret_policy->same_country = false;
	ret_policy->common_half_hours = 0;
}

void choosers_solve(const struct engine_population *population, const struct engine_policy *policy,
	const struct engine_options *options, struct engine_result *ret_result)
{
	struct engine_verdict verdict = { 0 };
	assert_int_equal(engine_stable(population, policy, options, NULL, ret_result), ENGINE_OK);
	assert_true(ret_result->certificate.complete);
	assert_int_equal(engine_check(population, policy, NULL, ret_result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "none");
}

/* One side's opinion once more: true if `one` is wanted rather than `other`. */
static bool rather(const struct engine_population *population, uint32_t person, bool as_mentee,
	uint32_t one, int32_t score, uint32_t other, int32_t other_score)
{
	uint32_t place = engine_population_choice(population, person, as_mentee, one);
	uint32_t other_place = engine_population_choice(population, person, as_mentee, other);
	if (place || other_place)
		return place && (!other_place || place < other_place);
	return score != other_score ? score > other_score : one < other;
}

/* Somebody of the pairs of `person` would go for the other; pairs by mentee or by mentor. */
static bool tempted(const struct engine_population *population, const struct engine_result *result,
	uint32_t person, bool as_mentee, uint32_t other, int32_t score)
{
	const struct person *facts = &population->people[person];
	uint32_t held = 0;
	for (size_t p = 0; p < result->pair_count; p++) {
		const struct engine_pair *pair = &result->pairs[p];
		uint32_t partner = as_mentee ? pair->mentor : pair->mentee;
		if ((as_mentee ? pair->mentee : pair->mentor) != person)
			continue;
		held++;
		if (partner == other)
			return false;
		if (rather(population, person, as_mentee, other, score, partner, pair->score))
			return true;
	}
	return held < (as_mentee ? facts->mentee_capacity : facts->mentor_capacity);
}

bool choosers_blocked(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result)
{
	for (uint32_t i = 0; i < population->count; i++)
		for (uint32_t j = 0; j < population->count; j++) {
			int32_t score = engine_pair_score(population, policy, i, j);
			if (score != ENGINE_FORBIDDEN &&
				tempted(population, result, i, true, j, score) &&
				tempted(population, result, j, false, i, score))
				return true;
		}
	return false;
}

/* What somebody thinks of another: smaller is better. The list, then the score, then the index. */
static int64_t disregard(const struct engine_population *population, uint32_t person,
	bool as_mentee, uint32_t other, int32_t score)
{
	const struct choices *side = &population->choices[as_mentee ? 0 : 1];
	for (size_t c = 0; c < side->count; c++)
		if (side->list[c].person == person && side->list[c].choice == other)
			return side->list[c].place;
	return ((int64_t)(ENGINE_SCORE_MAX + 1 - score) << 32) + other;
}

void choosers_read(struct choosers *choosers, const struct engine_population *population,
	const struct engine_policy *policy)
{
	struct brute *b = &choosers->brute;
	int64_t mentees[BRUTE_MOST][BRUTE_MOST], mentors[BRUTE_MOST][BRUTE_MOST];
	memset(choosers, 0, sizeof(*choosers));
	brute_read(b, population, policy, false, 0);
	for (uint32_t i = 0; i < b->mentees; i++)
		for (uint32_t j = 0; j < b->mentors; j++) {
			mentees[i][j] = disregard(
				population, b->mentee[i], true, b->mentor[j], b->score[i][j]);
			mentors[j][i] = disregard(
				population, b->mentor[j], false, b->mentee[i], b->score[i][j]);
		}
	for (uint32_t i = 0; i < b->mentees; i++)
		for (uint32_t j = 0; j < b->mentors; j++) {
			for (uint32_t k = 0; k < b->mentors; k++)
				choosers->by_mentee[i][j] += mentees[i][k] < mentees[i][j];
			for (uint32_t k = 0; k < b->mentees; k++)
				choosers->by_mentor[j][i] += mentors[j][k] < mentors[j][i];
		}
}

static bool has(uint32_t set, uint32_t member)
{
	return set >> member & 1;
}

static bool mentee_would(const struct choosers *c, const uint32_t *chosen, uint32_t i, uint32_t j)
{
	if ((uint32_t)__builtin_popcount(chosen[i]) < c->brute.demand[i])
		return true;
	for (uint32_t k = 0; k < c->brute.mentors; k++)
		if (has(chosen[i], k) && c->by_mentee[i][j] < c->by_mentee[i][k])
			return true;
	return false;
}

static bool mentor_would(const struct choosers *c, const uint32_t *chosen, uint32_t i, uint32_t j)
{
	uint32_t holds = 0;
	bool worse = false;
	for (uint32_t k = 0; k < c->brute.mentees; k++)
		if (has(chosen[k], j)) {
			holds++;
			worse = worse || c->by_mentor[j][i] < c->by_mentor[j][k];
		}
	return worse || holds < c->brute.capacity[j];
}

bool choosers_stable(const struct choosers *c, const uint32_t *chosen)
{
	for (uint32_t i = 0; i < c->brute.mentees; i++)
		for (uint32_t j = 0; j < c->brute.mentors; j++)
			if (c->brute.score[i][j] != ENGINE_FORBIDDEN && !has(chosen[i], j) &&
				mentee_would(c, chosen, i, j) && mentor_would(c, chosen, i, j))
				return false;
	return true;
}

struct walk {
	const struct choosers *choosers;
	choosers_fn *each;
	void *context;
	uint32_t chosen[BRUTE_MOST];
	uint32_t left[BRUTE_MOST]; /* places of the mentors */
	size_t found;
};

static void walk(struct walk *w, uint32_t i, uint32_t j)
{
	const struct brute *b = &w->choosers->brute;
	if (i == b->mentees) {
		if (!choosers_stable(w->choosers, w->chosen))
			return;
		w->found++;
		w->each(w->context, w->choosers, w->chosen);
		return;
	}
	if (j == b->mentors) {
		walk(w, i + 1, 0);
		return;
	}
	walk(w, i, j + 1);
	if (b->score[i][j] == ENGINE_FORBIDDEN || !w->left[j] ||
		(uint32_t)__builtin_popcount(w->chosen[i]) == b->demand[i])
		return;
	w->chosen[i] |= 1u << j;
	w->left[j]--;
	walk(w, i, j + 1);
	w->chosen[i] &= ~(1u << j);
	w->left[j]++;
}

size_t choosers_each(const struct choosers *choosers, choosers_fn *each, void *context)
{
	struct walk w = { .choosers = choosers, .each = each, .context = context };
	memcpy(w.left, choosers->brute.capacity, sizeof(w.left));
	walk(&w, 0, 0);
	return w.found;
}

uint32_t choosers_best(
	const struct choosers *choosers, uint32_t mentee, uint32_t set, uint32_t most)
{
	uint32_t best = 0;
	for (uint32_t j = 0; j < choosers->brute.mentors; j++) {
		uint32_t better = 0;
		for (uint32_t k = 0; k < choosers->brute.mentors; k++)
			better += has(set, k) &&
				  choosers->by_mentee[mentee][k] < choosers->by_mentee[mentee][j];
		if (has(set, j) && better < most)
			best |= 1u << j;
	}
	return best;
}
