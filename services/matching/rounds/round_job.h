/*
 * round_job.h - the background job that runs rounds: loads the people, lets the engine solve,
 * stores what it found in one transaction. A stop gives the round back, in whatever phase it is,
 * and the next instance takes it at once; killed at any moment, it runs again once its lease has
 * run out (round_lease.h), three times at most; cancelled, it stops within a second.
 */
#ifndef UPWARD_MATCHING_ROUND_JOB_H
#define UPWARD_MATCHING_ROUND_JOB_H

#include "events/worker.h"

bool round_job_run(struct service_state *service, struct db_session *w);

#endif
