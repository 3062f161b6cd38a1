/*
 * database.h - a service's side of PostgreSQL: the batch lane, the FIFO pool and the slow pool.
 *
 *   lane   one pipelined connection owned by a batcher thread; keyed single-row reads only
 *   pool   POOL_SIZE connections in strict FIFO order, statement_timeout 25 ms, or 200 ms if a
 *          statement is new to its connection and has to be planned, or was cancelled lately although it
 *          usually fits (source.h)
 *   slow   SLOW_SIZE connections; a transaction that the pool cancelled (57014, 55P03) runs again here
 *
 * A read is one statement. A write is a list of steps in one pipeline, committed by its Sync. All
 * statements are prepared on every connection when it opens. Thread-safe.
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

/* Opens connections in the background: returns at once, even if PostgreSQL is down. Borrows the
 * statements for its lifetime. NULL if there is no memory or no thread. */
CHECKED struct database *database_open(const struct db_settings *settings);
void database_close(struct database *db);
/* true once every lane has a live, prepared connection */
bool database_ready(struct database *db);

CHECKED enum db_outcome database_read(struct database *db, enum db_lane lane,
	const struct step *step, struct db_rows **ret_rows, struct db_error *ret_error);

/* Runs the steps as one transaction in one round trip. ret_rows[i] is step i's result; the caller
 * frees each. Unless the outcome is DB_DONE they are NULL (as for a read) and nothing was committed;
 * after DB_UNAVAILABLE that is unknown. */
CHECKED enum db_outcome database_write(struct database *db, enum db_lane lane,
	const struct step *steps, size_t count, struct db_rows **ret_rows,
	struct db_error *ret_error);

/* How many writes have been committed, by whichever thread. */
uint64_t database_writes(struct database *db);

struct db_figures {
	uint64_t batched, batches, pooled, slow, demoted, busy, lost;
	int pool_idle, pool_waiting;
};
void database_figures(struct database *db, struct db_figures *ret_figures);
/* demoted_total{statement}: how often the pool cancelled each statement. */
void database_demoted(struct database *db,
	void (*visit)(void *context, const char *statement, uint64_t times), void *context);

#endif
