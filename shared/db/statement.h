/*
 * statement.h - a named SQL statement. The build generates them from the .sql files and turns names
 * such as :pair_id into $n, cast to the type from the contract (or from the step's signature).
 */
#ifndef UPWARD_DB_STATEMENT_H
#define UPWARD_DB_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#define STATEMENT_PARAMS_MOST 24

struct statement {
	const char *name;
	const char *sql;
	int param_count;
	bool unprepared; /* planned for its values each time: lists */
	/* The same for several calls at once, or NULL: its parameters are arrays of the calls'
	 * values, and its last column is the number of the call (from 1) that a row belongs to.
	 * Prepared in the batch lane. */
	const struct statement *set;
};

/* A statement with its values, in PostgreSQL's text format; NULL is SQL null. Borrows all. */
struct step {
	const struct statement *statement;
	int bytes_at, bytes_length; /* length > 0: the value at this position is raw bytea */
	const char *values[STATEMENT_PARAMS_MOST];
};

/* STEP(&stmt_round_claim, round_id, worker): the values in the order of the step's signature. */
#define STEP(stmt, ...) ((struct step){ .statement = (stmt), .values = { __VA_ARGS__ } })

#endif
