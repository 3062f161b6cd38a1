/* Heads of the tree: who may have mentors of the own line, and for which places. */
#include "brute.h"
#include "instance.h"
#include "matching/engine/people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Somebody who offers skill 0 at that level, or wants it, free all week. */
static uint32_t add(struct engine_population *population, uint32_t roles, uint32_t manager,
	int32_t level, int32_t offered)
{
	const struct engine_offer offer = { 0, offered };
	const struct engine_want want = { 0, 0, 5, 1 };
	struct engine_person person = { .active = true,
		.roles = roles,
		.manager = manager,
		.department = 0,
		.level = level,
		.languages = 1,
		.mentor_capacity = 1,
		.mentee_capacity = 1,
		.offers = &offer,
		.offer_count = offered ? 1 : 0,
		.wants = &want,
		.want_count = roles & ENGINE_ROLE_MENTEE ? 1 : 0 };
	uint32_t index;
	memset(person.hours, 0xff, sizeof(person.hours));
	assert_int_equal(engine_population_add(population, &person, &index), ENGINE_OK);
	return index;
}

/* A leader at the top of a chain, or under a manager; four mentors three steps down; and as many
 * mentors elsewhere, who teach less well. */
struct tree {
	struct engine_population *population;
	uint32_t leader, elsewhere;
};

static struct tree grow(bool has_manager, uint32_t elsewhere)
{
	struct tree tree = { .population = engine_population_new(
				     (struct engine_vocabulary){ 1, 1, 1, 3 }) };
	uint32_t top = has_manager ? add(tree.population, 0, ENGINE_NONE, 9, 0) : ENGINE_NONE;
	tree.leader = add(tree.population, ENGINE_ROLE_MENTEE, top, 8, 0);
	uint32_t first = add(tree.population, ENGINE_ROLE_MENTOR, tree.leader, 5, 5);
	uint32_t second = add(tree.population, ENGINE_ROLE_MENTOR, first, 4, 5);
	for (int i = 0; i < 4; i++)
		add(tree.population, ENGINE_ROLE_MENTOR, second, 1, 5);
	uint32_t other = add(tree.population, 0, ENGINE_NONE, 9, 0);
	for (uint32_t i = 0; i < elsewhere; i++) {
		uint32_t mentor = add(tree.population, ENGINE_ROLE_MENTOR, other, 1, 1);
		tree.elsewhere = i ? tree.elsewhere : mentor;
	}
	assert_int_equal(engine_population_seal(tree.population, NULL), ENGINE_OK);
	return tree;
}

static void expect_checked(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result)
{
	struct engine_verdict verdict = { 0 };
	assert_int_equal(engine_check(population, policy, NULL, result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "none");
}

/* The leader's list: how many stand elsewhere, and how many in the line. */
static void expect_list(bool has_manager, uint32_t elsewhere, uint32_t outside, uint32_t inside)
{
	struct tree tree = grow(has_manager, elsewhere);
	struct engine_policy policy;
	struct engine_result result;
	uint32_t seen[2] = { 0 };
	engine_policy_default(&policy);
	assert_int_equal(
		engine_shortlist(tree.population, &policy, NULL, NULL, &result), ENGINE_OK);
	assert_int_equal(result.outcome_count, 1);
	for (size_t p = 0; p < result.pair_count; p++) {
		const struct engine_pair *pair = &result.pairs[p];
		struct engine_explanation why;
		engine_explain(tree.population, &policy, pair->mentee, pair->mentor, &why);
		assert_int_equal(why.head_of_tree, pair->head_of_tree);
		assert_int_equal(why.line_steps, pair->head_of_tree ? 3 : 0);
		seen[pair->head_of_tree]++;
	}
	assert_int_equal(seen[false], outside);
	assert_int_equal(seen[true], inside);
	assert_int_equal(result.outcomes[0].head_of_tree, inside != 0);
	expect_checked(tree.population, &policy, &result);
	engine_result_release(&result);
	engine_population_free(tree.population);
}

static void a_leader_without_a_manager_has_the_line_for_the_places_left(void **state)
{
	(void)state;
	expect_list(false, 0, 0, 3);
	expect_list(false, 1, 1, 2);
	expect_list(false, 2, 2, 1);
	expect_list(false, 3, 3, 0);
	expect_list(false, 5, 3, 0);
}

static void a_leader_with_a_manager_has_it_only_where_others_are_too_few(void **state)
{
	(void)state;
	expect_list(true, 0, 0, 3);
	expect_list(true, 2, 2, 1);
	expect_list(true, 3, 3, 0);
	expect_list(true, 5, 3, 0);
}

/* Others may take the mentors elsewhere: a leader with a manager still gets nobody of the line. */
static void contention_is_no_reason_for_the_line_of_somebody_with_a_manager(void **state)
{
	(void)state;
	for (int has_manager = 0; has_manager < 2; has_manager++) {
		struct tree tree = { .population = engine_population_new(
					     (struct engine_vocabulary){ 1, 1, 1, 3 }) };
		struct engine_population *population = tree.population;
		struct engine_policy policy;
		struct engine_result result;
		uint32_t top = has_manager ? add(population, 0, ENGINE_NONE, 9, 0) : ENGINE_NONE;
		uint32_t rival = add(population, ENGINE_ROLE_MENTEE, ENGINE_NONE, 8, 0);
		uint32_t leader = add(population, ENGINE_ROLE_MENTEE, top, 8, 0);
		uint32_t below = add(population, 0, add(population, 0, leader, 5, 0), 4, 0);
		uint32_t other = add(population, 0, ENGINE_NONE, 9, 0);
		engine_policy_default(&policy);
		policy.exposure_cap = 1;
		for (int i = 0; i < 3; i++)
			add(population, ENGINE_ROLE_MENTOR, other, 1, 5);
		for (int i = 0; i < 3; i++) /* for the leader alone */
			engine_population_block(population, rival,
				add(population, ENGINE_ROLE_MENTOR, below, 1, 5));
		assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
		assert_int_equal(
			engine_shortlist(population, &policy, NULL, NULL, &result), ENGINE_OK);
		const struct engine_outcome *outcome = &result.outcomes[1];
		assert_int_equal(outcome->mentee, leader);
		assert_int_equal(outcome->head_of_tree, !has_manager);
		assert_int_equal(result.outcomes[0].count + outcome->count, has_manager ? 3 : 6);
		expect_checked(population, &policy, &result);
		engine_result_release(&result);
		engine_population_free(population);
	}
}

static void the_checker_believes_no_wrong_grant(void **state)
{
	struct tree tree = grow(false, 1);
	struct engine_policy policy;
	struct engine_result result;
	struct engine_verdict verdict;
	(void)state;
	engine_policy_default(&policy);
	assert_int_equal(
		engine_shortlist(tree.population, &policy, NULL, NULL, &result), ENGINE_OK);
	for (size_t p = 0; p < result.pair_count; p++) {
		result.pairs[p].head_of_tree = !result.pairs[p].head_of_tree;
		assert_int_equal(
			engine_check(tree.population, &policy, NULL, &result, &verdict), ENGINE_OK);
		assert_int_equal(verdict.refusal, ENGINE_REFUSAL_PAIR);
		result.pairs[p].head_of_tree = !result.pairs[p].head_of_tree;
	}
	result.outcomes[0].head_of_tree = false;
	assert_int_equal(
		engine_check(tree.population, &policy, NULL, &result, &verdict), ENGINE_OK);
	assert_int_equal(verdict.refusal, ENGINE_REFUSAL_OUTCOME);
	engine_result_release(&result);
	engine_population_free(tree.population);
}

/* A few people in tall trees, so that the rule has something to decide nearly always. */
static struct engine_population *tall(struct dice *dice, uint32_t people)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 4, 4, 3, 3 });
	for (uint32_t p = 0; p < people; p++) {
		struct instance_facts facts;
		uint32_t index, back = 1 + dice_below(dice, 2);
		bool top = p < back || dice_below(dice, 6) == 0;
		instance_small_facts(dice, p, 2, top ? ENGINE_NONE : p - back, &facts);
		assert_int_equal(
			engine_population_add(population, &facts.person, &index), ENGINE_OK);
	}
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	return population;
}

static void tall_policy(struct dice *dice, struct engine_policy *ret_policy)
{
	instance_small_policy(dice, ret_policy);
	ret_policy->line_distance = ENGINE_LINE_ANY;
	ret_policy->shortlist_size = 3;
	if (ret_policy->junior == ENGINE_JUNIOR_LEVEL)
		ret_policy->junior = ENGINE_JUNIOR_SKILLS_ONLY;
}

static size_t count_granted(const struct engine_result *result)
{
	size_t granted = 0;
	for (size_t p = 0; p < result->pair_count; p++)
		granted += result->pairs[p].head_of_tree;
	return granted;
}

static void grants_equal_the_best_of_all_lists(void **state)
{
	size_t granted = 0;
	(void)state;
	for (uint64_t round = 0; round < instance_rounds(1000); round++) {
		struct dice dice = { round * 83 + 5 };
		struct engine_policy policy;
		tall_policy(&dice, &policy);
		struct engine_population *population = tall(&dice, 4 + dice_below(&dice, 5));
		struct engine_options options = { .threads = 1 + dice_below(&dice, 2),
			.candidates = 1 + dice_below(&dice, 6) };
		struct engine_result result;
		struct brute brute;
		bool lists = dice_below(&dice, 4);
		assert_int_equal((lists ? engine_shortlist : engine_pairs)(
					 population, &policy, &options, NULL, &result),
			ENGINE_OK);
		brute_read(&brute, population, &policy, lists, lists ? result.exposure_cap : 0);
		assert_int_equal(brute_value_of(&brute, &result), brute_best(&brute, NULL));
		expect_checked(population, &policy, &result);
		granted += count_granted(&result);
		engine_result_release(&result);
		engine_population_free(population);
	}
	assert_true(granted > 10);
}

/* After every change the same as from nothing, whoever becomes a head or ceases to be one. */
static void live_changes_keep_the_grants(void **state)
{
	size_t granted = 0;
	(void)state;
	for (uint64_t round = 0; round < instance_rounds(100); round++) {
		struct dice dice = { round * 89 + 7 };
		struct engine_policy policy;
		struct engine_live *live;
		tall_policy(&dice, &policy);
		uint32_t people = 8 + dice_below(&dice, 8);
		struct engine_population *population = tall(&dice, people);
		assert_int_equal(engine_live_new(population, &policy, NULL, ENGINE_MODE_SHORTLIST,
					 NULL, &live),
			ENGINE_OK);
		for (int change = 0; change < 12; change++) {
			uint32_t person = dice_below(&dice, people);
			struct instance_facts facts;
			struct engine_result result, anew;
			instance_small_facts(
				&dice, person, 2, population->people[person].manager, &facts);
			facts.person.active = population->people[person].active;
			assert_int_equal(
				engine_live_replace(live, person, &facts.person, NULL), ENGINE_OK);
			assert_int_equal(engine_live_result(live, &result), ENGINE_OK);
			assert_int_equal(engine_shortlist(population, &policy, NULL, NULL, &anew),
				ENGINE_OK);
			expect_checked(population, &policy, &result);
			assert_int_equal(result.certificate.gap, 0);
			assert_int_equal(result.total, anew.total);
			assert_int_equal(count_granted(&result), count_granted(&anew));
			granted += count_granted(&result);
			engine_result_release(&result);
			engine_result_release(&anew);
		}
		engine_live_free(live);
		engine_population_free(population);
	}
	assert_true(granted > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leader_without_a_manager_has_the_line_for_the_places_left),
		cmocka_unit_test(a_leader_with_a_manager_has_it_only_where_others_are_too_few),
		cmocka_unit_test(contention_is_no_reason_for_the_line_of_somebody_with_a_manager),
		cmocka_unit_test(the_checker_believes_no_wrong_grant),
		cmocka_unit_test(grants_equal_the_best_of_all_lists),
		cmocka_unit_test(live_changes_keep_the_grants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
