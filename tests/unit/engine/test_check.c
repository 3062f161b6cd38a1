/* The checker refuses whatever has been tampered with. */
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct scene {
	struct engine_population *population;
	struct engine_policy policy;
	struct engine_result result;
};

static void set(struct scene *scene, enum engine_mode mode)
{
	scene->population = instance_company(21, 60, 90, INSTANCE_LOOSE, mode == ENGINE_MODE_PAIRS);
	instance_company_policy(INSTANCE_LOOSE, &scene->policy);
	assert_int_equal((mode == ENGINE_MODE_PAIRS ? engine_pairs : engine_shortlist)(
				 scene->population, &scene->policy, NULL, NULL, &scene->result),
		ENGINE_OK);
}

static void strike(struct scene *scene)
{
	engine_result_release(&scene->result);
	engine_population_free(scene->population);
}

static const char *verdict_of(const struct scene *scene)
{
	struct engine_verdict verdict;
	assert_int_equal(
		engine_check(scene->population, &scene->policy, NULL, &scene->result, &verdict),
		ENGINE_OK);
	return engine_refusal_word(verdict.refusal);
}

static void every_flipped_price_is_refused(void **state)
{
	struct scene scene;
	(void)state;
	for (enum engine_mode mode = ENGINE_MODE_PAIRS; mode <= ENGINE_MODE_SHORTLIST; mode++) {
		set(&scene, mode);
		struct engine_certificate *certificate = &scene.result.certificate;
		assert_string_equal(verdict_of(&scene), "none");
		/* By more than any slack: a small step may lead to another valid proof. */
		const int64_t far = certificate->unit_place * 9;
		for (uint32_t m = 0; m < certificate->mentee_count; m += 3) {
			if (!scene.result.outcomes[m].count)
				continue;
			for (int64_t by = -far; by <= far; by += 2 * far) {
				certificate->mentee_price[m] += by;
				assert_string_not_equal(verdict_of(&scene), "none");
				certificate->mentee_price[m] -= by;
			}
		}
		for (uint32_t m = 0; m < certificate->mentor_count; m += 3) {
			for (int64_t by = -far; by <= far; by += 2 * far) {
				certificate->mentor_price[m] += by;
				assert_string_not_equal(verdict_of(&scene), "none");
				certificate->mentor_price[m] -= by;
			}
		}
		strike(&scene);
	}
}

static void every_flipped_capacity_is_refused(void **state)
{
	struct scene scene;
	(void)state;
	set(&scene, ENGINE_MODE_PAIRS);
	struct engine_certificate *certificate = &scene.result.certificate;
	for (uint32_t m = 0; m < certificate->mentor_count; m++) {
		certificate->capacity[m]++;
		assert_string_equal(verdict_of(&scene), "shape");
		certificate->capacity[m]--;
	}
	for (uint32_t m = 0; m < certificate->mentee_count; m++) {
		certificate->demand[m]--;
		assert_string_equal(verdict_of(&scene), "shape");
		certificate->demand[m]++;
	}
	strike(&scene);
}

static void every_flipped_pair_is_refused(void **state)
{
	struct scene scene;
	(void)state;
	set(&scene, ENGINE_MODE_SHORTLIST);
	for (size_t p = 0; p + 1 < scene.result.pair_count; p += 2) {
		struct engine_pair *pair = &scene.result.pairs[p];
		struct engine_pair was = *pair;
		pair->mentor = scene.result.pairs[p + 1].mentor;
		assert_string_not_equal(verdict_of(&scene), "none");
		*pair = was;
		pair->score++;
		assert_string_equal(verdict_of(&scene), "score");
		*pair = was;
		pair->pinned = true;
		assert_string_equal(verdict_of(&scene), "pin");
		*pair = was;
	}
	scene.result.total++;
	assert_string_equal(verdict_of(&scene), "score");
	strike(&scene);
}

static void a_worse_matching_with_the_best_prices_is_refused(void **state)
{
	struct scene scene;
	(void)state;
	set(&scene, ENGINE_MODE_PAIRS);
	struct engine_result *result = &scene.result;
	result->total -= result->pairs[result->pair_count - 1].score;
	result->pair_count--;
	for (size_t m = result->outcome_count; m-- > 0;)
		if (result->outcomes[m].count) {
			result->outcomes[m].count--;
			result->outcomes[m].reason = ENGINE_REASON_CONTENDED;
			break;
		}
	assert_string_not_equal(verdict_of(&scene), "none");
	strike(&scene);
}

static void a_claimed_gap_is_recomputed(void **state)
{
	struct scene scene;
	(void)state;
	set(&scene, ENGINE_MODE_PAIRS);
	scene.result.certificate.gap = 1;
	assert_string_equal(verdict_of(&scene), "gap");
	scene.result.certificate.complete = false;
	assert_string_equal(verdict_of(&scene), "gap");
	scene.result.certificate.gap = 0;
	assert_string_equal(verdict_of(&scene), "none");
	strike(&scene);
}

static void units_too_close_together_are_refused(void **state)
{
	struct scene scene;
	(void)state;
	set(&scene, ENGINE_MODE_PAIRS);
	scene.result.certificate.unit_place >>= 12;
	assert_string_equal(verdict_of(&scene), "shape");
	strike(&scene);
}

/* Of lists as sets: prices, worth, bound, kinds and pairs. */
static void every_change_to_lists_is_refused(void **state)
{
	struct scene scene;
	(void)state;
	scene.population = instance_company(21, 60, 90, INSTANCE_LOOSE, false);
	instance_company_policy(INSTANCE_LOOSE, &scene.policy);
	assert_int_equal(engine_lists(scene.population, &scene.policy, NULL, NULL, &scene.result),
		ENGINE_OK);
	struct engine_certificate *certificate = &scene.result.certificate;
	assert_string_equal(verdict_of(&scene), "none");
	for (uint32_t m = 0; m < certificate->mentee_count; m++) {
		const struct engine_outcome *outcome = &scene.result.outcomes[m];
		int64_t slack = certificate->gap +
				1; /* no list is as far below its mentee's price */
		if (!outcome->count)
			continue;
		certificate->mentee_price[m] -= slack;
		certificate->bound -= slack;
		certificate->gap -= slack;
		assert_string_equal(verdict_of(&scene), "price");
		certificate->mentee_price[m] += slack;
		certificate->bound += slack;
		certificate->gap += slack;
		certificate->mentee_price[m]++;
		assert_string_equal(verdict_of(&scene), "gap");
		certificate->mentee_price[m]--;
	}
	certificate->mentor_price[0] -= certificate->mentor_price[0] + 1;
	assert_string_equal(verdict_of(&scene), "price");
	engine_result_release(&scene.result);
	assert_int_equal(engine_lists(scene.population, &scene.policy, NULL, NULL, &scene.result),
		ENGINE_OK);
	certificate->value--;
	certificate->gap++;
	assert_string_equal(verdict_of(&scene), "score");
	certificate->value++;
	assert_string_equal(verdict_of(&scene), "gap");
	certificate->gap--;
	scene.policy.repeat_share[0]++;
	assert_string_not_equal(verdict_of(&scene), "none");
	scene.policy.repeat_share[0]--;
	for (size_t p = 0; p + 1 < scene.result.pair_count; p += 3) {
		struct engine_pair *pair = &scene.result.pairs[p];
		struct engine_pair was = *pair;
		if (pair[1].mentor == pair->mentor)
			continue;
		pair->mentor = pair[1].mentor;
		assert_string_not_equal(verdict_of(&scene), "none");
		*pair = was;
	}
	strike(&scene);
}

static void outcomes_must_describe_the_pairs(void **state)
{
	struct scene scene;
	(void)state;
	set(&scene, ENGINE_MODE_SHORTLIST);
	scene.result.outcomes[3].count--;
	assert_string_equal(verdict_of(&scene), "outcome");
	strike(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flipped_price_is_refused),
		cmocka_unit_test(every_flipped_capacity_is_refused),
		cmocka_unit_test(every_flipped_pair_is_refused),
		cmocka_unit_test(a_worse_matching_with_the_best_prices_is_refused),
		cmocka_unit_test(a_claimed_gap_is_recomputed),
		cmocka_unit_test(units_too_close_together_are_refused),
		cmocka_unit_test(every_change_to_lists_is_refused),
		cmocka_unit_test(outcomes_must_describe_the_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
