#include "scheduling/gatherings/gathering_job.h"

#include "gen/scheduling/statements.h"

bool gathering_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_gathering_end);
}

bool issue_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	job_run_statement(w, &stmt_issue_forget);
	return false; /* it returns a row in any case */
}
