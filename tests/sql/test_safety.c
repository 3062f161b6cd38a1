/*
 * Reverse safety under a storm: people move, rise, leave and fall out while others pick, accept,
 * end and resume, and programmes and rounds begin and end under them, on many connections; an
 * oracle that knows only the rules looks on, and the storm never gets far ahead of it. UPWARD_LONG=1
 * runs the full length, and the oracle looks on without a pause. In foreign threads nothing is
 * asserted: they collect.
 */
#include "sql/population.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define CONNECTIONS 16
/* Looking on all the time costs as much as the storm itself. */
#define BETWEEN (getenv("UPWARD_LONG") ? 0 : 40)
#define AHEAD   100 /* operations that begin before the oracle must have looked again */

enum deed {
	PICK,
	PICK_LISTED,
	ACCEPT,
	RESUME,
	END,
	MOVE,
	LEVEL,
	LEAVE,
	EXCLUDE,
	INCLUDE,
	BY_HAND,
	KEEP_APART,
	CAPACITY,
	ARRIVE,
	REJOIN,
	FOUND,
	MATCH,
	PUBLISH,
	TAKE_BACK,
	ACTIVATE,
	CLOSE,
	WIND_DOWN,
	DEEDS
};
static const char *const deed_words[DEEDS] = { "pick", "pick from a list", "accept", "resume",
	"end", "move", "level", "leave", "exclude", "include", "by hand", "keep apart", "capacity", "arrive", "rejoin",
	"found", "match", "publish", "take back", "activate", "close", "wind down" };
/* of 100 */
static const int deed_shares[DEEDS] = { 16, 12, 12, 8, 8, 9, 4, 3, 2, 2, 4, 2, 2, 1, 4, 1, 2, 2, 1, 1, 1,
	3 };

struct storm {
	int people;
	atomic_int left;    /* operations to come */
	int between;        /* so many of them from one look of the oracle to the next … */
	int ahead;          /* … at least, and at most so many */
	atomic_int stop_at; /* workers wait when so many are left, until the oracle has looked */
	atomic_int running; /* workers */
	atomic_int arrivals, programmes, rounds;
	const char *until; /* ends when this rule has been violated; "" any; NULL never */
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

#define PAIR_STEP(step, status)                                                                    \
	"UPDATE matching.pair SET step = '" step                                                   \
	"' WHERE id = (SELECT id FROM matching.pair WHERE status = '" status                       \
	"' ORDER BY random() LIMIT 1) AND status = '" status "'"

/* Programmes of a short life, beside the three that stay. */
#define YOUNG "matching.programme WHERE title = 'Young' AND winding_down IS NULL AND status "
#define ROUND "('53000000-0000-4000-8000-' || lpad((%d)::text, 12, '0'))::uuid"

/* A programme that recruits, with a few people on both sides, unless there are enough. */
static void found(struct worker *w, struct buf *sql)
{
	int n = POPULATION_PROGRAMMES + 1 + atomic_fetch_add(&w->storm->programmes, 1);

	buf_print(sql,
		"INSERT INTO matching.programme (id, title, purpose, starts_on, ends_on, "
		"min_level_gap, line_distance) SELECT " POPULATION_PROGRAMME
		", 'Young', 'inclusion', '2026-01-01', '2027-01-01', %s"
		" WHERE (SELECT count(*) FROM " YOUNG
		" IN ('recruiting', 'matching', 'active')) < 6;",
		n, dice(w, 2) ? "1, NULL" : "NULL, 2");
	buf_print(sql,
		"INSERT INTO matching.policy (programme_id, number, rules) SELECT id, 1, '{}' FROM "
		"matching.programme WHERE id = " POPULATION_PROGRAMME
		"; INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, "
		"step) SELECT gen_random_uuid(), g.id, c.person_id, r, 2, 'creation' FROM "
		"matching.programme g, (SELECT person_id FROM profiles.candidate WHERE status = "
		"'active' ORDER BY random() LIMIT 24) c, unnest(ARRAY['mentor', 'mentee']) r"
		" WHERE g.id = " POPULATION_PROGRAMME
		"; UPDATE matching.programme SET step = 'recruitment' WHERE "
		"id = " POPULATION_PROGRAMME,
		n, n, n);
}

/* A round of one of them that can be published, with a few lists. */
static void match(struct worker *w, struct buf *sql)
{
	int n = 1 + atomic_fetch_add(&w->storm->rounds, 1);

	buf_print(sql,
		"INSERT INTO matching.round (id, programme_id, policy_number) SELECT " ROUND
		", id, 1 FROM (SELECT id FROM " YOUNG
		" IN ('recruiting', 'matching', 'active') ORDER BY random() LIMIT 1) p;"
		" UPDATE matching.round SET step = 'claim' WHERE id = " ROUND
		"; INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, "
		"mentee_id) SELECT gen_random_uuid(), r.id, r.programme_id, e.id, e.person_id"
		" FROM matching.round r JOIN matching.enrolment e ON e.programme_id = "
		"r.programme_id WHERE e.role = 'mentee' AND e.status = 'enrolled' AND r.id = " ROUND
		" ORDER BY random() LIMIT 8;",
		n, n, n);
	buf_print(sql,
		"INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, "
		"rank, score) SELECT s.id, e.person_id, e.id, row_number() OVER (PARTITION BY "
		"s.id), 1 FROM matching.shortlist s, LATERAL (SELECT x.id, x.person_id FROM "
		"matching.enrolment x WHERE x.programme_id = s.programme_id AND x.role = 'mentor' "
		"AND matching.obtainable(x.id, s.mentee_id, NULL) ORDER BY random() LIMIT 3) e"
		" WHERE s.round_id = " ROUND
		"; UPDATE matching.round SET step = 'result' WHERE id = " ROUND,
		n, n);
}

/* A pick without a list in one of the youngest, whatever has become of it; owned. */
static char *pick_young(void)
{
	return str_copy(
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, step, answer_by)"
		" SELECT gen_random_uuid(), g.id, m.person_id, s.person_id, m.id, s.id, 'pick', "
		"common.now() + interval '3 days' FROM (SELECT id FROM (SELECT id FROM "
		"matching.programme WHERE title = 'Young' ORDER BY created_at DESC LIMIT 10) y "
		"ORDER BY random() LIMIT 1) g JOIN matching.enrolment m ON m.programme_id = g.id "
		"AND m.role = 'mentor' JOIN matching.enrolment s ON s.programme_id = g.id AND "
		"s.role = 'mentee' AND s.person_id <> m.person_id ORDER BY random() LIMIT 1");
}

/* A pair of a list that is not asked for its state. */
static const char pick_stale[] =
	"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, "
	"mentee_enrolment_id, shortlist_id, step, answer_by)"
	" SELECT gen_random_uuid(), s.programme_id, x.mentor_id, s.mentee_id, x.enrolment_id, "
	"s.enrolment_id, s.id, 'pick', common.now() + interval '3 days' FROM (SELECT s.* FROM "
	"matching.shortlist s ORDER BY s.created_at DESC LIMIT 60) s JOIN "
	"matching.shortlist_entry x ON x.shortlist_id = s.id ORDER BY random() LIMIT 1";

/* A pick as the statement has it, or without the lock before the list's row. */
static void pick_listed(struct worker *w, struct buf *sql)
{
	buf_print(sql,
		"WITH target AS (SELECT s.id FROM %s matching.shortlist s WHERE s.id = (SELECT id "
		"FROM matching.shortlist WHERE status = 'open' ORDER BY random() LIMIT 1)"
		" AND s.status = 'open' FOR NO KEY UPDATE OF s),"
		" picked AS (UPDATE matching.shortlist s SET step = 'pick' FROM target t WHERE "
		"s.id = t.id RETURNING s.*)"
		" INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, shortlist_id, step, answer_by)"
		" SELECT gen_random_uuid(), s.programme_id, x.mentor_id, s.mentee_id, "
		"x.enrolment_id, s.enrolment_id, s.id, 'pick', common.now() + interval '3 days'"
		" FROM picked s JOIN LATERAL (SELECT * FROM matching.shortlist_entry e WHERE "
		"e.shortlist_id = s.id ORDER BY random() LIMIT 1) x ON true",
		dice(w, 8) ? "matching.lock_reporting_lines_shared()," : "");
}

/* A pair that comes from no shortlist, by hand or by request, as the operation has it. */
static void by_hand(struct worker *w, int mentor, int mentee, struct buf *sql)
{
	buf_print(sql,
		"SELECT matching.new_pair(gen_random_uuid(), '%s', m, s, '{}') FROM matching.enrolment m "
		"JOIN matching.enrolment s ON s.programme_id = m.programme_id AND s.role = 'mentee' "
		"WHERE m.role = 'mentor' AND m.programme_id = " POPULATION_PROGRAMME
		" AND m.person_id = " POPULATION_PERSON " AND s.person_id = " POPULATION_PERSON
		" AND s.person_id <> m.person_id",
		dice(w, 2) ? "manual" : "request", 1 + (int)dice(w, POPULATION_PROGRAMMES), mentor,
		mentee);
}

/* A programme keeps one or two people apart from others, or no longer. */
static void keep_apart(struct worker *w, int one, int other, struct buf *sql)
{
	if (dice(w, 2) == 0)
		buf_text(sql, "DELETE FROM matching.programme_exclusion WHERE id = (SELECT id FROM "
			      "matching.programme_exclusion ORDER BY random() LIMIT 1)");
	else
		buf_print(sql,
			"SELECT matching.keep_apart((gen_random_uuid(), " POPULATION_PROGRAMME
			", NULL, " POPULATION_PERSON ", nullif(" POPULATION_PERSON ", " POPULATION_PERSON
			"), 'r', NULL, 1, common.now())::matching.programme_exclusion, %s)",
			1 + (int)dice(w, POPULATION_PROGRAMMES), one, dice(w, 4) ? other : one, one,
			dice(w, 2) ? "true" : "false");
}

/* The steps of programmes and rounds. */
static void programme_deed(struct worker *w, enum deed deed, struct buf *sql)
{
	if (deed == FOUND)
		found(w, sql);
	else if (deed == MATCH)
		match(w, sql);
	else if (deed == PUBLISH)
		buf_text(sql, "SELECT matching.publish_round(r.id) FROM (SELECT id FROM "
			      "matching.round WHERE status = 'ready' ORDER BY random() LIMIT 1) r");
	else if (deed == TAKE_BACK)
		buf_text(sql, "SELECT matching.take_back_round(r.id) FROM (SELECT id FROM "
			      "matching.round WHERE status = 'published' ORDER BY published_at "
			      "DESC LIMIT 1) r");
	else if (deed == ACTIVATE)
		buf_text(sql, "UPDATE matching.programme SET step = 'activation' WHERE id = "
			      "(SELECT id FROM " YOUNG "= 'matching' ORDER BY random() LIMIT 1)");
	else if (deed == CLOSE)
		buf_text(sql,
			"WITH new AS (UPDATE matching.programme SET winding_down = CASE status "
			"WHEN 'active' THEN 'closing' WHEN 'closing' THEN 'closure' ELSE "
			"'cancellation' END WHERE id = (SELECT id FROM " YOUNG
			"IN ('recruiting', 'matching', 'active', 'closing') ORDER BY "
			"random() LIMIT 1) RETURNING id)"
			" SELECT count(*), matching.wind_down(id, 10) FROM new GROUP BY id");
	else
		buf_text(sql, "SELECT matching.wind_down(p.id, 10) FROM matching.programme p WHERE "
			      "p.winding_down IS NOT NULL ORDER BY random() LIMIT 1");
}

/* The statement of a deed on matching; owned. */
static char *matching_deed(struct worker *w, enum deed deed)
{
	int a = 1 + (int)dice(w, (uint64_t)w->storm->people),
	    b = 1 + (int)dice(w, (uint64_t)w->storm->people);
	struct buf sql = BUF_INIT(2048);

	if (deed == PICK)
		return dice(w, 5) ? population_pick(1 + (int)dice(w, POPULATION_PROGRAMMES), a, b)
				  : pick_young();
	if (deed >= FOUND)
		programme_deed(w, deed, &sql);
	else if (deed == PICK_LISTED && dice(w, 5) == 0)
		buf_text(&sql, pick_stale);
	else if (deed == PICK_LISTED)
		pick_listed(w, &sql);
	else if (deed == ACCEPT)
		buf_text(&sql, PAIR_STEP("acceptance", "proposed"));
	else if (deed == RESUME)
		buf_text(&sql, PAIR_STEP("resumption", "suspended"));
	else if (deed == END)
		buf_text(&sql, dice(w, 2) ? PAIR_STEP("dissolution", "active")
					  : PAIR_STEP("decline", "proposed"));
	else if (deed == REJOIN)
		buf_text(&sql, "UPDATE matching.enrolment SET step = 'resumption' WHERE person_id "
			       "= (SELECT person_id FROM matching.enrolment WHERE status = "
			       "'left_company' ORDER BY random() LIMIT 1) AND status = "
			       "'left_company' AND programme_id IN (SELECT id FROM "
			       "matching.programme WHERE status IN ('matching', 'active') AND "
			       "winding_down IS NULL)");
	else if (deed == EXCLUDE)
		buf_print(&sql,
			"INSERT INTO matching.exclusion (id, author_id, other_id) SELECT "
			"gen_random_uuid(), " POPULATION_PERSON ", " POPULATION_PERSON,
			a, b);
	else if (deed == BY_HAND)
		by_hand(w, a, b, &sql);
	else if (deed == KEEP_APART)
		keep_apart(w, a, b, &sql);
	else if (deed == INCLUDE)
		buf_text(&sql, "DELETE FROM matching.exclusion"
			       " WHERE id = (SELECT id FROM matching.exclusion ORDER BY random() "
			       "LIMIT 1)");
	else
		buf_print(&sql,
			"UPDATE matching.enrolment SET capacity = %d WHERE person_id "
			"= " POPULATION_PERSON " AND programme_id = " POPULATION_PROGRAMME,
			(int)dice(w, 4), a, 1 + (int)dice(w, POPULATION_PROGRAMMES));
	return buf_take(&sql);
}

/* The same of a deed on profiles. Most of them take the reporting-line lock first, as statements should; the
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
			"manager_id) SELECT " POPULATION_PERSON
			", 'new%d', 'New', 1, " POPULATION_PERSON,
			1000000 + n, n, a);
		return buf_take(&sql);
	}
	buf_text(&sql, "UPDATE profiles.person SET ");
	if (deed == MOVE && dice(w, 12) == 0)
		buf_text(&sql, "manager_id = NULL");
	else if (deed == MOVE)
		buf_print(&sql, "manager_id = " POPULATION_PERSON, b);
	else if (deed == LEVEL)
		buf_print(&sql, "level = %d", (int)dice(w, 7));
	else
		buf_text(&sql,
			"status = CASE status WHEN 'active' THEN 'inactive' ELSE 'active' END");
	buf_print(&sql, " WHERE id = " POPULATION_PERSON, a);
	/* who has left comes back sooner than others leave */
	if (deed == LEAVE && dice(w, 3))
		buf_text(&sql, " AND status = 'inactive'");
	return buf_take(&sql);
}

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
	bool caught; /* what the storm waited for */
	char words[160];
};

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
	} while (!over);
}

static void run_storm(PGconn *pg, struct storm *storm, int connections, struct sight *ret_sight)
{
	struct worker workers[CONNECTIONS];

	pthread_mutex_init(&storm->lock, NULL);
	atomic_store(&storm->running, connections);
	atomic_store(&storm->stop_at, atomic_load(&storm->left) - storm->ahead);
	for (int i = 0; i < connections; i++) {
		workers[i] = (struct worker){ .storm = storm,
			.matching = sql_connect(sql_own(), "upward_matching"),
			.profiles = sql_connect(sql_own(), "upward_profiles"),
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
	struct storm storm = {
		.people = 40, .left = operations, .between = BETWEEN, .ahead = AHEAD
	};
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	population_make(pg, storm.people, 0.25);
	run_storm(pg, &storm, CONNECTIONS, &sight);
	report(&storm, &sight, "storm");
	assert_string_equal(storm.surprise, "");
	assert_string_equal(sight.words, "");
	assert_int_equal(sight.violations, 0);
	/* the storm must have been one */
	assert_true(sight.snapshots >= operations / AHEAD / 2);
	assert_true(atomic_load(&storm.done[PICK]) + atomic_load(&storm.done[PICK_LISTED]) >=
		    operations / 25);
	assert_true(atomic_load(&storm.done[MOVE]) >= operations / 50);
	for (enum deed deed = 0; deed < DEEDS; deed++)
		if (!atomic_load(&storm.done[deed]))
			fail_msg("nobody could %s", deed_words[deed]);
	assert_true(
		sql_number(pg, "SELECT count(*) FROM common.outbox WHERE type = 'pair.suspended'") >
		0);
}

/* Ten thousand of them in the full length. */
static void no_committed_state_is_unsafe_in_a_large_company(void **state)
{
	(void)state;
	bool whole = getenv("UPWARD_LONG");
	struct storm storm = { .people = whole ? 10000 : 3000,
		.left = whole ? 40000 : 1500,
		.between = whole ? 0 : 150,
		.ahead = whole ? 1000 : 200 };
	struct sight sight = { 0 };
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	population_make(pg, storm.people, 0.75);
	run_storm(pg, &storm, 4, &sight);
	report(&storm, &sight, "a large company");
	assert_string_equal(storm.surprise, "");
	assert_string_equal(sight.words, "");
	assert_int_equal(sight.violations, 0);
	assert_true(sight.snapshots >= 5);
	assert_true(atomic_load(&storm.done[PICK]) >= (whole ? 100 : 40));
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
	run_storm(pg, &storm, CONNECTIONS, &sight);
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			no_committed_state_is_unsafe_in_a_storm, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			no_committed_state_is_unsafe_in_a_large_company, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			a_check_that_forgets_the_programme_is_caught, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			a_check_that_forgets_the_round_is_caught, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			a_check_without_the_lock_is_caught, sql_set_up, sql_tear_down),
	};

	return cmocka_run_group_tests_name("safety", tests, NULL, NULL);
}
