/*
 * SIGTERM of each service while callers read and write, at the service itself and through the
 * gateway. An answer is whole and right, or asks to come again: then the repetition is answered. What
 * was acknowledged is there afterwards, once. The service ends by itself, with status 0, and cuts no
 * request off.
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

#include "load.h"
#include "support/client.h"

#define ASKERS      6
#define WRITE_EVERY 5   /* the others read what was written last */
#define WRITES_MOST 900 /* a caller has a thousand keys an hour */

static int stops = 2;      /* of each service */
static int requests = 100; /* at least, before each stop and after the last one */
static atomic_int asked;
static atomic_bool finished, faulty;
static struct asker {
	pthread_t thread;
	struct load_caller caller;
} askers[ASKERS];

static int set_up(void **state)
{
	(void)state;
	if (getenv("UPWARD_LONG")) {
		requests = 220;
		stops = 8;
	}
	load_prepare();
	return 0;
}

static void *ask(void *context)
{
	struct load_caller *c = context;
	bool good = true;
	while (good && !atomic_load(&finished)) {
		bool write = atomic_fetch_add(&asked, 1) % WRITE_EVERY == 0 &&
			     load_acknowledged(c->service) < WRITES_MOST;
		good = write || !c->last[0] ? load_write(c) : load_read(c);
		if (!good)
			atomic_store(&faulty, true);
	}
	return NULL;
}

/* Lines of the service's log that say how many requests were cut off. */
static int cut_offs(const char *service)
{
	static const char event[] = "\"event\":\"cut_off\"";
	char line[4096];
	int count = 0;
	FILE *log = fopen(api_path("%s/log/%s.log", api_stack("dir"), service), "r");
	assert_non_null(log);
	while (fgets(line, sizeof line, log))
		count += strstr(line, event) != NULL;
	fclose(log);
	return count;
}

static void await_requests(void)
{
	int before = atomic_load(&asked);
	api_wait_until(120.0, atomic_load(&asked) >= before + requests || atomic_load(&faulty));
}

static void stop_under_load(int service)
{
	const char *name = load_services[service];
	int before = cut_offs(name), refused = load_refused();
	double longest = 0;
	atomic_store(&asked, 0);
	atomic_store(&finished, false);
	for (int i = 0; i < ASKERS; i++) {
		askers[i].caller = load_caller(service, i % 2 == 0);
		assert_int_equal(
			pthread_create(&askers[i].thread, NULL, ask, &askers[i].caller), 0);
	}
	for (int stop = 0; stop < stops; stop++) {
		await_requests();
		double began = api_now();
		api_stop(name);
		longest = api_now() - began > longest ? api_now() - began : longest;
		assert_int_equal(api_stack_integer(api_path("ended.%s", name)), 0);
		api_start(name);
	}
	await_requests();
	atomic_store(&finished, true);
	for (int i = 0; i < ASKERS; i++) {
		pthread_join(askers[i].thread, NULL);
		api_free(askers[i].caller.api);
	}
	refused = load_refused() - refused;
	print_message(
		"%s: %d stops among %d requests, %d refusals mended, down in %.2f s at most\n",
		name, stops, atomic_load(&asked), refused, longest);
	for (int i = 0; i < ASKERS; i++)
		if (askers[i].caller.fault[0])
			fail_msg("%s", askers[i].caller.fault);
	assert_true(refused > 0);
	assert_int_equal(cut_offs(name), before);
}

static void each_service_ends_without_harm(void **state)
{
	(void)state;
	for (int i = 0; i < LOAD_SERVICES; i++)
		stop_under_load(i);
	load_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_service_ends_without_harm),
	};
	return cmocka_run_group_tests_name("drain", tests, set_up, api_release);
}
