/*
 * disclosure_job.h - closes disclosures whose hour is over, upon which their authors are told, and drops those
 * that nobody approved. The statement finds its own work, so killing it loses nothing.
 */
#ifndef UPWARD_EVALUATION_DISCLOSURE_JOB_H
#define UPWARD_EVALUATION_DISCLOSURE_JOB_H

#include "events/worker.h"

bool disclosure_job_run(struct service_state *service, struct db_session *w);

#endif
