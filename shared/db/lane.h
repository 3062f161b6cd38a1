/*
 * lane.h - inside shared/db: the batch lane. A thread owns one connection and sends the waiting
 * reads, up to LANE_BATCH, as one pipeline with one Sync; reads of the same statement go as one set
 * (set.h): PostgreSQL receives, runs and sends once for all of them, which halves the work on both
 * sides. LANE_LINKS such threads serve one queue: while PostgreSQL works for one of them, the service
 * answers for the other.
 *
 * Only for reads of one row by its key, whose statements have a set. The statements of a batch share a
 * transaction: one failure aborts the ones after it, and a slow one delays them. So errors are never
 * reported from here: a read that fails comes back as "not run", and its own thread runs it alone in the
 * pool.
 */
#ifndef UPWARD_DB_LANE_H
#define UPWARD_DB_LANE_H

#include <pthread.h>
#include "db/connection.h"
#include "db/set.h"

#define LANE_BATCH SET_MOST
#define LANE_LINKS 2

struct lane;
struct lane_job;

/* A thread and its connection. */
struct lane_link {
	struct lane *lane;
	struct connection connection; /* owned by the thread while `up`, otherwise by the keeper */
	bool up;
	bool away; /* waiting for the keeper to take it */
	bool started;
	pthread_t thread;
};

struct lane {
	struct source source;
	void (*kick)(void *keeper);
	void *keeper;
	atomic_uint_fast64_t batches, batched;

	pthread_mutex_t
		lock; /* guards what follows and the links' `up` and `away`; never held over I/O */
	pthread_cond_t work;   /* for links that are up */
	pthread_cond_t opened; /* for links that are not */
	struct lane_job *head, *tail;
	int asleep;
	bool stop;
	struct lane_link links[LANE_LINKS];
};

void lane_init(struct lane *l);
CHECKED bool lane_start(struct lane *l);
/* Ends the threads, once nobody reads through the lane any more. Releases the source. */
void lane_stop(struct lane *l);
/* Returns the rows (owned), or NULL if the step was not run. */
CHECKED struct db_rows *lane_read(struct lane *l, const struct step *step);
bool lane_up(struct lane *l); /* whether at least one link is up */

/* For the keeper: a link whose connection is down, or NULL; given back open or not. */
CHECKED struct lane_link *lane_take_away(struct lane *l);
void lane_give(struct lane_link *k);

#endif
