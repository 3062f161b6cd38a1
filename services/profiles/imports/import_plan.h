/*
 * import_plan.h - the last part of an import's check: the future reporting lines. Finds cycles, puts the
 * changes into an order in which each is possible, gives new people their ids, stores the steps.
 */
#ifndef UPWARD_PROFILES_IMPORT_PLAN_H
#define UPWARD_PROFILES_IMPORT_PLAN_H

#include "profiles/imports/import_work.h"

/* Marks the rows with errors and, if those are skipped, the rows that must be skipped with them: people
 * below them, and people who wanted a key that its holder now keeps. */
CHECKED enum db_outcome import_skip_faulty(struct import_work *work);
/* Stores the errors for cycles, and the steps, unless the import has errors and skips no rows. */
CHECKED enum db_outcome import_plan(struct import_work *work);

#endif
