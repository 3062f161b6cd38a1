/*
 * What pairs write, behind the statements: whom the database itself shows the words of goals, of notes of
 * progress and of suggested improvements, by database role and by who acts, with a disclosure and without.
 */
#include "sql/support.h"

#include <string.h>
#include "sql/crowd.h"

#define DATABASE "upward_test_free_text"
#define PAIR     "30000000-0000-4000-8000-000000000002"

static const char *const tables[] = { "goal", "progress", "improvement" };

/* The words that a connection reads while somebody acts ("" nobody), in order. */
static void reads(PGconn *pg, const char *actor, const char *expected)
{
	sql_do(pg, "BEGIN");
	sql_do(pg, "SELECT set_config('app.actor', '%s', true)", actor);
	owned_text char *words = sql_text(pg, "SELECT string_agg(w, ' ' ORDER BY w) FROM (SELECT "
					      "specific FROM evaluation.goal UNION ALL "
					      "SELECT note FROM evaluation.progress UNION ALL "
					      "SELECT insight FROM evaluation.improvement) t (w)");
	sql_do(pg, "ROLLBACK");
	if (strcmp(words, expected) != 0)
		fail_msg("%s reads \"%s\", not \"%s\"", *actor ? actor : "nobody", words, expected);
}

static char *person(PGconn *pg, const char *side)
{
	return sql_text(pg, "SELECT %s_id FROM matching.pair WHERE id = '" PAIR "'", side);
}

static void no_other_service_reads_a_word(void **state)
{
	(void)state;
	static const char *const roles[] = { "upward_profiles", "upward_matching",
		"upward_scheduling" };
	owned_connection PGconn *all = sql_connect(DATABASE, NULL);
	for (size_t r = 0; r < 3; r++) {
		owned_connection PGconn *pg = sql_connect(DATABASE, roles[r]);
		for (size_t t = 0; t < 3; t++) {
			owned_text char *privileges = sql_text(all,
				"SELECT has_any_column_privilege('%s', 'evaluation.%s', 'SELECT, "
				"UPDATE')",
				roles[r], tables[t]);
			assert_string_equal(privileges, "f");
			owned_text char *asked = sql_text(
				all, "SELECT 'SELECT * FROM evaluation.%s'", tables[t]);
			owned_text char *outcome = sql_outcome(pg, asked);
			assert_int_equal(strncmp(outcome, "42501", 5), 0);
		}
	}
}

static void nobody_but_the_two_reads_them_whoever_acts(void **state)
{
	(void)state;
	owned_connection PGconn *all = sql_connect(DATABASE, NULL);
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_evaluation");
	owned_text char *mentor = person(all, "mentor"), *mentee = person(all, "mentee");
	owned_text char *coordinator = sql_text(all,
		"SELECT c.person_id FROM matching.programme_coordinator c JOIN matching.pair p "
		"ON p.programme_id = c.programme_id WHERE p.id = '" PAIR "' LIMIT 1");
	owned_text char *admin = sql_text(all,
		"SELECT p.id FROM profiles.person p WHERE p.id NOT IN ('%s', '%s') AND NOT EXISTS "
		"(SELECT "
		"FROM matching.programme_coordinator c WHERE c.person_id = p.id) ORDER BY p.id "
		"LIMIT 1",
		mentor, mentee);
	reads(pg, "", "published");
	reads(pg, admin, "published");
	reads(pg, coordinator, "published suggested");
	reads(pg, mentor,
		"goal-of-mentee goal-of-mentor note-of-mentee note-of-mentor published suggested");
	reads(pg, mentee,
		"goal-of-mentee goal-of-mentor note-of-mentee note-of-mentor published suggested");
	/* nor does anybody else change them; notes nobody does */
	sql_do(pg, "SELECT set_config('app.actor', '%s', false)", admin);
	for (size_t t = 0; t < 3; t += 2) {
		owned_text char *changed = sql_text(pg,
			"WITH new AS (UPDATE evaluation.%s SET version = version + 1 RETURNING id) "
			"SELECT count(*) FROM new",
			tables[t]);
		assert_string_equal(changed, "0");
	}
}

static void a_disclosure_shows_the_words_of_its_author_for_an_hour(void **state)
{
	(void)state;
	owned_connection PGconn *all = sql_connect(DATABASE, NULL);
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_evaluation");
	owned_text char *mentor = person(all, "mentor"), *mentee = person(all, "mentee");
	const char *auditor = "20000000-0000-4000-8000-0000000000ee";
	sql_do(all, "SET session_replication_role = replica");
	sql_do(all,
		"INSERT INTO evaluation.disclosure (id, what, pair_id, programme_id, author_id, "
		"partner_id, reason, "
		"requested_by, first_approver, second_approver, opened_at, status) SELECT "
		"gen_random_uuid(), 'goal', "
		"id, programme_id, mentor_id, mentee_id, 'r', '%s', gen_random_uuid(), "
		"gen_random_uuid(), "
		"common.now(), 'open' FROM matching.pair WHERE id = '" PAIR "'",
		auditor);
	reads(pg, auditor, "goal-of-mentor note-of-mentor published");
	owned_text char *disclosed = sql_text(pg,
		"SELECT string_agg(t.about || ': ' || t.words, ', ' ORDER BY t.words) "
		"FROM evaluation.acting('%s') a, LATERAL (SELECT d FROM evaluation.disclosure d "
		"WHERE d.requested_by = a.actor OFFSET 0) o (d), LATERAL "
		"evaluation.disclosed_texts(o.d) t",
		auditor);
	assert_string_equal(disclosed, "goal: goal-of-mentor (u), progress: note-of-mentor");
	sql_do(all, "UPDATE evaluation.disclosure SET what = 'survey' WHERE requested_by = '%s'",
		auditor);
	reads(pg, auditor, "published");
	sql_do(all,
		"UPDATE evaluation.disclosure SET what = 'goal', opened_at = opened_at - interval "
		"'1 hour' "
		"WHERE requested_by = '%s'",
		auditor);
	reads(pg, auditor, "published");
	reads(pg, mentee,
		"goal-of-mentee goal-of-mentor note-of-mentee note-of-mentor published suggested");
}

/* How many rows of all that people write in confidence a connection reads while somebody acts. */
static void reads_rows(PGconn *pg, const char *actor, const char *expected, const char *when)
{
	sql_do(pg, "BEGIN");
	sql_do(pg, "SELECT set_config('app.actor', %s, true)", actor);
	owned_text char *rows = sql_text(pg,
		"SELECT count(*) FROM (SELECT id FROM evaluation.feedback UNION ALL SELECT id FROM "
		"evaluation.help_request UNION ALL SELECT id FROM evaluation.response UNION ALL SELECT "
		"id FROM evaluation.goal UNION ALL SELECT id FROM evaluation.progress) t");
	sql_do(pg, "ROLLBACK");
	if (strcmp(rows, expected) != 0)
		fail_msg("%s: %s rows, not %s", when, rows, expected);
}

#define AUDITOR P(7)

/* Of what each kind of disclosure opens, nothing is read as soon as the reader stands above one of the two,
 * at any height; and again once they no longer do. */
static void who_stands_above_one_of_the_two_reads_nothing(void **state)
{
	(void)state;
	static const char *const kinds[] = { "feedback", "help_request", "survey", "goal" };
	/* 8 wrote it, for 4: their own managers, and those of these */
	static const char *const below[] = { P(8), P(6), P(3), P(4), P(2) };
	owned_connection PGconn *all = sql_connect(DATABASE, NULL);
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_evaluation");
	sql_do(all, "SET session_replication_role = replica");
	sql_do(all, "UPDATE profiles.person SET manager_id = " P(1) " WHERE id = " AUDITOR);
	for (size_t k = 0; k < 4; k++) {
		sql_do(all, "TRUNCATE evaluation.disclosure");
		reads_rows(pg, AUDITOR, "0", "before");
		sql_do(all,
			"INSERT INTO evaluation.disclosure (id, what, pair_id, programme_id, author_id, "
			"partner_id, reason, requested_by, first_approver, second_approver, opened_at, "
			"status) SELECT gen_random_uuid(), '%s', id, programme_id, mentor_id, mentee_id, "
			"'r', " AUDITOR ", gen_random_uuid(), gen_random_uuid(), common.now(), 'open' "
			"FROM matching.pair WHERE id = " PAIR_2,
			kinds[k]);
		reads_rows(pg, AUDITOR, k == 3 ? "2" : "1", kinds[k]);
		for (size_t b = 0; b < sizeof below / sizeof *below; b++) {
			owned_text char *manager = sql_text(all,
				"SELECT manager_id FROM profiles.person WHERE id = %s", below[b]);
			sql_do(all, "UPDATE profiles.person SET manager_id = " AUDITOR " WHERE id = %s",
				below[b]);
			reads_rows(pg, AUDITOR, "0", below[b]);
			sql_do(all, "UPDATE profiles.person SET manager_id = '%s' WHERE id = %s", manager,
				below[b]);
		}
		reads_rows(pg, AUDITOR, k == 3 ? "2" : "1", "afterwards");
	}
	sql_do(all, "TRUNCATE evaluation.disclosure");
}

/* An upgrade: the database had been served before the walls were put up. */
static void the_last_release_reads_for_an_hour_more(void **state)
{
	(void)state;
	static const char *const began[] = { "70 minutes", "3 days", "3 days" };
	static const char *const ago[] = { "30 minutes", "59 minutes", "61 minutes" };
	owned_connection PGconn *all = sql_connect(DATABASE, NULL);
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_evaluation");
	owned_text char *mentor = person(all, "mentor");
	for (size_t i = 0; i < 3; i++) {
		sql_do(all,
			"UPDATE common.migration SET applied_at = now() - CASE "
			"WHEN name LIKE '%%free_text.sql' THEN interval '%s' ELSE interval '%s' "
			"END "
			"WHERE module = 'evaluation'",
			ago[i], began[i]);
		reads(pg, "",
			i == 1 ? "goal-of-mentee goal-of-mentor note-of-mentee note-of-mentor "
				 "published "
				 "suggested"
			       : "published");
		reads(pg, "20000000-0000-4000-8000-0000000000ee", "published");
	}
	reads(pg, mentor,
		"goal-of-mentee goal-of-mentor note-of-mentee note-of-mentor published suggested");
}

static int setup(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	owned_connection PGconn *pg = sql_connect(DATABASE, NULL);
	owned_text char *restore = crowd_make(pg, NULL);
	owned_text char *fixture = sql_file("tests/sql/fixture.sql");
	sql_do(pg, "%s", fixture);
	sql_do(pg, "SET session_replication_role = replica");
	sql_do(pg, "TRUNCATE evaluation.goal, evaluation.progress, evaluation.improvement");
	sql_do(pg,
		"WITH side AS (SELECT p.id AS pair_id, s.* FROM matching.pair p, LATERAL (VALUES "
		"('mentor', "
		"mentor_id), ('mentee', mentee_id)) s (side, person_id) WHERE p.id = '" PAIR "'), "
		"goal AS (INSERT INTO evaluation.goal (id, pair_id, specific, unit, baseline, "
		"target, due_on, status, "
		"proposed_by) SELECT gen_random_uuid(), pair_id, 'goal-of-' || side, 'u', 0, 4, "
		"'2030-01-01', "
		"'proposed', person_id FROM side RETURNING id, proposed_by) "
		"INSERT INTO evaluation.progress (id, goal_id, author_id, note) "
		/* each about the goal that the other one worded */
		"SELECT gen_random_uuid(), g.id, s.person_id, 'note-of-' || s.side "
		"FROM goal g JOIN side s ON s.person_id <> g.proposed_by");
	sql_do(pg, "INSERT INTO evaluation.feedback (id, pair_id, programme_id, author_id, subject_id, "
		   "visibility, comment) SELECT gen_random_uuid(), id, programme_id, mentor_id, mentee_id, "
		   "'private', 'c' FROM matching.pair WHERE id = " PAIR_2);
	sql_do(pg, "INSERT INTO evaluation.help_request (id, pair_id, programme_id, author_id, topic, message, "
		   "status) SELECT gen_random_uuid(), id, programme_id, mentor_id, 'fit', 'm', 'open' "
		   "FROM matching.pair WHERE id = " PAIR_2);
	sql_do(pg, "INSERT INTO evaluation.response (id, survey_id, programme_id, wave, batch, person_id, "
		   "revision) SELECT gen_random_uuid(), gen_random_uuid(), programme_id, 'before', 'before', "
		   "mentor_id, 1 FROM matching.pair WHERE id = " PAIR_2);
	sql_do(pg, "INSERT INTO evaluation.improvement (id, programme_id, pair_id, title, insight, "
		   "suggested_by, "
		   "status) SELECT gen_random_uuid(), p.programme_id, p.id, 't', i, p.mentor_id, s "
		   "FROM matching.pair p, (VALUES ('suggested', 'suggested'), ('adopted', "
		   "'published')) v (s, i) "
		   "WHERE p.id = '" PAIR "'");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sql_drop(DATABASE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_other_service_reads_a_word),
		cmocka_unit_test(nobody_but_the_two_reads_them_whoever_acts),
		cmocka_unit_test(a_disclosure_shows_the_words_of_its_author_for_an_hour),
		cmocka_unit_test(who_stands_above_one_of_the_two_reads_nothing),
		cmocka_unit_test(the_last_release_reads_for_an_hour_more),
	};

	return cmocka_run_group_tests_name("free texts", tests, setup, teardown);
}
