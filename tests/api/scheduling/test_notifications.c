/* What people are told, and what they are never told, over the API. */
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

#define WAIT 20.0
#define DAY  86400L

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Notifications", 2);
	story_round("hr.lead", programme);
	return 0;
}

static struct api_reply *told(const char *user_name)
{
	return api_expect(
		api_get(api_as("participant", user_name), "/api/v1/notifications?limit=200"), 200);
}

/* The newest notification of the kind, or NULL. */
static json_t *newest(const struct api_reply *list, const char *kind)
{
	size_t i;
	json_t *one;
	json_array_foreach(api_member(list, "items"), i,
		one) if (strcmp(json_string_value(json_object_get(one, "kind")), kind) ==
			 0) return one;
	return NULL;
}

static int count_of(const struct api_reply *list, const char *kind)
{
	int count = 0;
	size_t i;
	json_t *one;
	json_array_foreach(api_member(list, "items"), i, one)
		count += strcmp(json_string_value(json_object_get(one, "kind")), kind) == 0;
	return count;
}

static json_t *wait_for(const char *user_name, const char *kind)
{
	json_t *found;
	api_wait_until(WAIT, (found = newest(told(user_name), kind)) != NULL);
	return found;
}

static const char *text_of(json_t *one, const char *member)
{
	return json_string_value(json_object_get(one, member));
}

static void whoever_is_waited_for_is_told(void **state)
{
	(void)state;
	json_t *list = wait_for("chief", "shortlist_opened");
	assert_non_null(text_of(list, "due_at"));
	struct api_reply *shortlist = api_expect(
		api_get(api_as("participant", "chief"), "%s",
			json_string_value(
				json_object_get(json_object_get(list, "links"), "subject"))),
		200);
	const char *picked = api_text(shortlist, "mentors.0.mentor.id");
	mentor = story_user_name(picked);
	assert_null(newest(told(mentor), "shortlist_opened"));
	/* the third day, then the sixth */
	api_clock(3 * DAY + 60);
	api_wait_until(WAIT, count_of(told("chief"), "pick_reminder") == 1);
	api_clock(6 * DAY + 60);
	api_wait_until(WAIT, count_of(told("chief"), "pick_reminder") == 2);
	pair = api_text(api_expect(api_post(api_as("participant", "chief"),
					   api_path("/api/v1/shortlists/%s/pick",
						   api_text(shortlist, "id")),
					   "{\"mentor_id\": \"%s\"}", picked),
				201),
		"id");
	json_t *asked = wait_for(mentor, "pick_received");
	assert_string_equal(text_of(asked, "subject_id"), pair);
	assert_non_null(text_of(asked, "due_at"));
	/* the last day of three */
	api_clock(8 * DAY + 3600);
	wait_for(mentor, "answer_reminder");
	api_expect(api_post(api_as("participant", mentor),
			   api_path("/api/v1/pairs/%s/acceptance", pair), NULL),
		200);
	wait_for("chief", "pair_active");
	assert_null(newest(told(mentor), "pair_active"));
	assert_int_equal(count_of(told("chief"), "pick_reminder"), 2);
	assert_int_equal(count_of(told(mentor), "pick_received"), 1);
	api_clock(0);
}

static void the_other_one_is_told_of_meetings_and_agreements(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief");
	struct api_reply *made = api_expect(api_post(chief, "/api/v1/sessions",
						    "{\"pair_id\": \"%s\", \"starts_at\": "
						    "\"2027-02-01T10:00\", \"time_zone\": \"UTC\","
						    " \"duration_minutes\": 30, \"mode\": "
						    "\"video\", \"agenda\": \"hush hush\"}",
						    pair),
		201);
	json_t *booked = wait_for(mentor, "session_booked");
	assert_string_equal(text_of(booked, "subject_id"), api_text(made, "id"));
	assert_string_equal(text_of(booked, "due_at"), "2027-02-01T10:00:00Z");
	assert_null(newest(told("chief"), "session_booked"));
	const char *agreement = story_agreement(pair, mentor, "chief", "2027-03-01");
	assert_string_equal(
		text_of(wait_for("chief", "agreement_to_sign"), "subject_id"), agreement);
	wait_for("chief", "agreement_proposed");
	wait_for(mentor, "agreement_signed");
	api_expect(api_post(chief, "/api/v1/sessions/series",
			   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", pair),
		200);
	wait_for(mentor, "series_booked");
	assert_int_equal(count_of(told(mentor), "session_booked"), 1); /* not thirteen more */
	api_if_match(chief, made);
	api_expect(api_patch(chief, api_text(made, "links.self"),
			   "{\"starts_at\": \"2027-02-02T10:00\", \"time_zone\": \"UTC\"}"),
		200);
	wait_for(mentor, "session_changed");
	api_expect(api_post(chief, api_path("%s/cancellation", api_text(made, "links.self")),
			   "{\"reason\": \"ill\"}"),
		200);
	wait_for(mentor, "session_cancelled");
	assert_null(strstr(told(mentor)->text, "hush"));
	assert_null(strstr(told(mentor)->text, "ill\""));
}

static void both_are_asked_about_a_meeting_without_a_word(void **state)
{
	(void)state;
	/* the first of the series: 1 March 2027 at nine */
	struct api_reply *list = api_expect(
		api_get(api_as("participant", "chief"),
			"/api/v1/sessions?pair_id=%s&starts_after=2027-02-28T00:00:00Z&limit=1",
			pair),
		200);
	const char *self = api_text(list, "items.0.links.self");
	api_clock_to("2027-03-01 12:00Z");
	wait_for("chief", "session_unreported");
	wait_for(mentor, "session_unreported");
	struct api_reply *now = api_expect(api_get(api_as("participant", mentor), "%s", self), 200);
	assert_string_equal(api_text(now, "status"), "unreported");
	api_expect(api_post(api_as("participant", mentor), api_path("%s/report", self),
			   "{\"outcome\": \"held\"}"),
		200);
	assert_int_equal(count_of(told("chief"), "session_unreported"), 1);
	api_clock(0);
}

static void a_mentee_never_hears_of_feedback(void **state)
{
	(void)state;
	api_expect(
		api_post(api_as("participant", mentor), "/api/v1/feedback",
			"{\"pair_id\": \"%s\", \"visibility\": \"partner\", \"rating\": 2}", pair),
		201);
	api_sql("superuser",
		"INSERT INTO common.outbox (type, subject_id, data) VALUES"
		" ('feedback.released', '%s', '{\"pair_id\": \"%s\"}')",
		pair, pair);
	wait_for(mentor, "feedback_released");
	assert_null(strstr(told("chief")->text, "feedback"));
}

static void an_end_is_told_to_both_without_a_reason(void **state)
{
	(void)state;
	/* somebody declares a conflict of interest: private, and the pair rests */
	int cancelled = count_of(told(mentor), "session_cancelled");
	api_expect(api_post(api_as("participant", mentor), "/api/v1/exclusions",
			   "{\"person_id\": \"%s\"}", story_person_id("chief")),
		201);
	json_t *one = wait_for("chief", "pair_suspended");
	wait_for(mentor, "pair_suspended");
	char *text = json_dumps(one, 0);
	assert_null(strstr(text, "reason"));
	assert_null(strstr(text, "exclu"));
	free(text);
	/* where the portal's addresses are known, one leads there */
	assert_null(json_string_value(json_object_get(json_object_get(one, "links"), "portal")));
	api_sql("superuser",
		"INSERT INTO common.setting (name, value) VALUES"
		" ('portal_links', '{\"pair\": \"https://portal.example.com/pairs/{id}\"}')");
	one = newest(told("chief"), "pair_suspended");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(one, "links"), "portal")),
		api_path("https://portal.example.com/pairs/%s", pair));
	/* its meetings end with it and are not told one by one */
	api_wait_until(WAIT,
		api_count(api_expect(api_get(api_as("participant", "chief"),
					     "/api/v1/sessions?pair_id=%s&status=confirmed", pair),
				  200),
			"items") == 0);
	assert_int_equal(count_of(told(mentor), "session_cancelled"), cancelled);
}

static void one_reads_ones_own_alone(void **state)
{
	(void)state;
	story_settle(); /* the suspension brought fresh mentors, which is told too */
	struct api *chief = api_as("participant", "chief"), *junior = api_as("participant", mentor);
	struct api_reply *list = told("chief");
	long long unread = api_integer(list, "unread_count");
	assert_int_equal(unread, api_count(list, "items"));
	const char *first = api_text(list, "items.0.id");
	api_expect_fault(
		api_expect_problem(api_post(junior, "/api/v1/notifications/acknowledgements",
					   "{\"ids\": [\"%s\"]}", first),
			422, "unknown_reference"),
		"/ids");
	api_expect_problem(api_post(junior, "/api/v1/notifications/acknowledgements",
				   "{\"up_to\": \"%s\"}", first),
		422, "unknown_reference");
	api_expect_problem(api_post(chief, "/api/v1/notifications/acknowledgements", "{}"), 422,
		"unprocessable");
	struct api_reply *left = api_expect(
		api_post(chief, "/api/v1/notifications/acknowledgements", "{\"ids\": [\"%s\"]}",
			first),
		200);
	assert_int_equal(api_integer(left, "unread_count"), unread - 1);
	struct api_reply *fresh = api_expect(
		api_get(chief, "/api/v1/notifications?unread=true&limit=200"), 200);
	assert_int_equal(api_count(fresh, "items"), unread - 1);
	struct api_reply *seen_before = api_expect(
		api_get(chief, "/api/v1/notifications?unread=false"), 200);
	assert_int_equal(api_count(seen_before, "items"), 1);
	assert_string_equal(api_text(seen_before, "items.0.id"), first);
	/* what was read comes last, also over pages */
	struct api_reply *page = api_expect(api_get(chief, "/api/v1/notifications?limit=1"), 200);
	int seen = 1;
	while (!json_is_null(api_member(page, "next_cursor"))) {
		assert_false(api_truth(page, "items.0.read"));
		page = api_expect(api_get(chief, "/api/v1/notifications?limit=1&cursor=%s",
					  api_text(page, "next_cursor")),
			200);
		seen++;
	}
	assert_int_equal(seen, unread);
	assert_string_equal(api_text(page, "items.0.id"), first);
	assert_true(api_truth(page, "items.0.read"));
	left = api_expect(api_post(chief, "/api/v1/notifications/acknowledgements",
				  "{\"up_to\": \"%s\"}", api_text(told("chief"), "items.0.id")),
		200);
	assert_int_equal(api_integer(left, "unread_count"), 0);
}

/* A page that is acknowledged moves to the end of the list: what has not been seen is not skipped. */
static void pages_read_on_the_way_hide_nothing(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *all = told(mentor);
	size_t unread = (size_t)api_integer(all, "unread_count"), fresh = 0;
	assert_true(unread > 4);
	assert_int_equal(unread, api_count(all, "items"));
	struct api_reply *page = api_expect(api_get(junior, "/api/v1/notifications?limit=3"), 200);
	for (;;) {
		for (size_t i = 0; i < api_count(page, "items"); i++) {
			if (api_truth(page, api_path("items.%zu.read", i)))
				continue;
			assert_string_equal(api_text(page, api_path("items.%zu.id", i)),
				api_text(all, api_path("items.%zu.id", fresh)));
			fresh++;
			api_expect(api_post(junior, "/api/v1/notifications/acknowledgements",
					   "{\"ids\": [\"%s\"]}",
					   api_text(page, api_path("items.%zu.id", i))),
				200);
		}
		if (json_is_null(api_member(page, "next_cursor")) || fresh == unread)
			break;
		page = api_expect(api_get(junior, "/api/v1/notifications?limit=3&cursor=%s",
					  api_text(page, "next_cursor")),
			200);
	}
	assert_int_equal(fresh, unread);
	assert_int_equal(api_integer(told(mentor), "unread_count"), 0);
}

static void a_kind_that_there_is_not_is_no_preference(void **state)
{
	(void)state;
	struct api *anybody = api_as("participant", mentor);
	struct api_reply *refused = api_expect_problem(
		api_put(anybody, "/api/v1/notifications/preferences",
			"{\"kinds\": [{\"kind\": \"pick_received\", \"channel\": \"mail\", "
			"\"delivery\": \"off\"}, {\"kind\": \"pick_recieved\", \"channel\": \"mail\", "
			"\"delivery\": \"off\"}]}"),
		422, "unprocessable");
	api_expect_fault(refused, "/kinds/1/kind");
	assert_non_null(strstr(api_text(refused, "detail"), " pick_received, "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_is_waited_for_is_told),
		cmocka_unit_test(the_other_one_is_told_of_meetings_and_agreements),
		cmocka_unit_test(both_are_asked_about_a_meeting_without_a_word),
		cmocka_unit_test(a_mentee_never_hears_of_feedback),
		cmocka_unit_test(an_end_is_told_to_both_without_a_reason),
		cmocka_unit_test(one_reads_ones_own_alone),
		cmocka_unit_test(pages_read_on_the_way_hide_nothing),
		cmocka_unit_test(a_kind_that_there_is_not_is_no_preference),
	};
	return cmocka_run_group_tests_name("notifications", tests, set_up, api_release);
}
