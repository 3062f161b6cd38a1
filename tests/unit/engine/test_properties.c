/* LINK: -Wl,--wrap=is_cancelled,--wrap=is_raised */
/* What must not matter does not, odd shapes are solved, and every run can be stopped. */
#include "brute.h"
#include "instance.h"
#include "looks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect_proven(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result)
{
	struct engine_verdict verdict;
	assert_int_equal(engine_check(population, policy, NULL, result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "none");
	assert_true(result->certificate.complete);
}

static void expect_same(const struct engine_result *one, const struct engine_result *other)
{
	assert_int_equal(one->pair_count, other->pair_count);
	for (size_t p = 0; p < one->pair_count; p++) {
		assert_int_equal(one->pairs[p].mentee, other->pairs[p].mentee);
		assert_int_equal(one->pairs[p].mentor, other->pairs[p].mentor);
		assert_int_equal(one->pairs[p].shown, other->pairs[p].shown);
	}
	assert_memory_equal(one->certificate.mentee_price, other->certificate.mentee_price,
		one->certificate.mentee_count * sizeof(int64_t));
	assert_memory_equal(one->certificate.mentor_price, other->certificate.mentor_price,
		one->certificate.mentor_count * sizeof(int64_t));
}

typedef enum engine_status solver_of_mode(const struct engine_population *,
	const struct engine_policy *, const struct engine_options *, struct engine_faults *,
	struct engine_result *);

static solver_of_mode *const modes[3] = { engine_pairs, engine_shortlist, engine_stable };

static void threads_and_widths_change_nothing(void **state)
{
	static const unsigned threads[3] = { 1, 2, 4 };
	struct engine_policy policy;
	struct engine_population *population = instance_company(31, 700, 800, INSTANCE_LOOSE, true);
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	for (int mode = 0; mode < 3; mode++) {
		struct engine_result first = { 0 };
		for (int t = 0; t < 3; t++)
			for (enum engine_simd s = ENGINE_SIMD_PORTABLE; s <= engine_simd_best();
				s++) {
				struct engine_options options = {
					.threads = threads[t], .simd = s, .seed = 99
				};
				struct engine_result result;
				assert_int_equal(
					modes[mode](population, &policy, &options, NULL, &result),
					ENGINE_OK);
				if (first.pairs) {
					expect_same(&first, &result);
					engine_result_release(&result);
				} else {
					first = result;
				}
			}
		engine_result_release(&first);
	}
	engine_population_free(population);
}

static void starved_lists_give_the_same_optimum(void **state)
{
	struct engine_policy policy;
	(void)state;
	for (int mode = 0; mode < 2; mode++) {
		struct engine_population *population = instance_company(
			33, 250, 250, INSTANCE_SPARSE, mode == 0);
		int64_t total = -1;
		instance_company_policy(INSTANCE_SPARSE, &policy);
		for (unsigned candidates = 1; candidates <= 7; candidates++) {
			struct engine_options options = { .candidates = candidates % 7 };
			struct engine_result result;
			assert_int_equal(modes[mode](population, &policy, &options, NULL, &result),
				ENGINE_OK);
			assert_int_equal(result.certificate.gap, 0);
			assert_true(total == -1 || total == result.total);
			total = result.total;
			if (candidates == 1)
				expect_proven(population, &policy, &result);
			engine_result_release(&result);
		}
		engine_population_free(population);
	}
}

#define SIDE 12

static int64_t total_of(const uint8_t *matrix, uint32_t mentees, uint32_t mentors,
	const int32_t *capacity, size_t *ret_pairs)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_population *population = instance_matrix(
		matrix, mentees, mentors, NULL, capacity);
	instance_matrix_policy(&policy);
	assert_int_equal(engine_pairs(population, &policy, NULL, NULL, &result), ENGINE_OK);
	expect_proven(population, &policy, &result);
	int64_t total = result.total;
	*ret_pairs = result.pair_count;
	engine_result_release(&result);
	engine_population_free(population);
	return total;
}

/* Permuted and transposed sides, a duplicated mentor, a refused pair outside the optimum. */
static void transformations_keep_the_value(void **state)
{
	struct dice dice = { 5 };
	(void)state;
	for (int round = 0; round < 200; round++) {
		uint8_t matrix[SIDE * SIDE], other[SIDE * (SIDE + 1)];
		int32_t capacity[SIDE];
		size_t pairs, more;
		for (int k = 0; k < SIDE * SIDE; k++)
			matrix[k] = dice_below(&dice, 3) ? 0 : (uint8_t)(1 + dice_below(&dice, 5));
		int64_t total = total_of(matrix, SIDE, SIDE, NULL, &pairs);
		for (int i = 0; i < SIDE; i++)
			for (int j = 0; j < SIDE; j++)
				other[(i * 5 + 3) % SIDE * SIDE + (j * 7 + 1) % SIDE] =
					matrix[i * SIDE + j];
		assert_int_equal(total, total_of(other, SIDE, SIDE, NULL, &more));
		assert_int_equal(pairs, more);
		for (int i = 0; i < SIDE; i++)
			for (int j = 0; j < SIDE; j++)
				other[j * SIDE + i] = matrix[i * SIDE + j];
		assert_int_equal(total, total_of(other, SIDE, SIDE, NULL, &more));
		assert_int_equal(pairs, more);
		for (int i = 0; i < SIDE; i++) {
			memcpy(other + i * (SIDE + 1), matrix + i * SIDE, SIDE);
			other[i * (SIDE + 1) + SIDE] = matrix[i * SIDE];
		}
		total = total_of(other, SIDE, SIDE + 1, NULL, &pairs);
		for (int j = 0; j < SIDE; j++)
			capacity[j] = j ? 1 : 2;
		assert_int_equal(total, total_of(matrix, SIDE, SIDE, capacity, &more));
		assert_int_equal(pairs, more);
	}
}

enum shape { ALL_EQUAL, ALL_REFUSED, ONE_UNIVERSAL, HALL_VIOLATING, TWO_PARTS, MACHOL_WIEN, LAST };

static uint8_t shaped(enum shape shape, uint32_t i, uint32_t j, uint32_t side)
{
	switch (shape) {
	case ALL_EQUAL:
		return 3;
	case ONE_UNIVERSAL:
		return j == 0 ? 5 : 0;
	case HALL_VIOLATING:
		return i < side / 2 && j > 3 ? 0 : (uint8_t)(1 + (i + j) % 5);
	case TWO_PARTS:
		return (i < side / 2) == (j < side / 2) ? (uint8_t)(1 + (i * j) % 5) : 0;
	case MACHOL_WIEN:
		return (uint8_t)(1 + 4 * (i + 1) * (j + 1) / (side * side));
	default:
		return 0;
	}
}

static void adversarial_shapes_are_solved_and_proven(void **state)
{
	enum { side = 60 };
	static uint8_t matrix[side * side];
	(void)state;
	for (enum shape shape = ALL_EQUAL; shape < LAST; shape++) {
		size_t pairs;
		for (uint32_t i = 0; i < side; i++)
			for (uint32_t j = 0; j < side; j++)
				matrix[i * side + j] = shaped(shape, i, j, side);
		total_of(matrix, side, side, NULL, &pairs);
		const size_t expected[LAST] = { side, 0, 1, side / 2 + 4, side, side };
		assert_int_equal(pairs, expected[shape]);
	}
}

static void empty_and_lopsided_sides_are_solved(void **state)
{
	static uint8_t row[3000];
	size_t pairs;
	(void)state;
	memset(row, 2, sizeof(row));
	row[1700] = 5;
	total_of(row, 0, 0, NULL, &pairs);
	assert_int_equal(pairs, 0);
	total_of(row, 1, 0, NULL, &pairs);
	total_of(row, 0, 3000, NULL, &pairs);
	assert_int_equal(pairs, 0);
	assert_int_equal(total_of(row, 1, 3000, NULL, &pairs), 100 * 255);
	assert_int_equal(pairs, 1);
	assert_int_equal(total_of(row, 1, 1, NULL, &pairs), 100 * 102);
}

/* Whatever it was at when the flag was raised. */
static void a_stopped_run_reports_a_proven_bound(void **state)
{
	enum { MOMENTS = 16 };
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		35, 900, 900, INSTANCE_SPARSE, false);
	struct engine_result whole;
	(void)state;
	instance_company_policy(INSTANCE_SPARSE, &policy);
	for (int mode = 0; mode < 3; mode++) {
		struct engine_options options = { .cancel = looks_begin(0) };
		assert_int_equal(
			modes[mode](population, &policy, &options, NULL, &whole), ENGINE_OK);
		size_t all = looks_made().laying + looks_made().solving;
		for (size_t moment = 0; moment < MOMENTS; moment++) {
			struct engine_result result;
			struct engine_verdict verdict;
			looks_begin(1 + all * moment / MOMENTS);
			assert_int_equal(modes[mode](population, &policy, &options, NULL, &result),
				ENGINE_CANCELLED);
			assert_int_equal(engine_check(population, &policy, NULL, &result, &verdict),
				ENGINE_OK);
			assert_string_equal(engine_refusal_word(verdict.refusal), "none");
			if (mode < 2)
				assert_true(result.pair_count <= whole.pair_count);
			engine_result_release(&result);
		}
		engine_result_release(&whole);
	}
	engine_population_free(population);
}

static void a_flag_raised_before_stops_at_once(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		36, 100, 100, INSTANCE_LOOSE, false);
	atomic_bool flag = true;
	struct engine_options options = { .cancel = &flag };
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	for (int mode = 0; mode < 3; mode++) {
		struct engine_result result;
		assert_int_equal(modes[mode](population, &policy, &options, NULL, &result),
			ENGINE_CANCELLED);
		assert_int_equal(result.pair_count, 0);
		assert_false(result.certificate.complete);
		engine_result_release(&result);
	}
	engine_population_free(population);
}

static void count_calls(void *context, const struct engine_progress *progress)
{
	size_t *calls = context;
	assert_true(progress->places_open <= progress->places);
	++*calls;
}

static void progress_is_told_and_memory_is_limited(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		37, 300, 300, INSTANCE_LOOSE, false);
	size_t calls = 0, bytes = 0;
	struct engine_options options = { .progress = count_calls, .progress_context = &calls };
	struct engine_result result;
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	assert_int_equal(
		engine_estimate(population, &policy, ENGINE_MODE_SHORTLIST, &bytes), ENGINE_OK);
	options.memory_limit = bytes;
	assert_int_equal(engine_shortlist(population, &policy, &options, NULL, &result), ENGINE_OK);
	assert_true(calls > 0);
	engine_result_release(&result);
	options.memory_limit = bytes - 1;
	assert_int_equal(
		engine_shortlist(population, &policy, &options, NULL, &result), ENGINE_NO_MEMORY);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_and_widths_change_nothing),
		cmocka_unit_test(starved_lists_give_the_same_optimum),
		cmocka_unit_test(transformations_keep_the_value),
		cmocka_unit_test(adversarial_shapes_are_solved_and_proven),
		cmocka_unit_test(empty_and_lopsided_sides_are_solved),
		cmocka_unit_test(a_stopped_run_reports_a_proven_bound),
		cmocka_unit_test(a_flag_raised_before_stops_at_once),
		cmocka_unit_test(progress_is_told_and_memory_is_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
