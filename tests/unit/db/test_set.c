/* LINK: -Wl,--wrap=PQcopyResult,--wrap=PQsetvalue */
/*
 * Several calls as one statement: each gets the rows that it would have got alone, whatever their
 * values hold and in whatever order the rows come.
 */
#include "common.h"
#include "db/set.h"
#include "support/unit/prng.h"

PGresult *__real_PQcopyResult(const PGresult *from, int flags);
PGresult *__wrap_PQcopyResult(const PGresult *from, int flags);
int __real_PQsetvalue(PGresult *result, int row, int column, char *value, int len);
int __wrap_PQsetvalue(PGresult *result, int row, int column, char *value, int len);

static PGconn *pg;
static int good_calls = -1; /* of libpq, before it has no memory; -1: for ever */

static bool is_refused(void)
{
	if (good_calls > 0)
		good_calls--;
	else
		return good_calls == 0;
	return false;
}

PGresult *__wrap_PQcopyResult(const PGresult *from, int flags)
{
	return is_refused() ? NULL : __real_PQcopyResult(from, flags);
}

int __wrap_PQsetvalue(PGresult *result, int row, int column, char *value, int len)
{
	return is_refused() ? 0 : __real_PQsetvalue(result, row, column, value, len);
}

static int connect_to(void **state)
{
	(void)state;
	make_tables(test_dsn());
	pg = PQconnectdb(test_dsn());
	return PQstatus(pg) == CONNECTION_OK ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	PQfinish(pg);
	return 0;
}

static PGresult *run(const struct step *step)
{
	PGresult *result = PQexecParams(pg, step->statement->sql, step->statement->param_count,
		NULL, step->values, NULL, NULL, 0);

	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	return result;
}

static void assert_same(const struct db_rows *rows, const PGresult *alone)
{
	assert_int_equal(db_rows_count(rows), PQntuples(alone));
	for (int row = 0; row < PQntuples(alone); row++)
		for (int c = 0; c < PQnfields(alone); c++) {
			assert_int_equal(db_column(rows, PQfname(alone, c)), c);
			const char *value = db_value(rows, row, c);
			assert_int_equal(!value, PQgetisnull(alone, row, c));
			if (!value)
				continue;
			assert_string_equal(value, PQgetvalue(alone, row, c));
			assert_int_equal(db_length(rows, row, c), PQgetlength(alone, row, c));
		}
}

/* Runs them as a set and each alone. */
static void compare(const struct statement *statement, const char *const values[], size_t count)
{
	struct step steps[SET_MOST], set;
	const struct step *all[SET_MOST] = { NULL };
	struct db_rows *rows[SET_MOST];
	owned(buf_release) struct buf text = { 0 };

	for (size_t i = 0; i < count; i++) {
		steps[i] = STEP(statement, values[i]);
		all[i] = &steps[i];
	}
	assert_true(set_step(all, count, &text, &set));
	PGresult *result = run(&set);
	assert_true(set_rows(result, count, rows));
	PQclear(result);
	for (size_t i = 0; i < count; i++) {
		PGresult *alone = run(&steps[i]);
		assert_same(rows[i], alone);
		PQclear(alone);
		db_rows_free(rows[i]);
	}
}

static void values_come_through_as_they_are(void **state)
{
	static const char *const values[] = { "", NULL, "NULL", "null", "a,b", "{}", "\"", "\\",
		"\\\"", " ", "a b ", "\n\t", "{\"a\": [1]}", "\xc3\xa4\xf0\x9f\x99\x82", "'",
		"()" };

	(void)state;
	_Static_assert(COUNT(values) <= SET_MOST, "one set");
	compare(&st_echo, values, COUNT(values));
}

static void random_sets_are_as_their_calls_alone(void **state)
{
	struct prng p = { 7 };

	(void)state;
	for (int round = 0; round < 200; round++) {
		char text[SET_MOST][16];
		const char *values[SET_MOST];
		size_t count = 1 + prng_below(&p, SET_MOST);

		for (size_t i = 0; i < count; i++) { /* 100 are there; some come twice */
			snprintf(text[i], sizeof text[i], "%d", (int)prng_below(&p, 130));
			values[i] = prng_below(&p, 20) ? text[i] : NULL;
		}
		compare(&st_by_key, values, count);
	}
}

/* Nobody is given a row of whom it is not certain. */
static void rows_without_an_owner_are_refused(void **state)
{
	static const char *const wrong[] = { "SELECT 'a', 0", "SELECT 'a', 4", "SELECT 'a', -1",
		"SELECT 'a', 'x'", "SELECT 'a', NULL",
		"SELECT * FROM (VALUES ('a', 1), ('b', 2), ('c', 1)) v" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const struct statement statement = { "wrong", wrong[i], 0 };
		struct db_rows *rows[3];
		PGresult *result = run(&STEP(&statement, NULL));
		assert_false(set_rows(result, 3, rows));
		PQclear(result);
	}
}

/* Either all or none, and nothing is left over. */
static void refused_memory_leaves_nothing(void **state)
{
	const struct statement three = { "three", "SELECT n, NULL, n FROM generate_series(1, 3) n",
		0 };
	PGresult *result = run(&STEP(&three, NULL));
	struct db_rows *rows[3];
	bool done = false;

	(void)state;
	for (int calls = 0; !done; calls++) {
		good_calls = calls;
		done = set_rows(result, 3, rows);
		assert_int_equal(done, calls >= 9); /* a copy and two values each */
	}
	good_calls = -1;
	for (size_t i = 0; i < 3; i++)
		db_rows_free(rows[i]);
	PQclear(result);
}

static void what_is_too_large_is_refused(void **state)
{
	static char large[2 << 20];
	struct step steps[] = { STEP(&st_echo, large), STEP(&st_echo, "x") }, set;
	const struct step *all[] = { &steps[0], &steps[1] };
	owned(buf_release) struct buf text = { 0 };

	(void)state;
	memset(large, 'x', sizeof large - 1);
	assert_false(set_step(all, 2, &text, &set));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_through_as_they_are),
		cmocka_unit_test(random_sets_are_as_their_calls_alone),
		cmocka_unit_test(rows_without_an_owner_are_refused),
		cmocka_unit_test(refused_memory_leaves_nothing),
		cmocka_unit_test(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, connect_to, leave);
}
