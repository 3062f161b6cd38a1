/* schema.h - the tables of events in a test's database, and what the tests count. */
#ifndef UPWARD_TESTS_UNIT_EVENTS_SCHEMA_H
#define UPWARD_TESTS_UNIT_EVENTS_SCHEMA_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "events/consumer.h"
#include "support/unit/cluster.h"

/* Counts every time an event takes effect: (event_id, type). No key, so that a second time shows.
 */
extern const struct statement st_effect;
extern const struct statement st_emit, st_refused; /* ($1 type): an event */

/* The schema `common` as the migrations make it, without roles and grants; and table effect. */
void make_schema(const char *dsn);
struct database *open_events(const char *dsn);
long effects(void);       /* rows of effect */
long effects_twice(void); /* events with more than one */
long events(void);        /* rows of the outbox */
void clear(void);

#endif
