/* Memory is refused at the first, second, ... allocation of a call: an honest answer each time, no
 * crash, no leak, and the next call succeeds. Sanitizers bring their own malloc: there the test
 * only runs the calls. */
#include <libpq-fe.h>
#include <stdatomic.h>
#include "common.h"
#include "ops/log.h"

static atomic_long refuse_at; /* counts down; the allocation that finds 1 is refused */
static atomic_bool everywhere;
static _Thread_local bool here;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CAN_REFUSE 1
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool refused(void)
{
	if (!here && !atomic_load_explicit(&everywhere, memory_order_relaxed))
		return false;
	return atomic_load(&refuse_at) > 0 && atomic_fetch_sub(&refuse_at, 1) == 1;
}

void *malloc(size_t size)
{
	return refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return refused() ? NULL : __libc_realloc(old, size);
}
#else
#define CAN_REFUSE 0
#endif

#define CALLS_MOST 400

static struct database *db;
static PGconn *watch;

static int count_rows(int id)
{
	char text[80];
	PGresult *result;
	int count;

	snprintf(text, sizeof text, "SELECT FROM item WHERE id IN (%d, %d)", id, id + 1);
	result = PQexec(watch, text);
	count = PQresultStatus(result) == PGRES_TUPLES_OK ? PQntuples(result) : -1;
	PQclear(result);
	return count;
}

/* Runs one after the other with the n-th allocation refused, until none is. */
static int until_all_pass(void (*one)(int n))
{
	int n = 1;

	for (; n < CALLS_MOST; n++) {
		bool hit;

		atomic_store(&refuse_at, n);
		one(n);
		hit = atomic_exchange(&refuse_at, 0) <= 0;
		if (!hit || !CAN_REFUSE)
			break;
		await_ready(db);
	}
	assert_true(n < CALLS_MOST);
	if (CAN_REFUSE)
		assert_true(n > 1);
	return n;
}

static void read_one(enum db_lane lane)
{
	struct db_rows *rows = NULL;
	struct db_error error;
	enum db_outcome outcome;

	here = true;
	outcome = database_read(db, lane, &STEP(&st_by_key, "7"), &rows, &error);
	here = false;
	if (outcome == DB_DONE)
		assert_string_equal(db_value(rows, 0, 0), "body 7");
	else
		assert_null(rows);
	db_rows_free(rows);
}

static void read_in_pool(int n)
{
	(void)n;
	read_one(DB_POOL);
}

static void read_in_lane(int n)
{
	(void)n;
	atomic_store(&everywhere, true);
	read_one(DB_BATCH);
	atomic_store(&everywhere, false);
}

static void write_two(int n)
{
	static int id = 7000;
	char first[16], second[16];
	struct step steps[] = { STEP(&st_insert, first, "x"), STEP(&st_insert, second, "y"),
		STEP(&st_by_key, first) };
	struct db_rows *rows[3];
	struct db_error error;
	enum db_outcome outcome;
	int there;

	(void)n;
	id += 2;
	snprintf(first, sizeof first, "%d", id);
	snprintf(second, sizeof second, "%d", id + 1);
	here = true;
	outcome = database_write(db, DB_POOL, steps, 3, rows, &error);
	here = false;
	there = count_rows(id);
	assert_true(there == 0 || there == 2);
	if (outcome == DB_DONE)
		assert_int_equal(there, 2);
	if (outcome == DB_NO_MEMORY || outcome == DB_REFUSED)
		assert_int_equal(there, 0);
	for (int i = 0; i < 3; i++) {
		assert_true((rows[i] != NULL) == (outcome == DB_DONE));
		db_rows_free(rows[i]);
	}
}

static void open_another(int n)
{
	struct db_settings settings = settings_for(test_dsn());
	struct database *one;

	(void)n;
	atomic_store(&everywhere, true);
	one = database_open(&settings);
	atomic_store(&everywhere, false);
	if (one)
		await_ready(one);
	database_close(one);
}

static void a_read_in_the_pool_survives(void **state)
{
	(void)state;
	printf("%d allocations\n", until_all_pass(read_in_pool) - 1);
}

static void a_read_in_the_lane_survives(void **state)
{
	(void)state;
	printf("%d allocations\n", until_all_pass(read_in_lane) - 1);
}

static void a_write_survives(void **state)
{
	(void)state;
	printf("%d allocations\n", until_all_pass(write_two) - 1);
}

static void opening_survives(void **state)
{
	(void)state;
	printf("%d allocations\n", until_all_pass(open_another) - 1);
}

static int setup(void **state)
{
	(void)state;
	log_open("unit", LOG_LEVEL_ERROR + 1);
	make_tables(test_dsn());
	db = open_ready(test_dsn());
	watch = PQconnectdb(test_dsn());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	PQfinish(watch);
	database_close(db);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_in_the_pool_survives),
		cmocka_unit_test(a_read_in_the_lane_survives),
		cmocka_unit_test(a_write_survives),
		cmocka_unit_test(opening_survives),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
