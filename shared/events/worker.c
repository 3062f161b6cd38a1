#include "events/worker.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "ops/log.h"

#define CONSUMER_POLL_MS 200
#define IDLE_AFTER_US    2000000 /* a job that found nothing for that long may rest longer */
#define TROUBLE_MOST_MS  5000 /* longest pause after a failure */
#define INTERRUPT_MS     50

struct workers;

struct worker {
	struct workers *all;
	const struct job *job; /* one of the two */
	const struct consumer *consumer;
	struct db_session *db; /* owned */
	pthread_t thread;
	bool ended;   /* its thread no longer uses anything here */
	bool pending; /* of a consumer: events wait for it */
};

struct workers {
	struct service_state *service;
	struct database *db;         /* borrowed */
	atomic_uint_fast64_t pieces; /* of work that jobs and consumers have done */
	pthread_mutex_t lock; /* guards what is below, and ended and pending */
	pthread_cond_t event; /* of any of these */
	bool stop;
	bool watched;           /* a consumer looks for the events of all */
	const struct consumer *consumers;
	struct worker *first_consumer;
	size_t consumer_count;
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

/* Changes with everything that this process has written and that may be work for a job. */
static uint64_t news(struct workers *all)
{
	return atomic_load(&all->pieces) + database_writes(all->db);
}

static void run_job(struct worker *w)
{
	struct workers *all = w->all;
	const struct job *job = w->job;
	int most = job->idle_ms > job->poll_ms ? job->idle_ms : job->poll_ms;
	uint64_t idle_us = clock_monotonic_us() + IDLE_AFTER_US;

	while (!stopped(all)) {
		uint64_t known = news(all);
		bool found = job->run(all->service, w->db);

		atomic_fetch_add(&all->pieces, found);
		for (int paused = 0; !found && !stopped(all) && paused < most; paused += job->poll_ms) {
			pause_for(all, job->poll_ms);
			if (known != news(all) || clock_monotonic_us() < idle_us)
				break;
		}
		if (known != news(all))
			idle_us = clock_monotonic_us() + IDLE_AFTER_US;
	}
}

/* Waits until events wait for this consumer, or nobody watches: then it has the watch. false: stop. */
static bool take_turn(struct worker *w, bool *ret_watch)
{
	struct workers *all = w->all;

	pthread_mutex_lock(&all->lock);
	while (!all->stop && !w->pending && all->watched)
		pthread_cond_wait(&all->event, &all->lock);
	bool stop = all->stop;
	*ret_watch = !stop && !w->pending;
	if (*ret_watch)
		all->watched = true;
	w->pending = false;
	pthread_mutex_unlock(&all->lock);
	return !stop;
}

/* Tells those for whom events wait; whether this consumer is one of them. */
static bool tell(struct worker *w, const bool *pending)
{
	struct workers *all = w->all;
	bool any = false;

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < all->consumer_count; i++) {
		any |= pending[i];
		all->first_consumer[i].pending |= pending[i];
	}
	if (any)
		pthread_cond_broadcast(&all->event);
	bool own = w->pending;
	w->pending = false;
	pthread_mutex_unlock(&all->lock);
	return own;
}

/* Looks for the events of all consumers, in one statement, until some wait for this one. */
static void watch(struct worker *w)
{
	struct workers *all = w->all;
	int pause_ms = CONSUMER_POLL_MS;
	bool own = false;

	while (!own && !stopped(all)) {
		bool pending[CONSUMERS_MOST] = { false };
		struct db_error error;

		pause_for(all, pause_ms);
		if (stopped(all))
			break;
		enum db_outcome outcome =
			consumers_look(w->db, all->consumers, all->consumer_count, pending, &error);
		if (outcome == DB_DONE) {
			pause_ms = CONSUMER_POLL_MS;
			own = tell(w, pending);
		} else {
			if (outcome == DB_REFUSED)
				log_error("consumers_stuck", LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
			pause_ms = pause_ms * 2 < TROUBLE_MOST_MS ? pause_ms * 2 : TROUBLE_MOST_MS;
		}
	}
	pthread_mutex_lock(&all->lock);
	all->watched = false;
	pthread_cond_broadcast(&all->event);
	pthread_mutex_unlock(&all->lock);
}

/* Consumes what waits. false: something failed. */
static bool consume(struct worker *w)
{
	for (int count = CONSUMER_BATCH; count == CONSUMER_BATCH && !stopped(w->all);) {
		struct db_error error;
		enum db_outcome outcome = consumer_step(w->db, w->consumer, &count, &error);

		if (outcome == DB_REFUSED)
			log_error("consumer_stuck", LOG_TEXT(LOG_CONSUMER, w->consumer->name),
				LOG_TEXT(LOG_SQLSTATE, error.sqlstate),
				LOG_TEXT(LOG_CONSTRAINT, error.constraint),
				LOG_TEXT(LOG_CODE, error.code));
		if (outcome != DB_DONE)
			return false;
		atomic_fetch_add(&w->all->pieces, count > 0);
	}
	return true;
}

static void run_consumer(struct worker *w)
{
	int trouble_ms = CONSUMER_POLL_MS;
	bool on_watch;

	while (take_turn(w, &on_watch)) {
		if (on_watch)
			watch(w);
		if (consume(w)) {
			trouble_ms = CONSUMER_POLL_MS;
			continue;
		}
		pause_for(w->all, trouble_ms);
		trouble_ms = trouble_ms * 2 < TROUBLE_MOST_MS ? trouble_ms * 2 : TROUBLE_MOST_MS;
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
	assert(consumer_count <= CONSUMERS_MOST);
	all->service = service;
	all->db = db;
	all->consumers = consumers;
	all->consumer_count = consumer_count;
	all->first_consumer = &all->items[job_count];
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
