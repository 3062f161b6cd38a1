#include "db/migrate.h"

#include <libpq-fe.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/str.h"
#include "db/migration_files.h"

struct run {
	const struct migrate_plan *plan;
	struct migration_files files;
	PGconn *pg;
	FILE *out;
	struct buf *faults;
	bool *applied; /* by position in files */
};

static void cleanup_result(PGresult **result)
{
	PQclear(*result);
}
#define owned_result owned(cleanup_result)

/* The line of a statement text on which the server found fault, 0 when it does not say. */
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

/* Says what the server refused, under the name of what was tried. */
static void say_refusal(struct run *run, const PGresult *result, const char *what, const char *sql)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	int line = line_of(result, sql);

	buf_text(run->faults, what);
	if (line > 0)
		buf_print(run->faults, ":%d", line);
	buf_print(run->faults, ": %s (%s)\n", message ? message : "the connection was lost",
		state ? state : "08006");
}

static bool execute(struct run *run, const char *what, const char *sql)
{
	owned_result PGresult *result = PQexec(run->pg, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return true;
	say_refusal(run, result, what, sql);
	return false;
}

/* Rows (owned) of a query with text parameters; NULL with the fault said. */
static PGresult *query(
	struct run *run, const char *what, const char *sql, int count, const char *const *values)
{
	PGresult *result = PQexecParams(run->pg, sql, count, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
		return result;
	say_refusal(run, result, what, sql);
	PQclear(result);
	return NULL;
}

/* Is the object there? The expression is NULL when not. */
static bool exists(struct run *run, const char *expression, bool *ret_exists)
{
	struct buf sql = BUF_INIT(256);

	buf_print(&sql, "SELECT %s IS NOT NULL", expression);
	owned_result PGresult *rows = buf_ok(&sql) ? query(run, "migrate", sql.data, 0, NULL)
						   : NULL;
	buf_release(&sql);
	if (!rows)
		return false;
	*ret_exists = PQgetvalue(rows, 0, 0)[0] == 't';
	return true;
}

static bool connect_and_lock(struct run *run)
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

/* One applied migration against the files: it must be there, unchanged. */
static void compare(struct run *run, const PGresult *rows, int row)
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

static bool read_applied(struct run *run)
{
	size_t before = run->faults->len;
	bool there;

	if (!exists(run, "to_regclass('common.migration')", &there))
		return false;
	if (!there)
		return true;
	owned_result PGresult *rows = query(run, "migrate",
		"SELECT module, number, name, checksum FROM common.migration ORDER BY applied_at, "
		"module, number",
		0, NULL);
	for (int row = 0; rows && row < PQntuples(rows); row++)
		compare(run, rows, row);
	return rows && run->faults->len == before;
}

/* Attaches the triggers of audit and If-Match to tables that lack them, inside the open
 * transaction.
 */
static bool attach_triggers(struct run *run)
{
	bool there;

	if (!exists(run, "to_regprocedure('common.attach_audit()')", &there))
		return false;
	if (!there)
		return true;
	owned_result PGresult *rows = query(run, "audit", "SELECT common.attach_audit()", 0, NULL);
	for (int row = 0; rows && row < PQntuples(rows); row++)
		fprintf(run->out, "  audited: %s\n", PQgetvalue(rows, row, 0));
	return rows && execute(run, "if_match", "SELECT common.attach_if_match()");
}

static bool record(struct run *run, const struct migration_file *file)
{
	char number[16];
	const char *values[] = { file->module, number, file->name, file->checksum };

	snprintf(number, sizeof number, "%d", file->number);
	owned_result PGresult *done = query(run, file->name,
		"INSERT INTO common.migration (module, number, name, checksum) VALUES ($1, "
		"$2::int, $3, $4)",
		COUNT(values), values);
	return done != NULL;
}

static bool apply(struct run *run, const struct migration_file *file)
{
	uint64_t began = clock_monotonic_us();
	struct buf what = BUF_INIT(256);

	buf_print(&what, "%s/%s", file->module, file->name);
	if (!buf_ok(&what))
		return false;
	bool done = execute(run, what.data, "BEGIN; SET LOCAL ROLE owner") &&
		    execute(run, what.data, file->text);
	if (done && PQtransactionStatus(run->pg) != PQTRANS_INTRANS) {
		buf_print(run->faults, "%s ended its own transaction\n", what.data);
		done = false;
	}
	done = done && execute(run, what.data, "SET LOCAL ROLE owner") && attach_triggers(run) &&
	       record(run, file) && execute(run, what.data, "COMMIT");
	if (done)
		fprintf(run->out, "%s applied in %llu ms\n", what.data,
			(unsigned long long)((clock_monotonic_us() - began) / 1000));
	fflush(run->out);
	buf_release(&what);
	return done;
}

static bool set(struct run *run, const char *name, const char *value)
{
	const char *values[] = { name, value };
	owned_result PGresult *done = query(run, "migrate",
		"INSERT INTO common.setting (name, value) VALUES ($1, $2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		COUNT(values), values);
	return done != NULL;
}

/* Rows that the build makes, as a JSON array, take the place of those of the last release. */
static bool replace_rows(struct run *run, const char *table, const char *rows)
{
	struct buf sql = BUF_INIT(1024);
	bool there = false, done = false;

	buf_print(&sql, "to_regclass('%s')", table);
	if (!rows || (buf_ok(&sql) && exists(run, sql.data, &there) && !there)) {
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
		owned_result PGresult *result = query(run, table, sql.data, 1, &rows);
		done = result != NULL;
	}
	buf_release(&sql);
	return done;
}

/* Life cycles and events, the environment, the portal's addresses, the limits, and audit triggers
 * on whatever lacks them.
 */
static bool settle(struct run *run)
{
	const struct migrate_plan *plan = run->plan;
	bool there;

	if (!exists(run, "to_regclass('common.setting')", &there))
		return false;
	if (!there)
		return true;
	return execute(run, "migrate", "BEGIN; SET LOCAL ROLE owner") && attach_triggers(run) &&
	       replace_rows(run, "common.step", plan->steps) &&
	       replace_rows(run, "common.event", plan->events) &&
	       set(run, "environment", plan->environment) &&
	       (!plan->portal_links || set(run, "portal_links", plan->portal_links)) &&
	       (!plan->person_limits || set(run, "person_limits", plan->person_limits)) &&
	       execute(run, "migrate", "COMMIT");
}

static bool apply_all(struct run *run)
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
	if (!settle(run))
		return false;
	fprintf(run->out, "%d applied, %d were there already\n", done, last + 1 - done);
	return true;
}

static void tell_status(struct run *run)
{
	for (size_t i = 0; i < run->files.count; i++)
		fprintf(run->out, "%-8s %s/%s\n", run->applied[i] ? "applied" : "waits",
			run->files.files[i].module, run->files.files[i].name);
}

bool migrate_run(const struct migrate_plan *plan, FILE *out, struct buf *faults)
{
	struct run run = { .plan = plan, .out = out, .faults = faults };
	bool good = migration_files_read(plan->dir, faults, &run.files);

	if (good) {
		run.applied = calloc(run.files.count, sizeof *run.applied);
		good = run.applied && connect_and_lock(&run) && read_applied(&run);
	}
	if (good && plan->status)
		tell_status(&run);
	else if (good)
		good = apply_all(&run);
	if (run.pg)
		PQfinish(run.pg);
	free(run.applied);
	migration_files_release(&run.files);
	return good;
}
