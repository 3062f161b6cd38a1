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
#include "db/rows.h"
#include "db/settings.h"
#include "db/statement.h"

enum db_lane { DB_POOL, DB_BATCH, DB_SLOW };

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

struct db_figures {
	uint64_t batched, batches, pooled, slow, demoted, busy, lost;
	int pool_idle, pool_waiting;
};
void database_figures(struct database *db, struct db_figures *ret_figures);
/* demoted_total{statement}: which statements the pool cancelled, and how often. */
void database_demoted(struct database *db,
	void (*visit)(void *context, const char *statement, uint64_t times), void *context);

#endif
