/*
 * Memory is refused within a request: at its first, second, … allocation, until it needs no more.
 * Each answer is the right one, a 503, or a closed connection; a write is there once when it is
 * repeated with its key; no service ends, and under AddressSanitizer none leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "shim.h"
#include "support/client.h"

#define ALLOCATIONS_MOST 3000 /* no request needs as many */
#define PEOPLE           1500 /* of the upload: more than a small body holds */

/* A request; a body with %d is another one each time. good: the status when nothing is refused. */
struct asked {
	int service;
	const char *role, *user, *method, *path, *type, *body;
	int good;
	const char *accept;
};

static const struct asked reads[] = {
	{ 0, "participant", "chief", "GET", "/api/v1/people/me", NULL, NULL, 200 },
	{ 0, "participant", "chief", "GET", "/api/v1/people?limit=5", NULL, NULL, 200 },
	{ 0, "hris", NULL, "GET", "/api/v1/imports?limit=2", NULL, NULL, 200 },
	{ 1, "participant", "chief", "GET", "/api/v1/enrolments", NULL, NULL, 200 },
	{ 2, "participant", "chief", "GET", "/api/v1/sessions", NULL, NULL, 200 },
	{ 3, "participant", "chief", "GET", "/api/v1/dashboards/me", NULL, NULL, 200 },
};

static const struct asked refusals[] = {
	{ 0, NULL, NULL, "GET", "/api/v1/people/me", NULL, NULL, 401 },
	{ 0, "participant", "chief", "POST", "/api/v1/skills", "application/json",
		"{\"name\": \"No\"}", 403 },
	{ 0, "admin", NULL, "GET", "/api/v1/skills/019a0000-0000-7000-8000-000000000003", NULL,
		NULL, 404 },
	{ 0, "admin", NULL, "POST", "/api/v1/skills", "application/json",
		"{\"nmae\": 7, \"x\": {}}", 400 },
	{ 1, "programme_admin", "hr.lead", "POST", "/api/v1/programmes", "application/json",
		"{\"title\": \"\", \"purpose\": \"none\"}", 400 },
	{ 2, "participant", "chief", "GET", "/api/v1/sessions?nothing=1", NULL, NULL, 400 },
	{ 3, "participant", "chief", "POST", "/api/v1/goals", "text/plain", "x", 415 },
};

static struct faults *faults;
static int numbers;

static int set_up(void **state)
{
	(void)state;
	load_prepare();
	return 0;
}

static int tear_down(void **state)
{
	if (faults) {
		for (int i = 0; i < LOAD_SERVICES; i++)
			shim_end(load_services[i]);
		shim_close();
	}
	return api_release(state);
}

static void with_the_library(void **state)
{
	(void)state;
	if (!shim_possible())
		skip();
	faults = shim_open();
	char *leaks = realpath("tests/faults/preload/leaks.supp", NULL);
	assert_non_null(leaks);
	for (int i = 0; i < LOAD_SERVICES; i++)
		shim_start(load_services[i],
			api_path("LSAN_OPTIONS=print_suppressions=0:suppressions=%s", leaks));
	free(leaks);
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, api_admin(load_services[i], "/readyz")->status == 200);
}

static struct api *caller_of(const struct asked *asked)
{
	struct api *caller = api_new(asked->role, asked->user);
	api_hasty(caller); /* the fault comes again with the request */
	return api_direct(caller, load_services[asked->service]);
}

/* n: the allocation that is refused, 0 for none. A connection of its own, so that the client does
 * not ask again by itself when it is closed. key: or NULL. */
static struct api_reply *ask(
	struct api *caller, const struct asked *asked, const char *body, int n, const char *key)
{
	api_header(caller, "Connection: close");
	if (n)
		api_header(caller, "X-Fault: refuse-%d", n);
	if (key)
		api_header(caller, "Idempotency-Key: %s", key);
	if (asked->accept)
		api_header(caller, "Accept: %s", asked->accept);
	return api_send(
		caller, asked->method, asked->path, asked->type, body, body ? strlen(body) : 0);
}

/* Equal but for what names the request itself. */
static bool is_same(const struct api_reply *one, const struct api_reply *other)
{
	if (!json_is_object(one->body) || !json_is_object(other->body))
		return strcmp(one->text, other->text) == 0;
	json_object_del(one->body, "request_id");
	json_object_del(other->body, "request_id");
	json_object_del(one->body, "as_of");
	json_object_del(other->body, "as_of");
	return json_equal(one->body, other->body);
}

static void expect_honest(const struct asked *asked, const struct api_reply *reply, int good, int n)
{
	if (reply->status != good && reply->status != 503 && reply->status != 0)
		fail_msg("allocation %d refused: %s %s", n, asked->method,
			api_path("%s: %d %s", asked->path, reply->status, reply->text));
}

/* Every allocation of a request that changes nothing. */
static void refuse_each(const struct asked *asked)
{
	struct api *caller = caller_of(asked);
	struct api_reply *good = ask(caller, asked, asked->body, 0, NULL);
	int n = 1, counts[3] = { 0 };
	bool hit = true;
	if (asked->good)
		api_expect(good, asked->good);
	for (; hit && n < ALLOCATIONS_MOST; n++) {
		long refused = atomic_load(&faults->refused);
		struct api_reply *reply = ask(caller, asked, asked->body, n, NULL);
		hit = atomic_load(&faults->refused) > refused;
		expect_honest(asked, reply, good->status, n);
		if (reply->status == good->status && !is_same(reply, good))
			fail_msg("allocation %d refused: %s: %s\nwanted %s", n, asked->path,
				reply->text, good->text);
		counts[reply->status == good->status ? 0 : reply->status == 503 ? 1 : 2]++;
	}
	assert_true(n < ALLOCATIONS_MOST && n > 2);
	print_message("%-10s %-4s %d %-40.40s %3d allocations: %d answered, %d 503, %d closed\n",
		load_services[asked->service], asked->method, good->status, asked->path, n - 2,
		counts[0], counts[1], counts[2]);
	api_free(caller);
}

/* (Not of calendar feeds: libical writes to a component that it could not make.) */
static void reads_are_right_or_503(void **state)
{
	(void)state;
	if (!faults)
		skip();
	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
		refuse_each(&reads[i]);
	char *slots = strdup(api_path("/api/v1/slots?pair_id=%s&from=2027-02-01T00:00:00Z&days=7",
		api_sql("superuser", "SELECT id FROM matching.pair")));
	refuse_each(
		&(struct asked){ 2, "participant", "chief", "GET", slots, NULL, NULL, 200, NULL });
	free(slots);
	refuse_each(&(struct asked){ 1, "programme_admin", "hr.lead", "GET", "/api/v1/enrolments",
		NULL, NULL, 200, "text/csv" });
}

static void refusals_stay_refusals(void **state)
{
	(void)state;
	if (!faults)
		skip();
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		refuse_each(&refusals[i]);
}

/* Every allocation of a write. What became of it, the same key tells. */
static void refuse_each_of_a_write(const struct asked *asked, const char *rows)
{
	struct api *caller = caller_of(asked);
	int n = 1, counts[3] = { 0 },
	    before = atoi(api_sql("superuser", "SELECT count(*) FROM %s", rows));
	bool hit = true;
	for (; hit && n < ALLOCATIONS_MOST; n++) {
		long refused = atomic_load(&faults->refused);
		const char *body = api_path(asked->body, ++numbers),
			   *key = api_path("memory-%d", numbers);
		struct api_reply *reply = ask(caller, asked, body, n, key);
		hit = atomic_load(&faults->refused) > refused;
		expect_honest(asked, reply, asked->good, n);
		counts[reply->status == asked->good ? 0 : reply->status == 503 ? 1 : 2]++;
		struct api_reply *again = ask(caller, asked, body, 0, key);
		if (again->status != asked->good)
			fail_msg("allocation %d refused: %s: %d, then %d %s", n, asked->path,
				reply->status, again->status, again->text);
		if (reply->status == asked->good)
			assert_string_equal(api_text(again, "id"), api_text(reply, "id"));
	}
	assert_true(n < ALLOCATIONS_MOST && n > 2);
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM %s", rows),
		api_path("%d", before + n - 1));
	print_message("%-10s %-4s %d %-40.40s %3d allocations: %d answered, %d 503, %d closed\n",
		load_services[asked->service], asked->method, asked->good, asked->path, n - 2,
		counts[0], counts[1], counts[2]);
	api_free(caller);
}

static void writes_are_done_once(void **state)
{
	(void)state;
	if (!faults)
		skip();
	static const struct asked skill = { 0, "admin", NULL, "POST", "/api/v1/skills",
		"application/json", "{\"name\": \"Scarce %d\"}", 201 };
	refuse_each_of_a_write(&skill, "profiles.skill WHERE name LIKE 'Scarce %'");
	static const struct asked programme = { 1, "programme_admin", "hr.lead", "POST",
		"/api/v1/programmes", "application/json",
		"{\"title\": \"Scarce %d\", \"purpose\": \"inclusion\", \"starts_on\": "
		"\"2027-01-11\", "
		"\"ends_on\": \"2027-07-09\"}",
		201 };
	refuse_each_of_a_write(&programme, "matching.programme WHERE title LIKE 'Scarce %'");
	const char *pair = api_sql("superuser", "SELECT id FROM matching.pair");
	struct asked goal = { 3, "participant", "chief", "POST", "/api/v1/goals",
		"application/json",
		api_path("{\"pair_id\": \"%s\", \"specific\": \"Write prompts that need no second "
			 "try "
			 "%%d\", \"measure\": {\"unit\": \"prompts\", \"baseline\": 0, \"target\": "
			 "20}, "
			 "\"due_on\": \"2027-04-01\"}",
			pair),
		201 };
	refuse_each_of_a_write(&goal, "evaluation.goal");
	struct asked message = { 2, "programme_admin", "hr.lead", "POST", "/api/v1/messages",
		"application/json",
		api_path("{\"programme_id\": \"%s\", \"about\": \"pick\", \"preview\": true}",
			api_sql("superuser", "SELECT programme_id FROM matching.pair")),
		201 };
	refuse_each_of_a_write(&message, "scheduling.message");
}

static void uploads_are_taken_once(void **state)
{
	(void)state;
	if (!faults)
		skip();
	size_t room = (size_t)PEOPLE * 96 + 128, used;
	char *csv = malloc(room);
	assert_non_null(csv);
	used = (size_t)snprintf(csv, room,
		"external_id,user_name,given_name,family_name,level,manager_external_id,"
		"department\n");
	for (int i = 0; i < PEOPLE; i++)
		used += (size_t)snprintf(
			csv + used, room - used, "F-%d,file%d,Fi,Le,2,C-1,Files\n", i, i);
	struct asked upload = { 0, "hris", NULL, "POST", "/api/v1/imports?dry_run=true", "text/csv",
		csv, 202 };
	refuse_each_of_a_write(&upload, "profiles.import");
	free(csv);
}

static void all_are_still_the_same(void **state)
{
	(void)state;
	if (!faults)
		skip();
	for (size_t n = 0; n < sizeof reads / sizeof *reads; n++) {
		struct api *caller = caller_of(&reads[n]);
		api_wait_until(
			60.0, api_admin(load_services[reads[n].service], "/readyz")->status == 200);
		if (reads[n].good)
			api_expect(ask(caller, &reads[n], NULL, 0, NULL), reads[n].good);
		api_free(caller);
	}
}

int main(void)
{
	unsetenv("UPWARD_RECORD"); /* a 503 without memory for its body is in no contract */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_library),
		cmocka_unit_test(reads_are_right_or_503),
		cmocka_unit_test(refusals_stay_refusals),
		cmocka_unit_test(writes_are_done_once),
		cmocka_unit_test(uploads_are_taken_once),
		cmocka_unit_test(all_are_still_the_same),
	};
	return cmocka_run_group_tests_name("refused memory", tests, set_up, tear_down);
}
