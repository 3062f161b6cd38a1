/*
 * If-Match on every operation of the contract: a tag that is not the object's own is refused
 * wherever it is sent, and changes nothing; what is no tag is 400. By day each operation gets one of
 * the tags, the next operation the next; UPWARD_LONG=1: all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "contract.h"

#define RACERS 8

static struct world world;
static int wrong;

static int build(void **state)
{
	(void)state;
	world_build(&world);
	return 0;
}

/* Sends as every caller in turn, so that whoever may call it does. Returns how often it was refused
 * as it should be. */
static int send_all(const struct operation_row *row, const char *if_match, int status)
{
	int refused = 0;
	const char *path = contract_path(row, &world, false);
	char *body = contract_request(row, &world, false);
	for (int caller = CALLER_STRANGER; caller < CALLERS; caller++) {
		struct api *who = world_caller(&world, (enum caller)caller);
		api_header(who, "If-Match: %s", if_match);
		struct api_reply *reply = api_send(who, row->method, path,
			body ? contract_type(row) : NULL, body, body ? strlen(body) : 0);
		refused += reply->status == status;
		if (reply->status >= 200 && reply->status < 300 && wrong++ < 20)
			print_error(
				"%s with If-Match %s: %d\n", reply->asked, if_match, reply->status);
	}
	free(body);
	return refused;
}

/* A read that wants to know more than its path says. */
static bool wants_query(const struct operation_row *row)
{
	json_t *parameter;
	if (strcmp(row->id, "slot_read") == 0) /* one of two, which a contract cannot say */
		return true;
	for (size_t i = 0; (parameter = contract_parameter(row, i)); i++)
		if (strcmp(json_string_value(json_object_get(parameter, "in")), "query") == 0 &&
			json_is_true(json_object_get(parameter, "required")))
			return true;
	return false;
}

static void every_operation_obeys_it(void **state)
{
	(void)state;
	static const char *const tags[] = { "\"x\"", "W/\"x\"", "\"1.00000000\"",
		"\"900001\", \"900002\"" };
	const struct operation_row *rows;
	size_t count = contract_operations(&rows);
	for (size_t i = 0; i < count; i++) {
		if (wants_query(&rows[i]))
			continue;
		for (size_t tag = 0; tag < COUNT(tags); tag++)
			if ((getenv("UPWARD_LONG") || tag == i % COUNT(tags)) &&
				send_all(&rows[i], tags[tag], 412) == 0 && wrong++ < 20)
				print_error(
					"%s: nobody was refused for %s\n", rows[i].id, tags[tag]);
		if (send_all(&rows[i], "x", 400) == 0 && wrong++ < 20)
			print_error("%s: what is no tag was not refused\n", rows[i].id);
	}
	assert_int_equal(wrong, 0);
}

struct racer {
	pthread_t thread;
	struct api *caller;
	char tag[64];
	int won, stale, other;
};

static void *write_once(void *context)
{
	struct racer *r = context;
	api_header(r->caller, "If-Match: %s", r->tag);
	struct api_reply *reply = api_put(
		r->caller, "/api/v1/people/me/interests", "{\"interests\": [\"chess\"]}");
	r->won = reply->status == 200;
	r->stale = reply->status == 412;
	r->other = !r->won && !r->stale;
	return NULL;
}

/* All have seen the same version: one changes it. */
static void one_of_many_who_saw_the_same_wins(void **state)
{
	(void)state;
	const char *user = world.mentor_user;
	for (int round = 0; round < 10; round++) {
		struct racer racers[RACERS] = { 0 };
		int won = 0, stale = 0;
		struct api_reply *seen = api_expect(
			api_get(world_caller(&world, CALLER_MENTOR), "/api/v1/people/me/interests"),
			200);
		for (int i = 0; i < RACERS; i++) {
			racers[i].caller = api_new("participant", user);
			strncpy(racers[i].tag, api_header_of(seen, "etag"),
				sizeof racers[i].tag - 1);
			assert_int_equal(
				pthread_create(&racers[i].thread, NULL, write_once, &racers[i]), 0);
		}
		for (int i = 0; i < RACERS; i++) {
			pthread_join(racers[i].thread, NULL);
			won += racers[i].won;
			stale += racers[i].stale;
			api_free(racers[i].caller);
		}
		assert_int_equal(won, 1);
		assert_int_equal(stale, RACERS - 1);
	}
}

static void any_version_will_do_for_a_star(void **state)
{
	(void)state;
	struct api *mentor = world_caller(&world, CALLER_MENTOR);
	for (int i = 0; i < 3; i++) {
		api_header(mentor, "If-Match: *");
		api_expect(
			api_put(mentor, "/api/v1/people/me/interests", "{\"interests\": []}"), 200);
		api_header(mentor, "If-Match: *");
		api_expect(api_patch(mentor, "/api/v1/people/me", "{\"bio\": \"b\"}"), 200);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_obeys_it),
		cmocka_unit_test(one_of_many_who_saw_the_same_wins),
		cmocka_unit_test(any_version_will_do_for_a_star),
	};
	return cmocka_run_group_tests(tests, build, api_release);
}
