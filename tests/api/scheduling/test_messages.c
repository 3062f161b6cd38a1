/* What a coordinator can do about those who keep a programme waiting: remind them, or give them
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT     20.0
#define DAY      86400L
#define MESSAGES "/api/v1/messages"

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Messages", 2);
	story_round("hr.lead", programme);
	return 0;
}

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static int told(const char *user_name, const char *kind)
{
	int count = 0;
	struct api_reply *list = api_expect(
		api_get(as(user_name), "/api/v1/notifications?limit=200"), 200);
	for (size_t i = 0; i < api_count(list, "items"); i++)
		count += strcmp(api_text(list, api_path("items.%zu.kind", i)), kind) == 0;
	return count;
}

static struct api_reply *remind(const char *about, const char *more)
{
	return api_expect(
		api_post(admin(), MESSAGES, "{\"programme_id\": \"%s\", \"about\": \"%s\"%s}",
			programme, about, more),
		201);
}

static void expect_counts(const struct api_reply *message, int found, int reminded)
{
	assert_int_equal(api_integer(message, "found"), found);
	assert_int_equal(api_integer(message, "reminded"), reminded);
	assert_int_equal(api_integer(message, "passed_over"), found - reminded);
}

static void whoever_has_not_picked_is_reminded_once_a_day(void **state)
{
	(void)state;
	expect_counts(remind("pick", ", \"preview\": true"), 2, 2);
	assert_int_equal(told("chief", "pick_reminder"), 0);
	struct api_reply *list = story_shortlist("chief", programme);
	const char *one = api_path(", \"shortlist_id\": \"%s\"", api_text(list, "id"));
	struct api_reply *sent = remind("pick", one);
	expect_counts(sent, 1, 1);
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "%s", api_text(sent, "links.shortlist")), 200),
			"status"),
		"open");
	expect_counts(remind("pick", one), 1, 0);
	expect_counts(remind("pick", ""), 2, 1);
	assert_int_equal(told("chief", "pick_reminder"), 1);
	assert_int_equal(told("it.lead", "pick_reminder"), 1);
	/* the next day again, but not within a day of the product's own */
	api_clock(DAY + 3600);
	expect_counts(remind("pick", one), 1, 1);
	api_clock(3 * DAY + 3600);
	api_wait_until(WAIT, told("chief", "pick_reminder") == 3);
	expect_counts(remind("pick", one), 1, 0);
	/* the same request twice is one message */
	struct api *who = admin();
	long long before = api_count(api_expect(api_get(who, MESSAGES "?limit=200"), 200), "items");
	const char *again = NULL;
	for (int i = 0; i < 2; i++) {
		api_header(who, "Idempotency-Key: once");
		const char *id = api_text(remind("answer", ""), "id");
		if (again)
			assert_string_equal(id, again);
		again = id;
	}
	assert_int_equal(api_count(api_expect(api_get(who, MESSAGES "?limit=200"), 200), "items"),
		before + 1);
}

static void a_reminder_says_what_waits_and_not_who_asked(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(as("chief"), "/api/v1/notifications?limit=200"), 200);
	assert_null(strstr(list->text, story_person_id("hr.lead")));
	assert_null(strstr(list->text, "Lead"));
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) = 1 FROM common.audit a JOIN common.idempotency i ON "
			"i.object_id = a.object_id WHERE i.key = 'once' AND a.object = "
			"'scheduling.message' AND a.change = 'insert'"),
		"t");
}

static void nobody_else_reminds_or_reads_of_it(void **state)
{
	(void)state;
	struct api *other = api_as("programme_admin", "other.admin");
	const char *body = "{\"programme_id\": \"%s\", \"about\": \"pick\"%s}";
	api_expect(api_post(as("chief"), MESSAGES, body, programme, ""), 403);
	api_expect(api_post(as("hr.lead"), MESSAGES, body, programme, ""), 403);
	api_expect_fault(api_expect_problem(api_post(other, MESSAGES, body, programme, ""), 422,
				 "unknown_reference"),
		"/programme_id");
	const char *theirs = story_programme("other.admin", "Theirs");
	api_expect_problem(api_post(other, MESSAGES, body, theirs, ""), 409, "wrong_state");
	const char *foreign = api_path(
		", \"shortlist_id\": \"%s\"", api_text(story_shortlist("chief", programme), "id"));
	api_expect_fault(api_expect_problem(api_post(other, MESSAGES, body, theirs, foreign), 422,
				 "unknown_reference"),
		"/shortlist_id");
	assert_int_equal(api_count(api_expect(api_get(other, MESSAGES), 200), "items"), 0);
	struct api_reply *log = api_expect(
		api_get(admin(), MESSAGES "?programme_id=%s&limit=1", programme), 200);
	api_expect(api_get(admin(), "%s", api_text(log, "items.0.links.self")), 200);
	api_expect(api_get(other, "%s", api_text(log, "items.0.links.self")), 404);
}

static struct api_reply *give_time(const char *path, const char *member, const char *until)
{
	struct api_reply *now = api_expect(api_get(admin(), "%s", path), 200);
	api_if_match(admin(), now);
	return api_patch(admin(), path, "{\"%s\": \"%s\"}", member, until);
}

static void a_shortlist_gets_more_time_and_opens_again(void **state)
{
	(void)state;
	api_expect(give_time(api_text(story_shortlist("it.lead", programme), "links.self"),
			   "pick_by", "2026-12-23T09:00:00Z"),
		200);
	const char *path = api_text(story_shortlist("chief", programme), "links.self");
	api_expect_problem(give_time(path, "pick_by", "2026-11-01T09:00:00Z"), 422, "in_the_past");
	api_expect_problem(
		give_time(path, "pick_by", "2027-11-01T09:00:00Z"), 422, "unprocessable");
	struct api_reply *later = api_expect(
		give_time(path, "pick_by", "2026-12-10T09:00:00Z"), 200);
	assert_string_equal(api_text(later, "pick_by"), "2026-12-10T09:00:00Z");
	api_wait_until(WAIT, told("chief", "shortlist_extended") == 1);
	const char *more = "{\"pick_by\": \"2026-12-24T09:00:00Z\"}";
	api_expect(api_patch(as("chief"), path, "%s", more), 403);
	struct api *other = api_as("programme_admin", "other.admin");
	api_if_match(other, later);
	api_expect(api_patch(other, path, "%s", more), 404);
	api_clock_to("2026-12-10 10:00Z");
	api_wait_until(WAIT, told("chief", "shortlist_expired") == 1);
	int opened = told("chief", "shortlist_opened");
	assert_string_equal(
		api_text(api_expect(give_time(path, "pick_by", "2026-12-12T09:00:00Z"), 200),
			"status"),
		"open");
	api_wait_until(WAIT, told("chief", "shortlist_opened") == opened + 1);
	pair = story_pair("chief", programme, &mentor);
	api_expect_problem(
		give_time(path, "pick_by", "2026-12-13T09:00:00Z"), 409, "shortlist_not_open");
}

static void a_mentor_gets_more_time_to_answer(void **state)
{
	(void)state;
	api_clock_to("2026-12-04 10:00Z");
	struct api_reply *list = story_shortlist("it.lead", programme);
	const char *who = story_user_name(api_text(list, "mentors.0.mentor.id"));
	struct api_reply *asked = api_expect(
		api_post(as("it.lead"), api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
	const char *path = api_text(asked, "links.self");
	expect_counts(
		remind("answer", api_path(", \"pair_id\": \"%s\"", api_text(asked, "id"))), 1, 1);
	assert_int_equal(told(who, "answer_reminder"), 1);
	struct api_reply *later = api_expect(
		give_time(path, "answer_by", "2026-12-20T09:00:00Z"), 200);
	assert_string_equal(api_text(later, "answer_by"), "2026-12-20T09:00:00Z");
	api_wait_until(WAIT, told(who, "answer_extended") == 1);
	api_clock_to("2026-12-19 10:00Z");
	api_expect(api_post(as(who), api_path("%s/acceptance", path), NULL), 200);
	api_expect_problem(
		give_time(path, "answer_by", "2026-12-24T09:00:00Z"), 409, "wrong_state");
}

static void the_two_of_a_pair_are_reminded_of_what_each_has_to_do(void **state)
{
	(void)state;
	const char *of = api_path(", \"pair_id\": \"%s\"", pair);
	expect_counts(remind("agreement", of), 2, 2);
	api_clock_to("2026-12-21 12:00Z");
	const char *agreement = api_text(
		api_expect(api_post(as("chief"), "/api/v1/agreements",
				   "{\"pair_id\": \"%s\", \"cadence\": \"six_weeks\", "
				   "\"duration_minutes\": 30, \"channels\": [\"video\"], "
				   "\"time_zone\": \"UTC\", \"starts_on\": \"2027-01-18\"}",
				   pair),
			201),
		"id");
	const char *sign = api_path("/api/v1/agreements/%s/signature", agreement);
	api_expect(api_change(as("chief"), sign), 200);
	expect_counts(remind("agreement", of), 1, 1); /* the mentor alone */
	assert_int_equal(told("chief", "agreement_reminder"), 1);
	assert_int_equal(told(mentor, "agreement_reminder"), 2);
	expect_counts(remind("sessions", of), 0, 0);
	api_expect(api_change(as(mentor), sign), 200);
	expect_counts(remind("sessions", of), 2, 2);
	api_expect(api_post(as(mentor), "/api/v1/sessions/series",
			   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", pair),
		200);
	api_clock_to("2027-01-18 12:00Z");
	api_wait_until(WAIT, told("chief", "session_unreported") == 1);
	expect_counts(remind("report", of), 2, 2);
	assert_int_equal(told(mentor, "report_reminder"), 1);
}

/* Tests build this only through the database: coordinators are not yet named through the API. */
static void who_stands_above_learns_nothing_by_reminding(void **state)
{
	(void)state;
	const char *above = api_sql("superuser",
		"WITH RECURSIVE up AS (SELECT manager_id AS id FROM profiles.person WHERE "
		"user_name = '%s' UNION SELECT p.manager_id FROM up JOIN profiles.person p ON p.id "
		"= up.id) SELECT p.user_name FROM up JOIN profiles.person p ON p.id = up.id WHERE "
		"p.user_name LIKE '%%.team'",
		mentor);
	api_sql("superuser",
		"INSERT INTO matching.coordinator (programme_id, person_id) VALUES ('%s', '%s')",
		programme, story_person_id(above));
	/* after hours, when the product itself asks nobody to report */
	api_clock_to("2027-01-19 22:30Z");
	struct api_reply *none = api_expect(
		api_post(api_as("programme_admin", above), MESSAGES,
			"{\"programme_id\": \"%s\", \"about\": \"report\", \"pair_id\": \"%s\"}",
			programme, pair),
		201);
	expect_counts(none, 0, 0);
	expect_counts(remind("report", api_path(", \"pair_id\": \"%s\"", pair)), 2, 2);
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_has_not_picked_is_reminded_once_a_day),
		cmocka_unit_test(a_reminder_says_what_waits_and_not_who_asked),
		cmocka_unit_test(nobody_else_reminds_or_reads_of_it),
		cmocka_unit_test(a_shortlist_gets_more_time_and_opens_again),
		cmocka_unit_test(a_mentor_gets_more_time_to_answer),
		cmocka_unit_test(the_two_of_a_pair_are_reminded_of_what_each_has_to_do),
		cmocka_unit_test(who_stands_above_learns_nothing_by_reminding),
	};
	return cmocka_run_group_tests_name("messages", tests, set_up, api_release);
}
