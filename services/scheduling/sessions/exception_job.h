/*
 * exception_job.h - a job that deletes exceptions to weekly hours once they are over. They have no
 * effect by then; the job only removes the record.
 */
#ifndef UPWARD_SCHEDULING_SESSIONS_EXCEPTION_JOB_H
#define UPWARD_SCHEDULING_SESSIONS_EXCEPTION_JOB_H

#include "events/worker.h"

bool exception_job_run(struct service_state *service, struct db_session *w);

#endif
