/*
 * asking_job.h - sends one event when an assessment, feedback, the end of a goal or a survey becomes due.
 * The statements find their own work, so killing it loses nothing and two instances send nothing twice.
 */
#ifndef UPWARD_EVALUATION_ASKING_JOB_H
#define UPWARD_EVALUATION_ASKING_JOB_H

#include "events/worker.h"

bool asking_job_run(struct service_state *service, struct db_session *w);

#endif
