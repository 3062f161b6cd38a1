/* All lists of a handful of people. */
#include "brute_lists.h"

#include "matching/engine/people/people.h"

#include <stdlib.h>
#include <string.h>

#define LISTS_MOST 4096

static void read_shares(struct brute_lists *lists, const struct engine_population *population,
	uint32_t i, uint32_t j)
{
	const struct person *mentee = &population->people[lists->brute.mentee[i]];
	const struct person *mentor = &population->people[lists->brute.mentor[j]];
	const uint32_t *wants = wants_of(population, mentee),
		       *offers = offers_of(population, mentor);
	double whole = 0;
	for (uint32_t w = 0; w < mentee->wants; w++)
		whole += want_weight(wants[w]) *
			 (double)(want_target(wants[w]) - want_current(wants[w]));
	lists->wants[i] = mentee->wants;
	for (uint32_t w = 0; w < mentee->wants; w++)
		for (uint32_t o = 0; o < mentor->offers; o++) {
			int reached = (int)offer_level(offers[o]);
			if (reached > (int)want_target(wants[w]))
				reached = (int)want_target(wants[w]);
			int steps = reached - (int)want_current(wants[w]);
			if (offer_skill(offers[o]) != want_skill(wants[w]) || steps <= 0)
				continue;
			double share = 255 * want_weight(wants[w]) * steps / whole;
			lists->share[i][j][w] = (uint8_t)(share < 1 ? 1 : share + 1e-9);
		}
}

static void read_others(struct brute_lists *lists, const struct engine_population *population,
	uint32_t i, uint32_t j)
{
	const struct person *mentee = &population->people[lists->brute.mentee[i]];
	const struct person *mentor = &population->people[lists->brute.mentor[j]];
	for (int k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		if ((lists->policy->declaration_kinds & 1u << k) && mentee->declarations[k] &&
			mentee->declarations[k] != mentor->declarations[k])
			lists->other[i][j][k] = mentor->declarations[k];
}

void brute_lists_read(struct brute_lists *lists, const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result)
{
	memset(lists, 0, sizeof(*lists));
	lists->policy = policy;
	brute_read(&lists->brute, population, policy, true, result->exposure_cap);
	for (uint32_t j = 0; j < lists->brute.mentors; j++) {
		uint32_t shown = population->people[lists->brute.mentor[j]].shown;
		uint32_t *capacity = &lists->brute.capacity[j], pins = 0;
		for (uint32_t i = 0; i < lists->brute.mentees; i++)
			pins += lists->brute.pinned[i][j];
		*capacity = shown < *capacity ? *capacity - shown : 0;
		*capacity = *capacity < pins ? pins : *capacity; /* what is pinned stays */
	}
	for (uint32_t i = 0; i < lists->brute.mentees; i++)
		for (uint32_t j = 0; j < lists->brute.mentors; j++) {
			read_shares(lists, population, i, j);
			read_others(lists, population, i, j);
		}
}

static int compare_falling(const void *left, const void *right)
{
	return *(const uint8_t *)right - *(const uint8_t *)left;
}

/* What repeated backgrounds do not count: how many mentors are of each is counted out. */
static int64_t repeated_worth(const struct brute_lists *lists, uint32_t i, uint32_t list)
{
	const struct engine_policy *policy = lists->policy;
	int64_t lost = 0, kinds = __builtin_popcount(policy->declaration_kinds);
	for (int k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		for (int value = 1; value <= ENGINE_DECLARATION_CODE_MAX; value++) {
			int same = 0;
			for (uint32_t j = 0; j < lists->brute.mentors; j++)
				same += (list >> j & 1) && lists->other[i][j][k] == value;
			lost += same > 1 ? 100 - policy->repeat_share[0] : 0;
			lost += same > 2 ? 100 - policy->repeat_share[1] : 0;
			lost += same > 3 ? 100 * (same - 3) : 0;
		}
	return lost ? lost * (255 / kinds) * policy->weights[ENGINE_BACKGROUND] : 0;
}

/* A whole list, pins included. */
static int64_t whole_worth(const struct brute_lists *lists, uint32_t i, uint32_t list)
{
	const struct engine_policy *policy = lists->policy;
	int64_t need = policy->weights[ENGINE_NEED], worth = 0, step = 100000;
	uint32_t departments = 0;
	for (uint32_t j = 0; j < lists->brute.mentors; j++) {
		bool known = false;
		int sum = 0;
		if (!(list >> j & 1))
			continue;
		for (uint32_t w = 0; w < lists->wants[i]; w++)
			sum += lists->share[i][j][w];
		worth += 100 * (lists->brute.score[i][j] - need * (sum > 255 ? 255 : sum));
		for (uint32_t k = 0; k < j; k++)
			known = known || (list >> k & 1 && lists->brute.department[k] ==
								   lists->brute.department[j]);
		departments += !known;
	}
	for (uint32_t w = 0; w < lists->wants[i]; w++) {
		uint8_t shares[BRUTE_MOST] = { 0 };
		for (uint32_t j = 0; j < lists->brute.mentors; j++)
			shares[j] = list >> j & 1 ? lists->share[i][j][w] : 0;
		qsort(shares, BRUTE_MOST, 1, compare_falling);
		worth += need * (100 * shares[0] + policy->repeat_share[0] * shares[1] +
					policy->repeat_share[1] * shares[2]);
	}
	for (uint32_t d = 2; d <= departments && policy->two_departments; d++, step /= 2)
		worth += step;
	return worth - repeated_worth(lists, i, list);
}

static uint32_t pins_of(const struct brute_lists *lists, uint32_t i)
{
	uint32_t pins = 0;
	for (uint32_t j = 0; j < lists->brute.mentors; j++)
		pins |= (uint32_t)lists->brute.pinned[i][j] << j;
	return pins;
}

int64_t brute_lists_worth(const struct brute_lists *lists, uint32_t mentee, uint32_t list)
{
	return whole_worth(lists, mentee, list) -
	       whole_worth(lists, mentee, pins_of(lists, mentee));
}

/* True if the list is of the kind that the result says. */
static bool is_of_kind(const struct brute_lists *lists, const struct engine_result *result,
	uint32_t i, uint32_t list)
{
	const struct brute *brute = &lists->brute;
	const struct engine_outcome *outcome = &result->outcomes[i];
	int granted = 0;
	bool one = true;
	if (__builtin_popcount(list) != outcome->count ||
		(list & pins_of(lists, i)) != pins_of(lists, i))
		return false;
	for (uint32_t j = 0; j < brute->mentors; j++) {
		if (!(list >> j & 1))
			continue;
		if (brute->score[i][j] == ENGINE_FORBIDDEN)
			return false;
		granted += brute->granted[i][j];
		one = one && brute->department[j] == brute->department[__builtin_ctz(list)];
	}
	bool two = lists->policy->two_departments && !result->certificate.one_department[i] &&
		   outcome->count == lists->policy->shortlist_size;
	return granted <= result->certificate.granted[i] && !(two && one);
}

/* A mentee's lists, best first. */
struct choice_of_lists {
	int64_t worth;
	uint32_t list;
};
struct trying {
	const struct brute_lists *lists;
	struct choice_of_lists choices[BRUTE_MOST][LISTS_MOST];
	uint32_t count[BRUTE_MOST];
	int64_t rest[BRUTE_MOST + 1]; /* best of this row and all after it, caps aside */
	uint32_t room[BRUTE_MOST];
	int64_t best;
};

static int compare_choices(const void *left, const void *right)
{
	const struct choice_of_lists *a = left, *b = right;
	return a->worth > b->worth ? -1 : a->worth < b->worth;
}

static void try_row(struct trying *trying, uint32_t i, int64_t worth)
{
	uint32_t mentors = trying->lists->brute.mentors;
	if (i == trying->lists->brute.mentees) {
		trying->best = worth > trying->best ? worth : trying->best;
		return;
	}
	for (uint32_t c = 0; c < trying->count[i]; c++) {
		const struct choice_of_lists *choice = &trying->choices[i][c];
		bool fits = true;
		if (worth + choice->worth + trying->rest[i + 1] <= trying->best)
			return;
		for (uint32_t j = 0; j < mentors; j++)
			fits = fits && (!(choice->list >> j & 1) || trying->room[j]);
		if (!fits)
			continue;
		for (uint32_t j = 0; j < mentors; j++)
			trying->room[j] -= choice->list >> j & 1;
		try_row(trying, i + 1, worth + choice->worth);
		for (uint32_t j = 0; j < mentors; j++)
			trying->room[j] += choice->list >> j & 1;
	}
}

int64_t brute_lists_best(const struct brute_lists *lists, const struct engine_result *result)
{
	static struct trying trying;
	memset(&trying, 0, sizeof(trying));
	trying.lists = lists;
	trying.best = INT64_MIN / 4;
	memcpy(trying.room, lists->brute.capacity, sizeof(trying.room));
	for (uint32_t i = lists->brute.mentees; i-- > 0;) {
		for (uint32_t list = 0; list < 1u << lists->brute.mentors; list++)
			if (is_of_kind(lists, result, i, list) && trying.count[i] < LISTS_MOST)
				trying.choices[i][trying.count[i]++] = (struct choice_of_lists){
					brute_lists_worth(lists, i, list), list
				};
		qsort(trying.choices[i], trying.count[i], sizeof(**trying.choices),
			compare_choices);
		trying.rest[i] = trying.rest[i + 1] +
				 (trying.count[i] ? trying.choices[i][0].worth : INT32_MIN);
	}
	try_row(&trying, 0, 0);
	return trying.best;
}

int64_t brute_lists_of(const struct brute_lists *lists, const struct engine_result *result)
{
	const struct brute *brute = &lists->brute;
	uint32_t used[BRUTE_MOST] = { 0 };
	int64_t worth = 0;
	for (uint32_t i = 0; i < brute->mentees; i++) {
		const struct engine_outcome *outcome = &result->outcomes[i];
		uint32_t list = 0;
		for (uint32_t p = outcome->first; p < outcome->first + (uint32_t)outcome->count;
			p++)
			for (uint32_t j = 0; j < brute->mentors; j++)
				if (brute->mentor[j] == result->pairs[p].mentor) {
					list |= 1u << j;
					used[j]++;
				}
		if (outcome->mentee != brute->mentee[i] || !is_of_kind(lists, result, i, list))
			return -1;
		worth += brute_lists_worth(lists, i, list);
	}
	for (uint32_t j = 0; j < brute->mentors; j++)
		if (used[j] > brute->capacity[j])
			return -1;
	return worth;
}
