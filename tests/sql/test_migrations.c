/*
 * upward-migrate: whenever it is killed, the next run ends with the same schema as one that was
 * never disturbed; UPWARD_LONG=1 kills it after each file. A file that changed, went or fails is
 * refused, and nothing of it remains.
 */
#include "sql/support.h"
#include "sql/tree.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define KILLS  2                    /* at as many files, spread over all; UPWARD_LONG=1: at each */
#define WHOLE  "upward_test_whole"  /* migrated undisturbed, for comparison */
#define BROKEN "upward_test_broken" /* what happens to a test */

static char *whole_schema;

static void assert_same_schema(const char *after)
{
	tree_has_schema(BROKEN, whole_schema, after);
}

/* How many files are applied in a database; 0 before the first. */
static int64_t applied(PGconn *pg)
{
	if (sql_number(pg, "SELECT count(to_regclass('common.migration'))") == 0)
		return 0;
	return sql_number(pg, "SELECT count(*) FROM common.migration");
}

static void finish_and_compare(const char *after)
{
	owned_text char *output = NULL;

	if (sql_migrate(BROKEN, &output, NULL) != 0)
		fail_msg("the run after %s: %s", after, output);
	assert_same_schema(after);
}

/* Has the process ended? Reaps it. */
static bool has_ended(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WNOHANG) == pid;
}

static void killed_after_any_file_it_is_finished_by_the_next(void **state)
{
	(void)state;
	owned_connection PGconn *whole = sql_connect(WHOLE, NULL);
	int64_t all = applied(whole);

	int64_t apart = getenv("UPWARD_LONG") ? 1 : (all + KILLS - 1) / KILLS;

	for (int64_t files = 1; files < all; files += apart) {
		char what[64];
		sql_create(BROKEN);
		owned_connection PGconn *pg = sql_connect(BROKEN, NULL);
		pid_t pid = sql_migrate_start(BROKEN);
		bool over = false;
		while (!over && applied(pg) < files) {
			over = has_ended(pid);
			poll(NULL, 0, 4);
		}
		if (!over) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		snprintf(what, sizeof what, "a kill at %lld of %lld files", (long long)files,
			(long long)all);
		finish_and_compare(what);
	}
}

/* Holds a table so that what needs it stops in its middle, and kills it there. BROKEN is there. */
static void kill_while_held(const char *table, const char *mode, bool alone)
{
	owned_connection PGconn *pg = sql_connect(BROKEN, NULL);
	owned_connection PGconn *holder = sql_connect(BROKEN, NULL);
	int64_t before = applied(pg);
	owned_text char *schema = tree_schema(BROKEN);

	sql_do(holder, "BEGIN; LOCK TABLE %s IN %s MODE", table, mode);
	pid_t pid = sql_migrate_start(BROKEN);
	sql_wait(pg, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
		     " AND database = (SELECT oid FROM pg_database WHERE datname = "
		     "current_database()))");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	sql_do(holder, "ROLLBACK");
	sql_wait(pg, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'migrator'"
		     " AND datname = current_database())");
	assert_int_equal(applied(pg), before);
	owned_text char *now = tree_schema(BROKEN);
	assert_int_equal(strcmp(now, schema) == 0, alone);
	finish_and_compare("a kill within a file");
}

static void killed_within_a_file_nothing_of_it_remains(void **state)
{
	(void)state;
	sql_create(BROKEN);
	assert_int_equal(sql_migrate(BROKEN, NULL, "--to", "profiles/1", NULL), 0);
	kill_while_held("common.migration", "SHARE", true);
	/* its triggers; the objects of common are whole by then and stay */
	sql_create_tables(BROKEN);
	kill_while_held("profiles.person", "ROW EXCLUSIVE", false);
}

static void two_at_once_are_one_after_the_other(void **state)
{
	(void)state;
	sql_create(BROKEN);
	pid_t one = sql_migrate_start(BROKEN), two = sql_migrate_start(BROKEN);
	int first, second;

	assert_int_equal(waitpid(one, &first, 0), one);
	assert_int_equal(waitpid(two, &second, 0), two);
	assert_int_equal(first, 0);
	assert_int_equal(second, 0);
	assert_same_schema("two runs at once");
}

static void a_second_run_does_nothing(void **state)
{
	(void)state;
	owned_text char *output = NULL, *status = NULL;

	sql_create_migrated(BROKEN);
	assert_int_equal(sql_migrate(BROKEN, &output, NULL), 0);
	assert_non_null(strstr(output, "0 applied, "));
	assert_int_equal(sql_migrate(BROKEN, &status, "--status", NULL), 0);
	assert_null(strstr(status, "waits"));
	assert_non_null(strstr(status, "applied  matching/0001_matching.sql"));
}

/* The run from that folder fails and says so; nothing has changed. */
static void expect_refusal(const char *dir, const char *said)
{
	owned_text char *output = NULL;

	assert_int_equal(sql_migrate(BROKEN, &output, "--dir", dir, NULL), 1);
	if (!strstr(output, said))
		fail_msg("expected \"%s\", got: %s", said, output);
	assert_same_schema(said);
}

static void what_was_applied_must_stay_as_it_was(void **state)
{
	(void)state;

	sql_create_migrated(BROKEN);
	owned_text char *dir = tree_copy();
	tree_write(dir, "services/profiles/schema/0001_profiles.sql", "ae", "-- changed\n");
	expect_refusal(dir, "profiles/0001_profiles.sql was changed after it had been applied");
	tree_remove(dir);

	owned_text char *other = tree_copy();
	tree_unlink(other, "services/matching/schema/0001_matching.sql");
	owned_text char *output = NULL;
	assert_int_equal(sql_migrate(BROKEN, &output, "--dir", other, NULL), 1);
	assert_same_schema("a missing file");
	tree_remove(other);
}

static void a_file_that_fails_leaves_nothing(void **state)
{
	(void)state;
	sql_create_migrated(BROKEN);
	owned_connection PGconn *pg = sql_connect(BROKEN, NULL);
	char name[128];
	int64_t next =
		1 + sql_number(pg,
			    "SELECT max(number) FROM common.migration WHERE module = 'evaluation'");
	owned_text char *dir = tree_copy();

	snprintf(name, sizeof name, "services/evaluation/schema/%04lld_wrong.sql", (long long)next);
	tree_write(dir, name, "we",
		"CREATE TABLE evaluation.half (id uuid PRIMARY KEY);\n\nSELECT 1 / 0;\n");
	expect_refusal(dir, "division by zero (22012)");
	tree_write(dir, name, "we",
		"CREATE TABLE evaluation.half (id uuid PRIMARY KEY);\n\nSELECT nobody;\n");
	expect_refusal(dir, "_wrong.sql:3: column \"nobody\" does not exist (42703)");
	tree_write(dir, name, "we",
		"CREATE TABLE evaluation.half (id uuid PRIMARY KEY);\nROLLBACK;\n");
	expect_refusal(dir, "ended its own transaction");
	/* and one that is right is applied, with its audit */
	tree_write(dir, name, "we", "CREATE TABLE evaluation.half (id uuid PRIMARY KEY);\n");
	assert_int_equal(sql_migrate(BROKEN, NULL, "--dir", dir, NULL), 0);
	assert_int_equal(sql_number(pg, "SELECT count(*) FROM pg_trigger WHERE tgrelid = "
					"'evaluation.half'::regclass"
					" AND tgname LIKE 'audit%%'"),
		3);
	tree_remove(dir);
}

static void a_folder_with_gaps_is_refused(void **state)
{
	(void)state;
	sql_create_migrated(BROKEN);
	owned_text char *dir = tree_copy();

	tree_write(dir, "services/scheduling/schema/0099_far.sql", "we", "SELECT 1;\n");
	expect_refusal(dir, "expected ");
	tree_remove(dir);
	owned_text char *strange = tree_copy();
	tree_write(strange, "services/scheduling/schema/notes.txt", "we", "notes\n");
	expect_refusal(strange, "notes.txt: expected ");
	tree_remove(strange);
	expect_refusal("/nonexistent", "no migrations here");
}

static void production_is_what_it_is_unless_told(void **state)
{
	(void)state;
	sql_create_migrated(BROKEN);
	owned_connection PGconn *pg = sql_connect(BROKEN, NULL);
	owned_text char *told = sql_text(
		pg, "SELECT value FROM common.setting WHERE name = 'environment'");
	owned_text char *output = NULL;

	assert_string_equal(told, "development");
	setenv("APP_ENV", "", 1);
	const char *const argv[] = { "build/" TEST_FLAVOUR "/upward-migrate", NULL };
	assert_int_equal(sql_run(argv, &output), 0); /* MIGRATE_URL is that of the last run */
	owned_text char *now = sql_text(
		pg, "SELECT value FROM common.setting WHERE name = 'environment'");
	assert_string_equal(now, "production");
}

static char *portal_links(PGconn *pg)
{
	return sql_text(pg, "SELECT coalesce((SELECT value FROM common.setting WHERE name = "
			    "'portal_links'), 'none')");
}

static void the_addresses_of_the_portal_are_kept_until_told_otherwise(void **state)
{
	(void)state;
	static const char *const links = "{\"pair\": \"https://portal.example/pairs/{id}\"}";
	sql_create_migrated(BROKEN);
	owned_connection PGconn *pg = sql_connect(BROKEN, NULL);
	owned_text char *output = NULL, *faults = NULL, *none = portal_links(pg);

	assert_string_equal(none, "none");
	setenv("PORTAL_LINKS", links, 1);
	assert_int_equal(sql_migrate(BROKEN, &output, NULL), 0);
	setenv("PORTAL_LINKS", "{\"pair\": \"pairs/{id}\", \"pet\": \"https://p.example/{id}\"}",
		1);
	assert_int_equal(sql_migrate(BROKEN, &faults, NULL), 1);
	assert_non_null(strstr(faults, "PORTAL_LINKS: pair must begin with https:// or http://"));
	assert_non_null(strstr(faults, "PORTAL_LINKS: pet is no noun with a page"));
	unsetenv("PORTAL_LINKS");
	owned_text char *again = NULL;
	assert_int_equal(sql_migrate(BROKEN, &again, NULL), 0);
	owned_text char *kept = portal_links(pg);
	assert_string_equal(kept, links);
	/* what an administrator has set takes precedence */
	sql_do(pg, "BEGIN; SELECT set_config('app.operation', 'settings_put', true);"
		   " SELECT common.put_setting('portal_links', '{}'); COMMIT");
	setenv("PORTAL_LINKS", links, 1);
	owned_text char *last = NULL;
	assert_int_equal(sql_migrate(BROKEN, &last, NULL), 0);
	unsetenv("PORTAL_LINKS");
	owned_text char *administered = portal_links(pg);
	assert_string_equal(administered, "{}");
}

static int setup(void **state)
{
	(void)state;
	sql_create_migrated(WHOLE);
	whole_schema = tree_schema(WHOLE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(whole_schema);
	sql_drop(WHOLE);
	sql_drop(BROKEN);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_after_any_file_it_is_finished_by_the_next),
		cmocka_unit_test(killed_within_a_file_nothing_of_it_remains),
		cmocka_unit_test(two_at_once_are_one_after_the_other),
		cmocka_unit_test(a_second_run_does_nothing),
		cmocka_unit_test(the_addresses_of_the_portal_are_kept_until_told_otherwise),
		cmocka_unit_test(what_was_applied_must_stay_as_it_was),
		cmocka_unit_test(a_file_that_fails_leaves_nothing),
		cmocka_unit_test(a_folder_with_gaps_is_refused),
		cmocka_unit_test(production_is_what_it_is_unless_told),
	};

	return cmocka_run_group_tests_name("migrations", tests, setup, teardown);
}
