/*
 * Identity providers that others wrote, found by discovery (support/providers.mjs): npm's oauth2-mock-server and
 * oidc-provider, trusted at once, each with its own way to name people and roles. P24: the keys of one rotate
 * three times while people work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

#define SERVICES  4
#define WORKERS   2
#define ROTATIONS 3
#define LEAST     40   /* exchanges of each worker between two rotations */
#define NOTICE    20.0 /* four times the five seconds that are promised */
#define PATIENCE  60.0
#define ANSWER    65536
#define PACE_MS   20 /* a caller's pause */

extern char **environ;
static const char *const services[SERVICES] = { "profiles", "matching", "scheduling",
	"evaluation" };
static const char *const pages[SERVICES] = { "/api/v1/me", "/api/v1/enrolments", "/api/v1/sessions",
	"/api/v1/feedback" };

static struct {
	pid_t pid;
	FILE *to, *from;
	const char *missing; /* why there are none */
	char file[512];      /* the issuers' */
} providers;

/* One line from the providers; owned. */
static json_t *hear(void)
{
	static char line[ANSWER];
	if (!fgets(line, sizeof line, providers.from))
		fail_msg("the providers have ended");
	json_t *said = json_loads(line, 0, NULL);
	if (!said)
		fail_msg("the providers said %.200s", line);
	return said;
}

/* Sends a command; a member of what comes back, borrowed until api_release. */
static const char *command(const char *member, const char *line)
{
	assert_true(fprintf(providers.to, "%s\n", line) > 0 && fflush(providers.to) == 0);
	json_t *said = hear();
	const char *value = member ? json_string_value(json_object_get(said, member)) : NULL;
	if (member && !value)
		fail_msg("%s: no %s", line, member);
	const char *kept = value ? api_path("%s", value) : NULL;
	json_decref(said);
	return kept;
}

static void start_providers(void)
{
	static const char *const argv[] = { "node", "tests/support/providers.mjs", NULL };
	int in[2], out[2];
	posix_spawn_file_actions_t actions;
	assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	if (posix_spawnp(&providers.pid, argv[0], &actions, NULL, (char *const *)argv, environ) !=
		0) {
		providers.missing = "node is not installed";
		providers.pid = 0;
	}
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(out[1]);
	providers.to = fdopen(in[1], "w");
	providers.from = fdopen(out[0], "r");
}

/* The stack's own issuer, and the two, each by its own rules. */
static void write_issuers(const char *mock, const char *oidc)
{
	char path[512];
	snprintf(path, sizeof path, "%s/issuers.json", api_stack("keys"));
	snprintf(providers.file, sizeof providers.file, "%s/providers.json", api_stack("keys"));
	json_t *rows = json_load_file(path, 0, NULL);
	assert_non_null(rows);
	json_array_append_new(
		rows, json_pack("{ss, ss, sb, si, ss, ss, s[s], s{ss}}", "issuer", mock, "audience",
			      "upward", "discovery", 1, "refresh_seconds", 1, "person_claim",
			      "https://id.example/mail", "person_key", "email", "role_claims",
			      "scope", "roles", "mentoring.coordinate", "programme_admin"));
	json_array_append_new(
		rows, json_pack("{ss, ss, sb, si, ss, s[ss], s{sss[s]}}", "issuer", oidc,
			      "audience", "upward", "discovery", 1, "refresh_seconds", 1,
			      "person_claim", "preferred_username", "role_claims",
			      "realm_access.roles", "groups", "roles", "mentoring-audit", "auditor",
			      "6f9619ff-8b86-d011-b42d-00c04fc964ff", "hris"));
	assert_int_equal(json_dump_file(rows, providers.file, 0), 0);
	json_decref(rows);
}

static int open_all(void **state)
{
	(void)state;
	assert_string_equal(api_text(api_import(world_people, NULL), "status"), "done");
	start_providers();
	if (providers.missing)
		return 0;
	json_t *said = hear();
	const char *skip = json_string_value(json_object_get(said, "skip"));
	if (skip) {
		providers.missing = api_path("%s", skip);
	} else {
		write_issuers(json_string_value(json_object_get(said, "mock")),
			json_string_value(json_object_get(said, "oidc")));
		char setting[600];
		snprintf(setting, sizeof setting, "ISSUERS_FILE=%s", providers.file);
		for (int i = 0; i < SERVICES; i++) {
			api_stop(services[i]);
			api_start_with(services[i], setting, NULL);
		}
	}
	json_decref(said);
	return 0;
}

static int close_all(void **state)
{
	for (int i = 0; i < SERVICES && *providers.file; i++) {
		api_stop(services[i]);
		api_start(services[i]);
	}
	fclose(providers.to);
	fclose(providers.from);
	if (providers.pid)
		waitpid(providers.pid, NULL, 0);
	return api_release(state);
}

static void need_providers(void)
{
	if (!providers.missing)
		return;
	print_message("skipped: %s\n", providers.missing);
	skip();
}

static const char *bearer(const char *token)
{
	return api_path("Bearer %s", token);
}

static const char *token_of(const char *provider, const char *kid, const char *user)
{
	return bearer(command("token", api_path("token %s %s %s", provider, kid, user)));
}

/* Asks each service as a caller of this token. */
static bool all_answer(const char *authorization, int status)
{
	struct api *caller = api_new_with_token(authorization);
	bool all = true;
	for (int i = 0; i < SERVICES && all; i++)
		all = api_get(caller, "%s", pages[i])->status == status;
	api_free(caller);
	return all;
}

static bool has_role(const struct api_reply *me, const char *role)
{
	for (size_t i = 0; i < api_count(me, "roles"); i++)
		if (strcmp(api_text(me, api_path("roles.%zu", i)), role) == 0)
			return true;
	return false;
}

static void tokens_of_both_are_accepted_with_every_algorithm(void **state)
{
	(void)state;
	static const char *const names[] = { "mock", "oidc" };
	static const char *const algs[] = { "RS256", "PS256", "ES256", "EdDSA" };
	need_providers();
	for (int p = 0; p < 2; p++)
		for (int a = 0; a < 4; a++) {
			const char *kid = command(
				"kid", api_path("publish %s %s", names[p], algs[a]));
			const char *token = token_of(names[p], kid, "max.mentor");
			api_wait_until(NOTICE, all_answer(token, 200));
		}
}

static void each_has_its_own_person_and_roles(void **state)
{
	(void)state;
	need_providers();
	struct api_reply *me = api_expect(
		api_get(api_with_token(token_of("mock", "RS256-1", "mia.mentee")), "/api/v1/me"),
		200);
	assert_string_equal(api_text(me, "person.display_name"), "Mia Mentee");
	assert_true(has_role(me, "programme_admin") && !has_role(me, "hris"));
	me = api_expect(
		api_get(api_with_token(token_of("oidc", "RS256-2", "mia.mentee")), "/api/v1/me"),
		200);
	assert_string_equal(api_text(me, "person.display_name"), "Mia Mentee");
	assert_true(has_role(me, "auditor") && has_role(me, "hris"));
	assert_false(has_role(me, "programme_admin"));
	/* one cannot speak for the other */
	struct api_reply *forged = api_get(
		api_with_token(bearer(command("token", "forge mia.mentee"))), "/api/v1/me");
	api_expect_problem(forged, 401, "unauthenticated");
}

/* ---- rotation under load ----------------------------------------------------------------------*/

struct load {
	pthread_mutex_t lock; /* guards the two */
	char token[4096];     /* good at the time */
	int turn;             /* which one that is */
	atomic_int retired;   /* tokens of an earlier turn need not hold */
	atomic_bool stop;
	atomic_int done[WORKERS], refused;
};
static struct load load;

static void *work(void *argument)
{
	atomic_int *done = argument;
	struct api *caller = NULL;
	int turn = -1;
	for (int i = 0; !atomic_load(&load.stop); i++) {
		pthread_mutex_lock(&load.lock);
		if (turn != load.turn) {
			api_free(caller);
			caller = api_new_with_token(load.token);
			turn = load.turn;
		}
		pthread_mutex_unlock(&load.lock);
		int status = api_get(caller, "%s", pages[i % SERVICES])->status;
		if (status != 200 && turn >= atomic_load(&load.retired))
			atomic_fetch_add(&load.refused, 1);
		atomic_fetch_add(done, 1);
		poll(NULL, 0, PACE_MS);
	}
	api_free(caller);
	return NULL;
}

static bool all_worked(int most)
{
	for (int i = 0; i < WORKERS; i++)
		if (atomic_load(&load.done[i]) < most)
			return false;
	return true;
}

static void use(const char *token, int turn)
{
	pthread_mutex_lock(&load.lock);
	snprintf(load.token, sizeof load.token, "%s", token);
	load.turn = turn;
	pthread_mutex_unlock(&load.lock);
}

/* A key is published, then used, and the one before is retired. */
static void rotate(const char **kid, int turn)
{
	const char *old = *kid;
	const char *old_token = token_of("oidc", old, "max.mentor");
	*kid = command("kid", "publish oidc ES256");
	const char *token = token_of("oidc", *kid, "max.mentor");
	api_wait_until(NOTICE, all_answer(token, 200));
	use(token, turn);
	atomic_store(&load.retired, turn);
	command(NULL, api_path("retire oidc %s", old));
	api_wait_until(NOTICE, all_answer(old_token, 401));
}

static void keys_rotate_under_load_and_no_valid_token_is_refused(void **state)
{
	(void)state;
	pthread_t threads[WORKERS];
	need_providers();
	const char *kid = command("kid", "publish oidc ES256");
	const char *token = token_of("oidc", kid, "max.mentor");
	api_wait_until(NOTICE, all_answer(token, 200));
	pthread_mutex_init(&load.lock, NULL);
	use(token, 0);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, &load.done[i]), 0);
	for (int turn = 1; turn <= ROTATIONS; turn++) {
		api_wait_until(PATIENCE, all_worked(turn * LEAST));
		rotate(&kid, turn);
	}
	api_wait_until(PATIENCE, all_worked((ROTATIONS + 1) * LEAST));
	atomic_store(&load.stop, true);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(load.refused, 0);
}

static void the_last_good_keys_stay_while_the_provider_is_away(void **state)
{
	(void)state;
	need_providers();
	const char *token = token_of("oidc", "RS256-2", "max.mentor");
	command(NULL, "stop oidc");
	/* both are asked every second: when two new keys of the one have come, the other has been missed */
	for (int i = 0; i < 2; i++) {
		const char *fresh = token_of(
			"mock", command("kid", "publish mock ES256"), "max.mentor");
		api_wait_until(NOTICE, all_answer(fresh, 200));
		assert_true(all_answer(token, 200));
	}
	assert_true(all_answer(token_of("mock", "RS256-1", "max.mentor"), 200));
	command(NULL, "start oidc");
	const char *kid = command("kid", "publish oidc ES256");
	api_wait_until(NOTICE, all_answer(token_of("oidc", kid, "max.mentor"), 200));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_of_both_are_accepted_with_every_algorithm),
		cmocka_unit_test(each_has_its_own_person_and_roles),
		cmocka_unit_test(keys_rotate_under_load_and_no_valid_token_is_refused),
		cmocka_unit_test(the_last_good_keys_stay_while_the_provider_is_away),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
