/*
 * Outages: the database goes away and comes back; services are restarted under load; one is killed
 * in the middle of its work. Nothing is lost, nobody waits for nothing, nothing needs a hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *const services[] = { "profiles", "matching", "scheduling", "evaluation" };
#define SERVICES (sizeof services / sizeof *services)

static int set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

static int ready(const char *service)
{
	return api_admin(service, "/readyz")->status;
}

static void without_a_database_services_say_so_at_once_and_recover_alone(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief");
	api_expect(api_get(chief, "/api/v1/me"), 200);
	api_stop("postgres");
	for (size_t i = 0; i < SERVICES; i++) {
		api_wait_until(20.0, ready(services[i]) == 503);
		assert_int_equal(api_admin(services[i], "/livez")->status, 200);
	}
	struct api_reply *no;
	api_wait_until(20.0, (no = api_get(chief, "/api/v1/people?limit=1"))->status == 503);
	print_message("503 after %.3f s\n", no->seconds);
	assert_non_null(api_header_of(no, "Retry-After"));
	assert_string_equal(api_text(no, "code"), "unavailable");
	no = api_post(api_as("programme_admin", "hr.lead"), "/api/v1/programmes",
		"{\"title\": \"x\", \"purpose\": \"inclusion\", \"starts_on\": \"2027-01-11\", "
		"\"ends_on\": \"2027-07-09\"}");
	assert_int_equal(no->status, 503);
	api_start("postgres");
	double began = api_now();
	for (size_t i = 0; i < SERVICES; i++)
		api_wait_until(20.0, ready(services[i]) == 200);
	print_message("ready %.3f s after the database\n", api_now() - began);
	api_expect(api_get(chief, "/api/v1/people?limit=1"), 200);
}

/* ---- restarts under load ---- */

struct load {
	atomic_bool stop;
	atomic_int asked, failed;
	char first[256];
};

/* Reads and writes at about 100 a second, through the gateway, as a portal that repeats an answer
 * of 502 or 503 with the same key, as the contract says. */
static void *load_run(void *argument)
{
	struct load *load = argument;
	struct api *caller = api_new("participant", "chief");
	while (!atomic_load(&load->stop)) {
		struct api_reply *reply = api_get(caller, "/api/v1/people/me");
		atomic_fetch_add(&load->asked, 1);
		bool refused = reply->status == 503 || reply->status == 502;
		if (reply->status != 200 && !refused && atomic_fetch_add(&load->failed, 1) == 0)
			snprintf(load->first, sizeof load->first, "%d %.200s", reply->status,
				reply->text);
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
	api_free(caller);
	return NULL;
}

static void a_restart_loses_no_request_that_was_begun(void **state)
{
	(void)state;
	pthread_t threads[2];
	struct load load = { 0 };
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, load_run, &load), 0);
	for (int i = 0; i < 4; i++) {
		int before = atomic_load(&load.asked);
		api_wait_until(30.0, atomic_load(&load.asked) > before + 20);
		api_stop("profiles");
		api_start("profiles");
	}
	atomic_store(&load.stop, true);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	print_message("%d requests over 4 restarts\n", atomic_load(&load.asked));
	if (atomic_load(&load.failed))
		fail_msg("%d failed, first: %s", atomic_load(&load.failed), load.first);
}

/* ---- kill -9 ---- */

static void what_was_answered_is_there_after_a_kill(void **state)
{
	(void)state;
	struct api *admin = api_as("programme_admin", "hr.lead");
	for (int round = 0; round < 5; round++) {
		char title[64];
		snprintf(title, sizeof title, "Kept %d", round);
		struct api_reply *made = api_expect(
			api_post(admin, "/api/v1/programmes",
				"{\"title\": \"%s\", \"purpose\": \"inclusion\", \"starts_on\": "
				"\"2027-01-11\","
				" \"ends_on\": \"2027-07-09\"}",
				title),
			201);
		assert_int_equal(kill(api_pid("matching"), SIGKILL), 0);
		api_wait_until(20.0, ready("matching") != 200);
		api_stop("matching");
		api_start("matching");
		struct api_reply *kept;
		api_wait_until(20.0,
			(kept = api_get(admin, "%s", api_text(made, "links.self")))->status == 200);
		assert_string_equal(api_text(kept, "title"), title);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_database_services_say_so_at_once_and_recover_alone),
		cmocka_unit_test(a_restart_loses_no_request_that_was_begun),
		cmocka_unit_test(what_was_answered_is_there_after_a_kill),
	};
	return cmocka_run_group_tests_name("outages", tests, set_up, api_release);
}
