/*
 * connection.h - inside shared/db: one libpq connection in pipeline mode, and one exchange on it:
 * steps, Sync, results. The Sync commits, so nothing needs rolling back after a refusal.
 *
 * libpq is used in non-blocking mode; every wait has a deadline. A connection is used by one thread at
 * a time; lane.h and pool.h decide which. `pg` is NULL while the connection is down.
 */
#ifndef UPWARD_DB_CONNECTION_H
#define UPWARD_DB_CONNECTION_H

#include "db/rows_private.h"
#include "db/source.h"

#define PLANNED_RUNS    6 /* of a prepared statement: five custom plans, then the generic one */
#define STATEMENTS_MOST 512 /* statements beyond this get no extra time */

struct connection {
	PGconn *pg;
	struct source *source;   /* borrowed */
	bool doomed;             /* the server has announced that it will close this connection */
	bool counted;            /* as live, in its pool */
	unsigned char doublings; /* of the time that the next attempt to connect may take */
	struct connection *next; /* in a list of its pool */
	/* How many times each statement of the source has run here, up to PLANNED_RUNS; of a lazy
	 * source: whether it has been prepared. */
	unsigned char runs[STATEMENTS_MOST];
};

/* Connects and prepares all statements in one pipeline; none of a lazy source. false: still down; a
 * statement that cannot be prepared is logged with its name and SQLSTATE. */
CHECKED bool connection_open(struct connection *c);
void connection_close(struct connection *c);
/* Checks the socket without waiting: false if the server has gone or says it will. */
CHECKED bool connection_alive(struct connection *c);

/* Queues a step after those already queued. false: out of memory, or the connection is lost. */
CHECKED bool connection_send(struct connection *c, const struct step *step);
/* Ends the queued steps with a Sync and sends them. If false, the outcome is unknown. */
CHECKED bool connection_sync(struct connection *c);
/* The next result of the exchange (owned), including PGRES_PIPELINE_SYNC. NULL: connection lost. */
CHECKED PGresult *connection_next(struct connection *c, uint64_t deadline_us);
/* Waits for the socket (POLLIN, POLLOUT): 1 ready, 0 deadline passed, -1 no socket. */
CHECKED int connection_wait(const struct connection *c, short events, uint64_t deadline_us);
uint64_t connection_deadline(const struct connection *c);

/* One complete exchange. If a statement is new to this connection, the server loads the catalogue
 * entries of its tables and functions and plans it, which may take longer than a thousand runs:
 * such an exchange gets the source's longer timeout instead of its statement timeout, and so do the next
 * runs of a statement that was cancelled although it usually fits. On
 * DB_UNAVAILABLE and DB_NO_MEMORY the connection has been closed. Unless it is DB_DONE,
 * ret_rows[0..count-1] are NULL. */
CHECKED enum db_outcome connection_run(struct connection *c, const struct step *steps, size_t count,
	struct db_rows **ret_rows, struct db_error *ret_error);
/* Sends the bytes with COPY … FROM STDIN. */
CHECKED enum db_outcome connection_copy(struct connection *c, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error);

#endif
