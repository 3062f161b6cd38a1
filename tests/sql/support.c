#include "sql/support.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <jansson.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

extern char **environ;

static const char *cluster(void)
{
	static char url[1024];
	const char *given = getenv("TEST_DATABASE_URL"), *stack = getenv("UPWARD_STACK");

	if (given && *given)
		return given;
	if (!stack || !*stack)
		fail_msg("neither TEST_DATABASE_URL nor UPWARD_STACK is set");
	if (!url[0]) {
		json_t *facts = json_load_file(stack, 0, NULL);
		const char *dsn = json_string_value(
			json_object_get(json_object_get(facts, "dsn"), "superuser"));
		if (!dsn)
			fail_msg("%s names no dsn.superuser", stack);
		snprintf(url, sizeof url, "%s", dsn);
		json_decref(facts);
	}
	return url;
}

PGconn *sql_connect(const char *database, const char *role)
{
	const char *const keys[] = { "dbname", "dbname", "client_encoding", role ? "user" : NULL,
		NULL };
	const char *const values[] = { cluster(), database, "UTF8", role, NULL };
	PGconn *pg = PQconnectdbParams(keys, values, 1);

	if (PQstatus(pg) != CONNECTION_OK)
		fail_msg("cannot connect to %s as %s: %s", database, role ? role : "superuser",
			PQerrorMessage(pg));
	return pg;
}

/* ---- programs ---- */

static pid_t start(const char *const argv[], int output)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, 1);
	posix_spawn_file_actions_adddup2(&actions, output, 2);
	int failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		fail_msg("cannot start %s: %s", argv[0], strerror(failed));
	return pid;
}

int sql_run(const char *const argv[], char **ret_output)
{
	struct buf text = BUF_INIT(1 << 24);
	char block[4096];
	int ends[2], status;
	ssize_t got;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = start(argv, ends[1]);
	close(ends[1]);
	while ((got = read(ends[0], block, sizeof block)) > 0)
		buf_add(&text, block, (size_t)got);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	buf_text(&text, "");
	if (ret_output)
		*ret_output = buf_take(&text);
	buf_release(&text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The cluster's connection string for a role and a database; owned. */
static char *dsn_of(const char *database, const char *role)
{
	struct buf dsn = BUF_INIT(2048);

	owned_connection PGconn *pg = sql_connect(database, NULL);
	buf_print(
		&dsn, "host=%s port=%s dbname=%s user=%s", PQhost(pg), PQport(pg), database, role);
	return buf_take(&dsn);
}

#define TEMPLATE        "upward_test_template"
#define TABLES          "upward_test_tables"
#define MIGRATE_PROGRAM "build/" TEST_FLAVOUR "/upward-migrate"

static void set_migrate_environment(const char *database)
{
	owned_text char *dsn = dsn_of(database, "migrator");

	setenv("MIGRATE_URL", dsn, 1);
	setenv("APP_ENV", "development", 1);
}

int sql_migrate(const char *database, char **ret_output, ...)
{
	const char *argv[12] = { MIGRATE_PROGRAM };
	va_list more;

	va_start(more, ret_output);
	for (size_t i = 1; i < COUNT(argv) - 1 && (argv[i] = va_arg(more, const char *)); i++)
		;
	va_end(more);
	set_migrate_environment(database);
	return sql_run(argv, ret_output);
}

pid_t sql_migrate_start(const char *database)
{
	const char *argv[] = { MIGRATE_PROGRAM, NULL };
	owned_fd int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	set_migrate_environment(database);
	return start(argv, null);
}

char *sql_file(const char *path)
{
	struct buf text = BUF_INIT(1 << 22);
	char block[4096];
	size_t got;
	FILE *file = fopen(path, "re");

	while (file && (got = fread(block, 1, sizeof block, file)) > 0)
		buf_add(&text, block, got);
	if (file)
		fclose(file);
	buf_text(&text, "");
	return buf_take(&text);
}

/* ---- databases ---- */

void sql_drop(const char *database)
{
	owned_connection PGconn *pg = sql_connect("postgres", NULL);

	PQclear(PQexec(pg, "SET client_min_messages = warning"));
	sql_do(pg, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database);
}

/* Makes it where it is missing, and gives the roles what they have on it. */
static void run_roles(const char *database)
{
	owned_text char *dsn = NULL, *output = NULL;
	owned_connection PGconn *pg = sql_connect("postgres", NULL);

	/* roles belong to the whole cluster: one at a time */
	sql_do(pg, "SELECT pg_advisory_lock(7, 2)");
	dsn = dsn_of("postgres", PQuser(pg));
	setenv("UPWARD_DATABASE", database, 1);
	const char *const argv[] = { "psql", "-X", "-q", "-d", dsn, "-f",
		"deploy/postgres/roles.sql", NULL };
	if (sql_run(argv, &output) != 0)
		fail_msg("roles.sql: %s", output);
}

void sql_create(const char *database)
{
	sql_drop(database);
	run_roles(database);
}

const char *sql_last_migration(void)
{
	static char to[32];
	glob_t files;

	assert_int_equal(glob("services/evaluation/schema/*.sql", 0, NULL, &files), 0);
	snprintf(to, sizeof to, "evaluation/%d",
		atoi(strrchr(files.gl_pathv[files.gl_pathc - 1], '/') + 1));
	globfree(&files);
	return to;
}

static void copy(PGconn *pg, const char *database, const char *template)
{
	sql_do(pg, "CREATE DATABASE %s OWNER owner TEMPLATE %s STRATEGY file_copy", database,
		template);
}

/* Two databases to copy, made once in a cluster: migrated, and all of that but the objects. A copy
 * takes a tenth of the time. Whoever comes while another program makes them waits. */
static void make_templates(PGconn *pg)
{
	owned_text char *tables = NULL, *objects = NULL;

	sql_do(pg, "SELECT pg_advisory_lock(7, 3)");
	if (sql_number(pg, "SELECT count(*) FROM pg_database WHERE datname = '%s'", TEMPLATE) > 0)
		return;
	sql_create(TEMPLATE "_new");
	if (sql_migrate(TEMPLATE "_new", &tables, "--to", sql_last_migration(), NULL) != 0)
		fail_msg("upward-migrate: %s", tables);
	sql_drop(TABLES);
	copy(pg, TABLES, TEMPLATE "_new");
	if (sql_migrate(TEMPLATE "_new", &objects, NULL) != 0)
		fail_msg("upward-migrate: %s", objects);
	sql_do(pg, "ALTER DATABASE %s_new RENAME TO %s", TEMPLATE, TEMPLATE);
}

static void create_from(const char *database, const char *template)
{
	owned_connection PGconn *pg = sql_connect("postgres", NULL);

	make_templates(pg);
	sql_do(pg, "SELECT pg_advisory_unlock(7, 3)");
	sql_drop(database);
	copy(pg, database, template);
	run_roles(database);
	set_migrate_environment(database);
}

void sql_create_migrated(const char *database)
{
	create_from(database, TEMPLATE);
}

void sql_create_tables(const char *database)
{
	create_from(database, TABLES);
}

const char *sql_own(void)
{
	static char name[64];

	snprintf(name, sizeof name, "upward_%s", program_invocation_short_name);
	return name;
}

int sql_set_up(void **state)
{
	(void)state;
	sql_create_migrated(sql_own());
	return 0;
}

int sql_tear_down(void **state)
{
	(void)state;
	sql_drop(sql_own());
	return 0;
}

/* ---- statements ---- */

static char *outcome_of(const PGresult *result)
{
	struct buf text = BUF_INIT(1024);

	buf_text(&text, "");
	if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
		const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
		const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		buf_print(&text, "%s %s", state ? state : "08006",
			name      ? name
			: message ? message
				  : "");
	}
	return buf_take(&text);
}

/* Runs a formatted statement; fails the test on a refusal. */
static PGresult *run_formatted(PGconn *pg, const char *format, va_list arguments)
{
	owned_text char *sql = NULL;

	if (vasprintf(&sql, format, arguments) < 0)
		fail_msg("out of memory");
	PGresult *result = PQexec(pg, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s\n%s", PQresultErrorMessage(result), sql);
	return result;
}

#define RUN(pg, format)                                                                            \
	({                                                                                         \
		va_list arguments_;                                                                \
		va_start(arguments_, format);                                                      \
		PGresult *result_ = run_formatted(pg, format, arguments_);                         \
		va_end(arguments_);                                                                \
		result_;                                                                           \
	})

void sql_do(PGconn *pg, const char *format, ...)
{
	PQclear(RUN(pg, format));
}

PGresult *sql_rows(PGconn *pg, const char *format, ...)
{
	return RUN(pg, format);
}

PGresult *sql_again(PGconn *pg, const char *name, const char *sql)
{
	PGresult *result = PQexecPrepared(pg, name, 0, NULL, NULL, NULL, 0);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state && str_equal(state, "26000")) { /* not prepared */
		PQclear(result);
		PQclear(PQprepare(pg, name, sql, 0, NULL));
		result = PQexecPrepared(pg, name, 0, NULL, NULL, NULL, 0);
	}
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s\n%s", PQresultErrorMessage(result), sql);
	return result;
}

char *sql_text(PGconn *pg, const char *format, ...)
{
	owned_result PGresult *rows = RUN(pg, format);

	assert_int_equal(PQntuples(rows), 1);
	return str_copy(PQgetvalue(rows, 0, 0));
}

int64_t sql_number(PGconn *pg, const char *format, ...)
{
	owned_result PGresult *rows = RUN(pg, format);
	int64_t number = 0;

	assert_int_equal(PQntuples(rows), 1);
	if (!str_to_i64(PQgetvalue(rows, 0, 0), &number))
		fail_msg("no number: %s", PQgetvalue(rows, 0, 0));
	return number;
}

char *sql_outcome(PGconn *pg, const char *sql)
{
	owned_result PGresult *result = PQexec(pg, sql);

	return outcome_of(result);
}

void sql_expect(PGconn *pg, const char *outcome, const char *format, ...)
{
	owned_text char *sql = NULL;
	va_list arguments;

	va_start(arguments, format);
	int len = vasprintf(&sql, format, arguments);
	va_end(arguments);
	assert_true(len >= 0);
	owned_text char *was = sql_outcome(pg, sql);
	if (!str_equal(was, outcome))
		fail_msg("expected \"%s\", got \"%s\" from\n%s", outcome, was, sql);
}

/* ---- two connections, step by step ---- */

void sql_send(PGconn *pg, const char *sql)
{
	if (!PQsendQuery(pg, sql))
		fail_msg("%s", PQerrorMessage(pg));
}

bool sql_is_blocked(PGconn *pg, PGconn *observer)
{
	uint64_t deadline = clock_monotonic_us() + DEADLINE_SECONDS * 1000000ull;

	while (clock_monotonic_us() < deadline) {
		assert_true(PQconsumeInput(pg));
		if (!PQisBusy(pg))
			return false;
		struct pollfd socket = { .fd = PQsocket(pg), .events = POLLIN };
		if (poll(&socket, 1, LOOK_MS) == 0 &&
			sql_number(observer, "SELECT cardinality(pg_blocking_pids(%d))",
				PQbackendPID(pg)) > 0)
			return true;
	}
	fail_msg("a statement neither ended nor was blocked in time");
	return false;
}

char *sql_receive(PGconn *pg)
{
	char *outcome = NULL;
	PGresult *result;

	while ((result = PQgetResult(pg))) {
		if (!outcome || !*outcome) {
			free(outcome);
			outcome = outcome_of(result);
		}
		PQclear(result);
	}
	return outcome ? outcome : str_copy("");
}

void sql_wait(PGconn *pg, const char *query)
{
	uint64_t deadline = clock_monotonic_us() + DEADLINE_SECONDS * 1000000ull;

	/* looking is work too: the longer it takes, the rarer */
	for (int nap_ms = 1; clock_monotonic_us() < deadline; nap_ms += nap_ms < 20) {
		owned_text char *answer = sql_text(pg, "%s", query);
		if (str_equal(answer, "t"))
			return;
		poll(NULL, 0, nap_ms);
	}
	fail_msg("never true: %s", query);
}
