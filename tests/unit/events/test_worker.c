/* Background threads: they work, wait, survive the database's absence, and stop at once. */
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "schema.h"
#include "base/clock.h"
#include "events/worker.h"
#include "ops/log.h"

static struct database *db;
static atomic_int pieces, calls;
static atomic_bool entered;
static int marker; /* stands for the service */

static int setup(void **state)
{
	(void)state;
	log_open("unit", LOG_LEVEL_ERROR + 1);
	make_schema(test_dsn());
	db = open_events(test_dsn());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	database_close(db);
	return 0;
}

/* Takes one event's worth of work until `pieces` are done. */
static bool take_piece(struct service_state *service, struct db_session *w)
{
	struct db_rows *rows;
	struct db_error error;

	atomic_fetch_add(&calls, 1);
	if ((void *)service != &marker || atomic_load(&pieces) == 0)
		return false;
	if (db_session_run(w, &STEP(&st_emit, "test.piece"), &rows, &error) == DB_DONE)
		atomic_fetch_sub(&pieces, 1);
	db_rows_free(rows);
	return true;
}

static bool run_until_told(struct service_state *service, struct db_session *w)
{
	(void)service;
	(void)w;
	atomic_store(&entered, true);
	while (!worker_stopping())
		sched_yield();
	return true;
}

static bool pieces_done(void *context)
{
	(void)context;
	return atomic_load(&pieces) == 0;
}

static bool run_refused(struct service_state *service, struct db_session *w)
{
	(void)service;
	atomic_fetch_add(&calls, 1);
	return job_run_statement(w, &st_refused);
}

static bool has_entered(void *context)
{
	(void)context;
	return atomic_load(&entered);
}

static bool called_again(void *context)
{
	return atomic_load(&calls) > *(int *)context + 2;
}

static void a_job_is_called_until_its_work_is_done_and_polls_on(void **state)
{
	/* With this pause ten pieces would take hours if it followed a call that worked. */
	static const struct job slow_poll = { "pieces", 3600000, take_piece };
	static const struct job quick_poll = { "pieces", 1, take_piece };
	struct workers *w;
	int before;

	(void)state;
	clear();
	atomic_store(&pieces, 10);
	w = workers_start((struct service_state *)&marker, db, &slow_poll, 1, NULL, 0);
	assert_non_null(w);
	await_true(pieces_done, NULL, "ten pieces are done");
	workers_stop(w);
	assert_int_equal(events(), 10);
	w = workers_start((struct service_state *)&marker, db, &quick_poll, 1, NULL, 0);
	before = atomic_load(&calls);
	await_true(called_again, &before, "it polls on");
	workers_stop(w);
}

/* Whether there has been no call for many looks in a row. */
static bool at_rest(void *context)
{
	static int seen, same;
	(void)context;
	same = atomic_load(&calls) == seen ? same + 1 : 0;
	seen = atomic_load(&calls);
	return same > 100;
}

static bool called_after(void *context)
{
	return atomic_load(&calls) > *(int *)context;
}

static void a_job_with_nothing_to_do_rests_until_something_is_written(void **state)
{
	static const struct job job = { "pieces", 1, take_piece, .idle_ms = 3600000 };
	struct db_rows *rows = NULL;
	struct db_error error;
	struct workers *w;
	int before;

	(void)state;
	clear();
	atomic_store(&pieces, 0);
	w = workers_start((struct service_state *)&marker, db, &job, 1, NULL, 0);
	await_true(at_rest, NULL, "it rests");
	before = atomic_load(&calls);
	assert_int_equal(database_write(db, DB_POOL, &STEP(&st_emit, "test.piece"), 1, &rows, &error),
		DB_DONE);
	db_rows_free(rows);
	await_true(called_after, &before, "it looks again");
	workers_stop(w);
}

static void stopping_does_not_wait_for_a_pause_and_reaches_long_loops(void **state)
{
	static const struct job jobs[] = { { "idle", 3600000, take_piece },
		{ "long", 1, run_until_told } };
	static const struct consumer idle = { .name = "test.idle", .effect = &st_effect };
	struct workers *w;
	uint64_t start;

	(void)state;
	clear();
	assert_false(worker_stopping());
	atomic_store(&entered, false);
	w = workers_start((struct service_state *)&marker, db, jobs, 2, &idle, 1);
	assert_non_null(w);
	await_true(has_entered, NULL, "the long job runs");
	start = clock_monotonic_us();
	workers_stop(w);
	print_message("stopped in %d ms\n", (int)((clock_monotonic_us() - start) / 1000));
}

static void a_refused_statement_is_logged_and_is_no_work(void **state)
{
	static const struct job refused = { "refused", 1, run_refused };
	char text[4096] = "";
	int lines = memfd_create("lines", MFD_CLOEXEC), before = atomic_load(&calls);
	struct workers *w;

	(void)state;
	clear();
	log_set_fd_for_test(lines);
	log_open("unit", LOG_LEVEL_WARNING);
	w = workers_start((struct service_state *)&marker, db, &refused, 1, NULL, 0);
	await_true(called_again, &before, "it is asked again");
	workers_stop(w);
	log_open("unit", LOG_LEVEL_ERROR + 1);
	log_set_fd_for_test(2);
	assert_true(pread(lines, text, sizeof text - 1, 0) > 0);
	close(lines);
	assert_non_null(strstr(text, "\"event\":\"job_refused\""));
	assert_non_null(strstr(text, "\"statement\":\"refused\""));
	assert_non_null(strstr(text, "\"sqlstate\":\"22012\""));
}

static bool ten_effects(void *context)
{
	(void)context;
	return effects() == 10;
}

static void consumers_run_by_themselves(void **state)
{
	static const struct consumer all[] = { { .name = "test.one", .effect = &st_effect },
		{ .name = "test.two", .effect = &st_effect } };
	struct workers *w;

	(void)state;
	clear();
	w = workers_start((struct service_state *)&marker, db, NULL, 0, all, 2);
	sql(test_dsn(), "INSERT INTO common.outbox (type, subject_id) "
			"SELECT 'pair.created', gen_random_uuid() FROM generate_series(1, 5)");
	await_true(ten_effects, NULL, "both consumers have passed five events");
	workers_stop(w);
	assert_int_equal(effects(), 10);
}

static enum db_outcome refuse(
	struct db_session *w, const struct event *event, struct db_error *error)
{
	(void)w;
	(void)event;
	*error = (struct db_error){ .sqlstate = "22012" };
	return DB_REFUSED;
}

static bool five_effects(void *context)
{
	(void)context;
	return effects() == 5;
}

static void a_consumer_that_is_stuck_holds_up_no_other(void **state)
{
	static const struct consumer all[] = { { .name = "test.stuck", .handle = refuse },
		{ .name = "test.goes", .effect = &st_effect } };
	struct workers *w;

	(void)state;
	clear();
	sql(test_dsn(), "INSERT INTO common.outbox (type, subject_id) "
			"SELECT 'pair.created', gen_random_uuid() FROM generate_series(1, 5)");
	w = workers_start((struct service_state *)&marker, db, NULL, 0, all, 2);
	await_true(five_effects, NULL, "the other one has passed five events");
	workers_stop(w);
}

static void workers_survive_the_loss_of_their_connections(void **state)
{
	static const struct consumer one = { .name = "test.lost", .effect = &st_effect };
	static const struct job job = { "pieces", 1, take_piece };
	struct workers *w;

	(void)state;
	clear();
	atomic_store(&pieces, 0);
	w = workers_start((struct service_state *)&marker, db, &job, 1, &one, 1);
	for (int i = 0; i < 3; i++) {
		sql(test_dsn(),
			"SET client_min_messages = error; "
			"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
			"WHERE application_name = 'upward' AND datname = current_database()");
		atomic_store(&pieces, 3);
		await_true(pieces_done, NULL, "the job works again");
	}
	sql(test_dsn(), "INSERT INTO common.outbox (type, subject_id) "
			"SELECT 'pair.created', gen_random_uuid()");
	await_true(ten_effects, NULL, "nine pieces and one more event are consumed");
	workers_stop(w);
	assert_int_equal(effects_twice(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_called_until_its_work_is_done_and_polls_on),
		cmocka_unit_test(a_job_with_nothing_to_do_rests_until_something_is_written),
		cmocka_unit_test(stopping_does_not_wait_for_a_pause_and_reaches_long_loops),
		cmocka_unit_test(a_refused_statement_is_logged_and_is_no_work),
		cmocka_unit_test(consumers_run_by_themselves),
		cmocka_unit_test(a_consumer_that_is_stuck_holds_up_no_other),
		cmocka_unit_test(workers_survive_the_loss_of_their_connections),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
