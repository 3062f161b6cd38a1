#include "profiles/import_job.h"

#include <string.h>

#include "base/str.h"
#include "gen/profiles/statements.h"
#include "profiles/import_file.h"

#define CHUNK_ROWS    "2000"
#define ATTEMPTS_MOST 5

/* One import in hand. */
struct work {
	struct db_worker *w;
	const char *id;
	bool skip_errors;
};

static enum db_outcome run(
	struct work *work, const struct statement *statement, const char *second, const char *third)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(statement, work->id, second, third);
	return db_worker_run(work->w, &step, &rows, &error);
}

/* Runs a statement that answers one number. */
static enum db_outcome run_count(struct work *work, const struct statement *statement,
	const char *second, int64_t *ret_count)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(statement, work->id, second);
	enum db_outcome outcome = db_worker_run(work->w, &step, &rows, &error);
	if (outcome != DB_DONE)
		return outcome;
	const char *text = db_rows_count(rows) == 1 ? db_value(rows, 0, 0) : NULL;
	if (!text || !str_to_i64(text, ret_count))
		*ret_count = 0;
	return DB_DONE;
}

/* Reads the file and sends rows and faults to the staging tables. */
static enum db_outcome stage(struct work *work, const char *text, size_t length, bool *ret_readable)
{
	struct import_file file;
	struct db_error error;
	char total[24];
	enum db_outcome outcome = DB_NO_MEMORY;
	if (!import_file_read(work->id, text, length, &file))
		goto out;
	*ret_readable = file.readable;
	outcome = run(work, &stmt_import_check_begin, NULL, NULL);
	if (outcome == DB_DONE && file.rows.len)
		outcome = db_worker_copy(
			work->w, &stmt_import_row_copy, file.rows.data, file.rows.len, &error);
	if (outcome == DB_DONE && file.faults.len)
		outcome = db_worker_copy(work->w, &stmt_import_fault_copy, file.faults.data,
			file.faults.len, &error);
	if (outcome == DB_DONE && file.readable) {
		snprintf(total, sizeof total, "%lld", (long long)file.row_count);
		outcome = run(work, &stmt_import_columns, file.columns.data, total);
	}
out:
	import_file_release(&file);
	return outcome;
}

/* Faulty rows are out, and whoever stands below a new person who is out. */
static enum db_outcome skip_faulty(struct work *work)
{
	int64_t more = 1;
	enum db_outcome outcome = DB_DONE;
	while (work->skip_errors && outcome == DB_DONE && more > 0)
		outcome = run_count(work, &stmt_import_skip_faulty, NULL, &more);
	return outcome;
}

static enum db_outcome check(struct work *work, const char *text, size_t length)
{
	static const struct statement *const keys[] = { &stmt_import_resolve_people,
		&stmt_import_fault_keys };
	static const struct statement *const lines[] = { &stmt_import_resolve_managers };
	static const struct statement *const tree[] = { &stmt_import_depths,
		&stmt_import_fault_cycles };
	static const struct {
		const struct statement *const *statements;
		size_t count;
	} stages[] = { { keys, COUNT(keys) }, { lines, COUNT(lines) }, { tree, COUNT(tree) } };
	bool readable = false;
	enum db_outcome outcome = stage(work, text, length, &readable);
	if (outcome == DB_DONE && !readable)
		return run(work, &stmt_import_fail, "faults", NULL);
	for (size_t i = 0; i < COUNT(stages) && outcome == DB_DONE; i++) {
		for (size_t k = 0; k < stages[i].count && outcome == DB_DONE; k++)
			outcome = run(work, stages[i].statements[k], NULL, NULL);
		if (outcome == DB_DONE)
			outcome = skip_faulty(work);
	}
	if (outcome == DB_DONE)
		outcome = run(work, &stmt_import_plan, NULL, NULL);
	if (outcome == DB_DONE)
		outcome = run(work, &stmt_import_check_end, NULL, NULL);
	return outcome;
}

static enum db_outcome apply(struct work *work)
{
	int64_t rows = 1, ended = 0;
	enum db_outcome outcome = DB_DONE;
	while (outcome == DB_DONE && rows > 0) {
		if (worker_stopping())
			return DB_DONE;
		outcome = run_count(work, &stmt_import_apply_chunk, CHUNK_ROWS, &rows);
	}
	if (outcome == DB_DONE)
		outcome = run_count(work, &stmt_import_apply_end, NULL, &ended);
	if (outcome == DB_DONE && ended == 0)
		outcome = run(work, &stmt_import_cancelled_counts, NULL, NULL);
	return outcome;
}

/* true while the import's check ended in applying */
static bool to_apply(struct work *work)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_import_status, work->id);
	return db_worker_run(work->w, &step, &rows, &error) == DB_DONE &&
	       db_rows_count(rows) == 1 && str_equal(db_value(rows, 0, 0), "applying");
}

bool import_job_run(struct service_state *service, struct db_worker *w)
{
	(void)service;
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step claim = STEP(&stmt_import_claim, NULL);
	int64_t attempts = 0;
	if (db_worker_run(w, &claim, &rows, &error) != DB_DONE || db_rows_count(rows) == 0)
		return false;
	struct work work = { .w = w,
		.id = db_value(rows, 0, 0),
		.skip_errors = str_equal(db_value(rows, 0, 3), "t") };
	const char *text = db_value(rows, 0, 5);
	enum db_outcome outcome = DB_DONE;
	if (!str_to_i64(db_value(rows, 0, 4), &attempts) || attempts > ATTEMPTS_MOST)
		return run(&work, &stmt_import_fail, "attempts", NULL) == DB_DONE;
	if (text)
		outcome = check(&work, text, db_length(rows, 0, 5));
	if (outcome == DB_DONE && to_apply(&work))
		outcome = apply(&work);
	if (outcome == DB_REFUSED)
		outcome = run(&work, &stmt_import_fail, "conflict", NULL);
	return outcome == DB_DONE;
}
