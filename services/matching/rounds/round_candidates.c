#include "matching/rounds/round_candidates.h"

#include <stdlib.h>

/* Those whom only the head-of-tree rule allows come after all others. */
static int64_t addition(const struct engine_policy *policy, const struct engine_list_part *list,
	size_t count, const struct round_candidate *candidate)
{
	return engine_list_addition(policy, list, count, &candidate->part) -
	       (candidate->granted ? INT64_MAX / 2 : 0);
}

/* The candidate from `first` on who adds most to the list; among equals the first in the company. Nobody adds
 * more than to an empty list, but for another department. */
static size_t find_next(const struct engine_policy *policy, const struct engine_list_part *list,
	size_t on, const struct round_candidate *all, size_t first, size_t count)
{
	const struct engine_list_part stranger = { .department = ENGINE_NONE - 1 };
	int64_t step = engine_list_addition(policy, list, on, &stranger), most = INT64_MIN;
	size_t best = first;
	for (size_t i = first; i < count; i++) {
		if (all[i].alone + step < most)
			continue;
		int64_t adds = addition(policy, list, on, &all[i]);
		if (adds > most || (adds == most && all[i].mentor < all[best].mentor)) {
			most = adds;
			best = i;
		}
	}
	return best;
}

/* Sorts the mentors who add most to those before them to the front. After every full list it starts
 * afresh, so the next few form a list of their own. Returns the number chosen. */
static size_t choose_candidates(
	const struct engine_policy *policy, struct round_candidate *all, size_t count)
{
	struct engine_list_part list[ENGINE_SHORTLIST_MAX];
	size_t size = (size_t)policy->shortlist_size, chosen = 0;
	for (; chosen < count && chosen < ROUND_CANDIDATES; chosen++) {
		size_t on = chosen % size;
		size_t best = find_next(policy, list, on, all, chosen, count);
		struct round_candidate next = all[best];
		all[best] = all[chosen];
		all[chosen] = next;
		list[on] = next.part;
	}
	return chosen;
}

/* Whether the mentor is below the mentee in the reporting line. */
static bool is_below(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor)
{
	struct engine_explanation why;
	engine_explain(population, policy, mentee, mentor, &why);
	return why.line_steps != 0;
}

void round_candidates_find(const struct round_input *input, const struct engine_policy *shown,
	uint32_t mentee, struct round_candidates *allowed)
{
	const struct engine_population *population = input->population;
	/* once, because it may look at everybody */
	bool head = engine_head_of_tree(population, shown, mentee);
	struct engine_policy policy = *shown;
	if (policy.line_distance == ENGINE_LINE_ANY)
		policy.line_distance = head ? ENGINE_LINE_GRANTED - 1 : INT32_MAX;
	allowed->count = 0;
	for (size_t i = 0; i < allowed->mentor_count; i++) {
		uint32_t mentor = allowed->mentors[i];
		if (mentor == mentee)
			continue;
		enum engine_rule rule = engine_pair_refusal(population, &policy, mentee, mentor);
		allowed->tallies[mentor].refused[rule]++;
		if (rule != ENGINE_RULE_NONE)
			continue;
		struct round_candidate *next = &allowed->all[allowed->count++];
		allowed->tallies[mentor].mentees++;
		next->mentor = mentor;
		next->granted = head && is_below(population, shown, mentee, mentor);
		engine_list_part(population, &policy, mentee, mentor, &next->part);
		next->alone = addition(&policy, NULL, 0, next);
	}
	allowed->next = choose_candidates(&policy, allowed->all, allowed->count);
}

bool round_candidates_init(struct round_candidates *allowed, const struct round_input *input)
{
	size_t people = engine_population_size(input->population);
	*allowed = (struct round_candidates){ .tallies = calloc(
						      people + 1, sizeof *allowed->tallies),
		.mentors = calloc(people + 1, sizeof *allowed->mentors) };
	for (uint32_t person = 0; allowed->mentors && person < people; person++)
		if (*input->persons[person].mentor_enrolment)
			allowed->mentors[allowed->mentor_count++] = person;
	allowed->all = calloc(allowed->mentor_count + 1, sizeof *allowed->all);
	return allowed->all && allowed->tallies && allowed->mentors;
}

void round_candidates_release(struct round_candidates *allowed)
{
	free(allowed->all);
	free(allowed->tallies);
	free(allowed->mentors);
}
