/*
 * Every constraint and every unique index of the schemas is violated once, and answers with its own
 * name: that name is what the API turns into a problem. The list comes from the catalogue, the rows
 * from fixture.sql. What the triggers raise by name stands in `raised`; a name in a function that
 * is missing there fails, and so does a table without a row in the fixture.
 */
#include "sql/crowd.h"

#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define DATABASE "upward_test_constraints"
#define OURS     "('common', 'profiles', 'matching', 'scheduling', 'evaluation')"

/* Tries a statement inside a savepoint: true when it is refused with exactly that name. */
static bool violates(PGconn *pg, const char *sqlstate, const char *name, const char *sql)
{
	char expected[96];

	snprintf(expected, sizeof expected, "%s %s", sqlstate, name);
	sql_do(pg, "SAVEPOINT attempt");
	owned_text char *outcome = sql_outcome(pg, sql);
	sql_do(pg, "ROLLBACK TO attempt");
	return str_equal(outcome, expected);
}

/* Does one of the statements (rows of one column) violate it? */
static bool one_violates(
	PGconn *pg, const char *sqlstate, const char *name, const PGresult *attempts)
{
	for (int row = 0; row < PQntuples(attempts); row++) {
		if (violates(pg, sqlstate, name, PQgetvalue(attempts, row, 0)))
			return true;
	}
	return false;
}

/* Runs through what a query lists (table, name): each must be violated by an attempt. */
static void violate_all(const char *list, const char *sqlstate, const char *attempts)
{
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_result PGresult *rows = sql_rows(pg, "%s", list);
	struct buf missed = BUF_INIT(1 << 16);

	assert_true(PQntuples(rows) > 0);
	sql_do(pg, "BEGIN; SET LOCAL deadlock_timeout = '1s'");
	for (int row = 0; row < PQntuples(rows); row++) {
		const char *table = PQgetvalue(rows, row, 0), *name = PQgetvalue(rows, row, 1);
		const char *const values[] = { table, name };
		owned_result PGresult *tries = PQexecParams(
			pg, attempts, 2, NULL, values, NULL, NULL, 0);
		if (PQresultStatus(tries) != PGRES_TUPLES_OK)
			fail_msg("%s: %s", name, PQresultErrorMessage(tries));
		if (!one_violates(pg, sqlstate, name, tries))
			buf_print(&missed, " %s.%s", table, name);
	}
	printf("# %d violated with %s\n", PQntuples(rows), sqlstate);
	if (missed.len)
		fail_msg("not violated by anything tried:%s", missed.data);
	buf_release(&missed);
}

static void every_table_has_a_row_to_try_with(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_text char *empty = sql_text(pg,
		"SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c WHERE c.relkind = "
		"'r'"
		" AND c.relnamespace::regnamespace::text IN " OURS
		" AND (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %%s', "
		"c.oid::regclass),"
		" false, true, '')))[1]::text = '0'");

	if (*empty)
		fail_msg("fixture.sql has no row for: %s", empty);
}

/* Whoever asks what has changed since is told of every change: a statement that does not say when is
 * dated by the table's trigger. */
static void every_change_of_a_row_is_dated(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_result PGresult *tables = sql_rows(pg,
		"SELECT attrelid::regclass FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
		" WHERE attname = 'updated_at' AND c.relkind = 'r' AND NOT attisdropped"
		" AND c.relnamespace::regnamespace::text IN " OURS " ORDER BY 1");

	assert_true(PQntuples(tables) > 30);
	for (int row = 0; row < PQntuples(tables); row++) {
		const char *table = PQgetvalue(tables, row, 0);
		sql_do(pg, "BEGIN; SET LOCAL session_replication_role = replica");
		sql_do(pg, "UPDATE %s SET updated_at = '2001-01-01'", table);
		sql_do(pg, "SET LOCAL session_replication_role = origin");
		sql_do(pg, "UPDATE %s SET updated_at = updated_at", table);
		if (sql_number(
			    pg, "SELECT count(*) FROM %s WHERE updated_at < '2002-01-01'", table))
			fail_msg("%s: a row has changed, and its updated_at is as it was", table);
		sql_do(pg, "ROLLBACK");
	}
}

/* Each referenced column to each of some unlikely values, to other columns, or far away. */
static void every_check_is_violated_once(void **state)
{
	(void)state;
	violate_all("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'"
		    " AND connamespace::regnamespace::text IN " OURS " ORDER BY 1, 2",
		"23514",
		"WITH c AS (SELECT a.attname, format_type(a.atttypid, NULL) AS kind FROM "
		"pg_constraint k"
		"	JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY "
		"(k.conkey)"
		"	WHERE k.conrelid = $1::regclass AND k.conname = $2)"
		" SELECT format('UPDATE %s SET %I = %s', $1, attname, value) FROM c,"
		"	unnest(ARRAY['NULL', '''''', '''~''', '-1', '99', '32000', 'false', "
		"'''2026-01-01''',"
		"		'DEFAULT', '''[]''', '''{x}''']) AS value"
		" UNION ALL SELECT format('UPDATE %s SET %I = %I', $1, a.attname, b.attname) FROM "
		"c a, c b"
		"	WHERE a.attname <> b.attname"
		" UNION ALL SELECT format('UPDATE %s SET %I = %I + interval ''1 year''', $1, "
		"attname, attname) FROM c"
		"	WHERE kind LIKE 'timestamp%'"
		" UNION ALL SELECT format('UPDATE %s SET %s', $1, string_agg(format("
		"'%1$I = %1$I + interval ''200 years''', attname), ', ')) FROM c"
		"	WHERE kind LIKE 'timestamp%'");
}

/* A row once more: as it is, with everything else made new, with letters in the other case, a minute
 * later, or with new ids alone. own and other: the columns that the index, or another one, is made of. */
#define MADE_OF(index)                                                                             \
	"EXISTS (SELECT FROM generate_series(1, " index                                            \
	".indnatts) k WHERE pg_get_indexdef(" index                                                \
	".indexrelid, k, false) ~ ('\\m' || a.attname || '\\M'))"
/* Of what has a life cycle only a beginning can be inserted, but with the triggers at rest. */
#define BEGINS                                                                                     \
	"coalesce(to_jsonb(t) ->> ''step'', ''creation'') IN"                                      \
	" (SELECT name FROM common.step WHERE from_status = '''')"
#define COPIES                                                                                     \
	"WITH i AS (SELECT x.*, coalesce(pg_get_expr(x.indpred, x.indrelid), 'true') AS pred "     \
	"FROM pg_index x"                                                                          \
	"	JOIN pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = $1::regclass AND "            \
	"c.relname = $2),"                                                                         \
	" col AS (SELECT a.attnum, quote_ident(a.attname) AS name, format_type(a.atttypid, NULL) " \
	"AS kind,"                                                                                 \
	"	" MADE_OF(                                                                         \
		"i") " AS own, EXISTS (SELECT FROM pg_index o WHERE o.indrelid = i.indrelid"       \
		     "		AND (o.indisunique OR o.indisexclusion) AND o.indexrelid <> "              \
		     "i.indexrelid AND " MADE_OF(                                                  \
			     "o") ") AS other"                                                     \
				  "	FROM i JOIN pg_attribute a ON a.attrelid = i.indrelid "        \
				  "AND a.attnum > 0 AND NOT a.attisdropped"                        \
				  "	AND a.attgenerated = ''),"                                     \
				  " way AS (SELECT w, string_agg(name, ', ' ORDER BY attnum) AS "  \
				  "names,"                                                         \
				  "	string_agg(name, ', ') FILTER (WHERE own) AS own_names, "      \
				  "string_agg(CASE"                                                \
				  "	WHEN w IN (2, 3, 5) AND other AND NOT own AND kind = "         \
				  "'uuid' "                                                        \
				  "THEN format('CASE WHEN %s IS NOT NULL THEN gen_random_uuid() "  \
				  "END', name)"                                                    \
				  "	WHEN w IN (2, 3) AND other AND NOT own AND kind = 'text' "     \
				  "THEN 'md5(random()::text)'"                                     \
				  "	WHEN w = 2 AND other AND NOT own AND kind ~ 'int' THEN "       \
				  "'(random() * 30000)::int'"                                      \
				  "	WHEN w = 2 AND other AND NOT own AND kind = 'tstzrange' "      \
				  "THEN '''empty''::tstzrange'"                                    \
				  "	WHEN w = 3 AND own AND kind = 'text' THEN format('CASE "       \
				  "%1$s WHEN lower(%1$s) THEN upper(%1$s)"                         \
				  "		ELSE lower(%1$s) END', name)"                                 \
				  "	WHEN w = 4 AND own AND kind LIKE 'time %' THEN name || ' "     \
				  "+ interval ''1 minute'''"                                       \
				  "	ELSE name END, ', ' ORDER BY attnum) AS shown FROM col, "      \
				  "generate_series(1, 5) w GROUP BY w)"                            \
				  " SELECT format('%sINSERT INTO %s (%s) OVERRIDING SYSTEM VALUE " \
				  "SELECT %s FROM %s t WHERE %s"                                   \
				  "	AND (%s OR num_nulls(%s) = 0) AND (%L <> '''' OR " BEGINS  \
				  ") LIMIT 1', rest, $1, names, shown, $1, i.pred, "               \
				  "i.indnullsnotdistinct::text, coalesce(own_names, '1'), rest) "  \
				  "FROM "                                                          \
				  "way, i, (VALUES (''), "                                         \
				  "('SET LOCAL session_replication_role = replica; ')) r (rest) "  \
				  "ORDER BY rest, w"

static void every_unique_key_is_violated_once(void **state)
{
	(void)state;
	violate_all("SELECT i.indrelid::regclass, c.relname FROM pg_index i JOIN pg_class c ON "
		    "c.oid = i.indexrelid"
		    " WHERE i.indisunique AND c.relnamespace::regnamespace::text IN " OURS
		    " ORDER BY 1, 2",
		"23505", COPIES);
}

static void every_overlap_is_refused_once(void **state)
{
	(void)state;
	violate_all("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'x'"
		    " AND connamespace::regnamespace::text IN " OURS " ORDER BY 1, 2",
		"23P01", COPIES);
}

static void every_reference_is_violated_once(void **state)
{
	(void)state;
	violate_all("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f'"
		    " AND connamespace::regnamespace::text IN " OURS " ORDER BY 1, 2",
		"23503",
		"SELECT format('UPDATE %1$s SET %2$I = %3$s WHERE ctid = (SELECT %4$s(ctid) FROM "
		"%1$s)',"
		"	k.conrelid::regclass, a.attname, CASE format_type(a.atttypid, NULL)"
		"	WHEN 'uuid' THEN 'gen_random_uuid()' ELSE '29999' END, extreme)"
		" FROM unnest(ARRAY['min', 'max']) extreme, pg_constraint k"
		" JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)"
		" WHERE k.conrelid = $1::regclass AND k.conname = $2 ORDER BY a.attnum DESC");
}

#define SET_PERSON(n, what) "UPDATE profiles.person SET " what " WHERE id = " P(n)
#define PICK_5_3            NULL
#define PROGRAMME(n, what)                                                                         \
	"UPDATE matching.programme SET " what                                                      \
	" WHERE id = '20000000-0000-4000-8000-00000000000" #n "'"
#define WITHOUT_TRIGGERS(sql)                                                                      \
	"SET LOCAL session_replication_role = replica; " sql                                       \
	"; SET LOCAL session_replication_role = origin"

/* Names that functions raise: what leads there, and the statement that is refused (NULL: 5 for 3).
 */
static const struct raised {
	const char *name, *before, *sql, *state;
} raised[] = {
	{ "pair_person_active",
		SET_PERSON(5, "status = 'inactive'") "; " WITHOUT_TRIGGERS(
			"UPDATE matching.enrolment SET status = 'enrolled' WHERE person_id = " P(
				5)),
		PICK_5_3, "23514" },
	{ "pair_mentor_enrolled", SET_PERSON(5, "status = 'inactive'"), PICK_5_3, "23514" },
	{ "pair_mentor_enrolled",
		SET_PERSON(5, "status = 'inactive'") "; " SET_PERSON(5, "status = 'active'"),
		"UPDATE matching.pair SET step = 'resumption' WHERE id = " PAIR_3, "23514" },
	{ "pair_mentor_junior", SET_PERSON(5, "level = 7"), PICK_5_3, "23514" },
	{ "pair_same_manager", SET_PERSON(5, "manager_id = " P(1)), PICK_5_3, "23514" },
	{ "pair_same_line", SET_PERSON(5, "manager_id = " P(3)), PICK_5_3, "23514" },
	{ "pair_same_line", SET_PERSON(3, "manager_id = " P(5)), PICK_5_3, "23514" },
	{ "pair_excluded",
		"INSERT INTO matching.exclusion (id, author_id, other_id) VALUES "
		"(gen_random_uuid(), " P(3) ", " P(5) ")",
		PICK_5_3, "23514" },
	{ "pair_kept_apart",
		"INSERT INTO matching.programme_exclusion (id, programme_id, person_id, other_id, "
		"reason) VALUES (gen_random_uuid(), '20000000-0000-4000-8000-000000000001', " P(
			3) ", " P(5) ", 'x')",
		PICK_5_3, "23514" },
	{ "pair_mentor_paused",
		"UPDATE matching.enrolment SET step = 'pause' WHERE role = 'mentor' AND "
		"person_id = " P(5),
		PICK_5_3, "23514" },
	{ "pair_mentee_paused",
		"UPDATE matching.enrolment SET step = 'pause' WHERE role = 'mentee' AND "
		"person_id = " P(3),
		PICK_5_3, "23514" },
	{ "pair_mentor_asked",
		WITHOUT_TRIGGERS("UPDATE matching.enrolment SET status = 'invited' WHERE role = 'mentor' AND "
				 "person_id = " P(5)),
		PICK_5_3, "23514" },
	{ "pair_mentee_asked",
		WITHOUT_TRIGGERS("UPDATE matching.enrolment SET status = 'interested' WHERE role = 'mentee' AND "
				 "person_id = " P(3)),
		PICK_5_3, "23514" },
	{ "pair_mentee_enrolled",
		"UPDATE matching.enrolment SET step = 'withdrawal' WHERE role = 'mentee' AND "
		"person_id = " P(3),
		PICK_5_3, "23514" },
	{ "pair_mentor_place",
		"UPDATE matching.enrolment SET capacity = taken WHERE person_id = " P(5), PICK_5_3,
		"23514" },
	{ "pair_mentee_place",
		"UPDATE matching.enrolment SET capacity = taken WHERE person_id = " P(3), PICK_5_3,
		"23514" },
	{ "pair_mentor_limit",
		"UPDATE common.setting SET value = '{\"mentor\": 0}' WHERE name = 'person_limits'",
		PICK_5_3, "23514" },
	{ "pair_mentee_limit",
		"UPDATE common.setting SET value = '{\"mentee\": 0}' WHERE name = 'person_limits'",
		PICK_5_3, "23514" },
	{ "wrong_state", "UPDATE matching.pair SET step = 'dissolution' WHERE id = " PAIR_2,
		"UPDATE matching.pair SET step = 'acceptance' WHERE id = " PAIR_2, "UP001" },
	{ "step_known", "SELECT 1", "UPDATE matching.pair SET step = 'oblivion' WHERE id = " PAIR_2,
		"23514" },
	{ "status_by_step", "SELECT 1",
		"UPDATE matching.pair SET status = 'ended' WHERE id = " PAIR_2, "23514" },
	{ "status_by_step", "SELECT 1",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step) "
		"SELECT gen_random_uuid(), id, gen_random_uuid(), 'mentor', 'enrolled', 'interest' "
		"FROM matching.programme",
		"23514" },
	{ "pair_programme_open", PROGRAMME(1, "winding_down = 'closing'"), PICK_5_3, "23514" },
	{ "pair_programme_open", WITHOUT_TRIGGERS(PROGRAMME(1, "status = 'closing'")), PICK_5_3,
		"23514" },
	{ "pair_round_stands",
		"UPDATE matching.pair SET step = 'suspension' WHERE id = " PAIR_2
		"; " WITHOUT_TRIGGERS("UPDATE matching.pair SET shortlist_id = (SELECT id FROM "
				      "matching.shortlist) WHERE id = " PAIR_2
				      "; UPDATE matching.round SET status = "
				      "'rolled_back'"),
		"UPDATE matching.pair SET step = 'resumption' WHERE id = " PAIR_2, "23514" },
	{ "programme_pairs_over", "SELECT 1", PROGRAMME(1, "step = 'closing'"), "23514" },
	{ "round_pairs_over",
		WITHOUT_TRIGGERS(
			"UPDATE matching.pair SET shortlist_id = (SELECT id FROM "
			"matching.shortlist); UPDATE matching.round SET status = 'published'"),
		"UPDATE matching.round SET step = 'rollback'", "23514" },
	{ "person_line_no_cycle", "SELECT 1", SET_PERSON(1, "manager_id = " P(8)), "23514" },
	{ "agreement_years", "SELECT 1",
		"UPDATE scheduling.agreement SET step = 'change', starts_on = '2199-12-31' "
		"WHERE status = 'proposed'",
		"23514" },
	{ "session_pair_known", "SELECT 1",
		"INSERT INTO scheduling.session (id, pair_id, starts_at, ends_at, time_zone) VALUES"
		" (gen_random_uuid(), gen_random_uuid(), '2026-06-02 10:00Z', '2026-06-02 11:00Z', "
		"'UTC')",
		"23503" },
};

static void every_name_that_triggers_raise_is_raised_once(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_text char *pick = population_pick(1, 5, 3);

	sql_expect(pg, "", "BEGIN; %s; ROLLBACK", pick); /* nothing stands in its way */
	sql_do(pg, "BEGIN");
	for (size_t i = 0; i < COUNT(raised); i++) {
		sql_do(pg, "SAVEPOINT before");
		sql_do(pg, "%s", raised[i].before);
		if (!violates(pg, raised[i].state, raised[i].name,
			    raised[i].sql ? raised[i].sql : pick))
			fail_msg("%s is not raised (case %zu): %s", raised[i].name, i,
				PQerrorMessage(pg));
		sql_do(pg, "ROLLBACK TO before");
	}
	owned_result PGresult *names = sql_rows(pg,
		"SELECT DISTINCT m[1] FROM pg_proc p,"
		" regexp_matches(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),"
		" '(?:why|broken)(?: text)? := ''([a-z_]+)''|CONSTRAINT = ''([a-z_]+)''"
		"|refuse_pair\\(''([a-z_]+)''\\)|(pair_[a-z]+_(?:enrolled|place|limit))"
		"|(?:THEN|ELSE) ''(pair_[a-z_]+)''::text', 'g') r,"
		" LATERAL (SELECT ARRAY[coalesce(r[1], r[2], r[3], r[4], r[5])]) AS x (m)"
		" WHERE p.pronamespace::regnamespace::text IN " OURS
		" AND m[1] <> 'pair_member'"); /* who somebody is, and no refusal */
	assert_true(PQntuples(names) >= 19);
	for (int row = 0; row < PQntuples(names); row++) {
		bool found = false;
		for (size_t i = 0; i < COUNT(raised); i++)
			found = found || str_equal(raised[i].name, PQgetvalue(names, row, 0));
		if (!found)
			fail_msg("no case for %s", PQgetvalue(names, row, 0));
	}
}

static int setup(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_text char *restore = crowd_make(pg, NULL);
	owned_text char *fixture = sql_file("tests/sql/fixture.sql");
	sql_do(pg, "%s", fixture);
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
		cmocka_unit_test(every_table_has_a_row_to_try_with),
		cmocka_unit_test(every_change_of_a_row_is_dated),
		cmocka_unit_test(every_check_is_violated_once),
		cmocka_unit_test(every_unique_key_is_violated_once),
		cmocka_unit_test(every_overlap_is_refused_once),
		cmocka_unit_test(every_reference_is_violated_once),
		cmocka_unit_test(every_name_that_triggers_raise_is_raised_once),
	};

	return cmocka_run_group_tests_name("constraints", tests, setup, teardown);
}
