/* LINK: -Wl,--wrap=is_cancelled,--wrap=is_raised */
/* Lists as sets: against all lists there are, their bound, and what must not matter. */
#include "brute_lists.h"
#include "instance.h"
#include "looks.h"

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
	assert_true(result->certificate.lists);
	assert_true(result->certificate.gap >= 0);
	assert_int_equal(
		result->certificate.gap, result->certificate.bound - result->certificate.value);
}

static void solve(const struct engine_population *population, const struct engine_policy *policy,
	const struct engine_options *options, struct engine_result *ret_result)
{
	assert_int_equal(engine_lists(population, policy, options, NULL, ret_result), ENGINE_OK);
	assert_true(ret_result->certificate.complete);
	expect_checked(population, policy, ret_result);
}

static struct engine_options some_options(struct dice *dice)
{
	return (struct engine_options){ .threads = 1 + dice_below(dice, 2),
		.candidates = 1 + dice_below(dice, 6),
		.seed = 5,
		.simd = (enum engine_simd)dice_below(dice, engine_simd_best() + 1) };
}

/* People as instance_small has them, some of whom are on lists already; a pinned pair unless none. */
static struct engine_population *some_people(
	struct dice *dice, uint32_t people, uint32_t mentee, uint32_t mentor)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 4, 4, 3, 3 });
	for (uint32_t p = 0; p < people; p++) {
		struct instance_facts facts;
		uint32_t index;
		instance_small_facts(dice, p, 2,
			p && dice_below(dice, 3) ? dice_below(dice, p) : ENGINE_NONE, &facts);
		facts.person.roles = p % 2 ? ENGINE_ROLE_MENTOR : 1 + dice_below(dice, 3);
		facts.person.shown = (int32_t)dice_below(dice, 2);
		facts.person.declarations[ENGINE_DECLARATION_KINDS - 1] = (int32_t)dice_below(dice, 4);
		assert_int_equal(
			engine_population_add(population, &facts.person, &index), ENGINE_OK);
	}
	if (mentee != ENGINE_NONE)
		assert_int_equal(engine_population_pin(population, mentee, mentor), ENGINE_OK);
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	return population;
}

static void some_policy(struct dice *dice, struct engine_policy *policy)
{
	instance_small_policy(dice, policy);
	policy->weights[0] += (int32_t)dice_below(dice, 17);
	policy->shortlist_size = 1 + (int32_t)dice_below(dice, 3);
	if (dice_below(dice, 6) == 0)
		policy->shortlist_size += 2;
	policy->two_departments = policy->shortlist_size >= 3 && dice_below(dice, 4);
	policy->repeat_share[0] = (int32_t)dice_below(dice, 101);
	policy->repeat_share[1] = (int32_t)dice_below(dice, (uint32_t)policy->repeat_share[0] + 1);
	policy->declaration_kinds = 1 + dice_below(dice, 7);
	policy->declaration_kinds |= dice_below(dice, 2) << (ENGINE_DECLARATION_KINDS - 1);
	if (dice_below(dice, 2)) {
		policy->repeat_share[0] = 30;
		policy->repeat_share[1] = 10;
	}
	if (dice_below(dice, 3) == 0)
		return;
	policy->junior = ENGINE_JUNIOR_SKILLS_ONLY; /* nearly everybody is allowed: contention */
	policy->shared_language = policy->need_covered = false;
	policy->common_half_hours = 0;
	policy->exposure_cap = 1 + (int32_t)dice_below(dice, 3);
}

/* The same company without and, if the dice hit upon an allowed pair, with a pin. */
static struct engine_population *draw(uint64_t seed, struct engine_policy *policy, bool pin)
{
	uint32_t mentee = ENGINE_NONE, mentor = ENGINE_NONE;
	for (int times = 0;; times++) {
		struct dice dice = { seed };
		some_policy(&dice, policy);
		uint32_t people = 2 + dice_below(&dice, 12);
		struct engine_population *population = some_people(&dice, people, mentee, mentor);
		if (times || !pin)
			return population;
		for (int tries = 0; tries < 20 && mentee == ENGINE_NONE; tries++) {
			uint32_t one = dice_below(&dice, people), other = dice_below(&dice, people);
			if (engine_pair_score(population, policy, one, other) == ENGINE_FORBIDDEN)
				continue;
			mentee = one;
			mentor = other;
		}
		engine_population_free(population);
	}
}

/* The bound is never below the best there is, the lists never above it, and mostly they are it. */
static void lists_are_the_best_of_all_lists(void **state)
{
	uint64_t rounds = getenv("UPWARD_LONG") ? 10000 : 1000, best = 0, open = 0;
	(void)state;
	for (uint64_t round = 0; round < rounds; round++) {
		struct engine_policy policy;
		struct dice dice = { round };
		struct engine_options options = some_options(&dice);
		struct engine_population *population = draw(
			round * 97 + 11, &policy, round % 4 == 0);
		struct engine_result result;
		struct brute_lists lists;
		solve(population, &policy, &options, &result);
		brute_lists_read(&lists, population, &policy, &result);
		int64_t optimum = brute_lists_best(&lists, &result);
		assert_int_equal(brute_lists_of(&lists, &result), result.certificate.value);
		assert_true(result.certificate.value <= optimum);
		assert_true(result.certificate.bound >= optimum);
		best += result.certificate.value == optimum;
		open += result.certificate.gap > 0;
		engine_result_release(&result);
		engine_population_free(population);
	}
	assert_true(best * 100 >= rounds * 99);
	assert_true(open > 0); /* a gap that remains is said */
	print_message("%llu of %llu optimal, %llu with a gap\n", (unsigned long long)best,
		(unsigned long long)rounds, (unsigned long long)open);
}

static void expect_same(const struct engine_result *one, const struct engine_result *other)
{
	const struct engine_certificate *a = &one->certificate, *b = &other->certificate;
	assert_int_equal(one->pair_count, other->pair_count);
	for (size_t p = 0; p < one->pair_count; p++) {
		assert_int_equal(one->pairs[p].mentee, other->pairs[p].mentee);
		assert_int_equal(one->pairs[p].mentor, other->pairs[p].mentor);
		assert_int_equal(one->pairs[p].shown, other->pairs[p].shown);
	}
	assert_int_equal(a->value, b->value);
	assert_int_equal(a->bound, b->bound);
	assert_memory_equal(a->mentee_price, b->mentee_price, a->mentee_count * sizeof(int64_t));
	assert_memory_equal(a->mentor_price, b->mentor_price, a->mentor_count * sizeof(int64_t));
}

static void threads_and_widths_change_nothing(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		31, 400, 500, INSTANCE_LOOSE, false);
	struct engine_result first = { 0 };
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	policy.exposure_cap = 3;
	for (unsigned threads = 1; threads <= 3; threads++)
		for (enum engine_simd simd = ENGINE_SIMD_PORTABLE; simd <= engine_simd_best();
			simd++) {
			struct engine_options options = {
				.threads = threads, .simd = simd, .seed = 99
			};
			struct engine_result result;
			assert_int_equal(engine_lists(population, &policy, &options, NULL, &result),
				ENGINE_OK);
			if (!first.pairs) {
				first = result;
				expect_checked(population, &policy, &first);
				continue;
			}
			expect_same(&first, &result);
			engine_result_release(&result);
		}
	engine_result_release(&first);
	engine_population_free(population);
}

/* Where every teacher counts in full and departments count nothing, lists are pairs. */
static void full_shares_are_the_pair_objective(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct engine_policy policy;
		struct engine_population *population = instance_company(
			seed, 40, 60, INSTANCE_LOOSE, false);
		struct engine_result lists, pairs;
		instance_company_policy(INSTANCE_LOOSE, &policy);
		policy.exposure_cap = 1 + (int32_t)seed % 3;
		policy.repeat_share[0] = policy.repeat_share[1] = ENGINE_SHARE_FULL;
		policy.two_departments = false;
		solve(population, &policy, NULL, &lists);
		assert_int_equal(
			engine_shortlist(population, &policy, NULL, NULL, &pairs), ENGINE_OK);
		assert_int_equal(lists.pair_count, pairs.pair_count);
		assert_int_equal(lists.certificate.value, 100 * pairs.total);
		assert_int_equal(lists.total, pairs.total);
		engine_result_release(&lists);
		engine_result_release(&pairs);
		engine_population_free(population);
	}
}

/* One mentee, and mentors who are alike but for what they have declared. */
static struct engine_population *of_backgrounds(
	const int32_t (*declared)[2], uint32_t people, const int32_t *mentee)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 1, 1, 1, 1 });
	static const struct engine_offer offer = { 0, 5 };
	static const struct engine_want want = { 0, 0, 5, 1 };
	uint32_t index;
	for (uint32_t p = 0; p <= people; p++) {
		struct engine_person person = { .roles = p ? ENGINE_ROLE_MENTOR : ENGINE_ROLE_MENTEE,
			.active = true,
			.level = p ? 1 : 5,
			.manager = ENGINE_NONE,
			.department = p ? 0 : ENGINE_NONE,
			.mentor_capacity = p != 0,
			.mentee_capacity = p == 0,
			.offers = &offer,
			.offer_count = p != 0,
			.wants = &want,
			.want_count = p == 0 };
		const int32_t *said = p ? declared[p - 1] : mentee;
		memcpy(person.declarations, said, 2 * sizeof(*said));
		assert_int_equal(engine_population_add(population, &person, &index), ENGINE_OK);
	}
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	return population;
}

/* The mentors on the only list, one bit each. */
static uint32_t list_of(const struct engine_population *population, struct engine_policy *policy,
	int64_t *ret_value)
{
	struct engine_result result;
	uint32_t list = 0;
	policy->common_half_hours = 0;
	policy->shared_language = policy->two_departments = false;
	policy->declaration_kinds = 3;
	solve(population, policy, NULL, &result);
	*ret_value = result.certificate.value;
	assert_int_equal(result.certificate.gap, 0);
	for (size_t p = 0; p < result.pair_count; p++)
		list |= 1u << (result.pairs[p].mentor - 1);
	engine_result_release(&result);
	return list;
}

static uint32_t list_among(const int32_t (*declared)[2], const int32_t *mentee,
	struct engine_policy *policy, int64_t *ret_value)
{
	struct engine_population *population = of_backgrounds(declared, 5, mentee);
	uint32_t list = list_of(population, policy, ret_value);
	engine_population_free(population);
	return list;
}

/* Another background on the list is worth more than the same one again; three of them most. Whoever has
 * declared nothing gets and gives nothing by it, and the mentee's own counts for nobody. */
static void each_further_background_adds(void **state)
{
	static const int32_t said[5][2] = { { 1, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 }, { 0, 0 } };
	static const int32_t twice[5][2] = { { 1, 1 }, { 1, 2 }, { 1, 1 }, { 2, 2 }, { 9, 1 } };
	static const int32_t nothing[5][2] = { { 0, 0 } };
	static const int32_t mentee[2] = { 9, 9 }, silent[2] = { 0, 0 };
	struct engine_policy policy;
	int64_t value, plain, unit;
	(void)state;
	engine_policy_default(&policy);
	policy.weights[ENGINE_BACKGROUND] = 10;
	unit = 10 * (255 / 2);
	(void)list_among(nothing, mentee, &policy, &plain);
	uint32_t list = list_among(said, mentee, &policy, &value);
	assert_int_equal(list & 12, 12); /* the only ones of theirs, and one of the first two */
	assert_int_equal(__builtin_popcount(list & 3), 1);
	assert_int_equal(value - plain, 300 * unit);
	/* of the first kind 1, 1, 2 or 1, 2 and the mentee's own; of the second 2, 2, 1 or 1, 2, 1 */
	list = list_among(twice, mentee, &policy, &value);
	assert_int_equal(value - plain,
		(200 + policy.repeat_share[0]) * unit + (200 + policy.repeat_share[0]) * unit);
	assert_true(list & 8);
	(void)list_among(said, silent, &policy, &value);
	assert_int_equal(value, plain);
	policy.weights[ENGINE_BACKGROUND] = 0;
	(void)list_among(said, mentee, &policy, &value);
	assert_int_equal(value, plain);
}

/* Wants that a teacher on the list lifts at all. */
static uint32_t covered(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_result *result)
{
	uint32_t sum = 0;
	for (size_t o = 0; o < result->outcome_count; o++) {
		const struct engine_outcome *outcome = &result->outcomes[o];
		uint32_t skills[ENGINE_SHORTLIST_MAX * ENGINE_WANTS_MAX], count = 0;
		for (uint32_t p = outcome->first; p < outcome->first + (uint32_t)outcome->count;
			p++) {
			struct engine_explanation why;
			engine_explain(population, policy, result->pairs[p].mentee,
				result->pairs[p].mentor, &why);
			for (size_t l = 0; l < why.lifted_count; l++) {
				bool known = false;
				for (uint32_t s = 0; s < count; s++)
					known = known || skills[s] == why.lifted[l];
				if (!known)
					skills[count++] = why.lifted[l];
			}
		}
		sum += count;
	}
	return sum;
}

/* More wants are covered than by the best pairs, on lists of as many mentors within the same cap. */
static void lists_cover_more_wants(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(7, 60, 120, INSTANCE_LOOSE, false);
	struct engine_result lists, pairs;
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	solve(population, &policy, NULL, &lists);
	assert_int_equal(engine_shortlist(population, &policy, NULL, NULL, &pairs), ENGINE_OK);
	assert_int_equal(lists.pair_count, pairs.pair_count);
	assert_true(covered(population, &policy, &lists) * 10 >=
		    covered(population, &policy, &pairs) * 11);
	assert_true(lists.certificate.gap * 2000 <= lists.certificate.bound);
	engine_result_release(&lists);
	engine_result_release(&pairs);
	engine_population_free(population);
}

/* What counts more is never worth less: the value at small shares is below the bound at larger ones. */
static void larger_shares_are_worth_more(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(8, 50, 60, INSTANCE_LOOSE, false);
	int64_t before = 0;
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	for (int32_t share = 0; share <= 100; share += 25) {
		struct engine_result result;
		policy.repeat_share[0] = share;
		policy.repeat_share[1] = share / 2;
		solve(population, &policy, NULL, &result);
		assert_true(result.certificate.bound >= before);
		before = result.certificate.value;
		engine_result_release(&result);
	}
	engine_population_free(population);
}

/* Lists of four and five mentors: a bound that holds, and no list worse than the best pairs. */
static void longer_lists_have_a_bound(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(9, 30, 60, INSTANCE_LOOSE, false);
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	for (policy.shortlist_size = 4; policy.shortlist_size <= 5; policy.shortlist_size++) {
		struct engine_result result;
		solve(population, &policy, NULL, &result);
		assert_true(result.certificate.gap * 100 <= result.certificate.bound);
		engine_result_release(&result);
	}
	engine_population_free(population);
}

/* Whatever it was at when the flag was raised. */
static void a_stopped_run_has_lists_and_their_bound(void **state)
{
	enum { MOMENTS = 24 };
	struct engine_policy policy;
	struct engine_population *population = instance_company(
		35, 250, 300, INSTANCE_SPARSE, false);
	struct engine_options options = { .threads = 1, .cancel = looks_begin(0) };
	struct engine_result result;
	int64_t whole;
	bool trivial = false, proven = false;
	(void)state;
	instance_company_policy(INSTANCE_SPARSE, &policy);
	solve(population, &policy, &options, &result);
	whole = result.certificate.value;
	engine_result_release(&result);
	size_t all = looks_made().laying + looks_made().solving;
	for (size_t moment = 0; moment < MOMENTS; moment++) {
		looks_begin(1 + all * moment / MOMENTS);
		assert_int_equal(engine_lists(population, &policy, &options, NULL, &result),
			ENGINE_CANCELLED);
		assert_true(looks_made().after < 8);
		expect_checked(population, &policy, &result);
		assert_false(result.certificate.complete);
		assert_true(result.certificate.value <= whole);
		proven = proven || result.certificate.gap * 20 < result.certificate.bound;
		trivial = trivial || result.certificate.gap * 2 > result.certificate.bound;
		engine_result_release(&result);
	}
	assert_true(proven && trivial);
	engine_population_free(population);
}

static void rising_shares_are_refused(void **state)
{
	static const int32_t shares[][2] = { { 10, 30 }, { 101, 0 }, { 0, -1 } };
	struct engine_population *population = instance_company(3, 4, 4, INSTANCE_LOOSE, false);
	(void)state;
	for (size_t s = 0; s < sizeof(shares) / sizeof(*shares); s++) {
		struct engine_policy policy;
		struct engine_faults faults = { 0 };
		struct engine_result result;
		instance_company_policy(INSTANCE_LOOSE, &policy);
		memcpy(policy.repeat_share, shares[s], sizeof(shares[s]));
		assert_int_equal(
			engine_lists(population, &policy, NULL, &faults, &result), ENGINE_INVALID);
		assert_string_equal(engine_field_word(faults.list[0].field), "repeat_share");
		engine_faults_release(&faults);
	}
	engine_population_free(population);
}

static void memory_is_limited(void **state)
{
	struct engine_policy policy;
	struct engine_population *population = instance_company(3, 30, 30, INSTANCE_LOOSE, false);
	struct engine_options options = { 0 };
	struct engine_result result;
	(void)state;
	instance_company_policy(INSTANCE_LOOSE, &policy);
	assert_int_equal(
		engine_estimate(population, &policy, ENGINE_MODE_SHORTLIST, &options.memory_limit),
		ENGINE_OK);
	assert_int_equal(
		engine_lists(population, &policy, &options, NULL, &result), ENGINE_NO_MEMORY);
	options.memory_limit *= 2;
	solve(population, &policy, &options, &result);
	engine_result_release(&result);
	engine_population_free(population);
}

/* Nobody, nobody to choose from, more places than mentors. */
static void odd_shapes_are_solved(void **state)
{
	static const uint32_t sides[][2] = { { 0, 0 }, { 0, 3 }, { 3, 0 }, { 1, 1 }, { 1, 300 },
		{ 300, 1 }, { 40, 2 } };
	(void)state;
	for (size_t s = 0; s < sizeof(sides) / sizeof(*sides); s++) {
		struct engine_policy policy;
		struct engine_population *population = instance_company(
			4, sides[s][0], sides[s][1], INSTANCE_LOOSE, false);
		struct engine_result result;
		instance_company_policy(INSTANCE_LOOSE, &policy);
		policy.exposure_cap = 1;
		solve(population, &policy, NULL, &result);
		engine_result_release(&result);
		engine_population_free(population);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_the_best_of_all_lists),
		cmocka_unit_test(threads_and_widths_change_nothing),
		cmocka_unit_test(full_shares_are_the_pair_objective),
		cmocka_unit_test(each_further_background_adds),
		cmocka_unit_test(lists_cover_more_wants),
		cmocka_unit_test(larger_shares_are_worth_more),
		cmocka_unit_test(longer_lists_have_a_bound),
		cmocka_unit_test(a_stopped_run_has_lists_and_their_bound),
		cmocka_unit_test(rising_shares_are_refused),
		cmocka_unit_test(memory_is_limited),
		cmocka_unit_test(odd_shapes_are_solved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
