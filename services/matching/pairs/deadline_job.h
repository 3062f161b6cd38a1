/*
 * deadline_job.h - acts on deadlines that have passed: unanswered picks and unpicked shortlists
 * expire, suspended pairs end. One object per call, each in its own transaction.
 */
#ifndef UPWARD_MATCHING_DEADLINE_JOB_H
#define UPWARD_MATCHING_DEADLINE_JOB_H

#include "events/worker.h"

bool deadline_job_run(struct service_state *service, struct db_session *w);

/* Records which suspended pairs may continue, and notifies both partners. */
bool resumable_job_run(struct service_state *service, struct db_session *w);

#endif
