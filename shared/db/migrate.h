/*
 * migrate.h - brings a database to the schema of a source tree: tables are migrated, objects are
 * made anew.
 *
 * schema/NNNN_words.sql: applied once, one transaction a file, with its row in common.migration and
 * the audit triggers of its new tables. A file that was applied and has since changed or gone is
 * refused before anything is done.
 *
 * objects/words.sql (object_text.h): after all of schema/, where any of a module's objects has
 * changed or is missing, in service order, one transaction a module. What is no longer wanted, or
 * changed in what CREATE OR REPLACE cannot change, is dropped first, with those objects that hang
 * on it, later modules first and never by CASCADE; where that reaches into several modules, one
 * transaction takes them all, so that nobody sees the gap. What did not change is left alone;
 * grants are those that are said now. common.object holds what was made.
 *
 * A transaction waits 300 ms for a lock, less than a service does, is rolled back and tried again
 * for five minutes. One advisory lock for the whole run, so two runners at once are one after the
 * other. A run that is killed at any moment is finished by the next. Logs in as a member of owner
 * and guard; a file begins as owner (and may SET LOCAL ROLE guard).
 *
 * Needs deploy/postgres/roles.sql to have been run once. Blocking; one thread.
 */
#ifndef UPWARD_DB_MIGRATE_H
#define UPWARD_DB_MIGRATE_H

#include <stdio.h>
#include "base/buf.h"

struct migrate_plan {
	const char *dsn;
	const char *dir;           /* root of the source tree */
	const char *environment;   /* "production" or "development": common.setting */
	const char *portal_links;  /* checked, JSON: common.setting; NULL leaves what is there */
	const char *person_limits; /* the same */
	const char *steps;      /* rows of common.step, a JSON array; NULL leaves what is there */
	const char *events;     /* rows of common.event, the same */
	const char *task_kinds; /* rows of common.task_kind, the same */
	const char *segments;   /* rows of common.segment, the same */
	const char *catalogue;  /* rows of common.catalogue, the same */
	const char *messages;   /* rows of common.message, the same */
	const char *to_module;  /* last file to apply, or NULL for all */
	int to_number;
	bool status; /* tell what is applied and what waits; change nothing */
};

/* Says what it does on out, a line a file. false: the reasons in faults, a line each. */
CHECKED bool migrate_run(const struct migrate_plan *plan, FILE *out, struct buf *faults);

#endif
