/* The clock can be set by a test, runs on when let go, and the monotonic one is untouched. */
#include <time.h>

#include "base/clock.h"
#include "support/unit/unit.h"

static void clock_can_be_set_and_let_go(void **state)
{
	uint64_t start = clock_monotonic_us();
	(void)state;
	clock_set_for_test(1000000007);
	assert_int_equal(clock_seconds(), 1000000007);
	assert_int_equal(clock_milliseconds(), INT64_C(1000000007000));
	assert_true(clock_monotonic_us() >= start);
	clock_set_for_test(0);
	int64_t before = (int64_t)time(NULL);
	int64_t now = clock_seconds();
	assert_true(now >= before - 1 && now <= before + 60);
}

static void clock_monotonic_never_goes_back(void **state)
{
	uint64_t last = clock_monotonic_us();
	(void)state;
	for (int i = 0; i < 100000; i++) {
		uint64_t now = clock_monotonic_us();
		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_can_be_set_and_let_go),
		cmocka_unit_test(clock_monotonic_never_goes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
