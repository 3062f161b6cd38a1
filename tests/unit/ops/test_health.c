/* Readiness: all of started, running and every check; and it says which one is missing. */
#include "ops/health.h"
#include "support/unit/unit.h"

static bool ask(void *context)
{
	return *(bool *)context;
}

static void expect(struct health *h, bool ready, const char *text)
{
	struct buf out = BUF_INIT(1000);
	assert_int_equal(health_ready(h, &out), ready);
	assert_string_equal(out.data, text);
	buf_release(&out);
}

static void health_is_ready_only_when_all_is_well(void **state)
{
	bool database = false, keys = true;
	struct health *h = health_new();
	(void)state;
	health_check(h, "database", ask, &database);
	health_check(h, "keys", ask, &keys);
	expect(h, false,
		"{\"status\":\"not_ready\",\"checks\":{\"started\":false,\"running\":true,"
		"\"database\":false,\"keys\":true}}");
	database = true;
	expect(h, false,
		"{\"status\":\"not_ready\",\"checks\":{\"started\":false,\"running\":true,"
		"\"database\":true,\"keys\":true}}");
	health_started(h);
	expect(h, true,
		"{\"status\":\"ready\",\"checks\":{\"started\":true,\"running\":true,"
		"\"database\":true,\"keys\":true}}");
	keys = false;
	expect(h, false,
		"{\"status\":\"not_ready\",\"checks\":{\"started\":true,\"running\":true,"
		"\"database\":true,\"keys\":false}}");
	keys = true;
	health_stopping(h);
	expect(h, false,
		"{\"status\":\"not_ready\",\"checks\":{\"started\":true,\"running\":false,"
		"\"database\":true,\"keys\":true}}");
	struct buf out = BUF_INIT(100);
	assert_true(health_live(h, &out));
	assert_string_equal(out.data, "{\"status\":\"live\"}");
	buf_release(&out);
	health_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(health_is_ready_only_when_all_is_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
