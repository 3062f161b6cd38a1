/*
 * import_job.h - the background job that checks and applies imports. Its state is the import's row:
 * killed at any moment, it goes on where it was once the lease (15 s) has run out; what an import that
 * is over has left is cleared when the job is idle. Before a key of sign-in changes hands it waits
 * until no service remembers the former holder by it.
 */
#ifndef UPWARD_PROFILES_IMPORT_JOB_H
#define UPWARD_PROFILES_IMPORT_JOB_H

#include "events/worker.h"

bool import_job_run(struct service_state *service, struct db_session *w);

#endif
