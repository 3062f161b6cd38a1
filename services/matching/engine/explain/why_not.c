/* "Why not": counts per rule, and the fewest rules whose relaxation really yields somebody. */
#include "matching/engine/explain/why_not.h"

#include "matching/engine/score/score.h"

#include <string.h>

/* A rule that refuses a mentor, and how far it would have to change. */
struct move {
	enum engine_rule rule;
	int32_t from, to;
	bool upper;
	int64_t size; /* relative to the span of the rule, in millionths */
};

/* All the changes that one mentor would require, in order of precedence. */
struct moves {
	struct move list[ENGINE_RELAXED_MAX];
	size_t count; /* 0 = no such mentor */
	int64_t size;
};

/* The rules that can be relaxed, in order of preference. */
static const enum engine_rule relaxable[ENGINE_RELAXED_MAX] = { ENGINE_RULE_HOURS,
	ENGINE_RULE_LANGUAGE, ENGINE_RULE_DEPARTMENT, ENGINE_RULE_COUNTRY, ENGINE_RULE_NEED,
	ENGINE_RULE_JUNIOR, ENGINE_RULE_LINE_DISTANCE };

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
	move->from = policy->line_distance == INT32_MAX ? ENGINE_LINE_ANY : policy->line_distance;
	move->to = steps - 1;
	move->size = move->from == ENGINE_LINE_ANY ? 1000000
						   : part_of(move->from - move->to, move->from);
	return steps >= 3;
}

/* How far the rule would have to change for this mentor; false if it may not change. */
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
	case ENGINE_RULE_DEPARTMENT:
	case ENGINE_RULE_COUNTRY:
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

/* For a head of the tree the distance may be shorter already. */
static int32_t shorter(int32_t distance, int32_t to)
{
	return distance != ENGINE_LINE_ANY && distance < to ? distance : to;
}

static void apply(const struct move *move, struct engine_policy *policy)
{
	if (move->rule == ENGINE_RULE_HOURS)
		policy->common_half_hours = move->to;
	else if (move->rule == ENGINE_RULE_LANGUAGE)
		policy->shared_language = false;
	else if (move->rule == ENGINE_RULE_NEED)
		policy->need_covered = false;
	else if (move->rule == ENGINE_RULE_DEPARTMENT)
		policy->other_department = false;
	else if (move->rule == ENGINE_RULE_COUNTRY)
		policy->same_country = false;
	else if (move->rule == ENGINE_RULE_LINE_DISTANCE)
		policy->line_distance = shorter(policy->line_distance, move->to);
	else if (move->upper)
		policy->level_gap_max = move->to;
	else
		policy->level_gap_min = move->to;
}

static size_t place_of(enum engine_rule rule)
{
	size_t at = 0;
	while (relaxable[at] != rule)
		at++;
	return at;
}

static bool smaller(const struct moves *one, const struct moves *other)
{
	if (!other->count || one->count != other->count)
		return !other->count || one->count < other->count;
	if (one->size != other->size)
		return one->size < other->size;
	for (size_t m = 0; m < one->count; m++)
		if (one->list[m].rule != other->list[m].rule)
			return place_of(one->list[m].rule) < place_of(other->list[m].rule);
	return false;
}

/* The pairs that are examined: one mentee with all mentors, or with those who teach one of its wants, or
 * one mentor with all mentees. */
struct field {
	const struct engine_population *population;
	const struct engine_policy *policy;
	struct engine_policy settled; /* for the mentee of the pair */
	struct engine_mentors mentors; /* of a mentee */
	uint32_t person;
	uint32_t want; /* as stored in the population; 0 = any */
	bool of_mentor;
};

static size_t field_size(const struct field *field)
{
	return field->of_mentor ? field->population->count : field->mentors.count;
}

/* A mentor may be far below many heads of the tree; the rule for them is found for each of them, and only
 * where it matters. */
static void settle_for(struct field *field, uint32_t mentee)
{
	field->settled = *field->policy;
	if (criteria_steps_above(field->population, mentee, field->person) >= ENGINE_LINE_GRANTED)
		field->settled = criteria_settle(field->population, field->policy, mentee);
}

static bool teaches(const struct engine_population *population, const struct person *mentor, uint32_t want)
{
	const uint32_t *offers = offers_of(population, mentor);
	for (size_t o = 0; o < mentor->offers; o++)
		if (offer_skill(offers[o]) == want_skill(want))
			return offer_level(offers[o]) > want_current(want);
	return false;
}

/* The pair at that place, and the other of the two; false if it is not examined. */
static bool field_pair(
	struct field *field, size_t at, uint32_t *ret_mentee, uint32_t *ret_mentor, uint32_t *ret_other)
{
	const struct engine_population *population = field->population;
	*ret_other = field->of_mentor ? (uint32_t)at : field->mentors.people[at];
	*ret_mentee = field->of_mentor ? *ret_other : field->person;
	*ret_mentor = field->of_mentor ? field->person : *ret_other;
	if (*ret_other == field->person)
		return false;
	if (field->of_mentor) {
		if (!is_mentee(&population->people[*ret_mentee]))
			return false;
		settle_for(field, *ret_mentee);
	}
	return !field->want || teaches(population, &population->people[*ret_mentor], field->want);
}

/* Counts the rules that refuse this pair; returns their number. */
static size_t count_rules(const struct field *field, uint32_t mentee, uint32_t mentor,
	struct engine_why_not *why_not)
{
	enum engine_rule first = ENGINE_RULE_NONE;
	size_t broken = 0;
	for (enum engine_rule rule = ENGINE_RULE_ROLE; rule < ENGINE_RULE_COUNT; rule++) {
		if (!criteria_refuses(field->population, &field->settled, rule, mentee, mentor))
			continue;
		why_not->touched[rule]++;
		first = broken++ ? first : rule;
	}
	why_not->refused[first]++;
	why_not->allowed += !broken;
	return broken;
}

/* The changes required to allow a pair; false if one of the refusing rules may not change. */
static bool measure_all(const struct field *field, uint32_t mentee, uint32_t mentor, size_t broken,
	struct moves *ret_moves)
{
	*ret_moves = (struct moves){ 0 };
	for (size_t r = 0; r < ENGINE_RELAXED_MAX; r++) {
		struct move *move = &ret_moves->list[ret_moves->count];
		if (!criteria_refuses(
			    field->population, &field->settled, relaxable[r], mentee, mentor))
			continue;
		if (!measure(field->population, &field->settled, relaxable[r], mentee, mentor, move))
			return false;
		ret_moves->size += move->size;
		ret_moves->count++;
	}
	return ret_moves->count == broken;
}

static void apply_all(const struct moves *moves, struct engine_policy *policy)
{
	for (size_t m = 0; m < moves->count; m++)
		apply(&moves->list[m], policy);
}

/* Finds what the relaxed policy yields by trying every pair under it. */
static void try_relaxed(
	struct field *field, const struct moves *moves, struct engine_why_not *why_not)
{
	struct engine_relaxation *smallest = &why_not->smallest;
	uint32_t mentee, mentor, other;
	size_t allowed = 0;
	smallest->score = ENGINE_FORBIDDEN;
	for (size_t at = 0; at < field_size(field); at++) {
		if (!field_pair(field, at, &mentee, &mentor, &other))
			continue;
		struct engine_policy relaxed = field->settled;
		apply_all(moves, &relaxed);
		int32_t score = engine_pair_score(field->population, &relaxed, mentee, mentor);
		if (score == ENGINE_FORBIDDEN)
			continue;
		allowed++;
		if (score <= smallest->score)
			continue;
		smallest->score = score;
		smallest->partner = other;
	}
	smallest->yields = allowed - why_not->allowed;
}

static void relax(
	struct field *field, const struct moves *moves, struct engine_why_not *why_not)
{
	struct engine_relaxation *smallest = &why_not->smallest;
	smallest->count = moves->count;
	for (size_t m = 0; m < moves->count; m++) {
		const struct move *move = &moves->list[m];
		smallest->rules[m] = (struct engine_relaxed){ move->rule, move->from, move->to,
			move->upper };
	}
	apply_all(moves, &why_not->relaxed);
	try_relaxed(field, moves, why_not);
}

static void explain(struct field *field, struct engine_why_not *ret_why_not)
{
	struct moves best = { 0 }, moves;
	uint32_t mentee, mentor, other;
	ret_why_not->smallest.partner = ENGINE_NONE;
	ret_why_not->smallest.score = ENGINE_FORBIDDEN;
	for (size_t at = 0; at < field_size(field); at++) {
		if (!field_pair(field, at, &mentee, &mentor, &other))
			continue;
		ret_why_not->people++;
		size_t broken = count_rules(field, mentee, mentor, ret_why_not);
		if (broken && (!best.count || broken <= best.count) &&
			measure_all(field, mentee, mentor, broken, &moves) && smaller(&moves, &best))
			best = moves;
	}
	ret_why_not->refused[ENGINE_RULE_NONE] = 0;
	if (best.count)
		relax(field, &best, ret_why_not);
}

static void explain_mentee(const struct engine_population *population,
	const struct engine_policy *policy, struct engine_mentors mentors, uint32_t mentee,
	uint32_t want, struct engine_why_not *ret_why_not)
{
	struct field field = { .population = population,
		.policy = policy,
		.settled = criteria_settle(population, policy, mentee),
		.mentors = mentors,
		.person = mentee,
		.want = want };
	memset(ret_why_not, 0, sizeof(*ret_why_not));
	ret_why_not->relaxed = *policy;
	if (field.settled.line_distance != INT32_MAX)
		ret_why_not->relaxed.line_distance = field.settled.line_distance;
	explain(&field, ret_why_not);
}

void engine_why_not(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, struct engine_why_not *ret_why_not)
{
	explain_mentee(population, policy, engine_teachers_of(population, NULL, 0), mentee, 0,
		ret_why_not);
}

void engine_why_not_want(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_teachers *teachers,
	uint32_t mentee, size_t want, struct engine_why_not *ret_why_not)
{
	uint32_t wanted = wants_of(population, &population->people[mentee])[want];
	explain_mentee(population, policy,
		engine_teachers_of(population, teachers, want_skill(wanted)), mentee, wanted,
		ret_why_not);
}

void engine_why_not_mentor(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentor, struct engine_why_not *ret_why_not)
{
	struct field field = { .population = population,
		.policy = policy,
		.person = mentor,
		.of_mentor = true };
	memset(ret_why_not, 0, sizeof(*ret_why_not));
	ret_why_not->relaxed = *policy;
	explain(&field, ret_why_not);
}
