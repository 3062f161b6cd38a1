/*
 * The last release's database is brought up to date and is then, object by object, a new one; its
 * rows are all there, and what its running services call still is.
 *
 * tests/sql/upgrade/last.dump is that database: pg_dump of it, one row at least in each table. This
 * test writes today's to build/upgrade.dump. At a release, and until the first one whenever a
 * baseline is edited: cp build/upgrade.dump tests/sql/upgrade/last.dump
 */
#include "sql/crowd.h"
#include "sql/support.h"
#include "sql/tree.h"

#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define LAST  "upward_test_upgrade_last"
#define TODAY "upward_test_upgrade_today"
#define DUMP  "tests/sql/upgrade/last.dump"

/* A connection string of the superuser; owned. */
static char *dsn_of(const char *database)
{
	owned_connection PGconn *pg = sql_connect(database, NULL);
	struct buf dsn = BUF_INIT(1024);

	buf_print(&dsn, "host=%s port=%s user=%s dbname=%s", PQhost(pg), PQport(pg), PQuser(pg),
		database);
	return buf_take(&dsn);
}

/* Today's database with a row in each table, as a dump for the next release's test. */
static void write_todays_dump(void)
{
	sql_create_migrated(TODAY);
	owned_connection PGconn *pg = sql_connect(TODAY, NULL);
	owned_text char *crowd = crowd_make(pg, NULL);
	owned_text char *rows = sql_file("tests/sql/fixture.sql"), *dsn = dsn_of(TODAY);

	sql_do(pg, "%s", rows);
	sql_do(pg,
		"DELETE FROM common.audit WHERE id %% 50 > 0; DELETE FROM common.outbox WHERE id "
		"%% 50 > 0; DROP SCHEMA kept CASCADE"); /* the crowd's own */
	/* \restrict is for one version of psql, and differs from run to run */
	const char *const argv[] = { "sh", "-c",
		"mkdir -p build && pg_dump -d \"$0\" | grep -v '^.\\(un\\)\\?restrict ' > "
		"build/upgrade.dump && test -s build/upgrade.dump",
		dsn, NULL };
	owned_text char *said = NULL;
	if (sql_run(argv, &said) != 0)
		fail_msg("pg_dump: %s", said);
}

static void restore(void)
{
	sql_create(LAST);
	owned_connection PGconn *pg = sql_connect(LAST, NULL);
	owned_text char *dsn = dsn_of(LAST), *said = NULL;

	sql_do(pg, "DROP SCHEMA extensions CASCADE"); /* the dump brings it */
	const char *const argv[] = { "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-f",
		DUMP, NULL };
	if (sql_run(argv, &said) != 0)
		fail_msg("%s: %s", DUMP, said);
	sql_do(pg, "DROP SCHEMA IF EXISTS kept CASCADE"); /* an older dump has it */
	/* a dump has the bound bodies in the server's words: they are made of their text again */
	sql_do(pg,
		"UPDATE common.object SET checksum = ''; UPDATE common.object_set SET checksum = "
		"''");
}

static void upgrade(void)
{
	owned_text char *said = NULL;

	if (sql_migrate(LAST, &said, NULL) != 0)
		fail_msg("%s\nuntil the first release, after an edit of a baseline: cp "
			 "build/upgrade.dump " DUMP,
			said);
}

/* How many rows there are in each table of the services that has any, without marks that an upgrade makes;
 * owned. */
static char *rows_of(PGconn *pg)
{
	return sql_text(pg,
		"SELECT string_agg(t.name || ' ' || t.rows, E'\\n' ORDER BY t.name)"
		" FROM (SELECT format('%%s.%%s', n.nspname, c.relname) AS name,"
		"  (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %%s',"
		"  c.oid::regclass), false, true, '')))[1]::text AS rows"
		"  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
		"  WHERE c.relkind = 'r' AND n.nspname IN ('profiles', 'matching', 'scheduling',"
		"  'evaluation') AND c.relname <> 'unagreed') t WHERE t.rows <> '0'");
}

/* What services may call and read: functions with their results, views with each column. */
#define OFFERED                                                                                    \
	"SELECT o.name || ' gives ' || pg_get_function_result(p.oid) AS said, o.file"              \
	" FROM common.object o JOIN pg_proc p ON o.kind = 'function' AND "                         \
	"p.pronamespace::regnamespace"                                                             \
	"  ::text = o.module AND p.oid::regprocedure::text = o.name"                               \
	" WHERE p.proacl::text LIKE '%%upward_%%'"                                                 \
	" UNION ALL SELECT format('%%s has %%s %%s', o.name, a.attname,"                           \
	"  format_type(a.atttypid, a.atttypmod)), o.file"                                          \
	" FROM common.object o JOIN pg_class c ON o.kind = 'view' AND c.oid::regclass::text = "    \
	"o.name"                                                                                   \
	"  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"                             \
	" WHERE c.relacl::text LIKE '%%upward_%%'"

/* What they may no longer; owned, "" for nothing. offered: a JSON array of what was. */
static char *missing(PGconn *pg, const char *offered)
{
	char *literal = PQescapeLiteral(pg, offered, strlen(offered));
	char *said = sql_text(pg,
		"SELECT coalesce(string_agg(w, E'\\n'), '') FROM json_array_elements_text(%s) w"
		" WHERE w NOT IN (SELECT said FROM (" OFFERED ") x)",
		literal);

	PQfreemem(literal);
	return said;
}

static void the_last_release_becomes_this_one(void **state)
{
	(void)state;
	restore();
	owned_connection PGconn *pg = sql_connect(LAST, NULL);
	owned_text char *rows = rows_of(pg);
	upgrade();
	tree_same_schema(TODAY, LAST, "an upgrade of the last release");
	owned_text char *now = rows_of(pg);
	assert_true(strlen(rows) > 500);
	assert_string_equal(now, rows);
	owned_text char *again = NULL;
	assert_int_equal(sql_migrate(LAST, &again, NULL), 0);
	assert_non_null(strstr(again, "objects are as they were"));
}

/* What was kept for the release before the last is not among it. */
static void what_its_services_call_is_still_there(void **state)
{
	(void)state;
	restore();
	owned_connection PGconn *pg = sql_connect(LAST, NULL);
	sql_do(pg, "SET search_path = pg_catalog");
	owned_text char *offered = sql_text(
		pg, "SELECT json_agg(said) FROM (" OFFERED ") x WHERE file <> 'kept.sql'");
	assert_true(strlen(offered) > 2000);
	upgrade();
	owned_text char *gone = missing(pg, offered);
	if (*gone)
		fail_msg("one release longer, in objects/kept.sql:\n%s", gone);

	sql_do(pg, "DROP VIEW profiles.revoked");
	owned_text char *dropped = missing(pg, offered);
	assert_non_null(strstr(dropped, "profiles.revoked has valid_from bigint"));
}

static int set_up(void **state)
{
	(void)state;
	write_todays_dump();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sql_drop(LAST);
	sql_drop(TODAY);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_release_becomes_this_one),
		cmocka_unit_test(what_its_services_call_is_still_there),
	};

	return cmocka_run_group_tests_name("upgrade", tests, set_up, tear_down);
}
