/*
 * An assistant books for a leader: what they may do, what they never see, who is told, and how it ends.
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

#define WAIT       30
#define ASSISTANT  "it.team"
#define COLLECTION "/api/v1/people/me/delegates"

static const char *pair, *mentor, *agreement, *leader_id, *assistant_id;
static struct api *leader, *junior, *assistant; /* the last one acts for the leader */
static const char *session;

static const char *name_delegate(struct api *who, const char *more)
{
	return api_text(api_expect(api_post(who, COLLECTION, "{\"assistant_id\": \"%s\"%s}",
					   assistant_id, more),
				201),
		"links.self");
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Delegates", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	agreement = story_agreement(pair, "chief", mentor, "2027-01-04");
	leader = api_as("participant", "chief");
	junior = api_as("participant", mentor);
	leader_id = story_person_id("chief");
	assistant_id = story_person_id(ASSISTANT);
	assistant = api_new("participant", ASSISTANT);
	api_on_behalf_of(assistant, leader_id);
	return 0;
}

static int tear_down(void **state)
{
	api_free(assistant);
	return api_release(state);
}

static struct api_reply *book(struct api *who, const char *starts_at)
{
	return api_post(who, "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\","
		" \"duration_minutes\": 30, \"mode\": \"video\"}",
		pair, starts_at);
}

/* The newest notification of this kind about the session; NULL: none. */
static json_t *told(const char *user, const char *kind)
{
	struct api_reply *list = api_expect(
		api_get(api_as("participant", user), "/api/v1/notifications?limit=200"), 200);
	size_t i;
	json_t *one;
	json_array_foreach(api_member(list, "items"), i,
		one) if (strcmp(json_string_value(json_object_get(one, "kind")), kind) == 0 &&
			 strstr(session,
				 json_string_value(json_object_get(one, "subject_id")))) return one;
	return NULL;
}

static void nobody_acts_for_somebody_who_has_not_named_them(void **state)
{
	(void)state;
	api_expect_problem(api_get(assistant, "/api/v1/sessions"), 403, "not_delegate");
	api_expect_problem(book(assistant, "2027-01-12T10:00"), 403, "not_delegate");
	api_header(junior, "X-On-Behalf-Of: %s", assistant_id);
	api_expect_problem(api_get(junior, "/api/v1/sessions"), 403, "not_delegate");
	api_header(junior, "X-On-Behalf-Of: chief");
	api_expect_problem(api_get(junior, "/api/v1/sessions"), 403, "not_delegate");
	api_header(leader, "X-On-Behalf-Of: %s", leader_id); /* no one is their own delegate */
	api_expect_problem(api_get(leader, "/api/v1/sessions"), 403, "not_delegate");
}

static void a_person_names_a_delegate(void **state)
{
	(void)state;
	api_expect_problem(api_post(leader, COLLECTION, "{\"assistant_id\": \"%s\"}", leader_id),
		422, "self_reference");
	api_expect_problem(
		api_post(leader, COLLECTION,
			"{\"assistant_id\": \"%s\", \"until\": \"2026-11-29\"}", assistant_id),
		422, "in_the_past");
	api_expect_problem(api_post(leader, COLLECTION,
				   "{\"assistant_id\": \"019a0000-0000-7000-8000-0000000000ac\"}"),
		422, "unknown_reference");
	const char *self = name_delegate(leader, "");
	api_expect_problem(api_post(leader, COLLECTION, "{\"assistant_id\": \"%s\"}", assistant_id),
		409, "name_taken");
	struct api_reply *list = api_expect(api_get(leader, COLLECTION), 200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_string_equal(api_text(list, "items.0.assistant.id"), assistant_id);
	/* the two read it, nobody else, and nobody names delegates of others */
	api_expect(api_get(api_as("participant", ASSISTANT), "%s", self), 200);
	api_expect_problem(api_get(junior, "%s", self), 404, "not_found");
	api_expect_problem(
		api_get(junior, "/api/v1/people/%s/delegates", leader_id), 404, "not_found");
	api_expect_problem(api_post(junior, api_path("/api/v1/people/%s/delegates", leader_id),
				   "{\"assistant_id\": \"%s\"}", assistant_id),
		404, "not_found");
	struct api_reply *me = api_expect(
		api_get(api_as("participant", ASSISTANT), "/api/v1/me"), 200);
	assert_string_equal(api_text(me, "delegations.0.person.id"), leader_id);
	assert_true(api_truth(me, "features.delegates"));
}

static bool can(const struct api_reply *seen, const char *action)
{
	for (size_t i = 0; i < api_count(seen, "can"); i++)
		if (strcmp(api_text(seen, api_path("can.%zu", i)), action) == 0)
			return true;
	return false;
}

static void a_delegate_books_moves_and_cancels(void **state)
{
	(void)state;
	struct api_reply *partners = api_expect(api_get(assistant, "/api/v1/sessions/partners"), 200);
	assert_int_equal(api_count(partners, "items"), 1);
	assert_string_equal(api_text(partners, "items.0.pair_id"), pair);
	assert_true(api_truth(partners, "items.0.agreement_signed"));
	assert_true(api_integer(partners, "items.0.open_dates") > 1);
	struct api_reply *slots = api_expect(
		api_get(assistant, "/api/v1/slots?pair_id=%s&count=3", pair), 200);
	assert_int_equal(api_count(slots, "slots"), 3);
	api_header(assistant, "Idempotency-Key: assistants-first");
	struct api_reply *made = api_expect(book(assistant, "2027-01-12T10:00"), 201);
	session = api_text(made, "links.self");
	assert_string_equal(api_text(made, "status"), "confirmed");
	assert_true(can(made, "patch") && can(made, "cancellation"));
	story_settle(); /* who is told of it is told while it stands so */
	/* the key is the assistant's own: the leader's is another, and it is bound to the person */
	api_header(assistant, "Idempotency-Key: assistants-first");
	struct api_reply *again = api_expect(book(assistant, "2027-01-12T10:00"), 201);
	assert_string_equal(api_text(again, "links.self"), session);
	struct api *plain = api_as("participant", ASSISTANT);
	api_header(plain, "Idempotency-Key: assistants-first");
	api_expect_problem(book(plain, "2027-01-12T10:00"), 422, "key_reused");

	struct api_reply *list = api_expect(api_get(assistant, "/api/v1/sessions"), 200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_null(api_member(list, "items.0.links.pair"));
	struct api_reply *seen = api_expect(api_get(assistant, "%s", session), 200);
	api_if_match(assistant, seen);
	seen = api_expect(api_patch(assistant, session,
				  "{\"starts_at\": \"2027-01-13T10:00\", \"time_zone\":"
				  " \"Europe/Berlin\"}"),
		200);
	/* whoever moved it cannot confirm it, by whose hand it may be */
	assert_false(can(seen, "confirmation"));
	api_expect_problem(api_post(assistant, api_path("%s/confirmation", session), NULL), 409,
		"wrong_state");
	api_expect(api_post(junior, api_path("%s/confirmation", session), NULL), 200);
	seen = api_expect(api_get(junior, "%s", session), 200);
	api_if_match(junior, seen);
	api_expect(
		api_patch(junior, session,
			"{\"starts_at\": \"2027-01-14T10:00\", \"time_zone\": \"Europe/Berlin\"}"),
		200);
	seen = api_expect(api_post(assistant, api_path("%s/confirmation", session), NULL), 200);
	assert_string_equal(api_text(seen, "status"), "confirmed");
}

static void the_partner_sees_an_assistant_and_the_leader_sees_whom(void **state)
{
	(void)state;
	struct api_reply *history = api_expect(api_get(junior, "%s/history", session), 200);
	assert_string_equal(api_text(history, "items.0.by.id"), leader_id);
	assert_true(api_truth(history, "items.0.by_assistant"));
	assert_true(json_is_null(api_member(history, "items.0.assistant")));
	assert_null(strstr(history->text, assistant_id));
	history = api_expect(api_get(leader, "%s/history", session), 200);
	assert_string_equal(api_text(history, "items.0.assistant.id"), assistant_id);
	assert_false(api_truth(history, "items.2.by_assistant")); /* the junior's confirmation */
}

static void those_whom_it_concerns_are_told(void **state)
{
	(void)state;
	story_settle();
	json_t *one = told(mentor, "session_booked");
	assert_non_null(one);
	assert_true(json_is_true(json_object_get(json_object_get(one, "data"), "by_assistant")));
	assert_true(json_is_null(json_object_get(one, "on_behalf_of")));
	assert_non_null(told("chief", "session_booked")); /* somebody else did it for them */
	assert_null(told(ASSISTANT, "session_booked"));   /* who did it themselves */
	one = told(ASSISTANT, "session_confirmed");
	assert_non_null(one);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(one, "on_behalf_of"), "id")),
		leader_id);
	const char *session_id = strrchr(session, '/') + 1;
	assert_string_equal(
		api_sql("superuser",
			"SELECT DISTINCT actor::text || ' ' || delegate FROM common.audit"
			" WHERE object_id = '%s' AND delegate IS NOT NULL",
			session_id),
		api_path("%s %s", leader_id, assistant_id));
	assert_string_equal(api_sql("superuser",
				    "SELECT DISTINCT data ->> 'delegate' FROM common.outbox WHERE"
				    " subject_id = '%s' AND type = 'session.booked'",
				    session_id),
		assistant_id);
}

static void a_delegate_sees_the_calendar_and_nothing_else(void **state)
{
	(void)state;
	static const char *const closed[] = { "/api/v1/me", "/api/v1/goals", "/api/v1/feedback",
		"/api/v1/pairs", "/api/v1/people", "/api/v1/notifications", "/api/v1/enrolments",
		"/api/v1/shortlists", "/api/v1/calendar-feeds", "/api/v1/dashboards/me",
		COLLECTION };
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
		api_expect_problem(api_get(assistant, "%s", closed[i]), 403, "not_delegate");
	api_expect_problem(
		api_get(assistant, "/api/v1/agreements/%s", agreement), 403, "not_delegate");
	api_expect_problem(api_get(assistant, "%s/history", session), 403, "not_delegate");
	api_expect_problem(
		api_post(assistant, api_path("%s/report", session), "{\"outcome\": \"held\"}"), 403,
		"not_delegate");
	/* a shortlist is a choice of mentors; and what is not the leader's is not theirs */
	api_expect_problem(api_get(assistant, "/api/v1/slots?shortlist_id=%s", pair), 422,
		"unknown_reference");
	/* without the header they are who they are */
	struct api *plain = api_as("participant", ASSISTANT);
	assert_int_equal(
		api_count(api_expect(api_get(plain, "/api/v1/sessions"), 200), "items"), 0);
	api_expect_problem(api_get(plain, "%s", session), 404, "not_found");
	/* a role of their own opens nothing on behalf of another */
	api_header(api_as("programme_admin", ASSISTANT), "X-On-Behalf-Of: %s", leader_id);
	api_expect_problem(api_get(api_as("programme_admin", ASSISTANT), "/api/v1/programmes"), 403,
		"not_delegate");
}

static void a_series_and_a_cancellation(void **state)
{
	(void)state;
	struct api_reply *plan = api_expect(
		api_post(assistant, "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"11:00\", \"weekday\": 3}", pair),
		200);
	assert_true(api_integer(plan, "booked") > 1);
	struct api_reply *gone = api_expect(
		api_post(assistant, api_path("%s/cancellation", session),
			"{\"reason\": \"travel\"}"),
		200);
	assert_string_equal(api_text(gone, "status"), "cancelled");
	/* a page belongs to the person for whom it was asked */
	struct api_reply *page = api_expect(api_get(assistant, "/api/v1/sessions?limit=1"), 200);
	api_expect_problem(
		api_get(api_as("participant", ASSISTANT), "/api/v1/sessions?limit=1&cursor=%s",
			api_text(page, "next_cursor")),
		400, "invalid_cursor");
}

static void it_ends_by_either_of_the_two_and_by_its_last_day(void **state)
{
	(void)state;
	struct api *plain = api_as("participant", ASSISTANT);
	const char *self = api_text(
		api_expect(api_get(leader, COLLECTION), 200), "items.0.links.self");
	api_expect_problem(api_delete(plain, "%s", self), 428, "precondition_required");
	api_if_match(plain, api_expect(api_get(plain, "%s", self), 200));
	api_expect(api_delete(plain, "%s", self), 204);
	api_expect_problem(api_get(assistant, "/api/v1/sessions"), 403, "not_delegate");

	self = name_delegate(leader, "");
	api_if_match(assistant, api_expect(api_get(assistant, "%s", self), 200));
	api_expect(api_delete(assistant, "%s", self), 204);
	self = name_delegate(leader, "");
	api_if_match(leader, api_expect(api_get(leader, "%s", self), 200));
	api_expect(api_delete(leader, "%s", self), 204);
	api_expect_problem(api_get(assistant, "/api/v1/sessions"), 403, "not_delegate");

	self = name_delegate(leader, ", \"until\": \"2026-12-02\"");
	api_clock_to("2026-12-02 22:00Z"); /* 23:00 in Berlin */
	api_expect(api_get(assistant, "/api/v1/sessions"), 200);
	api_clock_to("2026-12-02 23:30Z");
	api_expect_problem(api_get(assistant, "/api/v1/sessions"), 403, "not_delegate");
	api_expect_problem(api_get(leader, "%s", self), 404, "not_found");
	assert_int_equal(api_count(api_expect(api_get(leader, COLLECTION), 200), "items"), 0);
	name_delegate(leader, ""); /* in the place of the one that is over */
	api_clock(0);
}

static void it_ends_when_one_leaves_and_does_not_come_back(void **state)
{
	(void)state;
	struct api *hr = api_as("hris", NULL);
	static const char *const standing[] = { "inactive", "active" };
	api_expect(api_get(assistant, "/api/v1/sessions"), 200);
	for (int i = 0; i < 2; i++) {
		api_if_match(hr, api_expect(api_get(hr, "/api/v1/people/%s", assistant_id), 200));
		api_expect(api_patch(hr, api_path("/api/v1/people/%s", assistant_id),
				   "{\"status\": \"%s\"}", standing[i]),
			200);
	}
	api_wait_until(
		WAIT, api_get(api_as("participant", ASSISTANT), "/api/v1/me")->status == 200);
	api_expect_problem(api_get(assistant, "/api/v1/sessions"), 403, "not_delegate");
	assert_int_equal(api_count(api_expect(api_get(leader, COLLECTION), 200), "items"), 0);
}

static void ten_are_enough(void **state)
{
	(void)state;
	static const char *const people[] = { "sales.lead", "sales.team", "sales.desk", "it.lead",
		"it.desk", "hr.lead", "hr.team", "ann", "bob", "cleo", "dev" };
	for (size_t i = 0; i < 10; i++)
		api_expect(api_post(leader, COLLECTION, "{\"assistant_id\": \"%s\"}",
				   story_person_id(people[i])),
			201);
	api_expect_problem(api_post(leader, COLLECTION, "{\"assistant_id\": \"%s\"}",
				   story_person_id(people[10])),
		409, "too_many_delegates");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_acts_for_somebody_who_has_not_named_them),
		cmocka_unit_test(a_person_names_a_delegate),
		cmocka_unit_test(a_delegate_books_moves_and_cancels),
		cmocka_unit_test(the_partner_sees_an_assistant_and_the_leader_sees_whom),
		cmocka_unit_test(those_whom_it_concerns_are_told),
		cmocka_unit_test(a_delegate_sees_the_calendar_and_nothing_else),
		cmocka_unit_test(a_series_and_a_cancellation),
		cmocka_unit_test(it_ends_by_either_of_the_two_and_by_its_last_day),
		cmocka_unit_test(it_ends_when_one_leaves_and_does_not_come_back),
		cmocka_unit_test(ten_are_enough),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
