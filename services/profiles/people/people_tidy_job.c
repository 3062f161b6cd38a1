#include "profiles/people/people_tidy_job.h"

#include "events/worker.h"
#include "gen/profiles/statements.h"

bool people_tidy_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	/* what fails is done by the next run, which comes soon */
	(void)job_run_statement(w, &stmt_people_tidy);
	(void)job_run_statement(w, &stmt_people_count);
	return false;
}
