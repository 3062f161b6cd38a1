/*
 * statement.h - a named SQL statement. The build makes them from the .sql files; names such as
 * :pair_id have become $n with a cast to the type the contract (or the step's signature) gives.
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
	/* The same for several calls at once, or NULL: its parameters are arrays of theirs, its
	 * last column the place of the call (from 1) to which a row belongs. Prepared in the batch
	 * lane. */
	const struct statement *set;
};

/* A statement with its values, in PostgreSQL's text format; NULL is SQL null. Borrows all. */
struct step {
	const struct statement *statement;
	int bytes_at, bytes_length; /* length > 0: the value at this place is bytea, as it is */
	const char *values[STATEMENT_PARAMS_MOST];
};

/* STEP(&stmt_round_claim, round_id, worker): the values in the order of the step's signature. */
#define STEP(stmt, ...) ((struct step){ .statement = (stmt), .values = { __VA_ARGS__ } })

#endif
