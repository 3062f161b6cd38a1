/* Surveys: questions, answers that are their author's alone, and figures of waves that are over; and what reports
 * compare: attitudes before and after, and who stays in the company. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/story.h"
#include "fourteen.h"

#define CANARY "wolverine"

static const char questions[] =
	"[{\"key\": \"useful\", \"text\": \"Useful?\", \"kind\": \"scale\"}, "
	"{\"key\": \"change\", \"text\": \"Change?\", \"kind\": \"choice\", \"options\": [\"no\", "
	"\"yes\"]}, "
	"{\"key\": \"why\", \"text\": \"Why?\", \"kind\": \"text\", \"required\": true, "
	"\"shown_if\": {\"key\": \"change\", \"values\": [1]}}, "
	"{\"key\": \"hours\", \"text\": \"Hours?\", \"kind\": \"number\", \"minimum\": 0, "
	"\"maximum\": 40, "
	"\"required\": false}]";

static struct api *ada(void)
{
	return api_as("programme_admin", "ada");
}

static struct api *of_mentor(int i)
{
	return api_as("participant", fourteen_mentor(i));
}

/* A survey of mentors with the questions above, or a shipped set: `rest` are further members. */
static struct api_reply *survey(const char *kind, const char *rest)
{
	return api_post(ada(), "/api/v1/surveys",
		"{\"programme_id\": \"%s\", \"kind\": \"%s\", \"side\": \"mentor\", \"title\": "
		"\"How is it?\", "
		"\"opens_on\": \"2026-11-30\", \"closes_on\": \"2027-07-09\", %s}",
		fourteen_programme, kind, rest);
}

static struct api_reply *made(const char *kind, const char *rest)
{
	return api_expect(survey(kind, rest), 201);
}

static const char *with_questions(const char *rest)
{
	return api_path("\"questions\": %s%s", questions, rest);
}

static const char *response(const char *survey_id, const char *wave)
{
	return api_path("/api/v1/responses/%s/%s", survey_id, wave);
}

static struct api_reply *save(struct api *who, const char *path, const char *answers)
{
	return api_put(who, path, "{\"answers\": [%s]}", answers);
}

static void submit(int mentor, const char *path, const char *answers)
{
	api_expect(save(of_mentor(mentor), path, answers), 200);
	api_expect(api_post(of_mentor(mentor), api_path("%s/submission", path), NULL), 200);
}

static void faults_in_questions_are_all_reported(void **state)
{
	(void)state;
	struct api_reply *reply = survey("pulse",
		"\"every_weeks\": 4, \"questions\": ["
		"{\"key\": \"a\", \"text\": \"A\", \"kind\": \"scale\", \"options\": [\"x\", "
		"\"y\"]}, "
		"{\"key\": \"a\", \"text\": \"A\", \"kind\": \"choice\", \"options\": [\"x\"], "
		"\"points\": 3}, "
		"{\"key\": \"c\", \"text\": \"C\", \"kind\": \"number\", \"minimum\": 2, "
		"\"maximum\": 1}, "
		"{\"key\": \"d\", \"text\": \"D\", \"kind\": \"text\", \"shown_if\": {\"key\": "
		"\"a\", "
		"\"values\": [6]}}, {\"key\": \"e\", \"text\": \"E\", \"kind\": \"text\", "
		"\"shown_if\": {\"key\": "
		"\"f\", \"values\": [1]}}]");
	api_expect(reply, 422);
	static const char *const pointers[] = { "/questions/0/options", "/questions/1/key",
		"/questions/1/options", "/questions/1/points", "/questions/2/maximum",
		"/questions/3/shown_if", "/questions/4/shown_if" };
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		api_expect_fault(reply, pointers[i]);
	reply = survey("closing", with_questions(", \"translations\": [{\"language\": \"de\", "
						 "\"texts\": [{\"key\": \"change\", "
						 "\"text\": \"Anders?\"}, {\"key\": \"nope\", "
						 "\"text\": \"x\"}]}, {\"language\": "
						 "\"de\", \"texts\": []}]"));
	api_expect_fault(api_expect(reply, 422), "/translations/0/texts/0/options");
	api_expect_fault(reply, "/translations/0/texts/1/key");
	api_expect_fault(reply, "/translations/1/language");
	api_expect_fault(
		api_expect(survey("closing", with_questions(", \"shipped_set\": \"pulse\"")), 422),
		"/questions");
	api_expect_fault(
		api_expect(survey("closing", "\"shipped_set\": \"nothing\""), 422), "/shipped_set");
	api_expect_fault(api_expect(survey("pulse", with_questions("")), 422), "/every_weeks");
	api_expect_fault(api_expect(survey("closing", with_questions(", \"every_weeks\": 2")), 422),
		"/every_weeks");
	/* a condition on itself, and a survey of two hundred years */
	api_expect_fault(
		api_expect(survey("closing", "\"questions\": [{\"key\": \"a\", \"text\": \"A\", \"kind\": "
					     "\"scale\", \"shown_if\": {\"key\": \"a\", \"values\": [1]}}]"),
			422),
		"/questions/0/shown_if");
	api_expect_fault(
		api_expect(api_post(ada(), "/api/v1/surveys",
				   "{\"programme_id\": \"%s\", \"kind\": \"pulse\", \"side\": \"mentor\", "
				   "\"title\": \"Long\", \"opens_on\": \"2000-01-01\", \"closes_on\": "
				   "\"2199-12-31\", \"every_weeks\": 1, \"shipped_set\": \"pulse\"}",
				   fourteen_programme),
			422),
		"/closes_on");
}

static void a_question_set_goes_out_and_in_again(void **state)
{
	(void)state;
	struct api_reply *sets = api_expect(
		api_get(ada(), "/api/v1/surveys/shipped-sets?limit=100"), 200);
	assert_int_equal(api_count(sets, "items"), 13);
	static const char *const constructs[] = { "freedom from generational stereotypes",
		"inclusion competence", "trust", "empathy", "intent to stay", "learning culture", "leadership",
		"confidence", "knowledge of the business", "\"network\"" };
	for (size_t i = 0; i < sizeof constructs / sizeof *constructs; i++)
		assert_non_null(strstr(sets->text, constructs[i]));
	for (size_t i = 0; i < api_count(sets, "items"); i++) {
		const char *kind = api_text(sets, api_path("items.%zu.kind", i));
		assert_int_equal( /* each question in German too */
			api_count(sets, api_path("items.%zu.translations.0.texts", i)),
			api_count(sets, api_path("items.%zu.questions", i)));
		struct api_reply *one = made(
			kind, api_path("\"shipped_set\": \"%s\"%s",
				      api_text(sets, api_path("items.%zu.name", i)),
				      strcmp(kind, "pulse") ? "" : ", \"every_weeks\": 4"));
		const char *path = api_text(one, "links.question_set");
		struct api_reply *set = api_expect(api_get(ada(), "%s", path), 200);
		assert_true(json_equal(api_member(set, "questions"),
			api_member(sets, api_path("items.%zu.questions", i))));
		char *members = strdup(set->text);
		*strrchr(members, '}') = '\0'; /* without the braces */
		struct api_reply *again = made("closing", strchr(members, '{') + 1);
		assert_true(
			json_equal(api_member(again, "questions"), api_member(set, "questions")));
		assert_true(json_equal(
			api_member(again, "translations"), api_member(set, "translations")));
		free(members);
	}
}

static void answers_are_their_authors_alone(void **state)
{
	(void)state;
	const char *id = api_text(made("attitude", with_questions("")), "id"),
		   *path = response(id, "before");
	struct api_reply *saved = api_expect(
		save(of_mentor(0), path,
			"{\"key\": \"useful\", \"value\": 2}, {\"key\": \"why\", \"text\": "
			"\"" CANARY "\"}"),
		200);
	assert_string_equal(api_header_of(saved, "Cache-Control"), "no-store");
	assert_null(strstr(saved->text, "created_at"));
	assert_int_equal(api_count(saved, "answers"), 2);
	assert_int_equal(
		api_count(api_expect(api_get(of_mentor(1), "%s", path), 200), "answers"), 0);
	static const char *const others[] = { "leader0", "boss", "head", "ada" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		api_expect(api_get(api_as("participant", others[i]), "%s", path), 404);
		api_expect(save(api_as("participant", others[i]), path, ""), 404);
		api_expect(api_post(api_as("participant", others[i]),
				   api_path("%s/submission", path), NULL),
			404);
	}
	api_expect(api_get(ada(), "%s", path), 404);
	api_expect(api_get(api_as("auditor", NULL), "%s", path), 403);
	api_expect(api_get(of_mentor(0), "%s", response(id, "after")), 404);
	api_expect(api_get(of_mentor(0), "/api/v1/surveys/%s/results", id), 403);
	api_expect(
		api_get(api_as("programme_admin", "boss"), "/api/v1/surveys/%s/results", id), 404);
	/* whom it asks reads the survey, and no results */
	struct api_reply *asked = api_expect(api_get(of_mentor(0), "/api/v1/surveys/%s", id), 200);
	assert_null(api_member(asked, "links.results"));
	api_expect(api_get(api_as("participant", "leader0"), "/api/v1/surveys/%s", id), 404);
	assert_string_equal(api_sql("evaluation", "SELECT count(*) FROM evaluation.response"), "0");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox WHERE data::text LIKE '%%%s%%'", id),
		"0");
}

static void answers_fit_their_questions(void **state)
{
	(void)state;
	const char *id = api_text(made("attitude", with_questions("")), "id"),
		   *path = response(id, "before");
	struct api_reply *reply = api_expect(
		save(of_mentor(0), path,
			"{\"key\": \"useful\", \"value\": 6}, {\"key\": \"change\", \"value\": "
			"0.5}, "
			"{\"key\": \"hours\", \"value\": -1}, {\"key\": \"useful\", \"text\": "
			"\"x\"}, "
			"{\"key\": \"why\", \"value\": 1}, {\"key\": \"what\", \"value\": 1}"),
		422);
	static const char *const pointers[] = { "/answers/0/value", "/answers/1/value",
		"/answers/2/value", "/answers/3/text", "/answers/4/value", "/answers/5/key",
		"/answers/0/key" };
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		api_expect_fault(reply, pointers[i]);
	const char *submission = api_path("%s/submission", path);
	api_expect(api_post(of_mentor(0), submission, NULL), 404); /* nothing saved */
	api_expect(save(of_mentor(0), path, "{\"key\": \"change\", \"value\": 1}"), 200);
	api_expect_problem(api_post(of_mentor(0), submission, NULL), 409, "answers_missing");
	/* `yes` asks why */
	api_expect(
		save(of_mentor(0), path,
			"{\"key\": \"useful\", \"value\": 3}, {\"key\": \"change\", \"value\": 1}"),
		200);
	api_expect_problem(api_post(of_mentor(0), submission, NULL), 409, "answers_missing");
	api_expect(
		save(of_mentor(0), path,
			"{\"key\": \"useful\", \"value\": 3}, {\"key\": \"change\", \"value\": 0}, "
			"{\"key\": \"why\", \"text\": \"" CANARY "\"}"),
		200);
	struct api_reply *done = api_expect(api_post(of_mentor(0), submission, NULL), 200);
	assert_null(strstr(done->text, CANARY)); /* no longer asked */
	assert_int_equal(api_count(done, "can"), 0);
	api_expect_problem(save(of_mentor(0), path, ""), 409, "already_given");
	api_expect_problem(api_post(of_mentor(0), submission, NULL), 409, "already_given");
	struct api *stale = of_mentor(1);
	struct api_reply *first = api_expect(
		save(stale, path, "{\"key\": \"useful\", \"value\": 1}"), 200);
	api_expect(save(stale, path, "{\"key\": \"useful\", \"value\": 2}"), 200);
	api_if_match(stale, first);
	api_expect_problem(save(stale, path, "{\"key\": \"useful\", \"value\": 5}"), 412, "stale");
}

static void new_questions_make_a_revision(void **state)
{
	(void)state;
	struct api_reply *one = made("attitude", with_questions(""));
	const char *self = api_text(one, "links.self"),
		   *path = response(api_text(one, "id"), "before");
	api_expect(save(of_mentor(0), path, "{\"key\": \"useful\", \"value\": 1}"), 200);
	struct api *coordinator = ada();
	api_if_match(coordinator, one);
	struct api_reply *two = api_expect(api_patch(coordinator, self,
						   "{\"questions\": [{\"key\": \"new\", \"text\": "
						   "\"New?\", \"kind\": \"scale\"}]}"),
		200);
	assert_int_equal(api_integer(two, "revision"), 2);
	assert_int_equal(
		api_integer(api_expect(api_get(of_mentor(0), "%s", path), 200), "revision"), 1);
	assert_int_equal(
		api_integer(api_expect(api_get(of_mentor(1), "%s", path), 200), "revision"), 2);
	api_if_match(coordinator, one);
	api_expect_problem(api_patch(coordinator, self, "{\"title\": \"x\"}"), 412, "stale");
	static const char *const moves[] = { "{\"opens_on\": \"2026-11-29\"}",
		"{\"closes_on\": \"2026-11-29\"}" };
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		api_if_match(coordinator, two);
		api_expect_problem(
			api_patch(coordinator, self, "%s", moves[i]), 409, "survey_begun");
	}
	struct api *other = api_as("programme_admin", "boss");
	api_if_match(other, two);
	api_expect(api_patch(other, self, "{\"title\": \"x\"}"), 404);
}

static bool has_task(struct api *who, const char *survey_id)
{
	return strstr(api_expect(api_get(who, "/api/v1/dashboards/me"), 200)->text,
		       api_path("/api/v1/surveys/%s", survey_id)) != NULL;
}

static void a_survey_is_a_task_until_it_is_answered(void **state)
{
	(void)state;
	const char *id = api_text(made("pulse", with_questions(", \"every_weeks\": 2")), "id"),
		   *wave = response(id, "2026-11-30");
	assert_true(has_task(of_mentor(2), id));
	assert_false(has_task(api_as("participant", "leader2"), id));
	assert_non_null(
		strstr(api_expect(api_get(of_mentor(2), "/api/v1/surveys/due"), 200)->text, wave));
	api_expect(save(of_mentor(3), wave, "{\"key\": \"useful\", \"value\": 1}"), 200);
	submit(2, wave, "{\"key\": \"useful\", \"value\": 1}, {\"key\": \"change\", \"value\": 0}");
	assert_false(has_task(of_mentor(2), id));
	assert_true(has_task(of_mentor(3), id));
	static const char *const pages[] = { "", "/work-list" };
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct api_reply *page = api_expect(
			api_get(ada(), "/api/v1/dashboards/programmes/%s%s", fourteen_programme,
				pages[i]),
			200);
		assert_null(strstr(page->text, id));
		assert_null(strstr(page->text, "answer_survey"));
	}
	/* the next wave, and the one before is over */
	api_clock_to("2026-12-14 00:10Z");
	api_expect_problem(save(of_mentor(3), wave, ""), 409, "window_closed");
	api_expect_problem(api_post(of_mentor(3), api_path("%s/submission", wave), NULL), 409,
		"window_closed");
	api_expect(save(of_mentor(4), wave, ""), 404);
	api_expect(api_get(of_mentor(3), "%s", wave), 200);
	assert_true(has_task(of_mentor(2), id));
	api_clock(0);
}

static struct api_reply *results(const char *id)
{
	return api_expect(api_get(ada(), "/api/v1/surveys/%s/results", id), 200);
}

/* Thirteen of fourteen answer: who has not would be known, and one who was asked why. */
static void figures_are_of_closed_waves_and_hide_few(void **state)
{
	(void)state;
	const char *id = api_text(made("pulse", with_questions(", \"every_weeks\": 4")), "id"),
		   *wave = response(id, "2026-11-30");
	for (int i = 0; i < 13; i++)
		submit(i, wave,
			api_path("{\"key\": \"useful\", \"value\": %d}, {\"key\": \"change\", "
				 "\"value\": %d}%s",
				i % 2 ? 4 : 5, i < 4,
				i < 4 ? ", {\"key\": \"why\", \"text\": \"" CANARY "\"}" : ""));
	assert_int_equal(api_count(results(id), "waves"), 0);
	api_clock_to("2026-12-28 00:50Z");
	assert_int_equal(api_count(results(id), "waves"), 0);
	api_clock_to("2026-12-28 01:10Z");
	api_wait_until(20, api_count(results(id), "waves") == 1);
	struct api_reply *now = results(id);
	assert_int_equal(api_integer(now, "waves.0.asked"), 14);
	assert_true(json_is_null(api_member(now, "waves.0.answered")));
	assert_int_equal(api_count(now, "waves.0.questions"), 3); /* no texts */
	assert_int_equal(api_integer(now, "waves.0.questions.0.authors"), 10);
	assert_true(json_number_value(api_member(now, "waves.0.questions.0.mean")) == 4.5);
	assert_int_equal(api_integer(now, "waves.0.questions.1.options.0.people"), 5);
	assert_true(json_is_null(api_member(now, "waves.0.questions.1.options.1.people")));
	assert_true(api_truth(now, "waves.0.questions.2.suppressed"));
	assert_null(strstr(now->text, CANARY));
	api_expect(api_get(api_as("auditor", NULL), "/api/v1/surveys/%s/results", id), 200);
	/* it never opens again, whatever the programme's days are */
	api_clock(0);
	api_expect(save(of_mentor(13), wave, ""), 404);
	assert_false(has_task(of_mentor(13), id));
}

/* Six answer, of whom two have the same leader, and then one more each: what is hidden stays so, whoever becomes
 * their partner later. */
static void a_figure_that_is_hidden_never_appears(void **state)
{
	(void)state;
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE matching.pair SET mentee_id = (SELECT q.mentee_id FROM "
		"matching.pair q WHERE q.id = '%s') WHERE id IN ('%s', '%s')",
		fourteen_pairs[0], fourteen_pairs[1], fourteen_pairs[2]);
	const char *id = api_text(made("pulse", with_questions(", \"every_weeks\": 5")), "id"),
		   *wave = response(id, "2026-11-30");
	for (int i = 0; i < 6; i++)
		submit(i, wave, "{\"key\": \"useful\", \"value\": 3}, {\"key\": \"change\", \"value\": 0}");
	api_clock_to("2027-01-04 02:00Z");
	api_wait_until(20, api_count(results(id), "waves") == 1);
	struct api_reply *before = results(id);
	assert_true(api_truth(before, "waves.0.questions.0.suppressed"));
	api_sql("superuser",
		"SET session_replication_role = replica; INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, origin, status, step, accepted_at) SELECT gen_random_uuid(), "
		"a.programme_id, a.mentor_id, b.mentee_id, a.mentor_enrolment_id, b.mentee_enrolment_id, 'manual', 'active', "
		"'acceptance', common.now() FROM matching.pair a, matching.pair b WHERE a.id = '%s' AND b.id = '%s'",
		fourteen_pairs[0], fourteen_pairs[12]);
	assert_true(json_equal(api_member(before, "waves"), api_member(results(id), "waves")));
	api_sql("superuser",
		"SET session_replication_role = replica; DELETE FROM matching.pair WHERE mentor_id = '%1$s' AND id <> '%2$s';"
		"UPDATE matching.pair p SET mentee_id = e.person_id FROM matching.enrolment e WHERE e.id = "
		"p.mentee_enrolment_id",
		story_person_id(fourteen_mentor(0)), fourteen_pairs[0]);
	api_clock(0);
}

static void four_answers_are_no_figure(void **state)
{
	(void)state;
	const char *id = api_text(made("pulse", with_questions(", \"every_weeks\": 3")), "id"),
		   *wave = response(id, "2026-11-30");
	for (int i = 0; i < 4; i++)
		submit(i, wave,
			"{\"key\": \"useful\", \"value\": 1}, {\"key\": \"change\", \"value\": 0}");
	api_clock_to("2026-12-21 02:00Z");
	api_wait_until(20, api_count(results(id), "waves") == 1);
	struct api_reply *now = results(id);
	assert_true(api_truth(now, "waves.0.suppressed"));
	for (int i = 0; i < 3; i++) {
		assert_true(api_truth(now, api_path("waves.0.questions.%d.suppressed", i)));
		assert_true(
			json_is_null(api_member(now, api_path("waves.0.questions.%d.authors", i))));
	}
	api_clock(0);
}

/* ---- reports that compare -------------------------------------------------------------------------- */

static struct api_reply *report(const char *name)
{
	const char *path = api_path("/api/v1/reports/programmes/%s/%s", fourteen_programme, name);
	story_snapshot(fourteen_programme);
	api_expect(api_get(api_as("auditor", NULL), "%s", path), 200);
	api_expect(api_get(api_as("programme_admin", "boss"), "%s", path), 404);
	api_expect(api_get(of_mentor(0), "%s", path), 403);
	return api_expect(api_get(ada(), "%s", path), 200);
}

static double figure(const struct api_reply *reply, const char *path)
{
	return json_number_value(api_member(reply, path));
}

/* Mentors feel safer afterwards, all but a little; that they belong does not change. */
static void attitude(const char *survey_id, const char *wave, int people, int safe)
{
	for (int i = 0; i < people; i++)
		submit(i, response(survey_id, wave),
			api_path("{\"key\": \"safe_1\", \"value\": %d}, {\"key\": \"safe_2\", "
				 "\"value\": %d}, "
				 "{\"key\": \"safe_3\", \"value\": %d}, {\"key\": \"belong_1\", "
				 "\"value\": %d}, "
				 "{\"key\": \"belong_2\", \"value\": 3}, {\"key\": \"belong_3\", "
				 "\"value\": %d}",
				safe + i % 2, safe + (i % 2 || i == 2), 6 - safe - i % 2,
				2 + (i + safe) % 3, 2 + i % 3));
}

static json_t *construct(const struct api_reply *reply, const char *survey_title, const char *name)
{
	size_t i;
	json_t *row;
	json_array_foreach(api_member(reply, "constructs"), i,
		row) if (strcmp(json_string_value(json_object_get(row, "survey")), survey_title) ==
				 0 &&
			 strcmp(json_string_value(json_object_get(row, "construct")), name) ==
				 0) return row;
	fail_msg("no %s in %s", name, reply->text);
	return NULL;
}

static const char *attitudes_of(const char *title)
{
	return api_text(
		api_expect(api_post(ada(), "/api/v1/surveys",
				   "{\"programme_id\": \"%s\", \"kind\": \"attitude\", \"side\": "
				   "\"mentor\", \"title\": \"%s\", \"opens_on\": \"2026-11-30\", "
				   "\"closes_on\": \"2027-07-09\", \"shipped_set\": "
				   "\"attitudes-mentor\"}",
				   fourteen_programme, title),
			201),
		"id");
}

static void attitudes_are_compared_for_those_who_answered_twice(void **state)
{
	(void)state;
	const char *many = attitudes_of("Many"), *four = attitudes_of("Four");
	attitude(many, "before", 13, 2);
	attitude(four, "before", 4, 2);
	api_clock_to("2027-06-20 09:00Z");
	attitude(many, "after", 12, 4);
	attitude(four, "after", 4, 4);
	assert_true(json_is_true(json_object_get(
		construct(report("attitudes"), "Many", "psychological safety"), "suppressed")));
	api_clock_to("2027-07-10 01:10Z");
	api_wait_until(20, !json_is_true(json_object_get(
				   construct(report("attitudes"), "Many", "psychological safety"),
				   "suppressed")));
	struct api_reply *now = report("attitudes");
	json_t *safe = construct(now, "Many", "psychological safety"),
	       *belong = construct(now, "Many", "inclusion"),
	       *few = construct(now, "Four", "inclusion");
	assert_int_equal(json_integer_value(json_object_get(safe, "people")), 10);
	json_t *change = json_object_get(safe, "change"),
	       *size = json_object_get(safe, "effect_size");
	assert_true(json_number_value(json_object_get(change, "value")) == 50);
	assert_true(json_number_value(json_object_get(size, "low")) > 0);
	assert_true(json_number_value(json_object_get(safe, "p")) < 0.01);
	assert_true(json_number_value(json_object_get(safe, "alpha")) > 0.7);
	assert_string_equal(json_string_value(json_object_get(safe, "verdict")), "higher");
	assert_string_equal(json_string_value(json_object_get(safe, "sentence")),
		"The psychological safety of mentors rose by 50.0 points of 100 (95 % interval "
		"50.0 to 50.0).");
	assert_string_equal(json_string_value(json_object_get(belong, "verdict")), "unclear");
	assert_non_null(strstr(json_string_value(json_object_get(belong, "sentence")),
		"We cannot tell whether the inclusion of mentors changed"));
	assert_true(json_is_true(json_object_get(few, "suppressed")));
	assert_true(json_is_null(json_object_get(few, "people")));
	assert_true(json_is_null(json_object_get(few, "change")));
	api_clock(0);
}

/* Twenty colleagues who never took part; some of those who began when the mentors did leave. */
static void colleagues(int leavers)
{
	char csv[4096];
	int used = snprintf(csv, sizeof csv,
		"external_id,user_name,given_name,family_name,department,level,manager_external_id,"
		"hired_on,"
		"active\n");
	for (int i = 0; i < 20; i++)
		used += snprintf(csv + used, sizeof csv - (size_t)used,
			"C%d,colleague%d,Col,League,Data,2,H,%s,%s\n", i, i,
			i < 14 ? "2022-01-02" : "2023-06-01", i < leavers ? "false" : "true");
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	story_settle();
}

static void last_mentor(const char *active)
{
	const char *csv = api_path("external_id,user_name,given_name,family_name,department,level,"
				   "manager_external_id,hired_on,active\nM13,mentor13,Men,Tor,Data,"
				   "2,H,2022-01-01,%s\n",
		active);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	story_settle();
}

static void who_stays_is_compared_with_comparable_colleagues(void **state)
{
	(void)state;
	colleagues(0);
	struct api_reply *now = report("retention");
	assert_true(json_is_null(api_member(now, "pairs")));
	assert_string_equal(api_text(now, "verdict"), "unclear");
	assert_non_null(
		strstr(api_text(now, "sentence"), "We cannot tell whether participants stay"));
	assert_string_equal(api_text(now, "observed_from"), "2027-02-08");
	api_clock_to("2027-09-01 09:00Z");
	colleagues(4); /* more than a tenth at once would have to be confirmed */
	colleagues(8);
	api_clock_to("2027-09-13 09:00Z");
	now = report("retention");
	assert_string_equal(api_text(now, "observed_until"), "2027-09-12");
	assert_int_equal(api_integer(now, "pairs"), 10);
	assert_true(
		figure(now, "participants.value") == 1 && figure(now, "comparison.value") == 0.43);
	assert_true(figure(now, "difference.value") == 0.57 && figure(now, "difference.low") > 0.2);
	assert_true(figure(now, "log_rank_p") < 0.01);
	assert_true(figure(now, "balance.before.level") > 0.5);
	assert_true(figure(now, "balance.after.level") == 0 &&
		    figure(now, "balance.after.department") == 0);
	assert_string_equal(api_text(now, "verdict"), "higher");
	assert_non_null(
		strstr(api_text(now, "sentence"), "100 % against 43 %, a difference of 57 points"));
	/* one to four who left are too few to show; what it comes to may be said */
	last_mentor("false");
	api_clock_to("2027-09-20 09:00Z");
	now = report("retention");
	assert_true(api_truth(now, "suppressed"));
	static const char *const hidden[] = { "participants", "comparison", "difference",
		"log_rank_p" };
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		assert_true(json_is_null(api_member(now, hidden[i])));
	assert_string_equal(api_text(now, "sentence"),
		"Participants stayed in the company more often than comparable colleagues.");
	/* whoever comes back has stayed */
	last_mentor("true");
	assert_true(figure(report("retention"), "participants.value") == 1);
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_in_questions_are_all_reported),
		cmocka_unit_test(a_question_set_goes_out_and_in_again),
		cmocka_unit_test(answers_are_their_authors_alone),
		cmocka_unit_test(answers_fit_their_questions),
		cmocka_unit_test(new_questions_make_a_revision),
		cmocka_unit_test(a_survey_is_a_task_until_it_is_answered),
		cmocka_unit_test(figures_are_of_closed_waves_and_hide_few),
		cmocka_unit_test(a_figure_that_is_hidden_never_appears),
		cmocka_unit_test(four_answers_are_no_figure),
		cmocka_unit_test(attitudes_are_compared_for_those_who_answered_twice),
		cmocka_unit_test(who_stays_is_compared_with_comparable_colleagues),
	};
	return cmocka_run_group_tests(tests, fourteen_set_up, api_release);
}
