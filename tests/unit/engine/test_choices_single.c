/* Choices in single instances: before scores, refused by rules, checked, cancelled. */
#include "choosers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

/* Three mentees (0..2), three mentors (3..5), everybody allowed. */
static struct engine_population *six(const uint8_t *matrix)
{
	static const uint8_t all[9] = { 5, 4, 3, 5, 4, 3, 5, 4, 3 };
	return instance_matrix(matrix ? matrix : all, 3, 3, NULL, NULL);
}

static void prefer(struct engine_population *population, uint32_t person, bool as_mentee,
	uint32_t first, uint32_t second)
{
	uint32_t choices[2] = { first, second };
	assert_int_equal(engine_population_prefer(population, person, as_mentee, choices,
				 second == ENGINE_NONE ? 1 : 2),
		ENGINE_OK);
}

static void choices_come_before_scores(void **state)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_options options = { .candidates = 1 };
	(void)state;
	instance_matrix_policy(&policy);
	struct engine_population *population = six(NULL);
	prefer(population, 0, true, 5, ENGINE_NONE); /* the worst by score */
	prefer(population, 4, false, 2, 0);          /* not the lowest mentee */
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	choosers_solve(population, &policy, &options, &result);
	/* 1 and 2 both want 3, who prefers 1 by index; 2 goes to 4 */
	assert_int_equal(result.pairs[0].mentor, 5);
	assert_int_equal(result.pairs[1].mentor, 3);
	assert_int_equal(result.pairs[2].mentor, 4);
	engine_result_release(&result);
	engine_population_free(population);
	population = six(NULL);
	prefer(population, 3, false, 2, 1); /* the best mentor wants the last first */
	prefer(population, 2, true, 4, 3);  /* who would rather have 4, but 4 wants 0 */
	prefer(population, 4, false, 0, 1);
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	choosers_solve(population, &policy, &options, &result);
	/* 0 and 1 ask 3, who keeps 1; 0 goes to 4, who lets 2 go; 2 asks 3, who lets 1 go */
	assert_int_equal(result.pairs[0].mentor, 4);
	assert_int_equal(result.pairs[1].mentor, 5);
	assert_int_equal(result.pairs[2].mentor, 3);
	engine_result_release(&result);
	engine_population_free(population);
}

/* Gives the mentors of two pairs to each other. */
static void swap_mentors(const struct engine_population *population,
	const struct engine_policy *policy, struct engine_result *result, size_t one, size_t other)
{
	struct engine_pair *pairs = result->pairs;
	uint32_t mentor = pairs[one].mentor;
	pairs[one].mentor = pairs[other].mentor;
	pairs[other].mentor = mentor;
	result->total -= pairs[one].score + (int64_t)pairs[other].score;
	for (size_t p = one;; p = other) {
		pairs[p].score = engine_pair_score(
			population, policy, pairs[p].mentee, pairs[p].mentor);
		result->total += pairs[p].score;
		if (p == other)
			break;
	}
}

/* True if both mentees have one pair each, and each would be allowed the other's mentor. */
static bool can_swap(const struct engine_population *population, const struct engine_policy *policy,
	const struct engine_result *result, size_t one, size_t other)
{
	const struct engine_pair *pairs = result->pairs;
	for (size_t p = 0; p < result->pair_count; p++)
		if ((p != one && pairs[p].mentee == pairs[one].mentee) ||
			(p != other && pairs[p].mentee == pairs[other].mentee))
			return false;
	return pairs[one].mentor != pairs[other].mentor &&
	       engine_pair_score(population, policy, pairs[one].mentee, pairs[other].mentor) !=
		       ENGINE_FORBIDDEN &&
	       engine_pair_score(population, policy, pairs[other].mentee, pairs[one].mentor) !=
		       ENGINE_FORBIDDEN;
}

static void the_checker_refuses_what_was_changed(void **state)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_verdict verdict;
	size_t swaps = 0, refused = 0;
	(void)state;
	choosers_policy(&(struct dice){ 2 }, true, &policy);
	struct engine_population *population = choosers_company(9, 60, 50, 15, true);
	choosers_solve(population, &policy, NULL, &result);
	for (size_t one = 0; one < result.pair_count; one++)
		for (size_t other = one + 1; other < result.pair_count; other++) {
			if (!can_swap(population, &policy, &result, one, other))
				continue;
			swap_mentors(population, &policy, &result, one, other);
			bool blocked = choosers_blocked(population, &policy, &result);
			assert_int_equal(engine_check(population, &policy, NULL, &result, &verdict),
				ENGINE_OK);
			/* mentors may like it: then the swapped one is stable as well */
			assert_int_equal(verdict.refusal,
				blocked ? ENGINE_REFUSAL_BLOCKING_PAIR : ENGINE_REFUSAL_NONE);
			refused += blocked;
			swaps++;
			swap_mentors(population, &policy, &result, one, other);
		}
	assert_true(swaps > 300 && refused > swaps / 2);
	result.pairs[0].rank++;
	assert_int_equal(engine_check(population, &policy, NULL, &result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "outcome");
	engine_result_release(&result);
	engine_population_free(population);
}

static void choices_against_a_rule_are_named(void **state)
{
	static const uint8_t holes[9] = { 5, 4, 3, 5, 0, 3, 5, 4, 3 }; /* 4 does not lift 1 */
	struct engine_policy policy;
	struct engine_result result;
	struct engine_refused_choice *refused;
	size_t count;
	(void)state;
	instance_matrix_policy(&policy);
	struct engine_population *population = six(holes);
	prefer(population, 1, true, 4, 5);
	prefer(population, 0, true, 2, 5); /* 2 is no mentor */
	prefer(population, 3, false, 2, 0);
	assert_int_equal(engine_population_block(population, 3, 2), ENGINE_OK);
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	choosers_solve(population, &policy, NULL, &result);
	/* 0 and 1 both want 5 most, 0 is the lower; 3 would rather have 0 but gets 1 */
	assert_int_equal(result.pairs[0].mentor, 5);
	assert_int_equal(result.pairs[1].mentor, 3);
	assert_int_equal(result.pairs[2].mentor, 4);
	assert_int_equal(engine_choices_refused(population, &policy, &refused, &count), ENGINE_OK);
	assert_int_equal(count, 3);
	assert_true(refused[0].person == 0 && refused[0].choice == 2 && refused[0].place == 1 &&
		    refused[0].as_mentee && refused[0].rule == ENGINE_RULE_ROLE);
	assert_true(refused[1].person == 1 && refused[1].choice == 4 && refused[1].place == 1 &&
		    refused[1].as_mentee && refused[1].rule == ENGINE_RULE_NEED);
	assert_true(refused[2].person == 3 && refused[2].choice == 2 && refused[2].place == 1 &&
		    !refused[2].as_mentee && refused[2].rule == ENGINE_RULE_BLOCKED);
	free(refused);
	engine_result_release(&result);
	engine_population_free(population);
}

static void fairness_ranks_by_the_own_order(void **state)
{
	static const uint8_t holes[9] = { 5, 4, 3, 0, 4, 3, 5, 4, 3 };
	struct engine_policy policy;
	struct engine_result result;
	struct engine_fairness fairness;
	(void)state;
	instance_matrix_policy(&policy);
	struct engine_population *population = six(holes);
	prefer(population, 0, true, 5, 4);
	prefer(population, 1, true, 3, 5); /* 3 is not allowed, 5 prefers 0 */
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	choosers_solve(population, &policy, NULL, &result);
	assert_int_equal(result.pairs[0].mentor, 5); /* the first choice: rank 1 */
	assert_int_equal(result.pairs[1].mentor, 4); /* behind 5, the one allowed choice: rank 2 */
	assert_int_equal(result.pairs[2].mentor, 3); /* the best by score: rank 1 */
	assert_int_equal(
		engine_fairness_of(population, &policy, NULL, &result, &fairness), ENGINE_OK);
	assert_int_equal(fairness.rank_sum, 4);
	engine_fairness_release(&fairness);
	engine_result_release(&result);
	engine_population_free(population);
}

static void raise_flag(void *context, const struct engine_progress *progress)
{
	(void)progress;
	atomic_store((atomic_bool *)context, true);
}

static void a_cancelled_run_claims_nothing(void **state)
{
	atomic_bool cancel = false;
	struct engine_policy policy;
	struct engine_result result;
	struct engine_options options = {
		.cancel = &cancel, .progress = raise_flag, .progress_context = &cancel
	};
	struct engine_population *population = choosers_company(12, 100, 100, 20, true);
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	assert_int_equal(
		engine_stable(population, &policy, &options, NULL, &result), ENGINE_CANCELLED);
	assert_false(result.certificate.complete);
	assert_int_equal(result.outcome_count, 100);
	engine_result_release(&result);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choices_come_before_scores),
		cmocka_unit_test(the_checker_refuses_what_was_changed),
		cmocka_unit_test(choices_against_a_rule_are_named),
		cmocka_unit_test(fairness_ranks_by_the_own_order),
		cmocka_unit_test(a_cancelled_run_claims_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
