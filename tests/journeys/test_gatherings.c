/*
 * Three gatherings as companies run them. An innovation day, on which teams of seniors and juniors from
 * all departments think of changes, one of which the company adopts (Hootsuite). An advisory board of
 * juniors that leaders listen to every quarter (Estée Lauder). A year in which a pair meets every month
 * and mentors meet among themselves, which no leader ever hears of (PwC).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT    40.0
#define LEADERS 4
#define JUNIORS 16

static const char *programme;

/* The coordinator. */
static struct api *hal(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static int the_company_is_there(void **state)
{
	(void)state;
	company_import();
	programme = company_enrolled_crowd("Gatherings of a year", LEADERS, JUNIORS, 1);
	return 0;
}

static const char *planned(const char *members)
{
	struct api_reply *made = api_expect(api_post(hal(), "/api/v1/gatherings",
						    "{\"programme_id\": \"%s\", \"time_zone\": "
						    "\"Europe/Berlin\", %s}",
						    programme, members),
		201);
	return api_text(made, "links.self");
}

/* Whether a task of this kind waits for Hal. */
static bool waits(const char *kind)
{
	struct api_reply *page = api_expect(api_get(hal(), "/api/v1/dashboards/me"), 200);
	for (size_t i = 0; i < api_count(page, "tasks"); i++)
		if (strcmp(api_text(page, api_path("tasks.%zu.kind", i)), kind) == 0)
			return true;
	return false;
}

static size_t seen_by(const char *user_name, const char *query)
{
	return api_count(
		api_expect(api_get(as(user_name), "/api/v1/gatherings?%s", query), 200), "items");
}

/* ---- the innovation day -----------------------------------------------------------------------*/

static const char *day;

static void people_sign_up_and_hal_asks_for_teams(void **state)
{
	(void)state;
	day = planned("\"kind\": \"innovation_day\", \"title\": \"Innovation day\", \"starts_at\": "
		      "\"2027-02-10T09:00\", \"duration_minutes\": 480, \"mode\": \"in_person\"");
	const char *sign_up = api_path("%s/registrations", day);
	for (int i = 1; i <= JUNIORS; i++)
		api_expect(api_post(as(api_path("junior%d", i)), sign_up, "{}"), 201);
	for (int i = 1; i <= LEADERS; i++)
		api_expect(api_post(as(api_path("leader%d", i)), sign_up, "{}"), 201);
	/* nobody from outside the programme, and only Hal asks for teams */
	api_expect_problem(api_post(as("sales.team"), sign_up, "{}"), 404, "not_found");
	const char *teams = api_path("%s/teams", day);
	api_expect_problem(api_post(as("leader1"), teams, "{\"team_size\": 5}"), 403, "forbidden");
	assert_false(waits("ask_teams"));
	api_clock_to("2027-02-05 09:00Z");
	assert_true(waits("ask_teams"));
	struct api_reply *asked = api_expect(api_post(hal(), teams, "{\"team_size\": 5}"), 200);
	assert_false(waits("ask_teams"));
	assert_string_equal(api_text(asked, "teams.status"), "making");
	api_wait_until(
		WAIT, strcmp(api_text(api_get(hal(), "%s", day), "teams.status"), "made") == 0);
}

static void every_team_has_a_senior_and_all_departments(void **state)
{
	(void)state;
	struct api_reply *teams = api_expect(api_get(as("junior7"), "%s/teams", day), 200);
	assert_int_equal(api_count(teams, "items"), 4);
	for (size_t t = 0; t < 4; t++) {
		int board = 0, sales = 0, it = 0;
		const char *members = api_path("items.%zu.members", t);
		assert_int_equal(api_count(teams, members), 5);
		for (size_t i = 0; i < 5; i++) {
			const char *department = api_text(
				teams, api_path("%s.%zu.department", members, i));
			board += strcmp(department, "Board") == 0;
			sales += strcmp(department, "Sales") == 0;
			it += strcmp(department, "IT") == 0;
		}
		assert_int_equal(board, 1); /* the leader */
		assert_true(sales >= 1 && it >= 1);
	}
	api_expect_problem(api_get(as("sales.team"), "%s/teams", day), 404, "not_found");
	const char *told = "SELECT count(*) FROM scheduling.notification WHERE kind = "
			   "'gathering_teams'";
	api_wait_until(WAIT, strcmp(api_sql("superuser", "%s", told), "20") == 0);
}

static void a_team_records_what_came_of_it_and_the_company_adopts_it(void **state)
{
	(void)state;
	const char *outcomes = api_path("%s/outcomes", day);
	api_clock_to("2027-02-11 09:00Z");
	api_wait_until(WAIT, waits("record_outcome"));
	api_expect_problem(
		api_post(as("sales.team"), outcomes, "{\"title\": \"Mine\"}"), 404, "not_found");
	struct api_reply *outcome = api_expect(
		api_post(as("junior3"), outcomes, "{\"title\": \"Captions in every meeting\"}"),
		201);
	assert_true(api_integer(outcome, "team") >= 1);
	assert_false(waits("record_outcome"));
	api_clock(0);
	api_expect(api_get(as("leader2"), "%s", api_text(outcome, "links.self")), 200);
	const char *suggest =
		"{\"programme_id\": \"%s\", \"outcome_id\": \"%s\", \"title\": "
		"\"Captions in every meeting\", \"insight\": \"Half could not follow.\"}";
	api_expect_fault(api_post(hal(), "/api/v1/improvements", suggest, programme, programme),
		"/outcome_id");
	struct api_reply *made = api_expect(api_post(hal(), "/api/v1/improvements", suggest,
						    programme, api_text(outcome, "id")),
		201);
	const char *improvement = api_text(made, "links.self");
	static const char *const steps[] = { "planning", "start", "adoption" };
	for (int i = 0; i < 3; i++)
		api_expect(api_post(hal(), api_path("%s/%s", improvement, steps[i]), NULL), 200);
	struct api_reply *known = api_expect(
		api_get(as("leader2"), "/api/v1/improvements?outcome_id=%s",
			api_text(outcome, "id")),
		200);
	assert_string_equal(api_text(known, "items.0.status"), "adopted");
}

/* ---- the advisory board -----------------------------------------------------------------------*/

static void juniors_advise_leaders_every_quarter(void **state)
{
	(void)state;
	static const char *const members[] = { "junior1", "junior2", "leader1" };
	const char *board = planned(
		"\"kind\": \"advisory_board\", \"title\": \"Youth board\", "
		"\"starts_at\": \"2027-01-20T15:00\", \"duration_minutes\": 90, "
		"\"repeat_count\": 4, \"repeat_unit\": \"month\", "
		"\"repeat_every\": 3, \"agenda\": \"The next collection\"");
	for (int i = 0; i < 3; i++)
		api_expect(api_post(hal(), api_path("%s/registrations", board),
				   "{\"person_id\": \"%s\", \"series\": true}",
				   story_person_id(members[i])),
			201);
	const char *planned_ones = "kind=advisory_board&status=planned";
	for (int i = 0; i < 3; i++)
		assert_int_equal(seen_by(members[i], planned_ones), 4);
	assert_int_equal(seen_by("leader2", planned_ones), 0);
	api_expect_problem(api_get(as("leader2"), "%s", board), 404, "not_found");
	api_expect_problem(api_post(as("leader2"), api_path("%s/registrations", board), "{}"), 404,
		"not_found");
	/* a member who cannot come in spring says so; in summer they are there again */
	struct api_reply *all = api_expect(
		api_get(as("junior2"), "/api/v1/gatherings?%s", planned_ones), 200);
	const char *own = api_text(all, "items.1.links.registration");
	api_if_match(as("junior2"), api_expect(api_get(as("junior2"), "%s", own), 200));
	api_expect(api_delete(as("junior2"), "%s", own), 204);
	assert_int_equal(seen_by("junior2", planned_ones), 3);
	api_clock_to("2027-04-20 16:00Z");
	api_wait_until(WAIT, seen_by("junior1", planned_ones) == 2);
	api_clock(0);
}

/* ---- a year -----------------------------------------------------------------------------------*/

static const char *pair, *mentor;

/* The two meet on the fifteenth of each of six months from that day on. */
static void agree(const char *starts_on)
{
	struct api_reply *made = api_expect(
		api_post(as(mentor), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"monthly\", \"duration_minutes\": 45, "
			"\"channels\": [\"video\"], \"time_zone\": \"UTC\", \"starts_on\": \"%s\"}",
			pair, starts_on),
		201);
	const char *sign = api_path("%s/signature", api_text(made, "links.self"));
	api_expect(api_change(as(mentor), sign), 200);
	api_expect(api_change(as("leader3"), sign), 200);
	api_expect(api_post(as(mentor), "/api/v1/sessions/series",
			   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", pair),
		200);
}

static void report_the_last_session(void)
{
	struct api_reply *all;
	api_wait_until(WAIT,
		(all = api_get(as(mentor), "/api/v1/sessions?pair_id=%s&status=unreported", pair),
			api_count(all, "items") == 1));
	api_expect(api_post(as(mentor), api_path("%s/report", api_text(all, "items.0.links.self")),
			   "{\"outcome\": \"held\"}"),
		200);
}

static void a_pair_meets_every_month_and_mentors_among_themselves(void **state)
{
	(void)state;
	static const char *const circles = "kind=mentor_circle";
	programme = api_text(
		api_expect(api_post(hal(), "/api/v1/programmes",
				   "{\"title\": \"A year\", \"purpose\": \"inclusion\", "
				   "\"starts_on\": \"2027-01-04\", \"ends_on\": \"2028-01-31\"}"),
			201),
		"id");
	api_expect(api_post(hal(), api_path("/api/v1/programmes/%s/recruitment", programme), NULL),
		200);
	for (int i = 1; i <= 3; i++)
		story_enrol(api_path("junior%d", i), programme, "mentor", 1);
	story_enrol("leader3", programme, "mentee", 1);
	story_round("hr.lead", programme);
	pair = story_pair("leader3", programme, &mentor);
	const char *circle = planned(
		"\"kind\": \"mentor_circle\", \"title\": \"Among ourselves\", "
		"\"starts_at\": \"2027-01-20T16:00\", \"duration_minutes\": 60, "
		"\"repeat_count\": 12, \"repeat_unit\": \"month\"");
	for (int i = 1; i <= 3; i++)
		api_expect(api_post(as(api_path("junior%d", i)),
				   api_path("%s/registrations", circle), "{\"series\": true}"),
			201);
	agree("2027-01-15");
	for (int month = 1; month <= 12; month++) {
		if (month == 7)
			agree("2027-07-15");
		api_clock_to(api_path("2027-%02d-21 12:00Z", month));
		report_the_last_session();
		api_wait_until(WAIT,
			seen_by(mentor, api_path("%s&status=held", circles)) == (size_t)month);
		assert_int_equal(seen_by("leader3", circles), 0);
		api_expect_problem(api_get(as("leader3"), "%s", circle), 404, "not_found");
	}
	assert_int_equal(
		api_count(api_get(as("leader3"), "/api/v1/sessions?pair_id=%s&status=held", pair),
			"items"),
		12);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM scheduling.notification n JOIN profiles.person p "
			"ON p.id = n.person_id WHERE p.user_name = 'leader3' AND n.subject = "
			"'gathering' AND n.subject_id = '%s'",
			circle + strlen("/api/v1/gatherings/")),
		"0");
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_sign_up_and_hal_asks_for_teams),
		cmocka_unit_test(every_team_has_a_senior_and_all_departments),
		cmocka_unit_test(a_team_records_what_came_of_it_and_the_company_adopts_it),
		cmocka_unit_test(juniors_advise_leaders_every_quarter),
		cmocka_unit_test(a_pair_meets_every_month_and_mentors_among_themselves),
	};
	return cmocka_run_group_tests(tests, the_company_is_there, api_release);
}
