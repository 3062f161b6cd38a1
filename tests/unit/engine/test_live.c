/* After every change the live matching is as good as one solved from nothing, and proves it. */
#include "brute.h"
#include "instance.h"

#include "matching/engine/people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect_exact(struct engine_population *population, const struct engine_policy *policy,
	enum engine_mode mode, struct engine_live *live)
{
	struct engine_result standing, fresh;
	struct engine_verdict verdict = { 0 };
	assert_int_equal(engine_live_result(live, &standing), ENGINE_OK);
	assert_int_equal((mode == ENGINE_MODE_PAIRS ? engine_pairs : engine_shortlist)(
				 population, policy, NULL, NULL, &fresh),
		ENGINE_OK);
	assert_int_equal(standing.certificate.gap, 0);
	assert_int_equal(standing.pair_count, fresh.pair_count);
	assert_int_equal(standing.total, fresh.total);
	assert_int_equal(engine_check(population, policy, NULL, &standing, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "none");
	engine_result_release(&standing);
	engine_result_release(&fresh);
}

static void change_small(uint64_t seed, enum engine_mode mode)
{
	struct dice dice = { seed };
	struct engine_policy policy;
	struct engine_live *live = NULL;
	uint32_t people = 2 + dice_below(&dice, 24), capacity = 1 + dice_below(&dice, 3);
	struct engine_options options = { .threads = 1, .candidates = 1 + dice_below(&dice, 5) };
	instance_small_policy(&dice, &policy);
	struct engine_population *population = instance_small(&dice, people, capacity);
	assert_int_equal(
		engine_live_new(population, &policy, &options, mode, NULL, &live), ENGINE_OK);
	for (int change = 0; change < 8; change++) {
		struct instance_facts facts;
		uint32_t person = dice_below(&dice, people);
		const struct person *old = &population->people[person];
		instance_small_facts(&dice, person, capacity, old->manager, &facts);
		if (dice_below(&dice, 8)) {
			facts.person.roles = old->roles;
			facts.person.active = old->active;
		}
		if (dice_below(&dice, 2)) {
			facts.person.mentor_capacity = old->mentor_capacity;
			facts.person.mentee_capacity = old->mentee_capacity;
			facts.person.department = old->department;
		}
		facts.person.shown = dice_below(&dice, 4) ? 0 : (int32_t)dice_below(&dice, 3);
		assert_int_equal(engine_live_replace(live, person, &facts.person, NULL), ENGINE_OK);
		expect_exact(population, &policy, mode, live);
	}
	engine_live_free(live);
	engine_population_free(population);
}

static void pairs_stay_exact_while_people_change(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 400; round++)
		change_small(round * 101 + 1, ENGINE_MODE_PAIRS);
}

static void shortlists_stay_exact_while_people_change(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 400; round++)
		change_small(round * 103 + 1, ENGINE_MODE_SHORTLIST);
}

static void change_company(enum engine_mode mode)
{
	const uint32_t side = 300;
	struct dice dice = { 9 };
	struct engine_policy policy;
	struct engine_live *live = NULL;
	struct engine_population *population = instance_company(
		4, side, side, INSTANCE_LOOSE, mode == ENGINE_MODE_PAIRS);
	instance_company_policy(INSTANCE_LOOSE, &policy);
	assert_int_equal(engine_live_new(population, &policy, NULL, mode, NULL, &live), ENGINE_OK);
	for (int change = 0; change < 24; change++) {
		struct instance_facts facts;
		uint32_t person = dice_below(&dice, 2 * side);
		const struct person *old = &population->people[person];
		instance_facts(&dice, person < side, INSTANCE_LOOSE, false, &facts);
		facts.person.manager = old->manager;
		if (change % 2) {
			facts.person.mentor_capacity = old->mentor_capacity;
			facts.person.mentee_capacity = old->mentee_capacity;
			facts.person.department = old->department;
		}
		assert_int_equal(engine_live_replace(live, person, &facts.person, NULL), ENGINE_OK);
		expect_exact(population, &policy, mode, live);
	}
	engine_live_free(live);
	engine_population_free(population);
}

static void a_company_stays_exact(void **state)
{
	(void)state;
	change_company(ENGINE_MODE_PAIRS);
	change_company(ENGINE_MODE_SHORTLIST);
}

static void a_change_of_manager_is_refused(void **state)
{
	struct dice dice = { 1 };
	struct engine_policy policy;
	struct engine_live *live = NULL;
	struct instance_facts facts;
	struct engine_faults faults = { 0 };
	(void)state;
	engine_policy_default(&policy);
	struct engine_population *population = instance_small(&dice, 9, 1);
	assert_int_equal(engine_live_new(population, &policy, NULL, ENGINE_MODE_PAIRS, NULL, &live),
		ENGINE_OK);
	instance_small_facts(&dice, 3, 1, 8, &facts);
	assert_int_equal(engine_live_replace(live, 3, &facts.person, &faults), ENGINE_INVALID);
	assert_int_equal(faults.list[0].field, ENGINE_FIELD_MANAGER);
	engine_faults_release(&faults);
	expect_exact(population, &policy, ENGINE_MODE_PAIRS, live);
	engine_live_free(live);
	engine_population_free(population);
}

static void a_comparison_names_who_gains_and_who_loses(void **state)
{
	struct engine_policy loose, strict;
	struct engine_comparison comparison;
	struct engine_population *population = instance_company(5, 100, 150, INSTANCE_LOOSE, false);
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &loose);
	strict = loose;
	strict.common_half_hours = 12;
	assert_int_equal(engine_compare(population, &loose, &strict, &loose, ENGINE_MODE_SHORTLIST,
				 NULL, NULL, &comparison),
		ENGINE_OK);
	assert_int_equal(comparison.gaining + comparison.losing, comparison.change_count);
	assert_true(comparison.losing > comparison.gaining);
	assert_int_equal(comparison.total_before, comparison.before.total);
	assert_int_equal(comparison.total_after, comparison.after.total);
	engine_comparison_release(&comparison);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_stay_exact_while_people_change),
		cmocka_unit_test(shortlists_stay_exact_while_people_change),
		cmocka_unit_test(a_company_stays_exact),
		cmocka_unit_test(a_change_of_manager_is_refused),
		cmocka_unit_test(a_comparison_names_who_gains_and_who_loses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
