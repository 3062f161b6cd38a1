/*
 * mail_job.h - sends the mails in the queue scheduling.delivery. A message is claimed for five minutes,
 * sent, and marked before the next one: a kill loses nothing, and repeats at most the message that
 * the server was taking at that moment, with the same Message-ID. Several senders may run.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_MAIL_JOB_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_MAIL_JOB_H

#include "events/worker.h"

bool mail_job_run(struct service_state *service, struct db_session *w);
/* Deletes old rows of the log. */
bool delivery_tidy_run(struct service_state *service, struct db_session *w);

#endif
