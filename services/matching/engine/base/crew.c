/* Threads that wait for the next round of work. */
#include "matching/engine/base/crew.h"

#include <pthread.h>
#include <stdlib.h>

#define WORTH_WAKING 100000u /* pairs, about 50 us of work, for which another thread is woken */

struct member {
	struct crew *crew;
	pthread_t thread;
	unsigned number;
};

struct crew {
	pthread_mutex_t lock; /* guards everything below but members */
	pthread_cond_t begin, end;
	crew_work *work;
	void *context;
	unsigned round; /* counts up with every run */
	unsigned team;  /* workers of this round, the caller included */
	unsigned busy;  /* members still at work */
	bool over;
	unsigned wanted;  /* requested size */
	unsigned started; /* threads, the caller included */
	struct member members[CREW_MAX];
};

static void *live(void *argument)
{
	struct member *member = argument;
	struct crew *crew = member->crew;
	unsigned seen = 0;
	pthread_mutex_lock(&crew->lock);
	for (;;) {
		while (crew->round == seen && !crew->over)
			pthread_cond_wait(&crew->begin, &crew->lock);
		if (crew->over)
			break;
		seen = crew->round;
		if (member->number >= crew->team)
			continue;
		crew_work *work = crew->work;
		void *context = crew->context;
		pthread_mutex_unlock(&crew->lock);
		work(context, member->number);
		pthread_mutex_lock(&crew->lock);
		if (!--crew->busy)
			pthread_cond_signal(&crew->end);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

struct crew *crew_new(unsigned size)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	if (!crew)
		return NULL;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->begin, NULL);
	pthread_cond_init(&crew->end, NULL);
	crew->wanted = size < CREW_MAX ? size : CREW_MAX;
	crew->started = crew->team = 1;
	return crew;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->over = true;
	pthread_cond_broadcast(&crew->begin);
	pthread_mutex_unlock(&crew->lock);
	for (unsigned number = 1; number < crew->started; number++)
		pthread_join(crew->members[number].thread, NULL);
	pthread_cond_destroy(&crew->begin);
	pthread_cond_destroy(&crew->end);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}

unsigned crew_most(const struct crew *crew)
{
	return crew->wanted;
}

unsigned crew_size(const struct crew *crew)
{
	return crew->team;
}

/* Starts as many threads as the team needs; once the system refuses one, no more are tried. */
static void start(struct crew *crew, unsigned team)
{
	while (crew->started < team) {
		struct member *member = &crew->members[crew->started];
		member->crew = crew;
		member->number = crew->started;
		if (pthread_create(&member->thread, NULL, live, member)) {
			crew->wanted = crew->started;
			return;
		}
		crew->started++;
	}
}

static void run(struct crew *crew, unsigned team, crew_work *work, void *context)
{
	pthread_mutex_lock(&crew->lock);
	start(crew, team);
	crew->team = team < crew->started ? team : crew->started;
	crew->work = work;
	crew->context = context;
	crew->busy = crew->team - 1;
	crew->round++;
	if (crew->busy)
		pthread_cond_broadcast(&crew->begin);
	pthread_mutex_unlock(&crew->lock);
	work(context, 0);
	pthread_mutex_lock(&crew->lock);
	while (crew->busy)
		pthread_cond_wait(&crew->end, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

void crew_run_pairs(struct crew *crew, size_t pairs, crew_work *work, void *context)
{
	size_t worth = pairs / WORTH_WAKING + 1;
	run(crew, worth < crew->wanted ? (unsigned)worth : crew->wanted, work, context);
}

void crew_run(struct crew *crew, crew_work *work, void *context)
{
	run(crew, crew->wanted, work, context);
}
