#include "profiles/identity/token_revocation_job.h"

#include <stdio.h>
#include "gen/profiles/statements.h"
#include "http/state.h"
#include "ops/config.h"
#include "ops/log.h"

bool token_revocation_job_run(struct service_state *service, struct db_session *w)
{
	char life[16];
	snprintf(life, sizeof life, "%d", config_int(service->config, "TOKEN_LIFE"));
	struct step step = STEP(&stmt_token_revocation_forget, life);
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	if (db_session_run(w, &step, &rows, &error) == DB_REFUSED)
		log_warning("tidy_refused", LOG_TEXT(LOG_STATEMENT, step.statement->name),
			LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
	return false;
}
