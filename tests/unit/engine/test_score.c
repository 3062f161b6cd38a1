/* The kernels of every width give the scores that the explainer explains. */
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static void expect_rows_explained(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_simd simd)
{
	struct engine_scorer *scorer = NULL;
	size_t people = engine_population_size(population);
	int16_t *scores = malloc((people + 1) * sizeof(*scores));
	assert_int_equal(engine_scorer_new(population, policy, simd, &scorer), ENGINE_OK);
	for (uint32_t mentee = 0; mentee < people; mentee++) {
		engine_scorer_row(scorer, mentee, scores);
		for (uint32_t mentor = 0; mentor < people; mentor++) {
			struct engine_explanation why;
			int32_t sum = 0;
			engine_explain(population, policy, mentee, mentor, &why);
			for (int c = 0; c < ENGINE_CRITERION_COUNT; c++)
				sum += why.part[c];
			assert_int_equal(why.score, scores[mentor]);
			if (why.rule == ENGINE_RULE_NONE)
				assert_int_equal(sum, scores[mentor]);
		}
	}
	engine_scorer_free(scorer);
	free(scores);
}

static void small_instances_score_as_explained_at_every_width(void **state)
{
	struct dice dice = { 7 };
	(void)state;
	for (int round = 0; round < 300; round++) {
		struct engine_population *population = instance_small(
			&dice, 2 + dice_below(&dice, 30), 2);
		struct engine_policy policy;
		instance_small_policy(&dice, &policy);
		assert_int_equal(engine_policy_check(&policy, NULL), ENGINE_OK);
		for (enum engine_simd s = ENGINE_SIMD_PORTABLE; s <= engine_simd_best(); s++)
			expect_rows_explained(population, &policy, s);
		engine_population_free(population);
	}
}

static void a_company_scores_as_explained_at_every_width(void **state)
{
	struct engine_population *population = instance_company(
		11, 150, 400, INSTANCE_LOOSE, false);
	struct engine_policy policy;
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	for (enum engine_simd s = ENGINE_SIMD_PORTABLE; s <= engine_simd_best(); s++)
		expect_rows_explained(population, &policy, s);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_instances_score_as_explained_at_every_width),
		cmocka_unit_test(a_company_scores_as_explained_at_every_width),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
