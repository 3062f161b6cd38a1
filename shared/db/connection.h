/*
 * connection.h - inside shared/db: one libpq connection in pipeline mode, and one exchange on it:
 * steps, Sync, results. The Sync is the commit, so whatever is refused leaves nothing to roll back.
 *
 * libpq is used without blocking; every wait has a deadline. A connection is used by one thread at
 * a time; who owns it when is the matter of lane.h and pool.h. `pg` is NULL while it is away.
 */
#ifndef UPWARD_DB_CONNECTION_H
#define UPWARD_DB_CONNECTION_H

#include "db/rows_private.h"
#include "db/source.h"

#define PLANNED_RUNS    6 /* of a prepared statement: five plans for their values, and one for all */
#define STATEMENTS_MOST 512 /* beyond, nobody is patient */

struct connection {
	PGconn *pg;
	struct source *source;   /* borrowed */
	bool doomed;             /* the server announced that it ends this connection */
	bool counted;            /* as live, by its pool */
	struct connection *next; /* in a list of its pool */
	/* How often each statement of the source has run here, up to PLANNED_RUNS. */
	unsigned char runs[STATEMENTS_MOST];
};

/* Connects and prepares all statements in one pipeline. false: still away; a statement that cannot
 * be prepared is logged by name and SQLSTATE. */
CHECKED bool connection_open(struct connection *c);
void connection_close(struct connection *c);
/* Looks at the socket without waiting: false when the server has gone or says it will. */
CHECKED bool connection_alive(struct connection *c);

/* Queues a step behind those queued before. false: no memory, or the connection is lost. */
CHECKED bool connection_send(struct connection *c, const struct step *step);
/* Ends what was queued with a Sync and sends it. After false the outcome is unknown. */
CHECKED bool connection_sync(struct connection *c);
/* The next result of the exchange (owned), the Sync's PGRES_PIPELINE_SYNC included. NULL: lost. */
CHECKED PGresult *connection_next(struct connection *c, uint64_t deadline_us);
/* Waits for the socket (POLLIN, POLLOUT): 1 ready, 0 the deadline passed, -1 no socket. */
CHECKED int connection_wait(const struct connection *c, short events, uint64_t deadline_us);
uint64_t connection_deadline(const struct connection *c);

/* One whole exchange. While a statement is new to this connection, the server reads what it needs
 * to know of its tables and functions and plans it, which may take longer than running it a
 * thousand times: such an exchange gets the source's patience instead of its statement time-out.
 * On DB_UNAVAILABLE and DB_NO_MEMORY the connection has been closed. On anything but DB_DONE
 * ret_rows[0..count-1] are NULL. */
CHECKED enum db_outcome connection_run(struct connection *c, const struct step *steps, size_t count,
	struct db_rows **ret_rows, struct db_error *ret_error);
/* COPY … FROM STDIN of the bytes. */
CHECKED enum db_outcome connection_copy(struct connection *c, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error);

#endif
