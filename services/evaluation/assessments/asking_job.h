/*
 * asking_job.h - says once, by event, that an assessment, feedback or the end of a goal has become due.
 * One statement finds its own work, so killing it loses nothing and two of them say nothing twice.
 */
#ifndef UPWARD_EVALUATION_ASKING_JOB_H
#define UPWARD_EVALUATION_ASKING_JOB_H

#include "events/worker.h"

bool asking_job_run(struct service_state *service, struct db_session *w);

#endif
