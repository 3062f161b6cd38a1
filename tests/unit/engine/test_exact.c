/* Results equal the best of all matchings, and the checker agrees. */
#include "brute.h"
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect_checked(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result)
{
	struct engine_verdict verdict = { 0 };
	assert_int_equal(engine_check(population, policy, NULL, result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "none");
	assert_true(result->certificate.complete);
	assert_int_equal(result->certificate.gap, 0);
}

static struct engine_options some_options(struct dice *dice)
{
	return (struct engine_options){ .threads = 1 + dice_below(dice, 2),
		.candidates = 1 + dice_below(dice, 6),
		.seed = 5,
		.simd = (enum engine_simd)dice_below(dice, engine_simd_best() + 1) };
}

static void pairs_equal_the_best_of_all_matchings(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < instance_rounds(10000); round++) {
		struct dice dice = { round * 77 + 1 };
		struct engine_policy policy;
		instance_small_policy(&dice, &policy);
		struct engine_population *population = instance_small(
			&dice, dice_below(&dice, 9), 1 + dice_below(&dice, 3));
		struct engine_options options = some_options(&dice);
		struct engine_result result;
		struct brute brute;
		assert_int_equal(
			engine_pairs(population, &policy, &options, NULL, &result), ENGINE_OK);
		brute_read(&brute, population, &policy, false, 0);
		assert_int_equal(brute_value_of(&brute, &result), brute_best(&brute, NULL));
		expect_checked(population, &policy, &result);
		engine_result_release(&result);
		engine_population_free(population);
	}
}

static void shortlists_equal_the_best_of_all_lists(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < instance_rounds(5000); round++) {
		struct dice dice = { round * 79 + 3 };
		struct engine_policy policy;
		instance_small_policy(&dice, &policy);
		policy.shortlist_size = 3 + (dice_below(&dice, 4) == 0);
		struct engine_population *population = instance_small(
			&dice, dice_below(&dice, 9), 2);
		struct engine_options options = some_options(&dice);
		struct engine_result result;
		struct brute brute;
		assert_int_equal(
			engine_shortlist(population, &policy, &options, NULL, &result), ENGINE_OK);
		brute_read(&brute, population, &policy, true, result.exposure_cap);
		assert_int_equal(brute_value_of(&brute, &result), brute_best(&brute, NULL));
		expect_checked(population, &policy, &result);
		engine_result_release(&result);
		engine_population_free(population);
	}
}

/* The first allowed pair that the dice hit upon; false if there is none. */
static bool some_pair(struct dice *dice, const struct engine_population *population,
	const struct engine_policy *policy, uint32_t *mentee, uint32_t *mentor)
{
	uint32_t people = (uint32_t)engine_population_size(population);
	for (int tries = 0; people && tries < 40; tries++) {
		*mentee = dice_below(dice, people);
		*mentor = dice_below(dice, people);
		if (engine_pair_score(population, policy, *mentee, *mentor) != ENGINE_FORBIDDEN)
			return true;
	}
	return false;
}

static void pins_stand_and_the_rest_is_the_best(void **state)
{
	int pinned = 0;
	(void)state;
	for (uint64_t round = 0; round < 3000; round++) {
		struct dice dice = { round * 83 + 5 };
		struct engine_policy policy;
		uint32_t mentee, mentor;
		instance_small_policy(&dice, &policy);
		struct dice again = dice;
		uint32_t people = 2 + dice_below(&dice, 7);
		struct engine_population *population = instance_small(&dice, people, 2);
		bool found = some_pair(&again, population, &policy, &mentee, &mentor);
		engine_population_free(population);
		if (!found)
			continue;
		dice = (struct dice){ round * 83 + 5 };
		instance_small_policy(&dice, &policy);
		people = 2 + dice_below(&dice, 7);
		population = instance_small_pinned(&dice, people, 2, mentee, mentor);
		bool lists = round % 2;
		struct engine_options options = some_options(&dice);
		struct engine_result result;
		struct brute brute;
		assert_int_equal((lists ? engine_shortlist : engine_pairs)(
					 population, &policy, &options, NULL, &result),
			ENGINE_OK);
		brute_read(&brute, population, &policy, lists, result.exposure_cap);
		assert_int_equal(brute_value_of(&brute, &result), brute_best(&brute, NULL));
		expect_checked(population, &policy, &result);
		engine_result_release(&result);
		engine_population_free(population);
		pinned++;
	}
	assert_true(pinned > 500);
}

static void repair_keeps_as_much_as_the_best_of_all_matchings(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 600; round++) {
		struct dice dice = { round * 89 + 7 };
		struct engine_policy policy;
		instance_small_policy(&dice, &policy);
		struct engine_population *population = instance_small(
			&dice, 2 + dice_below(&dice, 7), 2);
		struct engine_pair published[6];
		size_t count = 0;
		struct brute brute;
		struct engine_result result;
		struct engine_options options = some_options(&dice);
		bool lists = round % 2;
		for (int k = 0; k < 6; k++)
			if (some_pair(&dice, population, &policy, &published[count].mentee,
				    &published[count].mentor))
				count++;
		assert_int_equal(engine_repair(population, &policy, &options,
					 lists ? ENGINE_MODE_SHORTLIST : ENGINE_MODE_PAIRS,
					 published, count, NULL, &result),
			ENGINE_OK);
		brute_read(&brute, population, &policy, lists, result.exposure_cap);
		for (size_t k = 0; k < count; k++)
			for (uint32_t i = 0; i < brute.mentees; i++)
				for (uint32_t j = 0; j < brute.mentors; j++)
					if (brute.mentee[i] == published[k].mentee &&
						brute.mentor[j] == published[k].mentor)
						brute.kept[i][j] = true;
		assert_int_equal(brute_value_of(&brute, &result), brute_best(&brute, NULL));
		expect_checked(population, &policy, &result);
		engine_result_release(&result);
		engine_population_free(population);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_equal_the_best_of_all_matchings),
		cmocka_unit_test(shortlists_equal_the_best_of_all_lists),
		cmocka_unit_test(pins_stand_and_the_rest_is_the_best),
		cmocka_unit_test(repair_keeps_as_much_as_the_best_of_all_matchings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
