#include "db/database_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"

/* The gateway waits five seconds. */
#define STALL_US     2500000
#define LOCKED_US    1500000 /* how long a lock is tried again in the slow pool, 0.5 s each time */
#define CROWD_US     1000000
#define CROWD        256
#define LANE_ANSWER  2000  /* ms */
#define POOL_ANSWER  5000  /* ms: 25 ms per statement, plus what a commit may wait for the disk */
#define SLOW_ANSWER  10000 /* ms */
#define PULSE_ANSWER 2000  /* ms */
#define RETRIES_MOST 3
#define RETRY_US     4000

/* The pool's timeout for an exchange with a statement that must be planned; the lock timeout
 * stays. */
static const struct statement patience = { .name = "patience",
	.sql = "SELECT set_config('statement_timeout', '200', true)",
	.unprepared = true };

static bool is_state(const struct db_error *error, const char *sqlstate)
{
	return memcmp(error->sqlstate, sqlstate, 6) == 0;
}

/* Cancelled by the pool's own timeouts: nothing was committed. */
static bool is_cancelled(const struct db_error *error)
{
	return is_state(error, "57014") || is_state(error, "55P03");
}

static void rest(int attempt)
{
	uint64_t us = jitter((uint64_t)RETRY_US << attempt) + 500;
	struct timespec pause = { 0, (long)us * 1000 };

	nanosleep(&pause, NULL);
}

static void count(atomic_uint_fast64_t *figure)
{
	atomic_fetch_add_explicit(figure, 1, memory_order_relaxed);
}

static void count_demoted(struct database *db, const struct statement *statement)
{
	count(&db->demoted);
	for (size_t i = 0; i < db->statement_count; i++)
		if (db->statements[i] == statement)
			count(&db->demoted_by[i]);
}

/* Whether the work may be tried again after such an error, because nothing was committed. A thread
 * that waits for a lock in the slow pool releases its connection and joins the queue again. */
static bool try_again(bool slow, const struct db_error *error, int *retries, uint64_t began_us)
{
	if (state_is_transient(error->sqlstate) && (*retries)-- > 0) {
		rest(RETRIES_MOST - *retries);
		return true;
	}
	return slow && is_state(error, "55P03") && clock_monotonic_us() < began_us + LOCKED_US;
}

/* Runs the steps in one pool, with the retries that are always harmless. */
static enum db_outcome run_in(struct database *db, struct pool *pool, const struct step *steps,
	size_t n, struct db_rows **ret_rows, struct db_error *ret_error)
{
	int renewals = pool->size; /* every connection may need to be reopened */
	int retries = RETRIES_MOST;
	uint64_t began = pool == &db->slow ? clock_monotonic_us() : 0;

	for (;;) {
		struct connection *c;
		enum db_outcome outcome = pool_take(pool, &c);
		bool stale;

		if (outcome != DB_DONE) {
			count(outcome == DB_BUSY ? &db->busy : &db->lost);
			return outcome;
		}
		count(pool == &db->slow ? &db->slow_runs : &db->pooled);
		outcome = connection_run(c, steps, n, ret_rows, ret_error);
		stale = outcome == DB_REFUSED && state_is_stale(ret_error->sqlstate);
		if (stale)
			connection_close(c);
		if (outcome == DB_UNAVAILABLE)
			count(&db->lost);
		pool_give(pool, c);
		if (stale && renewals-- > 0)
			continue;
		if (outcome != DB_REFUSED ||
			!try_again(pool == &db->slow, ret_error, &retries, began))
			return outcome;
	}
}

static enum db_outcome run(struct database *db, enum db_lane lane, const struct step *steps,
	size_t n, struct db_rows **ret_rows, struct db_error *ret_error)
{
	enum db_outcome outcome;

	for (size_t i = 0; i < n; i++)
		ret_rows[i] = NULL;
	if (lane != DB_SLOW) {
		outcome = run_in(db, &db->pool, steps, n, ret_rows, ret_error);
		if (outcome != DB_REFUSED || !is_cancelled(ret_error))
			return outcome;
		/* An error in place of the Sync belongs to the last step. */
		size_t step = (size_t)ret_error->step < n ? (size_t)ret_error->step : n - 1;
		count_demoted(db, steps[step].statement);
	}
	return run_in(db, &db->slow, steps, n, ret_rows, ret_error);
}

enum db_outcome database_read(struct database *db, enum db_lane lane, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	if (lane == DB_BATCH && step->statement->set && !db->unbatched) {
		*ret_rows = lane_read(&db->lane, step);
		if (*ret_rows)
			return DB_DONE;
	}
	return run(db, lane, step, 1, ret_rows, ret_error);
}

enum db_outcome database_write(struct database *db, enum db_lane lane, const struct step *steps,
	size_t count_of_steps, struct db_rows **ret_rows, struct db_error *ret_error)
{
	enum db_outcome outcome = run(db, lane, steps, count_of_steps, ret_rows, ret_error);

	if (outcome == DB_DONE)
		count(&db->written);
	return outcome;
}

uint64_t database_writes(struct database *db)
{
	return atomic_load_explicit(&db->written, memory_order_relaxed);
}

static bool open_sources(struct database *db, const struct db_settings *s)
{
	bool lazy = s->statement_count <= STATEMENTS_MOST;

	db->lane.source = (struct source){ .lane = "lane", .answer_ms = LANE_ANSWER, .sets = true };
	db->pool.source = (struct source){
		.lane = "pool", .answer_ms = POOL_ANSWER, .patience = s->pool_dsn ? NULL : &patience
	};
	/* Workers and the slow pool run a handful of the statements, and a few milliseconds more. */
	db->slow.source = (struct source){ .lane = "slow", .answer_ms = SLOW_ANSWER, .lazy = lazy };
	db->worker_source =
		(struct source){ .lane = "worker", .answer_ms = WORKER_ANSWER, .lazy = lazy };
	db->lane.source.stop = db->pool.source.stop = db->slow.source.stop = &db->keeper.stop;
	db->worker_source.stop = &db->keeper.stop;
	return source_init(&db->lane.source, s, s->lane_dsn, POOL_TIME_OUTS) &&
	       source_init(&db->pool.source, s, s->pool_dsn, POOL_TIME_OUTS) &&
	       source_init(&db->slow.source, s, s->slow_dsn, SLOW_TIME_OUTS) &&
	       source_init(&db->worker_source, s, s->worker_dsn, WORKER_TIME_OUTS);
}

/* Opens the pulse and connects its result to the lanes. */
static bool open_pulse(struct database *db, const struct db_settings *s)
{
	struct db_settings alone = *s;

	if (!s->watched)
		return true;
	alone.statement_count = 0;
	db->pulse.source = (struct source){
		.lane = "pulse", .answer_ms = PULSE_ANSWER, .stop = &db->keeper.stop
	};
	db->lane.source.mute = db->pool.source.mute = db->slow.source.mute = &db->pulse.mute;
	return source_init(&db->pulse.source, &alone, s->slow_dsn, SLOW_TIME_OUTS) &&
	       pulse_start(&db->pulse);
}

struct database *database_open(const struct db_settings *settings)
{
	struct database *db = calloc(1, sizeof *db);

	if (!db)
		return NULL;
	db->statements = settings->statements;
	db->statement_count = settings->statement_count;
	db->unbatched = settings->unbatched;
	db->demoted_by = calloc(settings->statement_count + 1, sizeof *db->demoted_by);
	pool_init(&db->pool, settings->pool_size,
		&(struct pool_line){ INT_MAX, CROWD_US, CROWD, STALL_US });
	pool_init(&db->slow, settings->slow_size,
		&(struct pool_line){ .most = settings->slow_queue, .wait_us = STALL_US });
	db->keeper.lane = &db->lane;
	db->keeper.pools[0] = &db->pool;
	db->keeper.pools[1] = &db->slow;
	db->lane.kick = db->pool.kick = db->slow.kick = keeper_kick;
	db->lane.keeper = db->pool.keeper = db->slow.keeper = &db->keeper;
	lane_init(&db->lane);
	keeper_init(&db->keeper);
	if (db->demoted_by && open_sources(db, settings) && open_pulse(db, settings) &&
		lane_start(&db->lane) && keeper_start(&db->keeper))
		return db;
	database_close(db);
	return NULL;
}

void database_close(struct database *db)
{
	if (!db)
		return;
	keeper_stop(&db->keeper);
	pulse_stop(&db->pulse);
	lane_stop(&db->lane);
	pool_release(&db->pool);
	pool_release(&db->slow);
	source_release(&db->worker_source);
	keeper_release(&db->keeper);
	free(db->demoted_by);
	free(db);
}

bool database_ready(struct database *db)
{
	return !server_is_mute(&db->pulse.mute) && lane_up(&db->lane) &&
	       pool_counts(&db->pool).live > 0 && pool_counts(&db->slow).live > 0;
}

void database_figures(struct database *db, struct db_figures *ret_figures)
{
	struct pool_counts pool = pool_counts(&db->pool);

	*ret_figures = (struct db_figures){
		.batched = atomic_load(&db->lane.batched),
		.batches = atomic_load(&db->lane.batches),
		.pooled = atomic_load(&db->pooled),
		.slow = atomic_load(&db->slow_runs),
		.demoted = atomic_load(&db->demoted),
		.busy = atomic_load(&db->busy),
		.lost = atomic_load(&db->lost),
		.pool_idle = pool.idle,
		.pool_waiting = pool.waiting,
	};
}

void database_demoted(struct database *db,
	void (*visit)(void *context, const char *statement, uint64_t times), void *context)
{
	for (size_t i = 0; i < db->statement_count; i++) {
		uint64_t times = atomic_load(&db->demoted_by[i]);

		if (times)
			visit(context, db->statements[i]->name, times);
	}
}
