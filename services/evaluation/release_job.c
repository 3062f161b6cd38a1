#include "evaluation/release_job.h"

#include "gen/evaluation/statements.h"

bool release_job_run(struct service_state *service, struct db_worker *w)
{
	(void)service;
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_feedback_release, NULL);
	return db_worker_run(w, &step, &rows, &error) == DB_DONE && db_rows_count(rows) > 0;
}
