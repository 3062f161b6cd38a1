#include "profiles/people/people_tidy_job.h"

#include "gen/profiles/statements.h"

bool people_tidy_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step tidy = STEP(&stmt_people_tidy, NULL);
	enum db_outcome outcome = db_session_run(w, &tidy, &rows, &error);
	(void)outcome; /* the next run comes soon */
	return false;
}
