/*
 * keeper.h - inside shared/db: the thread that opens connections. It opens what is away, one after
 * another, and tries again with a growing, jittered pause; once a second it looks whether idle
 * connections still have a server, so that readiness is true without traffic too.
 */
#ifndef UPWARD_DB_KEEPER_H
#define UPWARD_DB_KEEPER_H

#include "db/lane.h"
#include "db/pool.h"

struct keeper {
	struct lane *lane;
	struct pool *pools[2];
	atomic_bool stop;

	pthread_mutex_t lock; /* guards what follows; never held over I/O */
	pthread_cond_t event;
	bool kicked;
	bool started;
	pthread_t thread;
};

void keeper_init(struct keeper *k);
CHECKED bool keeper_start(struct keeper *k);
void keeper_stop(struct keeper *k); /* a kick after it is harmless */
void keeper_release(struct keeper *k);
void keeper_kick(void *keeper); /* a connection was lost */

/* A number in [0, most), for jitter alone: not secret. */
uint64_t jitter(uint64_t most);

#endif
