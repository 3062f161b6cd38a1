/* Every fault of the input is named; the line, the hours and odd people are read right. */
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct engine_person somebody(void)
{
	return (struct engine_person){ .roles = ENGINE_ROLE_MENTOR | ENGINE_ROLE_MENTEE,
		.active = true,
		.level = 3,
		.manager = ENGINE_NONE,
		.department = ENGINE_NONE,
		.mentor_capacity = 1,
		.mentee_capacity = 1 };
}

static struct engine_population *fresh(void)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 3, 3, 2, 3 });
	assert_non_null(population);
	return population;
}

static void add(struct engine_population *population, const struct engine_person *person)
{
	uint32_t index;
	assert_int_equal(engine_population_add(population, person, &index), ENGINE_OK);
}

/* Seals and expects that one fault. */
static void expect_fault(struct engine_population *population, uint32_t person,
	enum engine_field field, enum engine_fault_code code)
{
	struct engine_faults faults = { 0 };
	bool found = false;
	assert_int_equal(engine_population_seal(population, &faults), ENGINE_INVALID);
	for (size_t f = 0; f < faults.count; f++)
		found = found ||
			(faults.list[f].person == person && faults.list[f].field == field &&
				faults.list[f].code == code);
	assert_true(found);
	engine_faults_release(&faults);
	engine_population_free(population);
}

static void expect_person_fault(
	const struct engine_person *person, enum engine_field field, enum engine_fault_code code)
{
	struct engine_population *population = fresh();
	struct engine_person good = somebody();
	add(population, &good);
	add(population, person);
	expect_fault(population, 1, field, code);
}

static void numbers_out_of_range_are_named(void **state)
{
	struct engine_person p;
	(void)state;
#define EXPECT(member, value, field)                                                               \
	p = somebody();                                                                            \
	p.member = (value);                                                                        \
	expect_person_fault(&p, (field), ENGINE_FAULT_OUT_OF_RANGE)
	EXPECT(roles, 4, ENGINE_FIELD_ROLES);
	EXPECT(level, -1, ENGINE_FIELD_LEVEL);
	EXPECT(level, 32768, ENGINE_FIELD_LEVEL);
	EXPECT(age_band, 16, ENGINE_FIELD_AGE_BAND);
	EXPECT(channels, 16, ENGINE_FIELD_CHANNELS);
	EXPECT(declarations[2], 16, ENGINE_FIELD_DECLARATIONS);
	EXPECT(declarations[0], -1, ENGINE_FIELD_DECLARATIONS);
	EXPECT(mentor_capacity, 0, ENGINE_FIELD_MENTOR_CAPACITY);
	EXPECT(mentor_capacity, 256, ENGINE_FIELD_MENTOR_CAPACITY);
	EXPECT(mentee_capacity, 0, ENGINE_FIELD_MENTEE_CAPACITY);
	EXPECT(shown, -1, ENGINE_FIELD_SHOWN);
#undef EXPECT
	p = somebody();
	p.department = 2;
	expect_person_fault(&p, ENGINE_FIELD_DEPARTMENT, ENGINE_FAULT_UNKNOWN_ID);
}

static void faulty_lists_are_named(void **state)
{
	struct engine_person p = somebody();
	struct engine_offer offers[2] = { { 1, 6 }, { 1, 2 } };
	struct engine_want wants[2] = { { 0, 3, 3, 1 }, { 3, 0, 6, 0 } };
	uint32_t interests[2] = { 2, 2 };
	(void)state;
	p.offers = offers;
	p.offer_count = 2;
	expect_person_fault(&p, ENGINE_FIELD_OFFERS, ENGINE_FAULT_OUT_OF_RANGE);
	expect_person_fault(&p, ENGINE_FIELD_OFFERS, ENGINE_FAULT_DUPLICATE);
	p.offer_count = ENGINE_OFFERS_MAX + 1;
	expect_person_fault(&p, ENGINE_FIELD_OFFERS, ENGINE_FAULT_TOO_MANY);
	p = somebody();
	p.wants = wants;
	p.want_count = 2;
	expect_person_fault(&p, ENGINE_FIELD_WANTS, ENGINE_FAULT_NOT_A_NEED);
	expect_person_fault(&p, ENGINE_FIELD_WANTS, ENGINE_FAULT_UNKNOWN_ID);
	expect_person_fault(&p, ENGINE_FIELD_WANTS, ENGINE_FAULT_OUT_OF_RANGE);
	p = somebody();
	p.interests = interests;
	p.interest_count = 2;
	expect_person_fault(&p, ENGINE_FIELD_INTERESTS, ENGINE_FAULT_DUPLICATE);
}

static void faulty_lines_are_named(void **state)
{
	struct engine_person p = somebody();
	struct engine_population *population;
	(void)state;
	p.manager = 1;
	expect_person_fault(&p, ENGINE_FIELD_MANAGER, ENGINE_FAULT_SELF);
	p.manager = 7;
	expect_person_fault(&p, ENGINE_FIELD_MANAGER, ENGINE_FAULT_UNKNOWN_PERSON);
	population = fresh();
	for (uint32_t i = 0; i < 4; i++) {
		p.manager = i == 3 ? 0 : (i + 1) % 3;
		add(population, &p);
	}
	expect_fault(population, 2, ENGINE_FIELD_MANAGER, ENGINE_FAULT_CYCLE);
}

static struct engine_population *three(void)
{
	struct engine_population *population = fresh();
	struct engine_person p = somebody();
	for (int i = 0; i < 3; i++)
		add(population, &p);
	return population;
}

static void faulty_pins_and_exclusions_are_named(void **state)
{
	struct engine_population *population = three();
	(void)state;
	engine_population_block(population, 1, 1);
	expect_fault(population, 1, ENGINE_FIELD_BLOCKED, ENGINE_FAULT_SELF);
	population = three();
	engine_population_block(population, 9, 1);
	expect_fault(population, 1, ENGINE_FIELD_BLOCKED, ENGINE_FAULT_UNKNOWN_PERSON);
	population = three();
	engine_population_pin(population, 1, 2);
	engine_population_block(population, 2, 1);
	expect_fault(population, 1, ENGINE_FIELD_PINNED, ENGINE_FAULT_BLOCKED);
	population = three();
	engine_population_pin(population, 1, 2);
	engine_population_pin(population, 1, 0);
	expect_fault(population, 1, ENGINE_FIELD_PINNED, ENGINE_FAULT_OVER_CAPACITY);
	population = three();
	engine_population_pin(population, 1, 3);
	expect_fault(population, 1, ENGINE_FIELD_PINNED, ENGINE_FAULT_UNKNOWN_PERSON);
	population = three();
	engine_population_pin(population, 1, 1);
	expect_fault(population, 1, ENGINE_FIELD_PINNED, ENGINE_FAULT_SELF);
}

static void faulty_choices_are_named(void **state)
{
	static const uint32_t twice[] = { 1, 2, 1 }, own[] = { 2, 0 }, unknown[] = { 1, 3 };
	static const uint32_t many[ENGINE_CHOICES_MAX + 1] = { 1 };
	struct engine_person mentor = somebody();
	struct engine_population *population = three();
	uint32_t index;
	(void)state;
	engine_population_prefer(population, 0, true, twice, 3);
	expect_fault(population, 0, ENGINE_FIELD_CHOICES, ENGINE_FAULT_DUPLICATE);
	population = three();
	engine_population_prefer(population, 0, false, own, 2);
	expect_fault(population, 0, ENGINE_FIELD_CHOICES, ENGINE_FAULT_SELF);
	population = three();
	engine_population_prefer(population, 0, true, unknown, 2);
	expect_fault(population, 0, ENGINE_FIELD_CHOICES, ENGINE_FAULT_UNKNOWN_PERSON);
	population = three();
	engine_population_prefer(population, 3, true, twice, 2);
	expect_fault(population, 3, ENGINE_FIELD_CHOICES, ENGINE_FAULT_UNKNOWN_PERSON);
	population = three();
	engine_population_prefer(population, 1, true, many, ENGINE_CHOICES_MAX + 1);
	expect_fault(population, 1, ENGINE_FIELD_CHOICES, ENGINE_FAULT_TOO_MANY);
	population = three();
	engine_population_prefer(population, 0, true, twice, 1);
	engine_population_prefer(population, 0, true, twice + 1, 1);
	expect_fault(population, 0, ENGINE_FIELD_CHOICES, ENGINE_FAULT_DUPLICATE);
	population = three();
	mentor.roles = ENGINE_ROLE_MENTOR;
	assert_int_equal(engine_population_add(population, &mentor, &index), ENGINE_OK);
	engine_population_prefer(population, 3, true, twice, 1);
	expect_fault(population, 3, ENGINE_FIELD_CHOICES, ENGINE_FAULT_ROLE_MISSING);
}

static void good_choices_are_kept_in_their_order(void **state)
{
	static const uint32_t one[] = { 2, 1 }, other[] = { 0, 3 };
	struct engine_population *population = three();
	struct engine_person late = somebody();
	uint32_t index;
	(void)state;
	assert_int_equal(engine_population_prefer(population, 1, false, other, 2), ENGINE_OK);
	assert_int_equal(engine_population_prefer(population, 0, true, one, 2), ENGINE_OK);
	assert_int_equal(engine_population_prefer(population, 0, false, one, 1), ENGINE_OK);
	assert_int_equal(engine_population_prefer(population, 2, false, one, 0), ENGINE_OK);
	assert_int_equal(engine_population_add(population, &late, &index), ENGINE_OK);
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	assert_int_equal(engine_population_choice(population, 0, true, 2), 1);
	assert_int_equal(engine_population_choice(population, 0, true, 1), 2);
	assert_int_equal(engine_population_choice(population, 0, false, 2), 1);
	assert_int_equal(engine_population_choice(population, 0, false, 1), 0);
	assert_int_equal(engine_population_choice(population, 1, false, 3), 2);
	assert_int_equal(engine_population_choice(population, 1, true, 3), 0);
	assert_int_equal(engine_population_choice(population, 2, false, 1), 0);
	engine_population_free(population);
}

static void a_pin_against_a_rule_is_refused_when_solving(void **state)
{
	struct engine_population *population = three();
	struct engine_policy policy;
	struct engine_faults faults = { 0 };
	struct engine_result result;
	(void)state;
	engine_policy_default(&policy);
	engine_population_pin(population, 1, 2);
	assert_int_equal(engine_population_seal(population, &faults), ENGINE_OK);
	assert_int_equal(engine_pairs(population, &policy, NULL, &faults, &result), ENGINE_INVALID);
	assert_int_equal(faults.list[0].code, ENGINE_FAULT_RULE);
	assert_int_equal(faults.list[0].entry, 2);
	engine_faults_release(&faults);
	engine_population_free(population);
}

static void faulty_policies_are_named(void **state)
{
	struct engine_policy policy;
	struct engine_faults faults = { 0 };
	(void)state;
	engine_policy_default(&policy);
	assert_int_equal(engine_policy_check(&policy, &faults), ENGINE_OK);
	policy.weights[0] = 128;
	policy.weights[1] = -1;
	policy.line_distance = 1;
	policy.level_gap_min = 5;
	policy.level_gap_max = 4;
	policy.common_half_hours = 256;
	policy.shortlist_size = 9;
	policy.exposure_cap = 0;
	assert_int_equal(engine_policy_check(&policy, &faults), ENGINE_INVALID);
	assert_true(faults.count >= 7);
	engine_faults_release(&faults);
	engine_policy_default(&policy);
	memset(policy.weights, 0, sizeof(policy.weights));
	assert_int_equal(engine_policy_check(&policy, &faults), ENGINE_INVALID);
	assert_int_equal(faults.list[0].code, ENGINE_FAULT_ALL_ZERO);
	engine_faults_release(&faults);
	policy.weights[0] = 100;
	policy.weights[1] = 29;
	assert_int_equal(engine_policy_check(&policy, &faults), ENGINE_INVALID);
	assert_int_equal(faults.list[0].code, ENGINE_FAULT_SUM);
	engine_faults_release(&faults);
}

static uint32_t bits(const uint64_t *hours)
{
	uint32_t count = 0;
	for (int w = 0; w < ENGINE_HOURS_WORDS; w++)
		count += (uint32_t)__builtin_popcountll(hours[w]);
	return count;
}

static bool bit(const uint64_t *hours, int at)
{
	return hours[at / 64] >> (at % 64) & 1;
}

static void windows_become_half_hours_of_the_utc_week(void **state)
{
	uint64_t hours[ENGINE_HOURS_WORDS] = { 0 };
	(void)state;
	assert_true(engine_hours_add(hours, 0, 540, 720, 60));
	assert_int_equal(bits(hours), 6);
	assert_true(bit(hours, 16) && bit(hours, 21));
	memset(hours, 0, sizeof(hours));
	assert_true(engine_hours_add(hours, 0, 0, 60, 840));
	assert_true(bit(hours, 6 * 48 + 20) && bit(hours, 6 * 48 + 21));
	memset(hours, 0, sizeof(hours));
	assert_true(engine_hours_add(hours, 6, 1380, 1500, -60));
	assert_true(bit(hours, 0) && bit(hours, 3));
	assert_int_equal(bits(hours), 4);
	memset(hours, 0, sizeof(hours));
	assert_true(engine_hours_add(hours, 2, 540, 660, 345));
	assert_int_equal(bits(hours), 3);
	assert_false(engine_hours_add(hours, 7, 0, 60, 0));
	assert_false(engine_hours_add(hours, 0, 60, 60, 0));
	assert_false(engine_hours_add(hours, 0, 0, 60, 900));
	uint64_t hourly[3] = { 1ull << 63, 1, 0 };
	engine_hours_from_hourly(hourly, hours);
	assert_int_equal(bits(hours), 4);
	assert_true(bit(hours, 126) && bit(hours, 129));
}

static void a_chain_of_any_depth_is_read(void **state)
{
	struct engine_population *population = fresh();
	struct engine_person p = somebody();
	const uint32_t people = 200000;
	struct engine_policy policy;
	(void)state;
	engine_policy_default(&policy);
	for (uint32_t i = 0; i < people; i++) {
		p.manager = i ? i - 1 : ENGINE_NONE;
		add(population, &p);
	}
	assert_int_equal(engine_population_seal(population, NULL), ENGINE_OK);
	assert_true(engine_head_of_tree(population, &policy, 0));
	struct engine_explanation why;
	engine_explain(population, &policy, 0, people - 1, &why);
	assert_int_equal(why.line_steps, people - 1);
	engine_population_free(population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_out_of_range_are_named),
		cmocka_unit_test(faulty_lists_are_named),
		cmocka_unit_test(faulty_lines_are_named),
		cmocka_unit_test(faulty_pins_and_exclusions_are_named),
		cmocka_unit_test(faulty_choices_are_named),
		cmocka_unit_test(good_choices_are_kept_in_their_order),
		cmocka_unit_test(a_pin_against_a_rule_is_refused_when_solving),
		cmocka_unit_test(faulty_policies_are_named),
		cmocka_unit_test(windows_become_half_hours_of_the_utc_week),
		cmocka_unit_test(a_chain_of_any_depth_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
