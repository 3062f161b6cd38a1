/* LINK: -Wl,--wrap=is_cancelled,--wrap=is_raised */
/*
 * How much work a run is, and how much it still does when it was told to stop: counted rather than
 * timed, the same on every machine, for any number of threads and any width.
 */
#include "instance.h"
#include "looks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#define PEOPLE 3000u /* a side */

static enum engine_status (*const modes[])(const struct engine_population *,
	const struct engine_policy *, const struct engine_options *, struct engine_faults *,
	struct engine_result *) = { engine_pairs, engine_shortlist, engine_stable };

/* Upper bounds, a fifth above what the solver needs today. */
struct effort {
	enum instance_shape shape;
	int mode;
	size_t passes;     /* hundredths of a comparison of everybody with everybody */
	size_t steps;      /* people reached by searches, for each mentee */
	size_t candidates; /* listed pairs, for each mentee */
};

static void a_run_needs_no_more_work_than_it_did(void **state)
{
	static const struct effort efforts[] = {
		{ INSTANCE_SPARSE, 0, 366, 28, 18 },
		{ INSTANCE_LOOSE, 0, 328, 22, 20 },
		{ INSTANCE_SPARSE, 1, 143, 27, 18 },
		{ INSTANCE_SPARSE, 2, 120, 0, 29 },
	};
	(void)state;
	for (size_t e = 0; e < sizeof(efforts) / sizeof(*efforts); e++) {
		const struct effort *most = &efforts[e];
		struct engine_policy policy;
		struct engine_result result;
		struct engine_population *population = instance_company(
			81 + e, PEOPLE, PEOPLE, most->shape, false);
		instance_company_policy(most->shape, &policy);
		assert_int_equal(
			modes[most->mode](population, &policy, NULL, NULL, &result), ENGINE_OK);
		size_t passes = result.figures.pairs_scored / (PEOPLE * PEOPLE / 100);
		size_t steps = result.figures.steps / PEOPLE;
		size_t candidates = result.figures.candidates / PEOPLE;
		print_message("mode %d: %zu.%02zu passes, %zu steps, %zu candidates a mentee\n",
			most->mode, passes / 100, passes % 100, steps, candidates);
		assert_in_range(passes, 100, most->passes);
		assert_in_range(steps, 0, most->steps);
		assert_in_range(candidates, 1, most->candidates);
		engine_result_release(&result);
		engine_population_free(population);
	}
}

/*
 * A run is to end within 10 ms of the flag, on whatever machine: what can be said of every machine
 * is how much it does from one look at the flag to the next. A pair takes about a nanosecond, a
 * step of a search some hundreds.
 */
static void a_run_looks_at_the_flag_again_and_again(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		91, PEOPLE / 2, PEOPLE / 2, INSTANCE_SPARSE, true);
	(void)state;
	instance_company_policy(INSTANCE_SPARSE, &policy);
	for (int mode = 0; mode < 3; mode++) {
		struct engine_options options = { .threads = 1, .cancel = looks_begin(0) };
		struct engine_result result;
		assert_int_equal(
			modes[mode](population, &policy, &options, NULL, &result), ENGINE_OK);
		struct looks looks = looks_made();
		print_message("mode %d: %zu + %zu looks, at most %zu pairs and %zu steps between "
			      "two\n",
			mode, looks.laying, looks.solving, looks.pairs, looks.steps);
		assert_true(looks.laying > PEOPLE / 2 / 64); /* rows are laid out by 64 */
		assert_in_range(looks.pairs, 1, 256 * 128); /* a tile of rows, a block of mentors */
		assert_in_range(looks.steps, 0, 256);
		engine_result_release(&result);
	}
	engine_population_free(population);
}

/* Raised at any of its looks, the flag ends the run after a few more: a row knows its person even
 * when the laying out was stopped, so that goes on, by 64 rows a look. */
static void a_run_ends_at_the_look_that_finds_the_flag(void **state)
{
	enum { MOMENTS = 24 };
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		91, PEOPLE / 4, PEOPLE / 4, INSTANCE_SPARSE, true);
	(void)state;
	instance_company_policy(INSTANCE_SPARSE, &policy);
	for (int mode = 0; mode < 3; mode++) {
		struct engine_options options = { .threads = 1, .cancel = looks_begin(0) };
		struct engine_result result;
		size_t after = 0;
		assert_int_equal(
			modes[mode](population, &policy, &options, NULL, &result), ENGINE_OK);
		engine_result_release(&result);
		size_t all = looks_made().laying + looks_made().solving;
		for (size_t moment = 0; moment < MOMENTS; moment++) {
			looks_begin(1 + (all - 1) * moment / MOMENTS);
			assert_int_equal(modes[mode](population, &policy, &options, NULL, &result),
				ENGINE_CANCELLED);
			after = looks_made().after > after ? looks_made().after : after;
			engine_result_release(&result);
		}
		print_message("mode %d: at most %zu more of %zu looks\n", mode, after, all);
		assert_in_range(after, 0, PEOPLE / 4 / 64 + 8);
	}
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_needs_no_more_work_than_it_did),
		cmocka_unit_test(a_run_looks_at_the_flag_again_and_again),
		cmocka_unit_test(a_run_ends_at_the_look_that_finds_the_flag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
