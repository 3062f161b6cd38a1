/*
 * dberror.h - what an outcome of the database says to the caller of the API: SQLSTATE and
 * constraint name -> problem. A constraint's meaning stands in api/problems.yaml under its name; a
 * NOT NULL has no name and stands there as <table>.<column>. What is not listed is a defect of
 * ours, never the caller's: 500 and an alarm.
 *
 * One case is left to the caller: 55P03 on the step that inserts the idempotency key is a 409
 * (in_progress), since the first request holds that row.
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

/* outcome is not DB_DONE; error is read on DB_REFUSED alone. */
CHECKED struct db_problem db_problem_of(enum db_outcome outcome, const struct db_error *error);

#endif
