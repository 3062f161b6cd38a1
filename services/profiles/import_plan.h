/*
 * import_plan.h - the last part of an import's check: who will stand where. Finds circles, puts the
 * changes in an order in which each can be made, gives new people their ids, stores the steps.
 */
#ifndef UPWARD_PROFILES_IMPORT_PLAN_H
#define UPWARD_PROFILES_IMPORT_PLAN_H

#include "events/worker.h"

/* One import in hand. */
struct import_work {
	struct db_worker *w;
	const char *id; /* borrowed */
	bool skip_errors;
	bool faulty;           /* a fault was found */
	struct db_error error; /* of the last statement that was refused */
};

/* Runs a statement whose first value is the import. */
CHECKED enum db_outcome import_run(struct import_work *work, const struct statement *statement,
	const char *second, const char *third);
/* The same, of one that answers one number. */
CHECKED enum db_outcome import_run_count(struct import_work *work,
	const struct statement *statement, const char *second, int64_t *ret_count);
/* Marks the rows with faults, and, where they are left out, whoever falls with them: who stands below,
 * and who wanted a key that its holder keeps for it. */
CHECKED enum db_outcome import_skip_faulty(struct import_work *work);
/* Stores the faults of circles, and the steps unless the import is faulty and skips no row. */
CHECKED enum db_outcome import_plan(struct import_work *work);

#endif
