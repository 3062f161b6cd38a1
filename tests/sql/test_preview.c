/*
 * What an import would do to pairs is what it does: random plans over a random tree, each counted
 * by matching.suspended_by(), then carried out and rolled back.
 */
#include "sql/population.h"

#include "base/str.h"

#define DATABASE  "upward_test_preview"
#define PEOPLE    150
#define PLANS     40
#define IMPORT    "'52000000-0000-4000-8000-000000000001'::uuid"
#define PERSON(n) "('10000000-0000-4000-8000-' || lpad((" n ")::text, 12, '0'))::uuid"
#define NEW       PERSON("900")

/* As many pairs as the rules allow among random people; how many live. */
static int64_t make_pairs(PGconn *pg)
{
	for (int i = 0; i < 500; i++) {
		int mentor = (int)sql_number(pg, "SELECT 2 + floor(random() * %d)", PEOPLE - 1);
		int mentee = (int)sql_number(pg, "SELECT 1 + floor(random() * %d)", PEOPLE);
		owned_text char *pick = population_pick(
			1 + i % POPULATION_PROGRAMMES, mentor, mentee);
		owned_text char *outcome = sql_outcome(pg, pick); /* the rules refuse many */
		if (i % 2 && str_equal(outcome, ""))
			sql_do(pg,
				"UPDATE matching.pair SET step = 'acceptance' WHERE status = "
				"'proposed' AND mentor_id = " POPULATION_PERSON,
				mentor);
	}
	sql_do(pg, "CREATE TABLE live AS SELECT id FROM matching.pair WHERE status IN ('proposed', "
		   "'active')");
	return sql_number(pg, "SELECT count(*) FROM live");
}

/* Who moves, rises or leaves, and one who is new and takes some of them over; as an import that was
 * checked has it. */
static void draw_plan(PGconn *pg, double share)
{
	sql_do(pg,
		"CREATE TEMP TABLE change ON COMMIT DROP AS SELECT p.id, CASE WHEN random() < 0.2 "
		"THEN " NEW " WHEN random() < 0.5 THEN p.manager_id ELSE " PERSON(
			"d.boss") " END AS "
				  "manager_id, CASE WHEN random() < 0.5 THEN p.level ELSE "
				  "(random() * 6)::int END AS "
				  "level, random() < 0.2 AS leaves, d.n AS line FROM (SELECT n, 1 "
				  "+ floor(random() * "
				  "(n - 1)) AS boss FROM generate_series(2, %d) n WHERE random() < "
				  "%f) d "
				  "JOIN profiles.person p ON p.id = " PERSON("d.n"),
		PEOPLE, share);
	sql_do(pg,
		"INSERT INTO profiles.import (id) VALUES (" IMPORT ");"
		"INSERT INTO profiles.import_row (import_id, line, external_id, level, skip) "
		"SELECT " IMPORT ", line, line, level, false FROM change UNION ALL SELECT " IMPORT
		", 900, '900', 3, false;"
		"INSERT INTO profiles.import_step (import_id, place, line, person_id, manager_id, "
		"action) SELECT " IMPORT ", line, line, id, manager_id, CASE WHEN leaves THEN "
		"'deactivate' ELSE 'update' END FROM change UNION ALL SELECT " IMPORT
		", 900, 900, " NEW ", " PERSON("1") ", 'create'");
}

static void carry_out(PGconn *pg)
{
	sql_do(pg, "INSERT INTO profiles.person (id, user_name, given_name, level, manager_id) "
		   "VALUES (" NEW
		   ", 'new', 'New', 3, " PERSON("1") ");"
						     "UPDATE profiles.person p SET manager_id = "
						     "c.manager_id, level = c.level, status = "
						     "CASE WHEN c.leaves THEN 'inactive' ELSE "
						     "p.status END FROM change c WHERE "
						     "c.id = p.id");
}

static void the_count_is_what_happens(void **state)
{
	(void)state;
	int64_t suspended = 0;
	sql_create_migrated(DATABASE);
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	population_make(pg, PEOPLE, 0.25);
	int64_t pairs = make_pairs(pg);
	for (int i = 0; i < PLANS; i++) {
		sql_do(pg, "BEGIN");
		draw_plan(pg, i % 2 ? 0.03 : 0.4);
		int64_t said = sql_number(pg, "SELECT matching.suspended_by(" IMPORT ")");
		carry_out(pg);
		int64_t done = sql_number(pg,
			"SELECT count(*) FROM live l JOIN matching.pair p ON p.id = l.id WHERE "
			"p.status NOT IN ('proposed', 'active')");
		if (said != done)
			fail_msg("plan %d: %d said, %d done", i, (int)said, (int)done);
		suspended += done;
		sql_do(pg, "ROLLBACK");
	}
	print_message("%d pairs, %d suspended in %d plans\n", (int)pairs, (int)suspended, PLANS);
	assert_true(pairs > 30 && suspended > PLANS);
	sql_drop(DATABASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_count_is_what_happens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
