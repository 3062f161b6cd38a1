#include "matching/pairs/deadline_job.h"

#include "base/id.h"
#include "gen/matching/statements.h"

/* Expires a pick and opens the mentee's replacement shortlist in one transaction. */
static bool expire_pair(struct db_session *w)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	owned_rows struct db_rows *list = NULL;
	bool found = false;
	if (db_session_begin(w, &error) != DB_DONE)
		return false;
	const struct step expire = STEP(&stmt_pair_expire, NULL);
	enum db_outcome outcome = db_session_run(w, &expire, &rows, &error);
	found = outcome == DB_DONE && db_rows_count(rows) > 0;
	if (found) {
		const struct id new_id = id_v7();
		const struct step step = STEP(
			&stmt_pair_replace, db_value(rows, 0, 0), new_id.text);
		outcome = db_session_run(w, &step, &list, &error);
	}
	if (outcome != DB_DONE || db_session_commit(w, &error) != DB_DONE) {
		db_session_rollback(w);
		return false;
	}
	return found;
}

/* Checks every suspended pair, so it runs less often than the other deadlines. Also deletes old
 * outcomes of batches, which is not urgent. */
bool resumable_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	(void)job_run_statement(w, &stmt_enrolment_batch_tidy);
	return job_run_statement(w, &stmt_pair_resumable);
}

bool deadline_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	bool some = expire_pair(w);
	some = job_run_statement(w, &stmt_shortlist_expire) || some;
	some = job_run_statement(w, &stmt_enrolment_resume_due) || some;
	some = job_run_statement(w, &stmt_programme_wind_down) || some;
	some = job_run_statement(w, &stmt_round_publish_more) || some;
	some = job_run_statement(w, &stmt_round_take_back_more) || some;
	some = job_run_statement(w, &stmt_round_forget) || some;
	return job_run_statement(w, &stmt_pair_suspension_end) || some;
}
