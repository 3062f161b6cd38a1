/*
 * consumer.h - exactly-once effects of other services' events. In one transaction: lock the
 * consumer's cursor (SKIP LOCKED), read the events behind it whose transaction is below the
 * snapshot's xmin, run the effect for each, move the cursor.
 */
#ifndef UPWARD_EVENTS_CONSUMER_H
#define UPWARD_EVENTS_CONSUMER_H

#include "db/database.h"
#include "db/session.h"

#define CONSUMER_BATCH 100

struct event {
	const char *id;         /* bigint, as text */
	const char *type;       /* "pair.suspended" */
	const char *subject_id; /* uuid */
	const char *data;       /* JSON text */
	const char *occurred_at;
};

struct consumer {
	const char *name;         /* "scheduling.pair_life": key of its cursor */
	const char *const *types; /* NULL-terminated; others are passed over */
	/* One of the two. The statement's signature is (event_id bigint, type text, subject_id
	 * uuid, data json). */
	const struct statement *effect;
	enum db_outcome (*handle)(
		struct db_session *w, const struct event *event, struct db_error *error);
};

/* Runs one batch of at most CONSUMER_BATCH events. *ret_count: events passed. An effect that the
 * database refuses stays at the head and is tried again by the next call: order is kept, nothing is
 * skipped; the events before it are passed. ret_error tells why, on DB_REFUSED. */
CHECKED enum db_outcome consumer_step(
	struct db_session *w, const struct consumer *c, int *ret_count, struct db_error *ret_error);

#endif
