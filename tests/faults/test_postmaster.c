/*
 * The postmaster is killed under load, again and again, sometimes with all its children at once.
 * Whatever was acknowledged is there once, and nobody needs to lend a hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>

#include "load.h"
#include "processes.h"
#include "support/client.h"

#define KILLS_LONG  20
#define KILLS_SHORT 2

static int set_up(void **state)
{
	(void)state;
	load_prepare();
	return 0;
}

static int all_acknowledged(void)
{
	int sum = 0;
	for (int i = 0; i < LOAD_SERVICES; i++)
		sum += load_acknowledged(i);
	return sum;
}

/* A moment nobody has chosen: so many writes later. */
static void let_work(int writes)
{
	int before = all_acknowledged();
	api_wait_until(120.0, all_acknowledged() >= before + writes);
}

static void kill_once(bool children_too)
{
	int pid = api_pid("postgres"), now;
	if (children_too)
		signal_postgres(SIGKILL);
	else
		assert_int_equal(kill(pid, SIGKILL), 0);
	double began = api_now();
	api_wait_until(60.0, (now = api_pid("postgres")) > 0 && now != pid);
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(120.0, api_admin(load_services[i], "/readyz")->status == 200);
	print_message("%s killed: all ready %.2f s later\n",
		children_too ? "all of PostgreSQL" : "the postmaster", api_now() - began);
}

static void what_was_acknowledged_outlives_the_postmaster(void **state)
{
	(void)state;
	int kills = getenv("UPWARD_LONG") ? KILLS_LONG : KILLS_SHORT;
	srandom(1);
	load_start();
	for (int i = 0; i < kills; i++) {
		let_work(8 + (int)(random() % 40));
		kill_once(i % 2);
	}
	let_work(40);
	load_stop();
	load_check();
	print_message("%d kills, %d writes acknowledged, %d answers asked for a repetition\n",
		kills, all_acknowledged(), load_refused());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_outlives_the_postmaster),
	};
	return cmocka_run_group_tests_name("postmaster", tests, set_up, api_release);
}
