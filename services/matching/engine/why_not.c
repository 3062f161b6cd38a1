/* "Why not": counts per rule, and the smallest relaxation that really yields a mentor. */
#include "matching/engine/criteria.h"

#include <string.h>

/* A mentor whom one rule alone refuses, and how far that rule would have to move. */
struct move {
	enum engine_rule rule;
	int32_t from, to;
	bool upper;
	int64_t size; /* against the span of the rule, in millionths */
};

static int64_t part_of(int64_t distance, int64_t span)
{
	return span ? distance * 1000000 / span : 1000000;
}

static bool move_hours(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, struct move *move)
{
	move->from = policy->common_half_hours;
	move->to = (int32_t)criteria_common_half_hours(mentee, mentor);
	move->size = part_of(move->from - move->to, move->from);
	return true;
}

static bool move_gap(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, struct move *move)
{
	int32_t gap = mentee->level - mentor->level;
	bool by_age = policy->junior == ENGINE_JUNIOR_AGE ||
		      (policy->junior == ENGINE_JUNIOR_BOTH &&
			      !(mentor->age_band && mentor->age_band < mentee->age_band));
	if (gap < 1 || by_age)
		return false;
	move->upper = gap > policy->level_gap_max;
	move->from = move->upper ? policy->level_gap_max : policy->level_gap_min;
	move->to = gap;
	move->size = part_of(
		move->upper ? gap - move->from : move->from - gap, move->from + (int64_t)gap);
	return true;
}

static bool move_line(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor, struct move *move)
{
	int32_t steps = (int32_t)criteria_steps_above(population, mentee, mentor);
	move->from = policy->line_distance;
	move->to = steps - 1;
	move->size = move->from == ENGINE_LINE_ANY ? 1000000
						   : part_of(move->from - move->to, move->from);
	return steps >= 3;
}

/* How far the rule has to move for this mentor; false if it may not be moved. */
static bool measure(const struct engine_population *population, const struct engine_policy *policy,
	enum engine_rule rule, uint32_t mentee, uint32_t mentor, struct move *ret_move)
{
	const struct person *m = &population->people[mentee];
	const struct person *t = &population->people[mentor];
	*ret_move = (struct move){ rule, 1, 0, false, 1000000 };
	switch (rule) {
	case ENGINE_RULE_HOURS:
		return move_hours(policy, m, t, ret_move);
	case ENGINE_RULE_LANGUAGE:
	case ENGINE_RULE_NEED:
		return true;
	case ENGINE_RULE_JUNIOR:
		return move_gap(policy, m, t, ret_move);
	case ENGINE_RULE_LINE_DISTANCE:
		return move_line(population, policy, mentee, mentor, ret_move);
	default:
		return false;
	}
}

static void apply(const struct move *move, struct engine_policy *policy)
{
	if (move->rule == ENGINE_RULE_HOURS)
		policy->common_half_hours = move->to;
	else if (move->rule == ENGINE_RULE_LANGUAGE)
		policy->shared_language = false;
	else if (move->rule == ENGINE_RULE_NEED)
		policy->need_covered = false;
	else if (move->rule == ENGINE_RULE_LINE_DISTANCE)
		policy->line_distance = move->to;
	else if (move->upper)
		policy->level_gap_max = move->to;
	else
		policy->level_gap_min = move->to;
}

/* Order in which rules of the same size are relaxed. */
static int precedence(enum engine_rule rule)
{
	static const int order[ENGINE_RULE_COUNT] = { [ENGINE_RULE_HOURS] = 1,
		[ENGINE_RULE_LANGUAGE] = 2,
		[ENGINE_RULE_NEED] = 3,
		[ENGINE_RULE_JUNIOR] = 4,
		[ENGINE_RULE_LINE_DISTANCE] = 5 };
	return order[rule];
}

static bool smaller(const struct move *one, const struct move *other)
{
	if (one->size != other->size)
		return one->size < other->size;
	return precedence(one->rule) < precedence(other->rule);
}

/* Counts the rules that refuse this mentor; the only one, or NONE if none or several. */
static enum engine_rule count_rules(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor,
	struct engine_why_not *why_not)
{
	enum engine_rule first = ENGINE_RULE_NONE;
	int broken = 0;
	for (enum engine_rule rule = ENGINE_RULE_ROLE; rule < ENGINE_RULE_COUNT; rule++) {
		if (!criteria_refuses(population, policy, rule, mentee, mentor))
			continue;
		why_not->touched[rule]++;
		first = broken++ ? first : rule;
	}
	why_not->refused[first]++;
	why_not->allowed += !broken;
	return broken == 1 ? first : ENGINE_RULE_NONE;
}

/* What the relaxed policy yields, by trying every mentor under it. */
static void try_relaxed(
	const struct engine_population *population, uint32_t mentee, struct engine_why_not *why_not)
{
	struct engine_relaxation *smallest = &why_not->smallest;
	smallest->score = ENGINE_FORBIDDEN;
	for (uint32_t mentor = 0; mentor < population->count; mentor++) {
		if (!is_mentor(&population->people[mentor]))
			continue;
		int32_t score = engine_pair_score(population, &why_not->relaxed, mentee, mentor);
		if (score == ENGINE_FORBIDDEN)
			continue;
		smallest->yields++;
		if (score <= smallest->score)
			continue;
		smallest->score = score;
		smallest->mentor = mentor;
	}
}

void engine_why_not(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, struct engine_why_not *ret_why_not)
{
	struct move best = { .size = INT64_MAX }, move;
	memset(ret_why_not, 0, sizeof(*ret_why_not));
	ret_why_not->relaxed = *policy;
	ret_why_not->smallest.mentor = ENGINE_NONE;
	ret_why_not->smallest.score = ENGINE_FORBIDDEN;
	for (uint32_t mentor = 0; mentor < population->count; mentor++) {
		if (mentor == mentee || !is_mentor(&population->people[mentor]))
			continue;
		ret_why_not->mentors++;
		enum engine_rule only = count_rules(
			population, policy, mentee, mentor, ret_why_not);
		if (only && measure(population, policy, only, mentee, mentor, &move) &&
			smaller(&move, &best))
			best = move;
	}
	ret_why_not->refused[ENGINE_RULE_NONE] = 0;
	if (best.rule == ENGINE_RULE_NONE)
		return;
	apply(&best, &ret_why_not->relaxed);
	ret_why_not->smallest.rule = best.rule;
	ret_why_not->smallest.from = best.from;
	ret_why_not->smallest.to = best.to;
	ret_why_not->smallest.upper = best.upper;
	try_relaxed(population, mentee, ret_why_not);
}
