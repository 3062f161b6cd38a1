/*
 * How many meetings a pair and a person may have ahead, and that nobody is bound outside their hours without being
 * asked.
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

static const char *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Limits", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-01-04");
	api_expect(api_put(api_as("participant", "chief"), "/api/v1/people/me/weekly-hours",
			   "{\"windows\": [{\"weekday\": 2, \"starts\": \"08:00\", \"ends\": \"12:00\"},"
			   " {\"weekday\": 4, \"starts\": \"08:00\", \"ends\": \"12:00\"}]}"),
		200);
	api_sql("superuser", "UPDATE profiles.person SET time_zone = 'Europe/Berlin', country = 'DE' WHERE "
			     "user_name = 'chief' RETURNING 1");
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

static struct api_reply *book(struct api *who, const char *starts_at)
{
	return api_post(who, "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\","
		" \"duration_minutes\": 30, \"mode\": \"video\"}",
		pair, starts_at);
}

static void cancel(const struct api_reply *made)
{
	api_expect(api_post(chief(), api_path("%s/cancellation", api_text(made, "links.self")),
			   "{\"reason\": \"busy\"}"),
		200);
}

/* 5 January 2027 is a Tuesday. */
static void outside_their_hours_nobody_is_bound_unasked(void **state)
{
	(void)state;
	static const struct {
		const char *starts_at, *status;
	} cases[] = { { "2027-01-05T08:00", "confirmed" }, { "2027-01-05T11:30", "confirmed" },
		{ "2027-01-05T07:45", "proposed" }, { "2027-01-05T11:45", "proposed" },
		{ "2027-01-05T23:45", "proposed" }, { "2027-01-06T10:00", "proposed" },
		{ "2027-01-09T10:00", "proposed" } };
	struct api_reply *made;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		made = api_expect(book(junior(), cases[i].starts_at), 201);
		assert_string_equal(api_text(made, "status"), cases[i].status);
		cancel(made);
	}
	/* on a public holiday of theirs too */
	api_sql("superuser", "INSERT INTO scheduling.holiday (place, day, name) VALUES ('DE', "
			     "'2027-01-07', 'h') RETURNING 1");
	made = api_expect(book(junior(), "2027-01-07T10:00"), 201);
	assert_string_equal(api_text(made, "status"), "proposed");
	cancel(made);
	/* a series: Tuesdays are theirs, Wednesdays are not */
	struct api_reply *plan = api_expect(api_post(junior(), "/api/v1/sessions/series",
						    "{\"pair_id\": \"%s\", \"local_time\": \"10:00\","
						    " \"weekday\": 3}",
						    pair),
		200);
	assert_int_equal(api_integer(plan, "booked"), 13);
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&status=confirmed", pair), 200);
	assert_int_equal(api_count(list, "items"), 0);
}

static void beyond_the_plan_there_are_few(void **state)
{
	(void)state;
	struct api_reply *made[3];
	static const char *const days[3] = { "2027-05-04T10:00", "2027-05-11T10:00",
		"2027-05-18T10:00" };
	for (int i = 0; i < 3; i++)
		made[i] = api_expect(book(junior(), days[i]), 201);
	api_expect_problem(book(junior(), "2027-05-25T10:00"), 409, "too_many_meetings");
	api_expect_problem(book(chief(), "2027-05-25T10:00"), 409, "too_many_meetings");
	cancel(made[1]);
	api_expect(book(chief(), "2027-05-25T10:00"), 201);
	api_expect_problem(book(junior(), "2027-05-11T10:00"), 409, "too_many_meetings");
	/* the plan is used up: one at a time */
	api_clock_to("2027-06-01 00:00Z");
	made[0] = api_expect(book(junior(), "2027-06-08T10:00"), 201);
	api_expect_problem(book(chief(), "2027-06-15T10:00"), 409, "too_many_meetings");
	cancel(made[0]);
	api_expect(book(chief(), "2027-06-15T10:00"), 201);
	api_clock(0);
}

/* Ten in a week, Monday to Sunday, whoever books them; a move into a full week is refused, one within it is not. */
static void a_week_is_full(void **state)
{
	(void)state;
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"week\": 10}' WHERE name = 'meeting_limits' "
		"RETURNING 1");
	struct api_reply *last = NULL;
	for (int i = 0; i < 10; i++)
		last = api_expect(book(i % 2 ? junior() : chief(),
					  api_path("2027-09-%02dT%02d:00", 6 + i % 7, 9 + i)),
			201);
	api_expect_problem(book(junior(), "2027-09-06T20:00"), 409, "week_full");
	struct api_reply *next = api_expect(book(junior(), "2027-09-13T20:00"), 201);
	api_if_match(junior(), next);
	api_expect_problem(api_patch(junior(), api_text(next, "links.self"),
				   "{\"starts_at\": \"2027-09-12T20:00\", \"time_zone\": \"UTC\"}"),
		409, "week_full");
	api_if_match(junior(), last);
	api_expect(api_patch(junior(), api_text(last, "links.self"),
			   "{\"starts_at\": \"2027-09-12T20:00\", \"time_zone\": \"UTC\"}"),
		200);
	cancel(last);
	api_expect(book(junior(), "2027-09-06T20:00"), 201);
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"beyond_plan\": 3, \"after_plan\": 1, \"week\": 10}'"
		" WHERE name = 'meeting_limits' RETURNING 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outside_their_hours_nobody_is_bound_unasked),
		cmocka_unit_test(beyond_the_plan_there_are_few),
		cmocka_unit_test(a_week_is_full),
	};
	return cmocka_run_group_tests_name("limits", tests, set_up, api_release);
}
