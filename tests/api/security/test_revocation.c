/*
 * Token revocations: what was issued before, for a person or a subject, is refused by every service
 * within five seconds, cached or not; what is issued afterwards is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keyring.h"
#include "world.h"

#define NOTICE   20.0 /* four times the five seconds that are promised */
#define SERVICES 4
#define PATH     "/api/v1/settings/token-revocations"
#define TOLD     "Bearer error=\"invalid_token\", error_description=\"the token has been revoked\""

static const char *const pages[SERVICES] = { "/api/v1/me", "/api/v1/enrolments", "/api/v1/sessions",
	"/api/v1/feedback" };
/* One page of each service that a caller without a person may read; matching has none. */
static const char *const open_to_admins[] = { "/api/v1/me", "/api/v1/holidays/DE" };
static struct keyring keys;

static int open_keys(void **state)
{
	(void)state;
	assert_string_equal(api_text(api_import(world_people, NULL), "status"), "done");
	keyring_open(&keys);
	return 0;
}

static int close_keys(void **state)
{
	keyring_close(&keys);
	return api_release(state);
}

/* A caller whose token was issued at this time. */
static struct api *caller_of(const char *subject, const char *role, long long issued)
{
	char *token = keyring_token(
		&keys, keyring_claims(subject, "iat",
			       api_path(",\"iat\":%lld,\"groups\":[\"%s\"]", issued, role)));
	struct api *caller = api_with_token(api_path("Bearer %s", token));
	free(token);
	return caller;
}

static struct api *person(const char *user_name, long long issued)
{
	return caller_of(user_name, "participant", issued);
}

static bool all_refuse(struct api *caller)
{
	for (int i = 0; i < SERVICES; i++) {
		struct api_reply *reply = api_get(caller, "%s", pages[i]);
		if (reply->status == 200)
			return false;
		api_expect_problem(reply, 401, "unauthenticated");
		assert_string_equal(api_header_of(reply, "www-authenticate"), TOLD);
	}
	return true;
}

static void all_accept(struct api *caller)
{
	for (int i = 0; i < SERVICES; i++)
		api_expect(api_get(caller, "%s", pages[i]), 200);
}

static bool next_second_has_come(long long since)
{
	return (long long)time(NULL) > since + 1;
}

static void tokens_of_a_person_end_everywhere_and_new_ones_are_good(void **state)
{
	(void)state;
	long long now = (long long)time(NULL);
	struct api *admin = api_as("admin", NULL);
	struct api *old = person("max.mentor", now - 30), *other = person("rita.mentor", now - 30);
	all_accept(old); /* every service has token and person in its caches */
	all_accept(other);
	const char *id = api_text(api_get(old, "/api/v1/me"), "person.id");
	struct api_reply *made = api_expect(
		api_post(admin, PATH, "{\"person_id\": \"%s\"}", id), 201);
	assert_string_equal(api_text(made, "person.id"), id);
	assert_true(json_is_null(api_member(made, "subject")));
	double from = api_now();
	api_wait_until(NOTICE, all_refuse(old));
	print_message("refused %.1f s after the revocation\n", api_now() - from);
	assert_true(all_refuse(person("max.mentor", now - 20))); /* another of before */
	/* under other letter case of the name, and with a role that needs no person */
	assert_true(all_refuse(person("MAX.mentor", now - 20)));
	assert_true(all_refuse(caller_of("max.mentor", "admin", now - 20)));
	all_accept(other);
	long long then = (long long)time(NULL);
	api_wait_until(NOTICE, next_second_has_come(then));
	all_accept(person("max.mentor", (long long)time(NULL)));
	assert_true(all_refuse(old));
}

static bool admins_are_refused(struct api *caller)
{
	for (size_t i = 0; i < sizeof open_to_admins / sizeof *open_to_admins; i++) {
		struct api_reply *reply = api_get(caller, "%s", open_to_admins[i]);
		if (reply->status != 401)
			return false;
		assert_string_equal(api_header_of(reply, "www-authenticate"), TOLD);
	}
	return true;
}

static struct api *machine(const char *subject, long long issued)
{
	char *token = keyring_token(&keys,
		api_path(
			"{\"iss\":\"urn:upward:local\",\"aud\":\"upward\",\"sub\":\"%s\",\"roles\":"
			"[\"admin\"],\"iat\":%lld,\"exp\":%lld}",
			subject, issued, issued + 600));
	struct api *caller = api_with_token(api_path("Bearer %s", token));
	free(token);
	return caller;
}

static void tokens_of_a_subject_without_a_person_end_too(void **state)
{
	(void)state;
	long long now = (long long)time(NULL);
	struct api *lost = machine("sync-job", now - 30), *other = machine("sync-job2", now - 30);
	api_expect(api_get(lost, "/api/v1/me"), 200);
	struct api_reply *made = api_expect(
		api_post(api_as("admin", NULL), PATH, "{\"subject\": \"sync-job\"}"), 201);
	assert_string_equal(api_text(made, "subject"), "sync-job");
	assert_true(json_is_null(api_member(made, "person")));
	api_wait_until(NOTICE, admins_are_refused(lost));
	api_expect(api_get(other, "/api/v1/me"), 200);
	/* a subject is compared exactly */
	api_expect(api_get(machine("SYNC-JOB", now - 30), "/api/v1/me"), 200);
	long long then = (long long)time(NULL);
	api_wait_until(NOTICE, next_second_has_come(then));
	api_expect(api_get(machine("sync-job", (long long)time(NULL)), "/api/v1/me"), 200);
	/* by the subject of a person as well */
	struct api *rita = person("rita.mentor", now - 30);
	all_accept(rita);
	api_expect(api_post(api_as("admin", NULL), PATH, "{\"subject\": \"rita.mentor\"}"), 201);
	api_wait_until(NOTICE, all_refuse(rita));
}

static void revocations_are_listed_newest_first(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	struct api_reply *first = api_expect(api_post(admin, PATH, "{\"subject\": \"a\"}"), 201);
	struct api_reply *second = api_expect(api_post(admin, PATH, "{\"subject\": \"b\"}"), 201);
	struct api_reply *page = api_expect(api_get(admin, PATH "?limit=1"), 200);
	assert_string_equal(api_text(page, "items.0.id"), api_text(second, "id"));
	page = api_expect(
		api_get(admin, PATH "?limit=1&cursor=%s", api_text(page, "next_cursor")), 200);
	assert_string_equal(api_text(page, "items.0.id"), api_text(first, "id"));
	struct api_reply *one = api_expect(
		api_get(admin, "%s", api_header_of(second, "location")), 200);
	assert_string_equal(api_text(one, "subject"), "b");
}

static void a_revocation_names_one_person_or_subject(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	const char *id = api_text(
		api_get(api_as("participant", "bo.boss"), "/api/v1/me"), "person.id");
	api_expect_problem(api_post(admin, PATH, "{}"), 422, "unprocessable");
	api_expect_problem(api_post(admin, PATH, "{\"person_id\": \"%s\", \"subject\": \"x\"}", id),
		422, "unprocessable");
	api_expect_problem(api_post(admin, PATH, "{\"person_id\": null, \"subject\": null}"), 422,
		"unprocessable");
	api_expect_problem(
		api_post(admin, PATH, "{\"person_id\": \"019a0000-0000-7000-8000-000000000bad\"}"),
		422, "unknown_reference");
	assert_int_equal(api_post(admin, PATH, "{\"subject\": \"\"}")->status, 422);
	assert_int_equal(api_post(admin, PATH, "{\"subject\": 7}")->status, 400);
	static const char *const others[] = { "participant", "programme_admin" };
	for (int i = 0; i < 2; i++)
		api_expect_problem(
			api_post(api_as(others[i], "bo.boss"), PATH, "{\"person_id\": \"%s\"}", id),
			403, "forbidden");
	api_expect_problem(api_post(api_as("auditor", "bo.boss"), PATH, "{\"subject\": \"x\"}"),
		403, "forbidden");
	api_expect(api_get(api_as("participant", "bo.boss"), "/api/v1/me"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_of_a_person_end_everywhere_and_new_ones_are_good),
		cmocka_unit_test(tokens_of_a_subject_without_a_person_end_too),
		cmocka_unit_test(revocations_are_listed_newest_first),
		cmocka_unit_test(a_revocation_names_one_person_or_subject),
	};
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
