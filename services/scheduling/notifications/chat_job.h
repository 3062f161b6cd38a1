/*
 * chat_job.h - posts the messages of the queue scheduling.delivery that go to chat channels. A channel
 * that cannot be reached lets the others go first; one that no longer exists is closed.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_CHAT_JOB_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_CHAT_JOB_H

#include "events/worker.h"

bool chat_job_run(struct service_state *service, struct db_session *w);

#endif
