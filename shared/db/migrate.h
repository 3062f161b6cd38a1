/*
 * migrate.h - brings a database to the schema of a source tree: tables are migrated, objects are
 * replaced.
 *
 * schema/NNNN_words.sql: applied once, in one transaction per file, with its row in common.migration
 * and the audit triggers of its new tables. If a file that was applied has since changed or
 * disappeared, the run is refused before anything is changed.
 *
 * objects/words.sql (object_text.h): after all of schema/, if any object of a module has changed or is
 * missing, in service order, one transaction per module. Objects that are no longer wanted, or that
 * CREATE OR REPLACE cannot change, are dropped first, along with the objects that depend on them,
 * later modules first and never by CASCADE; if that affects several modules, one transaction covers
 * them all, so that nobody sees a gap. Unchanged objects are left alone; grants are set as currently
 * written. common.object records what was created.
 *
 * A transaction waits 60 ms for a lock, less than a service does; it is then rolled back and tried
 * again, for five minutes. From the 40th try on every tenth waits 5 s, so that services give way. An advisory lock covers the whole run, so concurrent runs take turns. A
 * run that is killed at any moment is completed by the next one. Logs in as a member of owner and
 * guard; a file begins as owner (and may SET LOCAL ROLE guard).
 *
 * Needs deploy/postgres/roles.sql to have been run once. Blocking; single-threaded.
 */
#ifndef UPWARD_DB_MIGRATE_H
#define UPWARD_DB_MIGRATE_H

#include <stdio.h>
#include "base/buf.h"

struct migrate_plan {
	const char *dsn;
	const char *dir;         /* root of the source tree */
	const char *environment; /* "production" or "development": common.setting */
	const char
		*portal_links; /* checked JSON for common.setting; NULL keeps the current value */
	const char *person_limits; /* the same */
	const char *steps;      /* rows of common.step, a JSON array; NULL keeps the current ones */
	const char *events;     /* rows of common.event, the same */
	const char *task_kinds; /* rows of common.task_kind, the same */
	const char *segments;   /* rows of common.segment, the same */
	const char *catalogue;  /* rows of common.catalogue, the same */
	const char *messages;   /* rows of common.message, the same */
	const char *person_fields; /* rows of common.person_field, the same */
	const char *viewers;       /* rows of common.viewer, the same */
	const char *to_module;     /* last file to apply, or NULL for all */
	int to_number;
	bool status; /* report what is applied and what is pending; change nothing */
};

/* Reports on out what it does, one line per file. false: the reasons in faults, one per line. */
CHECKED bool migrate_run(const struct migrate_plan *plan, FILE *out, struct buf *faults);

#endif
