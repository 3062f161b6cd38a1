/*
 * snapshot_job.h - takes snapshots: of each programme and of the company on the first of a month, of a
 * programme also when it is closed or a coordinator asks. Each report is stored in a transaction of its
 * own, so killing the job loses nothing, and a second instance does nothing twice.
 */
#ifndef UPWARD_EVALUATION_SNAPSHOT_JOB_H
#define UPWARD_EVALUATION_SNAPSHOT_JOB_H

#include "events/worker.h"

bool snapshot_job_run(struct service_state *service, struct db_session *w);

#endif
