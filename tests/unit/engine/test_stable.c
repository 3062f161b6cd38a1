/* Stable matchings: no blocking pair, and the best for every mentee among all stable ones. */
#include "brute.h"
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* 1:1 matchings as an array: partner of each mentee, or mentors for none. */
struct matching {
	uint32_t partner[BRUTE_MOST];
};

/* Mentee i would rather have j than what it holds; ties go to the lower index. */
static bool mentee_prefers(const struct brute *b, uint32_t i, uint32_t j, uint32_t held)
{
	if (held == b->mentors)
		return true;
	return b->score[i][j] > b->score[i][held] ||
	       (b->score[i][j] == b->score[i][held] && j < held);
}

static bool mentor_prefers(const struct brute *b, uint32_t j, uint32_t i, uint32_t held)
{
	if (held == b->mentees)
		return true;
	return b->score[i][j] > b->score[held][j] ||
	       (b->score[i][j] == b->score[held][j] && i < held);
}

static bool is_stable(const struct brute *b, const struct matching *m)
{
	uint32_t holder[BRUTE_MOST];
	for (uint32_t j = 0; j < b->mentors; j++)
		holder[j] = b->mentees;
	for (uint32_t i = 0; i < b->mentees; i++)
		if (m->partner[i] < b->mentors)
			holder[m->partner[i]] = i;
	for (uint32_t i = 0; i < b->mentees; i++)
		for (uint32_t j = 0; j < b->mentors; j++)
			if (b->score[i][j] != ENGINE_FORBIDDEN && m->partner[i] != j &&
				mentee_prefers(b, i, j, m->partner[i]) &&
				mentor_prefers(b, j, i, holder[j]))
				return false;
	return true;
}

/* The best partner of each mentee over all stable matchings. */
static void collect(
	const struct brute *b, struct matching *m, uint32_t i, uint32_t used, struct matching *best)
{
	if (i == b->mentees) {
		if (!is_stable(b, m))
			return;
		for (uint32_t k = 0; k < b->mentees; k++)
			if (m->partner[k] < b->mentors &&
				mentee_prefers(b, k, m->partner[k], best->partner[k]))
				best->partner[k] = m->partner[k];
		return;
	}
	for (uint32_t j = 0; j <= b->mentors; j++) {
		if (j < b->mentors && (used >> j & 1 || b->score[i][j] == ENGINE_FORBIDDEN))
			continue;
		m->partner[i] = j;
		collect(b, m, i + 1, j < b->mentors ? used | 1u << j : used, best);
	}
}

static void every_mentee_gets_the_best_stable_partner(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 3000; round++) {
		struct dice dice = { round * 91 + 2 };
		struct engine_policy policy;
		instance_small_policy(&dice, &policy);
		struct engine_population *population = instance_small(
			&dice, dice_below(&dice, 8), 1);
		struct engine_options options = { .candidates = 1 + dice_below(&dice, 3) };
		struct engine_result result;
		struct matching matching, best;
		struct brute brute;
		brute_read(&brute, population, &policy, false, 0);
		for (uint32_t i = 0; i < BRUTE_MOST; i++)
			best.partner[i] = brute.mentors;
		collect(&brute, &matching, 0, 0, &best);
		assert_int_equal(
			engine_stable(population, &policy, &options, NULL, &result), ENGINE_OK);
		assert_true(result.certificate.complete);
		for (uint32_t i = 0; i < brute.mentees; i++) {
			const struct engine_outcome *outcome = &result.outcomes[i];
			assert_int_equal(outcome->count, best.partner[i] < brute.mentors);
			if (outcome->count)
				assert_int_equal(result.pairs[outcome->first].mentor,
					brute.mentor[best.partner[i]]);
		}
		engine_result_release(&result);
		engine_population_free(population);
	}
}

static void expect_stable(struct engine_population *population, const struct engine_policy *policy,
	const struct engine_options *options)
{
	struct engine_result result;
	struct engine_verdict verdict = { 0 };
	assert_int_equal(engine_stable(population, policy, options, NULL, &result), ENGINE_OK);
	assert_true(result.certificate.complete);
	assert_int_equal(engine_check(population, policy, NULL, &result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "none");
	engine_result_release(&result);
}

static void the_checker_finds_no_blocking_pair(void **state)
{
	struct engine_policy policy;
	(void)state;
	for (uint64_t round = 0; round < 500; round++) {
		struct dice dice = { round * 97 + 2 };
		instance_small_policy(&dice, &policy);
		struct engine_population *population = instance_small(
			&dice, dice_below(&dice, 40), 3);
		struct engine_options options = { .candidates = 1 + dice_below(&dice, 9) };
		expect_stable(population, &policy, &options);
		engine_population_free(population);
	}
	struct engine_population *company = instance_company(3, 400, 500, INSTANCE_LOOSE, true);
	instance_company_policy(INSTANCE_LOOSE, &policy);
	expect_stable(company, &policy, NULL);
	engine_population_free(company);
}

static void the_checker_names_a_blocking_pair(void **state)
{
	const uint8_t matrix[4] = { 5, 4, 3, 1 };
	struct engine_policy policy;
	struct engine_population *population = instance_matrix(matrix, 2, 2, NULL, NULL);
	struct engine_result result;
	struct engine_verdict verdict;
	(void)state;
	instance_matrix_policy(&policy);
	assert_int_equal(engine_stable(population, &policy, NULL, NULL, &result), ENGINE_OK);
	assert_int_equal(result.pairs[0].mentor, 2);
	result.pairs[0].mentor = 3;
	result.pairs[1].mentor = 2;
	result.total = 0;
	for (int p = 0; p < 2; p++) {
		result.pairs[p].score = engine_pair_score(
			population, &policy, result.pairs[p].mentee, result.pairs[p].mentor);
		result.total += result.pairs[p].score;
	}
	assert_int_equal(engine_check(population, &policy, NULL, &result, &verdict), ENGINE_OK);
	assert_string_equal(engine_refusal_word(verdict.refusal), "blocking_pair");
	engine_result_release(&result);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mentee_gets_the_best_stable_partner),
		cmocka_unit_test(the_checker_finds_no_blocking_pair),
		cmocka_unit_test(the_checker_names_a_blocking_pair),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
