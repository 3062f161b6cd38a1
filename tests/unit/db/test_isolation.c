/* What is slow, locked or broken harms nobody else; every caller gets an answer. */
#include <pthread.h>
#include <stdatomic.h>
#include "common.h"
#include "libpq-fe.h"

static struct database *db;

static int setup(void **state)
{
	(void)state;
	make_tables(test_dsn());
	db = open_ready(test_dsn());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	database_close(db);
	return 0;
}

struct caller {
	pthread_t thread;
	enum db_lane lane;
	const char *key;
	atomic_int good, bad;
};

static atomic_bool stop;

static bool reads_right(enum db_lane lane, const char *key)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	char wanted[24];

	snprintf(wanted, sizeof wanted, "body %s", key);
	return database_read(db, lane, &STEP(&st_by_key, key), &rows, &error) == DB_DONE &&
	       strcmp(db_value(rows, 0, 0), wanted) == 0;
}

static void *read_on(void *context)
{
	struct caller *c = context;

	while (!atomic_load(&stop))
		atomic_fetch_add(reads_right(c->lane, c->key) ? &c->good : &c->bad, 1);
	return NULL;
}

static void *nap_once(void *context)
{
	struct caller *c = context;
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	bool good = database_read(db, c->lane, &STEP(&st_sleep, "0.05"), &rows, &error) == DB_DONE;

	atomic_fetch_add(good ? &c->good : &c->bad, 1);
	return NULL;
}

static const struct statement st_gate = { "gate", "SELECT pg_advisory_xact_lock(1)", 0, true };
static const struct statement st_pass = { "pass", "SELECT pg_advisory_xact_lock_shared(1)", 0,
	true };

/* A connection that holds the gate until it is ended: what is slow lasts as long as the test wants. */
static PGconn *close_gate(void)
{
	PGconn *gate = PQconnectdb(test_dsn());

	PQclear(PQexec(gate, "SELECT pg_advisory_lock(1)"));
	return gate;
}

static void *pass_once(void *context)
{
	struct caller *c = context;
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	bool good = database_read(db, c->lane, &STEP(&st_pass), &rows, &error) == DB_DONE;

	atomic_fetch_add(good ? &c->good : &c->bad, 1);
	return NULL;
}

/* Its slow statements may wait for locks for a long time. */
static struct database *open_patient(int slow_size)
{
	static char dsn[1400];
	struct db_settings settings = settings_for(test_dsn());
	struct database *patient;

	snprintf(dsn, sizeof dsn,
		"%s options='-c deadlock_timeout=10ms -c lock_timeout=20s -c "
		"statement_timeout=30s'",
		test_dsn());
	settings.slow_dsn = dsn;
	settings.slow_size = slow_size;
	patient = database_open(&settings);
	assert_non_null(patient);
	await_ready(patient);
	return patient;
}

static void *divide_on(void *context)
{
	struct caller *c = context;

	while (!atomic_load(&stop)) {
		struct db_rows *rows;
		struct db_error error;
		bool told = database_read(db, c->lane, &STEP(&st_divide, "0"), &rows, &error) ==
				    DB_REFUSED &&
			    strcmp(error.sqlstate, "22012") == 0;

		atomic_fetch_add(told ? &c->good : &c->bad, 1);
	}
	return NULL;
}

static void start(struct caller *all, int count, enum db_lane lane, void *(*run)(void *))
{
	static const char *const keys[] = { "1", "2", "3", "4", "5", "6", "7", "8" };

	for (int i = 0; i < count; i++) {
		all[i].lane = lane;
		all[i].key = keys[i % 8];
		atomic_store(&all[i].good, 0);
		atomic_store(&all[i].bad, 0);
		assert_int_equal(pthread_create(&all[i].thread, NULL, run, &all[i]), 0);
	}
}

static void join(struct caller *all, int count, int *ret_good, int *ret_bad)
{
	*ret_good = *ret_bad = 0;
	for (int i = 0; i < count; i++) {
		pthread_join(all[i].thread, NULL);
		*ret_good += atomic_load(&all[i].good);
		*ret_bad += atomic_load(&all[i].bad);
	}
}

#define READERS  8
#define SLEEPERS 6

static struct caller readers[READERS], others[SLEEPERS];

static int good_reads(void)
{
	int sum = 0;

	for (int i = 0; i < READERS; i++)
		sum += atomic_load(&readers[i].good);
	return sum;
}

static bool hundred_reads(void *context)
{
	return good_reads() >= *(int *)context + 100;
}

static bool one_sleeper_done(void)
{
	for (int i = 0; i < SLEEPERS; i++)
		if (atomic_load(&others[i].good) + atomic_load(&others[i].bad) > 0)
			return true;
	return false;
}

static bool all_demoted(void *context)
{
	return figures_of(db).demoted >= *(uint64_t *)context + SLEEPERS;
}

/* Six slow statements would hold the pool's four connections. Once all have been demoted, a hundred reads
 * end while they go on. */
static void readers_pass_slow_statements(enum db_lane lane)
{
	struct database *usual = db;
	PGconn *gate = close_gate();
	uint64_t demoted;
	int good, bad, before;

	db = open_patient(SLEEPERS);
	demoted = figures_of(db).demoted;
	atomic_store(&stop, false);
	start(readers, READERS, lane, read_on);
	start(others, SLEEPERS, lane, pass_once);
	await_true(all_demoted, &demoted, "the slow statements are demoted");
	before = good_reads();
	await_true(hundred_reads, &before, "a hundred reads");
	assert_false(one_sleeper_done());
	PQfinish(gate);
	join(others, SLEEPERS, &good, &bad);
	assert_int_equal(good, SLEEPERS);
	assert_int_equal(bad, 0);
	atomic_store(&stop, true);
	join(readers, READERS, &good, &bad);
	assert_int_equal(bad, 0);
	database_close(db);
	db = usual;
}

static void slow_statements_do_not_stall_the_pool(void **state)
{
	(void)state;
	readers_pass_slow_statements(DB_POOL);
}

static void slow_statements_do_not_stall_the_lane(void **state)
{
	(void)state;
	readers_pass_slow_statements(DB_BATCH);
}

static void *update_once(void *context)
{
	struct caller *c = context;
	struct db_rows *rows = NULL;
	struct db_error error;
	bool good = database_write(db, DB_POOL, &STEP(&st_update, "50", "changed"), 1, &rows,
			    &error) == DB_DONE;

	db_rows_free(rows);
	atomic_fetch_add(good ? &c->good : &c->bad, 1);
	return NULL;
}

static bool one_demoted(void *context)
{
	return figures_of(db).demoted > *(uint64_t *)context;
}

/* The writer is cancelled by the pool's lock_timeout, waits in the slow pool and still succeeds. */
static void a_locked_row_stalls_only_its_writer(void **state)
{
	uint64_t demoted = figures_of(db).demoted;
	PGconn *holder = PQconnectdb(test_dsn());
	int good, bad, before;

	(void)state;
	PQclear(PQexec(holder, "BEGIN"));
	PQclear(PQexec(holder, "SELECT FROM item WHERE id = 50 FOR UPDATE"));
	atomic_store(&stop, false);
	start(readers, READERS, DB_POOL, read_on);
	start(others, 1, DB_POOL, update_once);
	await_true(one_demoted, &demoted, "the writer is demoted");
	before = good_reads();
	await_true(hundred_reads, &before, "a hundred reads");
	PQfinish(holder);
	join(others, 1, &good, &bad);
	assert_int_equal(good, 1);
	atomic_store(&stop, true);
	join(readers, READERS, &good, &bad);
	assert_int_equal(bad, 0);
	assert_string_equal(
		sql_value(test_dsn(), "SELECT body FROM item WHERE id = 50"), "changed");
}

/* A failing statement aborts the batch around it: the others must not notice. */
static void an_error_in_a_batch_stays_with_its_caller(void **state)
{
	int good, bad, before;

	(void)state;
	atomic_store(&stop, false);
	start(readers, READERS, DB_BATCH, read_on);
	start(others, 3, DB_BATCH, divide_on);
	for (int i = 0; i < 5; i++) {
		before = good_reads();
		await_true(hundred_reads, &before, "a hundred reads");
	}
	atomic_store(&stop, true);
	join(readers, READERS, &good, &bad);
	assert_int_equal(bad, 0);
	join(others, 3, &good, &bad);
	assert_int_equal(bad, 0);
	assert_true(good > 0);
}

/* The bulkhead: here 3 run, 8 wait, the rest is sent away at once; none is left without an answer.
 */
static bool so_many_busy(void *context)
{
	return figures_of(db).busy >= *(uint64_t *)context;
}

/* Three at work, eight in the line. */
static void a_full_slow_pool_answers_busy(void **state)
{
	static struct caller many[24];
	struct database *usual = db;
	PGconn *gate = close_gate();
	int good, bad;

	(void)state;
	db = open_patient(3);
	start(many, (int)COUNT(many), DB_SLOW, pass_once);
	await_true(so_many_busy, &(uint64_t){ COUNT(many) - 11 }, "those without a place are told");
	PQfinish(gate);
	join(many, (int)COUNT(many), &good, &bad);
	assert_int_equal(good + bad, COUNT(many));
	assert_true(good >= 3 && good <= 11);
	assert_true(reads_right(DB_SLOW, "1"));
	database_close(db);
	db = usual;
}

/* With room in the line a burst waits for its turn: eight times what runs at once. */
static void a_burst_of_slow_statements_waits(void **state)
{
	static struct caller many[24];
	struct db_settings settings = settings_for(test_dsn());
	struct database *usual = db;
	int good, bad;

	(void)state;
	settings.slow_queue = COUNT(many);
	db = database_open(&settings);
	assert_non_null(db);
	await_ready(db);
	start(many, (int)COUNT(many), DB_SLOW, nap_once);
	join(many, (int)COUNT(many), &good, &bad);
	assert_int_equal(good, COUNT(many));
	assert_int_equal(figures_of(db).busy, 0);
	database_close(db);
	db = usual;
}

static void *lock_both(void *context)
{
	struct caller *c = context;
	struct step steps[] = { STEP(&st_lock, "1"), STEP(&st_gate), STEP(&st_lock, "2") };
	struct db_rows *rows[3];
	struct db_error error;
	bool good = database_write(db, DB_SLOW, steps, 3, rows, &error) == DB_DONE;

	for (int i = 0; i < 3; i++)
		db_rows_free(rows[i]);
	atomic_fetch_add(good ? &c->good : &c->bad, 1);
	return NULL;
}

static bool so_many_wait(void *context)
{
	return sql_number(test_dsn(),
		       "SELECT count(*) FROM pg_stat_activity WHERE datname = "
		       "current_database() AND wait_event_type = 'Lock'") == *(int *)context;
}

/* Our write closes the circle, and looks for it first (10 ms against 10 s): it is the victim. */
static void a_deadlock_is_tried_again(void **state)
{
	struct database *usual = db;
	PGconn *other = PQconnectdb(test_dsn()), *gate = close_gate();
	int good, bad;

	(void)state;
	db = open_patient(3);
	PQclear(PQexec(other, "SET deadlock_timeout = '10s'; BEGIN; "
			      "SELECT FROM item WHERE id = 2 FOR UPDATE"));
	start(others, 1, DB_SLOW, lock_both);
	await_true(so_many_wait, &(int){ 1 }, "our write waits at the gate");
	PQsendQuery(other, "SELECT FROM item WHERE id = 1 FOR UPDATE");
	await_true(so_many_wait, &(int){ 2 }, "the other one waits for us");
	PQfinish(gate);
	PQclear(PQgetResult(other));
	assert_null(PQgetResult(other));
	PQclear(PQexec(other, "COMMIT"));
	PQfinish(other);
	join(others, 1, &good, &bad);
	assert_int_equal(good, 1);
	assert_true(figures_of(db).slow >= 2);
	database_close(db);
	db = usual;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_statements_do_not_stall_the_pool),
		cmocka_unit_test(slow_statements_do_not_stall_the_lane),
		cmocka_unit_test(a_locked_row_stalls_only_its_writer),
		cmocka_unit_test(an_error_in_a_batch_stays_with_its_caller),
		cmocka_unit_test(a_full_slow_pool_answers_busy),
		cmocka_unit_test(a_burst_of_slow_statements_waits),
		cmocka_unit_test(a_deadlock_is_tried_again),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
