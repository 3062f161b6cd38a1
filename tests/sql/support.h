/*
 * support.h - for tests of the schemas themselves: databases of their own in the cluster under
 * test, connections as any role, statements that must succeed or must be refused.
 *
 * The cluster: TEST_DATABASE_URL (a superuser's connection string), else the superuser of the stack
 * that UPWARD_STACK names. Whatever goes wrong on the way fails the running test with a message.
 * Results are owned by the caller. Tests wait for conditions, never for time.
 */
#ifndef UPWARD_TESTS_SQL_SUPPORT_H
#define UPWARD_TESTS_SQL_SUPPORT_H

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/cleanup.h"

static inline void cleanup_connection(PGconn **pg)
{
	if (*pg)
		PQfinish(*pg);
}
static inline void cleanup_result(PGresult **result)
{
	PQclear(*result);
}
#define owned_connection owned(cleanup_connection)
#define owned_result     owned(cleanup_result)

#define DEADLINE_SECONDS 60
#define LOOK_MS          4 /* from one look at what another connection waits for to the next */

/* role NULL: the superuser. The role's own settings are in force. */
CHECKED PGconn *sql_connect(const char *database, const char *role);

/* The name of this program's own database. */
CHECKED const char *sql_own(void);
/* For cmocka: makes it, migrated, and drops it. */
int sql_set_up(void **state);
int sql_tear_down(void **state);

/* An empty database with roles.sql run in it; an earlier one of that name goes. */
void sql_create(const char *database);
/* The same, migrated. */
void sql_create_migrated(const char *database);
/* The same with all files applied and no objects: the next run of upward-migrate makes them. */
void sql_create_tables(const char *database);
/* As --to has it: without objects. */
CHECKED const char *sql_last_migration(void);
void sql_drop(const char *database);

/* Runs upward-migrate as migrator, APP_ENV=development; further arguments end with NULL. Exit
 * status; what it printed goes to ret_output (owned) unless NULL. */
int sql_migrate(const char *database, char **ret_output, ...);
/* The same without waiting: its process. */
pid_t sql_migrate_start(const char *database);
/* Runs a program to its end: exit status, output (owned) in ret_output unless NULL. */
int sql_run(const char *const argv[], char **ret_output);

/* A whole file of the source tree; owned, "" when there is none. */
CHECKED char *sql_file(const char *path);

/* Fail unless the server agrees; printf-like. */
void sql_do(PGconn *pg, const char *format, ...) PRINTF(2, 3);
CHECKED PGresult *sql_rows(PGconn *pg, const char *format, ...) PRINTF(2, 3);
/* The same for what is asked again and again: the server plans it once for each connection. */
CHECKED PGresult *sql_again(PGconn *pg, const char *name, const char *sql);
/* The single value (owned; "" for null). */
CHECKED char *sql_text(PGconn *pg, const char *format, ...) PRINTF(2, 3);
int64_t sql_number(PGconn *pg, const char *format, ...) PRINTF(2, 3);

/* What a statement came to: "" done, else "<SQLSTATE> <constraint or message>"; owned. */
CHECKED char *sql_outcome(PGconn *pg, const char *sql);
/* Fails unless the outcome is that. */
void sql_expect(PGconn *pg, const char *outcome, const char *format, ...) PRINTF(3, 4);

/* Sends without waiting, waits until it has ended or is blocked by another connection (true), and
 * takes its outcome. */
void sql_send(PGconn *pg, const char *sql);
CHECKED bool sql_is_blocked(PGconn *pg, PGconn *observer);
CHECKED char *sql_receive(PGconn *pg);

/* Waits until the query answers t. */
void sql_wait(PGconn *pg, const char *query);

#endif
