/* LINK: -Wl,@tests/unit/db/libpq.wrap */
/* Every call of libpq fails in turn, at its first, second, ... use: never a crash, a leak, a hang
 * or a false success; and afterwards everything works again. */
#include <libpq-fe.h>
#include <stdatomic.h>
#include "common.h"
#include "ops/log.h"

enum call {
	CONNECT_START,
	CONNECT_POLL,
	SOCKET,
	STATUS,
	SET_NONBLOCKING,
	ENTER_PIPELINE,
	EXIT_PIPELINE,
	SEND_PREPARE,
	SEND_PREPARED,
	SEND_PARAMS,
	SEND_QUERY,
	SYNC,
	FLUSH,
	CONSUME,
	GET_RESULT,
	RESULT_STATUS,
	ERROR_FIELD,
	COPY_DATA,
	COPY_END,
	COMMAND_STATUS,
	CALLS
};

/* fault.left counts down the uses of one call; the one that finds 1 fails. 0: off. */
static atomic_int fault_call, fault_left;
static _Thread_local bool here; /* this thread is under test */
static atomic_bool everywhere;  /* all threads are */

static bool fails(enum call call)
{
	if ((!here && !atomic_load(&everywhere)) || atomic_load(&fault_call) != (int)call)
		return false;
	if (atomic_load(&fault_left) <= 0)
		return false;
	return atomic_fetch_sub(&fault_left, 1) == 1;
}

#define WRAP(id, type, name, failure, params, args)                                                \
	type __real_##name params;                                                                 \
	type __wrap_##name params;                                                                 \
	type __wrap_##name params                                                                  \
	{                                                                                          \
		return fails(id) ? (failure) : __real_##name args;                                 \
	}

WRAP(CONNECT_START, PGconn *, PQconnectStartParams, NULL,
	(const char *const *k, const char *const *v, int e), (k, v, e))
WRAP(CONNECT_POLL, PostgresPollingStatusType, PQconnectPoll, PGRES_POLLING_FAILED, (PGconn * c),
	(c))
WRAP(SOCKET, int, PQsocket, -1, (const PGconn *c), (c))
WRAP(STATUS, ConnStatusType, PQstatus, CONNECTION_BAD, (const PGconn *c), (c))
WRAP(SET_NONBLOCKING, int, PQsetnonblocking, -1, (PGconn * c, int on), (c, on))
WRAP(ENTER_PIPELINE, int, PQenterPipelineMode, 0, (PGconn * c), (c))
WRAP(EXIT_PIPELINE, int, PQexitPipelineMode, 0, (PGconn * c), (c))
WRAP(SEND_PREPARE, int, PQsendPrepare, 0,
	(PGconn * c, const char *n, const char *q, int p, const Oid *t), (c, n, q, p, t))
WRAP(SEND_PREPARED, int, PQsendQueryPrepared, 0,
	(PGconn * c, const char *n, int p, const char *const *v, const int *l, const int *f, int r),
	(c, n, p, v, l, f, r))
WRAP(SEND_PARAMS, int, PQsendQueryParams, 0,
	(PGconn * c, const char *q, int p, const Oid *t, const char *const *v, const int *l,
		const int *f, int r),
	(c, q, p, t, v, l, f, r))
WRAP(SEND_QUERY, int, PQsendQuery, 0, (PGconn * c, const char *q), (c, q))
WRAP(SYNC, int, PQpipelineSync, 0, (PGconn * c), (c))
WRAP(FLUSH, int, PQflush, -1, (PGconn * c), (c))
WRAP(CONSUME, int, PQconsumeInput, 0, (PGconn * c), (c))
WRAP(GET_RESULT, PGresult *, PQgetResult, NULL, (PGconn * c), (c))
WRAP(RESULT_STATUS, ExecStatusType, PQresultStatus, PGRES_FATAL_ERROR, (const PGresult *r), (r))
WRAP(ERROR_FIELD, char *, PQresultErrorField, NULL, (const PGresult *r, int f), (r, f))
WRAP(COPY_DATA, int, PQputCopyData, -1, (PGconn * c, const char *b, int n), (c, b, n))
WRAP(COPY_END, int, PQputCopyEnd, -1, (PGconn * c, const char *m), (c, m))
WRAP(COMMAND_STATUS, char *, PQcmdStatus, (char *)"", (PGresult * r), (r))

static void arm(enum call call, int use)
{
	atomic_store(&fault_call, (int)call);
	atomic_store(&fault_left, use);
}

/* Disarms; whether the fault had fired. */
static bool fired(void)
{
	return atomic_exchange(&fault_left, 0) <= 0;
}

#define USES_MOST 60 /* an exchange makes fewer uses of any one call */

static struct database *db;
static int last_id = 5000;

static PGconn *watch; /* looks at the table, beside the code under test */

/* Both rows of a write, in one look: an unknown outcome may still be on its way. */
static int rows_of_id(int id)
{
	char text[80];
	PGresult *result;
	int count;

	snprintf(text, sizeof text, "SELECT FROM item WHERE id IN (%d, %d)", id, id + 1);
	result = PQexec(watch, text);
	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	count = PQntuples(result);
	PQclear(result);
	return count;
}

static enum db_outcome write_two(int id, bool refused)
{
	char first[16], second[16];
	struct step steps[] = { STEP(&st_insert, first, "x"), STEP(&st_insert, second, "y"),
		STEP(&st_series, "3") };
	struct db_rows *rows[3];
	struct db_error error;
	enum db_outcome outcome;

	snprintf(first, sizeof first, "%d", id);
	snprintf(second, sizeof second, "%d", refused ? 1 : id + 1);
	outcome = database_write(db, DB_POOL, steps, 3, rows, &error);
	for (int i = 0; i < 3; i++) {
		assert_true((rows[i] != NULL) == (outcome == DB_DONE));
		db_rows_free(rows[i]);
	}
	return outcome;
}

static void check_write(int id, enum db_outcome outcome, bool refused)
{
	int there = rows_of_id(id);

	assert_true(there == 0 || there == 2);
	if (outcome == DB_DONE)
		assert_int_equal(there, 2);
	if (outcome == DB_REFUSED || outcome == DB_NO_MEMORY || outcome == DB_BUSY || refused)
		assert_int_equal(there, 0);
	if (refused)
		assert_int_not_equal(outcome, DB_DONE);
}

static void fail_writes(bool refused)
{
	for (int call = 0; call < CALLS; call++) {
		for (int use = 1; use < USES_MOST; use++) {
			enum db_outcome outcome;
			int id = last_id += 2;
			bool hit;

			arm((enum call)call, use);
			outcome = write_two(id, refused);
			hit = fired();
			check_write(id, outcome, refused);
			await_ready(db);
			if (!hit)
				break;
		}
		last_id += 2;
		assert_int_equal(write_two(last_id, false), DB_DONE);
	}
}

static void a_write_never_succeeds_falsely(void **state)
{
	(void)state;
	fail_writes(false);
}

static void a_refused_write_never_succeeds_falsely(void **state)
{
	(void)state;
	fail_writes(true);
}

/* In the lane the faults happen on the batcher's thread: so they are let loose everywhere. */
static void a_read_is_right_or_says_so(void **state)
{
	static const enum db_lane lanes[] = { DB_BATCH, DB_POOL };

	(void)state;
	for (int call = 0; call < CALLS * 2; call++) {
		for (int use = 1; use < USES_MOST; use++) {
			struct db_rows *rows = NULL;
			struct db_error error;
			enum db_outcome outcome;
			bool hit;

			atomic_store(&everywhere, true);
			arm((enum call)(call / 2), use);
			outcome = database_read(
				db, lanes[call % 2], &STEP(&st_by_key, "7"), &rows, &error);
			hit = fired();
			atomic_store(&everywhere, false);
			if (outcome == DB_DONE)
				assert_string_equal(db_value(rows, 0, 0), "body 7");
			else
				assert_null(rows);
			db_rows_free(rows);
			await_ready(db);
			if (!hit)
				break;
		}
	}
}

static bool is_open(void *context)
{
	return database_ready(context);
}

/* The keeper goes on until all is open, whatever fails on the way. */
static void opening_outlives_every_fault(void **state)
{
	struct db_settings settings = settings_for(test_dsn());

	(void)state;
	settings.pool_size = settings.slow_size = 1;
	for (int call = 0; call < CALLS; call++) {
		for (int use = 1; use < USES_MOST; use += use < 3 ? 1 : 9) {
			struct database *one;
			bool hit;

			atomic_store(&everywhere, true);
			arm((enum call)call, use);
			one = database_open(&settings);
			assert_non_null(one);
			await_true(is_open, one, "all is open");
			hit = fired();
			atomic_store(&everywhere, false);
			database_close(one);
			if (!hit)
				break;
		}
	}
}

/* begin, insert, copy, commit */
static enum db_outcome whole_job(struct db_session *w, int id)
{
	static const struct statement copy = { "copy", "COPY item FROM STDIN", 0, true };
	char text[16], line[32];
	struct db_rows *rows = NULL;
	struct db_error error;
	enum db_outcome outcome = db_session_begin(w, &error);

	snprintf(text, sizeof text, "%d", id);
	snprintf(line, sizeof line, "%d\tcopied\n", id + 1);
	if (outcome == DB_DONE)
		outcome = db_session_run(w, &STEP(&st_insert, text, "x"), &rows, &error);
	db_rows_free(rows);
	if (outcome == DB_DONE)
		outcome = db_session_copy(w, &copy, line, strlen(line), &error);
	if (outcome == DB_DONE)
		outcome = db_session_commit(w, &error);
	db_session_rollback(w);
	return outcome;
}

static void a_worker_s_transaction_never_succeeds_falsely(void **state)
{
	(void)state;
	for (int call = 0; call < CALLS; call++) {
		for (int use = 1; use < USES_MOST; use++) {
			struct db_session *w = db_session_open(db);
			int id = last_id += 2;
			enum db_outcome outcome;
			bool hit;

			assert_non_null(w);
			arm((enum call)call, use);
			outcome = whole_job(w, id);
			hit = fired();
			check_write(id, outcome, false);
			db_session_close(w);
			if (!hit)
				break;
		}
	}
}

static int setup(void **state)
{
	(void)state;
	log_open("unit", LOG_LEVEL_ERROR + 1);
	make_tables(test_dsn());
	db = open_ready(test_dsn());
	watch = PQconnectdb(test_dsn());
	here = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	database_close(db);
	PQfinish(watch);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_never_succeeds_falsely),
		cmocka_unit_test(a_refused_write_never_succeeds_falsely),
		cmocka_unit_test(a_read_is_right_or_says_so),
		cmocka_unit_test(opening_outlives_every_fault),
		cmocka_unit_test(a_worker_s_transaction_never_succeeds_falsely),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
