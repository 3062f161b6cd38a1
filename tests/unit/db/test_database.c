/* What one caller sees: values, lanes, transactions, refusals. */
#include "common.h"

static struct database *db;
static const enum db_lane lanes[] = { DB_POOL, DB_BATCH, DB_SLOW };

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

static void reads_values_in_every_lane(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lanes); i++) {
		owned_rows struct db_rows *rows = NULL;
		struct db_error error;

		assert_int_equal(database_read(db, lanes[i], &STEP(&st_by_key, "7"), &rows, &error),
			DB_DONE);
		assert_int_equal(db_rows_count(rows), 1);
		assert_int_equal(db_rows_columns(rows), 2);
		assert_int_equal(db_column(rows, "version"), 1);
		assert_int_equal(db_column(rows, "absent"), -1);
		assert_string_equal(db_value(rows, 0, 0), "body 7");
		assert_int_equal(db_length(rows, 0, 0), 6);
		assert_null(db_value(rows, 1, 0));
		assert_null(db_value(rows, 0, 2));
		assert_int_equal(db_length(rows, 0, 2), 0);
	}
}

static void null_goes_in_and_comes_out(void **state)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_read(db, DB_BATCH, &STEP(&st_echo, NULL), &rows, &error), DB_DONE);
	assert_null(db_value(rows, 0, 0));
}

static void no_row_is_an_answer(void **state)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_read(db, DB_BATCH, &STEP(&st_by_key, "-1"), &rows, &error), DB_DONE);
	assert_int_equal(db_rows_count(rows), 0);
}

static void an_unprepared_statement_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lanes); i++) {
		owned_rows struct db_rows *rows = NULL;
		struct db_error error;

		assert_int_equal(
			database_read(db, lanes[i], &STEP(&st_series, "1000"), &rows, &error),
			DB_DONE);
		assert_int_equal(db_rows_count(rows), 1000);
	}
}

static void a_refused_read_names_its_sqlstate(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lanes); i++) {
		struct db_rows *rows = (struct db_rows *)1;
		struct db_error error;

		assert_int_equal(database_read(db, lanes[i], &STEP(&st_divide, "0"), &rows, &error),
			DB_REFUSED);
		assert_string_equal(error.sqlstate, "22012");
		assert_null(rows);
	}
}

static void what_may_succeed_is_tried_again(void **state)
{
	static const char *const codes[] = { "40P01", "40001", "XX000" };
	struct db_session *w = db_session_open(db);
	struct db_rows *rows = NULL;
	struct db_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		for (size_t k = 0; k < COUNT(lanes); k++) {
			assert_int_equal(database_write(db, lanes[k], &STEP(&st_falter, codes[i]),
						 1, &rows, &error),
				DB_DONE);
			assert_string_equal(db_value(rows, 0, 0), "at last");
			db_rows_free(rows);
		}
		assert_int_equal(
			db_session_run(w, &STEP(&st_falter, codes[i]), &rows, &error), DB_DONE);
		assert_string_equal(db_value(rows, 0, 0), "at last");
		db_rows_free(rows);
	}
	/* anything else is said at once */
	assert_int_equal(database_write(db, DB_POOL, &STEP(&st_falter, "XX001"), 1, &rows, &error),
		DB_REFUSED);
	assert_string_equal(error.sqlstate, "XX001");
	db_session_close(w);
}

static void a_write_is_one_transaction_with_all_results(void **state)
{
	struct step steps[] = { STEP(&st_context, "ada"), STEP(&st_insert, "1001", "new"),
		STEP(&st_actor), STEP(&st_by_key, "1001") };
	struct db_rows *rows[COUNT(steps)];
	struct db_error error;

	(void)state;
	assert_int_equal(database_write(db, DB_POOL, steps, COUNT(steps), rows, &error), DB_DONE);
	assert_string_equal(db_value(rows[2], 0, 0), "ada");
	assert_string_equal(db_value(rows[3], 0, 0), "new");
	for (size_t i = 0; i < COUNT(steps); i++)
		db_rows_free(rows[i]);
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM item WHERE id = 1001"), 1);
}

static void a_refused_step_undoes_the_steps_before_it(void **state)
{
	struct step steps[] = { STEP(&st_insert, "1002", "new"), STEP(&st_insert, "1", "taken"),
		STEP(&st_insert, "1003", "new") };
	struct db_rows *rows[COUNT(steps)];
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_write(db, DB_POOL, steps, COUNT(steps), rows, &error), DB_REFUSED);
	assert_string_equal(error.sqlstate, "23505");
	assert_string_equal(error.constraint, "item_id");
	assert_string_equal(error.table, "item");
	assert_int_equal(error.step, 1);
	for (size_t i = 0; i < COUNT(steps); i++)
		assert_null(rows[i]);
	assert_int_equal(
		sql_number(test_dsn(), "SELECT count(*) FROM item WHERE id IN (1002, 1003)"), 0);
}

static void a_refusal_at_the_commit_is_no_success(void **state)
{
	struct step steps[] = { STEP(&st_once, "1"), STEP(&st_once, "1") };
	struct db_rows *rows[COUNT(steps)];
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_write(db, DB_POOL, steps, COUNT(steps), rows, &error), DB_REFUSED);
	assert_string_equal(error.sqlstate, "23505");
	assert_string_equal(error.constraint, "once_id");
	assert_int_equal(error.step, COUNT(steps));
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM once"), 0);
}

static void a_null_refusal_names_table_and_column(void **state)
{
	struct db_rows *rows;
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_write(db, DB_POOL, &STEP(&st_insert, "1004", NULL), 1, &rows, &error),
		DB_REFUSED);
	assert_string_equal(error.sqlstate, "23502");
	assert_string_equal(error.table, "item");
	assert_string_equal(error.column, "body");
}

static void a_refusal_of_our_own_brings_code_and_detail(void **state)
{
	struct step steps[] = { STEP(&st_insert, "1005", "new"),
		STEP(&st_refuse, "no_place", "{\"left\":0}") };
	struct db_rows *rows[COUNT(steps)];
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_write(db, DB_POOL, steps, COUNT(steps), rows, &error), DB_REFUSED);
	assert_string_equal(error.sqlstate, "UP001");
	assert_string_equal(error.code, "no_place");
	assert_string_equal(error.detail, "{\"left\":0}");
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM item WHERE id = 1005"), 0);
}

static void the_server_s_texts_stay_inside(void **state)
{
	struct db_rows *rows;
	struct db_error error;

	(void)state;
	assert_int_equal(database_write(db, DB_POOL, &STEP(&st_insert, "1", "private words"), 1,
				 &rows, &error),
		DB_REFUSED);
	assert_string_equal(error.code, "");
	assert_string_equal(error.detail, "");
}

/* Every connection of the pool is asked: a context that stayed behind would show on one of them. */
static void the_context_is_gone_after_the_sync(void **state)
{
	struct step set[] = { STEP(&st_context, "ada"), STEP(&st_actor) };

	(void)state;
	for (int i = 0; i < 16; i++) {
		struct db_rows *rows[2], *later;
		struct db_error error;

		assert_int_equal(database_write(db, DB_POOL, set, 2, rows, &error), DB_DONE);
		assert_string_equal(db_value(rows[1], 0, 0), "ada");
		db_rows_free(rows[0]);
		db_rows_free(rows[1]);
		assert_int_equal(
			database_read(db, DB_POOL, &STEP(&st_actor), &later, &error), DB_DONE);
		assert_true(!db_value(later, 0, 0) || db_length(later, 0, 0) == 0);
		db_rows_free(later);
	}
}

static const struct statement st_time_out = { "time_out",
	"SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')", 0,
	true };

static void each_lane_has_its_time_outs(void **state)
{
	static const char *const wanted[] = { "25ms 25ms", "25ms 25ms", "2s 500ms" };

	(void)state;
	for (size_t i = 0; i < COUNT(lanes); i++) {
		owned_rows struct db_rows *rows = NULL;
		struct db_error error;

		assert_int_equal(
			database_read(db, lanes[i], &STEP(&st_time_out), &rows, &error), DB_DONE);
		assert_string_equal(db_value(rows, 0, 0), wanted[i]);
	}
}

static bool is_open(void *context)
{
	return database_ready(context);
}

static void count_sleep(void *context, const char *statement, uint64_t times)
{
	if (strcmp(statement, "sleep") == 0)
		*(uint64_t *)context += times;
}

static void what_the_pool_cancels_runs_in_the_slow_pool_and_is_counted(void **state)
{
	struct db_figures before = figures_of(db), after;
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	uint64_t times = 0;

	(void)state;
	assert_int_equal(
		database_read(db, DB_POOL, &STEP(&st_sleep, "0.3"), &rows, &error), DB_DONE);
	assert_string_equal(db_value(rows, 0, 0), "slept");
	after = figures_of(db);
	assert_int_equal(after.demoted, before.demoted + 1);
	assert_int_equal(after.slow, before.slow + 1);
	database_demoted(db, count_sleep, &times);
	assert_int_equal(times, 1);
}

static uint64_t demoted_by(struct database *one, const char *seconds)
{
	uint64_t before = figures_of(one).demoted;
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;

	assert_int_equal(
		database_read(one, DB_POOL, &STEP(&st_sleep, seconds), &rows, &error), DB_DONE);
	return figures_of(one).demoted - before;
}

/* Five runs are planned for their values and a sixth for all: a new connection is no reason to be
 * cancelled. */
static void the_pool_is_patient_while_a_statement_is_new_to_a_connection(void **state)
{
	struct db_settings settings = settings_for(test_dsn());
	struct database *one;

	(void)state;
	settings.pool_size = 1;
	one = database_open(&settings);
	assert_non_null(one);
	await_true(is_open, one, "all is open");
	for (int i = 0; i < 6; i++)
		assert_int_equal(demoted_by(one, "0.06"), 0);
	assert_int_equal(demoted_by(one, "0.06"), 1);
	database_close(one);
}

/* On a busy machine what usually fits is cancelled now and then: it is done twice once, and not again and
 * again. What is slow by itself gets no more time. */
static void what_usually_fits_is_not_cancelled_again_and_again(void **state)
{
	struct db_settings settings = settings_for(test_dsn());
	struct database *one;

	(void)state;
	settings.pool_size = 1;
	one = database_open(&settings);
	assert_non_null(one);
	await_true(is_open, one, "all is open");
	for (int in_a_row = 0; in_a_row < 40;)
		in_a_row = demoted_by(one, "0") ? 0 : in_a_row + 1;
	assert_int_equal(demoted_by(one, "0.06"), 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(demoted_by(one, "0.06"), 0);
	assert_int_equal(demoted_by(one, "0.3"), 1);
	for (int i = 0; i < 40; i++)
		(void)demoted_by(one, "0.06");
	assert_int_equal(demoted_by(one, "0.06"), 1);
	database_close(one);
}

/* Runs that more time alone let end, while it was new to the connection, do not say that it fits. */
static void what_is_always_slow_gets_no_more_time(void **state)
{
	struct db_settings settings = settings_for(test_dsn());
	struct database *one;

	(void)state;
	settings.pool_size = 1;
	one = database_open(&settings);
	assert_non_null(one);
	await_true(is_open, one, "all is open");
	for (int i = 0; i < 6; i++)
		assert_int_equal(demoted_by(one, "0.06"), 0);
	for (int i = 0; i < 2; i++)
		(void)demoted_by(one, "0");
	for (int i = 0; i < 3; i++)
		assert_int_equal(demoted_by(one, "0.06"), 1);
	database_close(one);
}

static void the_slow_pool_cancels_too(void **state)
{
	struct db_rows *rows = NULL;
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_read(db, DB_SLOW, &STEP(&st_sleep, "30"), &rows, &error), DB_REFUSED);
	assert_string_equal(error.sqlstate, "57014");
}

static void only_cancelled_work_is_demoted(void **state)
{
	struct db_figures before = figures_of(db);
	struct db_rows *rows;
	struct db_error error;

	(void)state;
	assert_int_equal(
		database_read(db, DB_POOL, &STEP(&st_divide, "0"), &rows, &error), DB_REFUSED);
	assert_int_equal(figures_of(db).demoted, before.demoted);
	assert_int_equal(figures_of(db).slow, before.slow);
}

/* Reads in both lanes. Connections that are being renewed may be missed for a moment; nothing is
 * ever refused. */
static bool both_lanes_read(void *context)
{
	bool good = true;

	(void)context;
	for (int i = 0; i < 12; i++) {
		owned_rows struct db_rows *rows = NULL;
		struct db_error error;
		enum db_outcome outcome = database_read(
			db, i % 2 ? DB_POOL : DB_BATCH, &STEP(&st_by_key, "7"), &rows, &error);

		assert_int_not_equal(outcome, DB_REFUSED);
		if (outcome == DB_DONE)
			assert_string_equal(db_value(rows, 0, 0), "body 7");
		good = good && outcome == DB_DONE;
	}
	return good;
}

static void without_the_lane_its_reads_run_in_the_pool(void **state)
{
	struct db_settings settings = settings_for(test_dsn());
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	(void)state;
	settings.unbatched = true;
	struct database *plain = database_open(&settings);
	assert_non_null(plain);
	await_ready(plain);
	assert_int_equal(
		database_read(plain, DB_BATCH, &STEP(&st_by_key, "7"), &rows, &error), DB_DONE);
	assert_string_equal(db_value(rows, 0, 0), "body 7");
	assert_int_equal(figures_of(plain).batched, 0);
	assert_int_equal(figures_of(plain).pooled, 1);
	database_close(plain);
}

static void expect_prepared(struct db_session *w, const char *names)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;

	assert_int_equal(db_session_run(w, &STEP(&st_prepared, NULL), &rows, &error), DB_DONE);
	assert_string_equal(db_value(rows, 0, 0) ? db_value(rows, 0, 0) : "", names);
}

static void echo(struct db_session *w)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;

	assert_int_equal(db_session_run(w, &STEP(&st_echo, "so"), &rows, &error), DB_DONE);
	assert_string_equal(db_value(rows, 0, 0), "so");
}

static void a_worker_prepares_what_it_runs_and_no_more(void **state)
{
	struct db_session *w = db_session_open(db);
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	(void)state;
	expect_prepared(w, "");
	echo(w);
	echo(w);
	expect_prepared(w, "echo");
	/* a refusal takes back what the transaction did, and not what it prepared */
	assert_int_equal(db_session_begin(w, &error), DB_DONE);
	assert_int_equal(db_session_run(w, &STEP(&st_divide, "0"), &rows, &error), DB_REFUSED);
	db_session_rollback(w);
	expect_prepared(w, "divide echo");
	assert_int_equal(db_session_run(w, &STEP(&st_divide, "1"), &rows, &error), DB_DONE);
	db_session_close(w);
}

/* 0A000 "cached plan must not change result type": the connection is renewed, the read repeated. */
static void a_changed_table_renews_the_prepared_statements(void **state)
{
	(void)state;
	sql(test_dsn(), "ALTER TABLE item ALTER body TYPE varchar(50)");
	await_true(both_lanes_read, NULL, "both lanes read the changed table");
	await_ready(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_values_in_every_lane),
		cmocka_unit_test(null_goes_in_and_comes_out),
		cmocka_unit_test(no_row_is_an_answer),
		cmocka_unit_test(an_unprepared_statement_runs),
		cmocka_unit_test(a_refused_read_names_its_sqlstate),
		cmocka_unit_test(what_may_succeed_is_tried_again),
		cmocka_unit_test(a_write_is_one_transaction_with_all_results),
		cmocka_unit_test(a_refused_step_undoes_the_steps_before_it),
		cmocka_unit_test(a_refusal_at_the_commit_is_no_success),
		cmocka_unit_test(a_null_refusal_names_table_and_column),
		cmocka_unit_test(a_refusal_of_our_own_brings_code_and_detail),
		cmocka_unit_test(the_server_s_texts_stay_inside),
		cmocka_unit_test(the_context_is_gone_after_the_sync),
		cmocka_unit_test(each_lane_has_its_time_outs),
		cmocka_unit_test(what_the_pool_cancels_runs_in_the_slow_pool_and_is_counted),
		cmocka_unit_test(the_pool_is_patient_while_a_statement_is_new_to_a_connection),
		cmocka_unit_test(what_is_always_slow_gets_no_more_time),
		cmocka_unit_test(what_usually_fits_is_not_cancelled_again_and_again),
		cmocka_unit_test(the_slow_pool_cancels_too),
		cmocka_unit_test(only_cancelled_work_is_demoted),
		cmocka_unit_test(without_the_lane_its_reads_run_in_the_pool),
		cmocka_unit_test(a_worker_prepares_what_it_runs_and_no_more),
		cmocka_unit_test(a_changed_table_renews_the_prepared_statements),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
