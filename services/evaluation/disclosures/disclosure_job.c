#include "evaluation/disclosures/disclosure_job.h"

#include "gen/evaluation/statements.h"

bool disclosure_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_disclosure_end);
}
