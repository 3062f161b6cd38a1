#include "profiles/imports/import_job.h"

#include <stdio.h>
#include <string.h>

#include "auth/principal.h"
#include "base/clock.h"
#include "base/str.h"
#include "gen/profiles/statements.h"
#include "profiles/employee_file/file.h"
#include "profiles/imports/import_lease.h"
#include "profiles/imports/import_plan.h"

#define CHUNK_STEPS     "2000"
#define CHUNK_WITH_SETS "1000" /* each with some ten rows more */
#define ATTEMPTS_MOST   5
#define STATISTICS_ROWS 500 /* with fewer the planner needs no statistics */
/* Until every service has forgotten the former holder of a key that is now on hold. */
#define HOLD_MS        (PRINCIPAL_LIFE_MS + 500)
#define SWEEP_EVERY_US 10000000

static enum db_outcome store(struct import_work *work, const struct import_file *file)
{
	char total[24], outside[24];
	enum db_outcome outcome = DB_DONE;
	if (file->rows.len)
		outcome = db_session_copy(work->w, &stmt_import_row_copy, file->rows.data,
			file->rows.len, &work->error);
	if (outcome == DB_DONE && file->faults.len)
		outcome = db_session_copy(work->w, &stmt_import_fault_copy, file->faults.data,
			file->faults.len, &work->error);
	if (outcome == DB_DONE && file->readable) {
		snprintf(total, sizeof total, "%lld", (long long)file->row_count);
		snprintf(outside, sizeof outside, "%lld", (long long)file->out_of_scope);
		const struct step step = STEP(&stmt_import_columns, work->id, file->columns.data,
			total, outside, file->headers.data, file->unknown_values.data);
		owned_rows struct db_rows *rows = NULL;
		outcome = db_session_run(work->w, &step, &rows, &work->error);
	}
	if (outcome == DB_DONE && file->suggestion.len)
		outcome = import_run(work, &stmt_import_suggest, file->suggestion.data, NULL);
	return outcome;
}

/* Sends rows and faults to the staging tables in one transaction, so that a process that has lost
 * the lease stores nothing. *ret_mine: the lease still holds. */
static enum db_outcome store_once(
	struct import_work *work, const struct import_file *file, bool *ret_mine)
{
	int64_t mine = 0;
	enum db_outcome outcome = db_session_begin(work->w, &work->error);
	if (outcome != DB_DONE)
		return outcome;
	outcome = import_run_count(work, &stmt_import_check_begin, work->lease, NULL, &mine);
	*ret_mine = mine > 0;
	if (outcome == DB_DONE && mine > 0)
		outcome = store(work, file);
	if (outcome == DB_DONE)
		outcome = db_session_commit(work->w, &work->error);
	if (outcome != DB_DONE)
		db_session_rollback(work->w);
	return outcome;
}

/* Reads and stores the file; *ret_rows is left unchanged if the header is faulty. */
static enum db_outcome stage(struct import_work *work, const char *text, size_t length,
	int64_t *ret_rows, bool *ret_mine)
{
	struct import_file file;
	enum db_outcome outcome = DB_NO_MEMORY;
	if (import_file_read(work->id, work->mapping, text, length, &file)) {
		work->dated = import_file_has(&file, "active_") ||
			      import_file_has(&file, "on_leave_");
		work->skilled = import_file_has(&file, "skills");
		work->with_sets = work->skilled || import_file_has(&file, "interests") ||
				  import_file_has(&file, "languages");
		if (file.readable)
			*ret_rows = file.row_count;
		work->faulty = file.fault_count > 0;
		outcome = store_once(work, &file, ret_mine);
	}
	import_file_release(&file);
	return outcome;
}

/* Finds everything that is wrong between the rows, and between them and known people, whether or
 * not their cells are valid; then marks the rows to skip. */
static enum db_outcome find_faults(struct import_work *work)
{
	static const struct statement *const faults[] = { &stmt_import_fault_taken,
		&stmt_import_fault_spelling, &stmt_import_fault_twice,
		&stmt_import_fault_managers };
	int64_t unknown = 0;
	enum db_outcome outcome = DB_DONE;
	if (work->dated)
		outcome = import_run(work, &stmt_import_complete_dates, NULL, NULL);
	if (work->dated && outcome == DB_DONE)
		outcome = import_run(work, &stmt_import_settle_dates, NULL, NULL);
	for (size_t i = 0; i < COUNT(faults) && outcome == DB_DONE; i++)
		outcome = import_run(work, faults[i], NULL, NULL);
	if (outcome == DB_DONE && work->skilled)
		outcome = import_run_count(work, &stmt_import_fault_skills, NULL, NULL, &unknown);
	if (outcome == DB_DONE && work->skilled)
		outcome = import_run(work, &stmt_import_settle_skills, NULL, NULL);
	work->faulty = work->faulty || unknown > 0;
	if (outcome == DB_DONE && work->mapping->level_by_depth)
		outcome = import_run(work, &stmt_import_levels, NULL, NULL);
	return outcome == DB_DONE ? import_skip_faulty(work) : outcome;
}

/* Lifts the hold on keys that was placed by imports that have ended. */
static enum db_outcome release(struct import_work *work)
{
	int64_t freed = 1;
	enum db_outcome outcome = DB_DONE;
	while (outcome == DB_DONE && freed > 0) {
		owned_rows struct db_rows *rows = NULL;
		const struct step step = STEP(&stmt_import_release, CHUNK_STEPS);
		outcome = db_session_run(work->w, &step, &rows, &work->error);
		if (outcome == DB_DONE && !str_to_i64(db_value(rows, 0, 0), &freed))
			freed = 0;
	}
	return outcome;
}

static enum db_outcome check(struct import_work *work, const char *text, size_t length)
{
	owned_rows struct db_rows *rows = NULL;
	int64_t rows_staged = -1;
	bool mine = false;
	enum db_outcome outcome = release(work);
	if (outcome == DB_DONE)
		outcome = stage(work, text, length, &rows_staged, &mine);
	if (outcome == DB_DONE && !mine)
		return DB_DONE;
	if (outcome == DB_DONE && rows_staged < 0)
		return import_run(work, &stmt_import_reject, work->lease, NULL);
	if (outcome == DB_DONE && rows_staged >= STATISTICS_ROWS)
		outcome = db_session_run(
			work->w, &STEP(&stmt_import_statistics, NULL), &rows, &work->error);
	if (outcome == DB_DONE)
		outcome = find_faults(work);
	if (outcome == DB_DONE)
		outcome = import_plan(work);
	if (outcome == DB_DONE)
		outcome = import_run(work, &stmt_import_handover, NULL, NULL);
	if (outcome == DB_DONE)
		outcome = import_run(work, &stmt_import_step_rekeys, NULL, NULL);
	if (outcome == DB_DONE)
		outcome = import_run(work, &stmt_import_check_end, work->lease, NULL);
	return outcome;
}

static bool has_status(struct import_work *work, const char *status)
{
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_import_status, work->id, work->lease);
	return db_session_run(work->w, &step, &rows, &work->error) == DB_DONE &&
	       db_rows_count(rows) == 1 && str_equal(db_value(rows, 0, 0), status);
}

/* Before keys change hands: puts their former and future holders on hold, and waits until no
 * service remembers any of them by these keys. So a key never opens its former holder's account
 * after the change is committed. Costs nothing if no key changes hands. */
static enum db_outcome hold(struct import_work *work)
{
	char after[24] = "0";
	int64_t last = 0;
	bool any = false;
	do {
		owned_rows struct db_rows *rows = NULL;
		const struct step step = STEP(
			&stmt_import_hold, work->id, work->lease, after, CHUNK_STEPS);
		enum db_outcome outcome = db_session_run(work->w, &step, &rows, &work->error);
		if (outcome != DB_DONE)
			return outcome;
		if (!str_to_i64(db_value(rows, 0, 0), &last))
			last = 0;
		any = any || last > 0;
		snprintf(after, sizeof after, "%lld", (long long)last);
	} while (last > 0 && !worker_stopping());
	if (any)
		worker_pause(HOLD_MS);
	return DB_DONE;
}

/* Applies the next steps and, if the file has any, the sets of the people concerned, in one
 * transaction. */
static enum db_outcome apply_chunk(struct import_work *work, int64_t *ret_steps)
{
	char count[24];
	if (!work->with_sets)
		return import_run_count(
			work, &stmt_import_apply_chunk, work->lease, CHUNK_STEPS, ret_steps);
	enum db_outcome outcome = db_session_begin(work->w, &work->error);
	if (outcome != DB_DONE)
		return outcome;
	outcome = import_run_count(
		work, &stmt_import_apply_chunk, work->lease, CHUNK_WITH_SETS, ret_steps);
	snprintf(count, sizeof count, "%lld", (long long)*ret_steps);
	if (outcome == DB_DONE && *ret_steps > 0)
		outcome = import_run(work, &stmt_import_apply_sets, count, NULL);
	if (outcome == DB_DONE)
		outcome = db_session_commit(work->w, &work->error);
	if (outcome != DB_DONE)
		db_session_rollback(work->w);
	return outcome;
}

static enum db_outcome apply(struct import_work *work)
{
	int64_t steps = 1, applied = 0;
	owned_rows struct db_rows *rows = NULL;
	enum db_outcome outcome = hold(work);
	while (outcome == DB_DONE && steps > 0) {
		if (worker_stopping())
			return DB_DONE;
		outcome = apply_chunk(work, &steps);
		applied += steps;
	}
	if (outcome == DB_DONE)
		outcome = import_run(work, &stmt_import_apply_end, work->lease, NULL);
	if (outcome == DB_DONE && applied >= STATISTICS_ROWS)
		outcome = db_session_run(
			work->w, &STEP(&stmt_import_people_statistics, NULL), &rows, &work->error);
	return outcome;
}

/* Does the next piece of work for a claimed import. */
static enum db_outcome work_on(struct import_work *work, const struct db_rows *claimed)
{
	int64_t attempts = 0;
	const char *text = db_value(claimed, 0, 5);
	struct mapping mapping;
	enum db_outcome outcome = DB_DONE;
	if (!str_to_i64(db_value(claimed, 0, 4), &attempts) || attempts > ATTEMPTS_MOST)
		return import_run(work, &stmt_import_fail, work->lease, "attempts");
	work->with_sets = str_equal(db_value(claimed, 0, 7), "t");
	work->mapping = &mapping;
	if (text)
		outcome = mapping_read(db_value(claimed, 0, 6), &mapping)
				  ? check(work, text, db_length(claimed, 0, 5))
				  : DB_NO_MEMORY;
	if (text)
		mapping_release(&mapping);
	work->mapping = NULL;
	if (outcome == DB_DONE && has_status(work, "applying"))
		outcome = apply(work);
	return outcome;
}

/* Removes what finished imports left behind: keys on hold and staged rows. First expires imports
 * that nobody has confirmed. */
static bool sweep(struct import_work *work)
{
	owned_rows struct db_rows *rows = NULL;
	(void)job_run_statement(work->w, &stmt_import_expire);
	const struct step clear = STEP(&stmt_import_staging_clear, NULL);
	return release(work) == DB_DONE &&
	       db_session_run(work->w, &clear, &rows, &work->error) == DB_DONE;
}

/* Sweeps from time to time, because a process may have been killed before it could. */
static void sweep_after_others(struct import_work *work)
{
	static uint64_t swept_at; /* used only by this job's single thread */
	uint64_t now = clock_monotonic_us();
	if (now - swept_at >= SWEEP_EVERY_US && sweep(work))
		swept_at = now;
}

/* A constraint or rule refused it and will refuse it again; other errors may pass. */
static bool is_final(const struct db_error *error)
{
	return strncmp(error->sqlstate, "23", 2) == 0 || strncmp(error->sqlstate, "22", 2) == 0 ||
	       strncmp(error->sqlstate, "UP", 2) == 0;
}

bool import_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	struct import_work work = { .w = w };
	owned_rows struct db_rows *rows = NULL;
	const struct step claim = STEP(&stmt_import_claim, NULL);
	if (db_session_run(w, &claim, &rows, &work.error) != DB_DONE)
		return false;
	if (db_rows_count(rows) == 0) {
		sweep_after_others(&work);
		return false;
	}
	work.id = db_value(rows, 0, 0);
	work.lease = db_value(rows, 0, 2);
	work.skip_errors = str_equal(db_value(rows, 0, 3), "t");
	import_lease_keep(work.id, work.lease);
	enum db_outcome outcome = work_on(&work, rows);
	import_lease_drop();
	if (outcome == DB_REFUSED && is_final(&work.error))
		outcome = import_run(&work, &stmt_import_fail, work.lease, "conflict");
	if (outcome == DB_DONE && !has_status(&work, "applying"))
		return sweep(&work);
	outcome = import_run(&work, &stmt_import_lay_down, work.lease, NULL);
	(void)outcome; /* if this fails too, the lease will expire */
	return false;
}
