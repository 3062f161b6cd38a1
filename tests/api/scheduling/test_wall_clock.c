/*
 * Times on a wall clock become the right instants, whatever the clocks of the zone do, and what is
 * no such time is refused with the member that says it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Clocks", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api_reply *book(const char *starts_at, const char *zone, int fold)
{
	return api_post(chief(), "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"%s\", \"fold\": %d,"
		" \"duration_minutes\": 15, \"mode\": \"chat\"}",
		pair, starts_at, zone, fold);
}

/* Books, holds the instant and the zone against what is wanted, and calls it off. */
static void is_at(const char *starts_at, const char *zone, int fold, const char *instant)
{
	struct api_reply *made = api_expect(book(starts_at, zone, fold), 201);
	assert_string_equal(api_text(made, "starts_at"), instant);
	assert_string_equal(api_text(made, "time_zone"), zone);
	api_expect(api_post(chief(), api_path("%s/cancellation", api_text(made, "links.self")),
			   "{\"reason\": \"travel\"}"),
		200);
}

static void clocks_that_change_are_read_as_they_hang(void **state)
{
	(void)state;
	/* Cairo goes forward at midnight, and back at midnight */
	api_expect_problem(
		book("2027-04-30T00:30", "Africa/Cairo", 0), 422, "local_time_nonexistent");
	is_at("2027-04-30T01:00", "Africa/Cairo", 0, "2027-04-29T22:00:00Z");
	is_at("2027-10-28T23:30", "Africa/Cairo", 0, "2027-10-28T20:30:00Z");
	is_at("2027-10-28T23:30", "Africa/Cairo", 1, "2027-10-28T21:30:00Z");
	/* Lord Howe moves by half an hour */
	api_expect_problem(
		book("2027-10-03T02:15", "Australia/Lord_Howe", 0), 422, "local_time_nonexistent");
	is_at("2027-04-04T01:45", "Australia/Lord_Howe", 0, "2027-04-03T14:45:00Z");
	is_at("2027-04-04T01:45", "Australia/Lord_Howe", 1, "2027-04-03T15:15:00Z");
}

static void former_names_of_zones_are_good_and_other_names_are_not(void **state)
{
	(void)state;
	static const char *const good[][2] = {
		{ "Europe/Kiev", "2027-01-20T08:00:00Z" },
		{ "Europe/Kyiv", "2027-01-20T08:00:00Z" },
		{ "Asia/Calcutta", "2027-01-20T04:30:00Z" },
		{ "Asia/Kolkata", "2027-01-20T04:30:00Z" },
		{ "America/Godthab", "2027-01-20T12:00:00Z" },
		{ "America/Nuuk", "2027-01-20T12:00:00Z" },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		is_at("2027-01-20T10:00", good[i][0], 0, good[i][1]);
	static const char *const bad[] = { "W. Europe Standard Time", "(UTC+01:00) Berlin",
		"europe/berlin", "UTC+1" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct api_reply *no = book("2027-01-20T10:00", bad[i], 0);
		assert_true(no->status == 400 || no->status == 422);
		api_expect_fault(no, "/time_zone");
		struct api_reply *import = api_import(
			api_path("external_id,user_name,given_name,level,time_zone\n"
				 "Z-1,zoe,Zoe,1,%s\n",
				bad[i]),
			NULL);
		assert_string_equal(api_text(import, "status"), "faulty");
	}
}

static void an_instant_is_no_wall_clock_time(void **state)
{
	(void)state;
	static const char *const times[] = { "2027-01-20T09:00:00.000Z", "2027-01-20T09:00:00",
		"2027-01-20T09:00+01:00" };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct api_reply *no = book(times[i], "Europe/Berlin", 0);
		assert_in_range(no->status, 400, 422);
		api_expect_fault(no, "/starts_at");
	}
	struct api_reply *no = api_post(chief(), "/api/v1/agreements",
		"{\"pair_id\": \"%s\", \"cadence\": \"six_weeks\", \"duration_minutes\": 45,"
		" \"channels\": [\"video\"], \"time_zone\": \"Europe/Berlin\","
		" \"starts_on\": \"2027-01-18T23:00:00.000Z\"}",
		pair);
	assert_in_range(no->status, 400, 422);
	api_expect_fault(no, "/starts_on");
	struct api_reply *list = api_expect(api_get(chief(),
						    "/api/v1/sessions?pair_id=%s&status="
						    "confirmed,proposed",
						    pair),
		200);
	assert_int_equal(api_count(list, "items"), 0);
}

/* Half past eight on Mondays in Auckland, over the end of summer time there. */
static void a_series_keeps_to_the_clock_on_the_wall(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"six_weeks\","
			" \"duration_minutes\": 45, \"channels\": [\"video\"],"
			" \"time_zone\": \"Pacific/Auckland\", \"starts_on\": \"2027-03-29\"}",
			pair),
		201);
	const char *sign = api_path("%s/signature", api_text(made, "links.self"));
	api_expect(api_change(chief(), sign), 200);
	api_expect(api_change(junior, sign), 200);
	struct api_reply *plan = api_expect(
		api_post(chief(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"08:30\", \"weekday\": 1}", pair),
		200);
	static const char *const starts[] = { "2027-03-28T19:30:00Z", "2027-04-04T20:30:00Z",
		"2027-04-11T20:30:00Z", "2027-04-18T20:30:00Z", "2027-04-25T20:30:00Z",
		"2027-05-02T20:30:00Z" };
	assert_int_equal(api_count(plan, "dates"), sizeof starts / sizeof *starts);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		assert_string_equal(api_text(plan, api_path("dates.%zu.starts_at", i)), starts[i]);
}

/* The first Thursday of every second month in New York, at nine, whatever the clocks do. */
static void a_series_has_a_rhythm_of_its_own(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&status=confirmed,proposed&limit=50",
			pair),
		200);
	for (size_t i = 0; i < api_count(list, "items"); i++)
		api_expect(api_post(chief(),
				   api_path("%s/cancellation",
					   api_text(list, api_path("items.%zu.links.self", i))),
				   "{\"reason\": \"travel\"}"),
			200);
	static const char body[] =
		"{\"pair_id\": \"%s\", \"local_time\": \"09:00\", \"weekday\": 4,"
		" \"time_zone\": \"America/New_York\"%s}";
	api_expect_fault(api_expect(api_post(chief(), "/api/v1/sessions/series", body, pair,
					    ", \"repeat_on\": \"weekday\""),
				 422),
		"/repeat_unit");
	struct api_reply *plan = api_expect(
		api_post(chief(), "/api/v1/sessions/series", body, pair,
			", \"repeat_unit\": \"month\", \"repeat_every\": 2, \"repeat_on\": "
			"\"weekday\""),
		200);
	static const char *const starts[] = { "2027-04-01T13:00:00Z", "2027-06-03T13:00:00Z",
		"2027-08-05T13:00:00Z", "2027-10-07T13:00:00Z", "2027-12-02T14:00:00Z",
		"2028-02-03T14:00:00Z" };
	assert_int_equal(api_count(plan, "dates"), sizeof starts / sizeof *starts);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		assert_string_equal(api_text(plan, api_path("dates.%zu.starts_at", i)), starts[i]);
}

/* ---- a new release of the tz database ---- */

#define ZONES "build/test/zoneinfo.clocks"

/* A copy of the database in which New York has the clocks of another place, and its start by the service. */
static void start_with_clocks(const char *of)
{
	char here[PATH_MAX];
	assert_non_null(getcwd(here, sizeof here));
	api_stop("scheduling");
	assert_int_equal(system(api_path("rm -rf " ZONES " && cp -rs /usr/share/zoneinfo " ZONES
					 " && cp --remove-destination /usr/share/zoneinfo/%s " ZONES
					 "/America/New_York",
				 of)),
		0);
	api_start_with("scheduling", api_path("TZDIR=%s/" ZONES, here), NULL);
}

/* Where the next session of the pair from a day on stands. */
static struct api_reply *session_after(const char *day)
{
	return api_expect(
		api_get(chief(),
			"/api/v1/sessions?pair_id=%s&status=confirmed,proposed&starts_after=%s"
			"&limit=1",
			pair, day),
		200);
}

static const char *start_after(const char *day)
{
	return api_text(session_after(day), "items.0.starts_at");
}

static int told(const char *kind)
{
	return atoi(api_sql("superuser",
		"SELECT count(*) FROM scheduling.notification WHERE kind = '%s'", kind));
}

static struct api_reply *circle(void)
{
	const char *programme = api_text(
		api_expect(api_get(chief(), "/api/v1/pairs/%s", pair), 200), "programme.id");
	return api_expect(api_post(api_as("programme_admin", "hr.lead"), "/api/v1/gatherings",
				  "{\"programme_id\": \"%s\", \"kind\": \"information_session\", "
				  "\"title\": \"How it"
				  " works\", \"starts_at\": \"2027-07-01T09:00\", \"time_zone\":"
				  " \"America/New_York\", \"duration_minutes\": 30}",
				  programme),
		201);
}

/* The plan of the test before: nine o'clock in New York, in summer time from April to October. When the
 * clocks there are no longer put forward, nine o'clock is an hour later. In October the chief is busy then,
 * with a meeting on the clocks of Berlin. */
static void new_rules_keep_the_time_of_day(void **state)
{
	(void)state;
	struct api_reply *gathering = circle();
	struct api_reply *busy = api_expect(book("2027-10-07T16:30", "Europe/Berlin", 0), 201);
	assert_string_equal(api_text(busy, "starts_at"), "2027-10-07T14:30:00Z");
	struct api_reply *june = session_after("2027-06-01T00:00:00Z");
	assert_string_equal(api_text(june, "items.0.starts_at"), "2027-06-03T13:00:00Z");
	long long sequence = api_integer(june, "items.0.sequence");

	start_with_clocks("America/Panama"); /* five hours behind, all year */
	api_wait_until(
		120.0, strcmp(start_after("2027-10-01T00:00:00Z"), "2027-10-07T13:00:00Z") == 0 &&
			       told("session_clock_clash") == 2);
	june = session_after("2027-06-01T00:00:00Z");
	assert_string_equal(api_text(june, "items.0.starts_at"), "2027-06-03T14:00:00Z");
	assert_string_equal(api_text(june, "items.0.status"), "confirmed");
	assert_int_equal(api_integer(june, "items.0.sequence"), sequence + 1);
	assert_string_equal(start_after("2027-08-01T00:00:00Z"), "2027-08-05T14:00:00Z");
	assert_string_equal(start_after("2027-12-01T00:00:00Z"), "2027-12-02T14:00:00Z");
	struct api_reply *october = session_after("2027-10-01T00:00:00Z");
	assert_string_equal(api_text(october, "items.0.status"), "proposed");
	assert_string_equal(start_after("2027-10-07T13:30:00Z"), "2027-10-07T14:30:00Z");
	assert_string_equal(
		api_text(api_expect(api_get(chief(), "%s", api_text(gathering, "links.self")), 200),
			"starts_at"),
		"2027-07-01T14:00:00Z");
	assert_int_equal(told("session_clock_moved"), 6); /* April, June, August; each to both */

	/* back when the rules come back, and each of them once */
	start_with_clocks("America/New_York");
	api_wait_until(
		120.0, strcmp(start_after("2027-08-01T00:00:00Z"), "2027-08-05T13:00:00Z") == 0);
	assert_string_equal(start_after("2027-04-01T00:00:00Z"), "2027-04-01T13:00:00Z");
	/* by event, and of what is proposed in October now, too */
	api_wait_until(120.0, told("session_clock_moved") >= 14);
	assert_int_equal(told("session_clock_moved"), 14);
	api_stop("scheduling");
	api_start("scheduling");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_that_change_are_read_as_they_hang),
		cmocka_unit_test(former_names_of_zones_are_good_and_other_names_are_not),
		cmocka_unit_test(an_instant_is_no_wall_clock_time),
		cmocka_unit_test(a_series_keeps_to_the_clock_on_the_wall),
		cmocka_unit_test(a_series_has_a_rhythm_of_its_own),
		cmocka_unit_test(new_rules_keep_the_time_of_day),
	};
	return cmocka_run_group_tests_name("wall clocks", tests, set_up, api_release);
}
