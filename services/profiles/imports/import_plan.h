/*
 * import_plan.h - the last part of an import's check: who will stand where. Finds circles, puts the
 * changes in an order in which each can be made, gives new people their ids, stores the steps.
 */
#ifndef UPWARD_PROFILES_IMPORT_PLAN_H
#define UPWARD_PROFILES_IMPORT_PLAN_H

#include "profiles/imports/import_work.h"

/* Marks the rows with faults, and, where they are left out, whoever falls with them: who stands below,
 * and who wanted a key that its holder keeps for it. */
CHECKED enum db_outcome import_skip_faulty(struct import_work *work);
/* Stores the faults of circles, and the steps unless the import is faulty and skips no row. */
CHECKED enum db_outcome import_plan(struct import_work *work);

#endif
