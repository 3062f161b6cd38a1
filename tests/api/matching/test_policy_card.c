/* What people can read about how a programme matches, the schema for forms, and objections to being matched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme;

static struct api *person(const char *name)
{
	return api_as("participant", name);
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Cards", 2);
	return 0;
}

static struct api_reply *card(struct api *who)
{
	return api_get(who, "/api/v1/programmes/%s/policy-card", programme);
}

static const char *rule_text(struct api_reply *read, const char *rule)
{
	for (size_t i = 0; i < api_count(read, "rules"); i++)
		if (strcmp(api_text(read, api_path("rules.%zu.rule", i)), rule) == 0)
			return api_text(read, api_path("rules.%zu.text", i));
	return NULL;
}

static struct api_reply *write_policy(const char *members)
{
	return api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", programme),
				  "{\"based_on\": %lld, %s}",
				  api_integer(api_get(admin(), "/api/v1/programmes/%s", programme),
					  "policy_version"),
				  members),
		201);
}

static void the_card_says_what_the_policy_says(void **state)
{
	(void)state;
	struct api_reply *first = api_expect(card(person("stranger")), 200);
	assert_int_equal(api_integer(first, "policy_version"), 1);
	assert_string_equal(api_text(first, "factors.0.factor"), "need");
	assert_int_equal(api_integer(first, "factors.0.share"), 50); /* 60 of 120 */
	assert_non_null(strstr(rule_text(first, "junior"), "1 or more levels"));
	assert_null(rule_text(first, "other_department"));
	assert_non_null(rule_text(first, "exclusions"));
	assert_int_equal(api_count(first, "never"), 4);
	assert_int_equal(api_count(first, "decisions"), 4);
	assert_int_equal(api_count(first, "objection"), 4);
	write_policy(api_path(
		"\"rules\": {\"other_department\": true, \"skills_only\": true, \"line_distance\": "
		"\"4\", \"languages\": [\"en\"]}, \"weights\": {\"interests\": 0}, "
		"\"focus_skills\": "
		"[\"%s\"], \"bounds\": {\"shortlist_size\": 4}, \"mentors\": {\"departments_in\": "
		"[\"IT\", \"Sales\"]}",
		story_skill("generative AI")));
	struct api_reply *now = api_expect(card(person("chief")), 200);
	assert_int_equal(api_integer(now, "policy_version"), 2);
	assert_null(rule_text(now, "junior"));
	assert_non_null(rule_text(now, "skills_only"));
	assert_non_null(rule_text(now, "closeness"));
	assert_non_null(strstr(rule_text(now, "list_size"), "is 4,"));
	assert_non_null(strstr(rule_text(now, "mentors_departments_in"), "IT, Sales"));
	assert_string_equal(api_text(now, "focus_skills.0"), "generative AI");
	for (size_t i = 0; i < api_count(now, "factors"); i++)
		assert_string_not_equal(
			api_text(now, api_path("factors.%zu.factor", i)), "interests");
	write_policy(
		"\"rules\": {\"other_department\": false, \"skills_only\": false, "
		"\"line_distance\": \"any\", \"languages\": []}, \"weights\": {\"interests\": 10}, "
		"\"focus_skills\": [], \"bounds\": {\"shortlist_size\": 3}, \"mentors\": "
		"{\"departments_in\": []}");
}

static bool says_never(const char *sentence)
{
	struct api_reply *read = api_expect(card(person("chief")), 200);
	for (size_t i = 0; i < api_count(read, "never"); i++)
		if (strcmp(api_text(read, api_path("never.%zu", i)), sentence) == 0)
			return true;
	return false;
}

static void declare_kinds(const char *kinds)
{
	const char *path = api_path("/api/v1/programmes/%s", programme);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", path), 200));
	api_expect(api_patch(admin(), path, "{\"declared_kinds\": %s}", kinds), 200);
}

/* Age counts only where a programme says so, and never where skills alone count. */
static void the_card_says_whether_age_counts(void **state)
{
	(void)state;
	static const char *const never = "Your name, your photo and your age never count.";
	assert_true(says_never(never));
	declare_kinds("[\"gender\"]");
	assert_true(says_never(never));
	declare_kinds("[\"gender\", \"age_band\"]");
	assert_false(says_never(never));
	assert_true(says_never("Your name and your photo never count."));
	write_policy("\"rules\": {\"skills_only\": true}");
	assert_true(says_never(never));
	write_policy("\"rules\": {\"skills_only\": false}");
	declare_kinds("[]");
	assert_int_equal(api_count(api_expect(card(person("chief")), 200), "never"), 4);
}

/* Nobody's name, address or title, whoever reads it, and no id but the programme's. */
static void the_card_names_nobody(void **state)
{
	static const char *const readers[] = { "chief", "ann", "stranger" };
	(void)state;
	const char *names = api_sql("superuser",
		"SELECT string_agg(v, '|') FROM profiles.person, unnest(ARRAY[id::text, user_name, "
		"email, display_name, family_name, external_id]) v WHERE length(v) > 3");
	for (size_t r = 0; r < 4; r++) {
		struct api_reply *read = api_expect(
			card(r < 3 ? person(readers[r]) : admin()), 200);
		char *list = strdup(names), *rest = list;
		for (char *name; (name = strsep(&rest, "|"));)
			if (strcmp(name, "Lead") != 0) /* Leaders are no family */
				assert_null(strstr(read->text, name));
		free(list);
	}
	const char *draft = api_text(
		api_expect(api_post(admin(), "/api/v1/programmes",
				   "{\"title\": \"Hidden\", \"purpose\": \"retention\", "
				   "\"starts_on\": \"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
			201),
		"id");
	api_expect_problem(api_get(person("chief"), "/api/v1/programmes/%s/policy-card", draft),
		404, "not_found");
	api_expect(api_get(admin(), "/api/v1/programmes/%s/policy-card", draft), 200);
}

/* Every member of a form has a title, and numbers have a range; defaults posted as they are change nothing. */
static json_t *check_form(json_t *schema)
{
	const char *name;
	json_t *member, *body = json_object();
	json_object_foreach(json_object_get(schema, "properties"), name, member)
	{
		assert_true(json_is_string(json_object_get(member, "title")));
		if (json_object_get(member, "properties")) {
			json_object_set_new(body, name, check_form(member));
			continue;
		}
		assert_true(json_is_string(json_object_get(member, "description")));
		if (strcmp(json_string_value(json_object_get(member, "type"))
				    ? json_string_value(json_object_get(member, "type"))
				    : "",
			    "integer") == 0) {
			assert_true(json_is_integer(json_object_get(member, "minimum")));
			assert_true(json_is_integer(json_object_get(member, "maximum")));
		}
		assert_non_null(json_object_get(member, "default"));
		json_object_set(body, name, json_object_get(member, "default"));
	}
	return body;
}

static void a_form_can_be_made_of_the_schema(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/programmes/%s/policies", programme);
	write_policy(api_path("\"mentees\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
			      "\"level\": 2}]}, \"rules\": {\"max_level_gap\": 9}",
		story_skill("data literacy")));
	struct api_reply *schema = api_expect(api_get(admin(), "%s/schema", path), 200);
	json_t *form = check_form(schema->body);
	char *body = json_dumps(form, 0);
	long long number = json_integer_value(json_object_get(form, "based_on"));
	struct api_reply *before = api_expect(api_get(admin(), "%s/%lld", path, number), 200);
	struct api_reply *after = api_expect(api_post(admin(), path, "%s", body), 201);
	static const char *const members[] = { "rules", "weights", "focus_weight", "focus_skills",
		"bounds", "mentors", "mentees" };
	for (size_t m = 0; m < sizeof members / sizeof *members; m++)
		assert_true(
			json_equal(api_member(before, members[m]), api_member(after, members[m])));
	free(body);
	json_decref(form);
	api_expect_problem(api_get(person("chief"), "%s/schema", path), 403, "forbidden");
	api_expect_problem(api_get(api_as("programme_admin", "other.admin"), "%s/schema", path),
		404, "not_found");
	write_policy(
		"\"mentees\": {\"must_have_skills\": []}, \"rules\": {\"max_level_gap\": null}");
}

/* ---- objections ------------------------------------------------------------------------------*/

static long long rows_for(const char *kind)
{
	return (long long)api_count(api_expect(api_get(admin(),
						       "/api/v1/dashboards/programmes/%s/work-list"
						       "?kind=%s",
						       programme, kind),
					    200),
		"items");
}

static long long mentees_of_a_round(void)
{
	const char *id = story_round("hr.lead", programme);
	return api_integer(
		api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200), "totals.mentees");
}

static void who_objects_is_in_no_round_until_a_coordinator_decides(void **state)
{
	(void)state;
	const char *mine = enrolment_of("chief", programme);
	const char *path = api_path("/api/v1/enrolments/%s/objection", mine);
	api_expect_problem(api_get(person("chief"), "%s", path), 404, "not_found");
	api_expect_problem(api_post(person("ann"), path, "{}"), 404, "not_found");
	struct api_reply *made = api_expect(
		api_post(person("chief"), path, "{\"reason\": \"a reason of the chief\"}"), 200);
	assert_string_equal(api_text(made, "reason"), "a reason of the chief");
	api_expect_problem(api_post(person("chief"), path, "{}"), 409, "already_given");
	assert_int_equal(rows_for("objection"), 1);
	struct api_reply *seen = api_expect(api_get(admin(), "/api/v1/enrolments/%s", mine), 200);
	assert_string_equal(api_text(seen, "matching"), "objected");
	assert_null(strstr(seen->text, "a reason"));
	struct api_reply *read = api_expect(api_get(admin(), "%s", path), 200);
	assert_string_equal(api_text(read, "reason"), "a reason of the chief");
	assert_string_equal(api_text(read, "can.0"), "objection_decision");
	api_expect_problem(api_get(person("it.lead"), "%s", path), 404, "not_found");
	api_expect_problem(
		api_get(api_as("programme_admin", "other.admin"), "%s", path), 404, "not_found");
	assert_int_equal(mentees_of_a_round(), 1); /* the lead of IT */
	const char *decision = api_path("%s/decision", path);
	api_expect_problem(api_post(person("chief"), decision, "{\"decision\": \"rounds\"}"), 403,
		"forbidden");
	api_expect_problem(api_post(api_as("programme_admin", "other.admin"), decision,
				   "{\"decision\": \"rounds\"}"),
		404, "not_found");
	assert_true(api_post(admin(), decision, "{\"decision\": \"never\"}")->status >= 400);
	api_expect(
		api_post(admin(), decision, "{\"decision\": \"by_hand\", \"note\": \"We talk.\"}"),
		200);
	assert_int_equal(rows_for("objection"), 0);
	read = api_expect(api_get(person("chief"), "%s", path), 200);
	assert_string_equal(api_text(read, "decision"), "by_hand");
	assert_string_equal(api_text(read, "note"), "We talk.");
	is_told("chief", "objection_decided");
	api_expect_problem(
		api_post(admin(), decision, "{\"decision\": \"rounds\"}"), 409, "wrong_state");
	assert_int_equal(mentees_of_a_round(), 0);
	api_expect(api_delete(person("chief"), "%s", path), 204);
	api_expect_problem(api_delete(person("chief"), "%s", path), 404, "not_found");
	assert_int_equal(mentees_of_a_round(), 1);
	api_expect(story_shortlist("chief", programme), 200);
}

static void a_mentor_who_objects_is_on_no_new_list(void **state)
{
	(void)state;
	const char *other = story_programme("hr.lead", "Objecting mentors");
	story_enrol("sales.lead", other, "mentee", 1);
	story_wants("sales.lead", "generative AI", NULL);
	static const char *const mentors[] = { "dev", "eve", "fay" };
	const char *part[3];
	for (size_t i = 0; i < 3; i++)
		part[i] = story_enrol(mentors[i], other, "mentor", 1);
	api_expect(
		api_post(person("dev"), api_path("/api/v1/enrolments/%s/objection", part[0]), "{}"),
		200);
	struct api_reply *started = api_expect(
		api_post(admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}", other), 202);
	const char *round = api_path("/api/v1/rounds/%s", api_text(started, "id"));
	api_wait_until(
		20.0, strcmp(api_text(api_get(admin(), "%s", round), "status"), "ready") == 0);
	assert_int_equal(api_integer(api_get(admin(), "%s", round), "totals.mentors"), 2);
	/* and one who objects to a round that is ready is not published */
	api_expect(
		api_post(person("eve"), api_path("/api/v1/enrolments/%s/objection", part[1]), "{}"),
		200);
	api_expect(api_post(admin(), api_path("%s/publication", round), NULL), 200);
	struct api_reply *list = story_shortlist("sales.lead", other);
	assert_int_equal(api_count(list, "mentors"), 1);
	assert_string_equal(api_text(list, "mentors.0.mentor.display_name"), "Fay Finn");
	api_expect(api_post(admin(), api_path("/api/v1/enrolments/%s/objection/decision", part[0]),
			   "{\"decision\": \"rounds\"}"),
		200);
	api_expect(
		api_post(person("dev"), api_path("/api/v1/enrolments/%s/objection", part[0]), "{}"),
		200); /* again */
}

/* Hal Lead coordinates, and stands above Tim Team. */
static void a_reason_is_not_for_those_above(void **state)
{
	(void)state;
	const char *part = story_enrol("hr.team", programme, "mentor", 1);
	const char *path = api_path("/api/v1/enrolments/%s/objection", part);
	api_expect(api_post(person("hr.team"), path, "{\"reason\": \"my boss picks\"}"), 200);
	struct api_reply *read = api_expect(api_get(admin(), "%s", path), 200);
	assert_true(json_is_null(api_member(read, "reason")));
	assert_null(strstr(read->text, "my boss"));
	api_expect(
		api_change(person("hr.team"), api_path("/api/v1/enrolments/%s/withdrawal", part)),
		200);
	assert_int_equal(rows_for("objection"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_card_says_what_the_policy_says),
		cmocka_unit_test(the_card_says_whether_age_counts),
		cmocka_unit_test(the_card_names_nobody),
		cmocka_unit_test(a_form_can_be_made_of_the_schema),
		cmocka_unit_test(who_objects_is_in_no_round_until_a_coordinator_decides),
		cmocka_unit_test(a_mentor_who_objects_is_on_no_new_list),
		cmocka_unit_test(a_reason_is_not_for_those_above),
	};
	return cmocka_run_group_tests_name("policy cards", tests, set_up, api_release);
}
