/*
 * token_revocation_job.h - deletes revocations once every token they could match has expired.
 */
#ifndef UPWARD_PROFILES_TOKEN_REVOCATION_JOB_H
#define UPWARD_PROFILES_TOKEN_REVOCATION_JOB_H

#include "events/worker.h"

bool token_revocation_job_run(struct service_state *service, struct db_session *w);

#endif
