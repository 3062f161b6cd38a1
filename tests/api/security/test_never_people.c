/*
 * What must never happen, sentence by sentence: what a colleague learns of a colleague, and who
 * speaks for whom.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "never.h"

static void a_colleague_never_sees_the_hr_record(void **state)
{
	(void)state;
	static const enum caller colleagues[] = { CALLER_STRANGER, CALLER_MENTEE, CALLER_LINE,
		CALLER_COORDINATOR, CALLER_ADMIN };
	for (size_t i = 0; i < sizeof colleagues / sizeof *colleagues; i++) {
		struct api_reply *seen = api_expect(
			api_get(never_as(colleagues[i]), "/api/v1/people/%s", never_world.mentor),
			200);
		assert_true(json_is_null(api_member(seen, "hr")));
		never_says(seen, "@");
		never_says(seen, never_world.mentor_user);
	}
}

static void a_colleague_never_sees_what_somebody_wants_to_learn(void **state)
{
	(void)state;
	struct api_reply *seen = api_expect(
		api_get(never_as(CALLER_STRANGER), "/api/v1/people/%s/skills", never_world.mentee),
		200);
	assert_int_equal(api_count(seen, "skills"), 0);
	seen = api_expect(
		api_get(never_as(CALLER_STRANGER), "/api/v1/people/%s/skills", never_world.mentor),
		200);
	assert_int_equal(api_count(seen, "skills"), 1);
	assert_true(json_is_null(api_member(seen, "skills.0.target")));
}

static void nobody_is_found_by_mail_address_or_number(void **state)
{
	(void)state;
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=max%40example"), 0);
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=max.mentor%40example"), 0);
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=S-4"), 0);
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=max"), 1);
}

static void a_search_text_is_never_a_pattern(void **state)
{
	(void)state;
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=%25%25"), 0);
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=__"), 0);
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=%27%27"), 0);
	assert_int_equal(never_items(CALLER_STRANGER, "/api/v1/people?q=%5C%5C"), 0);
}

static void who_has_left_is_not_there_for_colleagues(void **state)
{
	(void)state;
	api_sql("superuser",
		"UPDATE profiles.person SET status = 'inactive' WHERE user_name = 'sten.stranger'");
	const char *left = api_sql(
		"superuser", "SELECT id FROM profiles.person WHERE user_name = 'sten.stranger'");
	static const char *const parts[] = { "", "/skills", "/interests", "/languages",
		"/weekly-hours" };
	for (int i = 0; i < 5; i++)
		api_expect_problem(
			api_get(never_as(CALLER_MENTEE), "/api/v1/people/%s%s", left, parts[i]),
			404, "not_found");
	assert_int_equal(never_items(CALLER_MENTEE, "/api/v1/people?q=sten"), 0);
	api_sql("superuser",
		"UPDATE profiles.person SET status = 'active' WHERE user_name = 'sten.stranger'");
	api_expect(api_get(never_as(CALLER_MENTEE), "/api/v1/people/%s", left), 200);
}

static struct api_reply *patched(enum caller caller, const char *path, const char *body)
{
	struct api_reply *seen = api_get(never_as(caller), "%s", path);
	if (seen->status == 200)
		api_if_match(never_as(caller), seen);
	else
		api_header(never_as(caller), "If-Match: *");
	return api_patch(never_as(caller), path, "%s", body);
}

static void nobody_promotes_themselves(void **state)
{
	(void)state;
	static const char *const bodies[] = { "{\"level\": 9}", "{\"manager_id\": null}",
		"{\"status\": \"active\"}", "{\"department\": \"Board\"}",
		"{\"bio\": \"x\", \"title\": \"Chief\"}" };
	for (int i = 0; i < 5; i++)
		api_expect_problem(patched(CALLER_MENTOR, "/api/v1/people/me", bodies[i]), 403,
			"field_not_yours");
	struct api_reply *me = api_expect(
		api_get(never_as(CALLER_MENTOR), "/api/v1/people/me"), 200);
	assert_int_equal(api_integer(me, "level"), 2);
	assert_true(json_is_null(api_member(me, "bio")));
}

static void the_hr_system_never_speaks_for_a_person(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/people/%s", never_world.mentor);
	api_expect_problem(patched(CALLER_HRIS, path, "{\"bio\": \"I love it here\"}"), 403,
		"field_not_yours");
	api_expect_problem(
		patched(CALLER_HRIS, path, "{\"pronouns\": \"it\"}"), 403, "field_not_yours");
}

static void nobody_edits_a_colleague(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/people/%s", never_world.mentor);
	api_expect_problem(patched(CALLER_LINE, path, "{\"bio\": \"x\"}"), 404, "not_found");
	api_expect_problem(patched(CALLER_COORDINATOR, path, "{\"bio\": \"x\"}"), 404, "not_found");
	api_expect_problem(api_put(never_as(CALLER_LINE), api_path("%s/interests", path),
				   "{\"interests\": [\"work\"]}"),
		404, "not_found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_colleague_never_sees_the_hr_record),
		cmocka_unit_test(a_colleague_never_sees_what_somebody_wants_to_learn),
		cmocka_unit_test(nobody_is_found_by_mail_address_or_number),
		cmocka_unit_test(a_search_text_is_never_a_pattern),
		cmocka_unit_test(who_has_left_is_not_there_for_colleagues),
		cmocka_unit_test(nobody_promotes_themselves),
		cmocka_unit_test(the_hr_system_never_speaks_for_a_person),
		cmocka_unit_test(nobody_edits_a_colleague),
	};
	return cmocka_run_group_tests(tests, never_build, api_release);
}
