#include "scheduling/waiting_job.h"

#include "gen/scheduling/statements.h"

static bool run_some(struct db_worker *w, const struct statement *statement)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(statement, NULL);
	return db_worker_run(w, &step, &rows, &error) == DB_DONE && db_rows_count(rows) > 0;
}

bool waiting_job_run(struct service_state *service, struct db_worker *w)
{
	(void)service;
	bool some = run_some(w, &stmt_session_unreported);
	return run_some(w, &stmt_reminder_make) || some;
}
