/* A programme that grows: cohorts, intake forms, resources, drafts and copies. */
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

static void a_cohort_says_whom_it_takes(void **state)
{
	(void)state;
	const char *path = api_path(
		"/api/v1/programmes/%s/cohorts", story_programme("hr.lead", "Faulty cohorts"));
	api_expect_fault(
		api_expect(api_post(admin(), path, "{\"title\": \"Nobody\"}"), 422), "/person_ids");
	api_expect_fault(
		api_expect(api_post(admin(), path,
				   "{\"title\": \"x\", \"level_min\": 3, \"level_max\": 2}"),
			422),
		"/level_max");
	api_expect_fault(api_expect(api_post(admin(), path,
					    "{\"title\": \"x\", \"person_ids\": [\"%s\", "
					    "\"019a0000-0000-7000-8000-00000000dead\"]}",
					    story_person_id("ann")),
				 422),
		"/person_ids/1");
	struct api_reply *made = api_expect(
		api_post(admin(), path, "{\"title\": \"Pilot\", \"level_min\": 8}"), 201);
	api_expect_fault(
		api_expect(
			api_post(admin(), path, "{\"title\": \"Pilot\", \"level_min\": 8}"), 409),
		"/title");
	api_if_match(admin(), made);
	api_expect_fault(api_expect(api_patch(admin(), api_text(made, "links.self"),
					    "{\"level_min\": null}"),
				 422),
		"/person_ids");
	api_expect(api_get(admin(), "%s", api_text(made, "links.self")), 200);
	api_expect_problem(api_get(other(), "%s", path), 404, "not_found");
	api_expect_problem(
		api_post(other(), path, "{\"title\": \"x\", \"level_min\": 1}"), 404, "not_found");
	api_expect(api_get(as("ann"), "%s", path), 403);
}

static void a_cohort_takes_those_who_fit_first(void **state)
{
	(void)state;
	const char *programme = company_programme("Cohorts", 2);
	const char *path = api_path("/api/v1/programmes/%s/cohorts", programme);
	struct api_reply *pilot = api_expect(
		api_post(admin(), path,
			"{\"title\": \"Pilot\", \"departments\": [\"IT\"], \"person_ids\": "
			"[\"%s\"]}",
			story_person_id("ann")),
		201);
	assert_string_equal(api_text(pilot, "people.0.display_name"), "Ann Ames");
	assert_string_equal(api_text(enrolment("ann", programme), "cohort.title"), "Pilot");
	assert_string_equal(api_text(enrolment("it.lead", programme), "cohort.title"), "Pilot");
	assert_true(json_is_null(api_member(enrolment("bob", programme), "cohort")));
	api_expect(api_post(admin(), path, "{\"title\": \"Everybody\", \"level_min\": 0}"), 201);
	assert_string_equal(api_text(enrolment("chief", programme), "cohort.title"), "Everybody");
	assert_string_equal(api_text(enrolment("ann", programme), "cohort.title"), "Pilot");
	assert_int_equal(api_count(api_expect(api_get(admin(),
						      "/api/v1/enrolments?programme_id=%s&"
						      "cohort_id=%s",
						      programme, api_text(pilot, "id")),
					   200),
				 "items"),
		5);
	api_if_match(admin(), pilot);
	struct api_reply *smaller = api_expect(
		api_patch(admin(), api_text(pilot, "links.self"),
			"{\"departments\": null, \"locations\": [\"London\"], \"person_ids\": []}"),
		200);
	assert_true(json_is_null(api_member(smaller, "departments")));
	assert_int_equal(api_count(smaller, "people"), 0);
	assert_string_equal(api_text(enrolment("ann", programme), "cohort.title"), "Everybody");
	assert_string_equal(api_text(enrolment("dev", programme), "cohort.title"), "Pilot");
	api_if_match(admin(), pilot);
	api_expect_problem(api_patch(admin(), api_text(pilot, "links.self"), "{\"title\": \"x\"}"),
		412, "stale");
	assert_int_equal(api_count(api_expect(api_get(admin(), "%s", path), 200), "items"), 2);
}

/* They cost each other nothing. */
static void two_rounds_with_nobody_in_common(
	const struct api_reply *round, const struct api_reply *second)
{
	struct api_reply *rounds = api_expect(
		api_get(admin(), "%s/comparison?with=%s", api_text(second, "links.self"),
			api_text(round, "id")),
		200);
	assert_true(json_number_value(api_member(rounds, "price")) == 0);
	assert_int_equal(api_integer(rounds, "mentees.only_here"), 1);
	assert_int_equal(api_integer(rounds, "mentees.only_there"), 1);
}

static void a_round_of_a_cohort_matches_its_mentees(void **state)
{
	(void)state;
	const char *programme = company_programme("One cohort at a time", 2);
	const char *path = api_path("/api/v1/programmes/%s/cohorts", programme);
	struct api_reply *pilot = api_expect(
		api_post(admin(), path,
			"{\"title\": \"Pilot\", \"person_ids\": [\"%s\", \"%s\", \"%s\"]}",
			story_person_id("chief"), story_person_id("dev"), story_person_id("eve")),
		201);
	api_expect(
		api_post(admin(), path, "{\"title\": \"Rest of IT\", \"departments\": [\"IT\"]}"),
		201);
	api_expect_fault(api_expect(api_post(admin(), "/api/v1/rounds",
					    "{\"programme_id\": \"%s\", \"cohort_id\": \"%s\"}",
					    programme, programme),
				 422),
		"/cohort_id");
	struct api_reply *round = api_expect(
		api_post(admin(), "/api/v1/rounds",
			"{\"programme_id\": \"%s\", \"cohort_id\": \"%s\"}", programme,
			api_text(pilot, "id")),
		202);
	assert_string_equal(api_text(round, "cohort.title"), "Pilot");
	round = ready_round(api_text(round, "id"));
	assert_int_equal(api_integer(round, "totals.mentees"), 1);
	/* dev and eve, and the three of Sales who are in no cohort; not fay of the other one */
	assert_int_equal(api_integer(round, "totals.mentors"), 5);
	/* a round of the others leaves it alone */
	struct api_reply *rest = api_expect(api_get(admin(), "%s", path), 200);
	struct api_reply *second = api_expect(
		api_post(admin(), "/api/v1/rounds",
			"{\"programme_id\": \"%s\", \"cohort_id\": \"%s\"}", programme,
			api_text(rest, "items.1.id")),
		202);
	second = ready_round(api_text(second, "id"));
	assert_int_equal(api_integer(second, "totals.mentees"), 1);
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "%s", api_text(round, "links.self")), 200),
			"status"),
		"ready");
	two_rounds_with_nobody_in_common(round, second);
	struct api_reply *comparison = api_expect(api_get(admin(), "%s/comparison", path), 200);
	assert_int_equal(api_count(comparison, "cohorts"), 3);
	assert_true(json_is_null(api_member(comparison, "cohorts.0.enrolled")));
	api_expect_problem(api_get(other(), "%s/comparison", path), 404, "not_found");
	api_header(admin(), "Accept: text/csv");
	struct api_reply *sheet = api_expect(api_get(admin(), "%s/comparison", path), 200);
	assert_non_null(strstr(sheet->text, "cohort.title,enrolled,matched,paired,active,"));
	assert_non_null(strstr(sheet->text, ",Pilot,,"));
}

static const char *const every_kind =
	"{\"role\": \"mentee\", \"questions\": ["
	"{\"key\": \"why\", \"text\": \"Why?\", \"required\": true},"
	"{\"key\": \"when\", \"text\": \"When?\", \"kind\": \"choice\", \"options\": "
	"[\"mornings\", "
	"\"noon\", \"evenings\"], \"most\": 2, \"shared\": true},"
	"{\"key\": \"ease\", \"text\": \"How easy?\", \"kind\": \"scale\", \"max\": 10},"
	"{\"key\": \"learn\", \"text\": \"What?\", \"kind\": \"skills\", \"most\": 2},"
	"{\"key\": \"like\", \"text\": \"Likes?\", \"kind\": \"interests\"},"
	"{\"key\": \"free\", \"text\": \"Free?\", \"kind\": \"hours\"}]}";

static void a_form_says_what_fits_its_questions(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Forms");
	const char *path = api_path("/api/v1/programmes/%s/forms", programme);
	static const struct {
		const char *question, *pointer;
	} faulty[] = {
		{ "\"kind\": \"choice\"", "/questions/0/options" },
		{ "\"kind\": \"text\", \"options\": [\"a\"]", "/questions/0/options" },
		{ "\"kind\": \"scale\", \"min\": 3, \"max\": 3", "/questions/0/max" },
		{ "\"kind\": \"skills\", \"min\": 3", "/questions/0/min" },
		{ "\"kind\": \"choice\", \"options\": [\"a\"], \"most\": 2", "/questions/0/most" },
		{ "\"kind\": \"hours\", \"most\": 2", "/questions/0/most" },
		{ "\"kind\": \"skills\", \"shared\": true", "/questions/0/shared" },
	};
	for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++)
		api_expect_fault(api_expect(api_post(admin(), path,
						    "{\"role\": \"mentee\", \"questions\": "
						    "[{\"key\": \"k\", \"text\": \"T\", %s}]}",
						    faulty[i].question),
					 422),
			faulty[i].pointer);
	struct api_reply *form = api_expect(api_post(admin(), path, "%s", every_kind), 201);
	assert_string_equal(api_text(form, "questions.0.kind"), "text");
	assert_int_equal(api_integer(form, "questions.2.min"), 1);
	assert_int_equal(api_integer(form, "questions.4.most"), 10);
}

static void answers_fit_the_kinds_of_their_questions(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Answers");
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/forms", programme), "%s",
			   every_kind),
		201);
	const char *skill = story_skill("generative AI");
	const struct {
		const char *answer, *pointer;
	} faulty[] = {
		{ "{\"key\": \"whatever\", \"value\": \"x\"}", "/answers/1/key" },
		{ "{\"key\": \"why\", \"value\": \"again\"}", "/answers/1/key" },
		{ "{\"key\": \"when\", \"values\": [\"noon\", \"midnight\"]}",
			"/answers/1/values/1" },
		{ "{\"key\": \"when\", \"value\": \"midnight\"}", "/answers/1/value" },
		{ "{\"key\": \"when\", \"values\": [\"noon\", \"mornings\", \"evenings\"]}",
			"/answers/1/values" },
		{ "{\"key\": \"ease\", \"number\": 11}", "/answers/1/number" },
		{ "{\"key\": \"ease\", \"value\": \"3\"}", "/answers/1/value" },
		{ "{\"key\": \"ease\"}", "/answers/1/number" },
		{ "{\"key\": \"learn\", \"skills\": [{\"skill_id\": "
		  "\"019a0000-0000-7000-8000-00000000dead\", \"level\": 3}]}",
			"/answers/1/skills/0/skill_id" },
		{ api_path("{\"key\": \"learn\", \"skills\": [{\"skill_id\": \"%s\", \"level\": 3},"
			   " {\"skill_id\": \"%s\", \"level\": 4}]}",
			  skill, skill),
			"/answers/1/skills/1/skill_id" },
		{ "{\"key\": \"like\", \"values\": []}", "/answers/1/values" },
		{ "{\"key\": \"free\", \"hours\": [{\"weekday\": 1, \"starts\": \"10:00\", "
		  "\"ends\": \"09:00\"}]}",
			"/answers/1/hours/0/ends" },
	};
	for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++)
		api_expect_fault(
			api_expect(api_post(as("chief"), "/api/v1/enrolments",
					   "{\"programme_id\": \"%s\", \"role\": \"mentee\", "
					   "\"answers\": [{\"key\": \"why\", \"value\": \"so\"}, "
					   "%s]}",
					   programme, faulty[i].answer),
				422),
			faulty[i].pointer);
	api_expect_fault(
		api_expect(api_post(as("chief"), "/api/v1/enrolments",
				   "{\"programme_id\": \"%s\", \"role\": \"mentee\"}", programme),
			422),
		"/answers");
}

/* sales.lead says nothing in the profile; the answers alone make a want, and keep their form. */
static void answers_count_in_rounds_and_keep_their_form(void **state)
{
	(void)state;
	const char *programme = company_programme("Answers that count", 2);
	const char *forms = api_path("/api/v1/programmes/%s/forms", programme);
	api_expect(api_post(admin(), forms, "%s", every_kind), 201);
	struct api_reply *made = api_expect(
		api_post(as("sales.lead"), "/api/v1/enrolments",
			"{\"programme_id\": \"%s\", \"role\": \"mentee\", \"answers\": ["
			"{\"key\": \"why\", \"value\": \"so\"}, {\"key\": \"ease\", \"number\": 7},"
			"{\"key\": \"when\", \"values\": [\"noon\", \"evenings\"]},"
			"{\"key\": \"like\", \"values\": [\"chess\"]},"
			"{\"key\": \"learn\", \"skills\": [{\"skill_id\": \"%s\", \"level\": 4}]},"
			"{\"key\": \"free\", \"hours\": [{\"weekday\": 1, \"starts\": \"09:00\", "
			"\"ends\": \"24:00\"}]}]}",
			programme, story_skill("generative AI")),
		201);
	assert_string_equal(api_text(made, "answers.when"), "noon, evenings");
	assert_string_equal(api_text(made, "answers.ease"), "7");
	assert_string_equal(api_text(made, "answers.learn"), "generative AI 4");
	assert_int_equal(api_integer(made, "form.number"), 1);
	assert_string_equal(api_text(made, "intake.4.kind"), "skills");
	assert_string_equal(api_text(made, "intake.4.skills.0.skill.name"), "generative AI");
	const char *round = story_round("hr.lead", programme);
	assert_int_equal(api_count(story_shortlist("sales.lead", programme), "mentors"), 3);
	assert_string_equal(
		api_sql("superuser",
			"SELECT matching.interests_in(p.programme_id, p.person_id)::text || "
			"matching.hours_in(p.programme_id, p.person_id)::text || "
			"(matching.wants_in(p.programme_id, p.person_id, false) -> 0 ->> 2) "
			"FROM matching.enrolment p WHERE p.id = '%s'",
			api_text(made, "id")),
		"[\"chess\", \"evenings\", \"noon\"][[0, 540, 1440]]4");
	assert_non_null(round);
	/* a new version asks again; what was said before stays with its own */
	api_expect(api_post(admin(), forms,
			   "{\"role\": \"mentee\", \"questions\": [{\"key\": \"new\", \"text\": "
			   "\"New?\"}]}"),
		201);
	assert_int_equal(api_integer(enrolment("sales.lead", programme), "form.number"), 1);
	struct api_reply *now = enrolment("sales.lead", programme);
	api_if_match(as("sales.lead"), now);
	struct api_reply *again = api_expect(
		api_patch(as("sales.lead"), api_text(made, "links.self"),
			"{\"answers\": [{\"key\": \"new\", \"value\": \"yes\"}]}"),
		200);
	assert_int_equal(api_integer(again, "form.number"), 2);
	assert_string_equal(api_text(again, "intake.0.value"), "yes");
}

static void resources_say_something_and_change_while_it_runs(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Faulty guides");
	const char *path = api_path("/api/v1/programmes/%s/resources", programme);
	api_expect_fault(
		api_expect(api_post(admin(), path, "{\"title\": \"Nothing\"}"), 422), "/url");
	api_expect_fault(api_expect(api_post(admin(), path,
					    "{\"title\": \"x\", \"url\": \"javascript:alert(1)\"}"),
				 422),
		"/url");
	struct api_reply *all = api_expect(
		api_post(admin(), path, "{\"title\": \"x\", \"text\": \"y\"}"), 201);
	api_if_match(admin(), all);
	api_expect_fault(
		api_expect(
			api_patch(admin(), api_text(all, "links.self"), "{\"text\": null}"), 422),
		"/url");
	api_if_match(admin(), all);
	api_expect(api_delete(admin(), "%s", api_text(all, "links.self")), 204);
	api_expect(api_get(admin(), "%s", api_text(all, "links.self")), 404);
	api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/cancellation", programme), NULL),
		200);
	api_expect_problem(
		api_post(admin(), path, "{\"title\": \"x\", \"text\": \"y\"}"), 409, "wrong_state");
}

static void resources_are_read_by_the_people_of_their_role(void **state)
{
	(void)state;
	const char *programme = company_programme("Guides", 1);
	const char *path = api_path("/api/v1/programmes/%s/resources", programme);
	struct api_reply *mentors = api_expect(
		api_post(admin(), path,
			"{\"title\": \"Teach\", \"url\": \"https://x.example/teach\", \"role\": "
			"\"mentor\", \"phase\": \"preparation\"}"),
		201);
	struct api_reply *all = api_expect(
		api_post(admin(), path, "{\"title\": \"Listen\", \"text\": \"Listen first.\"}"),
		201);
	assert_int_equal(api_integer(all, "place"), 2);
	api_if_match(admin(), all);
	all = api_expect(api_patch(admin(), api_text(all, "links.self"),
				 "{\"place\": 1, \"text\": \"Listen.\"}"),
		200);
	struct api_reply *page = api_expect(api_get(as("ann"), "%s", path), 200);
	assert_int_equal(api_count(page, "items"), 2);
	assert_string_equal(api_text(page, "items.1.title"), "Listen");
	assert_int_equal(api_count(page, "items.0.can"), 0);
	page = api_expect(api_get(as("chief"), "%s", path), 200);
	assert_int_equal(api_count(page, "items"), 1);
	api_expect_problem(
		api_get(as("chief"), "%s", api_text(mentors, "links.self")), 404, "not_found");
	api_expect_problem(api_get(as("stranger"), "%s", path), 404, "not_found");
	api_expect_problem(
		api_get(as("stranger"), "%s", api_text(all, "links.self")), 404, "not_found");
	api_expect_problem(
		api_post(other(), path, "{\"title\": \"x\", \"text\": \"y\"}"), 404, "not_found");
	page = api_expect(
		api_get(as("chief"), "/api/v1/dashboards/mentee?programme_id=%s", programme), 200);
	assert_int_equal(api_count(page, "resources"), 1);
	page = api_expect(
		api_get(as("ann"), "/api/v1/dashboards/mentor?programme_id=%s", programme), 200);
	assert_int_equal(api_count(page, "resources"), 2);
	assert_int_equal(
		api_count(api_expect(api_get(admin(), "%s?phase=closing", path), 200), "items"), 1);
	/* who has withdrawn reads no more */
	api_expect(api_post(as("ann"),
			   api_path("%s/withdrawal",
				   api_text(enrolment("ann", programme), "links.self")),
			   NULL),
		200);
	api_expect_problem(api_get(as("ann"), "%s", path), 404, "not_found");
}

/* A draft with every member that there is. */
static struct api_reply *full_draft(void)
{
	struct api_reply *draft = api_expect(
		api_post(admin(), "/api/v1/programmes",
			"{\"title\": \"Perhaps\", \"purpose\": \"innovation\", \"starts_on\": "
			"\"2027-01-11\", \"ends_on\": \"2027-07-09\", \"auto_rounds\": \"weekly\", "
			"\"time_zone\": \"Europe/Berlin\", \"mentor_training\": [\"listening\"], "
			"\"mentee_training\": [\"feedback\", \"inclusion\"], \"skill_checks\": "
			"true, "
			"\"self_search\": true, \"declared_kinds\": [\"gender\"], \"answer_days\": "
			"5, "
			"\"rules\": {\"line_distance\": \"4\"}}"),
		201);
	assert_string_equal(api_text(draft, "auto_rounds"), "weekly");
	assert_string_equal(api_text(draft, "time_zone"), "Europe/Berlin");
	assert_string_equal(api_text(draft, "mentor_training.0"), "listening");
	assert_int_equal(api_count(draft, "mentee_training"), 2);
	assert_true(api_truth(draft, "skill_checks"));
	assert_true(api_truth(draft, "self_search"));
	assert_string_equal(api_text(draft, "declared_kinds.0"), "gender");
	assert_int_equal(api_integer(draft, "answer_days"), 5);
	assert_int_equal(api_integer(draft, "pick_days"), 7);
	assert_string_equal(api_text(draft, "rules.line_distance"), "4");
	assert_int_equal(api_integer(draft, "rules.min_level_gap"), 1);
	assert_int_equal(api_integer(draft, "policy_version"), 1);
	assert_non_null(strstr(
		api_expect(api_get(admin(), "%s/policies/1", api_text(draft, "links.self")), 200)
			->text,
		"\"gender\""));
	return draft;
}

static void a_draft_changes_its_purpose_and_is_deleted(void **state)
{
	(void)state;
	struct api_reply *draft = full_draft();
	const char *self = api_text(draft, "links.self");
	api_if_match(admin(), draft);
	draft = api_expect(api_patch(admin(), self, "{\"purpose\": \"inclusion\"}"), 200);
	assert_string_equal(api_text(draft, "purpose"), "inclusion");
	struct api_reply *policy = api_expect(api_get(admin(), "%s/policies/2", self), 200);
	assert_string_equal(api_text(policy, "purpose"), "inclusion");
	assert_int_equal(api_integer(policy, "weights.difference"), 28);
	api_expect(api_post(admin(), api_path("%s/invitations", self),
			   "{\"role\": \"mentor\", \"message\": \"Come\", \"level_max\": 1}"),
		201);
	api_expect(
		api_post(admin(), api_path("%s/cohorts", self),
			"{\"title\": \"One\", \"person_ids\": [\"%s\"]}", story_person_id("ann")),
		201);
	api_expect(api_post(admin(), api_path("%s/forms", self),
			   "{\"role\": \"mentor\", \"questions\": [{\"key\": \"a\", \"text\": "
			   "\"A\"}]}"),
		201);
	api_expect(api_post(admin(), api_path("%s/resources", self),
			   "{\"title\": \"x\", \"text\": \"y\"}"),
		201);
	api_expect_problem(api_delete(api_as("programme_admin", "other.admin"), "%s", self), 428,
		"precondition_required");
	api_header(other(), "If-Match: *");
	api_expect_problem(api_delete(other(), "%s", self), 404, "not_found");
	api_header(admin(), "If-Match: *");
	api_expect(api_delete(admin(), "%s", self), 204);
	api_expect_problem(api_get(admin(), "%s", self), 404, "not_found");
	/* what people have seen is not deleted, and keeps its purpose */
	const char *programme = story_programme("hr.lead", "Seen");
	struct api_reply *seen = api_expect(
		api_get(admin(), "/api/v1/programmes/%s", programme), 200);
	api_if_match(admin(), seen);
	api_expect_problem(
		api_delete(admin(), "%s", api_text(seen, "links.self")), 409, "wrong_state");
	api_if_match(admin(), seen);
	api_expect_problem(
		api_patch(admin(), api_text(seen, "links.self"), "{\"purpose\": \"inclusion\"}"),
		409, "wrong_state");
}

/* A programme with everything that a copy takes along, and what it must not. */
static const char *programme_to_copy(void)
{
	const char *programme = company_programme("Year one", 2);
	const char *self = api_path("/api/v1/programmes/%s", programme);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect(
		api_patch(admin(), self, "{\"rules\": {\"min_level_gap\": 2}, \"pick_days\": 9}"),
		200);
	for (int i = 1; i <= 2; i++)
		api_expect(api_post(admin(), api_path("%s/forms", self),
				   "{\"role\": \"mentee\", \"questions\": [{\"key\": \"v%d\", "
				   "\"text\": \"Why?\"}]}",
				   i),
			201);
	api_expect(api_post(admin(), api_path("%s/resources", self),
			   "{\"title\": \"Guide\", \"text\": \"Listen.\", \"role\": \"mentor\"}"),
		201);
	api_expect(api_post(admin(), api_path("%s/coordinators", self), "{\"person_id\": \"%s\"}",
			   story_person_id("other.admin")),
		201);
	api_expect(api_post(admin(), api_path("%s/cohorts", self),
			   "{\"title\": \"Pilot\", \"departments\": [\"IT\"], \"person_ids\": "
			   "[\"%s\"]}",
			   story_person_id("ann")),
		201);
	api_expect(api_post(admin(), api_path("%s/exclusions", self),
			   "{\"person_id\": \"%s\", \"note\": \"An audit\"}",
			   story_person_id("sales.desk")),
		201);
	struct api_reply *chiefs = enrolment("chief", programme);
	api_if_match(as("chief"), chiefs);
	api_expect(api_patch(as("chief"), api_text(chiefs, "links.self"),
			   "{\"answers\": [{\"key\": \"v2\", \"value\": \"because\"}]}"),
		200);
	api_expect(api_post(as("bob"),
			   api_path("%s/withdrawal",
				   api_text(enrolment("bob", programme), "links.self")),
			   NULL),
		200);
	return self;
}

static void it_is_a_draft_of_next_year(const struct api_reply *copy)
{
	assert_string_equal(api_text(copy, "status"), "draft");
	assert_string_equal(api_text(copy, "starts_on"), "2028-01-11");
	assert_string_equal(api_text(copy, "ends_on"), "2028-07-08");
	assert_int_equal(api_integer(copy, "rules.min_level_gap"), 2);
	assert_int_equal(api_integer(copy, "pick_days"), 9);
	assert_int_equal(api_integer(copy, "policy_version"), 1);
	assert_int_equal(api_count(copy, "coordinators"), 2);
}

/* And whom it keeps apart. */
static const char *its_cohort_came_along(const char *its)
{
	struct api_reply *cohorts = api_expect(api_get(admin(), "%s/cohorts", its), 200);
	assert_string_equal(api_text(cohorts, "items.0.title"), "Pilot");
	assert_string_equal(api_text(cohorts, "items.0.departments.0"), "IT");
	assert_string_equal(api_text(cohorts, "items.0.people.0.display_name"), "Ann Ames");
	assert_string_equal(api_text(api_expect(api_get(admin(), "%s/exclusions", its), 200),
				    "items.0.person.id"),
		story_person_id("sales.desk"));
	return api_text(cohorts, "items.0.id");
}

static void a_copy_is_next_years_draft(void **state)
{
	(void)state;
	const char *self = programme_to_copy();
	const char *copies = api_path("%s/copies", self);
	api_expect_fault(
		api_expect(api_post(admin(), copies, "{\"people\": true}"), 422), "/message");
	api_expect_fault(
		api_expect(api_post(admin(), copies,
				   "{\"starts_on\": \"2028-02-01\", \"ends_on\": \"2028-01-01\"}"),
			422),
		"/ends_on");
	api_expect_problem(
		api_post(api_as("programme_admin", "it.lead"), copies, "{}"), 404, "not_found");
	struct api_reply *copy = api_expect(api_post(admin(), copies,
						    "{\"title\": \"Year two\", \"people\": true, "
						    "\"message\": \"Once more?\"}"),
		201);
	it_is_a_draft_of_next_year(copy);
	const char *its = api_text(copy, "links.self"), *id = api_text(copy, "id");
	struct api_reply *forms = api_expect(api_get(other(), "%s/forms", its), 200);
	assert_string_equal(api_text(forms, "items.0.questions.0.key"), "v2");
	assert_int_equal(api_integer(forms, "items.0.number"), 1);
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "%s/resources", its), 200), "items.0.title"),
		"Guide");
	assert_int_equal(api_integer(api_expect(api_get(admin(), "%s/policies/1", its), 200),
				 "rules.min_level_gap"),
		2);
	const char *cohort = its_cohort_came_along(its);
	/* seven were there to the end; they see nothing before recruiting, and have answered nothing */
	struct api_reply *people = api_expect(
		api_get(admin(), "/api/v1/enrolments?programme_id=%s&limit=50", id), 200);
	assert_int_equal(api_count(people, "items"), 7);
	assert_null(strstr(people->text, "because"));
	assert_int_equal(
		api_count(api_expect(api_get(as("chief"), "/api/v1/enrolments?programme_id=%s", id),
				  200),
			"items"),
		0);
	api_expect(api_post(admin(), api_path("%s/recruitment", its), NULL), 200);
	assert_string_equal(api_text(enrolment("chief", id), "status"), "invited");
	assert_string_equal(api_text(enrolment("chief", id), "invitation"), "Once more?");
	assert_string_equal(api_text(enrolment("ann", id), "cohort.id"), cohort);
	/* a copy in a hurry, without people */
	copy = api_expect(api_post(admin(), copies, "{\"starts_on\": \"2027-09-01\"}"), 201);
	assert_string_equal(api_text(copy, "title"), "Year one");
	assert_string_equal(api_text(copy, "ends_on"), "2028-02-27");
	api_if_match(admin(), copy);
	api_expect(api_delete(admin(), "%s", api_text(copy, "links.self")), 204);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cohort_says_whom_it_takes),
		cmocka_unit_test(a_cohort_takes_those_who_fit_first),
		cmocka_unit_test(a_round_of_a_cohort_matches_its_mentees),
		cmocka_unit_test(a_form_says_what_fits_its_questions),
		cmocka_unit_test(answers_fit_the_kinds_of_their_questions),
		cmocka_unit_test(answers_count_in_rounds_and_keep_their_form),
		cmocka_unit_test(resources_say_something_and_change_while_it_runs),
		cmocka_unit_test(resources_are_read_by_the_people_of_their_role),
		cmocka_unit_test(a_draft_changes_its_purpose_and_is_deleted),
		cmocka_unit_test(a_copy_is_next_years_draft),
	};
	return cmocka_run_group_tests_name("programme_years", tests, people_set_up, api_release);
}
