/*
 * PostgreSQL is cut off without a word: connections are neither closed nor answered. Every service
 * says so at once and is not ready; nothing is lost or doubled, and all are back by themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "cut.h"
#include "load.h"
#include "support/client.h"

#define CUT_SECONDS 60.0

/* One read of each service, by somebody whom it knows. */
static const char *const reads[LOAD_SERVICES] = { "/api/v1/people/me", "/api/v1/enrolments",
	"/api/v1/sessions", "/api/v1/goals" };

static int ready(int service)
{
	return api_admin(load_services[service], "/readyz")->status;
}

static struct api_reply *read_of(int service)
{
	return api_get(api_as("participant", "chief"), "%s", reads[service]);
}

static int set_up(void **state)
{
	(void)state;
	load_prepare();
	int port = wire_open();
	for (int i = 0; i < LOAD_SERVICES; i++) {
		api_stop(load_services[i]);
		api_start_with(load_services[i],
			api_path("DATABASE_URL=host=127.0.0.1 port=%d user=upward_%s dbname=upward",
				port, load_services[i]),
			NULL);
	}
	return 0;
}

static int tear_down(void **state)
{
	wire_cut(false);
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_stop(load_services[i]);
	wire_close();
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_start(load_services[i]);
	return api_release(state);
}

static void expect_said(int service, double began)
{
	struct api_reply *no = read_of(service);
	api_expect_problem(no, 503, "unavailable");
	assert_non_null(api_header_of(no, "Retry-After"));
	print_message("%-10s 503 in %.2f s, %.2f s after the cut\n", load_services[service],
		no->seconds, api_now() - began);
}

/* Answers go on being given at once, however long it lasts. */
static void stay_cut(double until)
{
	double longest = 0;
	while (api_now() < until)
		for (int i = 0; i < LOAD_SERVICES; i++) {
			struct api_reply *no = read_of(i);
			api_expect_problem(no, 503, "unavailable");
			assert_int_equal(ready(i), 503);
			assert_int_equal(api_admin(load_services[i], "/livez")->status, 200);
			longest = no->seconds > longest ? no->seconds : longest;
		}
	print_message("longest 503 while it lasted: %.3f s\n", longest);
}

static void a_silent_cut_is_said_and_loses_nothing(void **state)
{
	(void)state;
	load_start();
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, load_acknowledged(i) > 5);
	wire_cut(true);
	double began = api_now();
	for (int i = 0; i < LOAD_SERVICES; i++)
		expect_said(i, began);
	for (int i = 0; i < LOAD_SERVICES; i++) {
		api_wait_until(12.0, ready(i) == 503);
		print_message("%-10s not ready %.2f s after the cut\n", load_services[i],
			api_now() - began);
	}
	stay_cut(began + CUT_SECONDS);
	int refused = load_refused(), before[LOAD_SERVICES];
	for (int i = 0; i < LOAD_SERVICES; i++)
		before[i] = load_acknowledged(i);
	wire_cut(false);
	began = api_now();
	for (int i = 0; i < LOAD_SERVICES; i++) {
		api_wait_until(30.0, ready(i) == 200 && read_of(i)->status == 200);
		api_wait_until(30.0, load_acknowledged(i) > before[i] + 2);
		print_message("%-10s back %.2f s after the cut has ended\n", load_services[i],
			api_now() - began);
	}
	load_stop();
	load_check();
	print_message("%d answers asked for a repetition\n", refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_cut_is_said_and_loses_nothing),
	};
	return cmocka_run_group_tests_name("silent cut", tests, set_up, tear_down);
}
