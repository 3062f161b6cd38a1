/*
 * round_job.h - the background job that runs rounds: loads the people, lets the engine solve,
 * stores what it found in one transaction. Killed at any moment, the round runs again once its
 * lease (60 s) has run out; cancelled, it stops within a second.
 */
#ifndef UPWARD_MATCHING_ROUND_JOB_H
#define UPWARD_MATCHING_ROUND_JOB_H

#include "events/worker.h"

bool round_job_run(struct service_state *service, struct db_worker *w);

#endif
