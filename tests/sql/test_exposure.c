/*
 * No mentor is on more lists than a programme allows, also where two lists are filled at the same moment.
 */
#include "sql/population.h"

#include <stdio.h>

#define LIST "('54000000-0000-4000-8000-' || lpad((%d)::text, 12, '0'))::uuid"

/* Two lists of a round, each with one place, for which the same mentors are candidates in the same order. No
 * mentor may be on more than one. */
static void make_two_lists(PGconn *pg)
{
	population_make(pg, 40, 0.25);
	sql_do(pg, "UPDATE matching.programme SET exposure_cap = 1; INSERT INTO matching.policy "
		   "(programme_id, number, rules) SELECT id, 1, '{\"shortlist_size\": 1}' FROM "
		   "matching.programme");
	sql_do(pg,
		"INSERT INTO matching.round (id, programme_id, policy_number) VALUES "
		"('53000000-0000-4000-8000-000000000001', " POPULATION_PROGRAMME ", 1)",
		3);
	for (int i = 1; i <= 2; i++)
		sql_do(pg,
			"INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, "
			"mentee_id) SELECT " LIST ", r.id, r.programme_id, e.id, e.person_id FROM "
			"matching.round r JOIN matching.enrolment e ON e.programme_id = "
			"r.programme_id AND "
			"e.role = 'mentee' WHERE e.person_id = " POPULATION_PERSON,
			i, 38 + i);
	sql_do(pg,
		"INSERT INTO matching.round_candidate (round_id, enrolment_id, "
		"mentor_enrolment_id, "
		"mentor_id, rank, score, reasons, lifts) SELECT s.round_id, s.enrolment_id, e.id, "
		"e.person_id, row_number() OVER (PARTITION BY s.id ORDER BY e.person_id), 1, '{}', "
		"'{}' FROM matching.shortlist s JOIN matching.enrolment e USING (programme_id) "
		"WHERE "
		"e.role = 'mentor' AND NOT EXISTS (SELECT FROM matching.shortlist o WHERE NOT "
		"matching.obtainable(e.id, o.mentee_id, NULL))");
}

/* Fills both lists at once; how many lists show the mentor that most of them show. */
static int64_t fill_two_lists(PGconn *pg)
{
	owned_connection PGconn *one = sql_connect(sql_own(), "upward_matching");
	owned_connection PGconn *other = sql_connect(sql_own(), "upward_matching");

	sql_do(one, "BEGIN; SELECT matching.fill_shortlist(" LIST ")", 1);
	sql_do(other, "BEGIN; SELECT matching.fill_shortlist(" LIST ")", 2);
	sql_do(one, "COMMIT");
	sql_do(other, "COMMIT");
	assert_int_equal(sql_number(pg, "SELECT count(*) FROM matching.shortlist_entry"), 2);
	return sql_number(pg, "SELECT max(n) FROM (SELECT count(*) AS n FROM "
			      "matching.shortlist_entry GROUP BY mentor_id) c");
}

static void two_lists_at_once_do_not_show_one_mentor_too_often(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	make_two_lists(pg);
	assert_int_equal(fill_two_lists(pg), 1);
	sql_do(pg,
		"DELETE FROM matching.shortlist_entry;"
		"CREATE OR REPLACE FUNCTION matching.reserve_mentor(programme uuid, mentor uuid, "
		"waits boolean) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$");
	assert_int_equal(fill_two_lists(pg), 2); /* the test can see what it is for */
}

/* Opens a list as its round would have. */
static void open_list(PGconn *pg, int list)
{
	sql_do(pg, "UPDATE matching.shortlist SET step = 'publication', pick_by = common.now() + interval "
		   "'1 day' WHERE id = " LIST,
		list);
}

/* The first list expires; its mentor is shown to the other mentee; the first one is reopened. */
static int64_t reopen_the_first(PGconn *pg)
{
	sql_do(pg, "SELECT matching.fill_shortlist(" LIST ")", 1);
	open_list(pg, 1);
	sql_do(pg, "UPDATE matching.shortlist SET step = 'expiry' WHERE id = " LIST, 1);
	sql_do(pg, "SELECT matching.fill_shortlist(" LIST ")", 2);
	open_list(pg, 2);
	sql_do(pg, "UPDATE matching.shortlist SET step = 'reopening' WHERE id = " LIST, 1);
	assert_int_equal(sql_number(pg, "SELECT count(*) FROM matching.shortlist_entry x JOIN "
					"matching.shortlist s ON s.id = x.shortlist_id AND s.status = "
					"'open'"),
		2);
	return sql_number(pg, "SELECT max(n) FROM (SELECT count(*) AS n FROM "
			      "matching.shortlist_entry GROUP BY mentor_id) c");
}

static void a_list_that_is_reopened_does_not_show_a_mentor_too_often(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	make_two_lists(pg);
	sql_do(pg, "BEGIN");
	assert_int_equal(reopen_the_first(pg), 1);
	sql_do(pg, "ROLLBACK; BEGIN; CREATE OR REPLACE FUNCTION matching.renew_shortlist(list uuid) RETURNS "
		   "void LANGUAGE plpgsql AS $$ BEGIN END $$");
	assert_int_equal(reopen_the_first(pg), 2); /* the test can see what it is for */
	sql_do(pg, "ROLLBACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_lists_at_once_do_not_show_one_mentor_too_often,
			sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			a_list_that_is_reopened_does_not_show_a_mentor_too_often, sql_set_up,
			sql_tear_down),
	};

	return cmocka_run_group_tests_name("exposure", tests, NULL, NULL);
}
