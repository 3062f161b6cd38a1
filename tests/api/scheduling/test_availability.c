/*
 * A leader's exceptions from their weekly hours, over the API: what they change in free windows, slots and
 * bookings, what is refused, and who sees what.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define EXCEPTIONS "/api/v1/availability/exceptions"

static const char *pair, *mentor, *leader_id;
static struct api *leader, *junior, *assistant; /* the last one acts for the leader */

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Availability", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-01-04");
	leader = api_as("participant", "chief");
	junior = api_as("participant", mentor);
	leader_id = story_person_id("chief");
	api_sql("superuser",
		"UPDATE profiles.person SET time_zone = 'Europe/Berlin', country = 'DE'"
		" WHERE user_name = 'chief' RETURNING 1");
	api_expect(api_put(junior, "/api/v1/people/me/weekly-hours",
			   "{\"windows\": [{\"weekday\": 1, \"starts\": \"00:00\", \"ends\": "
			   "\"24:00\"},"
			   " {\"weekday\": 6, \"starts\": \"00:00\", \"ends\": \"24:00\"}]}"),
		200);
	api_expect(api_post(leader, "/api/v1/people/me/delegates", "{\"assistant_id\": \"%s\"}",
			   story_person_id("it.team")),
		201);
	assistant = api_new("participant", "it.team");
	api_on_behalf_of(assistant, leader_id);
	return 0;
}

static int tear_down(void **state)
{
	api_free(assistant);
	return api_release(state);
}

static struct api_reply *make(struct api *who, const char *body)
{
	return api_post(who, EXCEPTIONS, "{%s}", body);
}

static struct api_reply *book(const char *starts_at)
{
	return api_expect(api_post(junior, "/api/v1/sessions",
				  "{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": "
				  "\"Europe/Berlin\","
				  " \"duration_minutes\": 30, \"mode\": \"video\"}",
				  pair, starts_at),
		201);
}

static void cancel(const struct api_reply *made)
{
	api_expect(api_post(junior, api_path("%s/cancellation", api_text(made, "links.self")),
			   "{\"reason\": \"busy\"}"),
		200);
}

/* The windows of the leader on a day, as "HH:MM-HH:MM" of UTC. */
static const char *windows_on(struct api *who, const char *day)
{
	struct api_reply *list = api_expect(
		api_get(who, "/api/v1/availability?person_id=%s&from=%sT00:00:00Z&to=%sT23:59:00Z",
			leader_id, day, day),
		200);
	const char *all = "";
	for (size_t i = 0; i < api_count(list, "windows"); i++)
		all = api_path("%s%s%.5s-%.5s", all, *all ? " " : "",
			api_text(list, api_path("windows.%zu.starts_at", i)) + 11,
			api_text(list, api_path("windows.%zu.ends_at", i)) + 11);
	return all;
}

static void a_week_away_frees_no_slot_and_binds_nobody(void **state)
{
	(void)state;
	/* Monday 18 January 2027, an hour ahead of UTC */
	assert_string_equal(windows_on(leader, "2027-01-18"), "08:00-16:00");
	struct api_reply *before = book("2027-01-18T10:00"), *later = book("2027-02-01T10:00");
	assert_string_equal(api_text(before, "status"), "confirmed");
	assert_string_equal(windows_on(junior, "2027-01-18"), "08:00-09:00 09:30-16:00");
	struct api_reply *made = api_expect(
		make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-01-17\","
			     " \"ends_on\": \"2027-01-22\", \"note\": \"Skiing\""),
		201);
	assert_string_equal(api_text(made, "note"), "Skiing");
	assert_int_equal(api_count(made, "conflicts"), 1);
	assert_string_equal(api_text(made, "conflicts.0"), api_text(before, "id"));
	assert_string_equal(windows_on(junior, "2027-01-18"), "");
	/* the session stays, until it is moved or cancelled */
	cancel(before);
	made = api_expect(api_get(leader, "%s", api_text(made, "links.self")), 200);
	assert_int_equal(api_count(made, "conflicts"), 0);
	struct api_reply *asked = book("2027-01-18T10:00");
	assert_string_equal(api_text(asked, "status"), "proposed");
	cancel(asked);
	struct api_reply *slots = api_expect(
		api_get(junior, "/api/v1/slots?pair_id=%s&from=2027-01-17T00:00:00Z&days=7", pair),
		200);
	assert_int_equal(api_count(slots, "slots"), 0);
	cancel(later);
	api_if_match(leader, made);
	api_expect(api_delete(leader, "%s", api_text(made, "links.self")), 204);
	assert_string_equal(windows_on(junior, "2027-01-18"), "08:00-16:00");
}

static void extra_hours_count_on_a_saturday_until_midnight(void **state)
{
	(void)state;
	assert_string_equal(windows_on(leader, "2027-01-30"), "");
	api_expect(make(leader, "\"kind\": \"extra\", \"starts_on\": \"2027-01-30\","
				" \"starts\": \"22:30\", \"ends\": \"24:00\""),
		201);
	api_expect(make(leader, "\"kind\": \"extra\", \"starts_on\": \"2027-01-30\","
				" \"starts\": \"10:00\", \"ends\": \"14:00\""),
		201);
	api_expect(make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-01-30\","
				" \"starts\": \"11:00\", \"ends\": \"12:00\""),
		201);
	assert_string_equal(
		windows_on(junior, "2027-01-30"), "09:00-10:00 11:00-13:00 21:30-23:00");
	struct api_reply *made = book("2027-01-30T12:00");
	assert_string_equal(api_text(made, "status"), "confirmed");
	cancel(made);
	made = book("2027-01-30T11:45");
	assert_string_equal(api_text(made, "status"), "proposed");
	cancel(made);
	struct api_reply *slots = api_expect(
		api_get(junior,
			"/api/v1/slots?pair_id=%s&from=2027-01-30T00:00:00Z&days=1&minutes=90",
			pair),
		200);
	assert_int_equal(api_count(slots, "slots"), 2);
	assert_string_equal(api_text(slots, "slots.1.starts_at"), "2027-01-30T21:30:00Z");
	/* where the leader is: in New York six hours later */
	api_sql("superuser", "UPDATE profiles.person SET time_zone = 'America/New_York'"
			     " WHERE user_name = 'chief' RETURNING 1");
	assert_string_equal(windows_on(junior, "2027-01-30"), "15:00-16:00 17:00-19:00");
	api_sql("superuser", "UPDATE profiles.person SET time_zone = 'Europe/Berlin'"
			     " WHERE user_name = 'chief' RETURNING 1");
}

static void leave_that_hr_knows_counts_to_its_last_day(void **state)
{
	(void)state;
	api_sql("superuser", "UPDATE profiles.person SET status = 'on_leave', on_leave_until ="
			     " '2027-03-01' WHERE user_name = 'chief' RETURNING 1");
	assert_string_equal(windows_on(leader, "2027-03-01"), "");
	assert_string_equal(windows_on(leader, "2027-03-02"), "08:00-16:00");
	api_sql("superuser", "UPDATE profiles.person SET status = 'active', on_leave_until = NULL"
			     " WHERE user_name = 'chief' RETURNING 1");
	assert_string_equal(windows_on(leader, "2027-03-01"), "08:00-16:00");
}

static void what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *body, *code, *where;
	} cases[] = {
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends_on\": \"2027-06-01\"",
			"dates_reversed", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"starts\": \"12:00\", "
		  "\"ends\": "
		  "\"12:00\"",
			"dates_reversed", "/ends" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"starts\": \"12:00\"",
			"unprocessable", "/ends" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends\": \"12:00\"",
			"unprocessable", "/starts" },
		{ "\"kind\": \"extra\", \"starts_on\": \"2027-06-02\"", "unprocessable",
			"/starts" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends_on\": \"2027-06-03\","
		  " \"starts\": \"12:00\", \"ends\": \"13:00\"",
			"unprocessable", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2020-06-02\"", "in_the_past",
			"/starts_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2020-06-02\", \"ends_on\": \"2020-06-03\"",
			"in_the_past", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2020-06-02\", \"starts\": \"10:00\", "
		  "\"ends\": "
		  "\"11:00\"",
			"in_the_past", "/ends" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		api_expect_fault(
			api_expect_problem(make(leader, cases[i].body), 422, cases[i].code),
			cases[i].where);
	api_expect_fault(
		make(leader, "\"kind\": \"away\", \"starts_on\": \"2200-01-01\""), "/starts_on");
}

static void exceptions_of_one_kind_are_apart_and_not_too_many(void **state)
{
	(void)state;
	/* the last day that there is */
	api_expect(make(leader, "\"kind\": \"away\", \"starts_on\": \"2199-12-31\""), 201);
	api_expect(
		make(leader,
			"\"kind\": \"away\", \"starts_on\": \"2027-08-02\", \"starts\": \"10:00\","
			" \"ends\": \"12:00\""),
		201);
	api_expect_problem(make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-08-02\""), 409,
		"exception_overlap");
	api_expect(
		make(leader,
			"\"kind\": \"away\", \"starts_on\": \"2027-08-02\", \"starts\": \"12:00\","
			" \"ends\": \"24:00\""),
		201);
	api_expect_problem(api_get(leader, "/api/v1/availability?from=2027-02-01T00:00:00Z"
					   "&to=2027-01-01T00:00:00Z"),
		422, "dates_reversed");
	api_sql("superuser",
		"INSERT INTO scheduling.exception (id, person_id, kind, starts_on, ends_on)"
		" SELECT gen_random_uuid(), '%s', 'away', d, d FROM (SELECT date '2030-01-01' + n "
		"AS d"
		" FROM generate_series(1, 200 - (SELECT count(*) FROM scheduling.exception)::int) "
		"n) x"
		" RETURNING 1",
		leader_id);
	api_expect_problem(make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-09-06\""), 409,
		"too_many_exceptions");
	api_sql("superuser",
		"DELETE FROM scheduling.exception WHERE starts_on > '2030-01-01' RETURNING 1");
}

static void others_see_windows_and_no_reasons(void **state)
{
	(void)state;
	/* a delegate enters an absence and reads it, without the note */
	struct api_reply *made = api_expect(
		make(assistant, "\"kind\": \"away\", \"starts_on\":"
				" \"2027-10-04\", \"note\": \"Clinic\""),
		201);
	const char *self = api_text(made, "links.self");
	assert_null(strstr(made->text, "Clinic"));
	made = api_expect(api_get(leader, "%s", self), 200);
	assert_string_equal(api_text(made, "note"), "Clinic");
	struct api_reply *list = api_expect(api_get(assistant, EXCEPTIONS "?limit=100"), 200);
	assert_non_null(strstr(list->text, self));
	assert_null(strstr(list->text, "Clinic"));
	assert_string_equal(windows_on(assistant, "2027-10-04"), "");
	/* the partner sees windows alone, and none if the hours are hidden; others never */
	api_expect_problem(api_get(junior, "%s", self), 404, "not_found");
	assert_int_equal(api_count(api_expect(api_get(junior, EXCEPTIONS), 200), "items"), 0);
	const char *path = api_path("/api/v1/availability?person_id=%s", leader_id);
	list = api_expect(api_get(junior, "%s", path), 200);
	assert_null(strstr(list->text, "away"));
	api_expect_problem(
		api_get(api_as("participant", "it.lead"), "%s", path), 422, "unknown_reference");
	api_sql("superuser",
		"UPDATE profiles.person SET visibility = '{\"weekly_hours\": \"nobody\"}'"
		" WHERE user_name = 'chief' RETURNING 1");
	api_expect_problem(api_get(junior, "%s", path), 422, "unknown_reference");
	api_expect(api_get(leader, "/api/v1/availability"), 200);
	/* over, it is listed no longer */
	api_clock_to("2027-10-05 12:00Z");
	list = api_expect(api_get(leader, EXCEPTIONS "?limit=100"), 200);
	assert_null(strstr(list->text, self));
	api_if_match(assistant, api_expect(api_get(assistant, "%s", self), 200));
	api_expect(api_delete(assistant, "%s", self), 204);
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_week_away_frees_no_slot_and_binds_nobody),
		cmocka_unit_test(extra_hours_count_on_a_saturday_until_midnight),
		cmocka_unit_test(leave_that_hr_knows_counts_to_its_last_day),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(exceptions_of_one_kind_are_apart_and_not_too_many),
		cmocka_unit_test(others_see_windows_and_no_reasons),
	};
	return cmocka_run_group_tests_name("availability", tests, set_up, tear_down);
}
