/*
 * consumer.h - exactly-once effects of other services' events. In one transaction: lock the
 * consumer's cursor (SKIP LOCKED), read the events behind it whose transaction is below the
 * snapshot's xmin, run the effect for each, move the cursor.
 */
#ifndef UPWARD_EVENTS_CONSUMER_H
#define UPWARD_EVENTS_CONSUMER_H

#include "db/database.h"

struct event {
	const char *id;         /* bigint, as text */
	const char *type;       /* "pair.suspended" */
	const char *subject_id; /* uuid */
	const char *data;       /* JSON text */
	const char *occurred_at;
};

struct consumer {
	const char *name;             /* "scheduling.pair_life": key of its cursor */
	const char *const *types;     /* NULL-terminated; others are passed over */
	/* One of the two. The statement's signature is (event_id bigint, type text, subject_id uuid,
	 * data json). */
	const struct statement *effect;
	enum db_outcome (*handle)(struct db_worker *w, const struct event *event, struct db_error *error);
};

/* Runs one batch. *ret_count: events passed. */
CHECKED enum db_outcome consumer_step(struct db_worker *w, const struct consumer *c, int *ret_count);

#endif
