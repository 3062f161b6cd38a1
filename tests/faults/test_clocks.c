/*
 * The clock of one service is an hour ahead, or an hour behind, or is put back by two hours while
 * the service runs. What the product promises about time hangs on PostgreSQL's clock, so all of it
 * goes on to hold: only tokens are judged by the service's own, and refused as they should be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "shim.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define HOUR 3600L

static struct faults *faults;

/* One read of each service, by somebody whom it knows. */
static const char *const reads[LOAD_SERVICES] = { "/api/v1/people/me", "/api/v1/enrolments",
	"/api/v1/sessions", "/api/v1/goals" };

static int set_up(void **state)
{
	(void)state;
	if (!shim_possible())
		return 0;
	faults = shim_open();
	shim_tokens();
	load_prepare();
	return 0;
}

static int tear_down(void **state)
{
	for (int i = 0; faults && i < LOAD_SERVICES; i++)
		shim_end(load_services[i]);
	shim_close();
	return api_release(state);
}

/* A token of the honest clock, good for ten minutes, at the service. */
static struct api_reply *read_with_short_token(int service)
{
	const char *argv[] = { api_stack("token_tool"), "sign", "--dir", api_stack("keys"),
		"--role", "participant", "--sub", "chief", "--ttl", "600", NULL };
	const char *token = api_run(argv);
	struct api *caller = api_direct(
		api_with_token(api_path("Bearer %.*s", (int)strcspn(token, "\n"), token)),
		load_services[service]);
	return api_get(caller, "%s", reads[service]);
}

static void expect_tokens_judged(int service, long ahead)
{
	struct api_reply *reply = read_with_short_token(service);
	if (ahead == 0)
		api_expect(reply, 200);
	else
		api_expect_problem(reply, 401, "unauthenticated");
}

/* Whatever was made last was made now, by PostgreSQL's clock. */
static void expect_times_of_the_database(void)
{
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*), bool_and(abs(extract(epoch FROM common.now() - m.at)) < "
			"600) "
			"FROM (SELECT max(created_at) AS at FROM profiles.skill UNION ALL "
			"SELECT max(created_at) FROM matching.programme UNION ALL "
			"SELECT max(created_at) FROM scheduling.message UNION ALL "
			"SELECT max(created_at) FROM evaluation.goal UNION ALL "
			"SELECT max(created_at) FROM scheduling.notification) m"),
		"5|t");
}

static void expect_all_works(int service, long ahead)
{
	static int number;
	int before[LOAD_SERVICES];
	for (int i = 0; i < LOAD_SERVICES; i++)
		before[i] = load_acknowledged(i);
	load_start();
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, load_acknowledged(i) > before[i] + 3);
	load_stop();
	load_check();
	/* jobs, leases, consumers and notifications */
	const char *programme = company_programme(api_path("Clock %d", ++number), 2);
	story_round("hr.lead", programme);
	story_settle();
	expect_times_of_the_database();
	expect_tokens_judged(service, ahead);
	print_message("%-10s %+5ld s: all works\n", load_services[service], ahead);
}

static void an_hour_off(int service)
{
	if (!faults)
		skip();
	atomic_store(&faults->ahead, HOUR);
	shim_start(load_services[service], NULL);
	expect_all_works(service, HOUR);
	atomic_store(&faults->ahead, -HOUR);
	expect_all_works(service, -HOUR);
	atomic_store(&faults->ahead, 0);
	expect_tokens_judged(service, 0);
	shim_end(load_services[service]);
}

static void profiles_an_hour_off(void **state)
{
	(void)state;
	an_hour_off(0);
}

static void matching_an_hour_off(void **state)
{
	(void)state;
	an_hour_off(1);
}

static void scheduling_an_hour_off(void **state)
{
	(void)state;
	an_hour_off(2);
}

static void evaluation_an_hour_off(void **state)
{
	(void)state;
	an_hour_off(3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_an_hour_off),
		cmocka_unit_test(matching_an_hour_off),
		cmocka_unit_test(scheduling_an_hour_off),
		cmocka_unit_test(evaluation_an_hour_off),
	};
	return cmocka_run_group_tests_name("clocks", tests, set_up, tear_down);
}
