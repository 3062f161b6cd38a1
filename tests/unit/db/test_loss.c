/* LINK: -Wl,--wrap=PQconsumeInput */
/* The server goes away and comes back: what is answered, and how soon all is well again. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include "common.h"
#include "base/clock.h"

static struct cluster *cluster;
static const char *dsn;

/* Armed on one thread: waits for the condition, then cuts the line before the answer is read. */
static _Thread_local bool (*cut_after)(void *context);
int __real_PQconsumeInput(PGconn *pg);
int __wrap_PQconsumeInput(PGconn *pg);

int __wrap_PQconsumeInput(PGconn *pg)
{
	if (cut_after) {
		await_true(cut_after, NULL, "the moment to cut the line");
		cut_after = NULL;
		shutdown(PQsocket(pg), SHUT_RDWR);
		/* What lies in the socket's buffer already would still be read: drop it. */
		char lost[8192];
		while (recv(PQsocket(pg), lost, sizeof lost, MSG_DONTWAIT) > 0)
			;
	}
	return __real_PQconsumeInput(pg);
}

static int setup(void **state)
{
	(void)state;
	cluster = cluster_new();
	cluster_start(cluster);
	dsn = cluster_dsn(cluster);
	make_tables(dsn);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cluster_free(cluster);
	return 0;
}

static enum db_outcome read_seven(struct database *db, enum db_lane lane)
{
	struct db_rows *rows;
	struct db_error error;
	enum db_outcome outcome = database_read(db, lane, &STEP(&st_by_key, "7"), &rows, &error);

	if (outcome == DB_DONE)
		assert_string_equal(db_value(rows, 0, 0), "body 7");
	db_rows_free(rows);
	return outcome;
}

static void terminate_all(void)
{
	sql(dsn, "SET client_min_messages = error; SELECT pg_terminate_backend(pid, 5000) FROM "
		 "pg_stat_activity "
		 "WHERE application_name = 'upward'");
}

/* Connections open in order: the lane, four of the pool, three slow ones. All but one of each pool
 * are ended; they are found dead before anything is sent, so every read is answered. */
static void terminated_backends_are_replaced_unnoticed(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct database *db = open_ready(dsn);

		sql(dsn, "SET client_min_messages = error; "
			 "SELECT pg_terminate_backend(pid, 20000) FROM (SELECT pid, row_number() "
			 "OVER "
			 "(ORDER BY backend_start) AS n FROM pg_stat_activity "
			 "WHERE application_name = 'upward') a WHERE n NOT IN (5, 8)");
		for (int j = 0; j < 4; j++) {
			assert_int_equal(read_seven(db, DB_POOL), DB_DONE);
			assert_int_equal(read_seven(db, DB_BATCH), DB_DONE);
			assert_int_equal(read_seven(db, DB_SLOW), DB_DONE);
		}
		await_ready(db);
		database_close(db);
	}
}

static bool seven_is_read(void *context)
{
	enum db_outcome outcome = read_seven(context, DB_BATCH);

	assert_true(outcome == DB_DONE || outcome == DB_UNAVAILABLE);
	return outcome == DB_DONE;
}

static void after_all_backends_were_terminated_reads_go_on(void **state)
{
	struct database *db = open_ready(dsn);

	(void)state;
	for (int i = 0; i < 3; i++) {
		terminate_all();
		await_true(seven_is_read, db, "a read is answered again");
		await_ready(db);
	}
	database_close(db);
}

/* Without traffic too. */
static bool not_ready(void *context)
{
	return !database_ready(context);
}

static void readiness_falls_and_rises_with_the_server(void **state)
{
	struct database *db = open_ready(dsn);
	uint64_t start;

	(void)state;
	cluster_stop(cluster);
	await_true(not_ready, db, "readiness falls");
	start = clock_monotonic_us();
	assert_int_equal(read_seven(db, DB_BATCH), DB_UNAVAILABLE);
	assert_int_equal(read_seven(db, DB_POOL), DB_UNAVAILABLE);
	printf("refused after %d ms\n", (int)((clock_monotonic_us() - start) / 1000));
	cluster_start(cluster);
	start = clock_monotonic_us();
	await_ready(db);
	printf("ready %d ms after the server\n", (int)((clock_monotonic_us() - start) / 1000));
	assert_int_equal(read_seven(db, DB_BATCH), DB_DONE);
	database_close(db);
}

static void a_service_starts_without_its_database(void **state)
{
	struct db_settings settings = settings_for(dsn);
	struct database *db;

	(void)state;
	cluster_stop(cluster);
	db = database_open(&settings);
	assert_non_null(db);
	assert_false(database_ready(db));
	assert_int_equal(read_seven(db, DB_BATCH), DB_UNAVAILABLE);
	assert_false(database_ready(db));
	cluster_start(cluster);
	await_ready(db);
	assert_int_equal(read_seven(db, DB_BATCH), DB_DONE);
	database_close(db);
}

static void a_service_stops_without_its_database(void **state)
{
	struct db_settings settings = settings_for("host=/nonexistent");
	struct database *db = database_open(&settings);

	(void)state;
	assert_non_null(db);
	database_close(db);
}

static const struct statement st_wrong = { "wrong", "SELECT missing FROM item", 0, false };
static const struct statement *const with_wrong[] = { &st_by_key, &st_wrong };

/* As when a service starts before its migrations have run. */
static void a_statement_that_cannot_be_prepared_keeps_it_unready(void **state)
{
	struct db_settings settings = settings_for(dsn);
	struct database *db;

	(void)state;
	settings.statements = with_wrong;
	settings.statement_count = COUNT(with_wrong);
	db = database_open(&settings);
	assert_non_null(db);
	assert_int_equal(read_seven(db, DB_POOL), DB_UNAVAILABLE);
	assert_false(database_ready(db));
	sql(dsn, "ALTER TABLE item ADD missing int");
	await_ready(db);
	assert_int_equal(read_seven(db, DB_POOL), DB_DONE);
	database_close(db);
	sql(dsn, "ALTER TABLE item DROP missing");
}

static void a_bad_dsn_is_refused(void **state)
{
	struct db_settings settings = settings_for("host=/tmp nonsense");

	(void)state;
	assert_null(database_open(&settings));
}

static bool row_is_there(void *context)
{
	(void)context;
	return sql_number(dsn, "SELECT count(*) FROM item WHERE id = 2001") == 1;
}

/* The commit is through, its answer is not: never a success, never a second try. */
static void a_write_whose_answer_is_lost_is_unknown(void **state)
{
	struct database *db = open_ready(dsn);
	uint64_t runs = figures_of(db).pooled;
	struct db_rows *rows;
	struct db_error error;

	(void)state;
	cut_after = row_is_there;
	assert_int_equal(
		database_write(db, DB_POOL, &STEP(&st_insert, "2001", "new"), 1, &rows, &error),
		DB_UNAVAILABLE);
	assert_null(rows);
	assert_int_equal(figures_of(db).pooled, runs + 1);
	assert_int_equal(figures_of(db).slow, 0);
	assert_int_equal(figures_of(db).lost, 1);
	await_ready(db);
	database_close(db);
}

static bool writer_waits(void *context)
{
	(void)context;
	return sql_number(dsn, "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
			       "'upward' AND wait_event_type = 'Lock'") > 0;
}

static void *kill_writer(void *context)
{
	(void)context;
	await_true(writer_waits, NULL, "the writer waits for its row");
	sql(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
		 "'upward' AND wait_event_type = 'Lock'");
	return NULL;
}

/* The farewell (57P01) has a SQLSTATE, yet it is no refusal; and nothing is sent twice. */
static void a_write_whose_backend_is_killed_is_unknown(void **state)
{
	struct db_settings settings = settings_for(dsn);
	settings.slow_dsn = dsn; /* no time-outs: the wait ends by the kill alone */
	struct database *db = database_open(&settings);
	PGconn *holder = PQconnectdb(dsn);
	struct step steps[] = { STEP(&st_insert, "2002", "new"), STEP(&st_update, "1", "x") };
	struct db_rows *rows[2];
	struct db_error error;
	pthread_t killer;

	(void)state;
	assert_non_null(db);
	await_ready(db);
	PQclear(PQexec(holder, "BEGIN"));
	PQclear(PQexec(holder, "SELECT FROM item WHERE id = 1 FOR UPDATE"));
	assert_int_equal(pthread_create(&killer, NULL, kill_writer, NULL), 0);
	assert_int_equal(database_write(db, DB_SLOW, steps, 2, rows, &error), DB_UNAVAILABLE);
	pthread_join(killer, NULL);
	PQfinish(holder);
	assert_int_equal(figures_of(db).slow, 1);
	assert_null(rows[0]);
	assert_int_equal(sql_number(dsn, "SELECT count(*) FROM item WHERE id = 2002"), 0);
	await_ready(db);
	database_close(db);
}

static struct database *shared_db;
static atomic_bool stop;
static atomic_int answered;

static void *read_and_count(void *context)
{
	const enum db_lane *lane = context;

	while (!atomic_load(&stop)) {
		enum db_outcome outcome = read_seven(shared_db, *lane);

		if (outcome == DB_DONE)
			atomic_fetch_add(&answered, 1);
	}
	return NULL;
}

static bool hundred_more(void *context)
{
	return atomic_load(&answered) > *(int *)context + 100;
}

/* A crash under load: no hang, no crash of ours, and all goes on afterwards. */
static void readers_survive_crashes(void **state)
{
	static const enum db_lane lanes[] = { DB_BATCH, DB_POOL };
	pthread_t threads[8];

	(void)state;
	shared_db = open_ready(dsn);
	atomic_store(&stop, false);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, read_and_count, (void *)&lanes[i % 2]),
			0);
	for (int i = 0; i < 6; i++) {
		int before = atomic_load(&answered);

		await_true(hundred_more, &before, "reads are answered");
		if (i % 3 == 2) {
			cluster_stop(cluster);
			cluster_start(cluster);
		} else {
			terminate_all();
		}
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	await_ready(shared_db);
	database_close(shared_db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminated_backends_are_replaced_unnoticed),
		cmocka_unit_test(after_all_backends_were_terminated_reads_go_on),
		cmocka_unit_test(readiness_falls_and_rises_with_the_server),
		cmocka_unit_test(a_service_starts_without_its_database),
		cmocka_unit_test(a_service_stops_without_its_database),
		cmocka_unit_test(a_statement_that_cannot_be_prepared_keeps_it_unready),
		cmocka_unit_test(a_bad_dsn_is_refused),
		cmocka_unit_test(a_write_whose_answer_is_lost_is_unknown),
		cmocka_unit_test(a_write_whose_backend_is_killed_is_unknown),
		cmocka_unit_test(readers_survive_crashes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
