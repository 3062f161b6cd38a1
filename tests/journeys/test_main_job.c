/*
 * The main job on a real HR file, as a portal, an HRIS and an admin live it: people are imported, a
 * programme matched, the president picks one of three, the two meet in a calendar, a report says
 * so. At each step the wrong person tries the same and is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/story.h"

#define PRESIDENT "sking@oraclehr.example"
#define ADMIN     "sjacobs@oraclehr.example"
#define STRANGER  "hbrown@oraclehr.example"

/* Three steps below the president, in three departments. */
static const char *juniors[] = { "bmiller@oraclehr.example", "dwilliams@oraclehr.example",
	"vjackson@oraclehr.example", "jchen@oraclehr.example", "isciarra@oraclehr.example",
	"lpopp@oraclehr.example", "wgietz@oraclehr.example" };

static const char *programme, *pair, *mentor, *session;

static void the_hr_system_imports_its_people(void **state)
{
	(void)state;
	const char *file = story_oracle_file();
	struct api_reply *done = api_import_file(file, NULL);
	assert_string_equal(api_text(done, "status"), "done");
	assert_int_equal(api_integer(done, "counts.created"), 107);
	assert_int_equal(api_integer(done, "counts.faults"), 0);
	/* nobody but the HR system and admins imports or even sees an import */
	struct api_reply *no = api_send(
		api_as("participant", PRESIDENT), "POST", "/api/v1/imports", "text/csv", "x", 1);
	api_expect_problem(no, 403, "forbidden");
	api_expect(api_get(api_as("participant", PRESIDENT), "/api/v1/imports"), 403);
}

static void people_say_what_they_teach_and_want(void **state)
{
	(void)state;
	(void)story_oracle_file();
	story_wants(PRESIDENT, "generative AI", "data literacy", NULL);
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		story_teaches(juniors[i], i % 2 ? "generative AI" : "data literacy", "social media",
			NULL);
	/* nobody speaks for somebody else */
	api_expect_problem(api_put(api_as("participant", STRANGER),
				   api_path("/api/v1/people/%s/skills", story_person_id(PRESIDENT)),
				   "{\"skills\": []}"),
		404, "not_found");
}

static void a_programme_is_created_and_opened(void **state)
{
	(void)state;
	(void)story_oracle_file();
	api_expect_problem(api_post(api_as("participant", PRESIDENT), "/api/v1/programmes",
				   "{\"title\": \"x\", \"purpose\": \"inclusion\", \"starts_on\": "
				   "\"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
		403, "forbidden");
	programme = story_programme(ADMIN, "Learning from juniors");
	/* another programme admin, who is no coordinator, cannot touch it */
	api_expect_problem(api_post(api_as("programme_admin", STRANGER),
				   api_path("/api/v1/programmes/%s/cancellation", programme), NULL),
		404, "not_found");
	story_enrol(PRESIDENT, programme, "mentee", 1);
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		story_enrol(juniors[i], programme, "mentor", 1);
	api_expect_problem(api_post(api_as("participant", PRESIDENT), "/api/v1/enrolments",
				   "{\"programme_id\": \"%s\", \"role\": \"mentee\"}", programme),
		409, "already_enrolled");
}

static void a_round_gives_the_president_three(void **state)
{
	(void)state;
	(void)story_oracle_file();
	api_expect(api_post(api_as("programme_admin", STRANGER), "/api/v1/rounds",
			   "{\"programme_id\": \"%s\"}", programme),
		422);
	const char *round = story_round(ADMIN, programme);
	struct api_reply *lists = api_expect(
		api_get(api_as("programme_admin", ADMIN), "/api/v1/rounds/%s/shortlists", round),
		200);
	assert_int_equal(api_count(lists, "items"), 1);
	assert_int_equal(api_count(lists, "items.0.entries"), 3);
	assert_string_equal(api_text(lists, "items.0.line_rule"), "head_of_tree");
	for (int i = 0; i < 3; i++) {
		long long sum = 0;
		json_t *part;
		const char *name;
		json_object_foreach(api_member(lists, api_path("items.0.entries.%d.parts", i)),
			name, part) sum += json_integer_value(part);
		assert_int_equal(sum, api_integer(lists, api_path("items.0.entries.%d.score", i)));
	}
	struct api_reply *seen = story_shortlist(PRESIDENT, programme);
	assert_int_equal(api_count(seen, "mentors"), 3);
	assert_null(strstr(seen->text, "score"));
	assert_null(strstr(seen->text, "rank"));
	assert_int_equal(api_get(api_as("participant", STRANGER), "/api/v1/shortlists/%s",
				 api_text(seen, "id"))
				 ->status,
		404);
	assert_int_equal(
		api_get(api_as("programme_admin", STRANGER), "/api/v1/rounds/%s", round)->status,
		404);
}

static void the_president_picks_and_the_mentor_accepts(void **state)
{
	(void)state;
	(void)story_oracle_file();
	struct api_reply *list = story_shortlist(PRESIDENT, programme);
	const char *path = api_path("/api/v1/shortlists/%s/pick", api_text(list, "id"));
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	api_expect_problem(api_post(api_as("participant", STRANGER), path,
				   "{\"mentor_id\": \"%s\"}", mentor_id),
		404, "not_found");
	api_expect_problem(api_post(api_as("participant", PRESIDENT), path,
				   "{\"mentor_id\": \"%s\"}", story_person_id(STRANGER)),
		422, "not_on_shortlist");
	api_header(api_as("participant", PRESIDENT), "Idempotency-Key: the-pick");
	struct api_reply *picked = api_expect(api_post(api_as("participant", PRESIDENT), path,
						      "{\"mentor_id\": \"%s\"}", mentor_id),
		201);
	pair = api_text(picked, "id");
	api_header(api_as("participant", PRESIDENT), "Idempotency-Key: the-pick");
	struct api_reply *again = api_expect(api_post(api_as("participant", PRESIDENT), path,
						     "{\"mentor_id\": \"%s\"}", mentor_id),
		201);
	assert_string_equal(api_text(again, "id"), pair);
	assert_string_equal(api_header_of(again, "Idempotency-Replayed"), "true");

	mentor = story_user_name(mentor_id);
	const char *yes = api_path("/api/v1/pairs/%s/acceptance", pair);
	api_expect_problem(api_post(api_as("participant", STRANGER), yes, NULL), 404, "not_found");
	api_expect_problem(api_post(api_as("participant", PRESIDENT), yes, NULL), 404, "not_found");
	struct api_reply *active = api_expect(
		api_post(api_as("participant", mentor), yes, NULL), 200);
	assert_string_equal(api_text(active, "status"), "active");
	api_expect_problem(api_post(api_as("participant", mentor), yes, NULL), 409, "wrong_state");
	struct api_reply *why = api_expect(
		api_get(api_as("participant", mentor), "/api/v1/pairs/%s/why", pair), 200);
	assert_true(api_integer(why, "score") > 0);
	assert_int_equal(
		api_get(api_as("participant", STRANGER), "/api/v1/pairs/%s", pair)->status, 404);
}

static void the_two_meet_in_a_calendar(void **state)
{
	(void)state;
	(void)story_oracle_file();
	static const char *const body =
		"{\"pair_id\": \"%s\", \"starts_at\": \"2027-01-20T10:00\","
		" \"time_zone\": \"America/Los_Angeles\", \"duration_minutes\": 45, \"mode\": "
		"\"video\", \"agenda\": \"secret plans\"}";
	api_expect_problem(
		api_post(api_as("participant", STRANGER), "/api/v1/sessions", body, pair), 422,
		"unknown_reference");
	api_expect_problem(api_post(api_as("participant", mentor), "/api/v1/sessions", body, pair),
		409, "agreement_missing");
	story_agreement(pair, mentor, PRESIDENT, "2027-01-18");
	struct api_reply *booked = api_expect(
		api_post(api_as("participant", mentor), "/api/v1/sessions", body, pair), 201);
	session = api_text(booked, "id");
	assert_string_equal(api_text(booked, "starts_at"), "2027-01-20T18:00:00Z");
	api_expect_problem(
		api_post(api_as("participant", PRESIDENT), "/api/v1/sessions", body, pair), 409,
		"overlap");
	assert_int_equal(
		api_get(api_as("participant", STRANGER), "/api/v1/sessions/%s", session)->status,
		404);

	struct api_reply *feed = api_expect(
		api_post(api_as("participant", PRESIDENT), "/api/v1/calendar-feeds", "{}"), 201);
	const char *path = strstr(api_text(feed, "url"), "/calendar/");
	assert_non_null(path);
	struct api_reply *ics = api_expect(api_get(api_as(NULL, NULL), "%s", path), 200);
	assert_non_null(strstr(ics->text, "DTSTART:20270120T180000Z"));
	/* the agenda is for the two, and stands in the full feed of each alone */
	assert_non_null(strstr(ics->text, "DESCRIPTION:secret plans"));
	struct api_reply *busy = api_expect(
		api_post(api_as("participant", PRESIDENT), "/api/v1/calendar-feeds",
			"{\"kind\": \"free_busy\"}"),
		201);
	const char *when = strstr(api_text(busy, "url"), "/calendar/");
	assert_null(
		strstr(api_expect(api_get(api_as(NULL, NULL), "%s", when), 200)->text, "secret"));
	const char *self = api_path("/api/v1/calendar-feeds/%s", api_text(feed, "id"));
	api_if_match(api_as("participant", PRESIDENT),
		api_expect(api_get(api_as("participant", PRESIDENT), "%s", self), 200));
	api_expect(api_delete(api_as("participant", PRESIDENT), "%s", self), 204);
	api_expect(api_get(api_as(NULL, NULL), "%s", path), 404);
}

static void the_session_is_held_and_feedback_given(void **state)
{
	(void)state;
	(void)story_oracle_file();
	const char *report = api_path("/api/v1/sessions/%s/report", session);
	api_expect_problem(
		api_post(api_as("participant", mentor), report, "{\"outcome\": \"held\"}"), 409,
		"session_not_started");
	/* the evening after, while the window for feedback is open */
	api_clock_to("2027-01-21 18:00Z");
	api_expect_problem(
		api_post(api_as("participant", STRANGER), report, "{\"outcome\": \"held\"}"), 404,
		"not_found");
	struct api_reply *held = api_expect(
		api_post(api_as("participant", mentor), report, "{\"outcome\": \"held\"}"), 200);
	assert_string_equal(api_text(held, "status"), "held");

	static const char *const body =
		"{\"pair_id\": \"%s\", \"session_id\": \"%s\", \"visibility\": \"programme\","
		" \"rating\": 2, \"comment\": \"he does not listen\"}";
	struct api_reply *given = api_expect(
		api_post(api_as("participant", mentor), "/api/v1/feedback", body, pair, session),
		201);
	api_expect(
		api_post(api_as("participant", STRANGER), "/api/v1/feedback", body, pair, session),
		422);
	/* the leader learns nothing of it, not even that it is there */
	assert_int_equal(api_get(api_as("participant", PRESIDENT), "/api/v1/feedback/%s",
				 api_text(given, "id"))
				 ->status,
		404);
	assert_int_equal(
		api_count(api_expect(api_get(api_as("participant", PRESIDENT), "/api/v1/feedback"),
				  200),
			"items"),
		0);
	struct api_reply *before = api_expect(
		api_get(api_as("participant", PRESIDENT), "/api/v1/pairs/%s", pair), 200);
	assert_null(strstr(before->text, "feedback/"));
}

static void the_report_says_so_and_gives_nobody_away(void **state)
{
	(void)state;
	(void)story_oracle_file();
	story_snapshot(programme);
	struct api_reply *report = api_expect(
		api_get(api_as("programme_admin", ADMIN),
			"/api/v1/reports/programmes/%s/participation", programme),
		200);
	assert_int_equal(api_integer(report, "totals.mentors"), 5); /* of seven: in whole fives */
	assert_true(json_is_null(api_member(report, "totals.mentees")));
	assert_true(json_is_null(api_member(report, "totals.pairs")));
	for (size_t i = 0; i < api_count(report, "departments"); i++)
		assert_false(api_truth(report, api_path("departments.%zu.suppressed", i)));
	api_expect(api_get(api_as("programme_admin", STRANGER),
			   "/api/v1/reports/programmes/%s/participation", programme),
		404);
	api_expect(api_get(api_as("participant", PRESIDENT),
			   "/api/v1/reports/programmes/%s/participation", programme),
		403);
	api_header(api_as("auditor", NULL), "Accept: text/csv");
	struct api_reply *csv = api_expect(
		api_get(api_as("auditor", NULL), "/api/v1/reports/programmes/%s/participation",
			programme),
		200);
	assert_non_null(strstr(csv->text, "department,mentors"));
}

static void a_mentor_who_leaves_suspends_the_pair_and_cancels_the_session(void **state)
{
	(void)state;
	(void)story_oracle_file();
	api_clock(0);
	struct api_reply *booked = api_expect(
		api_post(api_as("participant", mentor), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-03-10T10:00\", \"time_zone\": "
			"\"UTC\","
			" \"duration_minutes\": 30, \"mode\": \"phone\"}",
			pair),
		201);
	struct api_reply *person = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s/export",
			api_text(api_expect(
					 api_get(api_as("participant", mentor), "/api/v1/me"), 200),
				"person.id")),
		200);
	struct api_reply *done = api_import(
		api_path("external_id,user_name,given_name,level,active\n%s,%s,%s,%lld,false\n",
			api_text(person, "external_id"), mentor, api_text(person, "given_name"),
			api_integer(person, "level")),
		NULL);
	assert_int_equal(api_integer(done, "counts.deactivated"), 1);
	struct api_reply *now = api_expect(
		api_get(api_as("participant", PRESIDENT), "/api/v1/pairs/%s", pair), 200);
	assert_string_equal(
		api_text(now, "status"), "suspended"); /* in the import's own transaction */
	const char *path = api_path("/api/v1/sessions/%s", api_text(booked, "id"));
	api_wait_until(
		20.0, (now = api_expect(api_get(api_as("participant", PRESIDENT), "%s", path), 200),
			      strcmp(api_text(now, "status"), "cancelled") == 0));
	assert_string_equal(api_text(now, "cancel_reason"), "pair_suspended");
	/* who has left is refused within five seconds, token or not */
	api_wait_until(20.0, api_get(api_as("participant", mentor), "/api/v1/me")->status == 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hr_system_imports_its_people),
		cmocka_unit_test(people_say_what_they_teach_and_want),
		cmocka_unit_test(a_programme_is_created_and_opened),
		cmocka_unit_test(a_round_gives_the_president_three),
		cmocka_unit_test(the_president_picks_and_the_mentor_accepts),
		cmocka_unit_test(the_two_meet_in_a_calendar),
		cmocka_unit_test(the_session_is_held_and_feedback_given),
		cmocka_unit_test(the_report_says_so_and_gives_nobody_away),
		cmocka_unit_test(a_mentor_who_leaves_suspends_the_pair_and_cancels_the_session),
	};
	return cmocka_run_group_tests_name("the main job", tests, NULL, api_release);
}
