/*
 * Forty-eight people want the last places of one information session at the same moment, give them up and sign up
 * again, while the coordinator adds places. In the end there is nobody without a place while one is free, nobody
 * has two, places went in the order of the line, and whoever moved up was told once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define PEOPLE 48
#define PLACES 5
#define MORE   3 /* places that are added in the middle */
#define TURNS  4

struct person {
	struct api *caller;
	int number;
	bool stays; /* signs up once and keeps its turn */
	pthread_t thread;
};

static struct person people[PEOPLE];
static const char *self;
static atomic_int surprises, waiting;
static pthread_barrier_t start;

static struct api *coordinator(void)
{
	return api_as("programme_admin", "hr.lead");
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_enrolled_crowd("Storm", 1, PEOPLE, 1);
	struct api_reply *made = api_expect(
		api_post(coordinator(), "/api/v1/gatherings",
			"{\"programme_id\": \"%s\", \"kind\": \"information_session\", \"title\": "
			"\"Last "
			"places\", \"starts_at\": \"2027-02-10T12:00\", \"time_zone\": "
			"\"Europe/Berlin\", \"duration_minutes\": 60, \"capacity\": %d}",
			programme, PLACES),
		201);
	self = api_text(made, "links.self");
	for (int i = 0; i < PEOPLE; i++)
		people[i] = (struct person){
			.caller = api_new("participant", api_path("junior%d", i + 1)),
			.number = i,
			.stays = i % 3 == 0,
		};
	return 0;
}

static void note(const struct api_reply *reply, int wanted)
{
	if (reply->status != wanted && atomic_fetch_add(&surprises, 1) == 0)
		print_error("%s: %d %.300s\n", reply->asked, reply->status, reply->text);
}

static void *sign_up_and_leave(void *context)
{
	struct person *p = context;
	char place[200], registrations[200];
	snprintf(registrations, sizeof registrations, "%s/registrations", self);
	pthread_barrier_wait(&start);
	for (int i = 0; i < (p->stays ? 1 : TURNS); i++) {
		struct api_reply *mine = api_post(p->caller, registrations, "{}");
		note(mine, 201);
		if (mine->status != 201)
			return NULL;
		if (!json_is_true(json_object_get(mine->body, "has_place")))
			atomic_fetch_add(&waiting, 1);
		if (p->stays || (i == TURNS - 1 && p->number % 2 == 0))
			return NULL;
		snprintf(place, sizeof place, "%s",
			json_string_value(
				json_object_get(json_object_get(mine->body, "links"), "self")));
		/* whoever waits moves up meanwhile, so that their registration reads otherwise */
		api_header(p->caller, "If-Match: *");
		note(api_delete(p->caller, "%s", place), 204);
	}
	return NULL;
}

static void run(void)
{
	assert_int_equal(pthread_barrier_init(&start, NULL, PEOPLE + 1), 0);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(
			pthread_create(&people[i].thread, NULL, sign_up_and_leave, &people[i]), 0);
	pthread_barrier_wait(&start);
	struct api_reply *done;
	do { /* somebody signs up between reading and changing: the version is another one */
		api_if_match(coordinator(), api_expect(api_get(coordinator(), "%s", self), 200));
		done = api_patch(coordinator(), self, "{\"capacity\": %d}", PLACES + MORE);
	} while (done->status == 412);
	for (int i = 0; i < PEOPLE; i++)
		pthread_join(people[i].thread, NULL);
	pthread_barrier_destroy(&start);
	api_expect(done, 200);
}

static int count(const char *sql)
{
	return atoi(api_sql("superuser", "SELECT count(*) FROM %s", sql));
}

static void places_go_in_the_order_of_the_line(void **state)
{
	(void)state;
	run();
	assert_int_equal(atomic_load(&surprises), 0);
	assert_true(atomic_load(&waiting) > 0);
	struct api_reply *all = api_expect(
		api_get(coordinator(), "%s/registrations?limit=200", self), 200);
	/* a third stays at once; of the others every second one at last */
	int kept = 0, line = 0;
	for (int i = 0; i < PEOPLE; i++)
		kept += people[i].stays || i % 2 == 0;
	assert_int_equal(api_count(all, "items"), kept);
	json_t *seen = json_object();
	for (int i = 0; i < kept; i++) {
		const char *who = api_text(all, api_path("items.%d.person.id", i));
		assert_null(json_object_get(seen, who));
		json_object_set_new(seen, who, json_true());
		assert_int_equal(
			api_truth(all, api_path("items.%d.has_place", i)), i < PLACES + MORE);
		if (i >= PLACES + MORE)
			assert_int_equal(api_integer(all, api_path("items.%d.in_line", i)), ++line);
	}
	json_decref(seen);
	struct api_reply *now = api_expect(api_get(coordinator(), "%s", self), 200);
	assert_int_equal(api_integer(now, "going"), PLACES + MORE);
	assert_int_equal(api_integer(now, "waiting"), kept - PLACES - MORE);
}

/* All those with a place leave at the same moment. */
static void *leave(void *context)
{
	struct person *p = context;
	pthread_barrier_wait(&start);
	struct api_reply *now = api_get(p->caller, "%s", self);
	json_t *mine = json_object_get(now->body, "registration");
	if (!json_is_true(json_object_get(mine, "has_place")))
		return NULL;
	char place[200];
	snprintf(place, sizeof place, "%s/registrations/%s", self,
		json_string_value(json_object_get(mine, "id")));
	api_header(p->caller, "If-Match: *");
	note(api_delete(p->caller, "%s", place), 204);
	return NULL;
}

static void whoever_moves_up_is_told_once(void **state)
{
	(void)state;
	story_settle();
	int before = count("scheduling.notification WHERE kind = 'gathering_place'");
	int places = count("scheduling.attendance WHERE turn <= capacity");
	assert_int_equal(places, PLACES + MORE);
	int line = (int)api_integer(api_get(coordinator(), "%s", self), "waiting");
	assert_int_equal(pthread_barrier_init(&start, NULL, PEOPLE), 0);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(pthread_create(&people[i].thread, NULL, leave, &people[i]), 0);
	for (int i = 0; i < PEOPLE; i++)
		pthread_join(people[i].thread, NULL);
	pthread_barrier_destroy(&start);
	assert_int_equal(atomic_load(&surprises), 0);
	story_settle();
	struct api_reply *now = api_expect(api_get(coordinator(), "%s", self), 200);
	int left = (int)(PLACES + MORE + line - api_integer(now, "going") -
			 api_integer(now, "waiting"));
	assert_true(left >= PLACES + MORE);
	assert_int_equal(api_integer(now, "going"),
		api_integer(now, "waiting") > 0 ? PLACES + MORE : api_integer(now, "going"));
	/* everybody with a place who did not have one from the beginning has been told, and once */
	assert_int_equal(count("(SELECT FROM scheduling.notification WHERE kind = "
			       "'gathering_place' GROUP BY "
			       "person_id, subject_id, cause HAVING count(*) > 1) twice"),
		0);
	assert_true(count("scheduling.notification WHERE kind = 'gathering_place'") > before);
}

static int tear_down(void **state)
{
	for (int i = 0; i < PEOPLE; i++)
		api_free(people[i].caller);
	return api_release(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_go_in_the_order_of_the_line),
		cmocka_unit_test(whoever_moves_up_is_told_once),
	};
	return cmocka_run_group_tests_name("gathering storm", tests, set_up, tear_down);
}
