/*
 * The operating system brought another version of a collation: upward-migrate names it, what was
 * recorded, what is installed, and each index that was made with it, with the command that helps.
 */
#include "sql/support.h"

#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define DATABASE "upward_test_collations"

/* What it says of collations, by --status or by a run. */
static char *said(const char *option)
{
	owned_text char *output = NULL;
	struct buf lines = BUF_INIT(1 << 16);

	if (sql_migrate(DATABASE, &output, option, NULL) != 0)
		fail_msg("upward-migrate: %s", output);
	for (char *rest = output, *line; (line = strsep(&rest, "\n"));) {
		if (strncmp(line, "collation ", 10) == 0)
			buf_print(&lines, "%s\n", line);
	}
	buf_text(&lines, "");
	return buf_take(&lines);
}

/* Runs each command that was said, as a superuser. */
static void obey(char *lines)
{
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);

	for (char *line; (line = strsep(&lines, "\n")) && *line;)
		sql_do(pg, "%s", strstr(line, "installed: ") + strlen("installed: "));
}

/* Nothing has changed: nothing is said. */
static void fresh_collations_are_not_spoken_of(void **state)
{
	(void)state;
	owned_text char *run = said(NULL), *status = said("--status");

	assert_string_equal(run, "");
	assert_string_equal(status, "");
}

static void each_index_of_a_changed_collation_is_named(void **state)
{
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);

	(void)state;
	/* one that sorts by a column of it, one that has it within an expression, and two that have
	 * nothing of it */
	sql_do(pg,
		"CREATE TABLE public.word (a text COLLATE \"und-x-icu\", b text, n int);"
		"CREATE INDEX by_expression ON public.word ((upper(b COLLATE \"und-x-icu\") = b));"
		"CREATE INDEX by_bytes ON public.word (b); CREATE INDEX by_number ON public.word "
		"(n)");
	owned_text char *version = sql_text(
		pg, "SELECT collversion FROM pg_collation WHERE collname = 'und-x-icu'");
	owned_text char *expected = sql_text(pg,
		"SELECT string_agg(format(E'collation \"und-x-icu\": version 0.1 was recorded, %s "
		"is "
		"installed: REINDEX INDEX CONCURRENTLY %%s;\n', name), '' ORDER BY name) || "
		"'collation \"und-x-icu\": version 0.1 was recorded, %s is installed: ALTER "
		"COLLATION "
		"\"und-x-icu\" REFRESH VERSION;\n'"
		" FROM (SELECT 'public.by_expression' UNION SELECT i.indexrelid::regclass::text"
		"  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = "
		"ANY (i.indkey)"
		"  WHERE a.attcollation = '\"und-x-icu\"'::regcollation) found (name)",
		version, version);
	assert_non_null(strstr(expected, "profiles.person_"));
	sql_do(pg, "UPDATE pg_collation SET collversion = '0.1' WHERE collname IN ('und-x-icu', "
		   "'de-x-icu')");
	owned_text char *status = said("--status"), *run = said(NULL);
	assert_string_equal(status, expected);
	assert_string_equal(run, expected);
	obey(run);
	owned_text char *after = said(NULL);
	assert_string_equal(after, "");
}

/* The database's own: here as one whose locale is ICU's. */
static void so_is_the_collation_of_the_database(void **state)
{
	owned_connection PGconn *pg = sql_connect("postgres", NULL);
	struct buf index = BUF_INIT(512);

	(void)state;
	sql_do(pg, "UPDATE pg_database SET datlocprovider = 'i', daticulocale = 'und', "
		   "datcollversion = '0.1'"
		   " WHERE datname = '" DATABASE "'");
	owned_text char *actual = sql_text(pg, "SELECT pg_database_collation_actual_version(oid)"
					       " FROM pg_database WHERE datname = '" DATABASE "'");
	buf_print(&index,
		"collation of the database " DATABASE
		": version 0.1 was recorded, %s is installed: "
		"REINDEX INDEX CONCURRENTLY public.by_bytes;\n",
		actual);
	owned_text char *run = said(NULL);
	assert_non_null(strstr(run, index.data));
	assert_null(strstr(run, "by_number"));
	assert_non_null(strstr(run, ": ALTER DATABASE " DATABASE " REFRESH COLLATION VERSION;\n"));
	buf_release(&index);
	obey(run);
	owned_text char *after = said(NULL);
	assert_string_equal(after, "");
}

static int begin(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sql_drop(DATABASE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_collations_are_not_spoken_of),
		cmocka_unit_test(each_index_of_a_changed_collation_is_named),
		cmocka_unit_test(so_is_the_collation_of_the_database),
	};
	return cmocka_run_group_tests_name("collations", tests, begin, end);
}
