/* Feedback and reports, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Feedback", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static void feedback_is_its_authors_alone(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *made = api_expect(
		api_post(junior, "/api/v1/feedback",
			"{\"pair_id\": \"%s\", \"visibility\": \"partner\", \"rating\": 1, "
			"\"comment\": \"talks too much\"}",
			pair),
		201);
	assert_int_equal(api_text(made, "id")[14], '4');
	assert_null(strstr(made->text, "created_at"));
	assert_string_equal(api_header_of(made, "Cache-Control"), "no-store");
	api_expect(api_get(junior, "%s", api_text(made, "links.self")), 200);
	assert_int_equal(
		api_count(api_expect(api_get(junior, "/api/v1/feedback?pair_id=%s", pair), 200),
			"items"),
		1);
	api_expect(
		api_get(api_as("participant", "chief"), "%s", api_text(made, "links.self")), 404);
	api_expect(
		api_get(api_as("programme_admin", "hr.lead"), "%s", api_text(made, "links.self")),
		404);
	assert_int_equal(
		api_count(api_expect(
				  api_get(api_as("participant", "chief"), "/api/v1/feedback"), 200),
			"items"),
		0);
	api_expect_fault(api_expect(api_post(junior, "/api/v1/feedback",
					    "{\"pair_id\": \"%s\", \"visibility\": \"everyone\", "
					    "\"rating\": 6}",
					    pair),
				 422),
		"/rating");
}

static void feedback_about_a_session_needs_one_that_was_held(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *session = api_expect(
		api_post(junior, "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-02-01T10:00\", \"time_zone\": "
			"\"UTC\", \"duration_minutes\": 30,"
			" \"mode\": \"video\"}",
			pair),
		201);
	const char *body = api_path("{\"pair_id\": \"%s\", \"session_id\": \"%s\", \"visibility\": "
				    "\"private\", \"rating\": 3}",
		pair, api_text(session, "id"));
	api_expect_problem(
		api_post(junior, "/api/v1/feedback", "%s", body), 409, "session_not_held");
	api_expect_problem(api_post(junior, "/api/v1/feedback",
				   "{\"pair_id\": \"%s\", \"session_id\": \"%s\", \"visibility\": "
				   "\"private\", \"rating\": 3}",
				   pair, pair),
		422, "unknown_reference");
}

static void a_report_hides_small_cells_and_what_would_give_them_away(void **state)
{
	(void)state;
	struct api *admin = api_as("programme_admin", "hr.lead");
	struct api_reply *report = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/participation", programme), 200);
	assert_int_equal(api_integer(report, "totals.mentors"), 6);
	assert_true(json_is_null(api_member(report, "totals.mentees")));
	for (size_t i = 0; i < api_count(report, "departments"); i++) {
		json_t *mentors = api_member(report, api_path("departments.%zu.mentors", i));
		assert_true(json_is_null(mentors) || json_integer_value(mentors) >= 5);
	}
	struct api_reply *all = api_expect(api_get(admin, "/api/v1/reports"), 200);
	assert_string_equal(api_text(all, "items.0.name"), "participation");
	api_expect(api_get(api_as("auditor", NULL), "/api/v1/reports/programmes/%s/participation",
			   programme),
		200);
	api_expect(api_get(api_as("programme_admin", "other.admin"),
			   "/api/v1/reports/programmes/%s/participation", programme),
		404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feedback_is_its_authors_alone),
		cmocka_unit_test(feedback_about_a_session_needs_one_that_was_held),
		cmocka_unit_test(a_report_hides_small_cells_and_what_would_give_them_away),
	};
	return cmocka_run_group_tests_name("feedback and reports", tests, set_up, api_release);
}
