/*
 * Signals: SIGHUP under load costs no request; a PostgreSQL that is stopped, and so neither answers
 * nor refuses, is noticed at once, loses nothing, and is there again when it goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processes.h"
#include "support/client.h"
#include "support/company.h"

#define ASKERS   8
#define REQUESTS 2000

static int set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

/* ---- SIGHUP ---- */

static atomic_int asked, failed;

static void *ask(void *context)
{
	struct api *caller = api_new("participant", "chief");
	(void)context;
	while (atomic_fetch_add(&asked, 1) < REQUESTS)
		if (api_get(caller, "/api/v1/people/me")->status != 200)
			atomic_fetch_add(&failed, 1);
	api_free(caller);
	return NULL;
}

static void hang_up_costs_no_request(void **state)
{
	(void)state;
	pthread_t threads[ASKERS];
	int pid = api_pid("profiles");
	for (int i = 0; i < ASKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, NULL), 0);
	for (int hups = 0; hups < 10; hups++) {
		api_wait_until(60.0, atomic_load(&asked) >= (hups + 1) * (REQUESTS / 12));
		assert_int_equal(kill(pid, SIGHUP), 0);
	}
	for (int i = 0; i < ASKERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&failed), 0);
	assert_int_equal(api_pid("profiles"), pid);
	assert_int_equal(kill(pid, 0), 0);
}

/* ---- SIGSTOP ---- */

struct writer {
	pthread_t thread;
	atomic_bool *stop;
	struct api *caller;
	char *kept; /* ids that were acknowledged, one after the other */
	size_t size;
	int refused, other;
};

static void *keep_writing(void *context)
{
	struct writer *w = context;
	static atomic_int number;
	FILE *kept = open_memstream(&w->kept, &w->size);
	while (!atomic_load(w->stop)) {
		struct api_reply *reply = api_post(w->caller, "/api/v1/skills",
			"{\"name\": \"Stopped %d\"}", atomic_fetch_add(&number, 1));
		if (reply->status == 201) {
			json_t *id = json_object_get(reply->body, "id");
			fprintf(kept, "%s ", json_string_value(id));
		} else if (reply->status == 503) {
			w->refused++;
		} else {
			w->other++;
		}
	}
	fclose(kept);
	return NULL;
}

static int ready(const char *service)
{
	return api_admin(service, "/readyz")->status;
}

static void a_stopped_database_is_noticed_and_loses_nothing(void **state)
{
	(void)state;
	struct writer writers[4] = { 0 };
	atomic_bool stop = false;
	for (int i = 0; i < 4; i++) {
		writers[i].stop = &stop;
		writers[i].caller = api_new("admin", NULL);
		api_hasty(writers[i].caller);
		assert_int_equal(
			pthread_create(&writers[i].thread, NULL, keep_writing, &writers[i]), 0);
	}
	api_wait_until(60.0, atoi(api_sql("superuser", "SELECT count(*) FROM profiles.skill"
						       " WHERE name LIKE 'Stopped %%'")) > 5);
	signal_postgres(SIGSTOP);
	double began = api_now();
	api_wait_until(40.0, ready("profiles") == 503);
	double unready = api_now() - began;
	struct api *hasty = api_new("participant", "chief");
	api_hasty(hasty);
	began = api_now();
	struct api_reply *no = api_get(hasty, "/api/v1/people?limit=1");
	double heard = api_now() - began;
	bool good = no->status == 503 && api_header_of(no, "Retry-After");
	atomic_store(&stop, true);
	for (int i = 0; i < 4; i++)
		pthread_join(writers[i].thread, NULL);
	signal_postgres(SIGCONT); /* before anything may end this test */
	api_free(hasty);
	assert_true(good);
	print_message("not ready after %.2f s; then 503 in %.3f s\n", unready, heard);
	api_wait_until(30.0, ready("profiles") == 200);
	api_wait_until(30.0, api_get(api_as("participant", "chief"), "/api/v1/me")->status == 200);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(writers[i].other, 0);
		assert_true(writers[i].refused > 0);
		for (char *id = strtok(writers[i].kept, " "); id; id = strtok(NULL, " "))
			api_expect(api_get(api_as("admin", NULL), "/api/v1/skills/%s", id), 200);
		free(writers[i].kept);
		api_free(writers[i].caller);
	}
}

/* Whether all threads of a process stand still: on a busy machine some go on for a while. */
static bool stands_still(int pid)
{
	char path[300], line[512];
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *threads = opendir(path);
	struct dirent *one;
	bool still = threads;
	while (still && (one = readdir(threads))) {
		if (one->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%s/stat", pid, one->d_name);
		FILE *file = fopen(path, "r");
		still = file && fgets(line, sizeof line, file) && strrchr(line, ')') &&
			strrchr(line, ')')[2] == 'T';
		if (file)
			fclose(file);
	}
	if (threads)
		closedir(threads);
	return still;
}

/* Behind the gateway, which does not wait for ever. */
static void a_hung_service_is_given_up(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief");
	api_expect(api_get(chief, "/api/v1/goals"), 200);
	int pid = api_pid("evaluation");
	assert_int_equal(kill(pid, SIGSTOP), 0);
	api_wait_until(60.0, stands_still(pid));
	struct api *hasty = api_new("participant", "chief");
	api_hasty(hasty);
	struct api_reply *no = api_get(hasty, "/api/v1/goals");
	kill(pid, SIGCONT);
	print_message("given up after %.2f s\n", no->seconds);
	api_expect_problem(no, 503, "gateway_timeout");
	assert_non_null(api_header_of(no, "retry-after"));
	api_free(hasty);
	api_wait_until(20.0, api_get(chief, "/api/v1/goals")->status == 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hang_up_costs_no_request),
		cmocka_unit_test(a_stopped_database_is_noticed_and_loses_nothing),
		cmocka_unit_test(a_hung_service_is_given_up),
	};
	return cmocka_run_group_tests_name("signals", tests, set_up, api_release);
}
