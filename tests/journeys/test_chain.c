/*
 * The chain: HR takes a mentor out, or moves them too close. The pair rests in the same
 * transaction; within seconds its meetings are cancelled, the mentee holds a replacement shortlist and whom
 * it concerns is told. The same when each of the services dies in the middle: nothing is lost,
 * nothing done twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define KIDS 14
#define WAIT 60.0 /* the promise is five seconds; what is measured is printed */

static const char *programme, *pair, *mentor;
static int taken; /* pairs so far */

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

/* A junior as the HR file shows them: at their desk, or somewhere else, or gone. */
static const char *row_of(const char *user_name, const char *manager, bool active)
{
	int number;
	assert_int_equal(sscanf(user_name, "kid%d", &number), 1);
	const char *desk = number % 2 ? "C-8" : "C-9";
	return api_path(
		"K-%d,kid%d,Kim,Kid,kid%d@co.example,Associate,%s,Berlin,DE,Europe/Berlin,1,%s,"
		"2022-01-01,%s,en\n",
		number, number, number, number % 2 ? "Sales" : "IT", manager ? manager : desk,
		active ? "true" : "false");
}

static const char *file_of(const char *rows)
{
	return api_path("external_id,user_name,given_name,family_name,email,title,department,"
			"location,country,time_zone,level,manager_external_id,hired_on,active,"
			"languages\n%s",
		rows);
}

static void import(const char *rows)
{
	assert_string_equal(api_text(api_import(file_of(rows), NULL), "status"), "done");
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *rows = "";
	for (int i = 1; i <= KIDS; i++)
		rows = api_path("%s%s", rows, row_of(api_path("kid%d", i), NULL, true));
	import(rows);
	programme = story_programme("hr.lead", "Chain");
	story_enrol("chief", programme, "mentee", 1);
	for (int i = 1; i <= KIDS; i++) {
		story_teaches(api_path("kid%d", i), "generative AI", NULL);
		story_enrol(api_path("kid%d", i), programme, "mentor", 1);
	}
	story_round("hr.lead", programme);
	return 0;
}

/* A pair that meets: picked from the open list, accepted, agreed on, thirteen meetings booked. */
static void a_pair_meets(void)
{
	pair = story_pair("chief", programme, &mentor);
	taken++;
	story_agreement(pair, "chief", mentor, "2027-03-01");
	api_expect(api_post(as("chief"), "/api/v1/sessions/series",
			   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", pair),
		200);
	assert_int_equal(
		api_count(api_expect(api_get(as(mentor),
					     "/api/v1/sessions?pair_id=%s&status=confirmed", pair),
				  200),
			"items"),
		13);
	story_settle();
}

static bool says(const char *sql)
{
	return strcmp(api_sql("superuser", "%s", sql), "t") == 0;
}

/* Everything the chain promises, as the database has it. */
static bool chain_is_through(void)
{
	const char *parts[] = {
		api_path("SELECT status = 'suspended' FROM matching.pair WHERE id = '%s'", pair),
		api_path("SELECT count(*) = 13 FROM scheduling.session WHERE pair_id = '%s' AND "
			 "status = 'cancelled'",
			pair),
		api_path("SELECT count(*) = 1 FROM scheduling.notification WHERE kind = "
			 "'pair_suspended' AND subject_id = '%s' AND person_id = '%s'",
			pair, story_person_id("chief")),
		api_path("SELECT count(*) = 1 FROM scheduling.notification n JOIN "
			 "matching.shortlist s ON s.id = n.subject_id WHERE n.kind = "
			 "'shortlist_opened' AND s.replaces_pair = '%s' AND s.status = 'open'",
			pair),
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!says(parts[i]))
			return false;
	return true;
}

/* As the two see it; and counted, so that nothing happened twice. mentor_told: unless they left. */
static void the_chain_was_gone_through_once(bool mentor_told)
{
	story_settle();
	assert_true(chain_is_through());
	struct api_reply *seen = api_expect(api_get(as("chief"), "/api/v1/pairs/%s", pair), 200);
	assert_string_equal(api_text(seen, "status"), "suspended");
	struct api_reply *list = story_shortlist("chief", programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	assert_null(strstr(list->text, api_text(seen, "mentor.id")));
	struct api_reply *gone = api_expect(
		api_get(as("chief"), "/api/v1/sessions?pair_id=%s", pair), 200);
	assert_int_equal(api_count(gone, "items"), 13);
	for (size_t i = 0; i < 13; i++)
		assert_string_equal(
			api_text(gone, api_path("items.%zu.cancel_reason", i)), "pair_suspended");
	assert_true(says(
		api_path("SELECT count(*) = 1 FROM common.outbox WHERE type = 'pair.suspended' AND "
			 "subject_id = '%s'",
			pair)));
	assert_true(
		says(api_path("SELECT count(*) = 13 AND count(DISTINCT h.session_id) = 13 FROM "
			      "scheduling.session_history h JOIN scheduling.session s ON s.id = "
			      "h.session_id WHERE s.pair_id = '%s' AND h.change = 'cancelled'",
			pair)));
	assert_true(says(api_path("SELECT count(*) = 13 FROM common.outbox o JOIN "
				  "scheduling.session s ON s.id = o.subject_id WHERE s.pair_id = "
				  "'%s' AND o.type = 'session.cancelled'",
		pair)));
	assert_true(says(api_path(
		"SELECT count(*) = 1 FROM matching.shortlist WHERE replaces_pair = '%s'", pair)));
	assert_true(says(api_path("SELECT count(*) = %d FROM scheduling.notification WHERE kind = "
				  "'pair_suspended' AND subject_id = '%s'",
		mentor_told ? 2 : 1, pair)));
	/* nobody else learns of it */
	api_expect(api_get(as("stranger"), "/api/v1/pairs/%s", pair), 404);
}

/* Back at their desk; that offers nothing and restores nothing. */
static void the_mentor_is_back(void)
{
	import(row_of(mentor, NULL, true));
	story_settle();
	assert_true(says(
		api_path("SELECT status = 'suspended' FROM matching.pair WHERE id = '%s'", pair)));
}

static void a_mentor_who_leaves(void **state)
{
	(void)state;
	a_pair_meets();
	api_expect(api_send(as("stranger"), "POST", "/api/v1/imports", "text/csv", "x", 1), 403);
	double began = api_now();
	import(row_of(mentor, NULL, false));
	api_wait_until(WAIT, chain_is_through());
	print_message(
		"a leaver: %.2f s from the file to the last notification\n", api_now() - began);
	the_chain_was_gone_through_once(false);
	the_mentor_is_back();
}

static void a_mentor_who_comes_too_close(void **state)
{
	(void)state;
	a_pair_meets();
	struct api_reply *dry = api_import(file_of(row_of(mentor, "C-1", true)), "dry_run=true");
	assert_int_equal(api_integer(dry, "counts.pairs_suspended"), 1);
	dry = api_import(file_of(row_of(mentor, NULL, false)), "dry_run=true");
	assert_int_equal(api_integer(dry, "counts.pairs_suspended"), 1);
	dry = api_import(file_of(row_of(mentor, NULL, true)), "dry_run=true");
	assert_int_equal(api_integer(dry, "counts.pairs_suspended"), 0);
	double began = api_now();
	import(row_of(mentor, "C-1", true));
	api_wait_until(WAIT, chain_is_through());
	print_message(
		"a mover: %.2f s from the file to the last notification\n", api_now() - began);
	the_chain_was_gone_through_once(true);
	assert_true(says(api_path("SELECT data ->> 'reason' = 'too_close' FROM common.outbox WHERE "
				  "type = 'pair.suspended' AND subject_id = '%s'",
		pair)));
	the_mentor_is_back();
}

/* The file is taken in and the service dies at that moment; it comes back once the rest is through.
 */
static void the_chain_survives(const char *service, bool leaves)
{
	a_pair_meets();
	const char *csv = file_of(row_of(mentor, leaves ? NULL : "C-1", !leaves));
	struct api *hris = api_as("hris", NULL);
	struct api_reply *taken_in = api_expect(
		api_send(hris, "POST", "/api/v1/imports", "text/csv", csv, strlen(csv)), 202);
	assert_int_equal(kill(api_pid(service), SIGKILL), 0);
	api_stop(service);
	if (strcmp(service, "profiles") != 0)
		api_wait_until(WAIT, says(api_path("SELECT status = 'done' FROM profiles.import "
						   "WHERE id = '%s'",
					     api_text(taken_in, "id"))));
	api_start(service);
	double began = api_now();
	api_wait_until(WAIT, chain_is_through());
	print_message("%s killed: through %.2f s after it came back\n", service, api_now() - began);
	the_chain_was_gone_through_once(!leaves);
	api_wait_until(
		WAIT, says(api_path("SELECT status = 'done' FROM profiles.import WHERE id = '%s'",
			      api_text(taken_in, "id"))));
	the_mentor_is_back();
}

static void profiles_dies_in_the_middle(void **state)
{
	(void)state;
	the_chain_survives("profiles", true);
}

static void matching_dies_in_the_middle(void **state)
{
	(void)state;
	the_chain_survives("matching", false);
}

static void scheduling_dies_in_the_middle(void **state)
{
	(void)state;
	the_chain_survives("scheduling", true);
}

static void evaluation_dies_in_the_middle(void **state)
{
	(void)state;
	the_chain_survives("evaluation", false);
	/* the pages say so too */
	struct api_reply *page = api_expect(api_get(as("chief"), "/api/v1/dashboards/me"), 200);
	assert_string_equal(api_text(page, "tasks.0.kind"), "pick");
	assert_int_equal(api_count(page, "next_sessions"), 0);
	assert_int_equal(taken, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mentor_who_leaves),
		cmocka_unit_test(a_mentor_who_comes_too_close),
		cmocka_unit_test(profiles_dies_in_the_middle),
		cmocka_unit_test(matching_dies_in_the_middle),
		cmocka_unit_test(scheduling_dies_in_the_middle),
		cmocka_unit_test(evaluation_dies_in_the_middle),
	};
	return cmocka_run_group_tests_name("the chain", tests, set_up, api_release);
}
