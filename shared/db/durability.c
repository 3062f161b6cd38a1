#include "db/durability.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include "base/clock.h"

#define ANSWER_US 2000000 /* longest wait for the answer */

#define OFF(name) "CASE current_setting('" name "') WHEN 'off' THEN '" name "=off' END"

const struct statement durability_statement = { .name = "durability",
	.sql = "SELECT concat_ws(',', " OFF("fsync") ", " OFF("full_page_writes") ", " OFF(
		"synchronous_commit") ", " OFF("data_checksums") ")",
	.unprepared = true };

/* A server that hangs must not hold up the start. */
static PGresult *ask(PGconn *pg)
{
	uint64_t deadline = clock_monotonic_us() + ANSWER_US, now;
	struct pollfd p = { .fd = PQsocket(pg), .events = POLLIN };
	if (!PQsendQuery(pg, durability_statement.sql))
		return NULL;
	while (PQisBusy(pg)) {
		now = clock_monotonic_us();
		if (now >= deadline || poll(&p, 1, (int)((deadline - now) / 1000) + 1) < 0 ||
			!PQconsumeInput(pg))
			return NULL;
	}
	return PQgetResult(pg);
}

enum durability durability_judge(const char *dsn, char ret_wrong[DURABILITY_BYTES])
{
	/* a timeout in the DSN takes precedence: the DSN is expanded in place of dbname */
	const char *const keywords[] = { "connect_timeout", "dbname", NULL };
	const char *const values[] = { "2", dsn, NULL };
	enum durability verdict = DURABILITY_UNKNOWN;
	PGconn *pg = PQconnectdbParams(keywords, values, 1);
	PGresult *result = PQstatus(pg) == CONNECTION_OK ? ask(pg) : NULL;
	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		snprintf(ret_wrong, DURABILITY_BYTES, "%s", PQgetvalue(result, 0, 0));
		verdict = ret_wrong[0] ? NOT_DURABLE : DURABLE;
	}
	PQclear(result);
	PQfinish(pg);
	return verdict;
}
