/* All matchings of a handful of people. */
#include "brute.h"

#include "matching/engine/people/people.h"

#include <string.h>

static bool is_above(const struct engine_population *population, uint32_t upper, uint32_t lower)
{
	uint32_t manager = population->people[lower].manager;
	while (manager != ENGINE_NONE && manager != upper)
		manager = population->people[manager].manager;
	return manager == upper;
}

void brute_read(struct brute *brute, const struct engine_population *population,
	const struct engine_policy *policy, bool shortlist, int32_t cap)
{
	memset(brute, 0, sizeof(*brute));
	for (uint32_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		if (is_mentee(person) && brute->mentees < BRUTE_MOST) {
			brute->demand[brute->mentees] = shortlist ? (uint32_t)policy->shortlist_size
								  : person->mentee_capacity;
			if (brute->demand[brute->mentees] > brute->places)
				brute->places = brute->demand[brute->mentees];
			brute->mentee[brute->mentees++] = p;
		}
		if (is_mentor(person) && brute->mentors < BRUTE_MOST) {
			brute->capacity[brute->mentors] = shortlist ? (uint32_t)cap
								    : person->mentor_capacity;
			brute->department[brute->mentors] = person->department;
			brute->mentor[brute->mentors++] = p;
		}
	}
	for (uint32_t i = 0; i < brute->mentees; i++)
		for (uint32_t j = 0; j < brute->mentors; j++) {
			brute->score[i][j] = engine_pair_score(
				population, policy, brute->mentee[i], brute->mentor[j]);
			brute->pinned[i][j] = people_pinned(
				population, brute->mentee[i], brute->mentor[j]);
			brute->granted[i][j] = policy->line_distance == ENGINE_LINE_ANY &&
					       !brute->pinned[i][j] &&
					       is_above(population, brute->mentee[i],
						       brute->mentor[j]);
		}
	brute->list_size = shortlist && policy->two_departments ? brute->demand[0] : 0;
}

static int64_t row_value(const struct brute *brute, uint32_t i, uint32_t set)
{
	uint32_t count = (uint32_t)__builtin_popcount(set);
	int64_t score = 0, soft = 0;
	bool one = true;
	for (uint32_t j = 0; j < brute->mentors; j++) {
		if (!(set >> j & 1))
			continue;
		score += brute->score[i][j];
		soft += brute->kept[i][j] - ENGINE_GRANT_UNITS * brute->granted[i][j];
		one = one && brute->department[j] == brute->department[__builtin_ctz(set)];
	}
	int64_t value = score + soft * (1ll << 22);
	if (brute->list_size && count == brute->list_size && one)
		value -= 1ll << 22;
	for (uint32_t place = 1; place <= count; place++)
		value += 1ll << (30 + 5 * (brute->places - place));
	return value;
}

int64_t brute_value(const struct brute *brute, const uint32_t *chosen)
{
	int64_t value = 0;
	for (uint32_t i = 0; i < brute->mentees; i++)
		value += row_value(brute, i, chosen[i]);
	return value;
}

struct trying {
	const struct brute *brute;
	uint32_t used[BRUTE_MOST];
	uint32_t chosen[BRUTE_MOST];
	uint32_t best_chosen[BRUTE_MOST];
	uint32_t allowed[BRUTE_MOST], forced[BRUTE_MOST];
	int64_t best;
};

static void try_row(struct trying *trying, uint32_t i, int64_t value)
{
	const struct brute *brute = trying->brute;
	if (i == brute->mentees) {
		if (value > trying->best) {
			trying->best = value;
			memcpy(trying->best_chosen, trying->chosen, sizeof(trying->chosen));
		}
		return;
	}
	uint32_t allowed = trying->allowed[i];
	for (uint32_t j = 0; j < brute->mentors; j++)
		if (trying->used[j] >= brute->capacity[j])
			allowed &= ~(1u << j);
	for (uint32_t set = allowed;; set = (set - 1) & allowed) {
		if ((uint32_t)__builtin_popcount(set) <= brute->demand[i] &&
			(set & trying->forced[i]) == trying->forced[i]) {
			trying->chosen[i] = set;
			for (uint32_t j = 0; j < brute->mentors; j++)
				trying->used[j] += set >> j & 1;
			try_row(trying, i + 1, value + row_value(brute, i, set));
			for (uint32_t j = 0; j < brute->mentors; j++)
				trying->used[j] -= set >> j & 1;
		}
		if (!set)
			break;
	}
}

int64_t brute_best(const struct brute *brute, uint32_t *ret_chosen)
{
	struct trying trying = { .brute = brute, .best = INT64_MIN };
	for (uint32_t i = 0; i < brute->mentees; i++)
		for (uint32_t j = 0; j < brute->mentors; j++) {
			if (brute->score[i][j] != ENGINE_FORBIDDEN)
				trying.allowed[i] |= 1u << j;
			if (brute->pinned[i][j])
				trying.forced[i] |= 1u << j;
		}
	try_row(&trying, 0, 0);
	if (ret_chosen)
		memcpy(ret_chosen, trying.best_chosen, sizeof(trying.best_chosen));
	return trying.best;
}

static uint32_t find(const uint32_t *persons, uint32_t count, uint32_t person)
{
	uint32_t at = 0;
	while (at < count && persons[at] != person)
		at++;
	return at;
}

int64_t brute_value_of(const struct brute *brute, const struct engine_result *result)
{
	uint32_t chosen[BRUTE_MOST] = { 0 }, used[BRUTE_MOST] = { 0 };
	for (size_t p = 0; p < result->pair_count; p++) {
		uint32_t i = find(brute->mentee, brute->mentees, result->pairs[p].mentee);
		uint32_t j = find(brute->mentor, brute->mentors, result->pairs[p].mentor);
		if (i == brute->mentees || j == brute->mentors || chosen[i] >> j & 1 ||
			brute->score[i][j] != result->pairs[p].score)
			return -1;
		chosen[i] |= 1u << j;
		if (++used[j] > brute->capacity[j])
			return -1;
	}
	for (uint32_t i = 0; i < brute->mentees; i++)
		if ((uint32_t)__builtin_popcount(chosen[i]) > brute->demand[i])
			return -1;
	return brute_value(brute, chosen);
}
