/*
 * queue.h - what all senders of scheduling.delivery do with it. A message is claimed for five minutes of real time, sent, and
 * marked before the next one: a kill loses nothing, and repeats at most the message that was being taken at that
 * moment. Several senders may run.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_QUEUE_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_QUEUE_H

#include "events/worker.h"

/* Runs a step, and again while the database cannot be reached: what was sent must be written down. An
 * error is logged without values. */
CHECKED bool queue_run(struct db_session *w, const struct step *step, struct db_rows **ret_rows);
/* The same for a step whose result does not matter. */
void queue_write(struct db_session *w, const struct step *step);
/* A message is sent, or never will be; error may be NULL. */
void queue_end(struct db_session *w, const char *id, const char *outcome, const char *error);
/* It is tried again, after so many seconds at the earliest. */
void queue_again(struct db_session *w, const char *id, const char *error, int pause);
/* Gives back the claimed messages from a row on; their ids are the first column. */
void queue_release(struct db_session *w, const struct db_rows *rows, int from);

#endif
