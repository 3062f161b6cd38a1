/*
 * A skill is deleted in the moment in which something first names it: a goal, an assessment, a policy, the rules of
 * a what-if round, a programme, an intake answer, the result of a round. Whichever comes first waits for nobody, the
 * other waits for it; in the end nothing names a skill that is gone. Without the trigger that holds the skill the
 * same orders leave such a name.
 */
#include "sql/crowd.h"
#include "sql/support.h"

#include <stdio.h>
#include <string.h>
#include "base/str.h"

#define ROUND     "'53000000-0000-4000-8000-000000000001'"
#define PROGRAMME "'20000000-0000-4000-8000-000000000001'"

/* Statements with the skill in the place of %s. */
static const struct {
	const char *name, *trigger, *table, *sql;
} namings[] = {
	{ "goal", "goal_holds_skill", "evaluation.goal", "UPDATE evaluation.goal SET skill_id = '%s'" },
	{ "assessment", "assessment_holds_skill", "evaluation.assessment",
		"UPDATE evaluation.assessment SET skill_id = '%s'" },
	{ "focus of a policy", "policy_holds_skills", "matching.policy",
		"INSERT INTO matching.policy (programme_id, number, rules) SELECT " PROGRAMME ", max(o.number) + 1, "
		"'{\"focus_skills\": [\"%s\"]}' FROM matching.policy o" },
	{ "scope of a policy", "policy_holds_skills", "matching.policy",
		"INSERT INTO matching.policy (programme_id, number, rules) SELECT " PROGRAMME ", max(o.number) + 1, "
		"'{\"mentees\": {\"must_have_skills\": [{\"skill_id\": \"%s\", \"level\": 2}]}}' FROM matching.policy o" },
	{ "what-if round", "round_holds_skills", "matching.round",
		"UPDATE matching.round SET rules = '{\"focus_skills\": [\"%s\"]}'" },
	{ "programme", "programme_holds_skills", "matching.programme",
		"UPDATE matching.programme SET focus_skills = '{%s}'" },
	{ "intake answer", "enrolment_holds_skills", "matching.enrolment",
		"UPDATE matching.enrolment SET intake = '[{\"key\": \"k\", \"kind\": \"skills\", \"skills\": "
		"[{\"skill_id\": \"%s\", \"level\": 2}]}]'" },
	{ "result of a round", NULL, "matching.round_want",
		"SELECT matching.store_wants(" ROUND ", json_agg(json_build_object('enrolment_id', s.enrolment_id, "
		"'place', 2, 'skill_id', '%s', 'share', 255, 'allowed', 0, 'open', 'left', 'refused', '{}'::json))) FROM matching.shortlist s" },
};
#define NAMINGS (sizeof namings / sizeof *namings)

struct run {
	PGconn *admin, *names, *deletes;
	char skill[37], naming[700], deletion[300];
};

/* A skill that nothing names yet, and the statements about it. */
static void begin(struct run *run, size_t n)
{
	owned_text char *skill = sql_text(run->admin,
		"INSERT INTO profiles.skill (id, name) VALUES (gen_random_uuid(), gen_random_uuid()) RETURNING id");
	snprintf(run->skill, sizeof run->skill, "%s", skill);
	snprintf(run->naming, sizeof run->naming, namings[n].sql, run->skill);
	snprintf(run->deletion, sizeof run->deletion,
		"WITH target AS (SELECT s.id FROM profiles.skill s WHERE s.id = '%s' FOR UPDATE) "
		"DELETE FROM profiles.skill s USING target t WHERE s.id = t.id",
		run->skill);
	sql_do(run->admin, "DELETE FROM matching.round_want WHERE place = 2");
}

/* One statement, and while it is open the other; then the first ends as told. What the other came to; owned. */
static char *overlap(struct run *run, PGconn *first, const char *one, PGconn *second, const char *other,
	const char *how)
{
	owned_text char *begun = sql_outcome(first, "BEGIN");
	owned_text char *done = sql_outcome(first, one);
	assert_string_equal(begun, "");
	assert_string_equal(done, "");
	sql_do(second, "BEGIN");
	sql_send(second, other);
	assert_true(sql_is_blocked(second, run->admin));
	sql_do(first, "%s", how);
	char *outcome = sql_receive(second);
	sql_do(second, "%s", *outcome ? "ROLLBACK" : "COMMIT");
	return outcome;
}

/* How many rows name the skill, and whether it is there. */
static bool is_named(struct run *run, size_t n)
{
	return sql_number(run->admin, "SELECT count(*) FROM %s x WHERE strpos(to_jsonb(x)::text, '%s') > 0",
		       namings[n].table, run->skill) > 0;
}

static bool is_there(struct run *run)
{
	return sql_number(run->admin, "SELECT count(*) FROM profiles.skill WHERE id = '%s'", run->skill) == 1;
}

static void whoever_comes_first_is_kept(void **state)
{
	struct run *run = *state;
	for (size_t n = 0; n < NAMINGS; n++) {
		begin(run, n);
		owned_text char *kept =
			overlap(run, run->names, run->naming, run->deletes, run->deletion, "COMMIT");
		if (!strstr(kept, "skill_in_use"))
			fail_msg("%s: the deletion came to: %s", namings[n].name, kept);
		assert_true(is_there(run) && is_named(run, n));

		begin(run, n);
		owned_text char *free =
			overlap(run, run->names, run->naming, run->deletes, run->deletion, "ROLLBACK");
		assert_string_equal(free, "");
		assert_false(is_there(run) || is_named(run, n));

		begin(run, n);
		owned_text char *late =
			overlap(run, run->deletes, run->deletion, run->names, run->naming, "COMMIT");
		if (namings[n].trigger ? !strstr(late, "unknown_reference") : *late != '\0')
			fail_msg("%s: it came to: %s", namings[n].name, late);
		assert_false(is_there(run) || is_named(run, n));

		begin(run, n);
		owned_text char *after =
			overlap(run, run->deletes, run->deletion, run->names, run->naming, "ROLLBACK");
		assert_string_equal(after, "");
		assert_true(is_there(run) && is_named(run, n));
	}
}

static void without_holding_it_a_name_leads_nowhere(void **state)
{
	struct run *run = *state;
	for (size_t n = 0; n < NAMINGS; n++) {
		if (!namings[n].trigger)
			continue;
		sql_do(run->admin, "ALTER TABLE %s DISABLE TRIGGER %s", namings[n].table, namings[n].trigger);
		begin(run, n);
		sql_do(run->deletes, "BEGIN");
		sql_do(run->deletes, "%s", run->deletion);
		sql_do(run->names, "%s", run->naming);
		sql_do(run->deletes, "COMMIT");
		assert_true(is_named(run, n));
		assert_false(is_there(run));
	}
}

static int set_up(void **state)
{
	static struct run run;
	int failed = sql_set_up(state);
	owned_text char *rows = sql_file("tests/sql/fixture.sql");
	run.admin = sql_connect(sql_own(), NULL);
	owned_text char *crowd = crowd_make(run.admin, NULL);
	sql_do(run.admin, "%s", rows);
	run.names = sql_connect(sql_own(), NULL);
	run.deletes = sql_connect(sql_own(), NULL);
	*state = &run;
	return failed;
}

static int tear_down(void **state)
{
	struct run *run = *state;
	PQfinish(run->admin);
	PQfinish(run->names);
	PQfinish(run->deletes);
	return sql_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_comes_first_is_kept),
		cmocka_unit_test(without_holding_it_a_name_leads_nowhere),
	};
	return cmocka_run_group_tests_name("named skills", tests, set_up, tear_down);
}
