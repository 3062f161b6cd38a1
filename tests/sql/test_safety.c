/*
 * Reverse safety under a storm: people move, rise, leave and fall out while others pick, accept,
 * end and resume, on many connections; an oracle that knows only the rules looks on all the time.
 * UPWARD_LONG=1 runs the full length. In foreign threads nothing is asserted: they collect.
 */
#include "sql/crowd.h"
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

#define LIST "54000000-0000-4000-8000-000000000001"

/* Person 1, who leads all, picks that mentor from the list; "" or the constraint that refuses. */
static const char *pick_from_list(PGconn *pg, int mentor, char ret_text[64])
{
	owned_text char *junior = world_enrolment(1, mentor, "mentor");
	owned_text char *senior = world_enrolment(1, 1, "mentee");
	struct buf sql = BUF_INIT(2048);

	buf_print(&sql,
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, shortlist_id, answer_by) SELECT "
		"gen_random_uuid(), " WORLD_PROGRAMME ", " WORLD_PERSON ", " WORLD_PERSON
		", %s, %s, '" LIST "', common.now()",
		1, mentor, 1, junior, senior);
	owned_text char *text = buf_take(&sql);
	owned_result PGresult *result = PQexec(pg, text);
	const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	snprintf(ret_text, 64, "%s",
		PQresultStatus(result) != PGRES_FATAL_ERROR ? ""
		: name                                      ? name
							    : PQresultErrorMessage(result));
	return ret_text;
}

/* 5 stands three steps below 1, 4 two. */
static void a_pair_is_judged_by_the_distance_that_its_round_granted(void **state)
{
	(void)state;
	char text[64];
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_connection PGconn *matching = sql_connect(DATABASE, "upward_matching");
	owned_text char *unused = crowd_make(pg);

	(void)unused;
	sql_do(pg, "INSERT INTO matching.policy (programme_id, number, rules)"
		   " SELECT id, 1, '{}' FROM matching.programme;"
		   " INSERT INTO matching.round (id, programme_id, policy_number)"
		   " SELECT '53000000-0000-4000-8000-000000000001', id, 1 FROM matching.programme"
		   " WHERE id::text LIKE '%%1';"
		   " INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, "
		   "mentee_id, status, pick_by) SELECT '" LIST
		   "', '53000000-0000-4000-8000-000000000001', e.programme_id, e.id, e.person_id, "
		   "'open', common.now() FROM matching.enrolment e WHERE e.role = 'mentee'"
		   " AND e.programme_id::text LIKE '%%1' AND e.person_id::text LIKE '%%1';"
		   " INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, "
		   "rank, score) SELECT '" LIST
		   "', e.person_id, e.id, row_number() OVER (), 1 FROM matching.enrolment e"
		   " WHERE e.role = 'mentor' AND e.programme_id::text LIKE '%%1'"
		   " AND e.person_id::text ~ '[45]$'");
	assert_string_equal(pick_from_list(matching, 5, text), "pair_same_line");
	sql_do(pg, "UPDATE matching.shortlist_entry SET line_distance = 2");
	assert_string_equal(pick_from_list(matching, 4, text), "pair_same_line");
	/* where the programme names a distance, no grant makes it less */
	sql_do(pg, "UPDATE matching.programme SET line_distance = 3");
	assert_string_equal(pick_from_list(matching, 5, text), "pair_same_line");
	sql_do(pg, "UPDATE matching.programme SET line_distance = NULL");
	assert_string_equal(pick_from_list(matching, 5, text), "");
	/* who comes closer is suspended in the same transaction, as with every pair */
	sql_do(pg, "UPDATE profiles.person SET manager_id = (SELECT id FROM profiles.person WHERE "
		   "user_name = 'p2') WHERE user_name = 'p5'");
	owned_text char *now = sql_text(pg,
		"SELECT status || ' ' || reason FROM matching.pair WHERE shortlist_id = '" LIST
		"'");
	assert_string_equal(now, "suspended too_close");
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
			a_pair_is_judged_by_the_distance_that_its_round_granted, setup, teardown),
		cmocka_unit_test_setup_teardown(
			no_committed_state_is_unsafe_in_a_storm, setup, teardown),
		cmocka_unit_test_setup_teardown(
			no_committed_state_is_unsafe_among_ten_thousand, setup, teardown),
	};

	return cmocka_run_group_tests_name("safety", tests, NULL, NULL);
}
