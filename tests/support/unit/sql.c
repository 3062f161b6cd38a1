/* sql.c - the database of a test program, and plain SQL next to the code under test. */
#include "support/unit/cluster.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct cluster *own;
static char server_dsn[1024], program_dsn[1200], program_database[40];

static void give_up(const char *what, const char *why)
{
	fprintf(stderr, "test support: %s: %s\n", what, why ? why : "failed");
	if (own)
		cluster_free(own);
	_exit(99);
}

static PGresult *execute(const char *dsn, const char *text, PGconn **ret_pg)
{
	PGconn *pg = PQconnectdb(dsn);
	PGresult *result;

	if (PQstatus(pg) != CONNECTION_OK)
		give_up("connect", PQerrorMessage(pg));
	result = PQexec(pg, text);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		give_up(text, PQerrorMessage(pg));
	*ret_pg = pg;
	return result;
}

void sql(const char *dsn, const char *text)
{
	PGconn *pg;
	PGresult *result = execute(dsn, text, &pg);

	PQclear(result);
	PQfinish(pg);
}

const char *sql_value(const char *dsn, const char *text)
{
	static _Thread_local char value[4096];
	PGconn *pg;
	PGresult *result = execute(dsn, text, &pg);

	value[0] = '\0';
	if (PQntuples(result) > 0)
		snprintf(value, sizeof value, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(pg);
	return value;
}

long sql_number(const char *dsn, const char *text)
{
	return strtol(sql_value(dsn, text), NULL, 10);
}

static void drop_database(void)
{
	char text[120];

	if (own) {
		cluster_free(own);
		own = NULL;
		return;
	}
	snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %s WITH (FORCE)", program_database);
	sql(server_dsn, text);
}

/* Makes a DSN for another database on the same server. */
static void make_program_dsn(void)
{
	PQconninfoOption *options = PQconninfoParse(server_dsn, NULL);
	size_t n = 0;

	if (!options)
		give_up("TEST_DATABASE_URL", "is no DSN");
	for (PQconninfoOption *o = options; o->keyword; o++)
		if (o->val && *o->val && strcmp(o->keyword, "dbname") != 0)
			n += (size_t)snprintf(program_dsn + n, sizeof program_dsn - n, "%s='%s' ",
				o->keyword, o->val);
	snprintf(program_dsn + n, sizeof program_dsn - n, "dbname=%s", program_database);
	PQconninfoFree(options);
}

const char *test_dsn(void)
{
	const char *given = getenv("TEST_DATABASE_URL");
	char text[120];

	if (program_dsn[0])
		return program_dsn;
	if (!given || !*given) {
		own = cluster_new();
		cluster_start(own);
		given = cluster_dsn(own);
	}
	snprintf(server_dsn, sizeof server_dsn, "%s", given);
	snprintf(program_database, sizeof program_database, "unit_%ld", (long)getpid());
	snprintf(text, sizeof text, "CREATE DATABASE %s", program_database);
	sql(server_dsn, text);
	make_program_dsn();
	atexit(drop_database);
	return program_dsn;
}

#define PATIENCE 60 /* seconds, for sanitizers on a busy machine */

void await_true(bool (*condition)(void *context), void *context, const char *what)
{
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int nap_ms = 1; !condition(context); nap_ms += nap_ms < 20) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec > PATIENCE)
			give_up(what, "did not come true in a minute");
		poll(NULL, 0, nap_ms);
	}
}
