/*
 * migrate_private.h - what the two halves of the migration runner share: numbered files
 * (migrate.c) and objects (migrate_objects.c). One connection, one thread.
 */
#ifndef UPWARD_DB_MIGRATE_PRIVATE_H
#define UPWARD_DB_MIGRATE_PRIVATE_H

#include <libpq-fe.h>
#include <stdio.h>
#include "db/migrate.h"
#include "db/migration_files.h"

struct migrate_run {
	const struct migrate_plan *plan;
	struct migration_files files;
	PGconn *pg;
	FILE *out;
	struct buf *faults;
	bool *applied;    /* by position in files */
	char sqlstate[6]; /* of the last refusal */
};

static inline void cleanup_result(PGresult **result)
{
	PQclear(*result);
}
#define owned_result owned(cleanup_result)

/* Runs SQL, one statement or several. A refusal is reported in faults, prefixed by `what`; if line
 * > 0, it is the line in that file where the SQL begins. */
CHECKED bool migrate_execute(struct migrate_run *run, const char *what, int line, const char *sql);

/* Rows (owned) of a query with text parameters; NULL if it failed, with the error in faults. */
CHECKED PGresult *migrate_query(struct migrate_run *run, const char *what, const char *sql,
	int count, const char *const *values);

/* Whether an object of common exists. The expression is NULL if it does not. */
CHECKED bool migrate_exists(struct migrate_run *run, const char *expression, bool *ret_exists);

/*
 * Runs `work` in a transaction that begins as owner, and commits it. It waits a shorter time for a
 * lock than services do, so that no request fails while queueing behind it, and it gives way in a
 * deadlock with one; it is then rolled back and tried again, for minutes, and if that does not help
 * some tries make the services give way. false: the faults are those of the last attempt.
 */
CHECKED bool migrate_transact(struct migrate_run *run, const char *what,
	bool (*work)(struct migrate_run *run, void *context), void *context);

/* Creates the objects that differ from what was created last. */
CHECKED bool migrate_objects_apply(struct migrate_run *run);

/* Which modules' objects are due, by position in files.objects. Changes nothing. */
CHECKED bool migrate_objects_due(struct migrate_run *run, bool ret_due[MIGRATION_MODULES]);

#endif
