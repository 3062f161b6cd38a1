/* Threads waiting for the next round of work. */
#include "matching/engine/crew.h"

#include <pthread.h>
#include <stdlib.h>

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
	unsigned round; /* counts up with every crew_run */
	unsigned busy;  /* members still at work */
	bool over;
	unsigned size;
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
	crew->size = 1;
	while (crew->size < size && crew->size < CREW_MAX) {
		struct member *member = &crew->members[crew->size];
		member->crew = crew;
		member->number = crew->size;
		if (pthread_create(&member->thread, NULL, live, member))
			break;
		crew->size++;
	}
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
	for (unsigned number = 1; number < crew->size; number++)
		pthread_join(crew->members[number].thread, NULL);
	pthread_cond_destroy(&crew->begin);
	pthread_cond_destroy(&crew->end);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}

unsigned crew_size(const struct crew *crew)
{
	return crew->size;
}

void crew_run(struct crew *crew, crew_work *work, void *context)
{
	if (crew->size == 1) {
		work(context, 0);
		return;
	}
	pthread_mutex_lock(&crew->lock);
	crew->work = work;
	crew->context = context;
	crew->busy = crew->size - 1;
	crew->round++;
	pthread_cond_broadcast(&crew->begin);
	pthread_mutex_unlock(&crew->lock);
	work(context, 0);
	pthread_mutex_lock(&crew->lock);
	while (crew->busy)
		pthread_cond_wait(&crew->end, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}
