/*
 * What must never happen, sentence by sentence: goals, and what came of a pair.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "masked.h"
#include "never.h"

/* ---- goals ------------------------------------------------------------------------------------*/

static void nobody_outside_the_pair_reads_its_goals(void **state)
{
	(void)state;
	static const enum caller people[] = { CALLER_LINE, CALLER_COORDINATOR, CALLER_OTHER,
		CALLER_STRANGER };
	for (int i = 0; i < 4; i++) {
		never_there(people[i], "goals", never_world.goal);
		never_there(people[i], api_path("goals/%s/progress", never_world.goal),
			never_world.progress);
		assert_int_equal(never_items(people[i], "/api/v1/goals"), 0);
		assert_int_equal(never_items(people[i],
					 api_path("/api/v1/goals?pair_id=%s", never_world.pair)),
			0);
	}
	static const enum caller roles[] = { CALLER_ADMIN, CALLER_HRIS, CALLER_AUDITOR };
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			api_get(never_as(roles[i]), "/api/v1/goals/%s", never_world.goal)->status,
			403);
}

static void a_goal_for_a_foreign_pair_tells_nothing_of_the_pair(void **state)
{
	(void)state;
	static const char *const body =
		"{\"pair_id\": \"%s\", \"specific\": \"short\", \"measure\": {\"unit\": \"1\","
		" \"baseline\": 0, \"target\": 0}, \"due_on\": \"2020-01-01\"}";
	struct api_reply *foreign = api_post(
		never_as(CALLER_STRANGER), "/api/v1/goals", body, never_world.pair);
	struct api_reply *none = api_post(
		never_as(CALLER_STRANGER), "/api/v1/goals", body, NEVER_ID);
	api_expect_problem(foreign, 422, "unknown_reference");
	assert_true(masked_same(foreign, none));
}

static void events_of_goals_hold_no_text(void **state)
{
	(void)state;
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) > 0, bool_and((SELECT array_agg(k ORDER BY k) FROM "
			"json_object_keys(data) k) = '{by,pair_id}') FROM common.outbox WHERE type "
			"LIKE 'goal.%%'"),
		"t|t");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_outside_the_pair_reads_its_goals),
		cmocka_unit_test(a_goal_for_a_foreign_pair_tells_nothing_of_the_pair),
		cmocka_unit_test(events_of_goals_hold_no_text),
	};
	return cmocka_run_group_tests(tests, never_build, api_release);
}
