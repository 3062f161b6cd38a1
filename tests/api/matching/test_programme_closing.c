/*
 * Programmes close, are called off, and rounds are taken back, while people pick, accept and
 * resume: afterwards no pair waits or lives where none may, and none comes to life later.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS 30
#define JUNIORS 30
#define DAY     86400LL

/* Somebody who does one thing at the same moment as all others. */
struct deed {
	struct api *caller;
	char path[120], body[80];
	struct api_reply *answer;
	pthread_t thread;
};

static struct deed deeds[LEADERS + 1]; /* the last one: the coordinator's */
static pthread_barrier_t start;
static atomic_int answered, first; /* how many of them, before the coordinator's step */

static int set_up(void **state)
{
	(void)state;
	company_import();
	size_t room = (LEADERS + JUNIORS + 1) * 100, used = 0;
	char *csv = malloc(room);
	assert_non_null(csv);
	used += (size_t)snprintf(csv, room,
		"external_id,user_name,given_name,family_name,level,manager_external_id,"
		"department,languages\n");
	for (int i = 0; i < LEADERS; i++)
		used += (size_t)snprintf(
			csv + used, room - used, "L-%d,leader%d,Lee,Leader,6,C-1,Board,en\n", i, i);
	for (int i = 0; i < JUNIORS; i++)
		used += (size_t)snprintf(csv + used, room - used,
			"J-%d,junior%d,Joy,Junior,1,%s,%s,en\n", i, i, i % 2 ? "C-8" : "C-9",
			i % 2 ? "Sales" : "IT");
	assert_true(used < room);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	free(csv);
	api_sql("superuser",
		"INSERT INTO profiles.person_skill (person_id, skill_id, current, target, offered) "
		"SELECT id, '%s', CASE level WHEN 1 THEN 4 ELSE 1 END, CASE level WHEN 6 THEN 4 "
		"ELSE 0 "
		"END, level = 1 FROM profiles.person WHERE user_name ~ '^(leader|junior)[0-9]'",
		story_skill("data literacy"));
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"mentor\": 1000, \"mentee\": 1000}' "
		"WHERE name = 'person_limits'");
	return 0;
}

static int tear_down(void **state)
{
	for (int i = 0; i < LEADERS; i++)
		api_free(deeds[i].caller);
	return api_release(state);
}

/* All leaders and juniors in a programme whose round is published; active: it goes on from there.
 */
static const char *crowd(const char *title, bool active)
{
	const char *programme = story_programme("hr.lead", title);
	api_sql("superuser",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, "
		"capacity) "
		"SELECT gen_random_uuid(), '%s', id, CASE level WHEN 1 THEN 'mentor' ELSE 'mentee' "
		"END, "
		"'creation', 3 FROM profiles.person WHERE user_name ~ '^(leader|junior)[0-9]'",
		programme);
	story_round("hr.lead", programme);
	if (active)
		api_expect(api_post(admin(),
				   api_path("/api/v1/programmes/%s/activation", programme), NULL),
			200);
	return programme;
}

static void does(struct deed *deed, const char *user_name, const char *path, const char *body)
{
	api_free(deed->caller);
	deed->caller = api_new("participant", user_name);
	snprintf(deed->path, sizeof deed->path, "%s", path);
	snprintf(deed->body, sizeof deed->body, "%s", body ? body : "");
}

static void *run(void *context)
{
	struct deed *deed = context;
	pthread_barrier_wait(&start);
	while (deed == &deeds[LEADERS] && atomic_load(&answered) < atomic_load(&first))
		sched_yield();
	deed->answer = api_send(deed->caller, "POST", deed->path,
		deed->body[0] ? "application/json" : NULL, deed->body[0] ? deed->body : NULL,
		strlen(deed->body));
	atomic_fetch_add(&answered, 1);
	return NULL;
}

/* Every leader's deed beside the coordinator's step, which comes when this many were answered; how
 * many of theirs were done. */
static int race(const char *step, int after)
{
	int won = 0;
	atomic_store(&answered, 0);
	atomic_store(&first, after);
	struct deed *last = &deeds[LEADERS];
	last->caller = admin();
	snprintf(last->path, sizeof last->path, "%s", step);
	last->body[0] = '\0';
	assert_int_equal(pthread_barrier_init(&start, NULL, LEADERS + 1), 0);
	for (int i = 0; i <= LEADERS; i++)
		assert_int_equal(pthread_create(&deeds[i].thread, NULL, run, &deeds[i]), 0);
	for (int i = 0; i <= LEADERS; i++)
		pthread_join(deeds[i].thread, NULL);
	pthread_barrier_destroy(&start);
	for (int i = 0; i < LEADERS; i++) {
		won += deeds[i].answer->status < 300;
		if (deeds[i].answer->status >= 300)
			api_expect(deeds[i].answer, 409);
	}
	if (last->answer->status != 200) /* a round with an accepted pick is not taken back */
		api_expect_problem(last->answer, 409, "round_accepted");
	print_message("%s: %d of %d were faster\n", step, won, LEADERS);
	return won;
}

static int count(const char *programme, const char *where)
{
	return atoi(api_sql("superuser",
		"SELECT count(*) FROM matching.pair q WHERE programme_id = '%s' AND (%s)",
		programme, where));
}

#define LIVE    "status IN ('proposed', 'active', 'suspended')"
#define WAITING "status = 'proposed' OR status = 'suspended' AND came_from = 'proposed'"

/* Whatever was proposed once: nobody can accept or resume it any more. */
static void nothing_comes_to_life(const char *programme)
{
	const char *both = api_sql("superuser",
		"SELECT string_agg(q.id || ' ' || p.user_name, ' ') FROM (SELECT * FROM "
		"matching.pair "
		"WHERE programme_id = '%s' AND NOT (" LIVE
		") LIMIT 6) q JOIN profiles.person p ON p.id = "
		"q.mentor_id",
		programme);
	char id[40], mentor[40];
	int used;
	for (; sscanf(both, "%39s %39s%n", id, mentor, &used) == 2; both += used)
		for (int i = 0; i < 2; i++)
			api_expect_problem(api_post(as(mentor),
						   api_path("/api/v1/pairs/%s/%s", id,
							   i ? "acceptance" : "resumption"),
						   NULL),
				409, "wrong_state");
	assert_int_equal(count(programme, WAITING), 0);
}

static void everybody_picks(const char *programme)
{
	for (int i = 0; i < LEADERS; i++) {
		const char *name = api_path("leader%d", i);
		struct api_reply *list = story_shortlist(name, programme);
		does(&deeds[i], name, api_path("%s/pick", api_text(list, "links.self")),
			api_path("{\"mentor_id\": \"%s\"}",
				api_text(list, api_path("mentors.%d.mentor.id", i % 3))));
	}
}

/* Each leader's pick that was won is the next race's deed of its mentor. */
static void picks_are_made(const char *programme)
{
	everybody_picks(programme);
	for (int i = 0; i < LEADERS; i++) {
		struct api_reply *pair = api_send(deeds[i].caller, "POST", deeds[i].path,
			"application/json", deeds[i].body, strlen(deeds[i].body));
		while (pair->status != 201) /* somebody else was faster: from the next list */
			pair = api_post(deeds[i].caller,
				api_path("/api/v1/shortlists/%s/pick",
					api_text(pair, "replacement_shortlist.id")),
				"{\"mentor_id\": \"%s\"}",
				api_text(pair, "replacement_shortlist.mentors.0.mentor.id"));
		const char *id = api_text(pair, "id");
		does(&deeds[i], story_user_name(api_text(pair, "mentor.id")),
			api_path("/api/v1/pairs/%s/acceptance", id), NULL);
	}
}

static void picks_beside_a_closing_leave_nothing_that_waits(void **state)
{
	(void)state;
	const char *programme = crowd("Picks and a closing", true);
	everybody_picks(programme);
	race(api_path("/api/v1/programmes/%s/closing", programme), LEADERS / 10);
	assert_int_equal(count(programme, LIVE), 0);
	nothing_comes_to_life(programme);
}

static void picks_beside_a_cancellation_leave_nothing_alive(void **state)
{
	(void)state;
	const char *programme = crowd("Picks and a cancellation", false);
	everybody_picks(programme);
	race(api_path("/api/v1/programmes/%s/cancellation", programme), LEADERS / 10);
	assert_int_equal(count(programme, LIVE), 0);
	nothing_comes_to_life(programme);
}

static void acceptances_beside_a_closing_are_in_time_or_not_at_all(void **state)
{
	(void)state;
	const char *programme = crowd("Acceptances and a closing", true);
	picks_are_made(programme);
	int won = race(api_path("/api/v1/programmes/%s/closing", programme), LEADERS / 10);
	assert_int_equal(count(programme, "status = 'active'"), won);
	assert_int_equal(count(programme, "status = 'withdrawn'"), LEADERS - won);
	nothing_comes_to_life(programme);
	/* and what lives when it is closed is completed */
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/closure", programme),
			   "{\"force\": true}"),
		200);
	assert_int_equal(count(programme, LIVE), 0);
	assert_int_equal(count(programme, "status = 'completed'"), won);
	nothing_comes_to_life(programme);
}

static void acceptances_beside_a_rollback_are_all_or_none(void **state)
{
	(void)state;
	const char *programme = crowd("Acceptances and a rollback", false);
	picks_are_made(programme);
	const char *round = api_sql("superuser",
		"SELECT id FROM matching.round WHERE programme_id = '%s' AND status = 'published'",
		programme);
	int won = race(api_path("/api/v1/rounds/%s/rollback", round), 0);
	if (deeds[LEADERS].answer->status == 200)
		assert_int_equal(won, 0);
	assert_int_equal(count(programme, "status = 'active'"), won);
	assert_int_equal(count(programme, LIVE), won ? LEADERS : 0);
}

/* All pairs rest, from proposed, for an exclusion that is taken back. */
static void pairs_rest(void)
{
	for (int i = 0; i < LEADERS; i++) {
		const char *pair = strstr(deeds[i].path, "pairs/") + 6;
		char id[40];
		snprintf(id, sizeof id, "%.36s", pair);
		struct api_reply *seen = api_expect(
			api_get(deeds[i].caller, "/api/v1/pairs/%s", id), 200);
		struct api_reply *made = api_expect(
			api_post(deeds[i].caller, "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
				api_text(seen, "mentee.id")),
			201);
		api_if_match(deeds[i].caller, made);
		api_expect(api_delete(deeds[i].caller, "%s", api_text(made, "links.self")), 204);
		snprintf(deeds[i].path, sizeof deeds[i].path, "/api/v1/pairs/%s/resumption", id);
	}
}

static void resumptions_beside_a_closing_leave_nothing_that_waits(void **state)
{
	(void)state;
	const char *programme = crowd("Resumptions and a closing", true);
	picks_are_made(programme);
	pairs_rest();
	assert_int_equal(count(programme, "status = 'suspended'"), LEADERS);
	race(api_path("/api/v1/programmes/%s/closing", programme), LEADERS / 10);
	assert_int_equal(count(programme, LIVE), 0);
	assert_int_equal(count(programme, "status = 'withdrawn'"), LEADERS);
	nothing_comes_to_life(programme);
}

/* One pair that rests, from proposed; its mentor. */
static const char *resting(const char *programme, const char **ret_pair)
{
	struct api_reply *list = story_shortlist("leader0", programme);
	struct api_reply *pair = api_expect(
		api_post(as("leader0"), api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
	const char *mentor = story_user_name(api_text(pair, "mentor.id"));
	does(&deeds[0], mentor, api_path("/api/v1/pairs/%s/", api_text(pair, "id")), NULL);
	struct api_reply *made = api_expect(
		api_post(as(mentor), "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
			api_text(pair, "mentee.id")),
		201);
	api_if_match(as(mentor), made);
	api_expect(api_delete(as(mentor), "%s", api_text(made, "links.self")), 204);
	*ret_pair = api_text(pair, "links.self");
	assert_string_equal(
		api_text(api_expect(api_get(as(mentor), "%s", *ret_pair), 200), "status"),
		"suspended");
	return mentor;
}

static void a_pair_that_rests_unanswered_goes_with_its_round_and_programme(void **state)
{
	(void)state;
	static const char *const ends[] = { "rollback", "closing", "cancellation" };
	for (int i = 0; i < 3; i++) {
		const char *programme = crowd(ends[i], i == 1), *pair;
		const char *mentor = resting(programme, &pair);
		const char *round = api_sql("superuser",
			"SELECT id FROM matching.round WHERE programme_id = '%s'", programme);
		api_expect(api_post(admin(),
				   i ? api_path("/api/v1/programmes/%s/%s", programme, ends[i])
				     : api_path("/api/v1/rounds/%s/rollback", round),
				   NULL),
			200);
		struct api_reply *now = api_expect(api_get(as(mentor), "%s", pair), 200);
		assert_string_equal(api_text(now, "status"), i == 2 ? "ended" : "withdrawn");
		api_expect_problem(api_post(as(mentor), api_path("%s/resumption", pair), NULL), 409,
			"wrong_state");
		assert_int_equal(count(programme, "status = 'ended' AND ended_at IS NULL"), 0);
		assert_int_equal(count(programme, LIVE), 0);
	}
}

/* The answer is overdue while the pair rests: it has expired, and the list that replaces it stays.
 */
static void a_resumption_after_the_time_to_answer_comes_too_late(void **state)
{
	(void)state;
	const char *pair, *programme = crowd("Too late", false);
	const char *mentor = resting(programme, &pair);
	struct api_reply *fresh = NULL, *now;
	api_wait_until(
		40.0, (fresh = api_expect(
			       api_get(as("leader0"),
				       "/api/v1/shortlists?programme_id=%s&status=open", programme),
			       200),
			      api_count(fresh, "items") == 1));
	api_clock(4 * DAY);
	struct api_reply *late = api_expect_problem(
		api_post(as(mentor), api_path("%s/resumption", pair), NULL), 409, "wrong_state");
	assert_string_equal(api_text(late, "current_status"), "expired");
	now = api_expect(api_get(as(mentor), "%s", pair), 200);
	for (size_t i = 0; i < api_count(now, "can"); i++)
		assert_string_not_equal(api_text(now, api_path("can.%zu", i)), "resumption");
	api_wait_until(40.0, (now = api_expect(api_get(as(mentor), "%s", pair), 200),
				     strcmp(api_text(now, "status"), "expired") == 0));
	api_clock(0);
	assert_int_equal(count(programme, "status = 'expired' AND ended_at IS NOT NULL"), 1);
	struct api_reply *list = story_shortlist("leader0", programme);
	assert_string_equal(api_text(list, "id"), api_text(fresh, "items.0.id"));
	api_expect(api_post(as("leader0"), api_path("%s/pick", api_text(list, "links.self")),
			   "{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_beside_a_closing_leave_nothing_that_waits),
		cmocka_unit_test(picks_beside_a_cancellation_leave_nothing_alive),
		cmocka_unit_test(acceptances_beside_a_closing_are_in_time_or_not_at_all),
		cmocka_unit_test(acceptances_beside_a_rollback_are_all_or_none),
		cmocka_unit_test(resumptions_beside_a_closing_leave_nothing_that_waits),
		cmocka_unit_test(a_pair_that_rests_unanswered_goes_with_its_round_and_programme),
		cmocka_unit_test(a_resumption_after_the_time_to_answer_comes_too_late),
	};
	return cmocka_run_group_tests_name("closing", tests, set_up, tear_down);
}
