/*
 * deadline_job.h - what happens when a time has passed: unanswered picks and unpicked shortlists
 * expire, suspended pairs end. One object a call, each its own transaction.
 */
#ifndef UPWARD_MATCHING_DEADLINE_JOB_H
#define UPWARD_MATCHING_DEADLINE_JOB_H

#include "events/worker.h"

bool deadline_job_run(struct service_state *service, struct db_session *w);

/* Notes which of the pairs that rest may go on, and tells the two. */
bool rest_job_run(struct service_state *service, struct db_session *w);

#endif
