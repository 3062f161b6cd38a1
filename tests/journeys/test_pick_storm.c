/*
 * Two hundred leaders pick at the same moment, most of them the same few mentors. Nobody gets a
 * mentor who has no place left; whoever comes too late holds a replacement shortlist in the very answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define MENTEES  200
#define MENTORS  120
#define CAPACITY 2

/* One leader with an open shortlist, and what became of the pick. */
struct picker {
	struct api *caller;
	char shortlist[40], mentor[40];
	struct api_reply *answer;
	pthread_t thread;
};

static struct picker pickers[MENTEES];
static pthread_barrier_t start;
static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_crowd("Storm", MENTEES, MENTORS, CAPACITY);
	return 0;
}

/* Everybody wants the one on their list whom most of the others have on theirs. */
static void choose(struct picker *p)
{
	struct api_reply *list = api_expect(
		api_get(p->caller, "/api/v1/shortlists?programme_id=%s&status=open", programme),
		200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_int_equal(api_count(list, "items.0.mentors"), 3);
	snprintf(p->shortlist, sizeof p->shortlist, "%s", api_text(list, "items.0.id"));
	snprintf(p->mentor, sizeof p->mentor, "%s", api_text(list, "items.0.mentors.0.mentor.id"));
	for (int i = 1; i < 3; i++) {
		const char *id = api_text(list, api_path("items.0.mentors.%d.mentor.id", i));
		if (strcmp(id, p->mentor) < 0)
			snprintf(p->mentor, sizeof p->mentor, "%s", id);
	}
}

/* Whether the pick was made is not known yet: nobody waited for it, or it is still being made. */
static bool is_undecided(const struct api_reply *reply)
{
	const char *code = json_string_value(json_object_get(reply->body, "code"));
	return reply->status == 503 || (code && strcmp(code, "in_progress") == 0);
}

static void *pick(void *argument)
{
	struct picker *p = argument;
	char path[128], body[80];
	snprintf(path, sizeof path, "/api/v1/shortlists/%s/pick", p->shortlist);
	int length = snprintf(body, sizeof body, "{\"mentor_id\": \"%s\"}", p->mentor);
	pthread_barrier_wait(&start);
	/* on a slow machine the gateway may give up first: repeated with its key, as a portal does */
	double deadline = api_now() + 600;
	do {
		api_header(p->caller, "Idempotency-Key: %s", p->shortlist);
		p->answer = api_send(
			p->caller, "POST", path, "application/json", body, (size_t)length);
	} while (is_undecided(p->answer) && api_now() < deadline);
	return NULL;
}

static void two_hundred_pick_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < MENTEES; i++) {
		pickers[i].caller = api_new("participant", api_path("leader%d", i + 1));
		choose(&pickers[i]);
	}
	/* nobody picks from the list of somebody else */
	api_expect_problem(api_post(pickers[0].caller,
				   api_path("/api/v1/shortlists/%s/pick", pickers[1].shortlist),
				   "{\"mentor_id\": \"%s\"}", pickers[1].mentor),
		404, "not_found");
	assert_int_equal(pthread_barrier_init(&start, NULL, MENTEES), 0);
	double began = api_now();
	for (int i = 0; i < MENTEES; i++)
		assert_int_equal(pthread_create(&pickers[i].thread, NULL, pick, &pickers[i]), 0);
	for (int i = 0; i < MENTEES; i++)
		pthread_join(pickers[i].thread, NULL);
	int won = 0;
	for (int i = 0; i < MENTEES; i++)
		won += pickers[i].answer->status == 201;
	print_message("%d picks at once, %d won, %.2f s\n", MENTEES, won, api_now() - began);
	assert_true(won > 0 && won < MENTEES); /* or there was no storm */
}

static void every_loser_has_a_replacement_shortlist(void **state)
{
	(void)state;
	for (int i = 0; i < MENTEES; i++) {
		struct picker *p = &pickers[i];
		if (p->answer->status == 201) {
			assert_string_equal(api_text(p->answer, "mentor.id"), p->mentor);
			continue;
		}
		api_expect_problem(p->answer, 409, "shortlist_changed");
		assert_int_equal(api_count(p->answer, "replacement_shortlist.mentors"), 3);
		assert_string_equal(api_text(p->answer, "replacement_shortlist.status"), "open");
		for (int k = 0; k < 3; k++)
			assert_string_not_equal(
				api_text(p->answer,
					api_path("replacement_shortlist.mentors.%d.mentor.id", k)),
				p->mentor);
		struct api_reply *list = api_expect(
			api_get(p->caller, "/api/v1/shortlists/%s",
				api_text(p->answer, "replacement_shortlist.id")),
			200);
		assert_true(json_equal(list->body, api_member(p->answer, "replacement_shortlist")));
	}
}

static void no_mentor_has_more_than_their_places(void **state)
{
	(void)state;
	int won = 0;
	for (int i = 0; i < MENTEES; i++)
		won += pickers[i].answer->status == 201;
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM matching.pair WHERE programme_id = '%s' "
				    "AND status = 'proposed'",
				    programme),
		api_path("%d", won));
	assert_string_equal(
		api_sql("superuser",
			"SELECT max(n) FROM (SELECT count(*) AS n FROM matching.pair WHERE "
			"programme_id = '%s' GROUP BY mentor_id) x",
			programme),
		api_path("%d", CAPACITY));
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.enrolment e WHERE e.programme_id = '%s' AND "
			"e.taken <> (SELECT count(*) FROM matching.pair p WHERE e.id IN "
			"(p.mentor_enrolment_id, p.mentee_enrolment_id))",
			programme),
		"0");
	for (int i = 0; i < MENTEES; i++)
		api_free(pickers[i].caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_hundred_pick_at_once),
		cmocka_unit_test(every_loser_has_a_replacement_shortlist),
		cmocka_unit_test(no_mentor_has_more_than_their_places),
	};
	return cmocka_run_group_tests_name("a storm of picks", tests, set_up, api_release);
}
