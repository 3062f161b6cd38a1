/* 200 threads at once through all lanes: every answer is the caller's own. */
#include <pthread.h>
#include <stdatomic.h>
#include "common.h"

#define THREADS 200
#define ROUNDS  25

static struct database *db;
static atomic_int done, missed, wrong, refused, busy;

static void judge(enum db_outcome outcome, const struct db_rows *rows, const char *wanted)
{
	if (outcome == DB_DONE && db_rows_count(rows) == 1 &&
		strcmp(db_value(rows, 0, 0), wanted) == 0)
		atomic_fetch_add(&done, 1);
	else if (outcome == DB_BUSY)
		atomic_fetch_add(&busy, 1);
	else
		atomic_fetch_add(&wrong, 1);
}

/* A key that nobody has: no row, and not the next one's. */
static void miss(int number)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	char key[16];

	snprintf(key, sizeof key, "%d", -1 - number);
	enum db_outcome outcome = database_read(
		db, DB_BATCH, &STEP(&st_by_key, key), &rows, &error);
	if (outcome == DB_DONE && db_rows_count(rows) == 0)
		atomic_fetch_add(&missed, 1);
	else
		atomic_fetch_add(outcome == DB_BUSY ? &missed : &wrong, 1);
}

static void read_own(enum db_lane lane, int number)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	char key[16], wanted[24];

	snprintf(key, sizeof key, "%d", number % 100 + 1);
	snprintf(wanted, sizeof wanted, "body %s", key);
	enum db_outcome outcome = database_read(db, lane, &STEP(&st_by_key, key), &rows, &error);
	judge(outcome, rows, wanted);
}

static void write_own(int number, int round)
{
	char key[24], body[24];
	struct step steps[] = { STEP(&st_insert, key, body), STEP(&st_by_key, key) };
	struct db_rows *rows[2];
	struct db_error error;

	snprintf(key, sizeof key, "%d", 10000 + number * ROUNDS + round);
	snprintf(body, sizeof body, "by %d", number);
	enum db_outcome outcome = database_write(db, DB_POOL, steps, 2, rows, &error);
	judge(outcome, rows[1], body);
	db_rows_free(rows[0]);
	db_rows_free(rows[1]);
}

static void be_refused(enum db_lane lane)
{
	struct db_rows *rows;
	struct db_error error;

	if (database_read(db, lane, &STEP(&st_divide, "0"), &rows, &error) == DB_REFUSED &&
		strcmp(error.sqlstate, "22012") == 0)
		atomic_fetch_add(&refused, 1);
	else
		atomic_fetch_add(&wrong, 1);
}

static void *hammer(void *context)
{
	int number = (int)(intptr_t)context;

	for (int round = 0; round < ROUNDS; round++) {
		read_own(DB_BATCH, number + round);
		read_own(DB_POOL, number * 7 + round);
		miss(number);
		if (round % 5 == 0)
			write_own(number, round);
		if (number % 20 == 0 && round % 5 == 1)
			be_refused(round % 2 ? DB_BATCH : DB_POOL);
	}
	return NULL;
}

static void every_thread_gets_its_own_answers(void **state)
{
	static pthread_t threads[THREADS];

	(void)state;
	make_tables(test_dsn());
	db = open_ready(test_dsn());
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, (void *)(intptr_t)i), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d answers, %d refusals, %d busy\n", done, refused, busy);
	assert_int_equal(wrong, 0);
	/* On a starved machine the line may take longer than its second: that is an answer too. */
	assert_int_equal(done + busy, THREADS * ROUNDS * 2 + THREADS * ROUNDS / 5);
	assert_int_equal(missed, THREADS * ROUNDS);
	assert_int_equal(refused, THREADS / 20 * ROUNDS / 5);
	assert_true(sql_number(test_dsn(), "SELECT count(*) FROM item WHERE id >= 10000") <=
		    THREADS * ROUNDS / 5);
	await_ready(db);
	database_close(db);
}

/* A database is closed the moment its last reader returns. */
static void closing_leaves_nothing_behind(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		db = open_ready(test_dsn());
		read_own(DB_BATCH, i);
		read_own(DB_POOL, i);
		database_close(db);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_thread_gets_its_own_answers),
		cmocka_unit_test(closing_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
