/*
 * An upgrade while people work: the next release's schemas and objects are brought in while callers
 * pick, accept, withdraw, book, cancel, import and read; then the services are restarted one by
 * one. Nobody's request fails but for a 502 or 503 that the same request mends, no deadlock reaches
 * anybody, and what was answered is there in the end. UPWARD_LONG=1: five releases, and callers who
 * never rest.
 *
 * next_release.py says what those releases change.
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
#include <time.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS       120
#define JUNIORS       120
#define CAPACITY      9
#define PICKERS       3
#define BOOKERS       2
#define PAIRS_MOST    24 /* of each booker, where releases are many */
#define KEPT_MOST     8192
#define PACE_NS       50000000L
#define TREES         "build/test/next"
#define RETRY_NS      20000000L
#define RETRY_MOST    600.0 /* seconds until a refusal to serve counts as a failure */
#define JUNIORS_NAMED 10    /* in each import */

static const char *const services[] = { "profiles", "matching", "scheduling", "evaluation" };
#define SERVICES (sizeof services / sizeof *services)

/* What was answered: an object and the state it was said to be in. */
struct kept {
	char path[80], status[16], user[32];
};

/* One caller, on a thread of its own. */
struct worker {
	pthread_t thread;
	void (*run)(struct worker *w);
	int number;
	struct {
		char pair[40], user[32];
	} books[PAIRS_MOST]; /* of a booker: by turns, since nobody may use 1,000 keys an hour */
	struct kept kept[KEPT_MOST];
	size_t kept_count;
	atomic_int done; /* requests that were answered as they should */
};

static struct worker workers[PICKERS + BOOKERS + 2];
#define WORKERS (sizeof workers / sizeof *workers)

static atomic_bool stop;
static atomic_int again, without_service, failed;
static atomic_int imported; /* the last import that was done */
static char first_failure[600];
static const char *programme;

static int pairs_each(void)
{
	return getenv("UPWARD_LONG") ? PAIRS_MOST : 5;
}

static void pause_for(long ns)
{
	nanosleep(
		&(struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 }, NULL);
}

/* Between two turns of those who need not pause: also as long as the turn took, so that a busy machine gets
 * less to do. */
static void rest(void)
{
	static _Thread_local double rested;
	double turn = rested > 0 ? api_now() - rested : 0;
	if (!getenv("UPWARD_LONG"))
		pause_for(6 * PACE_NS + (long)(1e9 * (turn < 1.5 ? turn : 1.5)));
	rested = api_now();
}

static bool stopped(void)
{
	return atomic_load(&stop) || atomic_load(&failed) > 0;
}

static void fails(const struct api_reply *reply)
{
	if (atomic_fetch_add(&failed, 1) == 0)
		snprintf(first_failure, sizeof first_failure, "%s: %d %.400s", reply->asked,
			reply->status, reply->text);
}

/* A request, sent again with its key as the contract says while a service does not serve. NULL when
 * it came to something else than `status`, or than the refusal `code` (which may be NULL). */
static struct api_reply *ask(struct worker *w, struct api *caller, const char *method,
	const char *path, const char *body, int status, const char *code)
{
	static atomic_int keys;
	int key = atomic_fetch_add(&keys, 1);
	double until = api_now() + RETRY_MOST;
	for (;;) {
		if (strcmp(method, "POST") == 0)
			api_header(caller, "Idempotency-Key: upgrade-%d", key);
		const char *type = !body ? NULL : body[0] == '{' ? "application/json" : "text/csv";
		struct api_reply *reply = api_send(
			caller, method, path, type, body, body ? strlen(body) : 0);
		if ((reply->status == 502 || reply->status == 503) && api_now() < until) {
			atomic_fetch_add(&again, 1);
			atomic_fetch_add(&without_service, reply->status == 502);
			pause_for(RETRY_NS);
			continue;
		}
		const json_t *said = api_member(reply, "code");
		if (reply->status == status) {
			atomic_fetch_add(&w->done, 1);
			return reply;
		}
		if (!code || !json_is_string(said) || strcmp(json_string_value(said), code) != 0)
			fails(reply);
		return NULL;
	}
}

/* What an object is said to be, for the end. */
static void keep(struct worker *w, const struct api_reply *reply, const char *user)
{
	const char *self = json_string_value(api_member(reply, "links.self"));
	struct kept *one = NULL;
	for (size_t i = 0; !one && i < w->kept_count; i++)
		one = strcmp(w->kept[i].path, self) == 0 ? &w->kept[i] : NULL;
	if (!one && w->kept_count < KEPT_MOST)
		one = &w->kept[w->kept_count++];
	if (!one)
		return;
	snprintf(one->path, sizeof one->path, "%s", self);
	snprintf(one->user, sizeof one->user, "%s", user);
	snprintf(one->status, sizeof one->status, "%s",
		json_string_value(api_member(reply, "status")));
}

/* ---- callers ---- */

static void accept_as_mentor(struct worker *w, const struct api_reply *pair)
{
	char path[120], user[32];
	const char *name = json_string_value(api_member(pair, "mentor.display_name"));
	snprintf(path, sizeof path, "%s/acceptance",
		json_string_value(api_member(pair, "links.self")));
	snprintf(user, sizeof user, "%s", strrchr(name, ' ') + 1);
	struct api *mentor = api_new("participant", user);
	struct api_reply *accepted = ask(w, mentor, "POST", path, NULL, 200, NULL);
	if (accepted)
		keep(w, accepted, user);
	api_free(mentor);
}

/* One leader picks; every other mentor accepts, and the other picks are taken back and made anew. */
static void pick_once(struct worker *w, struct api *leader, const char *user, int turn)
{
	char path[120], body[80];
	snprintf(path, sizeof path, "/api/v1/shortlists?programme_id=%s&status=open", programme);
	struct api_reply *lists = ask(w, leader, "GET", path, NULL, 200, NULL);
	const json_t *id = lists ? api_member(lists, "items.0.id") : NULL;
	if (!id)
		return;
	snprintf(path, sizeof path, "/api/v1/shortlists/%s/pick", json_string_value(id));
	snprintf(body, sizeof body, "{\"mentor_id\": \"%s\"}",
		json_string_value(api_member(lists, "items.0.mentors.0.mentor.id")));
	struct api_reply *pair = ask(w, leader, "POST", path, body, 201, "shortlist_changed");
	if (!pair)
		return;
	keep(w, pair, user);
	if (turn % 2) {
		accept_as_mentor(w, pair);
		return;
	}
	snprintf(path, sizeof path, "%s/withdrawal",
		json_string_value(api_member(pair, "links.self")));
	struct api_reply *withdrawn = ask(w, leader, "POST", path, NULL, 200, NULL);
	if (withdrawn)
		keep(w, withdrawn, user);
}

static void pick(struct worker *w)
{
	for (int turn = 0; !stopped(); turn++) {
		char user[32];
		int booked = BOOKERS * pairs_each();
		int leader = booked + (turn * PICKERS + w->number) % (LEADERS - booked);
		snprintf(user, sizeof user, "leader%d", leader + 1);
		struct api *caller = api_new("participant", user);
		pick_once(w, caller, user, turn);
		api_free(caller);
		rest();
	}
}

static void book_once(struct worker *w, struct api *caller, int turn)
{
	char body[240], path[120];
	int of = turn % pairs_each(), day = turn / pairs_each();
	/* a mentor may be in pairs of both bookers: each has hours of its own */
	snprintf(body, sizeof body,
		"{\"pair_id\": \"%s\", \"starts_at\": \"2027-%02d-%02dT%02d:00\", \"time_zone\": "
		"\"Europe/Berlin\", \"duration_minutes\": 30, \"mode\": \"video\"}",
		w->books[of].pair, 2 + day / 28 % 5, 1 + day % 28, 9 + w->number);
	struct api_reply *made = ask(w, caller, "POST", "/api/v1/sessions", body, 201, NULL);
	if (!made)
		return;
	keep(w, made, w->books[of].user);
	snprintf(path, sizeof path, "%s", json_string_value(api_member(made, "links.self")));
	ask(w, caller, "GET", path, NULL, 200, NULL);
	strncat(path, "/cancellation", sizeof path - strlen(path) - 1);
	made = ask(w, caller, "POST", path, "{\"reason\": \"travel\"}", 200, NULL);
	if (made)
		keep(w, made, w->books[of].user);
}

static void book(struct worker *w)
{
	for (int turn = 0; !stopped(); turn++) {
		struct api *caller = api_new("participant", w->books[turn % pairs_each()].user);
		book_once(w, caller, turn);
		api_free(caller);
		pause_for(PACE_NS);
		rest();
	}
}

/* Another title for the same people, again and again: who is named changes standing's lock, too. */
static void import(struct worker *w)
{
	struct api *hris = api_new("hris", NULL);
	for (int turn = 1; !stopped(); turn++) {
		char csv[2000] = "external_id,user_name,given_name,family_name,level,title\n";
		for (int i = 1; i <= JUNIORS_NAMED; i++)
			snprintf(csv + strlen(csv), sizeof csv - strlen(csv),
				"J-%d,junior%d,Joy,junior%d,1,Title %d\n", i, i, i, turn);
		struct api_reply *job = ask(w, hris, "POST", "/api/v1/imports", csv, 202, NULL);
		char path[120];
		const char *status = "queued";
		if (job)
			snprintf(path, sizeof path, "/api/v1/imports/%s",
				json_string_value(api_member(job, "id")));
		while (job && strcmp(status, "done") != 0) {
			job = ask(w, hris, "GET", path, NULL, 200, NULL);
			status = job ? json_string_value(api_member(job, "status")) : "";
			if (strcmp(status, "failed") == 0 || strcmp(status, "faulty") == 0) {
				fails(job);
				job = NULL;
			}
			pause_for(PACE_NS);
		}
		if (job)
			atomic_store(&imported, turn);
		pause_for(10 * PACE_NS); /* nobody may use 1,000 keys an hour */
	}
	api_free(hris);
}

static void look(struct worker *w)
{
	static const char *const paths[] = { "/api/v1/people/me", "/api/v1/dashboards/me",
		"/api/v1/pairs?limit=50", "/api/v1/sessions?limit=50", "/api/v1/people?limit=20",
		"/api/v1/notifications?limit=20" };
	while (!stopped()) {
		struct api *caller = api_new("participant", "leader1");
		for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
			ask(w, caller, "GET", paths[i], NULL, 200, NULL);
		api_free(caller);
		rest();
	}
}

static void *run_worker(void *context)
{
	struct worker *w = context;
	w->run(w);
	return NULL;
}

/* ---- the upgrade ---- */

/* Waits until each caller has been answered a few times more. */
/* Until each has had an answer to what it asked after now. */
static void let_all_work(void)
{
	for (size_t i = 0; i < WORKERS; i++) {
		int before = atomic_load(&workers[i].done);
		api_wait_until(120.0, atomic_load(&workers[i].done) >= before + 2 || stopped());
	}
}

static void migrate(int release)
{
	double began = api_now();
	int before = atomic_load(&again), answered = 0;
	for (size_t i = 0; i < WORKERS; i++)
		answered -= atomic_load(&workers[i].done);
	const char *argv[] = { "env", api_path("MIGRATE_URL=%s", api_stack("dsn.migrator")),
		"APP_ENV=development", api_path("MIGRATIONS_DIR=" TREES "/%d", release),
		api_path("build/%s/upward-migrate", api_stack("flavour")), NULL };
	api_run(argv);
	for (size_t i = 0; i < WORKERS; i++)
		answered += atomic_load(&workers[i].done);
	print_message(
		"release %d migrated in %.1f s: %d answers meanwhile, %d asked to come again\n",
		release, api_now() - began, answered, atomic_load(&again) - before);
}

/* Those that ended a statement of a service, which repeats it; the migrator's own are not counted. */
static long long deadlocks_so_far(void)
{
	const char *argv[] = { "sh", "-c", "grep -c 'upward_.*deadlock detected' \"$0\" || :",
		api_path("%s/log/postgres.log", api_stack("dir")), NULL };
	return atoll(api_run(argv));
}

static void an_upgrade_costs_nobody_a_request(void **state)
{
	int releases = getenv("UPWARD_LONG") ? 5 : 1;
	(void)state;
	const char *argv[] = { "python3", "tests/faults/next_release.py", TREES,
		api_path("%d", releases), NULL };
	api_run(argv);
	long long deadlocks = deadlocks_so_far();
	for (size_t i = 0; i < WORKERS; i++)
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]), 0);
	for (int release = 1; release <= releases && !stopped(); release++) {
		let_all_work();
		migrate(release);
		let_all_work();
		for (size_t i = 0; i < SERVICES && !stopped(); i++) {
			api_stop(services[i]);
			api_start(services[i]);
			let_all_work();
		}
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < WORKERS; i++)
		pthread_join(workers[i].thread, NULL);
	print_message(
		"%d asked to come again, %d of them by the gateway alone; %d imports; services "
		"gave way to %lld deadlocks and went on\n",
		atomic_load(&again), atomic_load(&without_service), atomic_load(&imported),
		deadlocks_so_far() - deadlocks);
	if (atomic_load(&failed))
		fail_msg("%d failed, first: %s", atomic_load(&failed), first_failure);
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM information_schema.columns "
				    "WHERE column_name = 'more_%d' AND "
				    "table_name IN ('pair', 'session', 'card')",
				    releases),
		"3");
}

static void what_was_answered_is_there(void **state)
{
	size_t seen = 0;
	(void)state;
	for (size_t i = 0; i < WORKERS; i++) {
		for (size_t k = 0; k < workers[i].kept_count; k++, seen++) {
			const struct kept *one = &workers[i].kept[k];
			struct api *caller = api_new("participant", one->user);
			struct api_reply *now = api_expect(api_get(caller, "%s", one->path), 200);
			assert_string_equal(api_text(now, "status"), one->status);
			api_free(caller);
		}
		assert_true(workers[i].kept_count < KEPT_MOST);
	}
	print_message("%zu objects are as they were said to be\n", seen);
	assert_true(seen > PICKERS + BOOKERS);
	assert_true(atomic_load(&imported) > 0);
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM profiles.person WHERE title = 'Title %d' "
				    "AND user_name ~ '^junior[0-9]'",
				    atomic_load(&imported)),
		api_path("%d", JUNIORS_NAMED));
}

static int set_up(void **state)
{
	static void (*const runs[])(struct worker *) = { import, look };
	const char *mentor;
	(void)state;
	company_import();
	programme = company_crowd("Upgrade", LEADERS, JUNIORS, CAPACITY);
	/* a display name ends in the user name, so that whoever picked knows whom to ask */
	api_sql("superuser", "UPDATE profiles.person SET family_name = user_name WHERE user_name ~ "
			     "'^(leader|junior)[0-9]'");
	for (int i = 0; i < (int)WORKERS; i++) {
		struct worker *w = &workers[i];
		w->number = i;
		w->run = i < PICKERS             ? pick
			 : i < PICKERS + BOOKERS ? book
						 : runs[i - PICKERS - BOOKERS];
		for (int k = 0; w->run == book && k < pairs_each(); k++) {
			snprintf(w->books[k].user, sizeof w->books[k].user, "leader%d",
				(i - PICKERS) * pairs_each() + k + 1);
			snprintf(w->books[k].pair, sizeof w->books[k].pair, "%s",
				story_pair(w->books[k].user, programme, &mentor));
		}
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_upgrade_costs_nobody_a_request),
		cmocka_unit_test(what_was_answered_is_there),
	};
	return cmocka_run_group_tests_name("an upgrade under load", tests, set_up, api_release);
}
