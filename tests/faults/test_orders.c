/*
 * The four services start in every order, and PostgreSQL after all of them: each lives at once, is
 * ready when PostgreSQL is, and works.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define SERVICES 4

static const char *const services[SERVICES] = { "profiles", "matching", "scheduling",
	"evaluation" };
static const char *const reads[SERVICES] = { "/api/v1/people/me", "/api/v1/enrolments",
	"/api/v1/sessions", "/api/v1/goals" };

static int set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

static bool is_down(const char *process)
{
	return api_pid(process) == 0;
}

static void stop_all(void)
{
	for (int i = 0; i < SERVICES; i++)
		api_ask_stop(services[i]);
	for (int i = 0; i < SERVICES; i++)
		api_wait_until(60.0, is_down(services[i]));
	api_stop("postgres");
}

static void start_in(const int order[SERVICES])
{
	for (int i = 0; i < SERVICES; i++) {
		const char *service = services[order[i]];
		api_ask_start(service);
		api_wait_until(
			60.0, !is_down(service) && api_admin(service, "/livez")->status == 200);
		assert_int_equal(api_admin(service, "/readyz")->status, 503);
	}
	struct api_reply *no = api_get(api_as("participant", "chief"), "%s", reads[order[0]]);
	api_expect_problem(no, 503, "unavailable");
	api_start("postgres");
	double began = api_now();
	for (int i = 0; i < SERVICES; i++)
		api_wait_until(60.0, api_admin(services[i], "/readyz")->status == 200);
	print_message("%d%d%d%d: ready %.2f s after PostgreSQL\n", order[0], order[1], order[2],
		order[3], api_now() - began);
}

/* A skill, a programme, and the events behind them. */
static void all_work(int number)
{
	for (int i = 0; i < SERVICES; i++)
		api_expect(api_get(api_as("participant", "chief"), "%s", reads[i]), 200);
	story_skill(api_path("Order %d", number));
	company_programme(api_path("Order %d", number), 1);
	story_settle();
}

static void every_order_of_start_ends_well(void **state)
{
	(void)state;
	int number = 0;
	bool all = getenv("UPWARD_LONG") != NULL;
	for (int code = 0; code < 256; code++) {
		int order[SERVICES] = { code >> 6, code >> 4 & 3, code >> 2 & 3, code & 3 };
		unsigned seen = 0;
		for (int i = 0; i < SERVICES; i++)
			seen |= 1U << order[i];
		if (seen != (1U << SERVICES) - 1 || (++number % 24 && !all))
			continue;
		stop_all();
		start_in(order);
		all_work(number);
	}
	assert_int_equal(number, 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_of_start_ends_well),
	};
	return cmocka_run_group_tests_name("orders of start", tests, set_up, api_release);
}
