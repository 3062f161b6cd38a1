/*
 * A round of a programme that the statistics do not know yet looks at its own people, a few rows for each:
 * never at each of them for each other, nor at the whole company. And whoever SQL puts on a list next is
 * whom the engine would put there.
 */
#include "sql/population.h"
#include "matching/engine/engine.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define COMPANY   900
#define MENTEES   100
#define MENTORS   150
#define NEW       "'20000000-0000-4000-8000-000000000009'"
#define ROUND     "'53000000-0000-4000-8000-000000000009'"
#define A_PERSON  120 /* rows looked at for each participant */
#define AN_ENTRY  60 /* and for each mentor on a list that is published */
#define LISTED    300

/* Rows that this connection has read from tables, in this transaction and others a moment ago. */
#define LOOKED                                                                                     \
	"SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM "                 \
	"pg_stat_xact_user_tables"

static PGconn *admin;

/* A company in which everybody takes part in three programmes; then a new one, of which the statistics know
 * nothing, with the last of its people. */
static int company_arrives(void **state)
{
	int failed = sql_set_up(state);
	admin = sql_connect(sql_own(), NULL);
	population_make(admin, COMPANY, 0.5);
	sql_do(admin, "ANALYZE");
	population_programmes(admin, "SELECT 9, 1, NULL::int");
	sql_do(admin,
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, step) SELECT "
		"gen_random_uuid(), " NEW ", p.id, CASE WHEN p.n > %d THEN 'mentee' ELSE 'mentor' "
		"END, 'creation' FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM "
		"profiles.person) p WHERE p.n <= %d",
		MENTORS, MENTORS + MENTEES);
	sql_do(admin,
		"INSERT INTO matching.policy (programme_id, number, rules) VALUES (" NEW ", 1, "
		"'{\"shortlist_size\": 3, \"mentors\": {\"departments_out\": [\"Nowhere\"]}}');"
		"INSERT INTO matching.round (id, programme_id, policy_number) VALUES (" ROUND
		", " NEW ", 1)");
	return failed;
}

static int company_leaves(void **state)
{
	PQfinish(admin);
	return sql_tear_down(state);
}

/* The rows that all steps of a plan have seen, also those that they passed over. */
static const char plan_rows[] =
	"CREATE FUNCTION plan_rows(query text) RETURNS numeric LANGUAGE plpgsql AS $$ DECLARE plan json; "
	"BEGIN EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || query INTO plan; RETURN (SELECT "
	"sum(((n ->> 'Actual Rows')::numeric + coalesce((n ->> 'Rows Removed by Filter')::numeric, 0) + "
	"coalesce((n ->> 'Rows Removed by Join Filter')::numeric, 0)) * (n ->> 'Actual Loops')::numeric) "
	"FROM jsonb_path_query(plan::jsonb, 'strict $.**{2 to last} ? (@.\"Actual Rows\" >= 0)') n); END $$";

/* A statement of the service, for the round. Owned. */
static char *statement(const char *name)
{
	owned_text char *file = sql_file("services/matching/rounds/round.sql");
	struct buf sql = BUF_INIT(1 << 16);
	char *from = strstr(file, name);
	assert_non_null(from);
	from = strstr(from, "\nWITH ");
	assert_non_null(from);
	char *to = strstr(from, "\n-- ");
	assert_non_null(to);
	*to = '\0';
	*strrchr(from, ';') = '\0';
	for (char *at; (at = strstr(from, ":round_id")) != NULL; from = at + strlen(":round_id")) {
		*at = '\0';
		buf_text(&sql, from);
		buf_text(&sql, ROUND "::uuid");
	}
	buf_text(&sql, from);
	return buf_take(&sql);
}

static void reading_a_new_programme_looks_at_its_people(void **state)
{
	(void)state;
	static const char *const names[] = { "-- round_people(", "-- round_blocks(" };
	sql_do(admin, "%s", plan_rows);
	sql_do(admin, "SET search_path = matching, pg_catalog, public");
	assert_true(sql_number(admin, "SELECT plan_rows($q$SELECT FROM enrolment a, enrolment b WHERE "
				      "a.programme_id = " NEW " AND b.programme_id = a.programme_id$q$)") >
		    A_PERSON * (MENTEES + MENTORS)); /* what the test is for */
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		owned_text char *sql = statement(names[i]);
		sql_do(admin, "BEGIN");
		int64_t before = sql_number(admin, LOOKED);
		int64_t rows = sql_number(admin, "SELECT plan_rows($q$%s$q$)", sql);
		rows += sql_number(admin, LOOKED) - before;
		sql_do(admin, "COMMIT");
		if (rows > A_PERSON * (MENTEES + MENTORS))
			fail_msg("%s: %lld rows were looked at", names[i], (long long)rows);
	}
}

static void storing_whom_the_policy_leaves_out_looks_at_its_people(void **state)
{
	(void)state;
	sql_do(admin, "BEGIN");
	int64_t before = sql_number(admin, LOOKED);
	sql_do(admin, "SELECT matching.store_outside(r) FROM matching.round r WHERE r.id = " ROUND);
	int64_t rows = sql_number(admin, LOOKED) - before;
	sql_do(admin, "ROLLBACK");
	if (rows > A_PERSON * (MENTEES + MENTORS))
		fail_msg("%lld rows were looked at", (long long)rows);
}

/* The rows that opening a batch of lists looks at. */
static int64_t rows_of_a_batch(void)
{
	int64_t before = sql_number(admin, LOOKED);
	sql_do(admin, "SAVEPOINT batch; SELECT matching.open_drafts(" ROUND ")");
	int64_t rows = sql_number(admin, LOOKED) - before;
	sql_do(admin, "ROLLBACK TO batch");
	return rows;
}

/* Every list of the round shows three mentors, and a batch of them is opened. */
static void publishing_looks_at_those_on_the_lists(void **state)
{
	(void)state;
	sql_do(admin,
		"INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id) "
		"SELECT gen_random_uuid(), " ROUND ", programme_id, id, person_id FROM "
		"matching.enrolment WHERE programme_id = " NEW " AND role = 'mentee';"
		"INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score) "
		"SELECT s.id, m.person_id, m.id, k, 1 FROM (SELECT id, row_number() OVER (ORDER BY id) AS n "
		"FROM matching.shortlist) s, generate_series(1, 3) k, (SELECT id, person_id, row_number() "
		"OVER (ORDER BY id) AS n FROM matching.enrolment WHERE programme_id = " NEW
		" AND role = 'mentor') m WHERE m.n = 1 + (3 * s.n + k) %% %d",
		MENTORS);
	sql_do(admin, "BEGIN");
	int64_t rows = rows_of_a_batch();
	if (rows > AN_ENTRY * LISTED)
		fail_msg("%lld rows were looked at", (long long)rows);
	sql_do(admin, "CREATE OR REPLACE FUNCTION matching.mentor_lists(mentor uuid, round uuid) "
		      "RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FILTER (WHERE EXISTS (SELECT "
		      "FROM matching.shortlist_entry x WHERE x.shortlist_id = s.id AND x.mentor_id = "
		      "$1)) FROM matching.shortlist s $$");
	assert_true(rows_of_a_batch() > AN_ENTRY * LISTED); /* the test can see what it is for */
	sql_do(admin, "ROLLBACK");
}

/* ---- who is next on a list ---------------------------------------------------------------------*/

#define CASES      60
#define CANDIDATES 9
#define PLACES     3
#define WANTED     4
#define KINDS      3

/* A mentor who may be put on a list, or is on it. */
struct mentor {
	struct engine_list_part part;
	bool wished, granted;
	int rank; /* as the round had it */
};

struct scene {
	uint64_t state;
	struct engine_policy policy;
	struct mentor all[CANDIDATES]; /* the first `on` of them are on the list */
	size_t on;
};

static uint32_t below(struct scene *scene, uint32_t sides)
{
	uint64_t z = scene->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % sides);
}

static void make_mentor(struct scene *scene, struct mentor *mentor, int rank)
{
	*mentor = (struct mentor){ .rank = rank,
		.wished = below(scene, 9) == 0,
		.granted = below(scene, 5) == 0,
		.part = { .base = 100 * (int64_t)below(scene, 2500),
			.department = below(scene, 3),
			.background_points = 85 * scene->policy.weights[ENGINE_BACKGROUND] } };
	for (size_t k = 0; k < KINDS; k++)
		mentor->part.background[k] = (uint8_t)below(scene, 3);
	for (size_t w = 0; w < WANTED; w++)
		mentor->part.share[w] = below(scene, 2) ? (uint8_t)(10 * below(scene, 7)) : 0;
}

/* Everything about one mentor as a round stores it. */
static void store_mentor(struct scene *scene, size_t at)
{
	const struct mentor *m = &scene->all[at];
	uint32_t taught = 0, others = 0;
	for (size_t w = 0; w < WANTED; w++)
		taught += m->part.share[w];
	for (size_t k = 0; k < KINDS; k++)
		others += m->part.background[k] != 0;
	sql_do(admin,
		"UPDATE profiles.person SET department = nullif('D%u', 'D0') WHERE id = (SELECT "
		"person_id FROM scene WHERE n = %zu);"
		"INSERT INTO matching.round_candidate (round_id, enrolment_id, mentor_enrolment_id, "
		"mentor_id, department, rank, score, reasons, line_distance, lifts, backgrounds) SELECT " ROUND
		", l.enrolment_id, s.id, s.person_id, nullif('D%u', 'D0'), %d, %lld, '{\"parts\": "
		"{\"difference\": %lld}}', %s, '{%u,%u,%u,%u}', '{%u,%u,%u}' FROM scene s, matching.shortlist l WHERE s.n = %zu AND l.round_id = " ROUND
		,
		(unsigned)m->part.department, at, (unsigned)m->part.department, m->rank,
		(long long)m->part.base / 100 +
			(long long)scene->policy.weights[ENGINE_NEED] * (taught < 255 ? taught : 255) +
			(long long)m->part.background_points * others,
		(long long)m->part.background_points * others, m->granted ? "2" : "NULL", m->part.share[0], m->part.share[1], m->part.share[2],
		m->part.share[3], m->part.background[0], m->part.background[1], m->part.background[2],
		at);
	if (m->wished)
		sql_do(admin, "INSERT INTO matching.wish (id, programme_id, enrolment_id, author_id, role, "
			      "named_id, place, answer) SELECT gen_random_uuid(), l.programme_id, "
			      "l.enrolment_id, l.mentee_id, 'mentee', s.person_id, s.n, 'confirmed' FROM "
			      "scene s, matching.shortlist l WHERE s.n = %zu AND l.round_id = " ROUND,
			at);
	if (at < scene->on)
		sql_do(admin, "SELECT matching.add_entry(l.id, c) FROM matching.shortlist l JOIN "
			      "matching.round_candidate c USING (round_id) WHERE l.round_id = " ROUND
			      " AND c.rank = %d",
			m->rank);
}

static void make_scene(struct scene *scene, uint64_t seed)
{
	*scene = (struct scene){ .state = seed };
	engine_policy_default(&scene->policy);
	scene->policy.weights[ENGINE_NEED] = (int32_t)below(scene, 60);
	scene->policy.weights[ENGINE_BACKGROUND] = (int32_t)below(scene, 30);
	scene->policy.repeat_share[0] = 10 * (int32_t)below(scene, 11);
	scene->policy.repeat_share[1] =
		10 * (int32_t)below(scene, (uint32_t)scene->policy.repeat_share[0] / 10 + 1);
	scene->policy.two_departments = below(scene, 3) != 0;
	scene->on = below(scene, PLACES);
	sql_do(admin,
		"CREATE TEMP TABLE scene ON COMMIT DROP AS SELECT e.id, e.person_id, row_number() OVER "
		"(ORDER BY e.id) - 1 AS n FROM matching.enrolment e WHERE e.programme_id = " NEW
		" AND e.role = 'mentor' ORDER BY e.id LIMIT %d;"
		"INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id) "
		"SELECT gen_random_uuid(), " ROUND ", programme_id, id, person_id FROM "
		"matching.enrolment WHERE programme_id = " NEW " AND role = 'mentee' LIMIT 1",
		CANDIDATES);
	for (size_t at = 0; at < CANDIDATES; at++) {
		make_mentor(scene, &scene->all[at], (int)at + 1);
		store_mentor(scene, at);
	}
}

/* Whom the list takes first, by the engine's own count; -1, 0 or 1. */
static int compare(const struct scene *scene, const struct mentor *one, const struct mentor *other)
{
	struct engine_list_part list[PLACES] = { 0 };
	bool alike = scene->policy.two_departments && scene->on == PLACES - 1;
	for (size_t i = 0; i < scene->on; i++)
		list[i] = scene->all[i].part;
	for (size_t i = 1; i < scene->on; i++)
		alike = alike && list[i].department == list[0].department;
	int64_t adds = engine_list_addition(&scene->policy, list, scene->on, &one->part),
		other_adds = engine_list_addition(&scene->policy, list, scene->on, &other->part);
	bool same = alike && one->part.department == list[0].department,
	     other_same = alike && other->part.department == list[0].department;
	if (one->wished != other->wished)
		return one->wished ? -1 : 1;
	if (one->granted != other->granted)
		return one->granted ? 1 : -1;
	if (same != other_same)
		return same ? 1 : -1;
	if (adds != other_adds)
		return adds > other_adds ? -1 : 1;
	return one->rank < other->rank ? -1 : 1;
}

/* All who are not on the list, in the order in which SQL would take them. */
static void expect_order(const struct scene *scene)
{
	owned_result PGresult *rows = sql_rows(admin,
		"SELECT c.rank FROM matching.shortlist l CROSS JOIN LATERAL "
		"matching.ranked_candidates(l, '{\"points\": {\"need\": %d}, \"repeat_share\": [%d.%d, "
		"%d.%d], \"two_departments\": %s}') WITH ORDINALITY c WHERE l.round_id = " ROUND
		" ORDER BY c.ordinality",
		(int)scene->policy.weights[ENGINE_NEED], (int)scene->policy.repeat_share[0] / 100,
		(int)scene->policy.repeat_share[0] % 100 / 10,
		(int)scene->policy.repeat_share[1] / 100,
		(int)scene->policy.repeat_share[1] % 100 / 10,
		scene->policy.two_departments ? "true" : "false");
	assert_int_equal(PQntuples(rows), CANDIDATES - (int)scene->on);
	for (int i = 0; i + 1 < PQntuples(rows); i++) {
		const struct mentor *one = NULL, *next = NULL;
		for (size_t m = scene->on; m < CANDIDATES; m++) {
			int rank = scene->all[m].rank;
			one = rank == atoi(PQgetvalue(rows, i, 0)) ? &scene->all[m] : one;
			next = rank == atoi(PQgetvalue(rows, i + 1, 0)) ? &scene->all[m] : next;
		}
		assert_non_null(one);
		assert_non_null(next);
		assert_int_equal(compare(scene, one, next), -1);
	}
}

/* The best of them goes onto the list, as the next one would see it. */
static void take_next(struct scene *scene)
{
	size_t best = scene->on;
	for (size_t m = scene->on; m < CANDIDATES; m++)
		best = compare(scene, &scene->all[m], &scene->all[best]) < 0 ? m : best;
	struct mentor next = scene->all[best];
	scene->all[best] = scene->all[scene->on];
	scene->all[scene->on++] = next;
	sql_do(admin, "SELECT matching.add_entry(l.id, c) FROM matching.shortlist l JOIN "
		      "matching.round_candidate c USING (round_id) WHERE l.round_id = " ROUND
		      " AND c.rank = %d",
		next.rank);
}

static void whom_a_list_takes_next_adds_most_as_the_engine_counts(void **state)
{
	(void)state;
	sql_do(admin, "DELETE FROM matching.shortlist_entry; DELETE FROM matching.shortlist");
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		struct scene scene;
		sql_do(admin, "BEGIN");
		make_scene(&scene, seed);
		for (; scene.on < PLACES; take_next(&scene))
			expect_order(&scene);
		sql_do(admin, "ROLLBACK");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_a_new_programme_looks_at_its_people),
		cmocka_unit_test(storing_whom_the_policy_leaves_out_looks_at_its_people),
		cmocka_unit_test(publishing_looks_at_those_on_the_lists),
		cmocka_unit_test(whom_a_list_takes_next_adds_most_as_the_engine_counts),
	};

	return cmocka_run_group_tests_name("round", tests, company_arrives, company_leaves);
}
