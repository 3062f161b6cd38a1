#include "db/migrate.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/str.h"
#include "db/migrate_private.h"

#define RETRY_MOST_US  (300 * 1000000ull) /* longer than any job of a service runs */
#define RETRY_PAUSE_NS 200000000
/* In a deadlock with a service, the migration gives way. A service that began to wait last checks
 * for a deadlock after 100 ms (roles.sql), when the migration has already timed out; a migration
 * that began to wait last checks after 1 ms. */
#define GIVE_WAY "SET LOCAL deadlock_timeout = '1ms'; SET LOCAL lock_timeout = '60ms'"
/* Services whose statements lock the same objects in another order, again and again, would keep the
 * migration out for good. So after POLITE_MOST tries every INSIST_EACH-th insists: it waits longer
 * than a service may wait for a lock (2 s), and the service gives way and repeats its statement. */
#define INSIST      "SET LOCAL deadlock_timeout = '1min'; SET LOCAL lock_timeout = '5s'"
#define POLITE_MOST 40
#define INSIST_EACH 10

/* The line of a statement in which the server found an error, or 0 if it does not say. */
static int line_of(const PGresult *result, const char *text)
{
	const char *at = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	int64_t position;
	int line = 1;

	if (!at || !str_to_i64(at, &position))
		return 0;
	/* a position counts characters, not bytes */
	for (; *text && position > 1; text++) {
		line += *text == '\n';
		position -= (text[1] & 0xC0) != 0x80;
	}
	return line;
}

/* Reports what the server refused, after the name of what was attempted. */
static void say_refusal(struct migrate_run *run, const PGresult *result, const char *what,
	int first, const char *sql)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	int line = line_of(result, sql);

	snprintf(run->sqlstate, sizeof run->sqlstate, "%s", state ? state : "08006");
	buf_text(run->faults, what);
	if (line > 0 || first > 0)
		buf_print(run->faults, ":%d", line + first - (line > 0 && first > 0));
	buf_print(run->faults, ": %s (%s)\n", message ? message : "the connection was lost",
		run->sqlstate);
	/* the objects that depend on the one to be dropped; never values of rows */
	if (str_equal(run->sqlstate, "2BP01") && detail)
		buf_print(run->faults, "%s\n", detail);
}

bool migrate_execute(struct migrate_run *run, const char *what, int line, const char *sql)
{
	owned_result PGresult *result = PQexec(run->pg, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return true;
	say_refusal(run, result, what, line, sql);
	return false;
}

static bool execute(struct migrate_run *run, const char *what, const char *sql)
{
	return migrate_execute(run, what, 0, sql);
}

PGresult *migrate_query(struct migrate_run *run, const char *what, const char *sql, int count,
	const char *const *values)
{
	PGresult *result = PQexecParams(run->pg, sql, count, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
		return result;
	say_refusal(run, result, what, 0, sql);
	PQclear(result);
	return NULL;
}

bool migrate_exists(struct migrate_run *run, const char *expression, bool *ret_exists)
{
	struct buf sql = BUF_INIT(256);

	buf_print(&sql, "SELECT %s IS NOT NULL", expression);
	owned_result PGresult *rows = buf_ok(&sql)
					      ? migrate_query(run, "migrate", sql.data, 0, NULL)
					      : NULL;
	buf_release(&sql);
	if (!rows)
		return false;
	*ret_exists = PQgetvalue(rows, 0, 0)[0] == 't';
	return true;
}

/* Whether it failed because of a lock that another session holds. */
static bool was_busy(const struct migrate_run *run)
{
	return str_equal(run->sqlstate, "55P03") || str_equal(run->sqlstate, "40P01");
}

static void pause_between(void)
{
	struct timespec left = { .tv_nsec = RETRY_PAUSE_NS };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

bool migrate_transact(struct migrate_run *run, const char *what,
	bool (*work)(struct migrate_run *run, void *context), void *context)
{
	uint64_t until = clock_monotonic_us() + RETRY_MOST_US;
	size_t before = run->faults->len;

	for (int tries = 0;; tries++) {
		bool insist = tries >= POLITE_MOST && tries % INSIST_EACH == 0;
		run->sqlstate[0] = '\0';
		if (execute(run, what, "BEGIN") && execute(run, what, insist ? INSIST : GIVE_WAY) &&
			execute(run, what, "SET LOCAL ROLE owner") && work(run, context) &&
			execute(run, what, "COMMIT"))
			return true;
		if (PQstatus(run->pg) == CONNECTION_OK)
			PQclear(PQexec(run->pg, "ROLLBACK"));
		if (!was_busy(run) || clock_monotonic_us() > until)
			return false;
		run->faults->len = before;
		if (run->faults->data)
			run->faults->data[before] = '\0';
		pause_between();
	}
}

static bool connect_and_lock(struct migrate_run *run)
{
	run->pg = PQconnectdb(run->plan->dsn);
	if (PQstatus(run->pg) != CONNECTION_OK) {
		buf_print(run->faults, "cannot connect to database %s at %s:%s as %s\n",
			PQdb(run->pg) ? PQdb(run->pg) : "?",
			PQhost(run->pg) ? PQhost(run->pg) : "?",
			PQport(run->pg) ? PQport(run->pg) : "?",
			PQuser(run->pg) ? PQuser(run->pg) : "?");
		return false;
	}
	return execute(run, "migrate",
		"SET client_min_messages = warning; SET lock_timeout = '120s';"
		"SELECT pg_advisory_lock(7, 0); RESET lock_timeout");
}

/* Compares one applied migration with the files: its file must exist, unchanged. */
static void compare(struct migrate_run *run, const PGresult *rows, int row)
{
	const char *module = PQgetvalue(rows, row, 0), *name = PQgetvalue(rows, row, 2);
	int64_t number = 0;
	int at = str_to_i64(PQgetvalue(rows, row, 1), &number)
			 ? migration_files_find(&run->files, module, (int)number)
			 : -1;

	if (at < 0 || strcmp(run->files.files[at].name, name) != 0)
		buf_print(run->faults, "%s/%s was applied and is missing here\n", module, name);
	else if (strcmp(run->files.files[at].checksum, PQgetvalue(rows, row, 3)) != 0)
		buf_print(
			run->faults, "%s/%s was changed after it had been applied\n", module, name);
	else
		run->applied[at] = true;
}

static bool read_applied(struct migrate_run *run)
{
	size_t before = run->faults->len;
	bool there;

	if (!migrate_exists(run, "to_regclass('common.migration')", &there))
		return false;
	if (!there)
		return true;
	owned_result PGresult *rows = migrate_query(run, "migrate",
		"SELECT module, number, name, checksum FROM common.migration ORDER BY applied_at, "
		"module, number",
		0, NULL);
	for (int row = 0; rows && row < PQntuples(rows); row++)
		compare(run, rows, row);
	return rows && run->faults->len == before;
}

/* Attaches the audit and If-Match triggers to tables that lack them, inside the open
 * transaction. */
static bool attach_triggers(struct migrate_run *run)
{
	bool there;

	if (!migrate_exists(run, "to_regprocedure('common.attach_audit()')", &there))
		return false;
	if (!there)
		return true;
	owned_result PGresult *rows = migrate_query(
		run, "audit", "SELECT common.attach_audit()", 0, NULL);
	for (int row = 0; rows && row < PQntuples(rows); row++)
		fprintf(run->out, "  audited: %s\n", PQgetvalue(rows, row, 0));
	return rows && execute(run, "if_match", "SELECT common.attach_if_match()");
}

static bool record(struct migrate_run *run, const struct migration_file *file)
{
	char number[16];
	const char *values[] = { file->module, number, file->name, file->checksum };

	snprintf(number, sizeof number, "%d", file->number);
	owned_result PGresult *done = migrate_query(run, file->name,
		"INSERT INTO common.migration (module, number, name, checksum) VALUES ($1, "
		"$2::int, $3, $4)",
		COUNT(values), values);
	return done != NULL;
}

struct applying {
	const struct migration_file *file;
	const char *what;
};

static bool apply_file(struct migrate_run *run, void *context)
{
	const struct applying *one = context;

	if (!execute(run, one->what, one->file->text))
		return false;
	if (PQtransactionStatus(run->pg) != PQTRANS_INTRANS) {
		buf_print(run->faults, "%s ended its own transaction\n", one->what);
		return false;
	}
	return execute(run, one->what, "SET LOCAL ROLE owner") && attach_triggers(run) &&
	       record(run, one->file);
}

static bool apply(struct migrate_run *run, const struct migration_file *file)
{
	uint64_t began = clock_monotonic_us();
	struct buf what = BUF_INIT(256);

	buf_print(&what, "%s/%s", file->module, file->name);
	if (!buf_ok(&what))
		return false;
	struct applying one = { .file = file, .what = what.data };
	bool done = migrate_transact(run, what.data, apply_file, &one);
	if (done)
		fprintf(run->out, "%s applied in %llu ms\n", what.data,
			(unsigned long long)((clock_monotonic_us() - began) / 1000));
	fflush(run->out);
	buf_release(&what);
	return done;
}

/* Sets a value only if administrators have not set one through /api/v1/settings. */
static bool set(struct migrate_run *run, const char *name, const char *value)
{
	const char *values[] = { name, value };
	owned_result PGresult *done = migrate_query(run, "migrate",
		"INSERT INTO common.setting (name, value) VALUES ($1, $2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE NOT EXISTS"
		" (SELECT FROM common.setting_change c WHERE c.name = $1 AND c.source = "
		"'settings')",
		COUNT(values), values);
	return done != NULL;
}

/* Replaces the rows of the last release by those that the build generated, a JSON array. */
static bool replace_rows(struct migrate_run *run, const char *table, const char *rows)
{
	struct buf sql = BUF_INIT(1024);
	bool there = false, done = false;

	buf_print(&sql, "to_regclass('%s')", table);
	if (!rows || (buf_ok(&sql) && migrate_exists(run, sql.data, &there) && !there)) {
		buf_release(&sql);
		return true;
	}
	buf_clear(&sql);
	buf_print(&sql,
		"WITH said AS (SELECT * FROM json_populate_recordset(NULL::%s, $1)),"
		" gone AS (DELETE FROM %s r WHERE NOT EXISTS (SELECT FROM said s WHERE s = r)"
		" RETURNING 1)"
		" INSERT INTO %s SELECT s.* FROM said s, (SELECT count(*) FROM gone) AS after"
		" WHERE NOT EXISTS (SELECT FROM %s r WHERE r = s)",
		table, table, table, table);
	if (buf_ok(&sql)) {
		owned_result PGresult *result = migrate_query(run, table, sql.data, 1, &rows);
		done = result != NULL;
	}
	buf_release(&sql);
	return done;
}

static bool settle_all(struct migrate_run *run, void *context)
{
	const struct migrate_plan *plan = context;

	return attach_triggers(run) && replace_rows(run, "common.step", plan->steps) &&
	       replace_rows(run, "common.event", plan->events) &&
	       replace_rows(run, "common.task_kind", plan->task_kinds) &&
	       replace_rows(run, "common.segment", plan->segments) &&
	       replace_rows(run, "common.catalogue", plan->catalogue) &&
	       replace_rows(run, "common.message", plan->messages) &&
	       replace_rows(run, "common.person_field", plan->person_fields) &&
	       replace_rows(run, "common.viewer", plan->viewers) &&
	       set(run, "environment", plan->environment) &&
	       (!plan->portal_links || set(run, "portal_links", plan->portal_links)) &&
	       (!plan->person_limits || set(run, "person_limits", plan->person_limits));
}

/* Writes life cycles, events, kinds of tasks, the environment, the portal's addresses and the
 * limits, and attaches audit triggers to tables that lack them. */
static bool settle(struct migrate_run *run)
{
	struct migrate_plan plan = *run->plan;
	bool there;

	if (!migrate_exists(run, "to_regclass('common.setting')", &there))
		return false;
	return !there || migrate_transact(run, "migrate", settle_all, &plan);
}

/* Reports one line for each index whose collation has changed. Before the objects exist there is no
 * function to ask. */
static bool tell_collations(struct migrate_run *run)
{
	bool there;

	if (!migrate_exists(run, "to_regprocedure('common.changed_collations()')", &there))
		return false;
	if (!there)
		return true;
	owned_result PGresult *lines = migrate_query(
		run, "migrate", "SELECT * FROM common.changed_collations()", 0, NULL);
	for (int i = 0; lines && i < PQntuples(lines); i++)
		fprintf(run->out, "%s\n", PQgetvalue(lines, i, 0));
	return lines != NULL;
}

static bool apply_all(struct migrate_run *run)
{
	int last = (int)run->files.count - 1;
	int done = 0;

	if (run->plan->to_module) {
		last = migration_files_find(
			&run->files, run->plan->to_module, run->plan->to_number);
		if (last < 0) {
			buf_print(run->faults, "there is no migration %s/%d\n",
				run->plan->to_module, run->plan->to_number);
			return false;
		}
	}
	for (int i = 0; i <= last; i++) {
		if (run->applied[i])
			continue;
		if (!apply(run, &run->files.files[i]))
			return false;
		done++;
	}
	/* if not all files are applied, the objects might not fit them */
	if (!run->plan->to_module && !migrate_objects_apply(run))
		return false;
	if (!settle(run) || !tell_collations(run))
		return false;
	fprintf(run->out, "%d applied, %d were there already\n", done, last + 1 - done);
	return true;
}

static bool tell_status(struct migrate_run *run)
{
	bool due[MIGRATION_MODULES];

	for (size_t i = 0; i < run->files.count; i++)
		fprintf(run->out, "%-8s %s/%s\n", run->applied[i] ? "applied" : "waits",
			run->files.files[i].module, run->files.files[i].name);
	if (!migrate_objects_due(run, due))
		return false;
	for (size_t i = 0; i < MIGRATION_MODULES; i++) {
		if (run->files.objects[i].statements.count > 0)
			fprintf(run->out, "%-8s %s/objects\n", due[i] ? "waits" : "applied",
				run->files.objects[i].module);
	}
	return tell_collations(run);
}

bool migrate_run(const struct migrate_plan *plan, FILE *out, struct buf *faults)
{
	struct migrate_run run = { .plan = plan, .out = out, .faults = faults };
	bool good = migration_files_read(plan->dir, faults, &run.files);

	if (good) {
		run.applied = calloc(run.files.count, sizeof *run.applied);
		good = run.applied && connect_and_lock(&run) && read_applied(&run);
	}
	if (good && plan->status)
		good = tell_status(&run);
	else if (good)
		good = apply_all(&run);
	if (run.pg)
		PQfinish(run.pg);
	free(run.applied);
	migration_files_release(&run.files);
	return good;
}
