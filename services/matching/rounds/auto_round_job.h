/*
 * auto_round_job.h - starts the round of a programme whose rounds start by themselves, when one is
 * due. One per call.
 */
#ifndef UPWARD_MATCHING_AUTO_ROUND_JOB_H
#define UPWARD_MATCHING_AUTO_ROUND_JOB_H

#include "events/worker.h"

bool auto_round_job_run(struct service_state *service, struct db_session *w);

#endif
