/* What each mentee got, and why if it is less than asked for. */
#include "matching/engine/exact/solver.h"

#include "matching/engine/score/criteria.h"

#include <stdlib.h>

static const enum engine_reason reasons[ENGINE_RULE_COUNT] = {
	[ENGINE_RULE_NONE] = ENGINE_REASON_FEW_ALLOWED,
	[ENGINE_RULE_ROLE] = ENGINE_REASON_NO_MENTORS,
	[ENGINE_RULE_MENTOR_ABOVE] = ENGINE_REASON_TOO_CLOSE,
	[ENGINE_RULE_LINE_DISTANCE] = ENGINE_REASON_TOO_CLOSE,
	[ENGINE_RULE_SAME_MANAGER] = ENGINE_REASON_TOO_CLOSE,
	[ENGINE_RULE_BLOCKED] = ENGINE_REASON_BLOCKED,
	[ENGINE_RULE_JUNIOR] = ENGINE_REASON_NOT_JUNIOR,
	[ENGINE_RULE_LANGUAGE] = ENGINE_REASON_NO_SHARED_LANGUAGE,
	[ENGINE_RULE_HOURS] = ENGINE_REASON_TOO_FEW_COMMON_HOURS,
	[ENGINE_RULE_NEED] = ENGINE_REASON_NEED_NOT_COVERED,
};

/* The rule that the most allowed of all mentors still breaks. */
static enum engine_reason last_refusal(const struct solver *solver, uint32_t mentee)
{
	enum engine_rule last = ENGINE_RULE_ROLE;
	const struct person *person = &solver->population->people[mentee];
	struct engine_policy settled = criteria_settle(solver->population, &solver->policy, mentee);
	if (!person->wants && solver->policy.need_covered)
		return ENGINE_REASON_NO_NEED;
	for (uint32_t j = 0; j < solver->places && last != ENGINE_RULE_NEED; j++) {
		enum engine_rule rule = criteria_first_refusal(
			solver->population, &settled, mentee, solver->scorer->lines[j].person);
		if (rule > last)
			last = rule;
	}
	return reasons[last];
}

/* Allowed mentors of a mentee, and whether they stand in more than one department. */
static size_t count_allowed(
	const struct solver *solver, uint32_t mentee, int16_t *scores, bool *ret_one_department)
{
	const struct engine_population *population = solver->population;
	uint32_t department = ENGINE_NONE;
	size_t allowed = 0;
	bool one = true;
	engine_scorer_row(solver->scorer, mentee, scores);
	for (size_t p = 0; p < population->count; p++) {
		if (scores[p] == ENGINE_FORBIDDEN)
			continue;
		if (allowed++ && population->people[p].department != department)
			one = false;
		department = population->people[p].department;
	}
	*ret_one_department = one;
	return allowed;
}

static bool in_one_department(
	const struct solver *solver, const struct engine_result *result, size_t first, size_t count)
{
	const struct person *people = solver->population->people;
	for (size_t p = first + 1; p < first + count; p++)
		if (people[result->pairs[p].mentor].department !=
			people[result->pairs[first].mentor].department)
			return false;
	return count > 1;
}

static void describe(struct solver *solver, struct engine_outcome *outcome, int16_t *scores)
{
	bool one_department = false;
	size_t allowed;
	if (outcome->count == outcome->wanted && !outcome->one_department)
		return;
	allowed = count_allowed(solver, outcome->mentee, scores, &one_department);
	outcome->only_one_department = outcome->one_department && one_department;
	if (outcome->count == outcome->wanted)
		return;
	if (!allowed)
		outcome->reason = last_refusal(solver, outcome->mentee);
	else if (solver->cancelled)
		outcome->reason = ENGINE_REASON_CANCELLED;
	else
		outcome->reason = allowed > outcome->count ? ENGINE_REASON_CONTENDED
							   : ENGINE_REASON_FEW_ALLOWED;
}

enum engine_status outcome_fill(struct solver *solver, struct engine_result *result)
{
	int16_t *scores = malloc((solver->population->count + 1) * sizeof(*scores));
	size_t at = 0;
	result->outcomes = calloc(solver->rows + (size_t)1, sizeof(*result->outcomes));
	if (!scores || !result->outcomes) {
		free(scores);
		return ENGINE_NO_MEMORY;
	}
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct engine_outcome *outcome = &result->outcomes[result->outcome_count++];
		outcome->mentee = solver->scorer->rows[i].person;
		outcome->first = (uint32_t)at;
		while (at < result->pair_count && result->pairs[at].mentee == outcome->mentee)
			at++;
		outcome->count = (uint16_t)(at - outcome->first);
		outcome->wanted = solver->row[i].demand;
		for (uint32_t p = outcome->first; p < at; p++)
			outcome->head_of_tree |= result->pairs[p].head_of_tree;
		outcome->one_department = solver->department_limit &&
					  in_one_department(
						  solver, result, outcome->first, outcome->count);
		if (solver->scorer->cut || (solver->cancelled && is_cancelled(solver)))
			outcome->reason = outcome->count < outcome->wanted ? ENGINE_REASON_CANCELLED
									   : ENGINE_REASON_NONE;
		else
			describe(solver, outcome, scores);
	}
	free(scores);
	return ENGINE_OK;
}
