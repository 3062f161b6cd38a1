#include "events/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "ops/log.h"

#define CONSUMER_POLL_MS 200
#define TROUBLE_MOST_MS  5000 /* longest pause after a failure */
#define INTERRUPT_MS     50

struct workers;

struct worker {
	struct workers *all;
	const struct job *job; /* one of the two */
	const struct consumer *consumer;
	struct db_session *db; /* owned */
	pthread_t thread;
	bool ended; /* its thread no longer uses anything here */
};

struct workers {
	struct service_state *service;
	pthread_mutex_t lock; /* guards stop and ended */
	pthread_cond_t event; /* of either */
	bool stop;
	size_t count;   /* workers with a connection of their own */
	size_t started; /* of these, with a thread */
	struct worker items[];
};

/* The workers that the calling thread belongs to. Jobs call deep into code that has no pointer to
 * them. */
static _Thread_local struct workers *mine;

static bool stopped(struct workers *all)
{
	bool stop;

	pthread_mutex_lock(&all->lock);
	stop = all->stop;
	pthread_mutex_unlock(&all->lock);
	return stop;
}

bool worker_stopping(void)
{
	return mine && stopped(mine);
}

bool job_run_statement(struct db_session *w, const struct statement *statement)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(statement, NULL);
	enum db_outcome outcome = db_session_run(w, &step, &rows, &error);

	if (outcome == DB_REFUSED)
		log_warning("job_refused", LOG_TEXT(LOG_STATEMENT, statement->name),
			LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
	return outcome == DB_DONE && db_rows_count(rows) > 0;
}

static void pause_for(struct workers *all, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&all->lock);
	while (!all->stop && pthread_cond_timedwait(&all->event, &all->lock, &until) == 0)
		;
	pthread_mutex_unlock(&all->lock);
}

void worker_pause(int ms)
{
	pause_for(mine, ms);
}

static void run_job(struct worker *w)
{
	while (!stopped(w->all))
		if (!w->job->run(w->all->service, w->db))
			pause_for(w->all, w->job->poll_ms);
}

static void run_consumer(struct worker *w)
{
	int trouble_ms = CONSUMER_POLL_MS;

	while (!stopped(w->all)) {
		struct db_error error;
		enum db_outcome outcome;
		int count;

		outcome = consumer_step(w->db, w->consumer, &count, &error);
		if (outcome == DB_REFUSED)
			log_error("consumer_stuck", LOG_TEXT(LOG_CONSUMER, w->consumer->name),
				LOG_TEXT(LOG_SQLSTATE, error.sqlstate),
				LOG_TEXT(LOG_CONSTRAINT, error.constraint),
				LOG_TEXT(LOG_CODE, error.code));
		if (outcome != DB_DONE) {
			pause_for(w->all, trouble_ms);
			trouble_ms = trouble_ms * 2 < TROUBLE_MOST_MS ? trouble_ms * 2
								      : TROUBLE_MOST_MS;
			continue;
		}
		trouble_ms = CONSUMER_POLL_MS;
		if (count < CONSUMER_BATCH)
			pause_for(w->all, CONSUMER_POLL_MS);
	}
}

static void *worker_main(void *context)
{
	struct worker *w = context;

	mine = w->all;
	if (w->job)
		run_job(w);
	else
		run_consumer(w);
	pthread_mutex_lock(&w->all->lock);
	w->ended = true;
	pthread_cond_broadcast(&w->all->event);
	pthread_mutex_unlock(&w->all->lock);
	return NULL;
}

static void init(struct workers *all)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&all->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&all->event, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct workers *workers_start(struct service_state *service, struct database *db,
	const struct job *jobs, size_t job_count, const struct consumer *consumers,
	size_t consumer_count)
{
	size_t count = job_count + consumer_count;
	struct workers *all = calloc(1, sizeof *all + count * sizeof *all->items);

	if (!all)
		return NULL;
	all->service = service;
	init(all);
	for (size_t i = 0; i < count; i++) {
		struct worker *w = &all->items[i];

		w->all = all;
		w->job = i < job_count ? &jobs[i] : NULL;
		w->consumer = i < job_count ? NULL : &consumers[i - job_count];
		w->db = db_session_open(db);
		if (!w->db)
			goto fail;
		all->count++;
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			goto fail;
		all->started++;
	}
	return all;
fail:
	workers_stop(all);
	return NULL;
}

/* Waits for a worker to end. Until then it keeps interrupting interruptible statements, because new
 * ones may begin. */
static void join(struct workers *all, struct worker *w)
{
	pthread_mutex_lock(&all->lock);
	while (!w->ended) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += INTERRUPT_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (pthread_cond_timedwait(&all->event, &all->lock, &until) != ETIMEDOUT)
			continue;
		pthread_mutex_unlock(&all->lock);
		for (size_t i = 0; i < all->count; i++)
			db_session_interrupt(all->items[i].db);
		pthread_mutex_lock(&all->lock);
	}
	pthread_mutex_unlock(&all->lock);
	pthread_join(w->thread, NULL);
}

void workers_stop(struct workers *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->lock);
	all->stop = true;
	pthread_cond_broadcast(&all->event);
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < all->started; i++)
		join(all, &all->items[i]);
	for (size_t i = 0; i < all->count; i++)
		db_session_close(all->items[i].db);
	pthread_cond_destroy(&all->event);
	pthread_mutex_destroy(&all->lock);
	free(all);
}
