/*
 * pool.h - inside shared/db: a few connections and a strictly first-come-first-served queue
 * of threads. A returned connection goes directly to the oldest waiter: nobody jumps the queue, and
 * exactly one thread wakes.
 *
 * A lost connection goes to the `away` list; the keeper (keeper.h) reopens it.
 */
#ifndef UPWARD_DB_POOL_H
#define UPWARD_DB_POOL_H

#include <pthread.h>
#include "db/connection.h"

#define POOL_MOST 64

struct waiter;

/* How long threads wait for a connection. A growing queue means overload, so a time limit keeps it
 * short. A queue of a few does not: whatever delays it, a disk or other programs, all of it is served
 * as soon as that is over. */
struct pool_line {
	int most;          /* further threads are refused at once */
	uint64_t wait_us;  /* longest wait, */
	int few;           /* or, if fewer threads than this are waiting, */
	uint64_t stall_us; /* this one */
};

struct pool {
	struct source source;
	int size;
	struct pool_line line;
	void (*kick)(void *keeper); /* called after a connection was lost */
	void *keeper;

	pthread_mutex_t lock; /* guards what follows; never held over I/O */
	struct connection *idle, *away;
	struct waiter *head, *tail;
	int idle_count, waiting, live;
	struct connection items[POOL_MOST];
};

void pool_init(struct pool *p, int size, const struct pool_line *line);
void pool_release(struct pool *p); /* closes all connections; nobody may use the pool afterwards */

/* DB_DONE and a live connection; DB_BUSY: timed out, or too many are waiting; DB_UNAVAILABLE: there
 * is no connection to wait for. */
CHECKED enum db_outcome pool_take(struct pool *p, struct connection **ret_c);
void pool_give(struct pool *p, struct connection *c);

/* For the keeper: a connection that is down, or NULL; to be put back, open or not. */
CHECKED struct connection *pool_take_away(struct pool *p);
void pool_put_back(struct pool *p, struct connection *c); /* pool_give() without the kick */
/* Finds idle connections whose server has gone, so that no request has to. */
void pool_sweep(struct pool *p);

struct pool_counts {
	int idle, waiting, live;
};
struct pool_counts pool_counts(struct pool *p);

#endif
