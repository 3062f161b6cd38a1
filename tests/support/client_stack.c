/* The stack that the client uses: stack.json, tokens, SQL, clock, imports, processes. */
#include <libpq-fe.h>

#include "support/client_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IMPORT_SECONDS 60.0
#define SETTINGS_MOST  8
#define BEGINNING      1796029200LL /* 30 November 2026, 09:00 UTC */

extern char **environ;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept {
	char *text;
	struct kept *next;
} * kept_texts; /* under lock */

const char *keep_text(char *owned)
{
	struct kept *kept = malloc(sizeof *kept);
	if (!kept || !owned)
		abort();
	pthread_mutex_lock(&lock);
	*kept = (struct kept){ owned, kept_texts };
	kept_texts = kept;
	pthread_mutex_unlock(&lock);
	return owned;
}

void forget_kept(void)
{
	pthread_mutex_lock(&lock);
	for (struct kept *k = kept_texts, *next; k; k = next) {
		next = k->next;
		free(k->text);
		free(k);
	}
	kept_texts = NULL;
	pthread_mutex_unlock(&lock);
}

const char *api_path(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = format_text(format, args);
	va_end(args);
	return keep_text(text);
}

char *run_program(const char *const argv[])
{
	int ends[2], status;
	pid_t pid;
	posix_spawn_file_actions_t actions;
	size_t length = 0, room = 4096;
	char *text = malloc(room);
	if (!text || pipe2(ends, O_CLOEXEC) != 0 || posix_spawn_file_actions_init(&actions) != 0 ||
		posix_spawn_file_actions_adddup2(&actions, ends[1], 1) != 0)
		abort();
	int fault = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	for (ssize_t got; !fault && (got = read(ends[0], text + length, room - length - 1)) > 0;) {
		length += (size_t)got;
		if (length + 1 == room && !(text = realloc(text, room *= 2)))
			abort();
	}
	close(ends[0]);
	text[length] = '\0';
	if (!fault && waitpid(pid, &status, 0) == pid && status == 0)
		return text;
	free(text);
	return NULL;
}

/* ---- stack.json -------------------------------------------------------------------------------*/

static json_t *stack_member(const char *path, json_t **ret_whole)
{
	const char *file = getenv("UPWARD_STACK");
	json_error_t error;
	if (!file)
		give_up("UPWARD_STACK is not set: it names the stack.json to test against");
	*ret_whole = json_load_file(file, 0, &error);
	if (!*ret_whole)
		give_up("%s: %s", file, error.text);
	json_t *found = member_of(*ret_whole, path);
	if (!found)
		give_up("%s has no %s", file, path);
	return found;
}

const char *api_stack(const char *path)
{
	json_t *whole, *found = stack_member(path, &whole);
	if (!json_is_string(found))
		give_up("stack.json: %s is no string", path);
	char *text = strdup(json_string_value(found));
	json_decref(whole);
	return keep_text(text);
}

long long api_stack_integer(const char *path)
{
	json_t *whole, *found = stack_member(path, &whole);
	long long value = json_integer_value(found);
	json_decref(whole);
	return value;
}

int api_pid(const char *process)
{
	return (int)api_stack_integer(api_path("pids.%s", process));
}

static char token_tool[512]; /* "": the stack's own */

void api_token_tool(const char *path)
{
	snprintf(token_tool, sizeof token_tool, "%s", path);
}

char *mint_token(const char *role, const char *user)
{
	const char *tool = *token_tool ? token_tool : api_stack("token_tool"),
		   *keys = api_stack("keys");
	const char *argv[10] = { tool, "sign", "--dir", keys, "--role", role };
	if (user) {
		argv[6] = "--sub";
		argv[7] = user;
	}
	char *token = run_program(argv);
	if (!token)
		give_up("%s could not sign a token for %s", tool, role);
	token[strcspn(token, "\r\n")] = '\0';
	return token;
}

/* ---- PostgreSQL, clock, processes -------------------------------------------------------------*/

const char *api_run(const char *const argv[])
{
	char *printed = run_program(argv);
	if (!printed)
		give_up("%s %s failed", argv[0], argv[1] ? argv[1] : "");
	return keep_text(printed);
}

static void hear_nothing(void *context, const char *message)
{
	(void)context;
	(void)message;
}

/* Prints rows as lines with values separated by |, like psql's unaligned output. */
static void print_rows(FILE *out, const PGresult *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		for (int column = 0; column < PQnfields(result); column++)
			fprintf(out, "%s%s", column ? "|" : "", PQgetvalue(result, row, column));
		fputc('\n', out);
	}
}

/* Runs statements and prints the results. false: one failed, and *out has the error. */
static bool run_sql_on(PGconn *connection, const char *sql, FILE *out)
{
	bool good = PQsendQuery(connection, sql);
	for (PGresult *result; (result = PQgetResult(connection)); PQclear(result)) {
		ExecStatusType status = PQresultStatus(result);
		print_rows(out, result);
		good = good && (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK);
	}
	if (!good)
		fprintf(out, "%s", PQerrorMessage(connection));
	return good;
}

/* Resets the connection; NULL if a new one must be opened, because PostgreSQL may have been
 * restarted. */
static PGconn *as_new(PGconn *connection)
{
	PGresult *result = connection ? PQexec(connection, "DISCARD ALL") : NULL;
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	if (good)
		return connection;
	PQfinish(connection);
	return NULL;
}

/* Uses a connection that is kept for next time, because tests query often while they wait; if
 * another thread is using it, a separate one. */
static bool run_sql(const char *dsn, const char *sql, FILE *out)
{
	static pthread_mutex_t in_use = PTHREAD_MUTEX_INITIALIZER;
	static PGconn *kept;
	static char kept_dsn[512];
	bool mine = pthread_mutex_trylock(&in_use) == 0;
	PGconn *connection = mine && strcmp(dsn, kept_dsn) == 0 ? as_new(kept) : NULL;
	if (mine && !connection && strcmp(dsn, kept_dsn) != 0)
		PQfinish(kept);
	if (!connection) {
		connection = PQconnectdb(dsn);
		PQsetNoticeProcessor(connection, hear_nothing, NULL);
	}
	bool good = PQstatus(connection) == CONNECTION_OK;
	if (good)
		good = run_sql_on(connection, sql, out);
	else
		fprintf(out, "%s", PQerrorMessage(connection));
	if (mine) {
		kept = connection;
		snprintf(kept_dsn, sizeof kept_dsn, "%s", dsn);
		pthread_mutex_unlock(&in_use);
	} else {
		PQfinish(connection);
	}
	return good;
}

const char *api_sql(const char *role, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *sql = format_text(format, args), *text = NULL;
	va_end(args);
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	bool good = run_sql(api_stack(api_path("dsn.%s", role)), sql, out);
	fclose(out);
	if (!good)
		give_up("SQL as %s failed: %s\n%s", role, sql, text);
	free(sql);
	while (length && text[length - 1] == '\n')
		text[--length] = '\0';
	return keep_text(text);
}

struct api_hold *api_hold(const char *sql)
{
	PGconn *connection = PQconnectdb(api_stack("dsn.superuser"));
	/* a failed test releases nothing: its lock ends in time for the next test */
	PQclear(PQexec(connection, "SET idle_in_transaction_session_timeout = '3min'"));
	PQclear(PQexec(connection, "BEGIN"));
	PGresult *result = PQexec(connection, sql);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK ||
		    PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	if (!good)
		give_up("%s", PQerrorMessage(connection));
	return (struct api_hold *)connection;
}

void api_hold_commit(struct api_hold *hold)
{
	PQclear(PQexec((PGconn *)hold, "COMMIT"));
	api_let_go(hold);
}

void api_let_go(struct api_hold *hold)
{
	PQfinish((PGconn *)hold);
}

static struct api_reply *ask_admin(
	const char *method, const char *service, const char *path, const char *body)
{
	static struct api *caller; /* of the test's own thread; lives as long as the process */
	if (!caller) {
		caller = api_with_token(NULL);
		caller->unrecorded = true;
	}
	free(caller->base);
	caller->base = strdup(api_stack(api_path("services.%s.admin_url", service)));
	return api_send(caller, method, path, body ? "application/json" : NULL, body,
		body ? strlen(body) : 0);
}

struct api_reply *api_admin(const char *service, const char *path)
{
	return ask_admin("GET", service, path, NULL);
}

void api_clock(long long offset_seconds)
{
	static long long ahead; /* offset from real time, for the whole program */
	if (!ahead)
		ahead = BEGINNING - (long long)time(NULL);
	struct api_reply *reply = ask_admin("PUT", "profiles", "/clock",
		api_path("{\"offset_seconds\": %lld}", ahead + offset_seconds));
	if (reply->status < 200 || reply->status > 299)
		give_up("PUT /clock: %d %s", reply->status, reply->text);
}

void api_clock_to(const char *instant)
{
	const char *at = api_sql(
		"superuser", "SELECT ceil(extract(epoch FROM timestamptz '%s'))::bigint", instant);
	api_clock(strtoll(at, NULL, 10) - BEGINNING);
}

void begin_time(void)
{
	static atomic_flag begun = ATOMIC_FLAG_INIT;
	if (!atomic_flag_test_and_set(&begun))
		api_clock(0);
}

static void control(const char *command, const char *process)
{
	const char *argv[] = { "python3", "deploy/local/stack.py", command, process, "--dir",
		api_stack("dir"), NULL };
	char *out = run_program(argv);
	if (!out)
		give_up("stack.py %s %s failed", command, process);
	free(out);
}

void api_stop(const char *process)
{
	control("stop", process);
}

void api_start(const char *process)
{
	control("start", process);
}

void api_start_with(const char *process, const char *setting, ...)
{
	const char *argv[6 + 2 * SETTINGS_MOST + 1] = { "python3", "deploy/local/stack.py", "start",
		process, "--dir", api_stack("dir") };
	size_t used = 6;
	va_list more;
	va_start(more, setting);
	for (; setting && used < 6 + 2 * SETTINGS_MOST; setting = va_arg(more, const char *)) {
		argv[used++] = "--set";
		argv[used++] = setting;
	}
	va_end(more);
	api_run(argv);
}

static const char *hold_mark(const char *process)
{
	return api_path("%s/hold/%s", api_stack("dir"), process);
}

void api_ask_stop(const char *process)
{
	int mark = open(hold_mark(process), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (mark < 0)
		give_up("%s cannot be held", process);
	close(mark);
}

void api_ask_start(const char *process)
{
	if (unlink(hold_mark(process)) != 0)
		give_up("%s is not held", process);
}

/* ---- imports ----------------------------------------------------------------------------------*/

/* Also true for `checked` if it will stay: after a dry run, or waiting for confirmation. */
static bool finished(struct api_reply *import)
{
	const char *status = api_text(api_expect(import, 200), "status");
	if (strcmp(status, "checked") == 0)
		return api_truth(import, "dry_run") ||
		       json_is_string(api_member(import, "problem"));
	return strcmp(status, "queued") != 0 && strcmp(status, "checking") != 0 &&
	       strcmp(status, "applying") != 0;
}

struct api_reply *api_import(const char *csv, const char *query)
{
	struct api *hris = api_as("hris", NULL);
	const char *path = api_path("/api/v1/imports%s%s", query ? "?" : "", query ? query : "");
	struct api_reply *import = api_expect(
		api_send(hris, "POST", path, "text/csv", csv, strlen(csv)), 202);
	const char *id = api_text(import, "id");
	api_wait_until(IMPORT_SECONDS, finished(import = api_get(hris, "/api/v1/imports/%s", id)));
	return import;
}

struct api_reply *api_import_file(const char *path, const char *query)
{
	/* the sample of real people has a town in a country column */
	const char *argv[] = { "sed", "s/,OX9 9ZB,Oxford,/,OX9 9ZB,GB,/", path, NULL };
	char *csv = run_program(argv);
	if (!csv)
		give_up("%s cannot be read", path);
	struct api_reply *reply = api_import(csv, query);
	free(csv);
	return reply;
}
