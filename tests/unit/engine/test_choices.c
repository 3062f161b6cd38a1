/* Stable matchings when people state whom they would rather have. */
#include "choosers.h"

#include "matching/engine/people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The pairs as a bit set of mentors per mentee; ranks must follow the mentee's own order. */
static void read_result(
	const struct choosers *choosers, const struct engine_result *result, uint32_t *ret_chosen)
{
	const struct brute *b = &choosers->brute;
	for (uint32_t i = 0; i < b->mentees; i++) {
		const struct engine_outcome *outcome = &result->outcomes[i];
		uint32_t last = 0;
		ret_chosen[i] = 0;
		for (uint32_t p = 0; p < outcome->count; p++) {
			const struct engine_pair *pair = &result->pairs[outcome->first + p];
			uint32_t j = 0;
			while (b->mentor[j] != pair->mentor)
				j++;
			ret_chosen[i] |= 1u << j;
			assert_int_equal(pair->rank, p + 1);
			assert_true(!p || choosers->by_mentee[i][j] > last);
			last = choosers->by_mentee[i][j];
		}
	}
}

/* No stable matching has anything to offer that the mentee would take. */
static void expect_best(void *context, const struct choosers *choosers, const uint32_t *chosen)
{
	const uint32_t *ours = context;
	for (uint32_t i = 0; i < choosers->brute.mentees; i++) {
		assert_int_equal(
			choosers_best(choosers, i, ours[i] | chosen[i], choosers->brute.demand[i]),
			ours[i]);
		assert_int_equal(__builtin_popcount(ours[i]), __builtin_popcount(chosen[i]));
	}
}

static uint32_t count_allowed(const struct brute *b)
{
	uint32_t allowed = 0;
	for (uint32_t i = 0; i < b->mentees; i++)
		for (uint32_t j = 0; j < b->mentors; j++)
			allowed += b->score[i][j] != ENGINE_FORBIDDEN;
	return allowed;
}

static void every_mentee_gets_the_best_stable_partners(void **state)
{
	size_t several = 0, tried = 0, most = 0;
	(void)state;
	for (uint64_t round = 0; round < 12000; round++) {
		struct dice dice = { round * 83 + 5 };
		struct engine_policy policy;
		struct engine_result result;
		struct choosers choosers;
		uint32_t ours[BRUTE_MOST], capacity = 1 + dice_below(&dice, 3);
		choosers_policy(&dice, dice_below(&dice, 2), &policy);
		struct engine_population *population = choosers_small(
			&dice, 2 + dice_below(&dice, 11), capacity);
		struct engine_options options = { .candidates = 1 + dice_below(&dice, 3) };
		choosers_read(&choosers, population, &policy);
		uint32_t allowed = count_allowed(&choosers.brute);
		if (choosers.brute.mentees <= 6 && choosers.brute.mentors <= 6 &&
			allowed <= (capacity == 1 ? 36 : 18)) {
			choosers_solve(population, &policy, &options, &result);
			read_result(&choosers, &result, ours);
			assert_true(choosers_stable(&choosers, ours));
			size_t found = choosers_each(&choosers, expect_best, ours);
			assert_true(found >= 1);
			several += found > 1;
			most = found > most ? found : most;
			tried++;
			engine_result_release(&result);
		}
		engine_population_free(population);
	}
	/* the instances must be worth it: many with a choice between stable matchings */
	assert_true(tried > 5000);
	assert_true(several > 200);
	assert_true(most > 2);
}

static void no_pair_of_hundreds_blocks(void **state)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_options options = { .candidates = 2 };
	struct engine_population *population = choosers_company(7, 130, 150, 20, true);
	size_t stated = 0;
	(void)state;
	choosers_policy(&(struct dice){ 3 }, true, &policy);
	choosers_solve(population, &policy, &options, &result);
	for (size_t p = 0; p < result.pair_count; p++)
		stated += engine_population_choice(population, result.pairs[p].mentee, true,
				  result.pairs[p].mentor) > 0;
	assert_true(stated > 20 && stated < result.pair_count);
	assert_false(choosers_blocked(population, &policy, &result));
	engine_result_release(&result);
	engine_population_free(population);
}

static void expect_same(const struct engine_result *one, const struct engine_result *other)
{
	assert_int_equal(one->pair_count, other->pair_count);
	assert_memory_equal(one->pairs, other->pairs, one->pair_count * sizeof(*one->pairs));
	assert_int_equal(one->outcome_count, other->outcome_count);
	for (size_t o = 0; o < one->outcome_count; o++) {
		assert_int_equal(one->outcomes[o].reason, other->outcomes[o].reason);
		assert_int_equal(one->outcomes[o].first, other->outcomes[o].first);
	}
	assert_int_equal(one->total, other->total);
}

static void any_threads_and_width_give_the_same(void **state)
{
	static const unsigned threads[] = { 1, 2, 4 };
	struct engine_policy policy;
	struct engine_result first, other;
	struct engine_population *population = choosers_company(8, 400, 420, 30, true);
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	choosers_solve(population, &policy, NULL, &first);
	for (size_t t = 0; t < 3; t++)
		for (int simd = ENGINE_SIMD_PORTABLE; simd <= ENGINE_SIMD_AVX512; simd++) {
			struct engine_options options = { .threads = threads[t],
				.simd = (enum engine_simd)simd,
				.candidates = 1 + 5 * (unsigned)t };
			enum engine_status status = engine_stable(
				population, &policy, &options, NULL, &other);
			if (status == ENGINE_UNSUPPORTED)
				continue;
			assert_int_equal(status, ENGINE_OK);
			expect_same(&first, &other);
			engine_result_release(&other);
		}
	engine_result_release(&first);
	engine_population_free(population);
}

/* Choices in the order of the scores say nothing new. */
static void the_own_order_stated_changes_nothing(void **state)
{
	uint8_t matrix[36];
	struct engine_policy policy;
	(void)state;
	instance_matrix_policy(&policy);
	for (uint64_t round = 0; round < 200; round++) {
		struct dice dice = { round };
		struct engine_result silent, spoken;
		for (int k = 0; k < 36; k++)
			matrix[k] = (uint8_t)dice_below(&dice, 6);
		struct engine_population *population = instance_matrix(matrix, 6, 6, NULL, NULL);
		choosers_solve(population, &policy, NULL, &silent);
		for (uint32_t i = 0; i < 6; i++) {
			uint32_t list[6];
			size_t count = 0;
			for (uint32_t level = 6; level--;)
				for (uint32_t j = 0; j < 6; j++)
					if (matrix[i * 6 + j] == level)
						list[count++] = 6 + j;
			assert_int_equal(engine_population_prefer(
						 population, i, true, list, dice_below(&dice, 7)),
				ENGINE_OK);
			assert_int_equal(count, 6);
		}
		assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
		choosers_solve(population, &policy, NULL, &spoken);
		expect_same(&silent, &spoken);
		engine_result_release(&silent);
		engine_result_release(&spoken);
		engine_population_free(population);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mentee_gets_the_best_stable_partners),
		cmocka_unit_test(no_pair_of_hundreds_blocks),
		cmocka_unit_test(any_threads_and_width_give_the_same),
		cmocka_unit_test(the_own_order_stated_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
