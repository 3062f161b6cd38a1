/*
 * Counts that are stored against a recount: meetings of two pairs, then enrolments and pairs, take
 * random steps, also such as are refused or rolled back, and the clock moves on. A count that is
 * off by one is found. Who counts does not wait for others who do.
 */
#include "sql/crowd.h"

#include "base/str.h"

#define DATABASE "upward_test_counts"
#define MOST     100 /* walks, by when each step should have been taken */

static PGconn *admin;
static char *recount;

static int set_up(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	admin = sql_connect(DATABASE, NULL);
	owned_text char *restore = crowd_make(admin, NULL);
	recount = sql_file("tests/sql/recount.sql");
	sql_do(admin, "CREATE TABLE taken (step text); SET client_min_messages = warning; "
		      "SELECT setseed(0.25)");
	return !restore;
}

static int tear_down(void **state)
{
	(void)state;
	free(recount);
	PQfinish(admin);
	sql_drop(DATABASE);
	return 0;
}

/* Meetings of both pairs take sixty random steps; those taken go into a table. */
static const char walk[] =
	"DO $$ DECLARE pair uuid; one uuid; way text; BEGIN"
	" FOR i IN 1..60 LOOP"
	"	pair := (ARRAY[" PAIR_2 ", " PAIR_4 "]::uuid[])[1 + floor(random() * 2)];"
	"	SELECT s.id INTO one FROM scheduling.session s ORDER BY random() LIMIT 1;"
	"	way := (ARRAY['booking', 'proposal', 'confirmation', 'move', 'amendment', "
	"'cancellation', 'pair_end', 'report_held', 'report_missed', 'silence', 'clock_move', "
	"'clock_clash', 'reversion', 'lapse'])[1 + floor(random() * 14)];"
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
	"		ELSIF way IN ('move', 'clock_move') THEN"
	"			UPDATE scheduling.session SET step = way, starts_at = starts_at +"
	" interval '1 day', ends_at = ends_at + interval '1 day' WHERE id = one;"
	"		ELSIF way IN ('reversion', 'lapse') THEN"
	"			UPDATE scheduling.session SET step = way WHERE id = (SELECT s.id FROM "
	"scheduling.session s WHERE s.kept_starts_at > common.now() LIMIT 1);"
	"			CONTINUE WHEN NOT FOUND;"
	"		ELSE"
	"			UPDATE scheduling.session SET step = way WHERE id = one;"
	"		END IF;"
	"		IF random() < 0.1 THEN RAISE EXCEPTION 'given up'; END IF;"
	"		INSERT INTO taken VALUES ('session ' || way);"
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

/* Walks on until every step of these nouns has been taken; recounts after each walk. */
static void go_through(const char *nouns, const char *steps)
{
	int least = getenv("UPWARD_LONG") ? 100 : 8;
	char *left = NULL;

	for (int i = 1; i <= least || (*left && i <= MOST); i++) {
		free(left);
		sql_do(admin, "%s", steps);
		sql_do(admin, "SELECT common.set_clock(%d)", i * 400000);
		assert_int_equal(sql_number(admin, "%s", differing), 0);
		assert_int_equal(sql_number(admin, "%s", recount), 0);
		left = sql_text(admin,
			"SELECT string_agg(DISTINCT noun || ' ' || name, ', ') FROM common.step"
			" WHERE noun = ANY ('%s') AND noun || ' ' || name NOT IN"
			" (SELECT step FROM taken)",
			nouns);
	}
	assert_string_equal(left, "");
	free(left);
}

static void counts_of_meetings_are_those_of_a_recount(void **state)
{
	(void)state;
	go_through("{session}", walk);
}

static void counts_of_a_programme_are_those_of_a_recount(void **state)
{
	(void)state;
	owned_text char *steps = sql_file("tests/sql/programme_walk.sql");

	go_through("{enrolment,pair}", steps);
}

static void two_who_count_do_not_wait_for_each_other(void **state)
{
	(void)state;
	static const char joins[] =
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, step)"
		" SELECT gen_random_uuid(), min(id::text)::uuid, gen_random_uuid(), 'mentee', "
		"'creation' FROM matching.programme";
	owned_connection PGconn *first = sql_connect(DATABASE, NULL);
	owned_connection PGconn *second = sql_connect(DATABASE, NULL);

	sql_do(first, "BEGIN");
	sql_do(first, "%s", joins);
	sql_do(second, "%s", joins); /* would wait for ever */
	sql_do(first, "COMMIT");
	assert_int_equal(sql_number(admin, "%s", recount), 0);
	sql_do(first, "BEGIN");
	sql_do(first, "%s", joins);
	sql_do(second, "%s", joins);
	sql_do(first, "ROLLBACK");
	assert_int_equal(sql_number(admin, "%s", recount), 0);
	assert_int_equal(sql_number(admin, "SELECT max(count) FROM (SELECT count(*) FROM "
					   "common.counter GROUP BY about, name) c"),
		2);
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
	sql_do(admin, "ROLLBACK; BEGIN; UPDATE common.counter SET value = value + 1 WHERE id = "
		      "(SELECT min(id) FROM common.counter)");
	assert_int_equal(sql_number(admin, "%s", recount), 1);
	sql_do(admin, "ROLLBACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_of_meetings_are_those_of_a_recount),
		cmocka_unit_test(a_count_that_is_off_is_found),
		cmocka_unit_test(counts_of_a_programme_are_those_of_a_recount),
		cmocka_unit_test(two_who_count_do_not_wait_for_each_other),
	};

	return cmocka_run_group_tests_name("counts", tests, set_up, tear_down);
}
