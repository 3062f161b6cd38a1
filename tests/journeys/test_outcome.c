/*
 * One reverse-mentoring pair from an invitation to a proven outcome, with the token of the right
 * person at each step; the wrong one tries the same and is refused. The coordinator Hal invites;
 * the chief Carla is to learn; a junior teaches her; the director Ivy takes part too, but not in
 * this pair.
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

#define WAIT 20.0

static const char *programme, *pair, *mentor, *goal, *assessment;

static struct api *hal(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api *carla(void)
{
	return api_as("participant", "chief");
}

static struct api *ivy(void)
{
	return api_as("participant", "it.lead");
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

/* Whether a task of this kind waits for the caller, on the page that every portal shows. */
static bool waits(struct api *who, const char *kind)
{
	struct api_reply *page = api_expect(api_get(who, "/api/v1/dashboards/me"), 200);
	for (size_t i = 0; i < api_count(page, "tasks"); i++)
		if (strcmp(api_text(page, api_path("tasks.%zu.kind", i)), kind) == 0)
			return true;
	return false;
}

static int the_company_is_there(void **state)
{
	(void)state;
	company_import();
	return 0;
}

static const char *enrolment_of(const char *user_name)
{
	struct api_reply *mine = api_expect(
		api_get(api_as("participant", user_name), "/api/v1/enrolments?programme_id=%s",
			programme),
		200);
	return api_path("/api/v1/enrolments/%s", api_text(mine, "items.0.id"));
}

/* A leader says no. That is between him and the coordinators: whoever else looks learns neither that he was
 * asked nor what he said, and the reports have rates of many alone. */
static void a_leader_declines_and_keeps_his_face(void)
{
	struct api *sam = api_as("participant", "sales.lead");
	const char *his = enrolment_of("sales.lead"), *id = story_person_id("sales.lead");
	api_expect(api_post(sam, api_path("%s/decline", his), "{\"reason\": \"no_time\"}"), 200);
	assert_false(waits(sam, "answer_invitation"));
	struct api *others[] = { carla(), api_as("participant", "ann"), api_as("auditor", NULL) };
	const char *pages[] = { api_path("/api/v1/people/%s", id),
		api_path("/api/v1/enrolments?programme_id=%s", programme), his,
		api_path("/api/v1/programmes/%s", programme) };
	for (int who = 0; who < 3; who++)
		for (int page = 0; page < 4; page++) {
			struct api_reply *seen = api_get(others[who], "%s", pages[page]);
			assert_null(strstr(seen->text, "declin"));
			assert_null(strstr(seen->text, "no_time"));
			assert_true(page == 0 || !strstr(seen->text, id));
		}
	story_snapshot(programme);
	static const char *const reports[] = { "funnel", "representation", "participation", "losses" };
	for (int i = 0; i < 4; i++) {
		struct api_reply *seen = api_expect(
			api_get(api_as("auditor", NULL), "/api/v1/reports/programmes/%s/%s", programme,
				reports[i]),
			200);
		assert_null(strstr(seen->text, id));
		assert_null(strstr(seen->text, "no_time\": 1"));
		assert_true(json_integer_value(api_member(seen, "n")) % 5 == 0);
	}
}

static void hal_invites_and_people_accept_or_decline(void **state)
{
	(void)state;
	static const char *const juniors[] = { "ann", "bob", "dev", "eve" };
	programme = story_programme("hr.lead", "From invitation to outcome");
	const char *invite = api_path("/api/v1/programmes/%s/invitations", programme);
	static const char *const leaders =
		"{\"role\": \"mentee\", \"message\": \"Learn from those who "
		"grew up with it\", \"level_min\": 6}";
	api_expect(api_post(carla(), invite, "%s", leaders), 403);
	api_expect(api_post(api_as("programme_admin", "other.admin"), invite, "%s", leaders), 404);
	api_expect(api_post(hal(), invite, "%s", leaders), 201);
	api_expect(api_post(hal(), invite,
			   "{\"role\": \"mentor\", \"message\": \"Be heard\", \"level_max\": 1}"),
		201);
	assert_true(waits(carla(), "answer_invitation"));
	const char *hers = enrolment_of("chief");
	api_expect(api_post(ivy(), api_path("%s/acceptance", hers), "{}"), 404);
	api_expect(api_post(carla(), api_path("%s/acceptance", hers), "{}"), 200);
	api_expect(api_post(ivy(), api_path("%s/acceptance", enrolment_of("it.lead")), "{}"), 200);
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		api_expect(api_post(api_as("participant", juniors[i]),
				   api_path("%s/acceptance", enrolment_of(juniors[i])),
				   "{\"capacity\": 1}"),
			200);
	api_expect(
		api_post(api_as("participant", "fay"), api_path("%s/decline", enrolment_of("fay")),
			"{\"reason\": \"no_time\"}"),
		200);
	a_leader_declines_and_keeps_his_face();
	struct api_reply *funnel = api_expect(
		api_get(hal(), "/api/v1/programmes/%s/funnel", programme), 200);
	assert_null(strstr(funnel->text, "no_time"));
	api_expect(api_get(carla(), "/api/v1/programmes/%s/funnel", programme), 403);
}

static void carla_is_shown_three_and_picks_one_who_accepts(void **state)
{
	(void)state;
	api_expect(
		api_post(carla(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme), 403);
	story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("chief", programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	for (int i = 0; i < 3; i++)
		assert_true(api_count(list, api_path("mentors.%d.shared.skills", i)) > 0);
	assert_null(strstr(list->text, "score"));
	assert_true(waits(carla(), "pick"));
	const char *self = api_text(list, "links.self");
	const char *body = api_path(
		"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id"));
	api_expect(api_get(ivy(), "%s", self), 404);
	api_expect(api_post(ivy(), api_path("%s/pick", self), "%s", body), 404);
	struct api_reply *picked = api_expect(
		api_post(carla(), api_path("%s/pick", self), "%s", body), 201);
	pair = api_text(picked, "id");
	mentor = story_user_name(api_text(list, "mentors.0.mentor.id"));
	assert_false(waits(carla(), "pick"));
	assert_true(waits(junior(), "answer_pick"));
	const char *accept = api_path("/api/v1/pairs/%s/acceptance", pair);
	api_expect(api_post(carla(), accept, NULL), 404);
	api_expect(api_post(ivy(), accept, NULL), 404);
	assert_string_equal(
		api_text(api_expect(api_post(junior(), accept, NULL), 200), "status"), "active");
	struct api_reply *why = api_expect(api_get(junior(), "/api/v1/pairs/%s/why", pair), 200);
	const char *factor;
	json_t *points;
	long long sum = 0;
	json_object_foreach(api_member(why, "parts"), factor, points)
		sum += json_integer_value(points);
	assert_int_equal(sum, api_integer(why, "score"));
	api_expect(api_get(ivy(), "/api/v1/pairs/%s/why", pair), 404);
}

/* Before the first regular session it is on record what both expect, and how they keep in touch between
 * sessions. The one proposes it, the other changes it, and only what both have signed holds. */
static const char *agree_how_to_keep_in_touch(void)
{
	api_expect_problem(api_post(junior(), "/api/v1/sessions",
				   "{\"pair_id\": \"%s\", \"starts_at\": \"2027-01-20T15:00\", "
				   "\"time_zone\": \"UTC\", \"duration_minutes\": 45, \"mode\": "
				   "\"video\", \"kind\": \"regular\"}",
				   pair),
		409, "agreement_missing");
	struct api_reply *made = api_expect(
		api_post(junior(), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\", "
			"\"duration_minutes\": 45, \"channels\": [\"video\"], \"expectations\": "
			"\"Each brings a question.\", \"touchpoint_cadence\": \"fortnightly\", "
			"\"touchpoint_channel\": \"email\", \"time_zone\": \"Europe/Berlin\", "
			"\"starts_on\": \"2027-01-18\"}",
			pair),
		201);
	const char *self = api_text(made, "links.self"), *sign = api_path("%s/signature", self);
	api_expect(api_change(junior(), sign), 200);
	api_if_match(carla(), api_expect(api_get(carla(), "%s", self), 200));
	struct api_reply *changed = api_expect(
		api_patch(carla(), self,
			"{\"touchpoint_cadence\": \"weekly\", \"touchpoint_channel\": \"chat\"}"),
		200);
	assert_true(json_is_null(api_member(changed, "signatures.mentor")));
	api_expect(api_change(carla(), sign), 200);
	struct api_reply *both = api_expect(api_change(junior(), sign), 200);
	assert_string_equal(api_text(both, "status"), "signed");
	assert_string_equal(api_text(both, "expectations"), "Each brings a question.");
	return api_text(made, "id");
}

/* A check-in between two sessions, which either of the two says has taken place. */
static void check_in(void)
{
	struct api_reply *due = api_expect(
		api_get(junior(), "/api/v1/touchpoints?pair_id=%s&status=due&limit=1", pair), 200);
	const char *self = api_text(due, "items.0.links.self");
	assert_string_equal(api_text(due, "items.0.channel"), "chat");
	api_if_match(junior(), api_expect(api_get(junior(), "%s", self), 200));
	api_expect(api_patch(junior(), self, "{\"status\": \"done\"}"), 200);
	assert_string_equal(
		api_text(api_expect(api_get(carla(), "%s", self), 200), "status"), "done");
	api_expect(api_get(ivy(), "%s", self), 404);
}

static void they_meet_once_sign_and_book_the_plan(void **state)
{
	(void)state;
	api_expect(api_get(ivy(), "/api/v1/slots?pair_id=%s&minutes=30", pair), 422);
	struct api_reply *slots = api_expect(
		api_get(carla(), "/api/v1/slots?pair_id=%s&minutes=30&days=14", pair), 200);
	char starts[17] = "";
	memcpy(starts, api_text(slots, "slots.0.local"), 16);
	struct api_reply *first = api_expect(
		api_post(carla(), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"%s\","
			" \"duration_minutes\": 30, \"mode\": \"video\", \"kind\": "
			"\"get_to_know\"}",
			pair, starts, api_text(slots, "time_zone")),
		201);
	assert_string_equal(api_text(first, "starts_at"), api_text(slots, "slots.0.starts_at"));
	assert_true(waits(junior(), "propose_agreement"));
	const char *agreement = agree_how_to_keep_in_touch();
	api_expect(api_get(ivy(), "/api/v1/agreements/%s", agreement), 404);
	struct api_reply *known = api_expect(
		api_get(hal(), "/api/v1/agreements?pair_id=%s", pair), 200);
	assert_string_equal(api_text(known, "items.0.id"), agreement);
	api_expect(api_get(hal(), "%s", api_text(known, "items.0.links.plan")), 200);
	assert_true(waits(carla(), "book_sessions"));
	static const char *const series = "{\"pair_id\": \"%s\", \"local_time\": \"15:00\"}";
	api_expect(api_post(ivy(), "/api/v1/sessions/series", series, pair), 422);
	struct api_reply *plan = api_expect(
		api_post(carla(), "/api/v1/sessions/series", series, pair), 200);
	assert_int_equal(api_integer(plan, "expected"), 13);
	assert_int_equal(api_integer(plan, "booked"), 13);
}

static struct api_reply *answer(const char *phase, int value)
{
	struct api_reply *attempt = api_expect(
		api_post(carla(), api_path("/api/v1/assessments/%s/attempts", assessment),
			"{\"phase\": \"%s\"}", phase),
		201);
	const char *self = api_text(attempt, "links.self");
	api_if_match(carla(), api_expect(api_get(carla(), "%s", self), 200));
	api_expect(api_patch(carla(), self, "{\"answers\": [{\"key\": \"feel\", \"value\": %d}]}",
			   value),
		200);
	api_expect(api_get(junior(), "%s", self), 404);
	return api_expect(api_post(carla(), api_path("%s/submission", self), NULL), 200);
}

static void they_agree_on_a_goal_and_carla_says_where_she_stands(void **state)
{
	(void)state;
	static const char *const smart =
		"{\"pair_id\": \"%s\", \"specific\": \"Writes posts on the network without help\","
		" \"measure\": {\"unit\": \"posts a month\", \"baseline\": 0, \"target\": 4},"
		" \"due_on\": \"2027-06-01\"}";
	struct api_reply *vague = api_expect_problem(
		api_post(junior(), "/api/v1/goals",
			"{\"pair_id\": \"%s\", \"specific\": \"Better\", \"measure\": {\"unit\": "
			"\"posts\", \"baseline\": 4, \"target\": 4}, \"due_on\": \"2020-01-01\"}",
			pair),
		422, "goal_not_smart");
	api_expect_fault(vague, "/specific");
	api_expect_fault(vague, "/measure/target");
	api_expect_fault(vague, "/due_on");
	api_expect(api_post(ivy(), "/api/v1/goals", smart, pair), 422);
	struct api_reply *proposed = api_expect(
		api_post(junior(), "/api/v1/goals", smart, pair), 201);
	goal = api_text(proposed, "links.self");
	api_expect(api_get(hal(), "%s", goal), 404);
	const char *agree = api_path("%s/agreement", goal);
	api_expect_problem(api_post(junior(), agree, NULL), 409, "wrong_state");
	assert_true(waits(carla(), "agree_goal"));
	api_expect(api_post(carla(), agree, NULL), 200);
	struct api_reply *bank = api_expect(
		api_post(hal(), "/api/v1/assessments",
			"{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": \"Writing\","
			" \"items\": [{\"key\": \"feel\", \"text\": \"I write posts myself.\","
			" \"kind\": \"scale\"}], \"opens_on\": \"2026-11-01\","
			" \"closes_on\": \"2027-07-09\"}",
			programme, story_skill("generative AI")),
		201);
	assessment = api_text(bank, "id");
	assert_int_equal(api_integer(answer("pre", 1), "score"), 20);
}

static void the_weeks_go_by(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(junior(), "/api/v1/sessions?pair_id=%s&status=confirmed&limit=100", pair),
		200);
	size_t meetings = api_count(list, "items");
	assert_int_equal(meetings, 14);
	api_clock_to("2027-04-22 12:00Z");
	check_in();
	/* nobody said a word: both are asked, and nothing is assumed */
	api_wait_until(WAIT, waits(junior(), "report_session") && waits(carla(), "report_session"));
	for (size_t i = 0; i < meetings; i++) {
		const char *self = api_text(list, api_path("items.%zu.links.self", i));
		api_expect(api_post(ivy(), api_path("%s/report", self), "{\"outcome\": \"held\"}"),
			404);
		api_expect(api_post(junior(), api_path("%s/report", self), "{\"outcome\": \"%s\"}",
				   i == 5 ? "missed" : "held"),
			200);
	}
	const char *log = api_path("%s/progress", goal);
	api_expect(api_post(ivy(), log, "{\"value\": 1}"), 404);
	api_expect(api_post(junior(), log, "{\"value\": 3, \"note\": \"Three this month\"}"), 201);
	struct api_reply *page = api_expect(
		api_get(carla(), "/api/v1/dashboards/pairs/%s", pair), 200);
	assert_non_null(strstr(page->text, "posts a month"));
	assert_null(strstr(page->text, "/feedback"));
	api_expect(api_get(ivy(), "/api/v1/dashboards/pairs/%s", pair), 404);
}

static void each_says_what_they_think_and_nobody_is_given_away(void **state)
{
	(void)state;
	static const char *const say =
		"{\"pair_id\": \"%s\", \"visibility\": \"%s\", \"rating\": 3, \"comment\": \"%s\"}";
	api_expect(api_post(junior(), "/api/v1/feedback", say, pair, "private", "only mine"), 201);
	api_expect(api_post(junior(), "/api/v1/feedback", say, pair, "partner", "ask more"), 201);
	api_expect(
		api_post(junior(), "/api/v1/feedback", say, pair, "programme", "for figures"), 201);
	api_expect(api_post(ivy(), "/api/v1/feedback", say, pair, "partner", "not mine"), 422);
	const char *released = api_path("/api/v1/feedback/released?pair_id=%s", pair);
	assert_int_equal(api_count(api_expect(api_get(carla(), "%s", released), 200), "items"), 0);
	assert_int_equal(
		api_count(api_expect(api_get(carla(), "/api/v1/feedback"), 200), "items"), 0);
}

static void the_gain_is_shown_to_carla_and_the_goal_is_met(void **state)
{
	(void)state;
	assert_int_equal(api_integer(answer("post", 4), "score"), 80);
	const char *gains = api_path("/api/v1/assessments/gains?pair_id=%s", pair);
	assert_int_equal(api_integer(api_expect(api_get(carla(), "%s", gains), 200),
				 "pairs.0.assessments.0.gain"),
		60);
	assert_int_equal(
		api_count(api_expect(api_get(junior(), "%s", gains), 200), "pairs.0.assessments"),
		0);
	const char *complete = api_path("%s/completion", goal);
	api_expect(api_post(ivy(), complete, "{\"achieved\": 5}"), 404);
	struct api_reply *met = api_expect(api_post(carla(), complete, "{\"achieved\": 5}"), 200);
	assert_true(api_truth(met, "met"));
}

static void the_programme_closes_in_order_and_its_reports_hide_the_few(void **state)
{
	(void)state;
	const char *step = api_path("/api/v1/programmes/%s/%%s", programme);
	api_expect(api_post(carla(), api_path(step, "closing"), NULL), 403);
	api_expect(api_post(hal(), api_path(step, "activation"), NULL), 200);
	api_expect(api_post(hal(), api_path(step, "closing"), NULL), 200);
	struct api_reply *not_yet = api_expect_problem(
		api_post(hal(), api_path(step, "closure"), "{}"), 409, "programme_not_ready");
	assert_string_equal(api_text(not_yet, "checklist.0"), "ends_on_not_reached");
	api_clock_to("2027-07-10 02:00Z");
	struct api_reply *closed = api_expect(
		api_post(hal(), api_path(step, "closure"), "{}"), 200);
	assert_string_equal(api_text(closed, "status"), "closed");
	assert_string_equal(
		api_text(api_expect(api_get(carla(), "/api/v1/pairs/%s", pair), 200), "status"),
		"completed");
	/* what was for the partner is out now, without a time or an id; what was not, never is */
	const char *released = api_path("/api/v1/feedback/released?pair_id=%s", pair);
	api_wait_until(
		WAIT, api_count(api_expect(api_get(carla(), "%s", released), 200), "items") == 1);
	struct api_reply *seen = api_expect(api_get(carla(), "%s", released), 200);
	assert_non_null(strstr(seen->text, "ask more"));
	assert_null(strstr(seen->text, "only mine"));
	static const char *const reports[] = { "participation", "adherence", "gain" };
	story_snapshot(programme);
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
		const char *path = api_path(
			"/api/v1/reports/programmes/%s/%s", programme, reports[i]);
		struct api_reply *report = api_expect(api_get(hal(), "%s", path), 200);
		assert_int_equal(api_integer(report, "minimum_cell"), 5);
		assert_null(strstr(report->text, "Carla"));
		api_expect(api_get(carla(), "%s", path), 403);
		api_expect(api_get(api_as("programme_admin", "other.admin"), "%s", path), 404);
		api_header(hal(), "Accept: text/csv");
		struct api_reply *csv = api_expect(api_get(hal(), "%s", path), 200);
		assert_non_null(strstr(api_header_of(csv, "Content-Type"), "text/csv"));
	}
}

static void the_next_programme_matches_again_but_not_the_same_two(void **state)
{
	(void)state;
	api_clock(0);
	const char *next = company_programme("The year after", 2);
	story_round("hr.lead", next);
	struct api_reply *list = story_shortlist("chief", next);
	assert_int_equal(api_count(list, "mentors"), 3);
	assert_null(strstr(list->text, story_person_id(mentor)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hal_invites_and_people_accept_or_decline),
		cmocka_unit_test(carla_is_shown_three_and_picks_one_who_accepts),
		cmocka_unit_test(they_meet_once_sign_and_book_the_plan),
		cmocka_unit_test(they_agree_on_a_goal_and_carla_says_where_she_stands),
		cmocka_unit_test(the_weeks_go_by),
		cmocka_unit_test(each_says_what_they_think_and_nobody_is_given_away),
		cmocka_unit_test(the_gain_is_shown_to_carla_and_the_goal_is_met),
		cmocka_unit_test(the_programme_closes_in_order_and_its_reports_hide_the_few),
		cmocka_unit_test(the_next_programme_matches_again_but_not_the_same_two),
	};
	return cmocka_run_group_tests_name("outcome", tests, the_company_is_there, api_release);
}
