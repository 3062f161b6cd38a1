/*
 * database.h - a service's side of PostgreSQL: the batch lane, the FIFO pool and the slow pool.
 *
 *   lane   one pipelined connection owned by a batcher thread; keyed single-row reads only
 *   pool   POOL_SIZE connections, strict FIFO hand-over, statement_timeout 25 ms; 200 ms while a
 *          statement is new to its connection and has to be planned
 *   slow   SLOW_SIZE connections; what the pool cancelled (57014, 55P03) runs here once more, whole
 *
 * A read is one statement. A write is a list of steps in one pipeline whose Sync is the commit. All
 * prepared statements are prepared on every connection when it opens. Thread-safe.
 */
#ifndef UPWARD_DB_DATABASE_H
#define UPWARD_DB_DATABASE_H

#include <stdint.h>
#include "base/buf.h"
#include "db/statement.h"

enum db_lane { DB_POOL, DB_BATCH, DB_SLOW };

enum db_outcome {
	DB_DONE,        /* rows are there */
	DB_REFUSED,     /* the database said no: see struct db_error */
	DB_UNAVAILABLE, /* no connection, or it was lost: 503; a write's outcome is unknown */
	DB_BUSY,        /* waited too long for a connection, or the slow pool is full: 503 */
	DB_NO_MEMORY
};

struct db_error {
	char sqlstate[6];
	char constraint[64]; /* 23xxx */
	char table[64], column[64];
	char code[64];     /* UP001: the problem code given to common.refuse() */
	char detail[1536]; /* UP001: the JSON given to common.refuse() beside it, or "" */
	int step;          /* which step failed, from 0; the number of steps: the commit itself */
};

struct db_rows; /* a result; owned by the caller */

int db_rows_count(const struct db_rows *rows);
int db_rows_columns(const struct db_rows *rows);
/* Borrowed text, or NULL for SQL null. Column by position. */
const char *db_value(const struct db_rows *rows, int row, int column);
size_t db_length(const struct db_rows *rows, int row, int column);
/* Position of a column by name, -1 when there is none. */
int db_column(const struct db_rows *rows, const char *name);
void db_rows_free(struct db_rows *rows);
static inline void cleanup_rows(struct db_rows **rows)
{
	db_rows_free(*rows);
}
#define owned_rows owned(cleanup_rows)

struct db_settings {
	const char *dsn; /* of the service's role; the lanes append their own time-outs */
	const char *lane_dsn, *pool_dsn, *slow_dsn, *worker_dsn; /* override, or NULL */
	int pool_size, slow_size, slow_queue;
	bool durable;   /* refuse a server that may lose what it confirmed: durability.h */
	bool unbatched; /* the lane stays empty: its reads run in the pool */
	bool watched;   /* a further connection finds out within 1.5 s when the server is mute */
	const struct statement *const *statements; /* everything to prepare */
	size_t statement_count;
};

struct database;

/* Opens lanes in the background: returns at once also when PostgreSQL is away. Borrows the
 * statements for its life. NULL when memory or threads are refused. */
CHECKED struct database *database_open(const struct db_settings *settings);
void database_close(struct database *db);
/* true once every lane has a live, prepared connection */
bool database_ready(struct database *db);

CHECKED enum db_outcome database_read(struct database *db, enum db_lane lane,
	const struct step *step, struct db_rows **ret_rows, struct db_error *ret_error);

/* Runs the steps as one transaction in one round trip. ret_rows[i] is step i's result; the caller
 * frees each. On anything but DB_DONE they are NULL (so is a read's) and nothing was committed, but
 * for DB_UNAVAILABLE: unknown. */
CHECKED enum db_outcome database_write(struct database *db, enum db_lane lane,
	const struct step *steps, size_t count, struct db_rows **ret_rows,
	struct db_error *ret_error);

/* A connection of one's own, for workers: jobs, consumers, imports. Reconnects by itself. */
struct db_worker;
CHECKED struct db_worker *db_worker_open(struct database *db);
void db_worker_close(struct db_worker *w);
CHECKED enum db_outcome db_worker_run(struct db_worker *w, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error);
/*
 * While this is on, db_worker_interrupt ends the statement that runs (57014); off at first. A late
 * interrupt may still hit the first statement after it was turned off: run that again.
 */
void db_worker_interruptible(struct db_worker *w, bool on);
/* From any thread. */
void db_worker_interrupt(struct db_worker *w);
/* Explicit transactions, for effects of several dependent steps: run "begin"/"commit" by these. */
CHECKED enum db_outcome db_worker_begin(struct db_worker *w, struct db_error *ret_error);
CHECKED enum db_outcome db_worker_commit(struct db_worker *w, struct db_error *ret_error);
void db_worker_rollback(struct db_worker *w);
/* COPY … FROM STDIN (text format): the statement has no parameters. */
CHECKED enum db_outcome db_worker_copy(struct db_worker *w, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error);

struct db_figures {
	uint64_t batched, batches, pooled, slow, demoted, busy, lost;
	int pool_idle, pool_waiting;
};
void database_figures(struct database *db, struct db_figures *ret_figures);
/* demoted_total{statement}: which statements the pool cancelled, and how often. */
void database_demoted(struct database *db,
	void (*visit)(void *context, const char *statement, uint64_t times), void *context);

#endif
