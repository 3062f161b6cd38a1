/*
 * Everything that waits for somebody, one row each, in the order of one pair's life: the page /me
 * shows a task that leads, in the API and in the portal, to an object that allows the task's
 * action, and a notification has said so, unless it is the person's own act that it follows from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "life.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT   20.0
#define PORTAL "https://portal.example/"

static const char *const nouns[] = { "agreement", "assessment", "enrolment", "goal", "pair",
	"round", "session", "shortlist" };

static int set_up(void **state)
{
	(void)state;
	char links[1024] = "";
	company_import();
	for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
		snprintf(links + strlen(links), sizeof links - strlen(links),
			"%s\"%s\": \"" PORTAL "%s/{id}\"", i ? ", " : "", nouns[i], nouns[i]);
	api_sql("superuser", "INSERT INTO common.setting VALUES ('portal_links', '{%s}')", links);
	life.programme = story_programme("hr.lead", "Waiting");
	return 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

static void nothing_more(void)
{
}

enum side { MENTEE, MENTOR, ADMIN };

static const struct row {
	void (*comes_about)(void);
	enum side side;
	const char *task, *action, *noun; /* NULL task: told, with nothing to do */
	const char *told;                 /* NULL: it follows from the person's own act */
} table[] = {
	{ life_everybody_is_invited, MENTEE, "answer_invitation", "acceptance", "enrolment",
		"invitation" },
	{ life_a_round_is_ready, ADMIN, "publish_round", "publication", "round", "round_ready" },
	{ life_it_is_published, MENTEE, "pick", "pick", "shortlist", "shortlist_opened" },
	{ life_the_chief_picks, MENTOR, "answer_pick", "acceptance", "pair", "pick_received" },
	{ life_the_mentor_declines, MENTEE, "pick", "pick", "shortlist", "shortlist_opened" },
	{ nothing_more, MENTEE, NULL, NULL, "pair", "pick_declined" },
	{ life_the_next_one_never_answers, MENTEE, "pick", "pick", "shortlist",
		"shortlist_opened" },
	{ nothing_more, MENTEE, NULL, NULL, "pair", "pick_expired" },
	{ life_a_mentor_on_the_list_pauses, MENTEE, "pick", "pick", "shortlist",
		"shortlist_repaired" },
	{ life_the_mentor_accepts, MENTEE, "propose_agreement", "agreement_create", "pair",
		"pair_active" },
	{ nothing_more, MENTEE, "book_get_to_know", "session_create", "pair", "pair_active" },
	{ nothing_more, MENTOR, "book_get_to_know", "session_create", "pair", NULL },
	{ life_the_mentor_proposes_a_first_meeting, MENTEE, "confirm_session", "confirmation",
		"session", "session_proposed" },
	{ life_the_mentor_proposes_an_agreement, MENTEE, "sign_agreement", "signature", "agreement",
		"agreement_proposed" },
	{ life_the_chief_signs, MENTOR, "sign_agreement", "signature", "agreement",
		"agreement_to_sign" },
	{ life_the_mentor_signs, MENTEE, "book_sessions", "session_series", "agreement",
		"agreement_signed" },
	{ nothing_more, MENTOR, "propose_goal", "goal_create", "pair", NULL },
	{ life_the_admin_asks_where_people_stand, MENTEE, "take_pre_assessment", "attempt_create",
		"assessment", "assessment_due" },
	{ life_the_mentor_proposes_a_goal, MENTEE, "agree_goal", "agreement", "goal",
		"goal_proposed" },
	{ life_the_chief_begins_to_answer, MENTEE, "take_pre_assessment", "patch", "assessment",
		"assessment_due" },
	{ life_a_meeting_passes_without_a_word, MENTEE, "report_session", "report", "session",
		"session_unreported" },
	{ nothing_more, MENTOR, "report_session", "report", "session", "session_unreported" },
	{ life_the_half_nears, MENTOR, "give_feedback", "feedback_create", "pair", "feedback_due" },
	{ life_the_goals_day_passes, MENTEE, "close_goal", "completion", "goal", "goal_due" },
	{ nothing_more, MENTOR, "close_goal", "completion", "goal", "goal_due" },
	{ life_the_mentor_says_it_is_met, MENTEE, NULL, NULL, "goal", "goal_completed" },
	{ nothing_more, MENTEE, "take_post_assessment", "attempt_create", "assessment",
		"assessment_due" },
};

#define ROWS (sizeof table / sizeof *table)

static struct api *caller(enum side side)
{
	return side == ADMIN ? life_admin() : life_person(side == MENTEE ? "chief" : life.mentor);
}

static const char *text_of(json_t *one, const char *member)
{
	const char *text = json_string_value(json_object_get(one, member));
	return text ? text : "";
}

/* The item of the list at `member` whose `kind` (and action, where one is said) is that, or NULL.
 */
static json_t *item_of(
	struct api_reply *reply, const char *member, const char *kind, const char *action)
{
	size_t i;
	json_t *one;
	json_array_foreach(api_member(reply, member), i,
		one) if (strcmp(text_of(one, "kind"), kind) == 0 &&
			 (!action || strcmp(text_of(one, "action"), action) == 0)) return one;
	return NULL;
}

static bool can(const struct api_reply *object, const char *action)
{
	size_t i;
	json_t *one;
	json_array_foreach(api_member(object, "can"), i,
		one) if (strcmp(json_string_value(one), action) == 0) return true;
	return false;
}

/* A task leads to what allows its action, and into the portal. */
static json_t *expect_task(const struct row *row, struct api *who)
{
	json_t *task;
	api_wait_until(WAIT, (task = item_of(api_expect(api_get(who, "/api/v1/dashboards/me"), 200),
				      "tasks", row->task, row->action)) != NULL);
	struct api_reply *object = api_expect(api_get(who, "%s", text_of(task, "link")), 200);
	if (!can(object, row->action))
		fail_msg("%s: no %s in %s", row->task, row->action, object->text);
	const char *page = api_path(PORTAL "%s/", row->noun);
	if (strncmp(text_of(task, "portal"), page, strlen(page)) != 0)
		fail_msg("%s: portal %s", row->task, text_of(task, "portal"));
	return task;
}

/* The notification of the row; where it is about the same noun as the task, about the same object.
 */
static json_t *told_of(const struct row *row, struct api *who, json_t *task)
{
	size_t i;
	json_t *one;
	struct api_reply *list = api_expect(api_get(who, "/api/v1/notifications?limit=200"), 200);
	json_array_foreach(api_member(list, "items"), i, one)
	{
		bool other = task && strcmp(text_of(one, "subject"), row->noun) == 0 &&
			     !strstr(text_of(task, "link"), text_of(one, "subject_id"));
		if (strcmp(text_of(one, "kind"), row->told) == 0 && !other)
			return one;
	}
	return NULL;
}

/* It leads into the API, and into the portal, too. */
static void expect_told(const struct row *row, struct api *who, json_t *task)
{
	json_t *told;
	api_wait_until(WAIT, (told = told_of(row, who, task)) != NULL);
	json_t *links = json_object_get(told, "links");
	api_expect(api_get(who, "%s", text_of(links, "subject")), 200);
	assert_string_equal(text_of(links, "portal"),
		api_path(PORTAL "%s/%s", text_of(told, "subject"), text_of(told, "subject_id")));
}

static void expect_row(const struct row *row)
{
	struct api *who = caller(row->side);
	json_t *task = row->task ? expect_task(row, who) : NULL;
	if (row->told)
		expect_told(row, who, task);
}

static void whatever_waits_is_a_task_and_has_been_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		table[i].comes_about();
		expect_row(&table[i]);
	}
}

static int times_told(const char *phase)
{
	int times = 0;
	size_t i;
	json_t *one;
	struct api_reply *list = api_expect(
		api_get(life_person("chief"), "/api/v1/notifications?limit=200"), 200);
	json_array_foreach(api_member(list, "items"), i, one)
		times += strcmp(text_of(json_object_get(one, "data"), "phase"), phase) == 0;
	return times;
}

static void the_pages_of_the_two_show_what_is_due(void **state)
{
	(void)state;
	struct api_reply *hers = api_expect(
		api_get(life_person("chief"), "/api/v1/dashboards/mentee?programme_id=%s",
			life.programme),
		200);
	assert_int_equal(api_count(hers, "assessments"), 1);
	assert_string_equal(api_text(hers, "assessments.0.phase"), "post");
	assert_true(json_is_null(api_member(hers, "assessments.0.attempt")));
	/* each phase was told once */
	api_wait_until(WAIT, times_told("pre") == 1 && times_told("post") == 1);
	const char *page = api_path("/api/v1/dashboards/mentor?programme_id=%s", life.programme);
	struct api_reply *his = api_expect(api_get(life_person(life.mentor), "%s", page), 200);
	assert_string_equal(api_text(his, "feedback.0.window.name"), "midpoint");
	assert_string_equal(api_text(his, "feedback.0.window.closes_on"), "2027-04-10");
	/* done is done, for the one who did it */
	static const char *const say =
		"{\"pair_id\": \"%s\", \"visibility\": \"%s\", \"rating\": 4}";
	life_post(life.mentor, "/api/v1/feedback", api_path(say, life.pair, "private"), 201);
	assert_int_equal(api_count(api_expect(api_get(life_person(life.mentor), "%s", page), 200),
				 "feedback"),
		1);
	life_post(life.mentor, "/api/v1/feedback", api_path(say, life.pair, "partner"), 201);
	assert_int_equal(api_count(api_expect(api_get(life_person(life.mentor), "%s", page), 200),
				 "feedback"),
		0);
	assert_null(
		item_of(api_expect(api_get(life_person(life.mentor), "/api/v1/dashboards/me"), 200),
			"tasks", "give_feedback", NULL));
	life_attempt("post");
	struct api_reply *now = api_expect(
		api_get(life_person("chief"), "/api/v1/dashboards/me"), 200);
	assert_non_null(item_of(now, "tasks", "take_post_assessment", "patch"));
	assert_null(item_of(now, "tasks", "take_pre_assessment", NULL));
}

static void what_is_over_is_told_to_the_other_one(void **state)
{
	(void)state;
	struct api_reply *second = life_post("chief", "/api/v1/goals",
		api_path("{\"pair_id\": \"%s\", \"specific\": \"Explain a model to the board in "
			 "plain words\", \"measure\": {\"unit\": \"talks\", \"baseline\": 0, "
			 "\"target\": 2}, \"due_on\": \"2027-06-01\"}",
			life.pair),
		201);
	life_post("chief", api_path("%s/abandonment", api_text(second, "links.self")),
		"{\"reason\": \"no_time\"}", 200);
	json_t *told;
	api_wait_until(WAIT, (told = item_of(api_expect(api_get(life_person(life.mentor),
								"/api/v1/notifications"),
						     200),
				      "items", "goal_abandoned", NULL)) != NULL);
	assert_string_equal(text_of(told, "subject_id"), api_text(second, "id"));
	/* one's own act is not told to oneself, and a mentee is asked for no feedback */
	story_settle();
	struct api_reply *hers = api_expect(
		api_get(life_person("chief"), "/api/v1/notifications?limit=200"), 200);
	assert_null(item_of(hers, "items", "goal_abandoned", NULL));
	assert_null(strstr(hers->text, "feedback"));
	assert_null(item_of(
		api_expect(
			api_get(life_person(life.mentor), "/api/v1/notifications?limit=200"), 200),
		"items", "goal_completed", NULL));
}

/* What stands still is told of in test_standstill, the rest by the tests of its noun. */
static const char *const elsewhere[] = { "complete_training", "answer_wish", "agree_to_sponsor",
	"decide_objection", "answer_survey", "record_touchpoint", "ask_teams", "record_outcome",
	"answer_help_request", "resume_enrolment", "first_round", "close_programme", "resume_pair",
	"take_over", "sign_new_version", "restore_sessions",
	"rebook_sessions", "book_more_sessions", "plan_done" };

static bool is_elsewhere(const char *kind)
{
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		if (strcmp(elsewhere[i], kind) == 0)
			return true;
	return false;
}

static void the_table_knows_every_kind_of_task(void **state)
{
	(void)state;
	json_error_t error;
	json_t *contract = json_load_file("build/openapi.json", 0, &error);
	assert_non_null(contract);
	json_t *kinds = contract;
	static const char *const path[] = { "components", "schemas", "TaskKind", "enum" };
	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		kinds = json_object_get(kinds, path[i]);
	assert_true(json_array_size(kinds) > 10);
	size_t i;
	json_t *kind;
	json_array_foreach(kinds, i, kind)
	{
		bool known = is_elsewhere(json_string_value(kind));
		for (size_t k = 0; k < ROWS; k++)
			known = known || (table[k].task && strcmp(table[k].task,
								   json_string_value(kind)) == 0);
		if (!known)
			fail_msg("no row for %s", json_string_value(kind));
	}
	json_decref(contract);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_knows_every_kind_of_task),
		cmocka_unit_test(whatever_waits_is_a_task_and_has_been_told),
		cmocka_unit_test(the_pages_of_the_two_show_what_is_due),
		cmocka_unit_test(what_is_over_is_told_to_the_other_one),
	};
	return cmocka_run_group_tests_name("what waits", tests, set_up, api_release);
}
