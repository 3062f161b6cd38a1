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

/* ---- agreements -------------------------------------------------------------------------------*/

static void what_two_agree_in_their_own_words_is_theirs(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/agreements/%s", never_world.agreement);
	struct api *mentor = never_as(CALLER_MENTOR);
	api_if_match(mentor, api_expect(api_get(mentor, "%s", path), 200));
	api_expect(api_patch(mentor, path,
			   "{\"expectations\": \"tell me the truth\", \"confidentiality\": \"not a "
			   "word to Lena\"}"),
		200);
	struct api_reply *shown = api_expect(
		api_get(never_as(CALLER_COORDINATOR), "%s", path), 200);
	never_says(shown, "truth");
	never_says(shown, "not a word");
	assert_int_equal(api_count(shown, "can"), 0);
	const char *list = api_path("/api/v1/agreements?pair_id=%s", never_world.pair);
	assert_int_equal(never_items(CALLER_COORDINATOR, list), 1);
	never_says(api_get(never_as(CALLER_COORDINATOR), "%s", list), "truth");
	assert_int_equal(never_items(CALLER_COORDINATOR, "/api/v1/agreements"), 0);
	static const enum caller others[] = { CALLER_LINE, CALLER_OTHER, CALLER_STRANGER };
	for (int i = 0; i < 3; i++) {
		never_there(others[i], "agreements", never_world.agreement);
		assert_int_equal(never_items(others[i], list), 0);
	}
}

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

/* ---- assessments ------------------------------------------------------------------------------*/

static void nobody_else_reads_what_a_leader_could_not_do(void **state)
{
	(void)state;
	static const enum caller people[] = { CALLER_MENTOR, CALLER_LINE, CALLER_COORDINATOR,
		CALLER_OTHER, CALLER_STRANGER };
	const char *page = api_path("assessments/%s/attempts", never_world.assessment);
	for (int i = 0; i < 5; i++) {
		never_there(people[i], page, never_world.attempt);
		api_expect_problem(
			api_get(never_as(people[i]), "/api/v1/%s", page), 404, "not_found");
		never_says(
			api_expect(api_get(never_as(people[i]), "/api/v1/assessments/gains"), 200),
			never_world.assessment);
	}
	struct api_reply *seen = api_expect(
		api_get(never_as(CALLER_MENTEE), "/api/v1/assessments/%s", never_world.assessment),
		200);
	assert_true(json_is_null(api_member(seen, "items.0.correct")));
}

/* ---- feedback ---------------------------------------------------------------------------------*/

static void no_leader_learns_before_the_release_whether_anybody_wrote(void **state)
{
	(void)state;
	struct api *mentee = never_as(CALLER_MENTEE);
	static const char *const page = "/api/v1/feedback/released?pair_id=%s";
	struct api_reply *before = api_expect(api_get(mentee, page, never_world.pair), 200);
	api_expect(api_post(never_as(CALLER_MENTOR), "/api/v1/feedback",
			   "{\"pair_id\": \"%s\", \"visibility\": \"partner\", \"rating\": 1}",
			   never_world.pair),
		201);
	struct api_reply *after = api_expect(api_get(mentee, page, never_world.pair), 200);
	assert_true(masked_same(before, after));
	assert_string_equal(api_header_of(before, "ETag"), api_header_of(after, "ETag"));
	assert_true(masked_same(after, api_get(never_as(CALLER_STRANGER), page, NEVER_ID)));
}

static void the_release_opens_partner_feedback_to_the_partner_and_nothing_else(void **state)
{
	(void)state;
	static const char *const as =
		"BEGIN; INSERT INTO evaluation.release (programme_id, wave) VALUES ('%s', "
		"'midpoint'); SELECT set_config('app.actor', '%s', true) <> ''; SELECT count(*), "
		"count(*) FILTER (WHERE visibility <> 'partner') FROM evaluation.feedback; "
		"ROLLBACK";
	static const char *const sides[] = { "private", "programme" };
	for (int i = 0; i < 2; i++)
		api_expect(api_post(never_as(CALLER_MENTOR), "/api/v1/feedback",
				   "{\"pair_id\": \"%s\", \"visibility\": \"%s\", \"rating\": "
				   "1}",
				   never_world.pair, sides[i]),
			201);
	assert_string_equal(
		api_sql("evaluation", as, never_world.programme, never_world.mentee), "t\n2|0");
	assert_string_equal(
		api_sql("evaluation", as, never_world.programme, world_person(WORLD_LINE)),
		"t\n0|0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_two_agree_in_their_own_words_is_theirs),
		cmocka_unit_test(nobody_outside_the_pair_reads_its_goals),
		cmocka_unit_test(a_goal_for_a_foreign_pair_tells_nothing_of_the_pair),
		cmocka_unit_test(events_of_goals_hold_no_text),
		cmocka_unit_test(nobody_else_reads_what_a_leader_could_not_do),
		cmocka_unit_test(no_leader_learns_before_the_release_whether_anybody_wrote),
		cmocka_unit_test(
			the_release_opens_partner_feedback_to_the_partner_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, never_build, api_release);
}
