/*
 * Nobody is in two meetings at once, whoever books, moves and cancels at the same time: a storm on
 * few people and few slots, adjacent ones among them, watched by a self-join. No deadlock either:
 * the locks of two people are taken in one order. UPWARD_LONG=1 runs the full length.
 */
#include "sql/population.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define CONNECTIONS 16
#define PAIRS       24
#define SLOTS       40 /* quarter hours */

struct storm {
	char pairs[PAIRS][40];
	atomic_int left, running;
	atomic_long booked, moved, cancelled, refused;
	pthread_mutex_t lock; /* guards surprise */
	char surprise[512];
};

struct worker {
	struct storm *storm;
	PGconn *pg;
	uint64_t random;
	pthread_t thread;
};

static int dice(struct worker *w, uint64_t sides)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (int)((w->random >> 11) % sides);
}

#define SLOT "timestamptz '2099-06-01 08:00Z' + %d * interval '15 minutes'"
#define ANY_LIVE                                                                                   \
	"WHERE id = (SELECT id FROM session WHERE status IN ('proposed', 'confirmed')"             \
	" ORDER BY random() LIMIT 1) AND status IN ('proposed', 'confirmed')"

static atomic_long *choose(struct worker *w, struct buf *sql)
{
	int slot = dice(w, SLOTS), length = 1 + dice(w, 6), deed = dice(w, 10);

	if (deed < 6) {
		buf_print(sql,
			"INSERT INTO session (id, pair_id, starts_at, ends_at, time_zone) SELECT "
			"gen_random_uuid(), '%s', " SLOT ", " SLOT ", 'UTC'",
			w->storm->pairs[dice(w, PAIRS)], slot, slot + length);
		return &w->storm->booked;
	}
	if (deed < 8) {
		buf_print(sql,
			"UPDATE session SET step = 'move', starts_at = " SLOT ", ends_at = " SLOT
			" " ANY_LIVE,
			slot, slot + length);
		return &w->storm->moved;
	}
	buf_text(sql, "UPDATE session SET step = 'cancellation' " ANY_LIVE);
	return &w->storm->cancelled;
}

static void *work(void *context)
{
	struct worker *w = context;
	struct storm *storm = w->storm;

	while (atomic_fetch_sub(&storm->left, 1) > 0) {
		struct buf sql = BUF_INIT(1024);
		atomic_long *count = choose(w, &sql);
		owned_result PGresult *result = PQexec(w->pg, sql.data);
		const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
		buf_release(&sql);
		if (PQresultStatus(result) == PGRES_COMMAND_OK) {
			atomic_fetch_add(count, strtol(PQcmdTuples(result), NULL, 10));
		} else if (state && str_equal(state, "23P01") && name &&
			   str_equal(name, "participant_free")) {
			atomic_fetch_add(&storm->refused, 1);
		} else {
			pthread_mutex_lock(&storm->lock);
			if (!storm->surprise[0])
				snprintf(storm->surprise, sizeof storm->surprise, "%s",
					PQerrorMessage(w->pg));
			pthread_mutex_unlock(&storm->lock);
		}
	}
	atomic_fetch_sub(&storm->running, 1);
	return NULL;
}

/* Makes pairs that are active, of people who have several. */
static void make_pairs(PGconn *pg, struct storm *storm)
{
	population_make(pg, 40, 0.5);
	sql_do(pg, "UPDATE matching.enrolment SET capacity = 20; UPDATE common.setting SET value = "
		   "'{}' WHERE name IN ('person_limits', 'meeting_limits')");
	for (int n = 0, tries = 0; n < PAIRS; tries++) {
		assert_true(tries < 2000);
		owned_text char *pick = population_pick(1, 1 + tries % 7, 8 + tries % 31);
		owned_text char *outcome = sql_outcome(pg, pick);
		n += *outcome == '\0';
	}
	sql_do(pg, "UPDATE matching.pair SET step = 'acceptance'");
	owned_result PGresult *rows = sql_rows(pg, "SELECT id FROM matching.pair");
	for (int n = 0; n < PAIRS; n++)
		snprintf(storm->pairs[n], sizeof storm->pairs[n], "%s", PQgetvalue(rows, n, 0));
}

/* Two live meetings of one person that overlap, and sessions whose people are not bound to them. */
static const char oracle[] =
	"SELECT (SELECT count(*) FROM scheduling.participant a JOIN scheduling.participant b"
	"	ON a.person_id = b.person_id AND a.session_id < b.session_id AND a.live AND b.live"
	"	AND lower(a.during) < upper(b.during) AND lower(b.during) < upper(a.during))"
	" + (SELECT count(*) FROM scheduling.session s WHERE (SELECT count(*) FROM "
	"scheduling.participant p"
	"	WHERE p.session_id = s.id AND p.part = 0 AND p.live = (s.status <> 'cancelled')"
	"	AND lower(p.during) = s.starts_at AND upper(p.during) = s.ends_at) <> 2)";

static void nobody_is_in_two_meetings_at_once(void **state)
{
	(void)state;
	int operations = getenv("UPWARD_LONG") ? 20000 : 3000, checks = 0;
	struct storm storm = { .left = operations, .running = CONNECTIONS };
	struct worker workers[CONNECTIONS];
	int64_t wrong = 0;
	bool over;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	make_pairs(pg, &storm);
	pthread_mutex_init(&storm.lock, NULL);
	for (int i = 0; i < CONNECTIONS; i++) {
		workers[i] = (struct worker){ .storm = &storm,
			.pg = sql_connect(sql_own(), "upward_scheduling"),
			.random = 0x9E3779B97F4A7C15ull * (uint64_t)(i + 1) };
		sql_do(workers[i].pg, "SET statement_timeout = '60s'; SET lock_timeout = '30s'");
	}
	for (int i = 0; i < CONNECTIONS; i++)
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	do {
		over = atomic_load(&storm.running) == 0;
		owned_result PGresult *rows = sql_again(pg, "oracle", oracle);
		wrong += strtol(PQgetvalue(rows, 0, 0), NULL, 10);
		checks++;
	} while (!over);
	for (int i = 0; i < CONNECTIONS; i++) {
		pthread_join(workers[i].thread, NULL);
		PQfinish(workers[i].pg);
	}
	pthread_mutex_destroy(&storm.lock);
	printf("# %d checks, %lld overlaps; booked %ld, moved %ld, cancelled %ld, refused %ld\n",
		checks, (long long)wrong, storm.booked, storm.moved, storm.cancelled,
		storm.refused);
	assert_string_equal(storm.surprise, "");
	assert_int_equal(wrong, 0);
	assert_true(checks > 10 && storm.booked > operations / 20 &&
		    storm.refused > operations / 20 && storm.moved > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_in_two_meetings_at_once),
	};

	return cmocka_run_group_tests_name("overlap", tests, sql_set_up, sql_tear_down);
}
