#include "db/dberror.h"

#include <string.h>

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static struct db_problem plain(enum problem_code code)
{
	return (struct db_problem){ .code = code };
}

static struct db_problem defect(void)
{
	return (struct db_problem){ .code = PROBLEM_INTERNAL, .alarm = true };
}

static struct db_problem of_constraint(const char *name)
{
	const struct constraint_problem *found = *name ? problem_of_constraint(name) : NULL;

	if (!found)
		return defect();
	return (struct db_problem){
		.code = found->code, .pointer = found->pointer, .detail = found->detail
	};
}

/* 23502 names a table and a column instead of a constraint. */
static struct db_problem of_null(const struct db_error *error)
{
	char name[sizeof error->table + sizeof error->column];
	size_t n = strlen(error->table);

	memcpy(name, error->table, n);
	name[n] = '.';
	memcpy(name + n + 1, error->column, strlen(error->column) + 1);
	return of_constraint(name);
}

static struct db_problem of_refusal(const struct db_error *error)
{
	static const char *const busy[] = { "57014", "55P03", "40P01", "40001" };
	enum problem_code code;

	if (strcmp(error->sqlstate, "UP001") == 0)
		return problem_find(error->code, &code) ? plain(code) : defect();
	if (strcmp(error->sqlstate, "23502") == 0)
		return of_null(error);
	if (starts(error->sqlstate, "23"))
		return of_constraint(error->constraint);
	for (size_t i = 0; i < COUNT(busy); i++)
		if (strcmp(error->sqlstate, busy[i]) == 0)
			return plain(PROBLEM_OVERLOADED);
	/* connection failures; out of disk, memory or connections; the server is shutting down */
	if (starts(error->sqlstate, "08") || starts(error->sqlstate, "53") ||
		starts(error->sqlstate, "57P"))
		return plain(PROBLEM_UNAVAILABLE);
	/* read-only: a standby that has not been promoted yet, or a full disk */
	if (strcmp(error->sqlstate, "25006") == 0)
		return plain(PROBLEM_UNAVAILABLE);
	return defect();
}

struct db_problem db_problem_of(enum db_outcome outcome, const struct db_error *error)
{
	switch (outcome) {
	case DB_REFUSED:
		return of_refusal(error);
	case DB_UNAVAILABLE:
		return plain(PROBLEM_UNAVAILABLE);
	case DB_BUSY:
	case DB_NO_MEMORY:
		return plain(PROBLEM_OVERLOADED);
	case DB_DONE:
		break;
	}
	return defect();
}
