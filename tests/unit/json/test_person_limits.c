/* Limits of pairs a person: what is taken, and what is refused with which words. */
#include "base/str.h"
#include "json/person_limits.h"
#include "support/unit/unit.h"

static void limits_of_both_one_or_no_side_are_taken(void **state)
{
	(void)state;
	static const char *const good[] = { "{}", "{\"mentor\": 1}", "{\"mentee\": 100}",
		"{\"mentor\": 3, \"mentee\": 2}" };
	for (size_t i = 0; i < COUNT(good); i++) {
		struct buf faults = BUF_INIT(4096);
		assert_true(person_limits_check(good[i], &faults));
		assert_int_equal(faults.len, 0);
		buf_release(&faults);
	}
}

static void everything_else_is_refused_with_a_reason(void **state)
{
	(void)state;
	static const char *const bad[][2] = { { "", "must be a JSON object" },
		{ "3", "must be a JSON object" }, { "[3]", "must be a JSON object" },
		{ "{\"mentor\": 1, \"mentor\": 2}", "must be a JSON object" },
		{ "{\"leader\": 3}", "PERSON_LIMITS: leader is no side" },
		{ "{\"mentor\": 0}", "mentor must be a whole number" },
		{ "{\"mentor\": 101}", "mentor must be a whole number" },
		{ "{\"mentor\": 2.5}", "mentor must be a whole number" },
		{ "{\"mentee\": \"2\"}", "mentee must be a whole number" },
		{ "{\"mentee\": null}", "mentee must be a whole number" } };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf faults = BUF_INIT(4096);
		assert_false(person_limits_check(bad[i][0], &faults));
		if (!strstr(faults.data, bad[i][1]))
			fail_msg("%s: %s", bad[i][0], faults.data);
		buf_release(&faults);
	}
}

static void all_faults_are_named_at_once(void **state)
{
	(void)state;
	struct buf faults = BUF_INIT(4096);
	assert_false(person_limits_check("{\"mentor\": 0, \"boss\": 1}", &faults));
	assert_non_null(strstr(faults.data, "mentor"));
	assert_non_null(strstr(faults.data, "boss"));
	buf_release(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_of_both_one_or_no_side_are_taken),
		cmocka_unit_test(everything_else_is_refused_with_a_reason),
		cmocka_unit_test(all_faults_are_named_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
