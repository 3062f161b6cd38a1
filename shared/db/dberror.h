/*
 * dberror.h - turns a database error into a problem for the API caller, by SQLSTATE and constraint
 * name. Constraints are listed by name in api/problems.yaml; a NOT NULL has no name and is listed as
 * <table>.<column>. An error that is not listed is our defect, never the caller's: 500 and an alarm.
 *
 * One case is left to the calling code: 55P03 on the step that inserts the idempotency key is a 409
 * (in_progress), because the first request holds that row.
 */
#ifndef UPWARD_DB_DBERROR_H
#define UPWARD_DB_DBERROR_H

#include "db/database.h"
#include "json/problem.h"

struct db_problem {
	enum problem_code code;
	const char *pointer; /* JSON pointer into the body, or NULL; static */
	const char *detail;  /* or NULL; static */
	bool alarm;          /* unexpected: log SQLSTATE, constraint and statement */
};

/* outcome is not DB_DONE; error is read only for DB_REFUSED. */
CHECKED struct db_problem db_problem_of(enum db_outcome outcome, const struct db_error *error);

#endif
