/*
 * Reverse safety under a storm: people move, rise, leave and fall out while others pick, accept,
 * end and resume, and programmes and rounds begin and end under them, on many connections; an
 * oracle that knows only the rules looks on, and the storm never gets far ahead of it. UPWARD_LONG=1
 * runs the full length, and the oracle looks on without a pause. In foreign threads nothing is
 * asserted: they collect.
 */
#include "sql/deeds.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define CONNECTIONS 16 /* at most: each compiles and plans everything for itself */
/* Looking on all the time costs as much as the storm itself. */
#define BETWEEN  (getenv("UPWARD_LONG") ? 0 : 40)
#define PATIENCE "SET statement_timeout = '60s'; SET lock_timeout = '20s'"
#define AHEAD    100 /* operations that begin before the oracle must have looked again */

struct storm {
	int people;
	atomic_int left;    /* operations to come */
	int between;        /* so many of them from one look of the oracle to the next … */
	int ahead;          /* … at least, and at most so many */
	atomic_int stop_at; /* workers wait when so many are left, until the oracle has looked */
	atomic_int running; /* workers */
	struct deed_counts counts;
	int spare;         /* so many of them only until each deed has been done */
	const char *until; /* ends when this rule has been violated; "" any; NULL never */
	atomic_long done[DEEDS], refused, deadlocks, timeouts;
	pthread_mutex_t lock; /* guards surprise */
	char surprise[512];   /* the first outcome that nothing explains */
};

struct worker {
	struct storm *storm;
	PGconn *matching, *profiles; /* as the two services' roles */
	struct deed_source source;
	pthread_t thread;
};

static void surprise(struct storm *storm, enum deed deed, const char *outcome)
{
	pthread_mutex_lock(&storm->lock);
	if (!storm->surprise[0])
		snprintf(storm->surprise, sizeof storm->surprise, "%s: %s", deed_words[deed],
			outcome);
	pthread_mutex_unlock(&storm->lock);
}

static void count(struct storm *storm, enum deed deed, const PGresult *result, const char *outcome)
{
	if (!*outcome) {
		if (!str_equal(PQcmdTuples((PGresult *)result), "0"))
			atomic_fetch_add(&storm->done[deed], 1);
	} else if (strstr(outcome, "_over")) {
		/* a step that meets live pairs it should have ended: the last net held */
		surprise(storm, deed, outcome);
	} else if (strncmp(outcome, "23514", 5) == 0 || strncmp(outcome, "UP001", 5) == 0 ||
		   strncmp(outcome, "23505 shortlist_one_open", 24) == 0 ||
		   strncmp(outcome, "23505 pair_partners", 19) == 0 ||
		   strncmp(outcome, "23505 exclusion_once", 20) == 0 ||
		   strncmp(outcome, "23505 programme_exclusion_once", 30) == 0) {
		atomic_fetch_add(&storm->refused, 1);
	} else if (strncmp(outcome, "40P01", 5) == 0) {
		atomic_fetch_add(&storm->deadlocks, 1);
	} else if (strncmp(outcome, "55P03", 5) == 0) {
		atomic_fetch_add(&storm->timeouts, 1);
	} else {
		surprise(storm, deed, outcome);
	}
}

/* Takes one of the operations to come; false when there is none. */
static bool take_one(struct storm *storm)
{
	int left = atomic_load(&storm->left);

	while (left > 0) {
		if (left <= atomic_load(&storm->stop_at))
			poll(NULL, 0, 1);
		else if (atomic_compare_exchange_weak(&storm->left, &left, left - 1))
			return true;
		left = atomic_load(&storm->left);
	}
	return false;
}

static void *work(void *context)
{
	struct worker *w = context;
	struct storm *storm = w->storm;

	while (take_one(storm)) {
		enum deed deed = deeds_choose(&w->source);
		owned_text char *sql = deeds_statement(&w->source, deed);
		owned_result PGresult *result = PQexec(
			deeds_of_profiles(deed) ? w->profiles : w->matching, sql);
		char outcome[256] = "";
		if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
			const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
			const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
			snprintf(outcome, sizeof outcome, "%s %s", state ? state : "08006",
				name ? name : PQresultErrorMessage(result));
		}
		count(storm, deed, result, outcome);
	}
	atomic_fetch_sub(&storm->running, 1);
	return NULL;
}

struct sight {
	int snapshots;
	int64_t violations;
	bool caught; /* what the storm waited for */
	char words[160];
};

/* A deed that nobody could do; NULL when all have been done. */
static const char *undone(struct storm *storm)
{
	for (enum deed deed = 0; deed < DEEDS; deed++)
		if (!atomic_load(&storm->done[deed]))
			return deed_words[deed];
	return NULL;
}

/* Judges until all workers have ended, and once more after. */
static void look_on(PGconn *pg, struct storm *storm, struct sight *ret_sight)
{
	struct verdict verdict;
	char last[160] = "";
	int seen = atomic_load(&storm->left);
	bool over;

	do {
		while (!(over = atomic_load(&storm->running) == 0) &&
			seen - atomic_load(&storm->left) < storm->between)
			poll(NULL, 0, 1);
		seen = atomic_load(&storm->left);
		atomic_store(&storm->stop_at, seen - storm->ahead);
		population_judge(pg, &verdict);
		if (!str_equal(last, verdict.snapshot))
			ret_sight->snapshots++;
		snprintf(last, sizeof last, "%s", verdict.snapshot);
		if (verdict.violations && !ret_sight->violations)
			snprintf(ret_sight->words, sizeof ret_sight->words, "%s", verdict.words);
		ret_sight->violations += verdict.violations;
		if (storm->until && verdict.violations && strstr(verdict.words, storm->until)) {
			ret_sight->caught = true;
			atomic_store(&storm->left, 0);
		}
		if (!storm->until && seen <= storm->spare && !undone(storm))
			atomic_store(&storm->left, 0);
	} while (!over);
}

static void run_storm(PGconn *pg, struct storm *storm, int connections, struct sight *ret_sight)
{
	struct worker workers[CONNECTIONS];

	deeds_prepare(pg);
	pthread_mutex_init(&storm->lock, NULL);
	atomic_store(&storm->running, connections);
	atomic_store(&storm->stop_at, atomic_load(&storm->left) - storm->ahead);
	for (int i = 0; i < connections; i++) {
		workers[i] = (struct worker){ .storm = storm,
			.matching = sql_connect(sql_own(), "upward_matching"),
			.profiles = sql_connect(sql_own(), "upward_profiles"),
			.source = { storm->people, 0x9E3779B97F4A7C15ull * (uint64_t)(i + 1),
				&storm->counts } };
		sql_do(workers[i].matching, PATIENCE);
		sql_do(workers[i].profiles, PATIENCE);
	}
	for (int i = 0; i < connections; i++)
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	look_on(pg, storm, ret_sight);
	for (int i = 0; i < connections; i++) {
		pthread_join(workers[i].thread, NULL);
		PQfinish(workers[i].matching);
		PQfinish(workers[i].profiles);
	}
	pthread_mutex_destroy(&storm->lock);
}

static void report(const struct storm *storm, const struct sight *sight, const char *what)
{
	printf("# %s: %d snapshots, %lld violations;", what, sight->snapshots,
		(long long)sight->violations);
	for (enum deed deed = 0; deed < DEEDS; deed++)
		printf(" %s %ld", deed_words[deed], atomic_load(&storm->done[deed]));
	printf("; refused %ld, deadlocks %ld, time-outs %ld\n", atomic_load(&storm->refused),
		atomic_load(&storm->deadlocks), atomic_load(&storm->timeouts));
}

static void no_committed_state_is_unsafe_in_a_storm(void **state)
{
	(void)state;
	bool whole = getenv("UPWARD_LONG");
	int operations = whole ? 53000 : 1500, spare = whole ? 0 : 2500;
	struct storm storm = { .people = 40,
		.left = operations + spare,
		.spare = spare,
		.between = BETWEEN,
		.ahead = AHEAD };
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	population_make(pg, storm.people, 0.25);
	run_storm(pg, &storm, whole ? CONNECTIONS : CONNECTIONS / 2, &sight);
	report(&storm, &sight, "storm");
	assert_string_equal(storm.surprise, "");
	assert_string_equal(sight.words, "");
	assert_int_equal(sight.violations, 0);
	/* the storm must have been one */
	assert_true(sight.snapshots >= operations / AHEAD / 2);
	assert_true(atomic_load(&storm.done[PICK]) + atomic_load(&storm.done[PICK_LISTED]) >=
		    operations / 25);
	assert_true(atomic_load(&storm.done[MOVE]) >= operations / 50);
	if (undone(&storm))
		fail_msg("nobody could %s", undone(&storm));
	assert_true(
		sql_number(pg, "SELECT count(*) FROM common.outbox WHERE type = 'pair.suspended'") >
		0);
}

/* Ten thousand of them in the full length. */
static void no_committed_state_is_unsafe_in_a_large_company(void **state)
{
	(void)state;
	bool whole = getenv("UPWARD_LONG");
	struct storm storm = { .people = whole ? 10000 : 1000,
		.left = whole ? 40000 : 700,
		.between = whole ? 0 : 90,
		.ahead = whole ? 1000 : 120 };
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	population_make(pg, storm.people, 0.75);
	run_storm(pg, &storm, 4, &sight);
	report(&storm, &sight, "a large company");
	assert_string_equal(storm.surprise, "");
	assert_string_equal(sight.words, "");
	assert_int_equal(sight.violations, 0);
	assert_true(sight.snapshots >= 5);
	assert_true(atomic_load(&storm.done[PICK]) >= (whole ? 100 : 25));
}

/* The same storm over a check that is not whole, until it is noticed. */
static void run_until(const char *rule, const char *mutation, const char *what)
{
	struct storm storm = {
		.people = 40, .left = 20000, .between = BETWEEN, .ahead = AHEAD, .until = rule
	};
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	population_make(pg, storm.people, 0.25);
	sql_do(pg, "%s", mutation);
	run_storm(pg, &storm, CONNECTIONS, &sight); /* the more, the sooner */
	report(&storm, &sight, what);
	assert_true(sight.caught);
}

#define FORGETFUL                                                                                  \
	"CREATE OR REPLACE FUNCTION matching.pair_stands(p matching.pair) RETURNS void "           \
	"LANGUAGE plpgsql AS $$ BEGIN END $$"
#define LOCKLESS                                                                                   \
	"CREATE OR REPLACE FUNCTION matching.pair_share() RETURNS trigger LANGUAGE plpgsql AS "    \
	"$$ BEGIN RETURN NULL; END $$"

static void a_check_that_forgets_the_programme_is_caught(void **state)
{
	(void)state;
	run_until("closing", FORGETFUL, "without a look at the programme");
}

static void a_check_that_forgets_the_round_is_caught(void **state)
{
	(void)state;
	run_until("rolled_back", FORGETFUL, "without a look at the round");
}

static void a_check_without_the_lock_is_caught(void **state)
{
	(void)state;
	run_until("", LOCKLESS, "without the lock");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, sql_set_up, sql_tear_down)
	const struct CMUnitTest daily[] = {
		CASE(no_committed_state_is_unsafe_in_a_storm),
		CASE(no_committed_state_is_unsafe_in_a_large_company),
	};
	/* chance has to find these; test_interleaving has the same checks broken order by order */
	const struct CMUnitTest whole[] = {
		CASE(no_committed_state_is_unsafe_in_a_storm),
		CASE(no_committed_state_is_unsafe_in_a_large_company),
		CASE(a_check_that_forgets_the_programme_is_caught),
		CASE(a_check_that_forgets_the_round_is_caught),
		CASE(a_check_without_the_lock_is_caught),
	};

	return getenv("UPWARD_LONG") ? cmocka_run_group_tests_name("safety", whole, NULL, NULL)
				     : cmocka_run_group_tests_name("safety", daily, NULL, NULL);
}
