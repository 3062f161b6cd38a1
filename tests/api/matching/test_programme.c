/* Programmes and exclusions, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static void a_draft_exists_for_its_coordinators_alone(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_post(admin(), "/api/v1/programmes",
			"{\"title\": \"Draft\", \"purpose\": \"inclusion\", \"starts_on\": "
			"\"2027-01-11\", \"ends_on\": \"2027-07-09\","
			" \"focus_skills\": [\"%s\"], \"rules\": {\"line_distance\": \"4\", "
			"\"exposure_cap\": 3}}",
			story_skill("generative AI")),
		201);
	assert_string_equal(api_text(made, "status"), "draft");
	assert_string_equal(api_text(made, "rules.line_distance"), "4");
	assert_int_equal(api_integer(made, "rules.min_level_gap"), 2); /* of the purpose */
	assert_string_equal(api_text(made, "focus_skills.0.name"), "generative AI");
	assert_string_equal(api_text(made, "coordinators.0.display_name"), "Hal Lead");
	const char *path = api_text(made, "links.self");
	api_expect(api_get(admin(), "%s", path), 200);
	api_expect_problem(api_get(api_as("participant", "chief"), "%s", path), 404, "not_found");
	api_expect_problem(
		api_get(api_as("programme_admin", "other.admin"), "%s", path), 404, "not_found");
	struct api_reply *list = api_expect(
		api_get(api_as("participant", "chief"), "/api/v1/programmes"), 200);
	assert_null(strstr(list->text, api_text(made, "id")));
}

static void who_is_invited_to_a_draft_hears_of_it_when_it_opens(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief");
	struct api_reply *made = api_expect(
		api_post(admin(), "/api/v1/programmes",
			"{\"title\": \"Soon\", \"purpose\": \"inclusion\", \"starts_on\": "
			"\"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
		201);
	const char *path = api_text(made, "links.self");
	api_expect(api_post(admin(), api_path("%s/invitations", path),
			   "{\"role\": \"mentee\", \"message\": \"Join\", \"level_min\": 8}"),
		201);
	const char *mine = api_path("/api/v1/enrolments?programme_id=%s", api_text(made, "id"));
	struct api_reply *asked = api_expect(api_get(admin(), "%s", mine), 200);
	assert_string_equal(api_text(asked, "items.0.status"), "invited");
	const char *part = api_text(asked, "items.0.links.self");
	story_settle();
	assert_int_equal(api_count(api_expect(api_get(chief, "%s", mine), 200), "items"), 0);
	api_expect(api_get(chief, "%s", part), 404);
	assert_null(strstr(
		api_expect(api_get(chief, "/api/v1/notifications"), 200)->text, "invitation"));
	api_expect(api_post(admin(), api_path("%s/recruitment", path), NULL), 200);
	api_wait_until(20.0, strstr(api_expect(api_get(chief, "/api/v1/notifications"), 200)->text,
				     "invitation") != NULL);
	assert_string_equal(
		api_text(api_expect(api_get(chief, "%s", part), 200), "invitation"), "Join");
	api_expect(api_post(chief, api_path("%s/acceptance", part), "{}"), 200);
}

static void a_patch_makes_a_new_policy_version(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Patched");
	struct api_reply *before = api_expect(api_get(admin(), "/api/v1/programmes/%s", id), 200);
	const char *path = api_text(before, "links.self");
	api_expect_problem(
		api_patch(admin(), path, "{\"title\": \"x\"}"), 428, "precondition_required");
	api_if_match(admin(), before);
	struct api_reply *after = api_expect(
		api_patch(admin(), path,
			"{\"title\": \"Better\", \"rules\": {\"min_level_gap\": 3}}"),
		200);
	assert_string_equal(api_text(after, "title"), "Better");
	assert_int_equal(api_integer(after, "rules.min_level_gap"), 3);
	assert_int_equal(api_integer(after, "policy_version"), 2);
	assert_string_equal(
		api_text(after, "rules.line_distance"), "any"); /* what was not named stays */
	api_if_match(admin(), before);
	api_expect_problem(api_patch(admin(), path, "{\"title\": \"late\"}"), 412, "stale");
	api_if_match(admin(), after);
	api_expect_fault(
		api_expect_problem(api_patch(admin(), path, "{\"ends_on\": \"2026-01-01\"}"), 422,
			"dates_reversed"),
		"/ends_on");
	api_if_match(admin(), after);
	struct api_reply *skills_only = api_expect(
		api_patch(admin(), path, "{\"rules\": {\"skills_only\": true}}"), 200);
	assert_true(api_truth(skills_only, "rules.skills_only"));
}

static void the_life_of_a_programme_answers_with_its_state(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Cancelled soon");
	const char *path = api_path("/api/v1/programmes/%s/%%s", id);
	struct api_reply *no = api_expect_problem(
		api_post(admin(), api_path(path, "recruitment"), NULL), 409, "wrong_state");
	assert_string_equal(api_text(no, "current_status"), "recruiting");
	no = api_expect_problem(
		api_post(admin(), api_path(path, "activation"), NULL), 409, "programme_not_ready");
	assert_string_equal(api_text(no, "checklist.0"), "published_round");
	const char *enrolment = story_enrol("chief", id, "mentee", 1);
	struct api_reply *done = api_expect(
		api_post(admin(), api_path(path, "cancellation"), NULL), 200);
	assert_string_equal(api_text(done, "status"), "cancelled");
	struct api_reply *part = api_expect(
		api_get(api_as("participant", "chief"), "/api/v1/enrolments/%s", enrolment), 200);
	assert_string_equal(api_text(part, "status"), "withdrawn");
	api_expect(api_get(api_as("participant", "chief"), "/api/v1/programmes/%s", id), 404);
}

static void an_exclusion_is_its_authors_secret(void **state)
{
	(void)state;
	struct api *ann = api_as("participant", "ann");
	struct api_reply *made = api_expect(
		api_post(ann, "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
			story_person_id("chief")),
		201);
	assert_int_equal(api_text(made, "id")[14], '4'); /* a random id tells no time */
	const char *path = api_text(made, "links.self");
	api_expect(api_get(ann, "%s", path), 200);
	api_expect(api_get(api_as("participant", "chief"), "%s", path), 404);
	assert_int_equal(
		api_count(api_expect(api_get(ann, "/api/v1/exclusions"), 200), "items"), 1);
	assert_int_equal(
		api_count(api_expect(api_get(api_as("participant", "chief"), "/api/v1/exclusions"),
				  200),
			"items"),
		0);
	api_expect_problem(api_post(ann, "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
				   story_person_id("chief")),
		409, "name_taken");
	api_expect_problem(api_post(ann, "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
				   story_person_id("ann")),
		422, "self_reference");
	api_if_match(ann, made);
	api_expect(api_delete(ann, "%s", path), 204);
	api_expect(api_get(ann, "%s", path), 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_exists_for_its_coordinators_alone),
		cmocka_unit_test(who_is_invited_to_a_draft_hears_of_it_when_it_opens),
		cmocka_unit_test(a_patch_makes_a_new_policy_version),
		cmocka_unit_test(the_life_of_a_programme_answers_with_its_state),
		cmocka_unit_test(an_exclusion_is_its_authors_secret),
	};
	return cmocka_run_group_tests_name("programmes", tests, people_set_up, api_release);
}
