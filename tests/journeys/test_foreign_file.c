/*
 * The file of another HR system, from upload to published shortlists, without editing it: it does not
 * fit, a mapping is suggested, HR completes it, a dry run says what is missing, the file is applied,
 * and a programme is matched on it. At each step the wrong person tries the same and is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "support/foreign_company.h"
#include "support/story.h"

#define MAPPINGS "/api/v1/imports/mappings"
#define ADMIN    "t10"
#define CREATED  (FOREIGN_ROWS - FOREIGN_OUTSIDE)

static const char *mapping, *programme;

static struct api_reply *follow(struct api_reply *import)
{
	struct api_reply *now = import;
	const char *id = api_text(import, "id");
	api_wait_until(
		60, (now = api_expect(api_get(api_as("hris", NULL), "/api/v1/imports/%s", id), 200),
			    strcmp(api_text(now, "status"), "queued") != 0 &&
				    strcmp(api_text(now, "status"), "checking") != 0 &&
				    strcmp(api_text(now, "status"), "applying") != 0));
	return now;
}

static struct api_reply *upload(const char *query, const char *type)
{
	size_t length;
	const char *file = foreign_company_file(&length);
	return api_send(api_as("hris", NULL), "POST", api_path("/api/v1/imports?%s", query), type,
		file, length);
}

/* A value table in the mapping, for one of our columns. */
static void add_values(json_t *columns, const char *ours, const char *values)
{
	size_t i;
	json_t *column;
	json_array_foreach(columns, i,
		column) if (strcmp(json_string_value(json_object_get(column, "ours")), ours) == 0)
		json_object_set_new(column, "values", json_loads(values, 0, NULL));
}

static void the_file_does_not_fit_and_a_mapping_is_suggested(void **state)
{
	(void)state;
	(void)story_skill("KI");
	(void)story_skill("Soziale Medien");
	api_expect_problem(upload("dry_run=true", "text/csv"), 422, "invalid_csv");
	struct api_reply *dry = follow(
		api_expect(upload("dry_run=true", "text/csv; charset=windows-1252"), 202));
	assert_string_equal(api_text(dry, "status"), "faulty");
	json_t *suggested = api_member(dry, "suggested_mapping");
	json_t *columns = json_object_get(suggested, "columns");
	assert_int_equal(json_array_size(columns), 15);
	assert_string_equal(api_text(dry, "suggested_mapping.ignore.0"), "Kostenstelle");
	assert_string_equal(api_text(dry, "suggested_mapping.date_format"), "DD.MM.YYYY");
	/* HR adds what values mean, but forgets the students */
	add_values(columns, "country",
		"[{\"ours\": \"DE\", \"theirs\": [\"Deutschland\"]}, {\"ours\": \"AT\", "
		"\"theirs\": "
		"[\"\u00d6sterreich\"]}]");
	add_values(columns, "active",
		"[{\"ours\": \"true\", \"theirs\": [\"aktiv\", \"ruhend\"]}, {\"ours\": \"false\", "
		"\"theirs\": [\"ausgeschieden\"]}]");
	json_object_set_new(suggested, "name", json_string("Konzern"));
	json_object_set_new(suggested, "charset", json_string("windows-1252"));
	json_object_set_new(suggested, "out_of_scope",
		json_pack(
			"{s:[{s:s, s:[s]}]}", "rules", "column", "Abteilung", "values", "Extern"));
	json_object_set_new(suggested, "level",
		json_loads("{\"from\": \"title\", \"values\": [{\"ours\": \"9\", \"theirs\": "
			   "[\"Vorstand\"]}, {\"ours\": \"7\", \"theirs\": [\"Direktor\"]}, "
			   "{\"ours\": \"5\", \"theirs\": [\"Teamleiter\"]}, {\"ours\": \"2\", "
			   "\"theirs\": [\"Referent\", \"Sachbearbeiter\"]}]}",
			0, NULL));
	char *text = json_dumps(suggested, 0);
	mapping = api_text(
		api_expect(api_post(api_as("hris", NULL), MAPPINGS, "%s", text), 201), "id");
	api_expect_problem(
		api_post(api_as("auditor", NULL), MAPPINGS, "%s", text), 403, "person_unknown");
	free(text);
}

static void a_dry_run_says_what_the_mapping_does_not_know(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *query = api_path("dry_run=true&mapping_id=%s", mapping);
	struct api_reply *dry = follow(api_expect(upload(query, "text/csv"), 202));
	assert_string_equal(api_text(dry, "status"), "faulty");
	assert_int_equal(api_integer(dry, "counts.faults"), 1);
	assert_string_equal(api_text(dry, "unknown_values.0.value"), "Werkstudent");
	assert_string_equal(api_text(dry, "unknown_values.0.column"), "Stellenbezeichnung");
	assert_int_equal(api_integer(dry, "unknown_values.0.rows"), FOREIGN_STUDENTS);
	struct api_reply *one = api_expect(api_get(hris, MAPPINGS "/%s", mapping), 200);
	json_t *level = api_member(one, "level");
	json_array_append_new(json_object_get(level, "values"),
		json_loads("{\"ours\": \"1\", \"theirs\": [\"Werkstudent\"]}", 0, NULL));
	char *text = json_dumps(level, 0);
	api_if_match(hris, one);
	api_expect(
		api_patch(hris, api_path(MAPPINGS "/%s", mapping), "{\"level\": %s}", text), 200);
	free(text);
}

static void the_same_file_is_applied(void **state)
{
	(void)state;
	const char *query = api_path("dry_run=true&mapping_id=%s", mapping);
	struct api_reply *dry = follow(api_expect(upload(query, "text/csv"), 202));
	assert_string_equal(api_text(dry, "status"), "checked");
	assert_int_equal(api_integer(dry, "counts.created"), CREATED);
	assert_int_equal(api_integer(dry, "counts.out_of_scope"), FOREIGN_OUTSIDE);
	/* the vacant post: a warning for each of its reports */
	struct api_reply *rows = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/imports/%s/rows", api_text(dry, "id")), 200);
	assert_int_equal(api_count(rows, "items"), 3);
	assert_string_equal(api_text(rows, "items.0.column"), "Vorgesetzter");
	const char *confirm = api_path("/api/v1/imports/%s/confirmation", api_text(dry, "id"));
	api_expect_problem(api_post(api_as("auditor", NULL), confirm, "{}"), 403, "person_unknown");
	struct api_reply *done = follow(
		api_expect(api_post(api_as("hris", NULL), confirm, "{}"), 200));
	assert_string_equal(api_text(done, "status"), "done");
	assert_int_equal(api_integer(done, "counts.created"), CREATED);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FILTER (WHERE status = 'inactive') || ' ' || "
			"count(active_until) || ' ' || count(*) FILTER (WHERE display_name = "
			"'Anna M\u00fcller' AND user_name IN ('b1', 'd1')) FROM profiles.person"),
		"4 5 2");
	/* and again tomorrow: nothing changes */
	query = api_path("mode=full&mapping_id=%s", mapping);
	done = follow(api_expect(upload(query, "text/csv"), 202));
	assert_string_equal(api_text(done, "status"), "done");
	assert_int_equal(api_integer(done, "counts.unchanged"), CREATED);
}

/* What makes a round good, by queries of their own: lists with fewer than three mentors, mentors or departments
 * on them; mentors on more lists than the policy allows; mentors who stand above their mentee, or below but not
 * three steps below the head; wants, and how many of them are covered. */
static void assert_good(const char *round)
{
	assert_string_equal(
		api_sql("superuser",
			"WITH RECURSIVE entry AS (SELECT s.id, s.mentee_id, x.mentor_id, m.department FROM "
			"matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id JOIN "
			"profiles.person m ON m.id = x.mentor_id WHERE s.round_id = '%s'), above (person, boss, "
			"steps) AS (SELECT id, manager_id, 1 FROM profiles.person WHERE manager_id IS NOT NULL "
			"UNION ALL SELECT a.person, p.manager_id, a.steps + 1 FROM above a JOIN profiles.person "
			"p ON p.id = a.boss WHERE p.manager_id IS NOT NULL) SELECT concat_ws(' ', (SELECT "
			"count(*) FROM (SELECT FROM entry GROUP BY id HAVING count(DISTINCT mentor_id) <> 3 OR "
			"count(DISTINCT department) < 2) l), (SELECT count(*) FROM (SELECT FROM entry GROUP BY "
			"mentor_id HAVING count(*) > (SELECT (p.rules ->> 'exposure_cap')::int FROM "
			"matching.round r JOIN matching.policy p ON p.programme_id = r.programme_id AND "
			"p.number = r.policy_number WHERE r.id = '%s')) m), (SELECT count(*) FROM entry e JOIN "
			"above a ON a.person = e.mentee_id AND a.boss = e.mentor_id OR a.person = e.mentor_id "
			"AND a.boss = e.mentee_id AND (a.steps < 3 OR e.mentee_id NOT IN (SELECT id FROM "
			"profiles.person WHERE user_name = 'b1'))))",
			round, round),
		"0 0 0");
	/* KI of six, and media of four directors */
	assert_string_equal(
		api_sql("superuser",
			"SELECT r.wanted || ' ' || r.coverable || ' ' || r.covered FROM matching.round r "
			"WHERE r.id = '%s'",
			round),
		"10 10 10");
}

static void a_programme_is_matched_on_it(void **state)
{
	(void)state;
	programme = story_programme(ADMIN, "Von J\u00fcngeren lernen");
	static const char *const mentees[] = { "b1", "d1", "d2", "d4", "d5", "t7" };
	for (size_t i = 0; i < sizeof mentees / sizeof *mentees; i++)
		story_enrol(mentees[i], programme, "mentee", 1);
	for (int s = 0; s < 2 * 24; s++) {
		const char *user = api_path("s%d", s);
		if (s < FOREIGN_STUDENTS || s >= FOREIGN_STUDENTS + FOREIGN_LEFT)
			story_enrol(user, programme, "mentor", 2);
	}
	story_enrol("t8", programme, "mentor", 1); /* of the same vacant post as t7 */
	const char *round = story_round(ADMIN, programme);
	struct api_reply *lists = api_expect(
		api_get(api_as("programme_admin", ADMIN), "/api/v1/rounds/%s/shortlists", round),
		200);
	assert_int_equal(api_count(lists, "items"), 6);
	for (int i = 0; i < 6; i++)
		assert_int_equal(api_count(lists, api_path("items.%d.entries", i)), 3);
	assert_good(round);
	/* nobody is too close, and only the head of the company is treated as one */
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.shortlist_entry e JOIN matching.shortlist s "
			"ON "
			"s.id = e.shortlist_id JOIN profiles.person m ON m.id = e.mentor_id JOIN "
			"profiles.person l ON l.id = s.mentee_id WHERE matching.unsafe(m.id, l.id, "
			"1::smallint, e.line_distance) IS NOT NULL OR e.line_distance IS NOT NULL "
			"AND "
			"l.user_name <> 'b1' OR m.user_name = 't8' AND l.user_name = 't7'"),
		"0");
	struct api_reply *list = story_shortlist("t7", programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	api_expect(
		api_get(api_as("participant", "s1"), "/api/v1/shortlists/%s", api_text(list, "id")),
		404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_does_not_fit_and_a_mapping_is_suggested),
		cmocka_unit_test(a_dry_run_says_what_the_mapping_does_not_know),
		cmocka_unit_test(the_same_file_is_applied),
		cmocka_unit_test(a_programme_is_matched_on_it),
	};
	return cmocka_run_group_tests(tests, NULL, api_release);
}
