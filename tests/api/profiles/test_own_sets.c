/* What people say of themselves, a set at a time: skills, interests, languages, weekly hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define SKILLS     "/api/v1/people/me/skills"
#define HOURS      "/api/v1/people/me/weekly-hours"
#define VISIBILITY "/api/v1/people/me/visibility"
#define DECLARED   "/api/v1/people/me/declarations"

static char rust[40], law[40];

static int skills_arrive(void **state)
{
	struct api *admin = api_as("admin", NULL);
	company_arrives(state);
	struct api_reply *made = api_expect(
		api_post(admin, "/api/v1/skills", "{\"name\": \"Rust\"}"), 201);
	snprintf(rust, sizeof rust, "%s", api_text(made, "id"));
	made = api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"Law\"}"), 201);
	snprintf(law, sizeof law, "%s", api_text(made, "id"));
	return 0;
}

static void skills_are_replaced_whole(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *set = api_expect(
		api_put(cem, SKILLS,
			"{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4, \"offered\": true}, "
			"{\"skill_id\": \"%s\", \"current\": 1, \"target\": 3}]}",
			rust, law),
		200);
	assert_int_equal(api_count(set, "skills"), 2);
	assert_string_equal(api_text(set, "skills.0.name"), "Law");
	assert_int_equal(api_integer(set, "skills.0.target"), 3);
	assert_true(json_is_null(api_member(set, "skills.1.target")));
	set = api_expect(api_put(cem, SKILLS,
				 "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 5, \"target\": "
				 "null, \"offered\": true}]}",
				 rust),
		200);
	assert_int_equal(api_count(set, "skills"), 1);
	struct api_reply *read = api_expect(api_get(cem, SKILLS), 200);
	assert_string_equal(read->text, set->text);
}

static void others_see_what_is_offered(void **state)
{
	(void)state;
	api_expect(api_put(as("dora"), SKILLS,
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 2, \"target\": 4, "
			   "\"offered\": true}, {\"skill_id\": \"%s\", \"current\": 0, \"target\": "
			   "2}]}",
			   law, rust),
		200);
	struct api_reply *seen = api_expect(
		api_get(as("ben"), "/api/v1/people/%s/skills", id_of("dora")), 200);
	assert_int_equal(api_count(seen, "skills"), 1);
	assert_string_equal(api_text(seen, "skills.0.skill_id"), law);
	assert_true(json_is_null(api_member(seen, "skills.0.target")));
}

static size_t found_by_skill(void)
{
	return api_count(
		api_expect(api_get(as("ben"), "/api/v1/people?skill_id=%s", law), 200), "items");
}

static void people_choose_what_others_see(void **state)
{
	(void)state;
	struct api_reply *shown = api_expect(api_get(as("dora"), VISIBILITY), 200);
	assert_string_equal(api_text(shown, "fields.0.field"), "card");
	assert_int_equal(api_count(shown, "fields.0.choices"), 0);
	assert_int_equal(found_by_skill(), 1);
	api_if_match(as("dora"), shown);
	api_expect(api_put(as("dora"), VISIBILITY,
			   "{\"fields\": [{\"field\": \"skills_offered\", \"audience\": "
			   "\"partners\"}, {\"field\": \"skills_wanted\", \"audience\": "
			   "\"colleagues\"}, {\"field\": \"email\", \"audience\": "
			   "\"colleagues\"}]}"),
		200);
	assert_int_equal(found_by_skill(), 0);
	struct api_reply *seen = api_expect(
		api_get(as("ben"), "/api/v1/people/%s/skills", id_of("dora")), 200);
	assert_int_equal(api_count(seen, "skills"), 2);
	assert_int_equal(api_integer(seen, "skills.0.target"), 4);
	assert_true(json_is_null(api_member(seen, "skills.0.current")));
	assert_false(api_truth(seen, "skills.0.offered"));
	assert_string_equal(
		api_text(api_expect(api_get(as("ben"), "/api/v1/people/%s", id_of("dora")), 200),
			"email"),
		"dora@example.org");
	api_expect_problem(api_get(as("ben"), "/api/v1/people/%s/visibility", id_of("dora")), 404,
		"not_found");
	api_expect(api_put(as("dora"), VISIBILITY, "{\"fields\": []}"), 200);
	assert_int_equal(found_by_skill(), 1);
}

static struct api_reply *decide(const char *who, const char *attribute, const char *decision)
{
	return api_post(as(who), "/api/v1/people/me/consents",
		"{\"attribute\": \"%s\", \"purpose\": \"matching\", \"decision\": \"%s\", "
		"\"notice_version\": 1}",
		attribute, decision);
}

static struct api_reply *declare(const char *who, const char *kind, const char *value)
{
	return api_put(as(who), DECLARED,
		"{\"declarations\": [{\"kind\": \"%s\", \"value\": \"%s\"}]}", kind, value);
}

/* How often the declarations of everybody hold this value, as the database itself says. */
static const char *kept(const char *value)
{
	return api_sql(
		"superuser", "SELECT count(*) FROM profiles.declaration WHERE value = '%s'", value);
}

/* How old somebody is, only they say, in bands, and it is gone with their consent; HR has no way to say it. */
static void expect_age_by_choice(void)
{
	api_expect_problem(declare("cem", "age_band", "25_to_34"), 409, "consent_missing");
	api_expect(decide("cem", "age_band", "grant"), 201);
	api_expect_fault(api_expect_problem(declare("cem", "age_band", "31"), 422, "value_not_listed"),
		"/declarations/0/value");
	struct api_reply *said = api_expect(declare("cem", "age_band", "25_to_34"), 200);
	assert_string_equal(api_text(said, "declarations.0.purposes.0"), "matching");
	assert_int_equal(api_count(said, "kinds.5.values"), 6);
	assert_string_equal(kept("25_to_34"), "1");
	api_expect(decide("cem", "age_band", "withdraw"), 201);
	assert_string_equal(kept("25_to_34"), "0");
	struct api *hris = api_as("hris", NULL);
	api_if_match(hris, api_expect(api_get(hris, "/api/v1/people/%s", id_of("cem")), 200));
	api_expect_problem(api_patch(hris, api_path("/api/v1/people/%s", id_of("cem")), "{\"age_band\": \"25_to_34\"}"),
		400, "invalid_body");
	assert_string_equal(faults_of(api_import("external_id,user_name,given_name,level,age_band\n"
						 "P-3,cem,Cem,1,25_to_34\n",
				    NULL)),
		"1 age_band unknown_column; ");
}

static void what_is_declared_needs_a_consent_that_holds(void **state)
{
	(void)state;
	api_expect_fault(
		api_expect_problem(declare("cem", "religion", "Bahai"), 409, "consent_missing"),
		"/declarations/0/kind");
	struct api_reply *given = api_expect(decide("cem", "religion", "grant"), 201);
	assert_true(api_truth(given, "in_force"));
	api_expect(api_get(as("cem"), "%s", api_header_of(given, "location")), 200);
	struct api_reply *declared = api_expect(declare("cem", "religion", "Bahai"), 200);
	assert_string_equal(api_text(declared, "declarations.0.purposes.0"), "matching");
	assert_int_equal(api_count(declared, "notices"), 2);
	api_expect(decide("cem", "gender", "grant"), 201);
	api_expect_fault(
		api_expect_problem(declare("cem", "gender", "cat"), 422, "value_not_listed"),
		"/declarations/0/value");
	assert_string_equal(kept("Bahai"), "1");
	given = api_expect(decide("cem", "religion", "withdraw"), 201);
	assert_false(api_truth(given, "in_force"));
	assert_string_equal(kept("Bahai"), "0");
	assert_int_equal(
		api_count(api_expect(api_get(as("cem"), DECLARED), 200), "declarations"), 0);
	api_expect(declare("cem", "gender", "man"), 200);
	expect_age_by_choice();
	api_expect(declare("cem", "gender", "man"), 200);
	api_expect(api_delete(as("cem"), DECLARED), 204);
	assert_string_equal(kept("man"), "0");
	struct api_reply *ledger = api_expect(
		api_get(as("cem"), "/api/v1/people/me/consents"), 200);
	assert_int_equal(api_count(ledger, "items"), 6);
	assert_string_equal(api_text(ledger, "items.0.decision"), "withdraw");
	assert_string_equal(api_text(ledger, "items.0.attribute"), "gender");
	api_expect_problem(api_post(as("cem"), "/api/v1/people/me/consents",
				   "{\"attribute\": \"gender\", \"purpose\": \"matching\", "
				   "\"decision\": \"grant\", \"notice_version\": 2}"),
		422, "notice_outdated");
}

/* What others are answered, their lists and the person's profile are the same with a declaration and without. */
static void nobody_sees_whether_something_is_declared(void **state)
{
	static const char *const parts[] = { "declarations", "consents", "" };
	struct api_reply *seen[2][sizeof parts / sizeof *parts];
	(void)state;
	for (int declared = 0; declared < 2; declared++) {
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			seen[declared][i] = api_get(
				api_as(i % 2 ? "hris" : "participant", i % 2 ? NULL : "ben"),
				"/api/v1/people/%s%s%s", id_of("eve"), *parts[i] ? "/" : "",
				parts[i]);
		if (!declared) {
			api_expect(decide("eve", "ethnicity", "grant"), 201);
			api_expect(declare("eve", "ethnicity", "Kurdish"), 200);
		}
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		assert_int_equal(seen[0][i]->length, seen[1][i]->length);
		if (*parts[i])
			expect_same_refusal(seen[0][i], seen[1][i]);
		else
			assert_string_equal(api_header_of(seen[0][i], "etag"),
				api_header_of(seen[1][i], "etag"));
	}
	assert_string_equal(api_sql("superuser", "SET ROLE upward_profiles; SELECT count(*) FROM "
						 "profiles.declaration"),
		"0");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox WHERE type ~ 'consent|declar'"),
		"0");
}

static void wrong_choices_are_named_by_place(void **state)
{
	(void)state;
	static const struct {
		const char *second, *code, *pointer;
	} cases[] = {
		{ "\"bio\", \"audience\": \"nobody\"", "duplicate_items", "/fields/1/field" },
		{ "\"card\", \"audience\": \"nobody\"", "unprocessable", "/fields/1/field" },
		{ "\"email\", \"audience\": \"world\"", "unprocessable", "/fields/1/audience" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		api_expect_fault(api_expect_problem(
					 api_put(as("cem"), VISIBILITY,
						 "{\"fields\": [{\"field\": \"bio\", \"audience\": "
						 "\"partners\"}, {\"field\": %s}]}",
						 cases[i].second),
					 422, cases[i].code),
			cases[i].pointer);
}

static void wrong_skills_are_named_by_place(void **state)
{
	(void)state;
	struct api *ben = as("ben");
	const struct {
		const char *first, *second, *code, *pointer;
	} cases[] = {
		{ "\"current\": 2", "\"current\": 2, \"target\": 2", "target_not_above_current",
			"/skills/1/target" },
		{ "\"current\": 0, \"offered\": true", "\"current\": 1", "offered_without_skill",
			"/skills/0/offered" },
		{ "\"current\": 6", "\"current\": 1", "unprocessable", "/skills/0/current" },
		{ "\"current\": 1", "\"current\": 1, \"bogus\": 1", "invalid_body",
			"/skills/1/bogus" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct api_reply *no = api_put(ben, SKILLS,
			"{\"skills\": [{\"skill_id\": \"%s\", %s}, {\"skill_id\": \"%s\", %s}]}",
			rust, cases[i].first, law, cases[i].second);
		assert_true(no->status == 422 || no->status == 400);
		api_expect_problem(no, no->status, cases[i].code);
		api_expect_fault(no, cases[i].pointer);
	}
	api_expect_fault(
		api_expect_problem(api_put(ben, SKILLS,
					   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 1}, "
					   "{\"skill_id\": \"%s\", \"current\": 2}]}",
					   rust, rust),
			422, "duplicate_items"),
		"/skills/1/skill_id");
	api_expect_fault(
		api_expect_problem(
			api_put(ben, SKILLS,
				"{\"skills\": [{\"skill_id\": "
				"\"019a0000-0000-7000-8000-00000000dead\", \"current\": 1}]}"),
			422, "unknown_reference"),
		"/skills/0/skill_id");
	assert_int_equal(api_count(api_expect(api_get(ben, SKILLS), 200), "skills"), 0);
}

static void a_retired_skill_is_kept_but_not_added(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	struct api_reply *made = api_expect(
		api_post(admin, "/api/v1/skills", "{\"name\": \"Fax\"}"), 201);
	const char *body = "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 3}]}";
	char set[200];
	snprintf(set, sizeof set, body, api_text(made, "id"));
	api_expect(api_put(as("ada"), SKILLS, "%s", set), 200);
	api_if_match(admin, made);
	api_expect(api_patch(admin, api_path("/api/v1/skills/%s", api_text(made, "id")),
			   "{\"retired\": true}"),
		200);
	api_expect(api_put(as("ada"), SKILLS, "%s", set), 200);
	api_expect_problem(api_put(as("eve"), SKILLS, "%s", set), 422, "skill_retired");
}

static void a_set_can_be_guarded_by_its_version(void **state)
{
	(void)state;
	struct api *eve = as("eve");
	struct api_reply *was = api_expect(api_get(eve, "/api/v1/people/me/interests"), 200);
	api_if_match(eve, was);
	struct api_reply *now = api_expect(
		api_put(eve, "/api/v1/people/me/interests",
			"{\"interests\": [\"Chess\", \" sailing \", \"chess\"]}"),
		200);
	assert_int_equal(api_count(now, "interests"), 2);
	assert_true(list_has(now, "interests", "chess") && list_has(now, "interests", "sailing"));
	api_if_match(eve, was);
	api_expect_problem(
		api_put(eve, "/api/v1/people/me/interests", "{\"interests\": []}"), 412, "stale");
	api_expect(api_put(eve, "/api/v1/people/me/interests", "{\"interests\": [\"go\"]}"), 200);
	api_expect_problem(api_put(eve, "/api/v1/people/me/interests", "{\"interests\": [\"  \"]}"),
		422, "unprocessable");
	assert_true(list_has(
		api_expect(api_get(eve, "/api/v1/people/me/interests"), 200), "interests", "go"));
}

static void languages_are_tags(void **state)
{
	(void)state;
	struct api *eve = as("eve");
	struct api_reply *now = api_expect(
		api_put(eve, "/api/v1/people/me/languages", "{\"languages\": [\"fr\", \"pt-BR\"]}"),
		200);
	assert_true(list_has(now, "languages", "pt-BR"));
	assert_true(list_has(api_expect(api_get(as("cem"), "/api/v1/people/%s", id_of("eve")), 200),
		"languages", "fr"));
	api_expect_fault(api_expect_problem(api_put(eve, "/api/v1/people/me/languages",
						    "{\"languages\": [\"fr\", \"french!\"]}"),
				 422, "unprocessable"),
		"/languages/1");
}

static void the_week_is_replaced_whole(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *now = api_expect(
		api_put(cem, HOURS,
			"{\"windows\": [{\"weekday\": 5, \"starts\": \"20:00\", \"ends\": "
			"\"23:30\"}, "
			"{\"weekday\": 1, \"starts\": \"09:00\", \"ends\": \"12:30\"}]}"),
		200);
	assert_string_equal(api_text(now, "windows.0.ends"), "12:30");
	assert_string_equal(api_text(now, "windows.1.ends"), "23:30");
	assert_string_equal(api_text(now, "time_zone"), "Europe/Berlin");
	now = api_expect(api_put(cem, HOURS,
				 "{\"windows\": [{\"weekday\": 1, \"starts\": \"10:00\", \"ends\": "
				 "\"13:00\"}, "
				 "{\"weekday\": 1, \"starts\": \"13:00\", \"ends\": \"14:00\"}]}"),
		200);
	assert_int_equal(api_count(now, "windows"), 2);
	assert_string_equal(api_text(api_expect(api_get(as("ben"), "/api/v1/people/%s/weekly-hours",
							id_of("cem")),
					     200),
				    "windows.0.starts"),
		"10:00");
}

static void a_wrong_week_changes_nothing(void **state)
{
	(void)state;
	struct api *dora = as("dora");
	const char *good = "{\"windows\": [{\"weekday\": 2, \"starts\": \"09:00\", \"ends\": "
			   "\"10:00\"}%s]}";
	const struct {
		const char *more, *code, *pointer;
		int status;
	} cases[] = {
		{ ", {\"weekday\": 3, \"starts\": \"11:00\", \"ends\": \"10:00\"}",
			"dates_reversed", "/windows/1/ends", 422 },
		{ ", {\"weekday\": 2, \"starts\": \"09:30\", \"ends\": \"11:00\"}",
			"duplicate_items", "/windows/1/starts", 422 },
		{ ", {\"weekday\": 3, \"starts\": \"09:15\", \"ends\": \"11:00\"}",
			"not_on_half_hour", "/windows/1/starts", 422 },
		{ ", {\"weekday\": 8, \"starts\": \"09:00\", \"ends\": \"11:00\"}", "unprocessable",
			"/windows/1/weekday", 422 },
		{ ", {\"weekday\": 3, \"starts\": \"25:00\", \"ends\": \"26:00\"}", "unprocessable",
			"/windows/1/starts", 422 },
		{ ", {\"weekday\": 3, \"starts\": \"24:00\", \"ends\": \"24:00\"}", "unprocessable",
			"/windows/1/starts", 422 },
		{ ", {\"weekday\": 3, \"starts\": \"23:00\", \"ends\": \"24:30\"}", "unprocessable",
			"/windows/1/ends", 422 },
		{ ", {\"weekday\": 3, \"starts\": \"23:00\", \"ends\": \"00:00\"}",
			"dates_reversed", "/windows/1/ends", 422 },
	};
	char body[300];
	snprintf(body, sizeof body, good, "");
	struct api_reply *kept = api_expect(api_put(dora, HOURS, "%s", body), 200);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(body, sizeof body, good, cases[i].more);
		api_expect_fault(api_expect_problem(api_put(dora, HOURS, "%s", body),
					 cases[i].status, cases[i].code),
			cases[i].pointer);
	}
	api_if_match(dora, kept);
	api_expect(api_put(dora, HOURS, "{\"windows\": []}"), 200);
	api_if_match(dora, kept);
	api_expect_problem(api_put(dora, HOURS, "{\"windows\": []}"), 412, "stale");
}

static void the_sets_of_others_are_not_mine_to_change(void **state)
{
	(void)state;
	static const struct {
		const char *set, *body;
	} sets[] = {
		{ "skills", "{\"skills\": []}" },
		{ "interests", "{\"interests\": []}" },
		{ "languages", "{\"languages\": []}" },
		{ "weekly-hours", "{\"windows\": []}" },
	};
	const char *before = api_sql("superuser", "SELECT sum(version) FROM profiles.person");
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		struct api_reply *other = api_put(as("cem"),
			api_path("/api/v1/people/%s/%s", id_of("ben"), sets[i].set), "%s",
			sets[i].body);
		struct api_reply *missing = api_put(as("cem"),
			api_path("/api/v1/people/019a0000-0000-7000-8000-00000000dead/%s",
				sets[i].set),
			"%s", sets[i].body);
		api_expect_problem(other, 404, "not_found");
		expect_same_refusal(other, missing);
	}
	assert_string_equal(
		api_sql("superuser", "SELECT sum(version) FROM profiles.person"), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(skills_are_replaced_whole),
		cmocka_unit_test(others_see_what_is_offered),
		cmocka_unit_test(people_choose_what_others_see),
		cmocka_unit_test(wrong_choices_are_named_by_place),
		cmocka_unit_test(what_is_declared_needs_a_consent_that_holds),
		cmocka_unit_test(nobody_sees_whether_something_is_declared),
		cmocka_unit_test(wrong_skills_are_named_by_place),
		cmocka_unit_test(a_retired_skill_is_kept_but_not_added),
		cmocka_unit_test(a_set_can_be_guarded_by_its_version),
		cmocka_unit_test(languages_are_tags),
		cmocka_unit_test(the_week_is_replaced_whole),
		cmocka_unit_test(a_wrong_week_changes_nothing),
		cmocka_unit_test(the_sets_of_others_are_not_mine_to_change),
	};
	return cmocka_run_group_tests(tests, skills_arrive, api_release);
}
