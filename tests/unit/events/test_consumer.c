/* Each event takes effect exactly once: under concurrency, late commits, crashes and refusals. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include "schema.h"
#include "ops/log.h"

static struct database *db;
static const struct consumer counting = { .name = "test.counting", .effect = &st_effect };

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

static void emit(const char *type, int times)
{
	char text[160];

	snprintf(text, sizeof text,
		"INSERT INTO common.outbox (type, subject_id) SELECT '%s', gen_random_uuid() "
		"FROM generate_series(1, %d)",
		type, times);
	sql(test_dsn(), text);
}

struct wish {
	struct db_session *w;
	const struct consumer *c;
	long effects;
};

static bool stepped_there(void *context)
{
	struct wish *wish = context;
	struct db_error error;
	int count;

	assert_int_not_equal(consumer_step(wish->w, wish->c, &count, &error), DB_REFUSED);
	return effects() >= wish->effects;
}

/* Steps until so many effects are there, and once more. Foreign transactions of the server may hold
 * events back for a while. */
static void consume(struct db_session *w, const struct consumer *c, long wanted)
{
	struct wish wish = { w, c, wanted };

	await_true(stepped_there, &wish, "the events are consumed");
	(void)stepped_there(&wish);
	assert_int_equal(effects(), wanted);
}

static void events_pass_once_and_in_order(void **state)
{
	struct db_session *w = db_session_open(db);

	(void)state;
	clear();
	emit("pair.created", 250);
	consume(w, &counting, 250);
	emit("pair.ended", 3);
	consume(w, &counting, 253);
	assert_int_equal(effects(), 253);
	assert_int_equal(effects_twice(), 0);
	assert_int_equal(
		sql_number(test_dsn(), "SELECT count(*) FROM (SELECT event_id, lag(event_id) "
				       "OVER (ORDER BY ctid) AS before FROM effect) e "
				       "WHERE event_id < before"),
		0);
	db_session_close(w);
}

static const char *const only_pairs[] = { "pair.created", "pair.ended", NULL };

static void other_types_are_passed_over(void **state)
{
	const struct consumer c = {
		.name = "test.pairs", .types = only_pairs, .effect = &st_effect
	};
	struct db_session *w = db_session_open(db);

	(void)state;
	clear();
	emit("person.changed", 150);
	emit("pair.ended", 2);
	consume(w, &c, 2);
	assert_int_equal(effects(), 2);
	db_session_close(w);
}

static void each_consumer_has_its_own_cursor(void **state)
{
	const struct consumer other = { .name = "test.other", .effect = &st_effect };
	struct db_session *w = db_session_open(db);

	(void)state;
	clear();
	emit("pair.created", 5);
	consume(w, &counting, 5);
	consume(w, &other, 10);
	consume(w, &counting, 10);
	assert_int_equal(effects(), 10);
	db_session_close(w);
}

/* Ids are given before commits: the low id becomes visible after the high one has been consumed. */
static void a_late_commit_is_not_lost(void **state)
{
	struct db_session *w = db_session_open(db);
	PGconn *late = PQconnectdb(test_dsn());

	(void)state;
	clear();
	PQclear(PQexec(late, "BEGIN"));
	PQclear(PQexec(late, "INSERT INTO common.outbox (type, subject_id) "
			     "SELECT 'pair.created', gen_random_uuid()"));
	emit("pair.ended", 3);
	consume(w, &counting, 0);
	assert_int_equal(effects(), 0); /* none overtakes the one still open */
	PQclear(PQexec(late, "COMMIT"));
	PQfinish(late);
	consume(w, &counting, 4);
	assert_int_equal(effects(), 4);
	assert_int_equal(effects_twice(), 0);
	db_session_close(w);
}

static void a_rolled_back_event_never_was(void **state)
{
	struct db_session *w = db_session_open(db);
	PGconn *other = PQconnectdb(test_dsn());

	(void)state;
	clear();
	PQclear(PQexec(other, "BEGIN"));
	PQclear(PQexec(other, "INSERT INTO common.outbox (type, subject_id) "
			      "SELECT 'pair.created', gen_random_uuid()"));
	emit("pair.ended", 1);
	PQclear(PQexec(other, "ROLLBACK"));
	PQfinish(other);
	consume(w, &counting, 1);
	assert_int_equal(effects(), 1);
	db_session_close(w);
}

/* A locked cursor means that another process is at it: nothing is waited for, nothing is doubled.
 */
static void a_locked_cursor_is_left_alone(void **state)
{
	struct db_session *w = db_session_open(db);
	PGconn *other = PQconnectdb(test_dsn());
	struct db_error error;
	int count = -1;

	(void)state;
	clear();
	emit("pair.created", 1);
	consume(w, &counting, 1);
	PQclear(PQexec(other, "BEGIN"));
	PQclear(PQexec(other, "SELECT FROM common.cursor FOR UPDATE"));
	sql(test_dsn(), "BEGIN; INSERT INTO common.outbox (type, subject_id) "
			"SELECT 'pair.ended', gen_random_uuid(); COMMIT");
	assert_int_equal(consumer_step(w, &counting, &count, &error), DB_DONE);
	assert_int_equal(count, 0);
	PQfinish(other);
	consume(w, &counting, 2);
	assert_int_equal(effects(), 2);
	db_session_close(w);
}

static const struct statement st_poison = { "poison",
	"INSERT INTO effect SELECT $1::bigint, $2::text, $3::uuid, $4::json "
	"WHERE CASE WHEN EXISTS (SELECT FROM refused_type r WHERE r.type = $2::text) "
	"THEN common.refuse('conflict') IS NULL ELSE true END",
	4, true };

static bool refused_there(void *context)
{
	struct wish *wish = context;
	struct db_error error;
	int count;

	if (consumer_step(wish->w, wish->c, &count, &error) != DB_REFUSED)
		return false;
	assert_string_equal(error.code, "conflict");
	return effects() == wish->effects;
}

static void a_refused_effect_holds_its_place_but_undoes_no_other(void **state)
{
	const struct consumer c = { .name = "test.poison", .effect = &st_poison };
	struct db_session *w = db_session_open(db);
	struct wish refusal;
	struct db_error error;
	int count;

	(void)state;
	clear();
	sql(test_dsn(), "INSERT INTO refused_type VALUES ('pair.broken')");
	emit("pair.created", 7);
	emit("pair.broken", 1);
	emit("pair.ended", 3);
	refusal = (struct wish){ w, &c, 7 };
	await_true(refused_there, &refusal, "seven events pass, the eighth is refused");
	assert_int_equal(consumer_step(w, &c, &count, &error), DB_REFUSED);
	assert_int_equal(count, 0);
	assert_int_equal(effects(), 7);
	sql(test_dsn(), "DELETE FROM refused_type"); /* repaired: it goes on where it stood */
	consume(w, &c, 11);
	assert_int_equal(effects(), 11);
	assert_int_equal(effects_twice(), 0);
	db_session_close(w);
}

/* Ends its own backend after the effect, before the commit. */
static atomic_int kills_left;

static enum db_outcome effect_then_die(
	struct db_session *w, const struct event *event, struct db_error *error)
{
	static const struct statement die = { "die",
		"SELECT pg_terminate_backend(pg_backend_pid())", 0, true };
	struct db_rows *rows;
	enum db_outcome outcome = db_session_run(w,
		&STEP(&st_effect, event->id, event->type, event->subject_id, event->data), &rows,
		error);

	db_rows_free(rows);
	if (outcome == DB_DONE && atomic_fetch_sub(&kills_left, 1) > 0) {
		outcome = db_session_run(w, &STEP(&die), &rows, error);
		db_rows_free(rows);
	}
	return outcome;
}

static bool died(void *context)
{
	struct wish *wish = context;
	struct db_error error;
	int count;

	return consumer_step(wish->w, wish->c, &count, &error) == DB_UNAVAILABLE && count == 0;
}

static void a_crash_in_the_middle_leaves_no_effect_behind(void **state)
{
	const struct consumer c = { .name = "test.dying", .handle = effect_then_die };
	struct db_session *w = db_session_open(db);

	(void)state;
	clear();
	emit("pair.created", 20);
	atomic_store(&kills_left, 1);
	await_true(died, &(struct wish){ w, &c, 0 }, "the consumer dies in the middle");
	assert_int_equal(effects(), 0);
	consume(w, &c, 20);
	assert_int_equal(effects(), 20);
	assert_int_equal(effects_twice(), 0);
	db_session_close(w);
}

#define WRITERS    12
#define PER_WRITER 120

static atomic_int writing;
static atomic_bool drained;

static void *write_events(void *context)
{
	PGconn *pg = PQconnectdb(test_dsn());

	(void)context;
	for (int i = 0; i < PER_WRITER; i++) {
		/* Some transactions stay open over others, some come to nothing. */
		PQclear(PQexec(pg, "BEGIN"));
		PQclear(PQexec(pg, "INSERT INTO common.outbox (type, subject_id) "
				   "SELECT 'pair.created', gen_random_uuid()"));
		if (i % 3 == 0)
			PQclear(PQexec(pg, "SELECT pg_sleep(random() * 0.01)"));
		PQclear(PQexec(pg, i % 10 == 9 ? "ROLLBACK" : "COMMIT"));
	}
	PQfinish(pg);
	atomic_fetch_sub(&writing, 1);
	return NULL;
}

static void *consume_on(void *context)
{
	struct db_session *w = db_session_open(db);

	(void)context;
	while (!atomic_load(&drained)) {
		struct db_error error;
		int count;

		(void)!consumer_step(w, &counting, &count, &error);
	}
	db_session_close(w);
	return NULL;
}

static bool all_written(void *context)
{
	(void)context;
	/* Meanwhile consumers are killed at any moment. */
	sql(test_dsn(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
			"current_database() AND application_name = 'upward' AND "
			"query LIKE '%common.outbox%' ORDER BY random() LIMIT 1");
	return atomic_load(&writing) == 0;
}

static bool all_consumed(void *context)
{
	(void)context;
	return effects() == events();
}

static void twelve_writers_two_consumers_and_crashes_lose_nothing(void **state)
{
	pthread_t writers[WRITERS], consumers[2];

	(void)state;
	clear();
	atomic_store(&writing, WRITERS);
	atomic_store(&drained, false);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&consumers[i], NULL, consume_on, NULL), 0);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&writers[i], NULL, write_events, NULL), 0);
	await_true(all_written, NULL, "the writers end");
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	await_true(all_consumed, NULL, "everything is consumed");
	atomic_store(&drained, true);
	for (int i = 0; i < 2; i++)
		pthread_join(consumers[i], NULL);
	assert_int_equal(events(), WRITERS * PER_WRITER * 9 / 10);
	assert_int_equal(effects(), events());
	assert_int_equal(effects_twice(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_pass_once_and_in_order),
		cmocka_unit_test(other_types_are_passed_over),
		cmocka_unit_test(each_consumer_has_its_own_cursor),
		cmocka_unit_test(a_late_commit_is_not_lost),
		cmocka_unit_test(a_rolled_back_event_never_was),
		cmocka_unit_test(a_locked_cursor_is_left_alone),
		cmocka_unit_test(a_refused_effect_holds_its_place_but_undoes_no_other),
		cmocka_unit_test(a_crash_in_the_middle_leaves_no_effect_behind),
		cmocka_unit_test(twelve_writers_two_consumers_and_crashes_lose_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
