/* Business time has one source, which moves for all at once, and never in production. */
#include "sql/crowd.h"

#include <stdio.h>
#include <string.h>
#include "base/civil.h"
#include "base/str.h"

#define DATABASE "upward_test_clock"

static PGconn *admin;

/* How far business time is ahead of the real one, in seconds. */
static int64_t ahead(PGconn *pg)
{
	return sql_number(
		pg, "SELECT round(extract(epoch FROM common.now() - pg_catalog.now()))::bigint");
}

static void set_environment(const char *environment)
{
	sql_do(admin, "UPDATE common.setting SET value = '%s' WHERE name = 'environment'",
		environment);
}

static void it_is_the_real_time_until_it_is_moved(void **state)
{
	(void)state;
	assert_int_equal(sql_number(admin, "SELECT is_called::int FROM common.clock"), 0);
	assert_int_equal(ahead(admin), 0);
}

static void it_moves_for_every_service_at_once(void **state)
{
	(void)state;
	owned_connection PGconn *scheduling = sql_connect(DATABASE, "upward_scheduling");
	owned_connection PGconn *matching = sql_connect(DATABASE, "upward_matching");
	owned_connection PGconn *profiles = sql_connect(DATABASE, "upward_profiles");

	sql_do(scheduling, "SELECT common.set_clock(864000)");
	assert_int_equal(ahead(matching), 864000);
	assert_int_equal(ahead(profiles), 864000);
	/* defaults and triggers too */
	sql_do(matching, "INSERT INTO programme (id, title, purpose, starts_on, ends_on) VALUES"
			 " (gen_random_uuid(), 'P', 'inclusion', '2026-01-01', '2027-01-01')");
	assert_int_equal(sql_number(admin, "SELECT round(extract(epoch FROM max(created_at) - "
					   "pg_catalog.now()) / 86400)::bigint"
					   " FROM matching.programme"),
		10);
	assert_int_equal(
		sql_number(admin,
			"SELECT common.today() - (pg_catalog.now() AT TIME ZONE 'UTC')::date"),
		10);
	sql_do(matching, "SELECT common.set_clock(-3600)");
	assert_int_equal(ahead(profiles), -3600);
	sql_do(profiles, "SELECT common.set_clock(0)");
	assert_int_equal(ahead(scheduling), 0);
	assert_int_equal(sql_number(admin, "SELECT is_called::int FROM common.clock"), 0);
}

/* What the database takes for the years of a date is what C does. */
static void the_years_are_those_of_c(void **state)
{
	(void)state;
	assert_int_equal(
		sql_number(admin,
			"SELECT extract(year FROM lower(common.years()) AT TIME ZONE 'UTC')::int"),
		CIVIL_YEAR_FIRST);
	assert_int_equal(
		sql_number(admin,
			"SELECT extract(year FROM upper(common.years()) AT TIME ZONE 'UTC')::int"),
		CIVIL_YEAR_LAST + 1);
}

static void it_stands_still_within_a_transaction(void **state)
{
	(void)state;
	owned_connection PGconn *other = sql_connect(DATABASE, "upward_matching");

	sql_do(other, "SELECT common.set_clock(60)");
	sql_do(admin, "BEGIN");
	owned_text char *first = sql_text(admin, "SELECT common.now()");
	assert_int_equal(
		sql_number(admin, "SELECT (clock_timestamp() > pg_catalog.now())::int"), 1);
	owned_text char *second = sql_text(admin, "SELECT common.now()");
	sql_do(admin, "COMMIT");
	assert_string_equal(first, second);
	sql_do(other, "SELECT common.set_clock(0)");
}

static void production_does_not_move_it(void **state)
{
	(void)state;
	owned_connection PGconn *matching = sql_connect(DATABASE, "upward_matching");

	set_environment("production");
	sql_expect(matching, "UP001 forbidden", "SELECT common.set_clock(60)");
	sql_expect(matching, "42501 permission denied for sequence clock",
		"SELECT setval('common.clock', 3600)");
	sql_expect(matching, "42501 permission denied for sequence clock",
		"SELECT nextval('common.clock')");
	sql_expect(matching, "42501 permission denied for table setting",
		"UPDATE common.setting SET value = 'development'");
	/* nor does a database that does not know what it is */
	sql_do(admin, "DELETE FROM common.setting WHERE name = 'environment'");
	sql_expect(matching, "UP001 forbidden", "SELECT common.set_clock(60)");
	sql_do(admin,
		"INSERT INTO common.setting (name, value) VALUES ('environment', 'development')");
	assert_int_equal(ahead(admin), 0);
}

static void an_instant_is_rfc_3339_in_utc(void **state)
{
	(void)state;
	sql_do(admin, "SET timezone = 'Australia/Lord_Howe'");
	owned_text char *instant = sql_text(
		admin, "SELECT common.instant('2026-03-01 10:30:00.999+01')");
	owned_text char *none = sql_text(admin, "SELECT common.instant(NULL)");
	sql_do(admin, "RESET timezone");
	assert_string_equal(instant, "2026-03-01T09:30:00Z");
	assert_string_equal(none, "");
}

static void a_refusal_says_its_code_and_rolls_back(void **state)
{
	(void)state;
	owned_connection PGconn *matching = sql_connect(DATABASE, "upward_matching");
	owned_result PGresult *result = PQexec(
		matching, "SELECT common.refuse('no_place', '{\"a\": 1}')");

	assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "UP001");
	assert_string_equal(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), "no_place");
	assert_string_equal(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL), "{\"a\": 1}");
	/* not when it is planned, and not when it is not reached */
	sql_do(matching, "PREPARE p AS SELECT CASE WHEN $1 THEN common.refuse('stale') END");
	sql_do(matching, "EXECUTE p(false)");
	sql_expect(matching, "UP001 stale", "EXECUTE p(true)");
	sql_expect(matching, "UP001 stale",
		"WITH new AS (INSERT INTO programme (id, title, purpose, starts_on, ends_on) VALUES"
		" (gen_random_uuid(), 'Refused', 'inclusion', '2026-01-01', '2027-01-01') "
		"RETURNING id)"
		" SELECT common.refuse('stale') FROM new");
	assert_int_equal(sql_number(admin,
				 "SELECT count(*) FROM matching.programme WHERE title = 'Refused'"),
		0);
}

static int setup(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	admin = sql_connect(DATABASE, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	PQfinish(admin);
	sql_drop(DATABASE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_real_time_until_it_is_moved),
		cmocka_unit_test(it_moves_for_every_service_at_once),
		cmocka_unit_test(the_years_are_those_of_c),
		cmocka_unit_test(it_stands_still_within_a_transaction),
		cmocka_unit_test(production_does_not_move_it),
		cmocka_unit_test(an_instant_is_rfc_3339_in_utc),
		cmocka_unit_test(a_refusal_says_its_code_and_rolls_back),
	};

	return cmocka_run_group_tests_name("clock", tests, setup, teardown);
}
