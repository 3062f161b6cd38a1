/*
 * release_job.h - releases the feedback of a programme in one batch when its window has closed, and the
 * answers to surveys when a wave is over. Each statement finds its own work, so killing it loses nothing
 * and two instances do nothing twice.
 */
#ifndef UPWARD_EVALUATION_RELEASE_JOB_H
#define UPWARD_EVALUATION_RELEASE_JOB_H

#include "events/worker.h"

bool release_job_run(struct service_state *service, struct db_session *w);

#endif
