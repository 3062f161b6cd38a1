/*
 * clock_job.h - a job that keeps meetings at their time of day when a new release of the tz database
 * changes the rules of their zone. It looks at all that is ahead once after a start, and again
 * whenever the database on disk has been replaced. A meeting is moved once, by its life cycle: what
 * its start was computed with is stored with it.
 */
#ifndef UPWARD_SCHEDULING_SESSIONS_CLOCK_JOB_H
#define UPWARD_SCHEDULING_SESSIONS_CLOCK_JOB_H

#include "events/worker.h"

bool clock_job_run(struct service_state *service, struct db_session *w);

#endif
