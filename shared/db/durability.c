#include "db/durability.h"

#include <libpq-fe.h>
#include <stdio.h>

#define OFF(name) "CASE current_setting('" name "') WHEN 'off' THEN '" name "=off' END"

const struct statement durability_statement = { .name = "durability",
	.sql = "SELECT concat_ws(',', " OFF("fsync") ", " OFF("full_page_writes") ", " OFF(
		"synchronous_commit") ", " OFF("data_checksums") ")",
	.unprepared = true };

enum durability durability_judge(const char *dsn, char ret_wrong[DURABILITY_BYTES])
{
	/* a time-out in the DSN itself counts more: it is expanded in the place of dbname */
	const char *const keywords[] = { "connect_timeout", "dbname", NULL };
	const char *const values[] = { "2", dsn, NULL };
	enum durability verdict = DURABILITY_UNKNOWN;
	PGconn *pg = PQconnectdbParams(keywords, values, 1);
	PGresult *result = NULL;
	if (PQstatus(pg) == CONNECTION_OK)
		result = PQexec(pg, durability_statement.sql);
	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		snprintf(ret_wrong, DURABILITY_BYTES, "%s", PQgetvalue(result, 0, 0));
		verdict = ret_wrong[0] ? NOT_DURABLE : DURABLE;
	}
	PQclear(result);
	PQfinish(pg);
	return verdict;
}
