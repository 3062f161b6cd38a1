/*
 * Counts that are stored against a recount: meetings of two pairs take random steps, also such as
 * are refused or rolled back, and the clock moves on. Then a count that is off by one is found.
 */
#include "sql/crowd.h"

#include "base/str.h"

#define DATABASE "upward_test_counts"

static PGconn *admin;

static int set_up(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	admin = sql_connect(DATABASE, NULL);
	owned_text char *restore = crowd_make(admin, NULL);
	return !restore;
}

static int tear_down(void **state)
{
	(void)state;
	PQfinish(admin);
	sql_drop(DATABASE);
	return 0;
}

/* Meetings of both pairs with random steps; how many of each kind were taken goes into a table. */
static const char walk[] =
	"DO $$ DECLARE pair uuid; one uuid; way text; BEGIN"
	" CREATE TEMP TABLE IF NOT EXISTS taken (step text);"
	" FOR i IN 1..%d LOOP"
	"	pair := (ARRAY[" PAIR_2 ", " PAIR_4 "]::uuid[])[1 + floor(random() * 2)];"
	"	SELECT s.id INTO one FROM scheduling.session s ORDER BY random() LIMIT 1;"
	"	way := (ARRAY['booking', 'proposal', 'confirmation', 'move', 'amendment', "
	"'cancellation', 'pair_end', 'report_held', 'report_missed', 'silence'])"
	"[1 + floor(random() * 10)];"
	"	BEGIN"
	"		IF way IN ('booking', 'proposal') THEN"
	"			INSERT INTO scheduling.session (id, pair_id, starts_at, ends_at, "
	"time_zone,"
	" step, kind)"
	"			SELECT gen_random_uuid(), pair, at, at + interval '1 hour', 'UTC', "
	"way,"
	"				CASE WHEN random() < 0.9 THEN 'regular' ELSE 'get_to_know' "
	"END"
	"			FROM (SELECT date_trunc('hour', common.now()) + interval '1 hour'"
	"				* floor(random() * 800) AS at) t;"
	"		ELSIF way = 'move' THEN"
	"			UPDATE scheduling.session SET step = way, starts_at = starts_at +"
	" interval '1 day', ends_at = ends_at + interval '1 day' WHERE id = one;"
	"		ELSE"
	"			UPDATE scheduling.session SET step = way WHERE id = one;"
	"		END IF;"
	"		IF random() < 0.1 THEN RAISE EXCEPTION 'given up'; END IF;"
	"		INSERT INTO taken VALUES (way);"
	"	EXCEPTION WHEN OTHERS THEN NULL;"
	"	END;"
	" END LOOP; END $$";

static const char differing[] =
	"SELECT count(*) FROM (SELECT m.programme_id, count(*) FILTER (WHERE s.status = 'held') AS "
	"held, count(*) FILTER (WHERE s.status = 'missed') AS missed,"
	" count(*) FILTER (WHERE s.status = 'unreported') AS unreported,"
	" count(*) FILTER (WHERE s.status IN ('proposed', 'confirmed') AND s.ends_at > "
	"common.now()) "
	"AS ahead"
	" FROM scheduling.session s JOIN matching.pair m ON m.id = s.pair_id GROUP BY "
	"m.programme_id) r"
	" FULL JOIN scheduling.programme_sessions c ON c.programme_id = r.programme_id"
	" WHERE (r.held, r.missed, r.unreported, r.ahead) IS DISTINCT FROM"
	" (c.held, c.missed, c.unreported, c.ahead)";

static void counts_of_meetings_are_those_of_a_recount(void **state)
{
	(void)state;
	int rounds = getenv("UPWARD_LONG") ? 100 : 8;

	sql_do(admin, "SET client_min_messages = warning; SELECT setseed(0.25)");
	for (int i = 0; i < rounds; i++) {
		sql_do(admin, walk, 60);
		sql_do(admin, "SELECT common.set_clock(%d)", (i + 1) * 400000);
		assert_int_equal(sql_number(admin, "%s", differing), 0);
	}
	owned_text char *never = sql_text(admin,
		"SELECT string_agg(s.name, ' ') FROM (SELECT DISTINCT name FROM common.step"
		" WHERE noun = 'session') s WHERE s.name NOT IN (SELECT step FROM taken)");
	assert_string_equal(never, "");
}

static void a_count_that_is_off_is_found(void **state)
{
	(void)state;
	sql_do(admin, "BEGIN; UPDATE scheduling.session_count SET held = held + 1 WHERE pair_id "
		      "= " PAIR_2);
	assert_int_equal(sql_number(admin, "%s", differing), 1);
	sql_do(admin, "ROLLBACK; BEGIN; SET LOCAL session_replication_role = replica");
	sql_do(admin, "DELETE FROM scheduling.session_count WHERE pair_id = " PAIR_2);
	assert_int_equal(sql_number(admin, "%s", differing), 1);
	sql_do(admin, "ROLLBACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_of_meetings_are_those_of_a_recount),
		cmocka_unit_test(a_count_that_is_off_is_found),
	};

	return cmocka_run_group_tests_name("counts", tests, set_up, tear_down);
}
