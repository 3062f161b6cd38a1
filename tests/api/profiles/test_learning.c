/* What people offer and want to learn: listings and replies, completed training, skill checks, and
 * what becomes of all of it when a skill turns out to be a duplicate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

static const char *charts, *graphs; /* skills; the second is a duplicate of the first */

static int skills_arrive(void **state)
{
	company_arrives(state);
	struct api *admin = api_as("admin", NULL);
	charts = api_text(
		api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"charts\"}"), 201), "id");
	graphs = api_text(api_expect(api_post(admin, "/api/v1/skills",
					     "{\"name\": \"Graphs\", \"aliases\": [\"plots\"]}"),
				  201),
		"id");
	return 0;
}

static struct api_reply *offer(const char *who, const char *title, const char *more)
{
	return api_post(as(who), "/api/v1/listings", "{\"kind\": \"teach\", \"title\": \"%s\"%s}",
		title, more);
}

static size_t found(const char *who, const char *query)
{
	return api_count(api_expect(api_get(as(who), "/api/v1/listings?%s", query), 200), "items");
}

static void a_listing_is_found_answered_and_closed(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		offer("dora", "Spreadsheets for the brave", ", \"description\": \"At lunch.\""),
		201);
	const char *path = api_text(made, "links.self"), *id = api_text(made, "id");
	assert_true(api_truth(made, "open") && list_has(made, "can", "delete"));
	assert_int_equal(found("ben", "q=brave"), 1);
	assert_int_equal(found("ben", "q=LUNCH"), 1);
	assert_int_equal(found("ben", "q=rave"), 0);
	assert_int_equal(found("ben", "kind=learn"), 0);
	assert_int_equal(found("ben", api_path("person_id=%s", id_of("dora"))), 1);
	assert_int_equal(found("ben", api_path("ids=%s", id)), 1);
	assert_int_equal(found("ben", api_path("ids=%s", id_of("dora"))), 0);

	const char *replies = api_path("/api/v1/listings/%s/replies", id);
	api_expect_problem(api_post(as("dora"), replies, "{}"), 409, "own_listing");
	struct api_reply *reply = api_expect(
		api_post(as("ben"), replies, "{\"message\": \"Tuesday?\"}"), 201);
	api_expect_problem(api_post(as("ben"), replies, "{}"), 409, "already_given");
	struct api_reply *seen = api_expect(api_get(as("ben"), "%s", path), 200);
	assert_string_equal(api_text(seen, "links.my_reply"), api_text(reply, "links.self"));
	assert_false(list_has(seen, "can", "reply_create"));
	assert_true(
		list_has(api_expect(api_get(as("eve"), "%s", path), 200), "can", "reply_create"));
	seen = api_expect(api_get(as("dora"), "%s", replies), 200);
	assert_string_equal(api_text(seen, "items.0.message"), "Tuesday?");
	assert_string_equal(api_text(seen, "items.0.person.id"), id_of("ben"));
	api_expect_problem(
		api_get(as("eve"), "%s", api_text(reply, "links.self")), 404, "not_found");
	api_expect_problem(api_get(as("eve"), "%s", replies), 404, "not_found");
	api_wait_until(
		60, api_integer(api_get(as("dora"), "/api/v1/notifications"), "unread_count") > 0);
	struct api_reply *told = api_expect(api_get(as("dora"), "/api/v1/notifications"), 200);
	assert_string_equal(api_text(told, "items.0.kind"), "listing_replied");
	assert_string_equal(api_text(told, "items.0.links.subject"), path);

	api_if_match(as("dora"), made);
	struct api_reply *closed = api_expect(
		api_patch(as("dora"), path, "{\"open_until\": \"2020-01-01\"}"), 200);
	assert_false(api_truth(closed, "open"));
	api_expect_problem(api_get(as("eve"), "%s", path), 404, "not_found");
	assert_int_equal(found("ben", "q=brave"), 0);
	assert_int_equal(found("dora", "q=brave"), 1);
	api_if_match(as("dora"), closed);
	api_expect(api_delete(as("dora"), "%s", path), 204);
	assert_int_equal(found("dora", "q=brave"), 0);
}

static void a_wrong_listing_is_refused_by_member(void **state)
{
	(void)state;
	api_expect_fault(api_expect_problem(offer("ben", "x", ", \"open_until\": \"2020-01-01\""),
				 422, "in_the_past"),
		"/open_until");
	api_expect_fault(
		api_expect_problem(
			offer("ben", "x",
				", \"skill_id\": \"019a0000-0000-7000-8000-00000000dead\""),
			422, "unknown_reference"),
		"/skill_id");
}

static void training_is_recorded_by_those_who_hold_it(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/people/%s/training-records", id_of("dora"));
	struct api *hris = api_as("hris", NULL);
	const char *body = "{\"topic\": \"listening\", \"title\": \"Listening\", \"completed_on\": "
			   "\"2026-01-05\", \"expires_on\": \"%s\"}";
	struct api_reply *made = api_expect(api_post(hris, path, body, "2199-01-05"), 201);
	assert_true(api_truth(made, "valid"));
	api_expect_fault(
		api_expect_problem(api_post(hris, path, body, "2199-01-05"), 409, "already_given"),
		"/title");
	api_expect_fault(
		api_expect_problem(api_post(hris, path, body, "2025-01-05"), 422, "dates_reversed"),
		"/expires_on");
	api_expect_fault(api_expect_problem(api_post(hris, path,
						    "{\"topic\": \"other\", \"title\": \"x\", "
						    "\"completed_on\": \"2199-01-05\"}"),
				 422, "in_the_future"),
		"/completed_on");
	api_expect_problem(api_post(as("dora"), path, body, "2199-01-05"), 403, "forbidden");
	api_expect_problem(api_get(as("ben"), "%s", path), 404, "not_found");
	struct api_reply *own = api_expect(
		api_get(as("dora"), "/api/v1/people/me/training-records"), 200);
	assert_int_equal(api_count(own, "items"), 1);
	assert_int_equal(api_count(own, "items.0.can"), 0);
	api_if_match(hris, made);
	api_expect(api_delete(hris, "%s", api_text(made, "links.self")), 204);
	own = api_expect(api_get(as("dora"), "/api/v1/people/me/training-records"), 200);
	assert_int_equal(api_count(own, "items"), 0);
}

static void a_lesson_that_is_finished_is_a_training_record(void **state)
{
	(void)state;
	struct api_reply *all = api_expect(api_get(as("ben"), "/api/v1/people/me/lessons"), 200);
	assert_int_equal(api_count(all, "items"), 3);
	for (size_t i = 0; i < 3; i++) { /* English and German, of about a page */
		assert_int_equal(api_count(all, api_path("items.%zu.texts", i)), 2);
		for (size_t t = 0; t < 2; t++)
			assert_in_range(
				strlen(api_text(all, api_path("items.%zu.texts.%zu.text", i, t))),
				600, 2000);
	}
	const char *lesson = "/api/v1/people/me/lessons/active-listening";
	assert_true(json_is_null(api_member(api_get(as("ben"), "%s", lesson), "completed_on")));
	for (int i = 0; i < 2; i++) /* twice a day is once */
		api_expect(api_post(as("ben"), api_path("%s/completion", lesson), NULL), 200);
	assert_string_equal(
		api_text(api_get(as("ben"), "%s", lesson), "completed_on"), "2026-11-30");
	struct api_reply *own = api_expect(
		api_get(as("ben"), "/api/v1/people/me/training-records"), 200);
	assert_int_equal(api_count(own, "items"), 1);
	assert_string_equal(api_text(own, "items.0.topic"), "listening");
	api_expect_problem(
		api_post(as("ben"), "/api/v1/people/me/lessons/shouting/completion", NULL), 404,
		"not_found");
	const char *hers = api_path("/api/v1/people/%s/lessons", id_of("dora"));
	api_expect_problem(api_get(as("ben"), "%s", hers), 404, "not_found");
	api_expect_problem(api_post(as("ben"), api_path("%s/feedback/completion", hers), NULL), 404,
		"not_found");
}

static struct api_reply *check(const char *who, const char *findings)
{
	return api_post(as(who), "/api/v1/people/me/skill-checks",
		"{\"instrument\": \"Fitness test\", \"taken_on\": \"2026-01-05\", \"findings\": "
		"[%s]}",
		findings);
}

static const char *finding(const char *skill, const char *what)
{
	return api_path("{\"skill_id\": \"%s\", \"finding\": \"%s\", \"level\": 1}", skill, what);
}

static void a_skill_check_is_seen_by_its_person_alone(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(check("ben", finding(charts, "weakness")), 201);
	assert_string_equal(api_text(made, "findings.0.name"), "charts");
	api_expect_problem(api_get(as("ada"), "/api/v1/people/%s/skill-checks", id_of("ben")), 404,
		"not_found");
	api_expect_fault(
		api_expect_problem(check("ben", api_path("%s, %s", finding(charts, "weakness"),
							finding(charts, "strength"))),
			422, "duplicate_items"),
		"/findings/1/skill_id");
	assert_int_equal(
		api_count(api_expect(api_get(as("ben"), "/api/v1/people/me/skill-checks"), 200),
			"items"),
		1);
	api_if_match(as("ben"), made);
	api_expect(api_delete(as("ben"), "%s", api_text(made, "links.self")), 204);
	api_expect_problem(
		api_get(as("ben"), "%s", api_text(made, "links.self")), 404, "not_found");
}

static void give(const char *who, const char *skills)
{
	api_expect(api_put(as(who), "/api/v1/people/me/skills", "{\"skills\": [%s]}", skills), 200);
}

static const char *level(const char *skill, int current, const char *more)
{
	return api_path("{\"skill_id\": \"%s\", \"current\": %d%s}", skill, current, more);
}

static void people_follow_a_merged_skill(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	give("ben", level(graphs, 4, ", \"offered\": true"));
	give("cem", api_path("%s, %s", level(charts, 1, ", \"target\": 3"), level(graphs, 3, "")));
	api_expect(check("eve", api_path("%s, %s", finding(graphs, "weakness"),
					finding(charts, "strength"))),
		201);
	struct api_reply *listing = api_expect(
		offer("ben", "Plots", api_path(", \"skill_id\": \"%s\"", graphs)), 201);
	const char *merge = api_path("/api/v1/skills/%s/merge", graphs);
	api_expect_fault(api_expect_problem(api_post(admin, merge, "{\"into\": \"%s\"}", graphs),
				 422, "self_reference"),
		"/into");
	struct api_reply *gone = api_expect(
		api_post(admin, merge, "{\"into\": \"%s\"}", charts), 200);
	assert_string_equal(api_text(gone, "merged_into.id"), charts);
	assert_true(api_truth(gone, "retired"));

	struct api_reply *ben = api_expect(api_get(as("ben"), "/api/v1/people/me/skills"), 200);
	assert_string_equal(api_text(ben, "skills.0.skill_id"), charts);
	assert_true(api_truth(ben, "skills.0.offered"));
	struct api_reply *cem = api_expect(api_get(as("cem"), "/api/v1/people/me/skills"), 200);
	assert_int_equal(api_count(cem, "skills"), 1);
	assert_int_equal(api_integer(cem, "skills.0.current"), 3);
	assert_true(json_is_null(api_member(cem, "skills.0.target")));
	struct api_reply *eve = api_expect(
		api_get(as("eve"), "/api/v1/people/me/skill-checks"), 200);
	assert_int_equal(api_count(eve, "items.0.findings"), 1);
	assert_string_equal(api_text(eve, "items.0.findings.0.finding"), "strength");
	listing = api_expect(api_get(as("eve"), "%s", api_text(listing, "links.self")), 200);
	assert_string_equal(api_text(listing, "skill.id"), charts);
}

static void expect_in_use(const char *skill)
{
	struct api *admin = api_as("admin", NULL);
	const char *path = api_path("/api/v1/skills/%s", skill);
	api_if_match(admin, api_expect(api_get(admin, "%s", path), 200));
	api_expect_problem(api_delete(admin, "%s", path), 409, "skill_in_use");
}

/* A programme of eve's, with a policy and an assessment of a skill. */
static void what_names_a_merged_skill_follows(void **state)
{
	(void)state;
	struct api *eve = api_as("programme_admin", "eve");
	const char *old = api_text(
		api_expect(api_post(api_as("admin", NULL), "/api/v1/skills", "{\"name\": \"Diagrams\"}"),
			201),
		"id");
	const char *programme = api_text(
		api_expect(api_post(eve, "/api/v1/programmes",
				   "{\"title\": \"Figures\", \"purpose\": \"digital_skills\", "
				   "\"starts_on\": \"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
			201),
		"links.self");
	const char *policy = api_text(
		api_expect(api_post(eve, api_path("%s/policies", programme),
				   "{\"based_on\": 1, \"focus_skills\": [\"%s\"], \"mentors\": {"
				   "\"must_have_skills\": [{\"skill_id\": \"%s\", \"level\": 2}]}}",
				   old, old),
			201),
		"links.self");
	const char *assessment = api_text(
		api_expect(api_post(eve, "/api/v1/assessments",
				   "{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": "
				   "\"Bars\", \"items\": [{\"key\": \"bars\", \"text\": \"Which?\", "
				   "\"kind\": \"choice\", \"options\": [\"a\", \"b\"], \"correct\": 1}],"
				   " \"opens_on\": \"2027-01-11\", \"closes_on\": \"2027-07-09\"}",
				   strrchr(programme, '/') + 1, old),
			201),
		"links.self");
	expect_in_use(old);
	api_expect(api_post(api_as("admin", NULL), api_path("/api/v1/skills/%s/merge", old),
			   "{\"into\": \"%s\"}", charts),
		200);
	expect_in_use(old);
	struct api_reply *seen = api_expect(api_get(eve, "%s", policy), 200);
	assert_string_equal(api_text(seen, "mentors.must_have_skills.0.skill.id"), charts);
	assert_string_equal(api_text(seen, "focus_skills.0.id"), charts);
	seen = api_expect(api_get(eve, "%s", assessment), 200);
	assert_string_equal(api_text(seen, "skill.id"), charts);
	assert_string_equal(api_text(seen, "skill.name"), "charts");
}

/* After the test above. */
static void a_merged_skill_stays_merged(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	const char *merge = api_path("/api/v1/skills/%s/merge", graphs);
	struct api_reply *kept = api_expect(api_get(as("eve"), "/api/v1/skills?q=plots"), 200);
	assert_int_equal(api_count(kept, "items"), 1);
	assert_string_equal(api_text(kept, "items.0.id"), charts);
	assert_true(list_has(kept, "items.0.aliases", "graphs"));

	api_expect_problem(
		api_post(admin, merge, "{\"into\": \"%s\"}", charts), 409, "skill_merged");
	api_if_match(admin, api_expect(api_get(admin, "/api/v1/skills/%s", graphs), 200));
	api_expect_problem(
		api_patch(admin, api_path("/api/v1/skills/%s", graphs), "{\"retired\": false}"),
		409, "skill_merged");
	api_expect_problem(api_post(admin, api_path("/api/v1/skills/%s/merge", charts),
				   "{\"into\": \"%s\"}", graphs),
		422, "skill_retired");
	const char *file = "name\ngraphs\ncharts\n";
	struct api_reply *again = api_expect(
		api_send(admin, "POST", "/api/v1/skills/imports", "text/csv", file, strlen(file)),
		200);
	assert_int_equal(api_integer(again, "created"), 0);
	assert_int_equal(api_integer(again, "unchanged"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing_is_found_answered_and_closed),
		cmocka_unit_test(a_wrong_listing_is_refused_by_member),
		cmocka_unit_test(training_is_recorded_by_those_who_hold_it),
		cmocka_unit_test(a_lesson_that_is_finished_is_a_training_record),
		cmocka_unit_test(a_skill_check_is_seen_by_its_person_alone),
		cmocka_unit_test(people_follow_a_merged_skill),
		cmocka_unit_test(what_names_a_merged_skill_follows),
		cmocka_unit_test(a_merged_skill_stays_merged),
	};
	return cmocka_run_group_tests(tests, skills_arrive, api_release);
}
