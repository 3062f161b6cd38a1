/*
 * What upward-migrate makes of objects/: after any change of them an older database is, object by
 * object and grant by grant, what a new one is; killed at any moment, the next run ends the same.
 */
#include "sql/support.h"
#include "sql/tree.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "base/str.h"

#define OLD "upward_test_objects_old" /* has lived */
#define NEW "upward_test_objects_new" /* made of today's tree */

static char *tree; /* of the running test */

static int set_up(void **state)
{
	(void)state;
	sql_create_migrated(OLD);
	tree = tree_copy();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tree_remove(tree);
	free(tree);
	sql_drop(OLD);
	sql_drop(NEW);
	return 0;
}

/* Runs from the tree; what it said (owned). */
static char *migrate(const char *database)
{
	char *output = NULL;

	if (sql_migrate(database, &output, "--dir", tree, NULL) != 0)
		fail_msg("upward-migrate: %s", output);
	return output;
}

static void expect_said(const char *output, const char *said)
{
	if (!strstr(output, said))
		fail_msg("expected \"%s\", got: %s", said, output);
}

/* before: the schema, which stays. */
static void expect_refusal(const char *before, const char *said)
{
	owned_text char *output = NULL;

	assert_int_equal(sql_migrate(OLD, &output, "--dir", tree, NULL), 1);
	expect_said(output, said);
	owned_text char *after = tree_schema(OLD);
	assert_string_equal(after, before);
}

static void compare_now(const char *after)
{
	sql_create_tables(NEW);
	free(migrate(NEW));
	tree_same_schema(NEW, OLD, after);
	owned_text char *again = migrate(OLD);
	expect_said(again, "objects are as they were");
}

/* A new database takes seconds: by day several changes share one, and long runs look after each. */
static void compare_with_new(const char *after)
{
	if (getenv("UPWARD_LONG"))
		compare_now(after);
}

static void what_did_not_change_is_left_alone(void)
{
	owned_connection PGconn *pg = sql_connect(OLD, NULL);
	static const char *const marks =
		"SELECT md5(string_agg(o, ' ' ORDER BY o)) FROM (SELECT 'f' || oid || ' ' || xmin "
		"FROM pg_proc UNION ALL SELECT 't' || oid || ' ' || xmin FROM pg_trigger UNION ALL "
		"SELECT 'v' || oid || ' ' || xmin FROM pg_class) x (o)";
	owned_text char *before = sql_text(pg, "%s", marks), *output = migrate(OLD);

	expect_said(output, "objects are as they were");
	owned_text char *after = sql_text(pg, "%s", marks);
	assert_string_equal(after, before);

	tree_edit(tree, "shared/objects/clock.sql", "AT TIME ZONE 'UTC')::date",
		"AT TIME ZONE 'Etc/UTC')::date");
	owned_text char *one = migrate(OLD);
	expect_said(one, "common/objects applied in ");
	expect_said(one, "0 dropped, 1 made, ");
	assert_null(strstr(one, "matching/objects"));
	compare_with_new("another body");
}

static void what_changed_its_signature_takes_along_what_uses_it(void)
{
	tree_edit(tree, "services/profiles/objects/published.sql", "card_json(person_id uuid)",
		"card_json(person_id uuid, why text DEFAULT NULL)");
	tree_edit(tree, "services/profiles/objects/published.sql", "card_json(uuid)",
		"card_json(uuid, text)");
	owned_text char *output = migrate(OLD);
	/* bound bodies of several services use it: one transaction */
	expect_said(output, "profiles/objects, ");

	tree_edit(tree, "services/matching/objects/safety.sql",
		"room_of(person uuid, side text) RETURNS int",
		"room_of(person uuid, side text) RETURNS bigint");
	free(migrate(OLD));
	compare_with_new("another argument, and another result");
}

static void a_view_that_loses_a_column_takes_along_what_reads_it(void)
{
	tree_edit(tree, "services/profiles/objects/published.sql", "p.level, NULL::smallint AS age_band,",
		"NULL::smallint AS age_band, p.level,");
	free(migrate(OLD));
	compare_with_new("columns in another order");
}

static void a_star_sees_the_columns_of_today(void **state)
{
	(void)state;
	tree_write(tree, "services/profiles/objects/star.sql", "we",
		"CREATE OR REPLACE VIEW profiles.star AS SELECT 1 AS a;\n");
	tree_write(tree, "services/matching/objects/star.sql", "we",
		"CREATE OR REPLACE FUNCTION matching.of_star() RETURNS SETOF matching.star_all\n"
		"LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * FROM profiles.star; END $$;\n"
		"CREATE OR REPLACE VIEW matching.star_all AS SELECT * FROM profiles.star;\n");
	free(migrate(OLD));
	tree_write(tree, "services/profiles/objects/star.sql", "we",
		"CREATE OR REPLACE VIEW profiles.star AS SELECT 1 AS a, 2 AS b;\n");
	free(migrate(OLD));
	owned_connection PGconn *pg = sql_connect(OLD, NULL);
	assert_int_equal(sql_number(pg, "SELECT b FROM matching.star_all"), 2);
	assert_int_equal(sql_number(pg, "SELECT b FROM matching.of_star()"), 2);
	compare_with_new("a column more");

	/* what nobody names any more goes, with what only it needs */
	tree_unlink(tree, "services/profiles/objects/star.sql");
	tree_unlink(tree, "services/matching/objects/star.sql");
	owned_text char *output = migrate(OLD);
	expect_said(output, "3 dropped");
	sql_create_migrated(NEW);
	tree_same_schema(NEW, OLD, "what vanished");
}

static void triggers_and_grants_are_those_that_are_said(void)
{
	owned_connection PGconn *pg = sql_connect(OLD, NULL);

	sql_do(pg, "GRANT SELECT ON profiles.card TO guard; GRANT EXECUTE ON FUNCTION "
		   "profiles.card_json(uuid) TO PUBLIC; GRANT SELECT (status) ON profiles.card TO "
		   "guard");
	tree_edit(tree, "services/profiles/objects/published.sql",
		"GRANT SELECT ON profiles.candidate TO upward_evaluation;\n", "");
	tree_edit(tree, "services/matching/objects/exclusion.sql",
		"lock_reporting_lines BEFORE INSERT ON",
		"lock_reporting_lines BEFORE INSERT OR DELETE ON");
	tree_edit(tree, "services/profiles/objects/standing.sql", "TRIGGER line_arrived",
		"TRIGGER line_came");
	free(migrate(OLD));
	compare_with_new("other triggers and grants");
}

static void changes_one_after_the_other_make_what_a_new_database_is(void **state)
{
	(void)state;
	what_did_not_change_is_left_alone();
	triggers_and_grants_are_those_that_are_said();
	what_changed_its_signature_takes_along_what_uses_it();
	a_view_that_loses_a_column_takes_along_what_reads_it();
	compare_now("all of them");
}

static void what_cannot_be_dropped_is_named_and_stays(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(OLD, NULL);

	tree_write(tree, "services/evaluation/objects/odd.sql", "we",
		"CREATE OR REPLACE FUNCTION evaluation.odd(n int) RETURNS boolean LANGUAGE sql "
		"IMMUTABLE RETURN n % 2 = 1;\n");
	free(migrate(OLD));
	sql_do(pg, "CREATE TABLE evaluation.number (n int CONSTRAINT number_odd CHECK "
		   "(evaluation.odd(n)))");
	tree_unlink(tree, "services/evaluation/objects/odd.sql");
	owned_text char *before = tree_schema(OLD);
	expect_refusal(
		before, "constraint number_odd on table evaluation.number depends on function");
}

static void what_is_no_object_is_refused(void **state)
{
	(void)state;
	static const char *const name = "services/evaluation/objects/wrong.sql";
	owned_text char *before = tree_schema(OLD);

	tree_write(tree, name, "we", "-- a table\n\nCREATE TABLE evaluation.wrong (n int);\n");
	expect_refusal(before, "evaluation/objects/wrong.sql:3: objects are CREATE OR REPLACE");
	tree_write(tree, name, "we", "CREATE OR REPLACE VIEW matching.wrong AS SELECT 1 AS n;\n");
	expect_refusal(before, "wrong.sql:1: an object is made in its module's own schema");
	tree_write(tree, name, "we", "SET LOCAL ROLE postgres;\n");
	expect_refusal(before, "wrong.sql:1: objects are made by owner or guard");
	tree_write(tree, name, "we",
		"CREATE OR REPLACE FUNCTION evaluation.acting(whoever uuid, OUT n int) LANGUAGE "
		"sql RETURN 1;\n");
	expect_refusal(before, "function evaluation.acting(uuid) stands more than once");
	tree_write(tree, name, "we",
		"CREATE OR REPLACE VIEW evaluation.wrong AS\n\tSELECT nobody AS n;\n");
	expect_refusal(
		before, "evaluation/objects/wrong.sql:2: column \"nobody\" does not exist (42703)");
	tree_unlink(tree, name);
	const char *const argv[] = { "sh", "-c", "rm -r \"$0\"/services/scheduling/objects", tree,
		NULL };
	assert_int_equal(sql_run(argv, NULL), 0);
	expect_refusal(before, "scheduling/objects were applied and are missing here");
}

/* Everything is made anew, and a view of profiles takes others along. */
static void edit_everything(void)
{
	tree_edit(tree, "services/matching/objects/programme.sql", "LANGUAGE plpgsql",
		"LANGUAGE  plpgsql");
	tree_edit(tree, "services/matching/objects/safety.sql", "LANGUAGE plpgsql",
		"LANGUAGE  plpgsql");
	tree_edit(tree, "services/scheduling/objects/session.sql", "LANGUAGE plpgsql",
		"LANGUAGE  plpgsql");
	tree_edit(tree, "services/evaluation/objects/goal.sql", "LANGUAGE sql", "LANGUAGE  sql");
	tree_edit(tree, "shared/objects/refusal.sql", "LANGUAGE plpgsql", "LANGUAGE  plpgsql");
}

static void killed_at_any_moment_it_is_finished_by_the_next(void **state)
{
	(void)state;
	edit_everything();
	sql_create_tables(NEW);
	free(migrate(NEW));
	int most = getenv("UPWARD_LONG") ? 5 : 1;
	for (int modules = 1; modules <= most; modules += 2) {
		int status;
		char what[64], dir[256];
		sql_create_migrated(OLD);
		owned_connection PGconn *pg = sql_connect(OLD, NULL);
		if (modules == 5) /* the last one goes through all of them at once */
			tree_edit(tree, "services/profiles/objects/published.sql",
				"p.level, NULL::smallint AS age_band,", "NULL::smallint AS age_band, p.level,");
		snprintf(dir, sizeof dir, "%s", tree);
		setenv("MIGRATIONS_DIR", dir, 1);
		sql_do(pg, "UPDATE common.object_set SET applied_at = '-infinity'");
		pid_t pid = sql_migrate_start(OLD);
		while (sql_number(pg, "SELECT count(*) FROM common.object_set WHERE applied_at > "
				      "'-infinity'") < modules % 5 &&
			waitpid(pid, &status, WNOHANG) != pid)
			poll(NULL, 0, 1);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		unsetenv("MIGRATIONS_DIR");
		free(migrate(OLD));
		snprintf(what, sizeof what, "a kill after %d modules", modules);
		if (modules == 5)
			compare_now(what);
		else
			tree_same_schema(NEW, OLD, what);
	}
}

#define TWO_VIEWS(columns)                                                                         \
	"CREATE OR REPLACE VIEW matching.one AS SELECT 1 AS " columns ";\n"                        \
	"CREATE OR REPLACE VIEW matching.other AS SELECT 1 AS " columns ";\n"                      \
	"GRANT SELECT ON matching.one, matching.other TO upward_matching;\n"

/* A service reads what is replaced in the opposite order, and never leaves both alone: each polite
 * try of the migration ends in a deadlock or a time-out. */
static void a_service_that_locks_the_other_way_gives_way_in_the_end(void **state)
{
	int status = 0, gave_way = 0;
	bool over = false;
	(void)state;
	tree_write(tree, "services/matching/objects/two.sql", "we", TWO_VIEWS("a"));
	free(migrate(OLD));
	tree_write(tree, "services/matching/objects/two.sql", "we", TWO_VIEWS("a, 2 AS b"));
	owned_connection PGconn *service = sql_connect(OLD, "upward_matching");
	owned_connection PGconn *observer = sql_connect(OLD, NULL);
	sql_do(service,
		"SET idle_in_transaction_session_timeout = 0"); /* of the role: not for slow machines */
	setenv("MIGRATIONS_DIR", tree, 1);
	pid_t pid = sql_migrate_start(OLD);
	unsetenv("MIGRATIONS_DIR");
	while (!over) {
		/* it may also have to wait too long for what the migration has locked by now */
		owned_text char *first = sql_outcome(service, "BEGIN; SELECT FROM matching.other");
		while (!over &&
			sql_number(observer, "SELECT count(*) FROM pg_locks WHERE NOT granted "
					     "AND relation = 'matching.other'::regclass") == 0)
			over = waitpid(pid, &status, WNOHANG) == pid;
		owned_text char *second = sql_outcome(service, "SELECT FROM matching.one");
		gave_way += first[0] != '\0' || second[0] != '\0';
		sql_do(service, "ROLLBACK");
	}
	assert_int_equal(status, 0);
	print_message("the service gave way %d times\n", gave_way);
	assert_int_equal(sql_number(observer, "SELECT b FROM matching.other"), 2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(changes_one_after_the_other_make_what_a_new_database_is),
		CASE(a_star_sees_the_columns_of_today),
		CASE(what_cannot_be_dropped_is_named_and_stays),
		CASE(what_is_no_object_is_refused),
		CASE(killed_at_any_moment_it_is_finished_by_the_next),
		CASE(a_service_that_locks_the_other_way_gives_way_in_the_end),
	};

	return cmocka_run_group_tests_name("objects", tests, NULL, NULL);
}
