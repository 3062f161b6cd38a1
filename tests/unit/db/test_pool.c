/* The line in front of the pool: strictly first come, first served, bounded in time and length. */
#include "common.h"
#include "db/pool.h"
#include "base/clock.h"

#define WAITERS 24

static struct pool pool;

static bool is_open(void *c)
{
	return connection_open(c);
}

static void open_line(int size, const struct pool_line *line)
{
	struct db_settings settings = settings_for(test_dsn());
	struct connection *c;

	memset(&pool, 0, sizeof pool);
	pool.source = (struct source){ .lane = "test", .answer_ms = 5000 };
	assert_true(source_init(&pool.source, &settings, NULL, NULL));
	pool_init(&pool, size, line);
	while ((c = pool_take_away(&pool))) {
		await_true(is_open, c, "a connection");
		pool_put_back(&pool, c);
	}
}

static void open_pool(int size, int waiting_most, uint64_t wait_us)
{
	open_line(size, &(struct pool_line){ .most = waiting_most, .wait_us = wait_us });
}

struct waiting {
	int number;
	pthread_t thread;
	enum db_outcome outcome;
};

static pthread_mutex_t order_lock = PTHREAD_MUTEX_INITIALIZER;
static int order[WAITERS], order_count; /* guarded by order_lock */

static void *wait_and_give(void *context)
{
	struct waiting *w = context;
	struct connection *c;

	w->outcome = pool_take(&pool, &c);
	if (w->outcome != DB_DONE)
		return NULL;
	pthread_mutex_lock(&order_lock);
	order[order_count++] = w->number;
	pthread_mutex_unlock(&order_lock);
	pool_give(&pool, c);
	return NULL;
}

static bool as_many_wait(void *context)
{
	return pool_counts(&pool).waiting == *(int *)context;
}

static void start_in_order(struct waiting *all, int count)
{
	for (int i = 0; i < count; i++) {
		int wanted = i + 1;

		all[i] = (struct waiting){ .number = i };
		assert_int_equal(pthread_create(&all[i].thread, NULL, wait_and_give, &all[i]), 0);
		await_true(as_many_wait, &wanted, "the thread stands in the line");
	}
}

static void the_oldest_waiter_comes_first(void **state)
{
	struct waiting all[WAITERS];
	struct connection *c;

	(void)state;
	open_pool(1, WAITERS, 20000000);
	order_count = 0;
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	start_in_order(all, WAITERS);
	pool_give(&pool, c);
	for (int i = 0; i < WAITERS; i++)
		pthread_join(all[i].thread, NULL);
	assert_int_equal(order_count, WAITERS);
	for (int i = 0; i < WAITERS; i++)
		assert_int_equal(order[i], i);
	assert_int_equal(pool_counts(&pool).idle, 1);
	pool_release(&pool);
}

/* The giver cannot take the connection back past a waiter. */
static void nobody_barges_in(void **state)
{
	struct waiting first;
	struct connection *c, *again;

	(void)state;
	open_pool(1, WAITERS, 20000000);
	order_count = 0;
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	start_in_order(&first, 1);
	pool_give(&pool, c);
	assert_int_equal(pool_take(&pool, &again), DB_DONE);
	pthread_mutex_lock(&order_lock);
	assert_int_equal(order_count, 1);
	pthread_mutex_unlock(&order_lock);
	pthread_join(first.thread, NULL);
	pool_give(&pool, again);
	pool_release(&pool);
}

static void a_full_line_sends_away_at_once(void **state)
{
	struct waiting all[2];
	struct connection *c, *never;

	(void)state;
	open_pool(1, 2, 20000000);
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	start_in_order(all, 2);
	assert_int_equal(pool_take(&pool, &never), DB_BUSY);
	pool_give(&pool, c);
	for (int i = 0; i < 2; i++) {
		pthread_join(all[i].thread, NULL);
		assert_int_equal(all[i].outcome, DB_DONE);
	}
	pool_release(&pool);
}

static void a_wait_in_vain_ends(void **state)
{
	struct connection *c, *never;
	uint64_t start = clock_monotonic_us();

	(void)state;
	open_pool(1, WAITERS, 50000);
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	assert_int_equal(pool_take(&pool, &never), DB_BUSY);
	assert_true(clock_monotonic_us() - start >= 50000);
	assert_int_equal(pool_counts(&pool).waiting, 0);
	pool_give(&pool, c);
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	pool_give(&pool, c);
	pool_release(&pool);
}

/* The first two wait as long as a stall may last; the third finds a crowd. */
static void a_short_line_outlasts_a_stall(void **state)
{
	struct waiting all[2];
	struct connection *c, *never;
	uint64_t start = clock_monotonic_us();

	(void)state;
	open_line(1, &(struct pool_line){ WAITERS, 50000, 2, 20000000 });
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	start_in_order(all, 2);
	assert_int_equal(pool_take(&pool, &never), DB_BUSY);
	assert_true(clock_monotonic_us() - start >= 50000);
	assert_int_equal(pool_counts(&pool).waiting, 2);
	pool_give(&pool, c);
	for (int i = 0; i < 2; i++) {
		pthread_join(all[i].thread, NULL);
		assert_int_equal(all[i].outcome, DB_DONE);
	}
	pool_release(&pool);
}

static void an_empty_pool_is_unavailable_not_busy(void **state)
{
	struct connection *c;

	(void)state;
	open_pool(1, WAITERS, 20000000);
	assert_int_equal(pool_take(&pool, &c), DB_DONE);
	connection_close(c);
	pool_give(&pool, c);
	assert_int_equal(pool_counts(&pool).live, 0);
	assert_int_equal(pool_take(&pool, &c), DB_UNAVAILABLE);
	pool_release(&pool);
}

/* Time-outs and hand-overs meet at the same moment, again and again: none is lost or doubled. */
static atomic_int holders;
static atomic_bool two_at_once;

static void *take_many(void *context)
{
	(void)context;
	for (int i = 0; i < 400; i++) {
		struct connection *c;

		if (pool_take(&pool, &c) != DB_DONE)
			continue;
		if (atomic_fetch_add(&holders, 1) >= 2)
			atomic_store(&two_at_once, true);
		sched_yield();
		atomic_fetch_sub(&holders, 1);
		pool_give(&pool, c);
	}
	return NULL;
}

static void time_outs_and_hand_overs_do_not_collide(void **state)
{
	pthread_t threads[16];

	(void)state;
	open_pool(2, 64, 30);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_many, NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	assert_false(atomic_load(&two_at_once));
	assert_int_equal(pool_counts(&pool).idle, 2);
	assert_int_equal(pool_counts(&pool).waiting, 0);
	pool_release(&pool);
}

static int setup(void **state)
{
	(void)state;
	make_tables(test_dsn());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_waiter_comes_first),
		cmocka_unit_test(nobody_barges_in),
		cmocka_unit_test(a_full_line_sends_away_at_once),
		cmocka_unit_test(a_wait_in_vain_ends),
		cmocka_unit_test(a_short_line_outlasts_a_stall),
		cmocka_unit_test(an_empty_pool_is_unavailable_not_busy),
		cmocka_unit_test(time_outs_and_hand_overs_do_not_collide),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
