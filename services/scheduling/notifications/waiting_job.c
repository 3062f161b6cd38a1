#include "scheduling/notifications/waiting_job.h"

#include "gen/scheduling/statements.h"

bool waiting_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	bool some = job_run_statement(w, &stmt_session_lapse);
	some = job_run_statement(w, &stmt_session_unreported) || some;
	some = job_run_statement(w, &stmt_session_remind) || some;
	return job_run_statement(w, &stmt_reminder_make) || some;
}

bool nudge_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_nudge_make);
}
