/*
 * delegate_job.h - a job that deletes delegations whose last day has passed. They have already
 * ended; the job only removes the record.
 */
#ifndef UPWARD_PROFILES_DELEGATE_JOB_H
#define UPWARD_PROFILES_DELEGATE_JOB_H

#include "events/worker.h"

bool delegate_job_run(struct service_state *service, struct db_session *w);

#endif
