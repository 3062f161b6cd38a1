/*
 * auto_round_job.h - a job that starts due rounds of programmes whose rounds start by themselves.
 * One per call.
 */
#ifndef UPWARD_MATCHING_AUTO_ROUND_JOB_H
#define UPWARD_MATCHING_AUTO_ROUND_JOB_H

#include "events/worker.h"

bool auto_round_job_run(struct service_state *service, struct db_session *w);

#endif
