#include "db/lane.h"
#include <time.h>
#include "db/wake.h"

#define LANE_LOOK_SECONDS 1 /* how often an idle lane checks whether its server is alive */

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

/* Sleeps until there is work or a second has passed. NULL if there was no work, or another link was
 * faster. */
static struct lane_job *next_batch(struct lane *l)
{
	struct lane_job *jobs;

	pthread_mutex_lock(&l->lock);
	if (!l->head && !l->stop) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += LANE_LOOK_SECONDS;
		l->asleep++;
		pthread_cond_timedwait(&l->work, &l->lock, &until);
		l->asleep--;
	}
	jobs = cut(l);
	pthread_mutex_unlock(&l->lock);
	return jobs;
}

/* Jobs that are sent together: a single one, or several of the same statement as a set. */
struct group {
	struct lane_job *jobs[LANE_BATCH];
	size_t count;
};

/* Sorts the jobs into groups and returns the number of groups. */
static size_t gather(struct lane_job *jobs, struct group groups[LANE_BATCH])
{
	size_t count = 0;

	for (struct lane_job *j = jobs; j; j = j->next) {
		const struct statement *s = j->step->statement;
		size_t at = s->set ? 0 : count;

		while (at < count && groups[at].jobs[0]->step->statement != s)
			at++;
		if (at == count)
			groups[count++].count = 0;
		groups[at].jobs[groups[at].count++] = j;
	}
	return count;
}

static bool send_group(struct connection *c, const struct group *g)
{
	const struct step *steps[LANE_BATCH];
	owned(buf_release) struct buf values = { 0 };
	struct step set;

	if (g->count == 1)
		return connection_send(c, g->jobs[0]->step);
	for (size_t i = 0; i < g->count; i++)
		steps[i] = g->jobs[i]->step;
	return set_step(steps, g->count, &values, &set) && connection_send(c, &set);
}

/* Wakes the jobs of a group. rows: NULL if they were not run. Afterwards the jobs' stacks are
 * gone. */
static void end_group(const struct group *g, struct db_rows *const rows[])
{
	for (size_t i = 0; i < g->count; i++) {
		struct lane_job *job = g->jobs[i];

		if (rows)
			job->rows = rows[i];
		wake_set(&job->wake, rows ? JOB_ROWS : JOB_NOT_RUN);
	}
}

/* Ends a group with its result: rows (taken), or an error. */
static void hand_out(const struct group *g, PGresult *result)
{
	struct db_rows *rows[LANE_BATCH] = { rows_of(result) };
	bool good = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (good && g->count > 1)
		good = set_rows(result, g->count, rows);
	end_group(g, good ? rows : NULL);
	if (!good || g->count > 1)
		PQclear(result);
}

/* Hands out the results as they arrive; *ret_ended: the number of groups that received theirs.
 * Returns whether the connection is still good: the exchange reached its Sync, and the prepared
 * statements still fit the schema. */
static bool receive(
	struct lane_link *k, const struct group *groups, size_t count, size_t *ret_ended)
{
	uint64_t deadline = connection_deadline(&k->connection), done = 0;
	size_t at = 0;
	bool good = false, stale = false;

	for (;;) {
		PGresult *result = connection_next(&k->connection, deadline);
		ExecStatusType status = PQresultStatus(result); /* PGRES_FATAL_ERROR for NULL */

		if (!result || status == PGRES_PIPELINE_SYNC) {
			good = result && at == count && !stale;
			PQclear(result);
			break;
		}
		if (at == count) {
			PQclear(result); /* in place of the Sync: all rows have been handed out */
			continue;
		}
		stale |= state_is_stale(PQresultErrorField(result, PG_DIAG_SQLSTATE));
		done += status == PGRES_TUPLES_OK ? groups[at].count : 0;
		hand_out(&groups[at++], result);
	}
	atomic_fetch_add_explicit(&k->lane->batched, done, memory_order_relaxed);
	*ret_ended = at;
	return good;
}

/* false: the connection has to be reopened. */
static bool run_batch(struct lane_link *k, struct lane_job *jobs)
{
	struct group groups[LANE_BATCH];
	size_t count = gather(jobs, groups), ended = 0;
	bool sent = connection_alive(&k->connection), good = false;

	for (size_t i = 0; sent && i < count; i++)
		sent = send_group(&k->connection, &groups[i]);
	if (sent && connection_sync(&k->connection)) {
		atomic_fetch_add_explicit(&k->lane->batches, 1, memory_order_relaxed);
		good = receive(k, groups, count, &ended);
	}
	while (ended < count)
		end_group(&groups[ended++], NULL);
	return good;
}

static bool some_link_is_up(const struct lane *l)
{
	bool up = false;

	for (size_t i = 0; i < LANE_LINKS; i++)
		up |= l->links[i].up;
	return up;
}

/* Gives the connection to the keeper. Until it is reopened the other links do the work; if no link
 * is up, readers go to the pool. */
static void go_down(struct lane_link *k)
{
	struct lane *l = k->lane;
	struct lane_job *jobs = NULL;

	connection_close(&k->connection);
	pthread_mutex_lock(&l->lock);
	k->up = false;
	k->away = true;
	if (!some_link_is_up(l)) {
		jobs = l->head;
		l->head = l->tail = NULL;
	}
	pthread_mutex_unlock(&l->lock);
	fail_jobs(jobs);
	l->kick(l->keeper);
}

/* Waits until the keeper has reopened the connection. false: stop. */
static bool await_up(struct lane_link *k)
{
	struct lane *l = k->lane;
	bool up;

	pthread_mutex_lock(&l->lock);
	while (!k->up && !l->stop)
		pthread_cond_wait(&l->opened, &l->lock);
	up = k->up && !(l->stop && !l->head);
	pthread_mutex_unlock(&l->lock);
	return up;
}

static void *link_main(void *context)
{
	struct lane_link *k = context;

	while (await_up(k)) {
		struct lane_job *jobs = next_batch(k->lane);
		bool good = jobs ? run_batch(k, jobs) : connection_alive(&k->connection);

		if (!good)
			go_down(k);
	}
	return NULL;
}

struct db_rows *lane_read(struct lane *l, const struct step *step)
{
	struct lane_job job = { .step = step };
	bool up, asleep;

	if (l->source.mute && server_is_mute(l->source.mute))
		return NULL;
	pthread_mutex_lock(&l->lock);
	up = !l->stop && some_link_is_up(l);
	asleep = up && l->asleep > 0;
	if (up) {
		if (l->tail)
			l->tail->next = &job;
		else
			l->head = &job;
		l->tail = &job;
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
	up = some_link_is_up(l);
	pthread_mutex_unlock(&l->lock);
	return up;
}

struct lane_link *lane_take_away(struct lane *l)
{
	struct lane_link *found = NULL;

	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < LANE_LINKS && !found; i++)
		if (l->links[i].away) {
			found = &l->links[i];
			found->away = false;
		}
	pthread_mutex_unlock(&l->lock);
	return found;
}

void lane_give(struct lane_link *k)
{
	struct lane *l = k->lane;

	pthread_mutex_lock(&l->lock);
	k->up = k->connection.pg != NULL;
	k->away = !k->up;
	pthread_cond_broadcast(&l->opened);
	pthread_mutex_unlock(&l->lock);
}

void lane_init(struct lane *l)
{
	pthread_condattr_t monotonic;

	for (size_t i = 0; i < LANE_LINKS; i++) {
		l->links[i].lane = l;
		l->links[i].connection.source = &l->source;
		l->links[i].away = true;
	}
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->opened, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

bool lane_start(struct lane *l)
{
	for (size_t i = 0; i < LANE_LINKS; i++) {
		struct lane_link *k = &l->links[i];

		k->started = pthread_create(&k->thread, NULL, link_main, k) == 0;
		if (!k->started)
			return false;
	}
	return true;
}

void lane_stop(struct lane *l)
{
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_broadcast(&l->work);
	pthread_cond_broadcast(&l->opened);
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < LANE_LINKS; i++) {
		if (l->links[i].started)
			pthread_join(l->links[i].thread, NULL);
		connection_close(&l->links[i].connection);
	}
	source_release(&l->source);
	pthread_cond_destroy(&l->work);
	pthread_cond_destroy(&l->opened);
	pthread_mutex_destroy(&l->lock);
}
