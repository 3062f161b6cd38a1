/*
 * waiting_job.h - acts on the passing of time: a session that nobody has reported becomes unreported and
 * both partners are asked; people who have not picked or answered are reminded. Each is one statement
 * that finds its own work, so killing it loses nothing and two instances do nothing twice.
 */
#ifndef UPWARD_SCHEDULING_WAITING_JOB_H
#define UPWARD_SCHEDULING_WAITING_JOB_H

#include "events/worker.h"

bool waiting_job_run(struct service_state *service, struct db_session *w);
/* Reminds pairs of their check-ins, and those that have lost their rhythm of meeting again. */
bool nudge_job_run(struct service_state *service, struct db_session *w);

#endif
