/*
 * busy_calendar_job.h - a job that fetches people's busy calendars when they are due, and deletes busy times
 * that are over. Each calendar is claimed for five minutes, so a killed job only delays it.
 */
#ifndef UPWARD_SCHEDULING_FEEDS_BUSY_CALENDAR_JOB_H
#define UPWARD_SCHEDULING_FEEDS_BUSY_CALENDAR_JOB_H

#include "events/worker.h"

bool busy_calendar_job_run(struct service_state *service, struct db_session *w);
bool busy_window_job_run(struct service_state *service, struct db_session *w);

#endif
