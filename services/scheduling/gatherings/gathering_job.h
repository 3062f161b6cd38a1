/*
 * gathering_job.h - jobs that end gatherings and forget who has used the issue box.
 */
#ifndef UPWARD_SCHEDULING_GATHERING_JOB_H
#define UPWARD_SCHEDULING_GATHERING_JOB_H

#include "events/worker.h"

bool gathering_job_run(struct service_state *service, struct db_session *w);
bool issue_job_run(struct service_state *service, struct db_session *w);

#endif
