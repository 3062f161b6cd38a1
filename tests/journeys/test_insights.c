/*
 * From an insight to a change in the company. First where a leader stands, what she and her mentor want, and how
 * they keep in touch; then juniors say why people of their age leave, and one that half of a meeting cannot follow
 * it, and what they say becomes practice, with nobody named who does not want it. All of it through the API alone,
 * each step by the person whose it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 60.0

static const char *programme, *pair, *other_pair, *other_mentor;

static struct api *hal(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static int a_programme_about_staying(void **state)
{
	(void)state;
	static const char *const juniors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };
	company_import();
	story_teaches("dev", "generative AI", "podcasts", NULL);
	programme = api_text(
		api_expect(api_post(hal(), "/api/v1/programmes",
				   "{\"title\": \"Why people stay\", \"purpose\": \"retention\", "
				   "\"starts_on\": \"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
			201),
		"id");
	const char *self = api_path("/api/v1/programmes/%s", programme);
	api_if_match(hal(), api_expect(api_get(hal(), "%s", self), 200));
	api_expect(api_patch(hal(), self, "{\"skill_checks\": true}"), 200);
	api_expect(api_post(hal(), api_path("%s/recruitment", self), NULL), 200);
	story_enrol("chief", programme, "mentee", 1);
	story_enrol("it.lead", programme, "mentee", 1);
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		story_enrol(juniors[i], programme, "mentor", 1);
	return 0;
}

/* ---- three steps before the first session ------------------------------------------------------------ */

/* A test finds a weakness that her profile does not name; the shortlist knows of it, and nobody else. */
static void first_where_she_stands(void **state)
{
	(void)state;
	const char *check = api_text(
		api_expect(api_post(as("chief"), "/api/v1/people/me/skill-checks",
				   "{\"instrument\": \"Strengths and weaknesses\", \"taken_on\": "
				   "\"2026-11-20\", \"findings\": [{\"skill_id\": \"%s\", "
				   "\"finding\": "
				   "\"weakness\", \"level\": 1}]}",
				   story_skill("podcasts")),
			201),
		"links.self");
	struct api *others[] = { hal(), as("it.lead"), as("dev"), api_as("admin", "hr.lead") };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_true(api_get(others[i], "%s", check)->status >= 403);
	const char *round = story_round("hr.lead", programme);
	assert_null(strstr(
		api_expect(api_get(hal(), "/api/v1/rounds/%s/shortlists", round), 200)->text, "podcasts"));
	struct api_reply *list = story_shortlist("chief", programme);
	size_t at = 0;
	while (strcmp(
		story_user_name(api_text(list, api_path("mentors.%zu.mentor.id", at))), "dev"))
		at++; /* nobody else teaches it */
	assert_non_null(strstr(list->text, "podcasts"));
	struct api_reply *picked = api_expect(
		api_post(as("chief"), api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", story_person_id("dev")),
		201);
	pair = api_text(picked, "id");
	api_expect(api_post(as("dev"), api_path("/api/v1/pairs/%s/acceptance", pair), NULL), 200);
	struct api_reply *hers = api_expect(api_get(as("chief"), "/api/v1/pairs/%s", pair), 200);
	assert_non_null(strstr(hers->text, "podcasts"));
	struct api_reply *his = api_expect(api_get(as("dev"), "/api/v1/pairs/%s", pair), 200);
	assert_null(strstr(his->text, "podcasts"));
	assert_null(strstr(api_expect(api_get(as("dev"), "/api/v1/pairs/%s/why", pair), 200)->text,
		"podcasts"));
	other_pair = story_pair("it.lead", programme, &other_mentor);
}

static void then_what_the_two_want(void **state)
{
	(void)state;
	static const char *const goal =
		"{\"pair_id\": \"%s\", \"specific\": \"%s\", \"measure\": {\"unit\": \"%s\", "
		"\"baseline\": 0, \"target\": %d}, \"due_on\": \"%s\"}";
	struct api_reply *no = api_expect_problem(api_post(as("chief"), "/api/v1/goals", goal, pair,
							  "Podcasts", "1", 0, "2027-12-01"),
		422, "goal_not_smart");
	static const char *const weak[] = { "/specific", "/measure/unit", "/measure/target",
		"/due_on" };
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
		api_expect_fault(no, weak[i]);
	struct api_reply *yes = api_expect(
		api_post(as("chief"), "/api/v1/goals", goal, pair,
			"Speaks once a month in a podcast of her own", "episodes", 5, "2027-06-30"),
		201);
	struct api_reply *agreed = api_expect(
		api_post(as("dev"), api_path("%s/agreement", api_text(yes, "links.self")), NULL),
		200);
	assert_string_equal(api_text(agreed, "status"), "agreed");
}

static void changes_the_plan(const char *who, const char *self, const char *change)
{
	api_if_match(as(who), api_expect(api_get(as(who), "%s", self), 200));
	api_expect(api_patch(as(who), self, "%s", change), 200);
}

/* Either of the two changes the plan for their communication until both have signed it. */
static void then_how_they_keep_in_touch(void **state)
{
	(void)state;
	const char *self = api_text(
		api_expect(
			api_post(as("dev"), "/api/v1/agreements",
				"{\"pair_id\": \"%s\", \"cadence\": \"monthly\", "
				"\"duration_minutes\": 60, "
				"\"channels\": [\"video\"], \"time_zone\": \"UTC\", \"starts_on\": "
				"\"2027-01-18\"}",
				pair),
			201),
		"links.self");
	changes_the_plan("chief", self,
		"{\"touchpoint_cadence\": \"fortnightly\", \"touchpoint_channel\": \"chat\"}");
	changes_the_plan("dev", self, "{\"expectations\": \"We say what we think.\"}");
	api_expect(api_get(as("it.lead"), "%s", self), 404);
	assert_null(strstr(api_expect(api_get(hal(), "%s", self), 200)->text, "what we think"));
	api_expect(api_change(as("dev"), api_path("%s/signature", self)), 200);
	api_expect(api_change(as("chief"), api_path("%s/signature", self)), 200);
	struct api_reply *signed_one = api_expect(api_get(as("chief"), "%s", self), 200);
	assert_string_equal(api_text(signed_one, "status"), "signed");
	assert_string_equal(api_text(signed_one, "touchpoint_cadence"), "fortnightly");
	assert_string_equal(api_text(signed_one, "expectations"), "We say what we think.");
	struct api_reply *due = api_expect(
		api_get(as("chief"), "/api/v1/touchpoints?pair_id=%s", pair), 200);
	assert_true(api_count(due, "items") > 5);
}

/* ---- what juniors say becomes practice ---------------------------------------------------------------- */

static const char *suggests(const char *who, const char *of_pair, const char *title)
{
	return api_text(
		api_expect(
			api_post(as(who), "/api/v1/improvements",
				"{\"programme_id\": \"%s\", \"pair_id\": \"%s\", \"title\": "
				"\"%s\", "
				"\"insight\": \"Said to a leader, as nobody else had said it.\"}",
				programme, of_pair, title),
			201),
		"links.self");
}

/* The coordinator takes it up and gives it to an owner, who sees to it. */
static void is_taken_up(const char *path, const char *owner)
{
	assert_string_equal(api_text(api_expect(api_get(as("stranger"), "%s", path), 404), "code"),
		"not_found");
	api_if_match(hal(), api_expect(api_get(hal(), "%s", path), 200));
	api_expect(api_patch(hal(), path, "{\"owner_id\": \"%s\"}", story_person_id(owner)), 200);
	api_expect(api_post(hal(), api_path("%s/planning", path), NULL), 200);
	api_expect(api_get(as("stranger"), "%s", path), 200);
	api_expect(api_post(as("stranger"), api_path("%s/start", path), NULL), 404);
}

static void becomes_practice(const char *path, const char *owner, int reach, const char *evidence)
{
	api_expect(api_post(as(owner), api_path("%s/start", path), NULL), 200);
	api_if_match(as(owner), api_expect(api_get(as(owner), "%s", path), 200));
	api_expect(api_patch(as(owner), path, "{\"reach\": %d, \"evidence\": \"%s\"}", reach,
			   evidence),
		200);
	struct api_reply *done = api_expect(
		api_post(as(owner), api_path("%s/adoption", path), NULL), 200);
	assert_string_equal(api_text(done, "status"), "adopted");
	assert_string_equal(api_text(done, "evidence"), evidence);
}

/* Two juniors of two pairs say why people leave; of three insights two become practice. */
static void juniors_advise_on_why_people_stay(void **state)
{
	(void)state;
	const char *reviews = suggests("dev", pair, "A talk about pay each half year"),
		   *moves = suggests(other_mentor, other_pair, "Half a year in another department"),
		   *food = suggests("chief", pair, "Fruit in the kitchen");
	is_taken_up(reviews, "hr.team");
	is_taken_up(moves, "it.lead");
	is_taken_up(food, "hr.team");
	becomes_practice(
		reviews, "hr.team", 120, "Eleven of twelve who wanted to leave have stayed.");
	becomes_practice(moves, "it.lead", 80, "Nine have moved, and none of them has left.");
	api_expect(api_post(hal(), api_path("%s/abandonment", food), NULL), 200);
	/* whoever reads it learns what has changed, and not who said so */
	struct api_reply *seen = api_expect(
		api_get(as("stranger"), "/api/v1/improvements?programme_id=%s&status=adopted",
			programme),
		200);
	assert_int_equal(api_count(seen, "items"), 2);
	assert_null(strstr(seen->text, story_person_id("dev")));
	assert_null(strstr(seen->text, story_person_id(other_mentor)));
	assert_null(strstr(seen->text, pair));
	assert_null(strstr(seen->text, other_pair));
}

/* Nor does a coordinator who leads one of the two learn it; another one does, who may have to ask them. */
static void a_coordinator_of_the_line_does_not_learn_who_said_so(void **state)
{
	(void)state;
	const char *path = suggests("dev", pair, "Somebody to ask when one is new"),
		   *dev = story_person_id("dev");
	api_expect(api_post(hal(), api_path("/api/v1/programmes/%s/coordinators", programme),
			   "{\"person_id\": \"%s\"}", story_person_id("it.team")),
		201);
	struct api *line = api_as("programme_admin", "it.team");
	const char *pages[] = { path, "/api/v1/improvements?status=suggested" };
	for (int i = 0; i < 2; i++) {
		struct api_reply *seen = api_expect(api_get(line, "%s", pages[i]), 200);
		assert_non_null(strstr(seen->text, "Somebody to ask"));
		assert_null(strstr(seen->text, dev));
		assert_null(strstr(seen->text, pair));
		seen = api_expect(api_get(hal(), "%s", pages[i]), 200);
		assert_non_null(strstr(seen->text, dev));
	}
}

/* Half of a meeting cannot follow it: one who needs captions says so, wants to be named, and the company has them. */
static void an_insight_about_captions_becomes_a_change_for_all(void **state)
{
	(void)state;
	api_expect(
		api_put(as("dev"), "/api/v1/people/me/access-needs", "{\"needs\": [\"captions\"]}"),
		200);
	struct api_reply *session = api_expect(
		api_post(as("chief"), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-01-18T15:00\", \"time_zone\": "
			"\"Europe/Berlin\", \"duration_minutes\": 60, \"mode\": \"video\"}",
			pair),
		201);
	assert_non_null(strstr(session->text, "captions")); /* provided for; for whom is not said */
	const char *path = suggests("dev", pair, "Captions in every meeting");
	is_taken_up(path, "it.lead");
	becomes_practice(path, "it.lead", 3000, "All rooms have them since May.");
	assert_null(strstr(api_get(as("stranger"), "%s", path)->text, story_person_id("dev")));
	const char *naming = api_path("%s/naming", path);
	api_expect(api_post(as("it.lead"), naming, "{\"name_me\": true}"), 404); /* the owner */
	assert_true(api_truth(
		api_expect(api_post(as("dev"), naming, "{\"name_me\": true}"), 200), "named"));
	struct api_reply *seen = api_expect(api_get(as("stranger"), "%s", path), 200);
	assert_string_equal(api_text(seen, "mentor.id"), story_person_id("dev"));
	assert_true(json_is_null(api_member(seen, "mentee")));
	/* and takes it back */
	api_expect(api_post(as("dev"), naming, "{\"name_me\": false}"), 200);
	seen = api_expect(api_get(as("stranger"), "%s", path), 200);
	assert_null(strstr(seen->text, story_person_id("dev")));
}

static void the_report_counts_what_has_become_practice(void **state)
{
	(void)state;
	const char *reports = api_path("/api/v1/reports/programmes/%s", programme);
	api_clock_to("2027-02-15 09:00Z");
	struct api_reply *snapshot = api_post(hal(), api_path("%s/snapshots", reports), NULL);
	assert_true(snapshot->status == 202 || snapshot->status == 409); /* one of this week */
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_get(hal(), "%s/improvements", reports))->status == 200 &&
				     api_integer(now, "adopted") == 3);
	assert_int_equal(api_integer(now, "reach"), 3200);
	assert_string_equal(api_text(now, "sentence"),
		"3 improvements have become practice; they reach 3200 people.");
	assert_null(strstr(now->text, "Captions"));
	api_expect(api_get(as("chief"), "%s/improvements", reports), 403);
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_where_she_stands),
		cmocka_unit_test(then_what_the_two_want),
		cmocka_unit_test(then_how_they_keep_in_touch),
		cmocka_unit_test(juniors_advise_on_why_people_stay),
		cmocka_unit_test(a_coordinator_of_the_line_does_not_learn_who_said_so),
		cmocka_unit_test(an_insight_about_captions_becomes_a_change_for_all),
		cmocka_unit_test(the_report_counts_what_has_become_practice),
	};
	return cmocka_run_group_tests_name(
		"insights", tests, a_programme_about_staying, api_release);
}
