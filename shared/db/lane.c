#include "db/lane.h"
#include "db/wake.h"

#define LANE_LOOK_SECONDS 1 /* how often an idle lane looks whether its server is there */

enum { JOB_ROWS = 1, JOB_NOT_RUN };

/* On the stack of the thread that waits. */
struct lane_job {
	const struct step *step;
	struct db_rows *rows;
	struct wake wake;
	struct lane_job *next;
};

static void fail_jobs(struct lane_job *job)
{
	while (job) {
		struct lane_job *next =
			job->next; /* read first: the job's stack is gone afterwards */

		wake_set(&job->wake, JOB_NOT_RUN);
		job = next;
	}
}

/* Takes up to LANE_BATCH jobs off the queue. */
static struct lane_job *cut(struct lane *l)
{
	struct lane_job *first = l->head, *last = first;

	for (int n = 1; n < LANE_BATCH && last && last->next; n++)
		last = last->next;
	if (last) {
		l->head = last->next;
		if (!l->head)
			l->tail = NULL;
		last->next = NULL;
	}
	return first;
}

/* Sleeps until there is work, a second passed, or the lane goes down. NULL when it passed idly. */
static struct lane_job *next_batch(struct lane *l)
{
	struct lane_job *jobs;

	pthread_mutex_lock(&l->lock);
	if (!l->head && !l->stop) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += LANE_LOOK_SECONDS;
		l->asleep = true;
		pthread_cond_timedwait(&l->work, &l->lock, &until);
		l->asleep = false;
	}
	jobs = cut(l);
	pthread_mutex_unlock(&l->lock);
	return jobs;
}

/* Hands the results out as they come. Returns the jobs that got none, and whether the connection is
 * still good: the exchange came to its Sync, and the prepared statements fit. */
static struct lane_job *hand_out(struct lane *l, struct lane_job *jobs, bool *ret_good)
{
	uint64_t deadline = connection_deadline(&l->connection), done = 0;
	struct lane_job *failed = NULL;
	bool stale = false;

	*ret_good = false;
	for (;;) {
		PGresult *result = connection_next(&l->connection, deadline);
		struct lane_job *job = jobs;

		ExecStatusType status = PQresultStatus(result); /* of NULL: an error */

		if (result && !job && status == PGRES_FATAL_ERROR) {
			PQclear(result); /* in the Sync's place: all rows are out already */
			continue;
		}
		if (!result || !job || status == PGRES_PIPELINE_SYNC) {
			*ret_good = status == PGRES_PIPELINE_SYNC && !jobs && !stale;
			PQclear(result);
			break;
		}
		jobs = job->next;
		if (status == PGRES_TUPLES_OK) {
			job->rows = rows_of(result);
			wake_set(&job->wake, JOB_ROWS);
			done++;
			continue;
		}
		stale |= state_is_stale(PQresultErrorField(result, PG_DIAG_SQLSTATE));
		PQclear(result);
		job->next = failed;
		failed = job;
	}
	atomic_fetch_add_explicit(&l->batched, done, memory_order_relaxed);
	fail_jobs(failed);
	return jobs;
}

/* false: the connection has to be reopened. */
static bool run_batch(struct lane *l, struct lane_job *jobs)
{
	bool sent = connection_alive(&l->connection), good = false;

	for (const struct lane_job *j = jobs; sent && j; j = j->next)
		sent = connection_send(&l->connection, j->step);
	if (sent && connection_sync(&l->connection)) {
		atomic_fetch_add_explicit(&l->batches, 1, memory_order_relaxed);
		jobs = hand_out(l, jobs, &good);
	}
	fail_jobs(jobs);
	return good;
}

/* From now on readers go to the pool, until the keeper has reopened the connection. */
static void go_down(struct lane *l)
{
	struct lane_job *jobs;

	connection_close(&l->connection);
	pthread_mutex_lock(&l->lock);
	l->up = false;
	l->away = true;
	jobs = l->head;
	l->head = l->tail = NULL;
	pthread_mutex_unlock(&l->lock);
	fail_jobs(jobs);
	l->kick(l->keeper);
}

/* false: stop */
static bool await_up(struct lane *l)
{
	bool up;

	pthread_mutex_lock(&l->lock);
	while (!l->up && !l->stop)
		pthread_cond_wait(&l->work, &l->lock);
	up = l->up && !(l->stop && !l->head);
	pthread_mutex_unlock(&l->lock);
	return up;
}

static void *lane_main(void *context)
{
	struct lane *l = context;

	while (await_up(l)) {
		struct lane_job *jobs = next_batch(l);
		bool good = jobs ? run_batch(l, jobs) : connection_alive(&l->connection);

		if (!good)
			go_down(l);
	}
	return NULL;
}

struct db_rows *lane_read(struct lane *l, const struct step *step)
{
	struct lane_job job = { .step = step };
	bool up, asleep;

	pthread_mutex_lock(&l->lock);
	up = l->up && !l->stop;
	asleep = up && l->asleep;
	if (up) {
		if (l->tail)
			l->tail->next = &job;
		else
			l->head = &job;
		l->tail = &job;
		if (asleep)
			l->asleep = false; /* one signal is enough */
	}
	pthread_mutex_unlock(&l->lock);
	if (!up)
		return NULL;
	if (asleep)
		pthread_cond_signal(&l->work);
	return wake_wait(&job.wake, WAKE_FOREVER) == JOB_ROWS ? job.rows : NULL;
}

bool lane_up(struct lane *l)
{
	bool up;

	pthread_mutex_lock(&l->lock);
	up = l->up;
	pthread_mutex_unlock(&l->lock);
	return up;
}

struct connection *lane_take_away(struct lane *l)
{
	bool away;

	pthread_mutex_lock(&l->lock);
	away = l->away;
	l->away = false;
	pthread_mutex_unlock(&l->lock);
	return away ? &l->connection : NULL;
}

void lane_give(struct lane *l)
{
	pthread_mutex_lock(&l->lock);
	l->up = l->connection.pg != NULL;
	l->away = !l->up;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
}

void lane_init(struct lane *l)
{
	pthread_condattr_t monotonic;

	l->connection.source = &l->source;
	l->away = true;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

bool lane_start(struct lane *l)
{
	l->started = pthread_create(&l->thread, NULL, lane_main, l) == 0;
	return l->started;
}

void lane_stop(struct lane *l)
{
	if (l->started) {
		pthread_mutex_lock(&l->lock);
		l->stop = true;
		pthread_cond_signal(&l->work);
		pthread_mutex_unlock(&l->lock);
		pthread_join(l->thread, NULL);
	}
	connection_close(&l->connection);
	source_release(&l->source);
	pthread_cond_destroy(&l->work);
	pthread_mutex_destroy(&l->lock);
}
