/*
 * round_job.h - the background job that runs rounds: loads the people, runs the engine and stores
 * the result in one transaction. On a stop it gives the round back, in any phase, and the next
 * instance takes it at once. If it is killed, the round runs again once its lease has expired
 * (round_lease.h), at most three times. If the round is cancelled, it stops within a second.
 */
#ifndef UPWARD_MATCHING_ROUND_JOB_H
#define UPWARD_MATCHING_ROUND_JOB_H

#include "events/worker.h"

bool round_job_run(struct service_state *service, struct db_session *w);

#endif
