/*
 * waiting_job.h - what comes of time that has passed: a meeting without a word becomes unreported
 * and both are asked; who has not picked or answered is reminded. Each is one statement that finds
 * its own work, so killing it loses nothing and two of them do nothing twice.
 */
#ifndef UPWARD_SCHEDULING_WAITING_JOB_H
#define UPWARD_SCHEDULING_WAITING_JOB_H

#include "events/worker.h"

bool waiting_job_run(struct service_state *service, struct db_session *w);

#endif
