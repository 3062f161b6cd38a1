/*
 * rows_private.h - inside shared/db: a struct db_rows is libpq's PGresult under another name, so that a
 * result reaches the caller without a copy. A PGresult is independent of its connection and may be
 * freed by any thread.
 */
#ifndef UPWARD_DB_ROWS_PRIVATE_H
#define UPWARD_DB_ROWS_PRIVATE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>
#include "db/rows.h"

static inline struct db_rows *rows_of(PGresult *result)
{
	return (struct db_rows *)result;
}

/* Fills error from a failed result: SQLSTATE, constraint, table, column; for UP001 the code that
 * common.refuse() was given. Other texts of the server's message are not copied. */
void rows_error(const PGresult *result, int step, struct db_error *ret_error);
/* The connection's prepared statements no longer fit the schema (0A000: a migration ran) or are
 * gone (26000: a pooler changed the server): it must be reopened. Nothing was executed. */
static inline bool state_is_stale(const char *sqlstate)
{
	return sqlstate && (strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0);
}

/* The next attempt may succeed, and nothing was committed: a deadlock, a serialisation failure, or a fault
 * within PostgreSQL. The last is seen where many lock one row from within blocks with an exception handler:
 * PostgreSQL 15 then sometimes takes two of the lockers for updaters ("new multixact has more than one
 * updating member"). */
static inline bool state_is_transient(const char *sqlstate)
{
	return strcmp(sqlstate, "40P01") == 0 || strcmp(sqlstate, "40001") == 0 ||
	       strcmp(sqlstate, "XX000") == 0;
}

/* What a COMMIT really did: in a failed transaction it succeeds, as a ROLLBACK. */
enum db_outcome rows_commit_outcome(const struct db_rows *rows, struct db_error *ret_error);

#endif
