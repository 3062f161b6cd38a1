/*
 * import_job.h - the background job that checks and applies imports. Its state is the import's row:
 * if it is killed, it continues where it was once the lease (import_lease.h) has expired; data left over from
 * finished imports are deleted when the job is idle. Before a sign-in key changes hands it waits until
 * no service remembers the previous holder.
 */
#ifndef UPWARD_PROFILES_IMPORT_JOB_H
#define UPWARD_PROFILES_IMPORT_JOB_H

#include "events/worker.h"

bool import_job_run(struct service_state *service, struct db_session *w);

#endif
