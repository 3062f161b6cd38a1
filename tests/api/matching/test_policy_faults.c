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
	(void)api_sql("superuser",
		"UPDATE profiles.person SET department = 'Closed' WHERE user_name = 'stranger'");
	static const char *const closed = "\"mentors\": {\"departments_out\": [\"Closed\"]}";
	api_expect(policy_write(programme, closed), 201);
	api_expect(policy_write(programme, "\"mentors\": {\"departments_out\": []}"), 201);
	(void)api_sql("superuser",
		"UPDATE profiles.person SET status = 'inactive' WHERE user_name = 'stranger'");
	api_expect_problem(policy_write(programme, closed), 422, "unknown_reference");
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

/* A new draft's id, and a change of it. */
static const char *new_draft(void)
{
	return api_text(api_expect(api_post(admin(), "/api/v1/programmes",
					   "{\"title\": \"Draft\", \"purpose\": \"digital_skills\", "
					   "\"starts_on\": \"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
				201),
		"id");
}

static struct api_reply *change(const char *draft, const char *body)
{
	const char *path = api_path("/api/v1/programmes/%s", draft);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", path), 200));
	return api_patch(admin(), path, "%s", body);
}

/* The present policy of a programme, as a release stored it that did not check these members. */
static void stored_before(const char *draft, const char *members)
{
	(void)api_sql("superuser",
		"UPDATE matching.policy SET rules = (rules::jsonb || '%s')::json WHERE programme_id = '%s'; "
		"UPDATE matching.programme p SET min_level_gap = (o.rules ->> 'min_level_gap')::int "
		"FROM matching.policy o WHERE p.id = '%s' AND o.programme_id = p.id AND o.number = p.policy_number",
		members, draft, draft);
}

#define LEVEL_GAP_ALONE                                                                          \
	"\"weights\": {\"need\": 0, \"exchange\": 0, \"interests\": 0, \"hours\": 0, "            \
	"\"level_gap\": 10, \"department\": 0, \"difference\": 0, \"channels\": 0}"

static size_t factors(const char *draft)
{
	struct api_reply *card = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/policy-card", draft), 200);
	assert_true(json_is_array(api_member(card, "factors")));
	return api_count(card, "factors");
}

/* Neither by the policy nor by the programme. */
static void something_counts_where_levels_do_not(void **state)
{
	(void)state;
	const char *draft = new_draft();
	api_expect(policy_write(draft, LEVEL_GAP_ALONE), 201);
	api_expect_fault(api_expect_problem(change(draft, "{\"rules\": {\"skills_only\": true}}"), 422,
				 "policy_contradiction"),
		"/rules/skills_only");
	api_expect(change(draft, "{\"rules\": {\"min_level_gap\": 2}}"), 200);
	assert_int_equal(factors(draft), 1);
	api_expect(policy_write(draft, "\"weights\": {\"need\": 1}"), 201);
	api_expect(change(draft, "{\"rules\": {\"skills_only\": true}}"), 200);
}

/* What is wrong stays as it is, and no new request may say it. */
static void a_policy_from_before_a_rule_can_be_changed(void **state)
{
	static const char *const stored[][3] = {
		{ "{\"min_level_gap\": null, " LEVEL_GAP_ALONE "}",
			"\"weights\": {\"level_gap\": 20}", "/weights" },
		{ "{\"min_level_gap\": 3, \"max_level_gap\": 2}", "\"rules\": {\"max_level_gap\": 1}",
			"/rules/max_level_gap" },
		{ "{\"other_department\": true, \"mentors\": {\"departments_in\": [\"IT\"]}, "
		  "\"mentees\": {\"departments_in\": [\"IT\"]}}",
			"\"mentors\": {\"departments_in\": [\"Sales\"]}, "
			"\"mentees\": {\"departments_in\": [\"Sales\"]}",
			"/rules/other_department" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
		const char *draft = new_draft();
		stored_before(draft, stored[i][0]);
		assert_int_equal(factors(draft) > 0, i > 0);
		api_expect(change(draft, "{\"title\": \"Another\"}"), 200);
		api_expect(change(draft, "{\"rules\": {\"exposure_cap\": 4}}"), 200);
		api_expect(policy_write(draft, "\"focus_weight\": 3"), 201);
		api_expect_fault(api_expect_problem(policy_write(draft, stored[i][1]), 422,
					 "policy_contradiction"),
			stored[i][2]);
	}
	const char *draft = new_draft();
	stored_before(draft, stored[1][0]);
	api_expect_fault(api_expect_problem(change(draft, "{\"rules\": {\"min_level_gap\": 4}}"), 422,
				 "policy_contradiction"),
		"/rules/min_level_gap");
	api_expect(change(draft, "{\"rules\": {\"min_level_gap\": 2}}"), 200);
}

/* Two that became one are two until their side is said anew. */
static void skills_that_were_merged_keep_no_policy_from_changing(void **state)
{
	(void)state;
	struct api *hr = api_as("admin", NULL);
	const char *one = api_text(api_expect(api_post(hr, "/api/v1/skills", "{\"name\": \"Welding\"}"), 201), "id");
	const char *two = api_text(api_expect(api_post(hr, "/api/v1/skills", "{\"name\": \"Fusing\"}"), 201), "id");
	const char *draft = new_draft();
	const char *both = api_path("\"must_have_skills\": [{\"skill_id\": \"%s\", \"level\": 1}, "
				    "{\"skill_id\": \"%s\", \"level\": 3}]",
		one, two);
	api_expect(policy_write(draft, api_path("\"mentors\": {%s}", both)), 201);
	api_expect(api_post(hr, api_path("/api/v1/skills/%s/merge", one), "{\"into\": \"%s\"}", two), 200);
	api_expect(policy_write(draft, "\"focus_weight\": 3"), 201);
	api_expect(policy_write(draft, api_path("\"mentors\": {\"locations\": [], %s}", both)), 201);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/recruitment", draft), NULL), 200);
	api_expect(api_post(admin(), "/api/v1/rounds",
			   "{\"programme_id\": \"%s\", \"what_if\": true, \"policy\": {\"focus_weight\": 2}}",
			   draft),
		202);
	api_expect_fault(api_expect_problem(policy_write(draft, api_path("\"mentees\": {%s}", both)), 422,
				 "duplicate_items"),
		"/mentees/must_have_skills/1/skill_id");
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
		cmocka_unit_test(something_counts_where_levels_do_not),
		cmocka_unit_test(a_policy_from_before_a_rule_can_be_changed),
		cmocka_unit_test(skills_that_were_merged_keep_no_policy_from_changing),
		cmocka_unit_test(a_form_that_is_sent_as_it_was_filled_changes_nothing),
		cmocka_unit_test(where_levels_do_not_count_nothing_is_said_about_them),
	};
	return cmocka_run_group_tests_name("contradictions in policies", tests, set_up, api_release);
}
