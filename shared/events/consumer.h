/*
 * consumer.h - consumes other services' events with exactly-once effect. In one transaction: lock the
 * consumer's cursor (SKIP LOCKED), read the events after it whose transaction is below the snapshot's
 * xmin, run the effect for each, move the cursor.
 */
#ifndef UPWARD_EVENTS_CONSUMER_H
#define UPWARD_EVENTS_CONSUMER_H

#include "db/database.h"
#include "db/session.h"

#define CONSUMER_BATCH 100
#define CONSUMERS_MOST 16 /* of a service */

struct event {
	const char *id;         /* bigint, as text */
	const char *type;       /* "pair.suspended" */
	const char *subject_id; /* uuid */
	const char *data;       /* JSON text */
	const char *occurred_at;
};

struct consumer {
	const char *name;         /* "scheduling.pair_life": key of its cursor */
	const char *const *types; /* NULL-terminated; other types are skipped */
	/* One of these two. The statement's signature is (event_id bigint, type text, subject_id
	 * uuid, data json). */
	const struct statement *effect;
	enum db_outcome (*handle)(
		struct db_session *w, const struct event *event, struct db_error *error);
};

/* For which of the consumers consumer_step() has something to do; one statement for all. */
CHECKED enum db_outcome consumers_look(struct db_session *w, const struct consumer *all, size_t count,
	bool *ret_pending, struct db_error *ret_error);
/* Runs one batch of at most CONSUMER_BATCH events. *ret_count: events consumed. An event whose effect
 * the database refuses stays first and is tried again by the next call: order is kept, and nothing is
 * skipped; the events before it are consumed. With DB_REFUSED, ret_error says why. */
CHECKED enum db_outcome consumer_step(
	struct db_session *w, const struct consumer *c, int *ret_count, struct db_error *ret_error);

#endif
