/*
 * What PL/pgSQL looks at only when it is run: names of columns, tables and variables in the body of
 * every function, as the extension plpgsql_check reads them against the catalogue.
 */
#include "sql/support.h"

#define OURS "('common', 'profiles', 'matching', 'scheduling', 'evaluation')"

/* Triggers with the tables that they are on. A step ends only what has an ended_at, which
 * common.take_step finds out when it is run. */
#define FAULTS                                                                                     \
	"SELECT DISTINCT format('%s, line %s: %s', f.oid::regprocedure, c.lineno, c.message)"      \
	" FROM (SELECT DISTINCT p.oid, p.proname, coalesce(t.tgrelid, 0) AS relation,"             \
	" max(t.tgoldtable::text) OVER (PARTITION BY p.oid) AS old_rows,"                          \
	" max(t.tgnewtable::text) OVER (PARTITION BY p.oid) AS new_rows"                           \
	" FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"                                  \
	" LEFT JOIN pg_trigger t ON t.tgfoid = p.oid AND NOT t.tgisinternal"                       \
	" WHERE l.lanname = 'plpgsql' AND p.pronamespace::regnamespace::text IN " OURS             \
	" AND (p.prorettype <> 'trigger'::regtype OR t.oid IS NOT NULL)) f,"                       \
	" plpgsql_check_function_tb(f.oid, f.relation, oldtable => f.old_rows,"                    \
	" newtable => f.new_rows, other_warnings => false, extra_warnings => false,"               \
	" performance_warnings => false) c"                                                        \
	" WHERE NOT (f.proname = 'take_step' AND c.message LIKE '%\"ended_at\"')"

static int print_faults(PGconn *pg)
{
	owned_result PGresult *faults = sql_rows(pg, "%s", FAULTS);

	for (int i = 0; i < PQntuples(faults); i++)
		print_error("%s\n", PQgetvalue(faults, i, 0));
	return PQntuples(faults);
}

static void every_function_means_what_is_there(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	sql_do(pg, "CREATE EXTENSION plpgsql_check");
	assert_int_equal(print_faults(pg), 0);
	sql_do(pg, "CREATE FUNCTION matching.faulty(title text) RETURNS text LANGUAGE plpgsql AS $$"
		   " BEGIN RETURN (SELECT title FROM matching.programme LIMIT 1); END $$");
	assert_int_equal(print_faults(pg), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_function_means_what_is_there),
	};
	return cmocka_run_group_tests_name("functions", tests, sql_set_up, sql_tear_down);
}
