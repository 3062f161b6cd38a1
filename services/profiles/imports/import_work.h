/*
 * import_work.h - the import being processed, and its statements.
 */
#ifndef UPWARD_PROFILES_IMPORT_WORK_H
#define UPWARD_PROFILES_IMPORT_WORK_H

#include "db/session.h"
#include "profiles/employee_file/mapping.h"

struct import_work {
	struct db_session *w;
	const char *id, *lease;        /* borrowed */
	const struct mapping *mapping; /* borrowed, while the file is checked */
	bool skip_errors;
	bool dated;            /* the file has dates of joining, leaving or leave */
	bool skilled;          /* it has skills */
	bool with_sets;        /* it has languages, interests or skills */
	bool faulty;           /* an error was found */
	struct db_error error; /* from the last statement that was refused */
};

/* Runs a statement whose first parameter is the import; the second is often its lease. */
CHECKED enum db_outcome import_run(struct import_work *work, const struct statement *statement,
	const char *second, const char *third);
/* The same, for a statement that returns one number. */
CHECKED enum db_outcome import_run_count(struct import_work *work,
	const struct statement *statement, const char *second, const char *third,
	int64_t *ret_count);

#endif
