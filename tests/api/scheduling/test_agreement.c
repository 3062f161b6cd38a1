/* Agreements, their plan, the series that books it, and the one meeting before, over the API. */
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

static const char *pair, *mentor, *signed_one;

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Agreements", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
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

/* Somebody who takes part, in no pair of the chief's. */
static struct api *other(void)
{
	return api_as("participant", "it.lead");
}

static struct api_reply *book(struct api *who, const char *starts_at, int minutes, const char *more)
{
	return api_post(who, "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"UTC\","
		" \"duration_minutes\": %d, \"mode\": \"video\"%s}",
		pair, starts_at, minutes, more);
}

static struct api_reply *propose(struct api *who, const char *starts_on)
{
	return api_post(who, "/api/v1/agreements",
		"{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\", \"duration_minutes\": 60,"
		" \"channels\": [\"video\", \"phone\"], \"touchpoint_cadence\": \"weekly\","
		" \"touchpoint_channel\": \"chat\", \"expectations\": \"we both prepare\","
		" \"time_zone\": \"Europe/Berlin\", \"starts_on\": \"%s\"}",
		pair, starts_on);
}

static void one_short_meeting_comes_before_the_agreement(void **state)
{
	(void)state;
	api_expect_problem(book(chief(), "2027-01-04T10:00", 45, ""), 409, "agreement_missing");
	api_expect_problem(book(chief(), "2027-01-04T10:00", 30, ", \"kind\": \"regular\""), 409,
		"agreement_missing");
	api_expect_fault(
		api_expect(
			book(chief(), "2027-01-04T10:00", 45, ", \"kind\": \"get_to_know\""), 422),
		"/duration_minutes");
	struct api_reply *first = api_expect(book(chief(), "2027-01-04T10:00", 30, ""), 201);
	assert_string_equal(api_text(first, "kind"), "get_to_know");
	api_expect_problem(book(junior(), "2027-01-05T10:00", 30, ""), 409, "agreement_missing");
	api_if_match(chief(), first);
	api_expect_fault(api_expect(api_patch(chief(), api_text(first, "links.self"),
					    "{\"duration_minutes\": 60}"),
				 422),
		"/duration_minutes");
	/* a cancelled one does not count */
	api_expect(api_post(junior(), api_path("%s/cancellation", api_text(first, "links.self")),
			   "{\"reason\": \"ill\"}"),
		200);
	api_expect(book(junior(), "2027-01-05T10:00", 30, ""), 201);
}

static void a_proposed_meeting_is_confirmed_by_the_other(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&status=confirmed", pair), 200);
	api_expect(
		api_post(chief(), api_path("%s/cancellation", api_text(list, "items.0.links.self")),
			"{\"reason\": \"busy\"}"),
		200);
	struct api_reply *asked = api_expect(
		book(chief(), "2027-01-06T10:00", 30, ", \"propose\": true"), 201);
	assert_string_equal(api_text(asked, "status"), "proposed");
	const char *self = api_text(asked, "links.self");
	const char *confirm = api_path("%s/confirmation", self);
	api_expect_problem(api_post(chief(), confirm, NULL), 409, "wrong_state");
	api_expect(api_post(other(), confirm, NULL), 404);
	struct api_reply *yes = api_expect(api_post(junior(), confirm, NULL), 200);
	assert_string_equal(api_text(yes, "status"), "confirmed");
	api_expect_problem(api_post(junior(), confirm, NULL), 409, "wrong_state");
	struct api_reply *past = api_expect(api_get(chief(), "%s/history", self), 200);
	assert_int_equal(api_count(past, "items"), 2);
	assert_string_equal(api_text(past, "items.0.change"), "booked");
	assert_string_equal(api_text(past, "items.1.change"), "confirmed");
	assert_string_equal(api_text(past, "items.1.by.id"), story_person_id(mentor));
	api_expect(api_get(other(), "%s/history", self), 404);
}

/* It is no body; anything else is none that this takes. */
static void sign_with_an_empty_object(const char *sign, const char *self)
{
	struct api_reply *offered = api_expect(api_get(chief(), "%s", self), 200);
	api_if_match(chief(), offered);
	api_expect_problem(api_post(chief(), sign, "null"), 400, "invalid_body");
	api_if_match(chief(), offered);
	api_expect_problem(api_post(chief(), sign, "[]"), 400, "invalid_body");
	api_if_match(chief(), offered);
	api_expect(api_post(chief(), sign, "{}"), 200);
}

static void both_sign_what_both_may_change(void **state)
{
	(void)state;
	api_expect_problem(propose(other(), "2027-03-01"), 422, "unknown_reference");
	api_expect_problem(propose(chief(), "2020-03-01"), 422, "in_the_past");
	struct api_reply *made = api_expect(propose(chief(), "2027-03-01"), 201);
	const char *self = api_text(made, "links.self");
	const char *sign = api_path("%s/signature", self);
	assert_int_equal(api_integer(made, "expected_sessions"), 13);
	api_expect_problem(propose(junior(), "2027-03-08"), 409, "wrong_state");
	api_expect(api_get(other(), "%s", self), 404);
	api_expect(api_change(other(), sign), 404);
	sign_with_an_empty_object(sign, self);
	api_expect_problem(api_change(chief(), sign), 409, "already_signed");
	/* a change takes the signature back */
	struct api_reply *seen = api_expect(api_get(junior(), "%s", self), 200);
	assert_true(json_is_string(api_member(seen, "signatures.mentee")));
	api_if_match(other(), seen);
	api_expect(api_patch(other(), self, "{\"duration_minutes\": 15}"), 404);
	api_if_match(junior(), seen);
	struct api_reply *changed = api_expect(api_patch(junior(), self,
						       "{\"duration_minutes\": 45, \"channels\": "
						       "[\"video\"], \"expectations\": null}"),
		200);
	assert_true(json_is_null(api_member(changed, "signatures.mentee")));
	assert_int_equal(api_count(changed, "channels"), 1);
	api_if_match(junior(), seen);
	api_expect_problem(api_patch(junior(), self, "{\"duration_minutes\": 30}"), 412, "stale");
	/* nobody signs another version than the one they have read */
	api_if_match(junior(), seen);
	api_expect_problem(api_post(junior(), sign, NULL), 412, "stale");
	api_expect_problem(api_post(junior(), sign, NULL), 428, "precondition_required");
	api_expect_problem(api_post(chief(), "/api/v1/sessions/series",
				   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", pair),
		409, "agreement_missing");
	api_expect(api_change(junior(), sign), 200);
	struct api_reply *both = api_expect(api_change(chief(), sign), 200);
	assert_string_equal(api_text(both, "status"), "signed");
	api_if_match(chief(), both);
	api_expect_problem(
		api_patch(chief(), self, "{\"duration_minutes\": 30}"), 409, "already_signed");
	signed_one = api_text(both, "id");
	struct api_reply *plan = api_expect(api_get(junior(), "%s/plan", self), 200);
	assert_int_equal(api_count(plan, "dates"), 13);
	assert_string_equal(api_text(plan, "dates.0.due_on"), "2027-03-01");
	assert_string_equal(api_text(plan, "dates.12.due_on"), "2027-05-24");
	api_expect(api_get(other(), "%s/plan", self), 404);
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/agreements?pair_id=%s&status=signed", pair), 200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_int_equal(
		api_count(api_expect(api_get(other(), "/api/v1/agreements"), 200), "items"), 0);
}

/* What follows from the agreement and who has signed, not what the two wrote. */
static void the_coordinator_finds_the_plan_but_not_the_pairs_own_words(void **state)
{
	(void)state;
	const char *self = api_path("/api/v1/agreements/%s", signed_one);
	struct api *admin = api_as("programme_admin", "hr.lead");
	struct api_reply *plan = api_expect(api_get(junior(), "%s/plan", self), 200);
	assert_true(json_equal(api_expect(api_get(admin, "%s/plan", self), 200)->body, plan->body));
	struct api_reply *known = api_expect(
		api_get(admin, "%s",
			api_text(api_expect(api_get(admin, "/api/v1/pairs/%s", pair), 200),
				"links.agreements")),
		200);
	assert_string_equal(api_text(known, "items.0.links.self"), self);
	assert_string_equal(api_text(known, "items.0.links.plan"), api_path("%s/plan", self));
	struct api_reply *seen = api_expect(api_get(admin, "%s", self), 200);
	assert_non_null(api_text(seen, "signatures.mentee"));
	static const char *const hidden[] = { "expectations", "confidentiality", "partner" };
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		assert_true(json_is_null(api_member(seen, hidden[i])));
	api_expect(api_get(api_as("programme_admin", "other.admin"), "%s/plan", self), 404);
	api_expect(api_get(api_as("programme_admin", "other.admin"), "%s", self), 404);
	api_expect(api_get(api_as("participant", "hr.lead"), "%s/plan", self), 404);
	api_expect(api_get(api_as("participant", "hr.lead"), "%s", self), 404);
}

static const char *result_of(const struct api_reply *plan, int number)
{
	return api_text(plan, api_path("dates.%d.result", number));
}

static void a_series_loses_nothing(void **state)
{
	(void)state;
	/* Tuesdays at half past two; on 28 March the clocks of Berlin jump, so 09:30 is another
	 * instant */
	struct api_reply *taken = api_expect(book(junior(), "2027-03-16T13:45", 45, ""), 201);
	assert_string_equal(api_text(taken, "kind"), "regular");
	api_expect_fault(api_expect_problem(
				 api_post(other(), "/api/v1/sessions/series",
					 "{\"pair_id\": \"%s\", \"local_time\": \"14:30\"}", pair),
				 422, "unknown_reference"),
		"/pair_id");
	struct api_reply *plan = api_expect(
		api_post(chief(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"14:30\", \"weekday\": 2}", pair),
		200);
	/* the meeting of 16 March took the date of 15 March; 23 March 14:30 is free and booked */
	assert_int_equal(api_integer(plan, "booked"), 13);
	assert_string_equal(api_text(plan, "dates.0.starts_at"), "2027-03-02T13:30:00Z");
	assert_string_equal(api_text(plan, "dates.2.session_id"), api_text(taken, "id"));
	assert_string_equal(api_text(plan, "dates.3.starts_at"), "2027-03-23T13:30:00Z");
	assert_string_equal(api_text(plan, "dates.4.starts_at"), "2027-03-30T12:30:00Z");
	for (int i = 0; i < 13; i++)
		assert_string_equal(result_of(plan, i), "booked");
	/* a cancelled date is open again; where somebody is busy it says so and stays open */
	const char *fifth = api_text(plan, "dates.5.session_id");
	api_expect(api_post(chief(), api_path("/api/v1/sessions/%s/cancellation", fifth),
			   "{\"reason\": \"travel\"}"),
		200);
	const char *sixth = api_text(plan, "dates.6.session_id");
	api_expect(api_post(chief(), api_path("/api/v1/sessions/%s/cancellation", sixth),
			   "{\"reason\": \"travel\"}"),
		200);
	api_expect(book(chief(), "2027-04-06T07:30", 30, ", \"kind\": \"get_to_know\""), 409);
	struct api_reply *again = api_expect(
		api_post(junior(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"15:00\", \"weekday\": 2,"
			" \"time_zone\": \"Europe/Lisbon\"}",
			pair),
		200);
	assert_int_equal(api_integer(again, "booked"), 13);
	assert_string_equal(api_text(again, "dates.5.starts_at"), "2027-04-06T14:00:00Z");
}

static void a_date_that_is_taken_stays_open(void **state)
{
	(void)state;
	struct api_reply *next = api_expect(propose(junior(), "2027-06-02"), 201);
	const char *sign = api_path("%s/signature", api_text(next, "links.self"));
	assert_int_equal(api_integer(next, "number"), 2);
	api_expect(api_change(junior(), sign), 200);
	api_expect(api_change(chief(), sign), 200);
	struct api_reply *old = api_expect(
		api_get(chief(), "/api/v1/agreements?pair_id=%s&status=superseded", pair), 200);
	assert_int_equal(api_count(old, "items"), 1);
	/* three weeks in, both are busy: at the end of the plan one is left over for it */
	struct api_reply *busy = api_expect(book(chief(), "2027-06-16T08:30", 30, ""), 201);
	const char *move = api_text(busy, "links.self");
	struct api_reply *plan = api_expect(
		api_post(chief(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"11:00\"}", pair),
		200);
	assert_int_equal(api_integer(plan, "booked"), 13);
	api_if_match(chief(), api_expect(api_get(chief(), "%s", move), 200));
	api_expect_problem(api_patch(chief(), move,
				   "{\"starts_at\": \"2027-06-23T09:30\", \"time_zone\": \"UTC\"}"),
		409, "overlap");
	const char *fourth = api_text(plan, "dates.3.session_id");
	api_expect(api_post(chief(), api_path("/api/v1/sessions/%s/cancellation", fourth),
			   "{\"reason\": \"travel\"}"),
		200);
	api_if_match(chief(), api_expect(api_get(chief(), "%s", move), 200));
	api_expect(api_patch(chief(), move,
			   "{\"starts_at\": \"2027-06-23T09:30\", \"time_zone\": \"UTC\"}"),
		200);
	struct api_reply *left = api_expect(
		api_post(chief(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"11:00\"}", pair),
		200);
	assert_string_equal(result_of(left, 3), "overlap");
	assert_string_equal(api_text(left, "dates.3.status"), "open");
	assert_int_equal(api_integer(left, "booked"), 12);
	left = api_expect(api_post(chief(), "/api/v1/sessions/series",
				  "{\"pair_id\": \"%s\", \"local_time\": \"12:30\"}", pair),
		200);
	assert_string_equal(result_of(left, 3), "booked");
	assert_int_equal(api_integer(left, "booked"), 13);
}

static void a_skipped_hour_is_named(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"monthly\", \"duration_minutes\": 30,"
			" \"channels\": [\"chat\"], \"time_zone\": \"Europe/Berlin\","
			" \"starts_on\": \"2028-01-26\"}",
			pair),
		201);
	const char *sign = api_path("%s/signature", api_text(made, "links.self"));
	api_expect(api_change(chief(), sign), 200);
	api_expect(api_change(junior(), sign), 200);
	/* 26 March 2028 is the Sunday on which 02:30 does not exist in Berlin */
	struct api_reply *plan = api_expect(
		api_post(chief(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"02:30\", \"mode\": \"phone\"}",
			pair),
		200);
	assert_int_equal(api_count(plan, "dates"), 6);
	assert_string_equal(api_text(plan, "dates.2.due_on"), "2028-03-26");
	assert_string_equal(result_of(plan, 2), "local_time_nonexistent");
	assert_int_equal(api_integer(plan, "booked"), 5);
	api_clock(3 * 365 * 86400L);
	plan = api_expect(api_post(chief(), "/api/v1/sessions/series",
				  "{\"pair_id\": \"%s\", \"local_time\": \"03:30\"}", pair),
		200);
	assert_string_equal(result_of(plan, 2), "in_the_past");
	assert_string_equal(api_text(plan, "dates.2.status"), "overdue");
	api_clock(0);
}

/* The newest notification of a kind, once there is one. */
static json_t *wait_told(struct api *person, const char *kind)
{
	size_t i;
	json_t *one, *found = NULL;
	api_wait_until(30, ({
		struct api_reply *list = api_get(person, "/api/v1/notifications?limit=200");
		json_array_foreach(api_member(list, "items"), i,
			one) if (!found && strcmp(json_string_value(json_object_get(one, "kind")),
						   kind) == 0) found = one;
		found != NULL;
	}));
	return found;
}

static const char *nudges(const char *which)
{
	return api_sql("superuser",
		"SELECT count(*) FROM scheduling.notification WHERE kind = 'rhythm_nudge' AND %s",
		which);
}

/* With the body that comes with a slot; and takes it back. */
static void book_in_one_click(const char *link)
{
	struct api_reply *slots = api_expect(api_get(junior(), "%s", link), 200);
	assert_int_equal(api_count(slots, "slots"), 3);
	char *body = json_dumps(api_member(slots, "slots.0.book"), 0);
	struct api_reply *made = api_expect(
		api_post(junior(), "/api/v1/sessions", "%s", body), 201);
	free(body);
	assert_string_equal(api_text(made, "starts_at"), api_text(slots, "slots.0.starts_at"));
	assert_string_equal(
		"0", api_sql("superuser", "SELECT count(*) FROM scheduling.fading_member"));
	api_expect(api_post(junior(), api_path("%s/cancellation", api_text(made, "links.self")),
			   "{\"reason\": \"other\"}"),
		200);
}

/* A pair that lets its dates pass is asked to meet, with three times, while it is at work and before its
 * coordinator has a sign of it; once a week, and no more once it has booked. */
static void a_pair_that_loses_its_rhythm_is_asked_to_meet(void **state)
{
	(void)state;
	struct api_reply *plan = api_expect(
		api_get(chief(), "/api/v1/agreements/%s/plan", signed_one), 200);
	const char *day = api_sql("superuser",
		"SELECT d::date FROM generate_series('%s'::date + 2, '%s'::date + 5, '1 day') d "
		"WHERE "
		"extract(isodow FROM d) < 6 LIMIT 1",
		api_text(plan, "dates.0.due_on"), api_text(plan, "dates.0.due_on"));
	api_clock_to(api_path("%s 02:00Z", day));
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) > 0 FROM scheduling.fresh_nudges() "
				     "WHERE kind = 'rhythm_nudge'"),
		"t");
	api_clock_to(api_path("%s 12:00Z", day));
	json_t *asked = wait_told(junior(), "rhythm_nudge");
	wait_told(chief(), "rhythm_nudge");
	assert_string_equal("2", nudges("true"));
	struct api_reply *flags = api_expect(
		api_get(api_as("programme_admin", "hr.lead"), "/api/v1/flags?limit=100"), 200);
	assert_null(strstr(flags->text, "overdue_cadence"));
	assert_null(strstr(flags->text, "nothing_booked"));
	assert_string_equal(
		"t", api_sql("superuser", "SELECT bool_and(scheduling.in_hours(person_id, "
					  "created_at, created_at + interval '1 minute')) FROM "
					  "scheduling.notification WHERE kind IN "
					  "('rhythm_nudge', 'touchpoint_due', "
					  "'touchpoint_reminder')"));
	/* a week later they are asked again, and that is all for this date */
	api_clock_to(api_sql("superuser", "SELECT '%s'::date + 7 + time '12:30'", day));
	api_wait_until(30, strcmp("4", nudges("true")) == 0);
	assert_string_equal("2", nudges("cause LIKE '% again'"));
	assert_string_equal(
		"t", api_sql("superuser", "SELECT max(n) <= 5 FROM (SELECT count(*) AS n FROM "
					  "scheduling.notification WHERE kind IN "
					  "('rhythm_nudge', 'touchpoint_due', "
					  "'touchpoint_reminder') GROUP BY person_id, "
					  "date_trunc('week', created_at)) x"));
	book_in_one_click(
		json_string_value(json_object_get(json_object_get(asked, "links"), "slots")));
	api_clock(0);
}

/* Weekly sessions and weekly check-ins between them, as agreed. */
static void check_ins_come_between_the_sessions(void **state)
{
	(void)state;
	struct api_reply *plan = api_expect(
		api_get(chief(), "/api/v1/agreements/%s/plan", signed_one), 200);
	size_t count = api_count(plan, "touchpoints");
	assert_in_range(count, 1, 13);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(api_text(plan, api_path("touchpoints.%zu.status", i)), "due");
		assert_string_equal(api_text(plan, api_path("touchpoints.%zu.channel", i)), "chat");
	}
	const char *id = api_text(plan, "touchpoints.0.id");
	const char *self = api_path("/api/v1/touchpoints/%s", id);
	struct api_reply *one = api_expect(api_get(junior(), "%s", self), 200);
	assert_false(api_truth(one, "overdue"));
	assert_string_equal(api_text(one, "due_on"), api_text(plan, "touchpoints.0.due_on"));
	api_expect(api_get(other(), "%s", self), 404);
	api_if_match(other(), one);
	api_expect(api_patch(other(), self, "{\"status\": \"done\"}"), 404);
	assert_int_equal(
		api_count(api_expect(api_get(other(), "/api/v1/touchpoints"), 200), "items"), 0);
	/* the day passes without a word: one task, whatever else has passed */
	api_clock_to(api_path("%s 12:00Z", api_text(plan, "touchpoints.1.due_on")));
	one = api_expect(api_get(junior(), "%s", self), 200);
	assert_true(api_truth(one, "overdue"));
	wait_told(junior(), "touchpoint_due");
	wait_told(chief(), "touchpoint_due");
	struct api_reply *page = api_expect(api_get(junior(), "/api/v1/dashboards/me"), 200);
	assert_non_null(strstr(page->text, "record_touchpoint"));
	assert_non_null(strstr(page->text, id));
	api_if_match(junior(), one);
	one = api_expect(api_patch(junior(), self, "{\"status\": \"skipped\"}"), 200);
	page = api_expect(api_get(junior(), "/api/v1/dashboards/me"), 200);
	assert_null(strstr(page->text, "record_touchpoint"));
	api_if_match(junior(), one);
	one = api_expect(api_patch(junior(), self, "{\"status\": \"done\"}"), 200);
	assert_string_equal(api_text(one, "status"), "done");
	api_if_match(junior(), one);
	api_expect_problem(
		api_patch(junior(), self, "{\"status\": \"skipped\"}"), 409, "closed_record");
	api_if_match(chief(), api_expect(api_get(chief(), "%s", self), 200));
	api_expect_fault(api_expect(api_patch(chief(), self, "{}"), 422), "/status");
	api_clock(0);
}

static void a_check_in_of_their_own_is_added(void **state)
{
	(void)state;
	static const char body[] = "{\"pair_id\": \"%s\", \"due_on\": \"%s\", \"channel\": "
				   "\"phone\", \"status\": \"%s\"}";
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/touchpoints", body, pair, "2026-11-30", "done"), 201);
	assert_string_equal(api_text(made, "status"), "done");
	assert_true(json_is_null(api_member(made, "agreement_id")));
	api_expect_fault(api_expect_problem(api_post(chief(), "/api/v1/touchpoints", body, pair,
						    "2026-11-29", "due"),
				 422, "in_the_past"),
		"/due_on");
	api_expect_fault(
		api_expect_problem(api_post(chief(), "/api/v1/touchpoints",
					   "{\"pair_id\": \"%s\", \"due_on\": \"2026-11-29\", "
					   "\"channel\": \"chat\"}",
					   pair),
			422, "in_the_past"),
		"/due_on");
	api_expect_fault(api_expect(api_post(chief(), "/api/v1/touchpoints", body, pair,
					    "2026-12-02", "done"),
				 422),
		"/due_on");
	api_expect_fault(api_expect_problem(api_post(other(), "/api/v1/touchpoints", body, pair,
						    "2027-01-29", "due"),
				 422, "unknown_reference"),
		"/pair_id");
	struct api_reply *list = api_expect(
		api_get(junior(), "/api/v1/touchpoints?pair_id=%s&status=done&limit=1", pair), 200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_string_equal(api_text(list, "items.0.id"), api_text(made, "id"));
}

/* Rows of the view that are about the pair; and signs that its coordinator sees. */
static const char *of_pair(const char *view)
{
	return api_sql("superuser", "SELECT count(*) FROM %s WHERE pair_id = '%s'", view, pair);
}

static const char *signs(void)
{
	return of_pair("(SELECT f.* FROM evaluation.plan_flag f JOIN common.task_kind k USING (kind) "
		       "WHERE f.since <= common.now() - make_interval(days => k.work_days)) f");
}

static void met_on(const char *day, const char *outcome)
{
	const char *self = api_text(
		api_expect(api_post(chief(), "/api/v1/sessions",
				   "{\"pair_id\": \"%s\", \"starts_at\": \"%sT10:00\", \"time_zone\": "
				   "\"UTC\", \"duration_minutes\": 30, \"mode\": \"video\"}",
				   pair, day),
			201),
		"links.self");
	api_clock_to(api_path("%s 12:00Z", day));
	api_expect(api_post(junior(), api_path("%s/report", self), "{\"outcome\": \"%s\"}", outcome),
		200);
}

/* A pair that meets once a month is not asked after ten days, nor is its coordinator told after two weeks; once
 * one of its own dates has passed without a session it is, and a coordinator hears nothing yet. */
static void each_pair_has_its_own_rhythm(void **state)
{
	(void)state;
	api_clock_to("2028-12-01 12:00Z");
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"monthly\", \"duration_minutes\": 30,"
			" \"channels\": [\"chat\"], \"time_zone\": \"Europe/Berlin\","
			" \"starts_on\": \"2029-01-10\"}",
			pair),
		201);
	const char *sign = api_path("%s/signature", api_text(made, "links.self"));
	api_expect(api_change(chief(), sign), 200);
	api_expect(api_change(junior(), sign), 200);
	api_sql("superuser", "UPDATE scheduling.session SET step = 'report_held' WHERE pair_id = '%s' "
			     "AND status IN ('proposed', 'confirmed', 'unreported') AND ends_at < "
			     "common.now()",
		pair);
	met_on("2029-01-10", "held");
	api_clock_to("2029-01-31 12:00Z");
	assert_string_equal(of_pair("scheduling.idle_member"), "2");
	assert_string_equal(of_pair("scheduling.fading_member"), "0");
	assert_string_equal(signs(), "0");
	api_clock_to("2029-02-12 12:00Z"); /* the 10th has passed */
	assert_string_equal(of_pair("scheduling.fading_member"), "2");
	assert_string_equal(signs(), "0");
	/* a session that did not take place is none: they are asked at once */
	met_on("2029-02-13", "missed");
	api_clock_to("2029-02-14 12:00Z");
	assert_string_equal(of_pair("scheduling.fading_member"), "2");
	assert_string_equal(signs(), "0");
	met_on("2029-02-15", "held");
	api_clock_to("2029-03-01 12:00Z");
	assert_string_equal(of_pair("scheduling.fading_member"), "0");
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_short_meeting_comes_before_the_agreement),
		cmocka_unit_test(a_proposed_meeting_is_confirmed_by_the_other),
		cmocka_unit_test(both_sign_what_both_may_change),
		cmocka_unit_test(the_coordinator_finds_the_plan_but_not_the_pairs_own_words),
		cmocka_unit_test(a_pair_that_loses_its_rhythm_is_asked_to_meet),
		cmocka_unit_test(check_ins_come_between_the_sessions),
		cmocka_unit_test(a_check_in_of_their_own_is_added),
		cmocka_unit_test(a_series_loses_nothing),
		cmocka_unit_test(a_date_that_is_taken_stays_open),
		cmocka_unit_test(a_skipped_hour_is_named),
		cmocka_unit_test(each_pair_has_its_own_rhythm),
	};
	return cmocka_run_group_tests_name("agreements", tests, set_up, api_release);
}
