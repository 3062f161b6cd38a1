/*
 * Reverse safety under a storm: people move, rise, leave and fall out while others pick, accept,
 * end and resume, on many connections; an oracle that knows only the rules looks on all the time.
 * UPWARD_LONG=1 runs the full length. In foreign threads nothing is asserted: they collect.
 */
#include "sql/world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define DATABASE    "upward_test_safety"
#define CONNECTIONS 16

enum deed {
	PICK,
	ACCEPT,
	RESUME,
	END,
	MOVE,
	LEVEL,
	LEAVE,
	EXCLUDE,
	INCLUDE,
	CAPACITY,
	ARRIVE,
	DEEDS
};
static const char *const deed_words[DEEDS] = { "pick", "accept", "resume", "end", "move", "level",
	"leave", "exclude", "include", "capacity", "arrive" };
/* of 100 */
static const int deed_shares[DEEDS] = { 38, 14, 8, 8, 12, 6, 5, 2, 2, 4, 1 };

struct storm {
	int people;
	atomic_int left;    /* operations to come */
	atomic_int running; /* workers */
	atomic_int arrivals;
	atomic_long done[DEEDS], refused, deadlocks, timeouts;
	pthread_mutex_t lock; /* guards surprise */
	char surprise[512];   /* the first outcome that nothing explains */
};

struct worker {
	struct storm *storm;
	PGconn *matching, *profiles; /* as the two services' roles */
	uint64_t random;
	pthread_t thread;
};

static uint64_t dice(struct worker *w, uint64_t sides)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % sides;
}

static enum deed choose(struct worker *w)
{
	int at = (int)dice(w, 100);

	for (enum deed deed = 0; deed < DEEDS; deed++) {
		at -= deed_shares[deed];
		if (at < 0)
			return deed;
	}
	return PICK;
}

#define ANY_PAIR(status)                                                                           \
	"WHERE id = (SELECT id FROM matching.pair WHERE status = '" status                         \
	"' ORDER BY random() LIMIT 1) AND status = '" status "'"

/* The statement of a deed on matching; owned. */
static char *matching_deed(struct worker *w, enum deed deed)
{
	int a = 1 + (int)dice(w, (uint64_t)w->storm->people),
	    b = 1 + (int)dice(w, (uint64_t)w->storm->people);
	struct buf sql = BUF_INIT(2048);

	if (deed == PICK)
		return world_pick(1 + (int)dice(w, WORLD_PROGRAMMES), a, b);
	if (deed == ACCEPT)
		buf_text(&sql, "UPDATE matching.pair SET status = 'active' " ANY_PAIR("proposed"));
	else if (deed == RESUME)
		buf_text(&sql,
			"UPDATE matching.pair SET status = suspended_from " ANY_PAIR("suspended"));
	else if (deed == END && dice(w, 2))
		buf_text(&sql, "UPDATE matching.pair SET status = 'ended' " ANY_PAIR("active"));
	else if (deed == END)
		buf_text(
			&sql, "UPDATE matching.pair SET status = 'declined' " ANY_PAIR("proposed"));
	else if (deed == EXCLUDE)
		buf_print(&sql,
			"INSERT INTO matching.exclusion (id, author_id, other_id) SELECT "
			"gen_random_uuid(), " WORLD_PERSON ", " WORLD_PERSON,
			a, b);
	else if (deed == INCLUDE)
		buf_text(&sql, "DELETE FROM matching.exclusion"
			       " WHERE id = (SELECT id FROM matching.exclusion ORDER BY random() "
			       "LIMIT 1)");
	else
		buf_print(&sql,
			"UPDATE matching.enrolment SET capacity = %d WHERE person_id "
			"= " WORLD_PERSON " AND programme_id = " WORLD_PROGRAMME,
			(int)dice(w, 4), a, 1 + (int)dice(w, WORLD_PROGRAMMES));
	return buf_take(&sql);
}

/* The same of a deed on profiles. Most of them take the wall first, as statements should; the
 * triggers must do without, at the price of a deadlock now and then. */
static char *profiles_deed(struct worker *w, enum deed deed)
{
	int a = 1 + (int)dice(w, (uint64_t)w->storm->people),
	    b = 1 + (int)dice(w, (uint64_t)w->storm->people);
	struct buf sql = BUF_INIT(1024);

	if (dice(w, 8))
		buf_text(&sql, "SELECT pg_advisory_xact_lock(7, 1); ");
	if (deed == ARRIVE) {
		int n = atomic_fetch_add(&w->storm->arrivals, 1);
		buf_print(&sql,
			"INSERT INTO profiles.person (id, user_name, given_name, level, "
			"manager_id) SELECT " WORLD_PERSON ", 'new%d', 'New', 1, " WORLD_PERSON,
			1000000 + n, n, a);
		return buf_take(&sql);
	}
	buf_text(&sql, "UPDATE profiles.person SET ");
	if (deed == MOVE && dice(w, 12) == 0)
		buf_text(&sql, "manager_id = NULL");
	else if (deed == MOVE)
		buf_print(&sql, "manager_id = " WORLD_PERSON, b);
	else if (deed == LEVEL)
		buf_print(&sql, "level = %d", (int)dice(w, 7));
	else
		buf_text(&sql,
			"status = CASE status WHEN 'active' THEN 'inactive' ELSE 'active' END");
	buf_print(&sql, " WHERE id = " WORLD_PERSON, a);
	/* who has left comes back sooner than others leave */
	if (deed == LEAVE && dice(w, 3))
		buf_text(&sql, " AND status = 'inactive'");
	return buf_take(&sql);
}

static void count(struct storm *storm, enum deed deed, const PGresult *result, const char *outcome)
{
	if (!*outcome) {
		if (!str_equal(PQcmdTuples((PGresult *)result), "0"))
			atomic_fetch_add(&storm->done[deed], 1);
	} else if (strncmp(outcome, "23514", 5) == 0 ||
		   strncmp(outcome, "23505 pair_partners", 19) == 0 ||
		   strncmp(outcome, "23505 exclusion_once", 20) == 0) {
		atomic_fetch_add(&storm->refused, 1);
	} else if (strncmp(outcome, "40P01", 5) == 0) {
		atomic_fetch_add(&storm->deadlocks, 1);
	} else if (strncmp(outcome, "55P03", 5) == 0) {
		atomic_fetch_add(&storm->timeouts, 1);
	} else {
		pthread_mutex_lock(&storm->lock);
		if (!storm->surprise[0])
			snprintf(storm->surprise, sizeof storm->surprise, "%s: %s",
				deed_words[deed], outcome);
		pthread_mutex_unlock(&storm->lock);
	}
}

static void *work(void *context)
{
	struct worker *w = context;
	struct storm *storm = w->storm;

	while (atomic_fetch_sub(&storm->left, 1) > 0) {
		enum deed deed = choose(w);
		bool person = deed == MOVE || deed == LEVEL || deed == LEAVE || deed == ARRIVE;
		owned_text char *sql = person ? profiles_deed(w, deed) : matching_deed(w, deed);
		owned_result PGresult *result = PQexec(person ? w->profiles : w->matching, sql);
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
	char words[160];
};

/* Judges until all workers have ended, and once more after. */
static void look_on(PGconn *pg, struct storm *storm, struct sight *ret_sight)
{
	struct verdict verdict;
	char last[160] = "";
	bool over;

	do {
		over = atomic_load(&storm->running) == 0;
		world_judge(pg, &verdict);
		if (!str_equal(last, verdict.snapshot))
			ret_sight->snapshots++;
		snprintf(last, sizeof last, "%s", verdict.snapshot);
		if (verdict.violations && !ret_sight->violations)
			snprintf(ret_sight->words, sizeof ret_sight->words, "%s", verdict.words);
		ret_sight->violations += verdict.violations;
	} while (!over);
}

static void run_storm(PGconn *pg, struct storm *storm, int connections, struct sight *ret_sight)
{
	struct worker workers[CONNECTIONS];

	pthread_mutex_init(&storm->lock, NULL);
	atomic_store(&storm->running, connections);
	for (int i = 0; i < connections; i++) {
		workers[i] = (struct worker){ .storm = storm,
			.matching = sql_connect(DATABASE, "upward_matching"),
			.profiles = sql_connect(DATABASE, "upward_profiles"),
			.random = 0x9E3779B97F4A7C15ull * (uint64_t)(i + 1) };
		sql_do(workers[i].matching,
			"SET statement_timeout = '60s'; SET lock_timeout = '20s'");
		sql_do(workers[i].profiles,
			"SET statement_timeout = '60s'; SET lock_timeout = '20s'");
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
	int operations = getenv("UPWARD_LONG") ? 53000 : 4000;
	struct storm storm = { .people = 40, .left = operations };
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);

	world_make(pg, storm.people, 0.25);
	run_storm(pg, &storm, CONNECTIONS, &sight);
	report(&storm, &sight, "storm");
	assert_string_equal(storm.surprise, "");
	assert_string_equal(sight.words, "");
	assert_int_equal(sight.violations, 0);
	/* the storm must have been one */
	assert_true(sight.snapshots >= operations / 100);
	assert_true(atomic_load(&storm.done[PICK]) >= operations / 50);
	assert_true(atomic_load(&storm.done[MOVE]) >= operations / 50);
	assert_true(atomic_load(&storm.done[RESUME]) > 0 && atomic_load(&storm.done[EXCLUDE]) > 0);
	assert_true(
		sql_number(pg, "SELECT count(*) FROM common.outbox WHERE type = 'pair.suspended'") >
		0);
}

static void no_committed_state_is_unsafe_among_ten_thousand(void **state)
{
	(void)state;
	struct storm storm = { .people = 10000, .left = getenv("UPWARD_LONG") ? 40000 : 4000 };
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);

	world_make(pg, storm.people, 0.75);
	run_storm(pg, &storm, 4, &sight);
	report(&storm, &sight, "ten thousand");
	assert_string_equal(storm.surprise, "");
	assert_string_equal(sight.words, "");
	assert_int_equal(sight.violations, 0);
	assert_true(sight.snapshots >= 5);
	assert_true(atomic_load(&storm.done[PICK]) >= 100);
}

static int setup(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sql_drop(DATABASE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			no_committed_state_is_unsafe_in_a_storm, setup, teardown),
		cmocka_unit_test_setup_teardown(
			no_committed_state_is_unsafe_among_ten_thousand, setup, teardown),
	};

	return cmocka_run_group_tests_name("safety", tests, NULL, NULL);
}
