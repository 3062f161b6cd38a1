/*
 * keeper.h - inside shared/db: the thread that opens connections. It opens connections that are down,
 * one after another, and retries with a growing, jittered delay; once a second it checks idle
 * connections, so that readiness is correct even without traffic.
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
void keeper_stop(struct keeper *k); /* keeper_kick() is harmless afterwards */
void keeper_release(struct keeper *k);
void keeper_kick(void *keeper); /* a connection was lost */

/* A number in [0, most), only for jitter: not secret. */
uint64_t jitter(uint64_t most);

#endif
