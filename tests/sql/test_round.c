/*
 * A round of a programme that the statistics do not know yet looks at its own people, a few rows for each:
 * never at each of them for each other, nor at the whole company.
 */
#include "sql/population.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_a_new_programme_looks_at_its_people),
		cmocka_unit_test(storing_whom_the_policy_leaves_out_looks_at_its_people),
		cmocka_unit_test(publishing_looks_at_those_on_the_lists),
	};

	return cmocka_run_group_tests_name("round", tests, company_arrives, company_leaves);
}
