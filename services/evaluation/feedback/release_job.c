#include "evaluation/feedback/release_job.h"

#include "gen/evaluation/statements.h"

bool release_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_feedback_release) ||
	       job_run_statement(w, &stmt_survey_release);
}
