#include "db/keeper.h"

#include <time.h>
#include "base/clock.h"

#define PAUSE_FIRST_US 20000
#define PAUSE_MOST_US  500000
#define SWEEP_US       1000000

uint64_t jitter(uint64_t most)
{
	static _Thread_local uint64_t state;

	/* splitmix64 (Steele, Lea, Flood 2014), seeded from the time and the thread */
	if (!state)
		state = clock_monotonic_us() ^ (uint64_t)(uintptr_t)&state;
	state += 0x9e3779b97f4a7c15u;
	uint64_t z = state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return most ? (z ^ (z >> 31)) % most : 0;
}

void keeper_kick(void *keeper)
{
	struct keeper *k = keeper;

	pthread_mutex_lock(&k->lock);
	k->kicked = true;
	pthread_cond_signal(&k->event);
	pthread_mutex_unlock(&k->lock);
}

/* Waits; if `early`, a kick ends the wait. */
static void pause_for(struct keeper *k, uint64_t us, bool early)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(us / 1000000);
	until.tv_nsec += (long)(us % 1000000) * 1000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&k->lock);
	while (!atomic_load(&k->stop) && !(early && k->kicked))
		if (pthread_cond_timedwait(&k->event, &k->lock, &until) != 0)
			break;
	k->kicked = false;
	pthread_mutex_unlock(&k->lock);
}

/* Opens all connections that are down. false: one could not be opened, and those after it wait
 * too. */
static bool open_pool(struct keeper *k, struct pool *p)
{
	struct connection *c;
	bool good = true;

	while (good && !atomic_load(&k->stop) && (c = pool_take_away(p))) {
		good = connection_open(c);
		pool_put_back(p, c);
	}
	return good;
}

static bool open_lane(struct keeper *k)
{
	struct lane_link *link;
	bool good = true;

	while (good && !atomic_load(&k->stop) && (link = lane_take_away(k->lane))) {
		good = connection_open(&link->connection);
		lane_give(link);
	}
	return good;
}

static void *keeper_main(void *context)
{
	struct keeper *k = context;
	uint64_t pause = PAUSE_FIRST_US;

	while (!atomic_load(&k->stop)) {
		bool good = open_lane(k);

		for (size_t i = 0; i < COUNT(k->pools); i++)
			good &= open_pool(k, k->pools[i]);
		if (good) {
			pause = PAUSE_FIRST_US;
			pause_for(k, SWEEP_US, true);
		} else {
			pause_for(k, pause / 2 + jitter(pause / 2 + 1), false);
			pause = pause * 2 < PAUSE_MOST_US ? pause * 2 : PAUSE_MOST_US;
		}
		for (size_t i = 0; i < COUNT(k->pools); i++)
			pool_sweep(k->pools[i]);
	}
	return NULL;
}

void keeper_init(struct keeper *k)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&k->event, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

bool keeper_start(struct keeper *k)
{
	k->started = pthread_create(&k->thread, NULL, keeper_main, k) == 0;
	return k->started;
}

void keeper_stop(struct keeper *k)
{
	atomic_store(&k->stop, true);
	if (k->started) {
		keeper_kick(k);
		pthread_join(k->thread, NULL);
	}
}

void keeper_release(struct keeper *k)
{
	pthread_cond_destroy(&k->event);
	pthread_mutex_destroy(&k->lock);
}
