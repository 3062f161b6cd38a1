#include "scheduling/sessions/exception_job.h"

#include "gen/scheduling/statements.h"
#include "ops/log.h"

bool exception_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	struct step step = STEP(&stmt_exception_forget, NULL);
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	if (db_session_run(w, &step, &rows, &error) == DB_REFUSED)
		log_warning("tidy_refused", LOG_TEXT(LOG_STATEMENT, step.statement->name),
			LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
	return false;
}
