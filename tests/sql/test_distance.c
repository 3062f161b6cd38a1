/* What a round grants to one pair: the distance in the reporting line at which it may be. */
#include "sql/crowd.h"

#include <stdio.h>
#include "base/buf.h"

#define LIST "54000000-0000-4000-8000-000000000001"

/* Person 1, who leads all, picks that mentor from the list; "" or the constraint that refuses. */
static const char *pick_from_list(PGconn *pg, int mentor, char ret_text[64])
{
	owned_text char *junior = population_enrolment(1, mentor, "mentor");
	owned_text char *senior = population_enrolment(1, 1, "mentee");
	struct buf sql = BUF_INIT(2048);

	buf_print(&sql,
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, shortlist_id, step, answer_by) SELECT "
		"gen_random_uuid(), " POPULATION_PROGRAMME ", " POPULATION_PERSON
		", " POPULATION_PERSON ", %s, %s, '" LIST "', 'pick', common.now()",
		1, mentor, 1, junior, senior);
	owned_text char *text = buf_take(&sql);
	owned_result PGresult *result = PQexec(pg, text);
	const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	snprintf(ret_text, 64, "%s",
		PQresultStatus(result) != PGRES_FATAL_ERROR ? ""
		: name                                      ? name
							    : PQresultErrorMessage(result));
	return ret_text;
}

/* 5 stands three steps below 1, 4 two. */
static void a_pair_is_judged_by_the_distance_that_its_round_granted(void **state)
{
	(void)state;
	char text[64];
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	owned_connection PGconn *matching = sql_connect(sql_own(), "upward_matching");
	owned_text char *unused = crowd_make(pg, NULL);

	(void)unused;
	sql_do(pg, "INSERT INTO matching.policy (programme_id, number, rules)"
		   " SELECT id, 1, '{}' FROM matching.programme;"
		   " SET session_replication_role = replica;"
		   " INSERT INTO matching.round (id, programme_id, policy_number, status, step)"
		   " SELECT '53000000-0000-4000-8000-000000000001', id, 1, 'published', "
		   "'publication' FROM matching.programme WHERE id::text LIKE '%%1';"
		   " RESET session_replication_role;"
		   " INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, "
		   "mentee_id, step, pick_by) SELECT '" LIST
		   "', '53000000-0000-4000-8000-000000000001', e.programme_id, e.id, e.person_id, "
		   "'replacement', common.now() FROM matching.enrolment e WHERE e.role = 'mentee'"
		   " AND e.programme_id::text LIKE '%%1' AND e.person_id::text LIKE '%%1';"
		   " INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, "
		   "rank, score) SELECT '" LIST
		   "', e.person_id, e.id, row_number() OVER (), 1 FROM matching.enrolment e"
		   " WHERE e.role = 'mentor' AND e.programme_id::text LIKE '%%1'"
		   " AND e.person_id::text ~ '[45]$'");
	assert_string_equal(pick_from_list(matching, 5, text), "pair_same_line");
	sql_do(pg, "UPDATE matching.shortlist_entry SET line_distance = 2");
	assert_string_equal(pick_from_list(matching, 4, text), "pair_same_line");
	/* where the programme names a distance, no grant makes it less */
	sql_do(pg, "UPDATE matching.programme SET line_distance = 3");
	assert_string_equal(pick_from_list(matching, 5, text), "pair_same_line");
	sql_do(pg, "UPDATE matching.programme SET line_distance = NULL");
	assert_string_equal(pick_from_list(matching, 5, text), "");
	/* who comes closer is suspended in the same transaction, as with every pair */
	sql_do(pg, "UPDATE profiles.person SET manager_id = (SELECT id FROM profiles.person WHERE "
		   "user_name = 'p2') WHERE user_name = 'p5'");
	owned_text char *now = sql_text(pg,
		"SELECT status || ' ' || reason FROM matching.pair WHERE shortlist_id = '" LIST
		"'");
	assert_string_equal(now, "suspended too_close");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_is_judged_by_the_distance_that_its_round_granted),
	};

	return cmocka_run_group_tests_name("distance", tests, sql_set_up, sql_tear_down);
}
