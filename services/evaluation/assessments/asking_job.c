#include "evaluation/assessments/asking_job.h"

#include "gen/evaluation/statements.h"

bool asking_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_asking_make) || job_run_statement(w, &stmt_asking_look);
}
