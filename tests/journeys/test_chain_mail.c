/*
 * The chain, as those see it who look into their calendars and their mail: HR deactivates a mentor while
 * meetings are ahead. Both calendars are told of each cancelled meeting, nobody is reminded of one, and the
 * mentee holds another shortlist. When the mentor is back, nothing comes back by itself, and both the pair
 * and its meetings are one step away. Then everything breaks at once: the mail server is down, and each
 * service dies in the middle of its part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/mailbox.h"
#include "support/story.h"

#define WAIT     60.0
#define MEETINGS 13
#define DAY      86400L

static const char *programme, *pair, *mentor, *mentor_id, *desk, *witness_pair, *witness;

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static struct api *hris(void)
{
	return api_as("hris", NULL);
}

static int count(const char *sql)
{
	return atoi(api_sql("superuser", "SELECT count(*) FROM %s", sql));
}

static const char *address(const char *user_name)
{
	return api_path("%s@co.example", user_name);
}

/* Different meetings whose calendar text with this method has come to the person. */
static int told(const char *user_name, const char *method)
{
	size_t i;
	json_t *one, *all = mailbox_all(), *ids = json_object();
	json_array_foreach(all, i, one)
	{
		const char *text = json_string_value(json_object_get(one, "calendar"));
		const char *uid = text ? strstr(text, "UID:") : NULL;
		if (uid && strcmp(mailbox_text(one, "to"), address(user_name)) == 0 &&
			strcmp(mailbox_text(one, "method"), method) == 0)
			json_object_set_new(ids, api_path("%.36s", uid + 4), json_true());
	}
	int different = (int)json_object_size(ids);
	json_decref(ids);
	return different;
}

/* Messages that have come more than once. */
static int doubled(void)
{
	size_t i;
	json_t *one, *all = mailbox_all(), *ids = json_object();
	json_array_foreach(all, i, one)
		json_object_set_new(ids, mailbox_header(one, "message-id"), json_true());
	int twice = (int)i - (int)json_object_size(ids);
	json_decref(ids);
	return twice;
}

static bool all_sent(void)
{
	return count("scheduling.delivery WHERE outcome IS NULL") == 0;
}

static void book(const char *who, const char *in)
{
	api_expect(api_post(as(who), "/api/v1/sessions/series",
			   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", in),
		200);
}

static int set_up(void **state)
{
	(void)state;
	mailbox_open();
	company_import();
	programme = company_programme("Chain", 1);
	story_round("hr.lead", programme);
	witness_pair = story_pair("it.lead", programme, &witness);
	story_agreement(witness_pair, "it.lead", witness, "2027-03-01");
	book("it.lead", witness_pair);
	return 0;
}

/* The chief picks somebody who is still free. */
static void a_pair_meets(void)
{
	struct api_reply *list = story_shortlist("chief", programme);
	const char *taken = story_person_id(witness);
	const char *id = api_text(list, "mentors.0.mentor.id");
	if (strcmp(id, taken) == 0)
		id = api_text(list, "mentors.1.mentor.id");
	pair = api_text(
		api_expect(api_post(as("chief"),
				   api_path("/api/v1/shortlists/%s/pick", api_text(list, "id")),
				   "{\"mentor_id\": \"%s\"}", id),
			201),
		"id");
	mentor = story_user_name(id);
	mentor_id = id;
	desk = api_path("%s", api_sql("superuser",
				      "SELECT m.external_id FROM profiles.person p JOIN "
				      "profiles.person m ON m.id = p.manager_id WHERE p.id = '%s'",
				      id));
	api_expect(api_post(as(mentor), api_path("/api/v1/pairs/%s/acceptance", pair), NULL), 200);
	story_agreement(pair, "chief", mentor, "2027-03-01");
	book("chief", pair);
	story_settle();
}

static const char *sessions_of_pair(const char *condition)
{
	return api_path("scheduling.session WHERE pair_id = '%s' AND %s", pair, condition);
}

static void set_status(const char *status)
{
	const char *path = api_path("/api/v1/people/%s", mentor_id);
	api_if_match(hris(), api_expect(api_get(hris(), "%s", path), 200));
	api_expect(api_patch(hris(), path, "{\"status\": \"%s\"}", status), 200);
}

static bool pair_is(const char *status)
{
	return count(api_path("matching.pair WHERE id = '%s' AND status = '%s'", pair, status)) ==
	       1;
}

static int notified(const char *user_name, const char *kind)
{
	return count(
		api_path("scheduling.notification n JOIN profiles.person p ON p.id = n.person_id "
			 "WHERE p.user_name = '%s' AND n.kind = '%s'",
			user_name, kind));
}

static void both_calendars_lose_the_meetings(void **state)
{
	(void)state;
	a_pair_meets();
	api_wait_until(
		WAIT, told("chief", "REQUEST") == MEETINGS && told(mentor, "REQUEST") == MEETINGS);
	api_clock_to("2027-03-09 12:00Z"); /* two of them are over */
	api_wait_until(WAIT, notified("chief", "session_unreported") == 2);
	/* nobody deactivates a colleague */
	api_header(as("stranger"), "If-Match: *");
	api_expect(api_patch(as("stranger"), api_path("/api/v1/people/%s", mentor_id),
			   "{\"status\": \"inactive\"}"),
		404);
	double began = api_now();
	set_status("inactive");
	assert_true(pair_is("suspended")); /* in the same transaction */
	api_wait_until(WAIT, count(sessions_of_pair("status = 'cancelled'")) == MEETINGS - 2);
	api_wait_until(WAIT, told("chief", "CANCEL") == MEETINGS - 2);
	print_message("%.2f s until the last cancellation was in the mail\n", api_now() - began);
	/* who has left has them in the calendar too */
	api_wait_until(WAIT, told(mentor, "CANCEL") == MEETINGS - 2);
	assert_int_equal(told(witness, "CANCEL"), 0);
	story_settle();
	mailbox_wait(address("chief"), "Your shortlist is here");
	struct api_reply *list = story_shortlist("chief", programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	assert_null(strstr(list->text, mentor_id));
	assert_int_equal(
		count(api_path("common.outbox WHERE type = 'pair.suspended' AND subject_id "
			       "= '%s' AND data ->> 'reason' = 'person_left'",
			pair)),
		1);
	/* who did it, by which operation, and that the pair followed in the same transaction */
	assert_int_equal(
		count(api_path(
			"common.audit a JOIN common.audit b ON b.xid = a.xid WHERE a.object = "
			"'profiles.person' AND a.object_id = '%s' AND a.operation = "
			"'person_patch' AND b.object = 'matching.pair' AND b.object_id = '%s'",
			mentor_id, pair)),
		1);
}

/* The witness pair goes on in the same rhythm: once its people have been asked, those of the chain would
 * have been too. */
static void nobody_is_reminded_of_what_is_cancelled(void **state)
{
	(void)state;
	int before = notified("chief", "session_unreported"),
	    asked = notified("it.lead", "session_unreported");
	api_clock_to("2027-03-16 12:00Z");
	api_wait_until(WAIT, notified("it.lead", "session_unreported") == asked + 1);
	assert_int_equal(notified("chief", "session_unreported"), before);
	assert_int_equal(
		count(api_path("scheduling.notification WHERE subject_id IN (SELECT id FROM "
			       "scheduling.session WHERE pair_id = '%s' AND status = 'cancelled')",
			pair)),
		0);
	assert_int_equal(notified("chief", "rhythm_nudge") + notified(mentor, "rhythm_nudge"), 0);
	assert_int_equal(notified("chief", "sessions_reminder"), 0);
}

static void a_return_offers_everything_and_restores_nothing(void **state)
{
	(void)state;
	set_status("active");
	/* the pair needs the mentor's place in the programme, which is theirs to take again */
	api_wait_until(WAIT, api_get(as(mentor), "/api/v1/dashboards/me")->status == 200);
	struct api_reply *back = api_expect(api_get(as(mentor), "/api/v1/dashboards/me"), 200);
	assert_non_null(strstr(back->text, "resume_enrolment"));
	back = api_expect(api_get(as(mentor), "/api/v1/enrolments"), 200);
	assert_string_equal(api_text(back, "items.0.status"), "left_company");
	api_expect(
		api_post(as(mentor),
			api_path("/api/v1/enrolments/%s/resumption", api_text(back, "items.0.id")),
			NULL),
		200);
	api_wait_until(WAIT, notified("chief", "pair_resumable") == 1 &&
				     notified(mentor, "pair_resumable") == 1);
	story_settle();
	assert_true(pair_is("suspended"));
	assert_int_equal(count(sessions_of_pair("status = 'cancelled'")), MEETINGS - 2);
	struct api_reply *seen = api_expect(api_get(as("chief"), "/api/v1/pairs/%s", pair), 200);
	assert_non_null(strstr(seen->text, "\"resumption\""));
	api_expect_problem(
		api_post(as("stranger"), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 404,
		"not_found");
	api_expect(api_post(as("chief"), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 200);
	story_settle();
	assert_int_equal(count(sessions_of_pair("status = 'confirmed'")), 0);
	struct api_reply *page = api_expect(api_get(as("chief"), "/api/v1/dashboards/me"), 200);
	assert_non_null(strstr(page->text, "restore_sessions"));
	int asked = told(mentor, "REQUEST");
	/* the one step: each at its own time */
	api_expect(api_post(as("chief"), "/api/v1/sessions/restoration", "{\"pair_id\": \"%s\"}", pair),
		200);
	int ahead = count(sessions_of_pair("status = 'confirmed'"));
	assert_int_equal(ahead, MEETINGS - 3); /* a third day has passed meanwhile */
	api_wait_until(WAIT, told(mentor, "REQUEST") == asked + ahead);
	assert_int_equal(
		api_count(api_expect(api_get(as("chief"),
					     "/api/v1/shortlists?programme_id=%s&status=open",
					     programme),
				  200),
			"items"),
		0);
	api_wait_until(WAIT, all_sent());
	assert_int_equal(doubled(), 0);
}

/* ---- everything breaks ---------------------------------------------------------------------- */

/* Waits until a statement of the service with these words waits for a lock, and kills the service there. */
static void kill_in_the_middle(const char *service, const char *words, struct api_hold *hold)
{
	api_wait_until(WAIT, count(api_path("pg_stat_activity WHERE usename = 'upward_%s' AND "
					    "wait_event_type = 'Lock' AND query LIKE '%%%s%%'",
				     service, words)) > 0);
	int pid = api_pid(service);
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	api_wait_until(WAIT, api_pid(service) > 0 && api_pid(service) != pid);
	api_let_go(hold);
}

/* The mentor comes to stand too close: they move to their mentee's own desk. */
static const char *moved(const char *manager)
{
	return api_path("external_id,user_name,given_name,level,manager_external_id\n%s,%s\n",
		api_sql("superuser",
			"SELECT concat_ws(',', external_id, user_name, given_name, level) FROM "
			"profiles.person WHERE id = '%s'",
			mentor_id),
		manager);
}

static void send_file(const char *csv)
{
	api_expect(api_send(hris(), "POST", "/api/v1/imports?mode=delta", "text/csv", csv,
			   strlen(csv)),
		202);
}

/* A file is taken in; profiles, matching and twice scheduling die while they hold what it has led to. */
static void suspend_with_kills(void)
{
	/* the file itself: the suspension is part of its transaction */
	api_stop("matching");
	struct api_hold *of_pair = api_hold("LOCK TABLE matching.pair IN SHARE MODE");
	struct api_hold *of_session = api_hold("LOCK TABLE scheduling.session IN SHARE MODE");
	send_file(moved("C-1"));
	kill_in_the_middle("profiles", "", of_pair);
	api_wait_until(WAIT, pair_is("suspended"));
	/* its consequences, each held up by a lock of its own */
	struct api_hold *of_list = api_hold("LOCK TABLE matching.shortlist IN SHARE MODE");
	api_ask_start("matching");
	kill_in_the_middle("matching", "replacement_shortlist", of_list);
	struct api_hold *of_news = api_hold("LOCK TABLE scheduling.notification IN SHARE MODE");
	kill_in_the_middle("scheduling", "pair_suspended", of_session);
	kill_in_the_middle("scheduling", "receivers", of_news);
}

static void every_service_dies_at_its_step_while_there_is_no_mail_server(void **state)
{
	(void)state;
	int before = told("chief", "CANCEL"), left = told(mentor, "CANCEL"),
	    ahead = count(sessions_of_pair("status = 'confirmed'")),
	    lists = notified("chief", "shortlist_opened"),
	    rests = notified("chief", "pair_suspended");
	api_stop("mail");
	suspend_with_kills();
	api_stop("evaluation");
	api_wait_until(WAIT, count(sessions_of_pair("status = 'confirmed'")) == 0);
	api_wait_until(WAIT, notified("chief", "shortlist_opened") == lists + 1);
	api_start("evaluation");
	story_settle();
	assert_int_equal(told("chief", "CANCEL"), before);
	api_wait_until(WAIT,
		count("scheduling.delivery WHERE last_error = 'no_server' AND outcome IS NULL") >
			0);
	api_clock_to("2027-03-16 13:30Z"); /* an hour later */
	api_stop("scheduling");
	/* five minutes after the kills */
	api_sql("superuser", "UPDATE scheduling.delivery SET claimed_until = NULL");
	api_clock_to("2027-03-16 15:00Z");
	mailbox_open();
	api_wait_until(WAIT, all_sent());
	assert_int_equal(told("chief", "CANCEL"), before + ahead);
	assert_int_equal(told(mentor, "CANCEL"), left + ahead);
	assert_int_equal(doubled(), 0);
	assert_int_equal(notified("chief", "pair_suspended"), rests + 1);
	assert_int_equal(
		count(api_path("common.outbox o JOIN scheduling.session s ON s.id = o.subject_id "
			       "WHERE s.pair_id = '%s' AND o.type = 'session.cancelled'",
			pair)),
		MEETINGS - 2 + ahead);
	assert_int_equal(api_count(story_shortlist("chief", programme), "mentors"), 3);
}

static void a_manager_who_changes_back_offers_the_same(void **state)
{
	(void)state;
	int offers = notified("chief", "pair_resumable");
	send_file(moved(desk));
	api_wait_until(WAIT, notified("chief", "pair_resumable") == offers + 1);
	story_settle();
	assert_true(pair_is("suspended"));
	assert_int_equal(count(sessions_of_pair("status = 'confirmed'")), 0);
	api_expect(api_post(as(mentor), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 200);
	book(mentor, pair);
	assert_true(count(sessions_of_pair("status = 'confirmed'")) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_calendars_lose_the_meetings),
		cmocka_unit_test(nobody_is_reminded_of_what_is_cancelled),
		cmocka_unit_test(a_return_offers_everything_and_restores_nothing),
		cmocka_unit_test(every_service_dies_at_its_step_while_there_is_no_mail_server),
		cmocka_unit_test(a_manager_who_changes_back_offers_the_same),
	};
	return cmocka_run_group_tests_name("chain in the mail", tests, set_up, mailbox_close);
}
