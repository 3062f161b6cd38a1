/*
 * database_private.h - inside shared/db: the parts of a struct database, for database.c and
 * session.c.
 */
#ifndef UPWARD_DB_DATABASE_PRIVATE_H
#define UPWARD_DB_DATABASE_PRIVATE_H

#include <limits.h>
#include "db/database.h"
#include "db/keeper.h"
#include "db/pulse.h"

#define POOL_TIME_OUTS "-c statement_timeout=25 -c lock_timeout=25"
#define SLOW_TIME_OUTS "-c statement_timeout=2000 -c lock_timeout=500"
/* A job may read for a long time; it keeps its own writes short. */
#define WORKER_TIME_OUTS "-c statement_timeout=60000 -c lock_timeout=5000 -c work_mem=32MB"
#define WORKER_ANSWER    75000 /* ms */

struct database {
	struct lane lane;
	struct pool pool, slow;
	struct keeper keeper;
	struct pulse pulse;
	struct source worker_source;
	const struct statement *const *statements; /* borrowed */
	size_t statement_count;
	bool unbatched;
	atomic_uint_fast64_t *demoted_by; /* owned; by statement */
	atomic_uint_fast64_t pooled, slow_runs, demoted, busy, lost, written;
};

#endif
