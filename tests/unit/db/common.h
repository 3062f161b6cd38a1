/* common.h - statements and a database for the tests of shared/db. */
#ifndef UPWARD_TESTS_UNIT_DB_COMMON_H
#define UPWARD_TESTS_UNIT_DB_COMMON_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "db/database.h"
#include "db/session.h"
#include "support/unit/cluster.h"

extern const struct statement st_echo;     /* ($1 text) -> text */
extern const struct statement st_by_key;   /* ($1 int8) -> body of item */
extern const struct statement st_insert;   /* ($1 int8, $2 text) into item */
extern const struct statement st_update;   /* ($1 int8, $2 text) on item */
extern const struct statement st_sleep;    /* ($1 seconds) -> 'slept' */
extern const struct statement st_divide;   /* ($1 int) -> 1 / $1 */
extern const struct statement st_context;  /* ($1 text) set_config('app.actor', $1, true) */
extern const struct statement st_actor;    /* -> current_setting('app.actor', true) */
extern const struct statement st_series;   /* unprepared ($1 int) -> 1..$1 */
extern const struct statement st_refuse;   /* ($1 code, $2 detail) raises UP001 */
extern const struct statement st_once;     /* ($1 int8) into a table with a deferred key */
extern const struct statement st_lock;     /* ($1 int8) locks a row of item */
extern const struct statement st_falter;   /* ($1 code) raises it twice, then -> 'at last' */
extern const struct statement st_prepared; /* -> names of what is prepared; in no list */
extern const struct statement *const all_statements[];
extern const size_t all_statements_count;

/* Makes the tables of these statements, item 1 to 100 with body 'body n'. */
void make_tables(const char *dsn);
struct db_settings settings_for(const char *dsn);
/* Opens and waits until it is ready. */
struct database *open_ready(const char *dsn);
void await_ready(struct database *db);
struct db_figures figures_of(struct database *db);

#endif
