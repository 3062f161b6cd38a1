#include "db/rows.h"

#include "db/rows_private.h"

#include <string.h>

static const PGresult *result_of(const struct db_rows *rows)
{
	return (const PGresult *)rows;
}

int db_rows_count(const struct db_rows *rows)
{
	return PQntuples(result_of(rows));
}

int db_rows_columns(const struct db_rows *rows)
{
	return PQnfields(result_of(rows));
}

const char *db_value(const struct db_rows *rows, int row, int column)
{
	const PGresult *result = result_of(rows);

	if (row < 0 || row >= PQntuples(result) || column < 0 || column >= PQnfields(result) ||
		PQgetisnull(result, row, column))
		return NULL;
	return PQgetvalue(result, row, column);
}

size_t db_length(const struct db_rows *rows, int row, int column)
{
	const PGresult *result = result_of(rows);

	if (row < 0 || row >= PQntuples(result) || column < 0 || column >= PQnfields(result))
		return 0;
	return (size_t)PQgetlength(result, row, column);
}

/* Not PQfnumber, which folds the case of the name and copies it each time. */
int db_column(const struct db_rows *rows, const char *name)
{
	const PGresult *result = result_of(rows);

	for (int i = 0, n = PQnfields(result); i < n; i++) {
		const char *here = PQfname(result, i);

		if (here && strcmp(here, name) == 0)
			return i;
	}
	return -1;
}

const char *db_column_name(const struct db_rows *rows, int column)
{
	return PQfname(result_of(rows), column);
}

void db_rows_free(struct db_rows *rows)
{
	PQclear((PGresult *)rows);
}

static void field(const PGresult *result, int which, char *to, size_t size)
{
	const char *text = PQresultErrorField(result, which);
	size_t n = text ? strnlen(text, size - 1) : 0;

	if (n)
		memcpy(to, text, n);
	to[n] = '\0';
}

void rows_error(const PGresult *result, int step, struct db_error *ret_error)
{
	*ret_error = (struct db_error){ .step = step };
	field(result, PG_DIAG_SQLSTATE, ret_error->sqlstate, sizeof ret_error->sqlstate);
	field(result, PG_DIAG_CONSTRAINT_NAME, ret_error->constraint, sizeof ret_error->constraint);
	field(result, PG_DIAG_TABLE_NAME, ret_error->table, sizeof ret_error->table);
	field(result, PG_DIAG_COLUMN_NAME, ret_error->column, sizeof ret_error->column);
	if (strcmp(ret_error->sqlstate, "UP001") == 0) {
		field(result, PG_DIAG_MESSAGE_PRIMARY, ret_error->code, sizeof ret_error->code);
		field(result, PG_DIAG_MESSAGE_DETAIL, ret_error->detail, sizeof ret_error->detail);
	}
}

enum db_outcome rows_commit_outcome(const struct db_rows *rows, struct db_error *ret_error)
{
	/* PQcmdStatus() does not change the result; it only lacks the const. */
	const char *tag = PQcmdStatus((PGresult *)rows);

	if (strcmp(tag, "COMMIT") == 0)
		return DB_DONE;
	if (strcmp(tag, "ROLLBACK") != 0)
		return DB_UNAVAILABLE;
	*ret_error = (struct db_error){ .sqlstate = "25P02" };
	return DB_REFUSED;
}
