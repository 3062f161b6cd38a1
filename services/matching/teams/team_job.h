/*
 * team_job.h - a job that makes the teams that scheduling has asked for. One request per call.
 */
#ifndef UPWARD_MATCHING_TEAM_JOB_H
#define UPWARD_MATCHING_TEAM_JOB_H

#include "events/worker.h"

bool team_job_run(struct service_state *service, struct db_session *w);

#endif
