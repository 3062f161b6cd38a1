/*
 * people_tidy_job.h - a job that deletes the results of old batches, and the records of keys given
 * up some time ago; and counts the words that many bear, when PostgreSQL has looked at people again.
 */
#ifndef UPWARD_PROFILES_PEOPLE_TIDY_JOB_H
#define UPWARD_PROFILES_PEOPLE_TIDY_JOB_H

#include "db/session.h"

struct service_state;

/* Returns whether there is more to do. */
CHECKED bool people_tidy_job_run(struct service_state *service, struct db_session *w);

#endif
