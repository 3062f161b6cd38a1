/*
 * No result ever breaks a hard rule: random trees of 10,000 people against an oracle with a tree
 * of its own. And "why not" counts right and offers only what really works.
 */
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint32_t size; /* people in a company: 10,000, or under sanitizers 2,000 */

/* What the oracle knows of everybody; written apart from the engine's own structures. */
struct known {
	uint32_t manager, department, country;
	uint32_t depth, place, below, filled; /* in the tree: number_tree */
	int32_t level;
	uint64_t languages;
	uint64_t hours[ENGINE_HOURS_WORDS];
	struct instance_facts *facts;
	bool active, mentor, mentee;
	int32_t capacity, demand;
	uint32_t barred[2];
};

struct company {
	struct known *known;
	struct engine_population *population;
};

enum tree { TREE_RANDOM, TREE_DEEP, TREE_FLAT, TREE_FOREST, TREES };

static uint32_t manager_of(struct dice *dice, enum tree tree, uint32_t person)
{
	if (!person || (tree == TREE_FOREST && dice_below(dice, 50) == 0))
		return ENGINE_NONE;
	if (tree == TREE_DEEP)
		return person > 3 ? person - 1 - dice_below(dice, 3) : person - 1;
	if (tree == TREE_FLAT)
		return dice_below(dice, person < 40 ? person : 40);
	return dice_below(dice, person);
}

/* Steps from the lower up to the upper person, 0 if not above. */
static uint32_t climb(const struct company *company, uint32_t lower, uint32_t upper)
{
	uint32_t steps = 1;
	for (uint32_t m = company->known[lower].manager; m != ENGINE_NONE;
		m = company->known[m].manager, steps++)
		if (m == upper)
			return steps;
	return 0;
}

/* The same without climbing: whoever stands below somebody has a place among the `below` after
 * theirs. */
static uint32_t steps_up(const struct company *company, uint32_t lower, uint32_t upper)
{
	const struct known *l = &company->known[lower], *u = &company->known[upper];
	return l->place > u->place && l->place - u->place <= u->below ? l->depth - u->depth : 0;
}

/* Gives everybody a place in the tree. Managers have lower numbers than their people. */
static void number_tree(struct company *company, struct dice *dice)
{
	struct known *known = company->known;
	uint32_t next = 0;
	for (uint32_t p = size; p-- > 0;)
		if (known[p].manager != ENGINE_NONE)
			known[known[p].manager].below += 1 + known[p].below;
	for (uint32_t p = 0; p < size; p++) {
		struct known *m = known[p].manager == ENGINE_NONE ? NULL : &known[known[p].manager];
		known[p].depth = m ? m->depth + 1 : 0;
		known[p].place = m ? m->place + 1 + m->filled : next;
		*(m ? &m->filled : &next) += 1 + known[p].below;
	}
	for (int trial = 0; trial < 2000; trial++) {
		uint32_t lower = dice_below(dice, size), upper = dice_below(dice, lower + 1);
		assert_int_equal(steps_up(company, lower, upper), climb(company, lower, upper));
		upper = known[lower].manager;
		if (upper != ENGINE_NONE)
			assert_int_equal(steps_up(company, lower, upper), 1);
	}
}

static void fill(struct company *company, uint64_t seed, enum tree tree)
{
	struct dice dice = { seed };
	company->known = calloc(size, sizeof(*company->known));
	company->population = engine_population_new((struct engine_vocabulary){ 500, 200, 12, 3 });
	for (uint32_t p = 0; p < size; p++) {
		struct known *k = &company->known[p];
		uint32_t index;
		k->facts = malloc(sizeof(*k->facts));
		instance_facts(&dice, p < 600, INSTANCE_LOOSE, true, k->facts);
		struct engine_person *person = &k->facts->person;
		if (dice_below(&dice, 20) == 0)
			person->roles = ENGINE_ROLE_MENTOR | ENGINE_ROLE_MENTEE;
		person->active = dice_below(&dice, 30) != 0;
		person->level = (int32_t)dice_below(&dice, p < 600 ? 12 : 6);
		person->country = k->country = p % 7 ? 1 + p % 3 : 0;
		person->manager = k->manager = manager_of(&dice, tree, p);
		k->active = person->active;
		k->mentor = person->roles & ENGINE_ROLE_MENTOR;
		k->mentee = person->roles & ENGINE_ROLE_MENTEE;
		k->level = person->level;
		k->department = person->department;
		k->languages = person->languages;
		k->capacity = person->mentor_capacity;
		k->demand = person->mentee_capacity;
		memcpy(k->hours, person->hours, sizeof(k->hours));
		assert_int_equal(
			engine_population_add(company->population, person, &index), ENGINE_OK);
		for (int b = 0; b < 2; b++) {
			k->barred[b] = (p + 1 + dice_below(&dice, size - 1)) % size;
			engine_population_block(company->population, k->barred[b], p);
		}
	}
	assert_int_equal(engine_population_seal(company->population, NULL), ENGINE_OK);
	number_tree(company, &dice);
}

static void empty(struct company *company)
{
	for (uint32_t p = 0; p < size; p++)
		free(company->known[p].facts);
	free(company->known);
	engine_population_free(company->population);
}

static bool covers(const struct known *mentee, const struct known *mentor)
{
	const struct engine_person *m = &mentee->facts->person, *t = &mentor->facts->person;
	for (size_t w = 0; w < m->want_count; w++)
		for (size_t o = 0; o < t->offer_count; o++)
			if (m->wants[w].skill == t->offers[o].skill &&
				t->offers[o].level > m->wants[w].current)
				return true;
	return false;
}

static bool barred(const struct company *company, uint32_t one, uint32_t other)
{
	for (int b = 0; b < 2; b++)
		if (company->known[one].barred[b] == other ||
			company->known[other].barred[b] == one)
			return true;
	return false;
}

/* Rules broken but for those of the reporting line. */
static int breaks(const struct company *company, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor)
{
	const struct known *m = &company->known[mentee], *t = &company->known[mentor];
	int common = 0;
	for (int w = 0; w < ENGINE_HOURS_WORDS; w++)
		common += __builtin_popcountll(m->hours[w] & t->hours[w]);
	int gap = m->level - t->level;
	return (mentee == mentor) + !m->active + !t->active + !m->mentee + !t->mentor +
	       (gap < policy->level_gap_min || gap > policy->level_gap_max) +
	       (policy->other_department && m->department == t->department) +
	       (policy->same_country && (!m->country || m->country != t->country)) +
	       !(m->languages & t->languages) + (common < policy->common_half_hours) +
	       !covers(m, t) + barred(company, mentee, mentor);
}

static bool is_head(
	const struct company *company, const struct engine_policy *policy, uint32_t mentee);

static bool too_close(const struct company *company, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor)
{
	const struct known *m = &company->known[mentee], *t = &company->known[mentor];
	uint32_t down = steps_up(company, mentor, mentee);
	if (steps_up(company, mentee, mentor))
		return true;
	if (m->manager == t->manager && m->manager != ENGINE_NONE)
		return true;
	if (down < 3)
		return down != 0;
	if (policy->line_distance)
		return down <= (uint32_t)policy->line_distance;
	return !is_head(company, policy, mentee);
}

/* Without a manager, or with fewer than three allowed mentors who do not stand below. */
static bool is_head(
	const struct company *company, const struct engine_policy *policy, uint32_t mentee)
{
	int outside = 0;
	if (company->known[mentee].manager == ENGINE_NONE)
		return true;
	for (uint32_t mentor = 0; mentor < size && outside < 3; mentor++)
		outside += !breaks(company, policy, mentee, mentor) &&
			   !steps_up(company, mentor, mentee) &&
			   !too_close(company, policy, mentee, mentor);
	return outside < 3;
}

static int violations(const struct company *company, const struct engine_policy *policy,
	const struct engine_pair *pair)
{
	return breaks(company, policy, pair->mentee, pair->mentor) +
	       too_close(company, policy, pair->mentee, pair->mentor);
}

static void expect_no_violation(const struct company *company, const struct engine_policy *policy,
	const struct engine_result *result, bool lists)
{
	uint32_t *shown = calloc(size, sizeof(*shown));
	uint32_t *given = calloc(size, sizeof(*given));
	for (size_t p = 0; p < result->pair_count; p++) {
		assert_int_equal(violations(company, policy, &result->pairs[p]), 0);
		shown[result->pairs[p].mentor]++;
		given[result->pairs[p].mentee]++;
	}
	for (uint32_t p = 0; p < size; p++) {
		const struct known *k = &company->known[p];
		assert_true((int32_t)shown[p] <= (lists ? result->exposure_cap : k->capacity));
		assert_true((int32_t)given[p] <= (lists ? 3 : k->demand));
	}
	assert_true(result->pair_count > 100);
	free(shown);
	free(given);
}

static void ten_thousand_people_and_no_violation(void **state)
{
	(void)state;
	size = (uint32_t)instance_rounds(10000);
	for (enum tree tree = TREE_RANDOM; tree < TREES; tree++) {
		struct company company;
		struct engine_policy policy;
		fill(&company, 1000 + tree, tree);
		engine_policy_default(&policy);
		for (int line = 0; line < 3; line++) {
			struct engine_result result;
			policy.line_distance = line ? 1 + line : 0;
			policy.other_department = line > 0;
			policy.same_country = line > 1;
			assert_int_equal(
				engine_shortlist(company.population, &policy, NULL, NULL, &result),
				ENGINE_OK);
			assert_int_equal(result.certificate.gap, 0);
			expect_no_violation(&company, &policy, &result, true);
			engine_result_release(&result);
			assert_int_equal((line == 1 ? engine_stable : engine_pairs)(
						 company.population, &policy, NULL, NULL, &result),
				ENGINE_OK);
			assert_true(result.certificate.complete);
			expect_no_violation(&company, &policy, &result, false);
			engine_result_release(&result);
		}
		empty(&company);
	}
}

static void shortlists_span_two_departments_or_say_why(void **state)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_population *population = instance_company(
		51, 300, 900, INSTANCE_LOOSE, false);
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	assert_int_equal(engine_shortlist(population, &policy, NULL, NULL, &result), ENGINE_OK);
	for (size_t m = 0; m < result.outcome_count; m++) {
		const struct engine_outcome *outcome = &result.outcomes[m];
		const struct engine_pair *pairs = result.pairs + outcome->first;
		uint32_t seen = 0;
		assert_true(outcome->count == 3 || outcome->reason != ENGINE_REASON_NONE);
		for (uint32_t k = 0; k < outcome->count; k++) {
			assert_int_equal(pairs[k].rank, k + 1);
			seen |= 1u << pairs[k].shown;
			assert_true(!k || pairs[k - 1].score >= pairs[k].score);
		}
		assert_int_equal(seen, ((1u << outcome->count) - 1) << 1);
	}
	engine_result_release(&result);
	engine_population_free(population);
}

/* What "why not" is asked about: person 0 as mentee, one of its wants, or person 0 as mentor. */
struct question {
	struct engine_population *population;
	enum { OF_MENTEE, OF_WANT, OF_MENTOR } of;
	size_t want;
	struct engine_teachers *teachers; /* or null */
	bool head[16]; /* whether the head-of-tree rule applies to a mentee: this stays while rules move */
};

static bool is_taught(const struct question *asked, uint32_t mentor)
{
	struct engine_policy any;
	struct engine_list_part part;
	engine_policy_default(&any);
	engine_list_part(asked->population, &any, 0, mentor, &part);
	return part.share[asked->want] != 0;
}

/* People on the other side whom a policy allows. */
static size_t allowed_under(const struct question *asked, const struct engine_policy *policy)
{
	size_t allowed = 0;
	for (uint32_t p = 0; p < engine_population_size(asked->population); p++) {
		uint32_t mentee = asked->of == OF_MENTOR ? p : 0, mentor = asked->of == OF_MENTOR ? 0 : p;
		struct engine_policy own = *policy;
		if (asked->of == OF_WANT && !is_taught(asked, mentor))
			continue;
		if (asked->head[mentee])
			own.line_distance = 2;
		allowed += engine_pair_score(asked->population, &own, mentee, mentor) !=
			   ENGINE_FORBIDDEN;
	}
	return allowed;
}

/* One bit for each bound; the policy with those as mild as can be. */
#define BOUNDS 8
static struct engine_policy mildest(const struct engine_policy *policy, unsigned bounds)
{
	struct engine_policy mild = *policy;
	if (bounds & 1)
		mild.common_half_hours = 0;
	if (bounds & 2)
		mild.shared_language = false;
	if (bounds & 4)
		mild.need_covered = false;
	if (bounds & 8)
		mild.level_gap_min = 1;
	if (bounds & 16)
		mild.level_gap_max = ENGINE_LEVEL_MAX;
	if (bounds & 32)
		mild.line_distance = 2;
	if (bounds & 64)
		mild.other_department = false;
	if (bounds & 128)
		mild.same_country = false;
	return mild;
}

/* By trying all sets: how many bounds must go until somebody more is allowed; 0 = none helps. */
static size_t fewest_bounds(const struct question *asked, const struct engine_policy *policy)
{
	size_t allowed = allowed_under(asked, policy), fewest = 0;
	for (unsigned bounds = 1; bounds < 1u << BOUNDS; bounds++) {
		struct engine_policy mild = mildest(policy, bounds);
		size_t count = (size_t)__builtin_popcount(bounds);
		if ((!fewest || count < fewest) && allowed_under(asked, &mild) > allowed)
			fewest = count;
	}
	return fewest;
}

/* None of its rules is there for nothing: one step less of any, and nobody more is allowed. */
static void expect_tight(const struct question *asked, const struct engine_policy *policy,
	const struct engine_why_not *why)
{
	for (size_t r = 0; r < why->smallest.count; r++) {
		const struct engine_relaxed *rule = &why->smallest.rules[r];
		struct engine_policy less = why->relaxed;
		if (rule->rule == ENGINE_RULE_HOURS)
			less.common_half_hours = policy->common_half_hours;
		else if (rule->rule == ENGINE_RULE_LANGUAGE)
			less.shared_language = true;
		else if (rule->rule == ENGINE_RULE_NEED)
			less.need_covered = true;
		else if (rule->rule == ENGINE_RULE_DEPARTMENT)
			less.other_department = true;
		else if (rule->rule == ENGINE_RULE_COUNTRY)
			less.same_country = true;
		else if (rule->rule == ENGINE_RULE_LINE_DISTANCE)
			less.line_distance = policy->line_distance;
		else if (rule->upper)
			less.level_gap_max = policy->level_gap_max;
		else
			less.level_gap_min = policy->level_gap_min;
		assert_int_equal(allowed_under(asked, &less), why->allowed);
	}
}

/* One step less of a level gap or of hours is too little. */
static void expect_smallest(const struct question *asked, const struct engine_why_not *why)
{
	if (why->smallest.count != 1)
		return;
	const struct engine_relaxed *rule = &why->smallest.rules[0];
	struct engine_policy less = why->relaxed;
	if (rule->rule == ENGINE_RULE_HOURS)
		less.common_half_hours++;
	else if (rule->rule == ENGINE_RULE_JUNIOR && rule->upper)
		less.level_gap_max--;
	else if (rule->rule == ENGINE_RULE_JUNIOR)
		less.level_gap_min++;
	else
		return;
	assert_int_equal(allowed_under(asked, &less), why->allowed);
}

static void ask(const struct question *asked, const struct engine_policy *policy,
	struct engine_why_not *ret_why)
{
	if (asked->of == OF_MENTOR)
		engine_why_not_mentor(asked->population, policy, 0, ret_why);
	else if (asked->of == OF_WANT)
		engine_why_not_want(asked->population, policy, asked->teachers, 0, asked->want, ret_why);
	else
		engine_why_not(asked->population, policy, 0, ret_why);
}

/* Returns whether somebody is allowed only by what is proposed. */
static bool expect_yield(
	const struct question *asked, const struct engine_policy *policy, int *together)
{
	struct engine_why_not why;
	size_t refused = 0;
	ask(asked, policy, &why);
	for (int r = 0; r < ENGINE_RULE_COUNT; r++) {
		refused += why.refused[r];
		assert_true(why.touched[r] >= why.refused[r]);
	}
	assert_int_equal(why.people, refused + why.allowed);
	assert_int_equal(why.allowed, allowed_under(asked, policy));
	assert_int_equal(why.smallest.count, fewest_bounds(asked, policy));
	if (!why.smallest.count)
		return false;
	assert_int_equal(engine_policy_check(&why.relaxed, NULL), ENGINE_OK);
	assert_true(why.smallest.yields > 0);
	expect_tight(asked, policy, &why);
	expect_smallest(asked, &why);
	*together += why.smallest.count > 1;
	assert_int_equal(
		why.allowed + why.smallest.yields, allowed_under(asked, &why.relaxed));
	uint32_t other = why.smallest.partner;
	struct engine_policy relaxed = why.relaxed;
	if (asked->head[asked->of == OF_MENTOR ? other : 0])
		relaxed.line_distance = 2;
	assert_int_equal(why.smallest.score,
		asked->of == OF_MENTOR
			? engine_pair_score(asked->population, &relaxed, other, 0)
			: engine_pair_score(asked->population, &relaxed, 0, other));
	assert_true(asked->of != OF_WANT || is_taught(asked, other));
	return !why.allowed;
}

static void the_smallest_relaxation_really_yields(void **state)
{
	int helped[3] = { 0 }, together[3] = { 0 };
	(void)state;
	for (uint64_t round = 0; round < 1500; round++) {
		struct dice dice = { round * 107 + 1 };
		struct engine_policy policy;
		struct engine_list_why list;
		uint32_t people = 2 + dice_below(&dice, round % 2 ? 12 : 3);
		instance_small_policy(&dice, &policy);
		struct question asked = { .population = instance_small(&dice, people, 1) };
		if (round % 3)
			asked.teachers = engine_teachers_new(asked.population);
		for (uint32_t p = 0; p < people; p++)
			asked.head[p] = engine_head_of_tree(asked.population, &policy, p);
		helped[OF_MENTEE] += expect_yield(&asked, &policy, &together[OF_MENTEE]);
		engine_list_why(asked.population, &policy, asked.teachers, 0, NULL, 0, &list);
		for (asked.of = OF_WANT; asked.want < list.want_count; asked.want++)
			helped[OF_WANT] += expect_yield(&asked, &policy, &together[OF_WANT]);
		asked.of = OF_MENTOR;
		helped[OF_MENTOR] += expect_yield(&asked, &policy, &together[OF_MENTOR]);
		engine_teachers_free(asked.teachers);
		engine_population_free(asked.population);
	}
	for (int of = 0; of < 3; of++) {
		assert_true(helped[of] > 50);
		assert_true(together[of] > 20);
	}
}

static void fairness_adds_up(void **state)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_fairness fairness;
	struct engine_cap_price price;
	struct engine_population *population = instance_company(
		53, 200, 260, INSTANCE_LOOSE, false);
	uint32_t mentees = 0;
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	assert_int_equal(engine_shortlist(population, &policy, NULL, NULL, &result), ENGINE_OK);
	assert_int_equal(
		engine_fairness_of(population, &policy, NULL, &result, &fairness), ENGINE_OK);
	for (size_t l = 0; l < fairness.level_count; l++)
		mentees += fairness.levels[l].mentees;
	assert_int_equal(mentees, 200);
	assert_true(fairness.exposure_max <= (uint32_t)result.exposure_cap);
	assert_true(fairness.exposure_gini < 1000);
	assert_true(fairness.rank_mean >= 100);
	engine_fairness_release(&fairness);
	assert_int_equal(engine_fairness_cap_price(population, &policy, NULL, &price), ENGINE_OK);
	assert_int_equal(price.total_with, result.total);
	assert_true(price.places_without >= price.places_with);
	engine_result_release(&result);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_people_and_no_violation),
		cmocka_unit_test(shortlists_span_two_departments_or_say_why),
		cmocka_unit_test(the_smallest_relaxation_really_yields),
		cmocka_unit_test(fairness_adds_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
