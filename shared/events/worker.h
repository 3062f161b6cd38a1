/*
 * worker.h - named background jobs of a service: each a thread with a database connection of its
 * own, called again and again until stop. A job takes its work from a table (lease, attempts,
 * next_attempt_at), so killing it at any moment loses nothing.
 */
#ifndef UPWARD_EVENTS_WORKER_H
#define UPWARD_EVENTS_WORKER_H

#include "events/consumer.h"

struct service_state;

struct job {
	const char *name; /* "imports" */
	int poll_ms;      /* pause after a call that found nothing */
	/* One piece of work. true: there was some, call again at once. Looks at worker_stopping()
	 * in long loops. */
	bool (*run)(struct service_state *service, struct db_session *w);
};

/* A job that is one statement, which finds its own work: whether it gave a row. */
bool job_run_statement(struct db_session *w, const struct statement *statement);

struct workers;
/* Borrows all for their life; service is only passed on to the jobs. NULL: no memory or thread. */
CHECKED struct workers *workers_start(struct service_state *service, struct database *db,
	const struct job *jobs, size_t job_count, const struct consumer *consumers,
	size_t consumer_count);
void workers_stop(struct workers *w); /* waits for the current piece; NULL is fine */
/* For long loops within a job or an effect: whether its thread shall end. */
bool worker_stopping(void);
/* Within a job: waits so long, or until its thread shall end. */
void worker_pause(int ms);

#endif
