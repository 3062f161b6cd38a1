/*
 * rows.h - the result of a statement: its rows, or the database's error.
 */
#ifndef UPWARD_DB_ROWS_H
#define UPWARD_DB_ROWS_H

#include <stddef.h>
#include "base/cleanup.h"

enum db_outcome {
	DB_DONE,        /* there are rows */
	DB_REFUSED,     /* the database refused: see struct db_error */
	DB_UNAVAILABLE, /* no connection, or it was lost: 503; a write's outcome is unknown */
	DB_BUSY,        /* waited too long for a connection, or the slow pool is full: 503 */
	DB_NO_MEMORY
};

struct db_error {
	char sqlstate[6];
	char constraint[64]; /* 23xxx */
	char table[64], column[64];
	char code[64];     /* UP001: the problem code given to common.refuse() */
	char detail[1536]; /* UP001: the JSON also given to common.refuse(), or "" */
	int step;          /* which step failed, from 0; the number of steps: the commit itself */
};

struct db_rows; /* a result; owned by the caller */

int db_rows_count(const struct db_rows *rows);
int db_rows_columns(const struct db_rows *rows);
/* Borrowed text, or NULL for SQL null. Column by position. */
const char *db_value(const struct db_rows *rows, int row, int column);
size_t db_length(const struct db_rows *rows, int row, int column);
/* Position of a column by name, or -1. */
int db_column(const struct db_rows *rows, const char *name);
const char *db_column_name(const struct db_rows *rows, int column);
void db_rows_free(struct db_rows *rows);
static inline void cleanup_rows(struct db_rows **rows)
{
	db_rows_free(*rows);
}
#define owned_rows owned(cleanup_rows)

#endif
