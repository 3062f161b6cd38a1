/*
 * P24: the issuer's keys rotate three times while people work. No valid token is refused, one of
 * the newest key is good at once, and when the old keys are retired their tokens open nothing more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <spawn.h>
#include <sys/wait.h>

#include "world.h"

#define WORKERS   3
#define ROTATIONS 3
#define LEAST     60   /* exchanges of each worker between two rotations */
#define NOTICE    20.0 /* four times the five seconds that are promised */
#define PATIENCE  60.0
#define SERVICES  4

extern char **environ;
static const char *const pages[SERVICES] = { "/api/v1/me", "/api/v1/enrolments", "/api/v1/sessions",
	"/api/v1/feedback" };

struct worker {
	struct api *caller;
	atomic_bool *stop;
	atomic_int done, refused;
	pthread_t thread;
};

static void token_tool(const char *command)
{
	const char *tool = api_stack("token_tool");
	const char *argv[] = { tool, command, "--dir", api_stack("keys"), NULL };
	pid_t pid;
	int status = -1;
	assert_int_equal(posix_spawn(&pid, tool, NULL, NULL, (char *const *)argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void *work(void *argument)
{
	struct worker *w = argument;
	for (int i = 0; !atomic_load(w->stop); i++) {
		if (api_get(w->caller, "%s", pages[i % SERVICES])->status != 200)
			atomic_fetch_add(&w->refused, 1);
		atomic_fetch_add(&w->done, 1);
	}
	return NULL;
}

static int open_company(void **state)
{
	(void)state;
	assert_string_equal(api_text(api_import(world_people, NULL), "status"), "done");
	return 0;
}

static bool all_worked(struct worker *workers, int most)
{
	for (int i = 0; i < WORKERS; i++)
		if (atomic_load(&workers[i].done) < most)
			return false;
	return true;
}

static bool all_refuse(struct api *caller)
{
	for (int i = 0; i < SERVICES; i++)
		if (api_get(caller, "%s", pages[i])->status != 401)
			return false;
	return true;
}

static void rotate_under_load(struct worker *workers)
{
	int most = LEAST;
	for (int turn = 0; turn < ROTATIONS; turn++, most += LEAST) {
		api_wait_until(PATIENCE, all_worked(workers, most));
		token_tool("rotate");
		struct api *fresh = api_new("participant", "max.mentor");
		for (int i = 0; i < SERVICES; i++)
			api_expect(api_get(fresh, "%s", pages[i]), 200);
		api_free(fresh);
	}
	api_wait_until(PATIENCE, all_worked(workers, most));
}

static void keys_rotate_and_nobody_is_refused(void **state)
{
	(void)state;
	static const char *const users[WORKERS] = { "max.mentor", "mia.mentee", "bo.boss" };
	struct worker workers[WORKERS];
	atomic_bool stop = false;
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .stop = &stop };
		workers[i].caller = api_new("participant", users[i]);
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	rotate_under_load(workers);
	atomic_store(&stop, true);
	int done = 0;
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].refused, 0);
		done += workers[i].done;
	}
	print_message("%d exchanges over %d rotations\n", done, ROTATIONS);

	struct api *newest = api_new("participant", "max.mentor");
	token_tool("retire");
	double from = api_now();
	for (int i = 0; i < WORKERS; i++)
		api_wait_until(NOTICE, all_refuse(workers[i].caller));
	print_message("refused %.1f s after the keys were retired\n", api_now() - from);
	for (int i = 0; i < SERVICES; i++)
		api_expect(api_get(newest, "%s", pages[i]), 200);
	api_free(newest);
	for (int i = 0; i < WORKERS; i++)
		api_free(workers[i].caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_rotate_and_nobody_is_refused),
	};
	return cmocka_run_group_tests(tests, open_company, api_release);
}
