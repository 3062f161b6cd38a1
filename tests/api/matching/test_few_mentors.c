/* With too few mentors for the exposure cap, they are shown more often, and every mentee keeps their list. Who
 * has none is told what helps, and nothing of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS 10
#define JUNIORS 3

/* Everybody wants to learn the same, and all three could teach everybody. */
static const char *few_mentors(void)
{
	const char *programme = company_enrolled_crowd("Few mentors", LEADERS, JUNIORS, 3);
	api_sql("superuser",
		"INSERT INTO profiles.person_skill (person_id, skill_id, current, target, offered) "
		"SELECT id, '%s', CASE level WHEN 1 THEN 4 ELSE 1 END, CASE level WHEN 6 THEN 4 ELSE 0 "
		"END, level = 1 FROM profiles.person WHERE user_name ~ '^(leader|junior)[0-9]'",
		story_skill("generative AI"));
	return programme;
}

static struct api_reply *round_of(const char *id)
{
	return api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200);
}

static void everybody_has_a_full_list(const char *programme)
{
	for (int i = 1; i <= LEADERS; i++) {
		struct api_reply *list = story_shortlist(api_path("leader%d", i), programme);
		assert_int_equal(api_count(list, "mentors"), JUNIORS);
	}
}

/* Somebody forgot to pick, and may again. */
static void is_opened_again_as_it_was(const char *programme)
{
	struct api_reply *list = story_shortlist("leader1", programme);
	api_sql("superuser", "UPDATE matching.shortlist SET step = 'expiry' WHERE id = '%s'",
		api_text(list, "id"));
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/shortlists/%s", api_text(list, "id")), 200);
	assert_string_equal(api_text(now, "status"), "expired");
	struct api *coordinator = admin();
	api_if_match(coordinator, now);
	api_expect(api_patch(coordinator, api_text(list, "links.self"), "{\"pick_by\": \"%s\"}",
			   api_text(list, "pick_by")),
		200);
	everybody_has_a_full_list(programme);
}

static void lists_are_as_full_once_published_as_the_round_said(void **state)
{
	(void)state;
	const char *programme = few_mentors();
	struct api_reply *round = round_of(story_round("hr.lead", programme));
	assert_int_equal(api_integer(round, "totals.complete"), LEADERS);
	assert_int_equal(api_integer(round, "totals.exposure_cap"), LEADERS); /* the policy says 8 */
	everybody_has_a_full_list(programme);
	is_opened_again_as_it_was(programme);
	/* who comes late is not worse off */
	story_wants("sales.lead", "generative AI", NULL);
	story_enrol("sales.lead", programme, "mentee", 1);
	round = round_of(story_round("hr.lead", programme));
	assert_int_equal(api_integer(round, "totals.exposure_cap"), LEADERS + 1);
	assert_int_equal(api_count(story_shortlist("sales.lead", programme), "mentors"), JUNIORS);
	everybody_has_a_full_list(programme);
}

static struct api_reply *part_of(const char *round, const char *part)
{
	return api_expect(api_get(admin(), "/api/v1/rounds/%s/%s", round, part), 200);
}

/* Three members of the policy leave the chief out: none of them alone would help. */
static void what_is_proposed_for_whom_the_policy_leaves_out_really_helps(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Others only");
	const char *part = story_enrol("chief", id, "mentee", 1);
	story_enrol("ann", id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"mentees\": {\"departments_in\": [\"IT\"], \"locations\": "
			   "[\"London\"], \"must_have_skills\": [{\"skill_id\": \"%s\", \"level\": 1}, "
			   "{\"skill_id\": \"%s\", \"level\": 5}]}}",
			   story_skill("generative AI"), story_skill("juggling")),
		201);
	struct api_reply *row = part_of(story_ready("hr.lead", id), "unmatched");
	assert_string_equal(api_text(row, "items.0.reason"), "out_of_scope");
	assert_int_equal(api_integer(row, "items.0.relaxation.yields"), 1);
	assert_int_equal(api_count(row, "items.0.relaxation.rules"), 3);
	assert_string_equal(api_text(row, "items.0.relaxation.text"),
		"Let mentees of this department take part: Board. Let mentees at this place take part: "
		"Berlin. Do not ask that mentees want to learn this: juggling. That brings one.");
	struct api_reply *why = api_expect(
		api_get(admin(), "/api/v1/enrolments/%s/why-not", part), 200);
	assert_true(json_equal(api_member(why, "relaxation"), api_member(row, "items.0.relaxation")));
	char *body = json_dumps(api_member(row, "items.0.actions.0.body"), 0);
	const char *tried = api_text(
		api_expect(api_post(admin(), "/api/v1/rounds", "%s", body), 202), "id");
	free(body);
	(void)ready_round(tried);
	assert_int_equal(api_integer(part_of(tried, "unmatched"), "items.0.found"), 1);
	row = part_of(tried, "shortlists");
	assert_string_equal(api_text(row, "items.0.mentee.display_name"), "Carla Chief");
	assert_int_equal(api_count(row, "items.0.entries"), 1);
	/* and nothing is proposed that would not help: the only mentor is the chief's own clerk */
	id = story_programme("hr.lead", "Nobody for others");
	story_enrol("it.lead", id, "mentee", 1);
	story_enrol("it.team", id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"mentees\": {\"departments_out\": [\"IT\"]}}"),
		201);
	row = part_of(story_ready("hr.lead", id), "unmatched");
	assert_string_equal(api_text(row, "items.0.reason"), "out_of_scope");
	assert_true(json_is_null(api_member(row, "items.0.relaxation")));
	assert_int_equal(api_count(row, "items.0.actions"), 0);
}

/* Somebody of whom HR knows no department is let in by none: no way in is proposed. */
static void who_has_no_department_is_promised_none(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Departments");
	(void)story_enrol("chief", id, "mentee", 1);
	story_enrol("ann", id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"mentees\": {\"departments_in\": [\"IT\"]}}"),
		201);
	struct api_reply *row = part_of(story_ready("hr.lead", id), "unmatched");
	assert_int_equal(api_integer(row, "items.0.relaxation.yields"), 1);
	(void)api_sql("superuser", "UPDATE profiles.person SET department = NULL WHERE user_name = 'chief'");
	row = part_of(story_ready("hr.lead", id), "unmatched");
	(void)api_sql("superuser", "UPDATE profiles.person SET department = 'Board' WHERE user_name = 'chief'");
	assert_int_equal(api_count(row, "items"), 1);
	assert_string_equal(api_text(row, "items.0.reason"), "out_of_scope");
	assert_true(json_is_null(api_member(row, "items.0.relaxation")));
	assert_int_equal(api_count(row, "items.0.actions"), 0);
}

static void nobody_learns_who_refuses_them(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Refused");
	const char *part = story_enrol("it.lead", id, "mentee", 1);
	story_enrol("other.admin", id, "mentor", 1);
	story_teaches("other.admin", "generative AI", NULL);
	api_expect(api_post(api_as("participant", "other.admin"), "/api/v1/exclusions",
			   "{\"person_id\": \"%s\"}", story_person_id("it.lead")),
		201);
	story_round("hr.lead", id);
	struct api_reply *why = api_expect(
		api_get(api_as("participant", "it.lead"), "/api/v1/enrolments/%s/why-not", part),
		200);
	assert_int_equal(api_count(why, "rules"), 0);
	assert_true(json_is_null(api_member(why, "relaxation")));
	assert_null(strstr(why->text, "blocked"));
	why = api_expect(api_get(admin(), "/api/v1/enrolments/%s/why-not", part), 200);
	assert_string_equal(api_text(why, "rules.0.rule"), "blocked");
	assert_int_equal(api_count(why, "actions"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_as_full_once_published_as_the_round_said),
		cmocka_unit_test(what_is_proposed_for_whom_the_policy_leaves_out_really_helps),
		cmocka_unit_test(who_has_no_department_is_promised_none),
		cmocka_unit_test(nobody_learns_who_refuses_them),
	};
	return cmocka_run_group_tests_name("few mentors", tests, people_set_up, api_release);
}
