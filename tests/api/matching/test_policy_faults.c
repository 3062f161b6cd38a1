/* What a policy may not say: what contradicts itself, names what is not there, or says something of levels that do
 * not count. */
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

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Contradictions", 2);
	return 0;
}

/* Members of a policy, without the braces. */
static struct api_reply *write_policy(const char *members)
{
	return policy_write(programme, members);
}

struct fault {
	const char *members, *code, *pointer;
};

/* None of these policies is written. */
static void expect_faults(const struct fault *faults, size_t count)
{
	long long number = policy_number(programme);
	for (size_t i = 0; i < count; i++)
		api_expect_fault(
			api_expect_problem(write_policy(faults[i].members), 422, faults[i].code),
			faults[i].pointer);
	assert_int_equal(policy_number(programme), number);
}

static void what_contradicts_is_named(void **state)
{
	static const struct fault faults[] = {
		{ "\"weights\": {\"need\": 0, \"exchange\": 0, \"interests\": 0, \"hours\": 0, "
		  "\"level_gap\": 0, \"department\": 0, \"difference\": 0}",
			"policy_contradiction", "/weights" },
		{ "\"rules\": {\"min_level_gap\": 3, \"max_level_gap\": 2}", "policy_contradiction",
			"/rules/max_level_gap" },
		{ "\"rules\": {\"languages\": [\"en\"]}, \"bounds\": {\"shared_language\": false}",
			"policy_contradiction", "/rules/languages" },
		{ "\"bounds\": {\"shortlist_size\": 2, \"two_departments\": true}",
			"policy_contradiction", "/bounds/two_departments" },
		{ "\"bounds\": {\"common_half_hours\": 9, \"ample_half_hours\": 8}",
			"policy_contradiction", "/bounds/ample_half_hours" },
		{ "\"bounds\": {\"repeat_share\": [0.2, 0.3]}", "policy_contradiction",
			"/bounds/repeat_share" },
		{ "\"mentors\": {\"departments_in\": [\"IT\"], \"departments_out\": [\"IT\"]}",
			"policy_contradiction", "/mentors/departments_out" },
		{ "\"rules\": {\"skills_only\": true, \"min_level_gap\": 2}", "policy_contradiction",
			"/rules/min_level_gap" },
		{ "\"rules\": {\"skills_only\": true, \"max_level_gap\": 2}", "policy_contradiction",
			"/rules/max_level_gap" },
		{ "\"rules\": {\"skills_only\": true}, \"weights\": {\"need\": 0, \"exchange\": 0, "
		  "\"interests\": 0, \"hours\": 0, \"department\": 0, \"difference\": 0}",
			"policy_contradiction", "/weights" },
		{ "\"rules\": {\"other_department\": true}, \"mentors\": {\"departments_in\": [\"IT\"]}, "
		  "\"mentees\": {\"departments_in\": [\"IT\"]}",
			"policy_contradiction", "/rules/other_department" },
	};
	(void)state;
	expect_faults(faults, sizeof faults / sizeof *faults);
}

static void skills_exist_and_are_named_once(void **state)
{
	(void)state;
	const char *skill = story_skill("data literacy");
	const char *nowhere = "019a0000-0000-7000-8000-0000000000ff";
	const struct fault faults[] = {
		{ api_path("\"mentors\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
			   "\"level\": 1}, {\"skill_id\": \"%s\", \"level\": 3}]}",
			  skill, skill),
			"duplicate_items", "/mentors/must_have_skills/1/skill_id" },
		{ api_path("\"focus_skills\": [\"%s\"]", nowhere), "unknown_reference",
			"/focus_skills" },
		{ api_path("\"mentees\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
			   "\"level\": 1}, {\"skill_id\": \"%s\", \"level\": 1}]}",
			  skill, nowhere),
			"unknown_reference", "/mentees/must_have_skills/1/skill_id" },
	};
	expect_faults(faults, sizeof faults / sizeof *faults);
}

/* What the present policy names already may be sent again. */
static void somebody_is_in_each_department_and_place(void **state)
{
	static const struct fault faults[] = {
		{ "\"mentors\": {\"departments_in\": [\"IT\", \"Atlantis\"]}", "unknown_reference",
			"/mentors/departments_in/1" },
		{ "\"mentees\": {\"departments_out\": [\"it\"]}", "unknown_reference",
			"/mentees/departments_out/0" },
		{ "\"mentees\": {\"locations\": [\"Board\"]}", "unknown_reference", "/mentees/locations/0" },
	};
	static const char *const legal = "\"mentors\": {\"departments_out\": [\"Legal\"]}";
	(void)state;
	expect_faults(faults, sizeof faults / sizeof *faults);
	api_expect(policy_write(programme, legal), 201);
	(void)api_sql("superuser", "UPDATE profiles.person SET department = 'Law' WHERE department = 'Legal'");
	api_expect(policy_write(programme, legal), 201);
	api_expect(policy_write(programme, "\"mentors\": {\"departments_out\": []}"), 201);
	api_expect_problem(policy_write(programme, legal), 422, "unknown_reference");
	(void)api_sql("superuser", "UPDATE profiles.person SET department = 'Legal' WHERE department = 'Law'");
}

static void no_policy_relaxes_what_keeps_people_safe(void **state)
{
	static const char *const never[][2] = { { "\"rules\": {\"min_level_gap\": 0}",
							"/rules/min_level_gap" },
		{ "\"rules\": {\"line_distance\": \"1\"}", "/rules/line_distance" },
		{ "\"rules\": {\"same_manager\": false}", "/rules/same_manager" },
		{ "\"rules\": {\"exclusions\": false}", "/rules/exclusions" },
		{ "\"bounds\": {\"repeat_share\": [1.5, 0.1]}", "/bounds/repeat_share/0" } };
	(void)state;
	long long number = policy_number(programme);
	for (size_t c = 0; c < sizeof never / sizeof *never; c++) {
		struct api_reply *no = write_policy(never[c][0]);
		assert_in_range(no->status, 400, 422);
		api_expect_fault(no, never[c][1]);
	}
	assert_int_equal(policy_number(programme), number);
}

/* A largest gap goes with the levels, and a copy or the same policy sent again stays valid. */
static void where_levels_do_not_count_nothing_is_said_about_them(void **state)
{
	(void)state;
	api_expect(write_policy("\"rules\": {\"min_level_gap\": 2, \"max_level_gap\": 4}"), 201);
	struct api_reply *now = api_expect(write_policy("\"rules\": {\"skills_only\": true}"), 201);
	assert_true(json_is_null(api_member(now, "rules.max_level_gap")));
	assert_int_equal(api_integer(now, "rules.min_level_gap"), 0);
	api_expect_fault(api_expect_problem(write_policy("\"rules\": {\"max_level_gap\": 3}"), 422,
				 "policy_contradiction"),
		"/rules/max_level_gap");
	struct api_reply *card = api_expect(
		api_get(as("ann"), "/api/v1/programmes/%s/policy-card", programme), 200);
	assert_null(strstr(card->text, "\"level_gap\""));
	assert_null(strstr(card->text, "levels below the mentee at most"));
	now = api_expect(write_policy("\"rules\": {\"min_level_gap\": 3}"), 201);
	assert_false(api_truth(now, "rules.skills_only"));
	api_expect(write_policy("\"rules\": {\"max_level_gap\": 4}"), 201);
	const char *path = api_path("/api/v1/programmes/%s", programme);
	static const char *const no[] = { "{\"rules\": {\"skills_only\": true, \"min_level_gap\": 2}}",
		"{\"rules\": {\"min_level_gap\": 5}}" };
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		api_if_match(admin(), api_get(admin(), "%s", path));
		api_expect_fault(api_expect_problem(api_patch(admin(), path, "%s", no[i]), 422,
					 "policy_contradiction"),
			"/rules/min_level_gap");
	}
	api_if_match(admin(), api_get(admin(), "%s", path));
	api_expect(api_patch(admin(), path, "{\"rules\": {\"skills_only\": true}}"), 200);
	now = api_expect(api_get(admin(), "%s/policies/%lld", path, policy_number(programme)), 200);
	assert_true(json_is_null(api_member(now, "rules.max_level_gap")));
}

/* The values that a form has at first. */
static json_t *filled(json_t *schema)
{
	json_t *form = json_object(), *member;
	const char *name;
	json_object_foreach(json_object_get(schema, "properties"), name, member)
	{
		if (json_object_get(member, "properties"))
			json_object_set_new(form, name, filled(member));
		else if (json_object_get(member, "default"))
			json_object_set(form, name, json_object_get(member, "default"));
	}
	return form;
}

/* Also where levels do not count. */
static void a_form_that_is_sent_as_it_was_filled_changes_nothing(void **state)
{
	(void)state;
	static const char *const purposes[] = { "inclusion", "cross_function", "open_learning" };
	for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++) {
		struct api_reply *made = api_expect(api_post(admin(), "/api/v1/programmes",
							    "{\"title\": \"Form\", \"purpose\": \"%s\", \"starts_on\": "
							    "\"2027-01-11\", \"ends_on\": \"2027-07-09\"}",
							    purposes[i]),
			201);
		const char *path = api_path("/api/v1/programmes/%s/policies", api_text(made, "id"));
		json_t *form = filled(api_expect(api_get(admin(), "%s/schema", path), 200)->body);
		char *body = json_dumps(form, JSON_COMPACT);
		struct api_reply *again = api_expect(api_post(admin(), path, "%s", body), 201);
		struct api_reply *first = api_expect(api_get(admin(), "%s/1", path), 200);
		static const char *const parts[] = { "rules", "weights", "bounds", "mentors", "mentees" };
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
			assert_true(json_equal(api_member(again, parts[p]), api_member(first, parts[p])));
		free(body);
		json_decref(form);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_contradicts_is_named),
		cmocka_unit_test(skills_exist_and_are_named_once),
		cmocka_unit_test(somebody_is_in_each_department_and_place),
		cmocka_unit_test(no_policy_relaxes_what_keeps_people_safe),
		cmocka_unit_test(a_form_that_is_sent_as_it_was_filled_changes_nothing),
		cmocka_unit_test(where_levels_do_not_count_nothing_is_said_about_them),
	};
	return cmocka_run_group_tests_name("contradictions in policies", tests, set_up, api_release);
}
