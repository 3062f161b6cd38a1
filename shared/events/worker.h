/*
 * worker.h - named background jobs of a service: each has a thread and a database connection of its
 * own, and is called repeatedly until stop. A job takes its work from a table (lease, attempts,
 * next_attempt_at), so killing it at any moment loses nothing.
 */
#ifndef UPWARD_EVENTS_WORKER_H
#define UPWARD_EVENTS_WORKER_H

#include "events/consumer.h"

struct service_state;

struct job {
	const char *name; /* "imports" */
	int poll_ms;      /* pause after a call that found nothing */
	/* Does one piece of work. true: there was some, call again at once. Long loops check
	 * worker_stopping(). */
	bool (*run)(struct service_state *service, struct db_session *w);
	/* The pause once nothing was found for two seconds; it ends when this process writes something, and
	 * that may be work. 0: no longer than the other. */
	int idle_ms;
};

/* A job that is one statement, which finds its own work; true if it returned a row. */
bool job_run_statement(struct db_session *w, const struct statement *statement);

struct workers;
/* Borrows everything for its lifetime; service is only passed to the jobs. NULL: no memory or thread. */
CHECKED struct workers *workers_start(struct service_state *service, struct database *db,
	const struct job *jobs, size_t job_count, const struct consumer *consumers,
	size_t consumer_count);
void workers_stop(struct workers *w); /* waits for the current piece of work; NULL is allowed */
/* For long loops in a job or an effect: whether its thread should end. */
bool worker_stopping(void);
/* In a job: waits that long, or until its thread should end. */
void worker_pause(int ms);

#endif
