#include "matching/deadline_job.h"

#include "base/id.h"
#include "gen/matching/statements.h"

/* Runs a statement that ends one object and gives its id; *ret_found when there was one. */
static enum db_outcome end_one(struct db_worker *w, const struct statement *statement,
	struct db_rows **ret_rows, bool *ret_found)
{
	struct db_error error;
	const struct step step = STEP(statement, NULL);
	enum db_outcome outcome = db_worker_run(w, &step, ret_rows, &error);
	*ret_found = outcome == DB_DONE && db_rows_count(*ret_rows) > 0;
	return outcome;
}

/* An expired pick and the mentee's fresh three belong together. */
static bool expire_pair(struct db_worker *w)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	owned_rows struct db_rows *fresh_rows = NULL;
	bool found = false;
	if (db_worker_begin(w, &error) != DB_DONE)
		return false;
	enum db_outcome outcome = end_one(w, &stmt_pair_expire, &rows, &found);
	if (found) {
		const struct id fresh = id_v7();
		const struct step step = STEP(&stmt_pair_fresh, db_value(rows, 0, 0), fresh.text);
		outcome = db_worker_run(w, &step, &fresh_rows, &error);
	}
	if (outcome != DB_DONE || db_worker_commit(w, &error) != DB_DONE) {
		db_worker_rollback(w);
		return false;
	}
	return found;
}

static bool end_simple(struct db_worker *w, const struct statement *statement)
{
	owned_rows struct db_rows *rows = NULL;
	bool found = false;
	return end_one(w, statement, &rows, &found) == DB_DONE && found;
}

bool deadline_job_run(struct service_state *service, struct db_worker *w)
{
	(void)service;
	bool some = expire_pair(w);
	some = end_simple(w, &stmt_shortlist_expire) || some;
	some = end_simple(w, &stmt_enrolment_resume_due) || some;
	return end_simple(w, &stmt_pair_suspension_end) || some;
}
