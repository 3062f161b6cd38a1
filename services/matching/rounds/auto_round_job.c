#include "matching/rounds/auto_round_job.h"

#include "gen/matching/statements.h"

bool auto_round_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_auto_round_start);
}
