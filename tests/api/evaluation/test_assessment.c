/* Assessments before and after, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define DAY 86400L
#define ITEMS                                                                                      \
	"[{\"key\": \"feel\", \"text\": \"I can read a chart.\", \"kind\": \"scale\"}, {\"key\": " \
	"\"median\", \"text\": \"The median of 1 2 9?\", \"kind\": \"choice\", \"options\": "      \
	"[\"4\", \"2\"], \"correct\": 1}]"

static const char *programme, *pair, *mentor, *assessment;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Assessments", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

static struct api *coordinator(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api_reply *create(struct api *who, const char *items, const char *closes_on)
{
	return api_post(who, "/api/v1/assessments",
		"{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": \"Charts\", "
		"\"items\": "
		"%s, \"opens_on\": \"2026-01-01\", \"closes_on\": \"%s\"}",
		programme, story_skill("charts"), items, closes_on);
}

static void the_coordinator_makes_a_bank_and_mentees_see_it_without_the_answers(void **state)
{
	(void)state;
	api_expect(create(junior(), ITEMS, "2027-06-30"), 403);
	api_expect_fault(api_expect_problem(
				 create(api_as("programme_admin", "it.lead"), ITEMS, "2027-06-30"),
				 422, "unknown_reference"),
		"/programme_id");
	struct api_reply *no = api_expect_problem(
		create(coordinator(),
			"[{\"key\": \"a\", \"text\": \"t\", \"kind\": \"choice\", \"options\": "
			"[\"x\"], \"correct\": 1}, {\"key\": \"a\", \"text\": \"t\", \"kind\": "
			"\"scale\", \"correct\": 0}]",
			"2027-06-30"),
		422, "unprocessable");
	api_expect_fault(no, "/items/0/options");
	api_expect_fault(no, "/items/0/correct");
	api_expect_fault(no, "/items/1/key");
	api_expect_fault(no, "/items/1/correct");
	api_expect_problem(create(coordinator(), ITEMS, "2025-01-01"), 422, "dates_reversed");
	struct api_reply *made = api_expect(create(coordinator(), ITEMS, "2027-06-30"), 201);
	assessment = api_text(made, "id");
	assert_int_equal(api_integer(made, "items.1.correct"), 1);
	struct api_reply *seen = api_expect(
		api_get(chief(), "/api/v1/assessments/%s", assessment), 200);
	assert_true(json_is_null(api_member(seen, "items.1.correct")));
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/assessments?programme_id=%s",
					     programme),
				  200),
			"items"),
		1);
	api_expect(api_get(junior(), "/api/v1/assessments/%s", assessment), 404);
	api_expect(
		api_get(api_as("programme_admin", "it.lead"), "/api/v1/assessments/%s", assessment),
		404);
	api_if_match(coordinator(), made);
	made = api_expect(api_patch(coordinator(), api_text(made, "links.self"),
				  "{\"closes_on\": \"2027-07-01\"}"),
		200);
	assert_string_equal(api_text(made, "closes_on"), "2027-07-01");
	assert_string_equal(api_text(made, "title"), "Charts");
}

static const char *attempts(void)
{
	return api_path("/api/v1/assessments/%s/attempts", assessment);
}

static struct api_reply *save(const struct api_reply *attempt, const char *answers)
{
	const char *self = api_text(attempt, "links.self");
	api_if_match(chief(), api_expect(api_get(chief(), "%s", self), 200));
	return api_patch(chief(), self, "{\"answers\": %s}", answers);
}

static void an_attempt_is_saved_submitted_and_its_persons_alone(void **state)
{
	(void)state;
	api_expect(api_post(junior(), attempts(), "{\"phase\": \"pre\"}"), 404);
	api_expect(api_post(coordinator(), attempts(), "{\"phase\": \"pre\"}"), 404);
	api_expect_problem(api_post(chief(), attempts(), "{\"phase\": \"post\"}"), 409,
		"first_attempt_missing");
	struct api_reply *attempt = api_expect(
		api_post(chief(), attempts(), "{\"phase\": \"pre\"}"), 201);
	const char *self = api_text(attempt, "links.self");
	const char *submission = api_path("%s/submission", self);
	api_expect_problem(
		api_post(chief(), attempts(), "{\"phase\": \"pre\"}"), 409, "already_given");
	api_expect(save(attempt, "[{\"key\": \"feel\", \"value\": 2}]"), 200);
	struct api_reply *no = api_expect_problem(
		save(attempt, "[{\"key\": \"feel\", \"value\": 6}, {\"key\": \"other\", \"value\": "
			      "0}, {\"key\": \"median\", \"value\": 2}]"),
		422, "unprocessable");
	assert_int_equal(api_count(no, "errors"), 3);
	api_expect_fault(no, "/answers/1/key");
	no = api_expect(save(attempt, "[{\"key\": \"feel\", \"value\": 1}, {\"key\": \"feel\", \"value\": 5}]"),
		422);
	api_expect_fault(no, "/answers/0/key");
	api_expect_fault(no, "/answers/1/key");
	api_expect_problem(api_post(chief(), submission, NULL), 409, "answers_missing");
	struct api *others[] = { junior(), coordinator(), api_as("participant", "it.lead") };
	for (int i = 0; i < 3; i++) {
		api_expect(api_get(others[i], "%s", self), 404);
		api_expect(api_post(others[i], submission, NULL), 404);
		api_expect(api_get(others[i], "%s", attempts()), 404);
	}
	api_expect(save(attempt, "[{\"key\": \"median\", \"value\": 0}]"), 200);
	struct api_reply *done = api_expect(api_post(chief(), submission, NULL), 200);
	assert_int_equal(api_integer(done, "score"), 20); /* 40 and 0 */
	assert_int_equal(api_count(done, "answers"), 2);
	api_expect_problem(api_post(chief(), submission, NULL), 409, "already_given");
	api_expect_problem(
		save(attempt, "[{\"key\": \"feel\", \"value\": 5}]"), 409, "already_given");
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "%s", attempts()), 200), "items"), 1);
}

static void the_second_follows_a_meeting_and_shows_the_gain_to_the_assessed_alone(void **state)
{
	(void)state;
	api_expect_problem(
		api_post(chief(), attempts(), "{\"phase\": \"post\"}"), 409, "session_not_held");
	struct api_reply *session = api_expect(
		api_post(chief(), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-02-01T10:00\", \"time_zone\": "
			"\"UTC\", \"duration_minutes\": 30, \"mode\": \"video\"}",
			pair),
		201);
	api_clock(80 * DAY);
	api_expect(api_post(chief(), api_path("%s/report", api_text(session, "links.self")),
			   "{\"outcome\": \"held\"}"),
		200);
	struct api_reply *attempt = api_expect(
		api_post(chief(), attempts(), "{\"phase\": \"post\"}"), 201);
	api_expect(save(attempt, "[{\"key\": \"feel\", \"value\": 4}, {\"key\": \"median\", "
				 "\"value\": 1}]"),
		200);
	api_expect(
		api_post(chief(), api_path("%s/submission", api_text(attempt, "links.self")), NULL),
		200);
	struct api_reply *goal = api_expect(
		api_post(chief(), "/api/v1/goals",
			"{\"pair_id\": \"%s\", \"specific\": \"Draw the board's charts myself\", "
			"\"measure\": {\"unit\": \"charts\", \"baseline\": 0, \"target\": 3}, "
			"\"due_on\": \"2027-06-01\"}",
			pair),
		201);
	api_expect(api_post(junior(), api_path("%s/agreement", api_text(goal, "links.self")), NULL),
		200);
	struct api_reply *mine = api_expect(
		api_get(chief(), "/api/v1/assessments/gains?pair_id=%s", pair), 200);
	assert_int_equal(api_integer(mine, "pairs.0.assessments.0.gain"), 70); /* 90 less 20 */
	struct api_reply *theirs = api_expect(
		api_get(junior(), "/api/v1/assessments/gains?pair_id=%s", pair), 200);
	assert_int_equal(api_count(theirs, "pairs.0.assessments"), 0);
	assert_int_equal(api_integer(theirs, "pairs.0.goals.0.measure.target"), 3);
	struct api *others[] = { coordinator(), api_as("participant", "it.lead") };
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			api_count(api_expect(api_get(others[i],
						     "/api/v1/assessments/gains?pair_id=%s", pair),
					  200),
				"pairs"),
			0);
	api_clock(0);
}

static void one_persons_gain_is_in_no_report(void **state)
{
	(void)state;
	story_snapshot(programme);
	struct api_reply *report = api_expect(
		api_get(coordinator(), "/api/v1/reports/programmes/%s/gain", programme), 200);
	assert_true(json_is_null(api_member(report, "totals.mean_gain")));
	assert_true(api_truth(report, "skills.0.suppressed"));
	assert_string_equal(api_text(report, "sentence"),
		"We cannot tell what mentees have gained: too few have taken both assessments.");
}

static void a_window_closes(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(create(coordinator(), ITEMS, "2026-01-31"), 201);
	api_expect_problem(api_post(chief(), api_path("%s/attempts", api_text(made, "links.self")),
				   "{\"phase\": \"pre\"}"),
		409, "window_closed");
}

#define SUM(n)                                                                                     \
	"{\"key\": \"n" n "\", \"text\": \"One half of 2 times " n "?\", \"kind\": \"numeric\", "  \
	"\"value\": " n ", \"tolerance\": 0.5, \"topic\": \"sums\"}"
#define ORDER(n)                                                                                   \
	"{\"key\": \"o" n "\", \"text\": \"Which is first?\", \"kind\": \"order\", \"options\": "  \
	"[\"second\", \"first\"], \"right\": [1, 0], \"topic\": \"orders\"}"
#define ITEMS_PLAIN "{\"key\": \"sure\", \"text\": \"I can count.\", \"kind\": \"scale\"}"
#define SEVERAL                                                                                    \
	"{\"key\": \"m\", \"text\": \"Which are even?\", \"kind\": \"multiple\", \"options\": "    \
	"[\"1\", "                                                                                 \
	"\"2\", \"3\", \"4\"], \"right\": [1, 3]}"

static struct api_reply *create_bank(const char *items, int draw)
{
	return api_post(coordinator(), "/api/v1/assessments",
		"{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": \"Sums\", \"items\": "
		"[%s], "
		"\"draw\": %d, \"opens_on\": \"2026-01-01\", \"closes_on\": \"2027-06-30\"}",
		programme, story_skill("charts"), items, draw);
}

static void a_bank_says_what_is_wrong_with_it(void **state)
{
	(void)state;
	struct api_reply *no = api_expect_problem(
		create_bank(
			"{\"key\": \"a\", \"text\": \"t\", \"kind\": \"numeric\", \"right\": [0]}, "
			"{\"key\": \"b\", \"text\": \"t\", \"kind\": \"multiple\", \"options\": "
			"[\"x\", "
			"\"y\"], \"right\": [2]}, {\"key\": \"c\", \"text\": \"t\", \"kind\": "
			"\"order\", "
			"\"options\": [\"x\", \"y\"], \"right\": [1], \"tolerance\": 1}",
			1),
		422, "unprocessable");
	api_expect_fault(no, "/items/0/value");
	api_expect_fault(no, "/items/0/right");
	api_expect_fault(no, "/items/1/right");
	api_expect_fault(no, "/items/2/right");
	api_expect_fault(no, "/items/2/tolerance");
	api_expect_fault(
		api_expect_problem(create_bank(SUM("1"), 2), 422, "unprocessable"), "/draw");
}

static bool asks(struct api_reply *attempt, const char *key)
{
	for (size_t i = 0; i < api_count(attempt, "items"); i++)
		if (!strcmp(api_text(attempt, api_path("items.%zu.key", i)), key))
			return true;
	return false;
}

/* Answers all, and hands it in. */
static struct api_reply *solve(struct api_reply *attempt)
{
	for (size_t i = 0; i < api_count(attempt, "items"); i++) {
		const char *key = api_text(attempt, api_path("items.%zu.key", i));
		api_expect(save(attempt, *key == 'n'
						 ? api_path("[{\"key\": \"%s\", \"values\": [%s]}]",
							   key, key + 1)
						 : api_path("[{\"key\": \"%s\", \"values\": "
							    "[1, 0]}]",
							   key)),
			200);
	}
	return api_expect(
		api_post(chief(), api_path("%s/submission", api_text(attempt, "links.self")), NULL),
		200);
}

static void two_sets_are_drawn_from_a_bank_without_a_common_question(void **state)
{
	(void)state;
	struct api_reply *bank = api_expect(
		create_bank(SUM("1") "," SUM("2") "," SUM("3") "," SUM("4") "," ORDER(
				    "1") "," ORDER("2") "," ORDER("3") "," ORDER("4"),
			4),
		201);
	assert_int_equal(api_count(bank, "items"), 8);
	assert_int_equal(api_integer(bank, "items.7.right.0"), 1);
	assessment = api_text(bank, "id");
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/assessments/%s", assessment), 200),
			"items"),
		0);
	struct api_reply *pre = api_expect(
		api_post(chief(), attempts(), "{\"phase\": \"pre\"}"), 201);
	assert_int_equal(api_count(pre, "items"), 4);
	assert_true(json_is_null(api_member(pre, "items.0.value")));
	assert_int_equal(api_count(pre, "items.0.right"), 0);
	api_expect_fault(
		api_expect_problem(
			save(pre, asks(pre, "n1") ? "[{\"key\": \"n1\", \"value\": 1}]"
						  : "[{\"key\": \"n1\", \"values\": [1]}]"),
			422, "unprocessable"),
		asks(pre, "n1") ? "/answers/0/values" : "/answers/0/key"); /* not asked */
	pre = solve(pre);
	assert_int_equal(api_integer(pre, "score"), 100);
	assert_int_equal(api_count(pre, "answered"), 4);
	struct api_reply *post = api_expect(
		api_post(chief(), attempts(), "{\"phase\": \"post\"}"), 201);
	int sums = 0;
	for (size_t i = 0; i < 4; i++) {
		const char *key = api_text(post, api_path("items.%zu.key", i));
		assert_false(asks(pre, key));
		sums += *key == 'n';
	}
	assert_int_equal(sums, 2);
	assert_int_equal(api_integer(solve(post), "score"), 100);
}

static void several_options_are_answered_at_once_and_none_may_be(void **state)
{
	(void)state;
	assessment = api_text(api_expect(create_bank(SEVERAL "," ITEMS_PLAIN, 2), 201), "id");
	struct api_reply *attempt = api_expect(
		api_post(chief(), attempts(), "{\"phase\": \"pre\"}"), 201);
	static const char *const wrong[] = { "[4]", "[1, 1]", "[0.5]" };
	for (int i = 0; i < 3; i++)
		api_expect_fault(
			api_expect_problem(
				save(attempt,
					api_path("[{\"key\": \"m\", \"values\": %s}]", wrong[i])),
				422, "unprocessable"),
			"/answers/0/values");
	api_expect(save(attempt,
			   "[{\"key\": \"m\", \"values\": []}, {\"key\": \"sure\", \"value\": 3}]"),
		200);
	api_expect(save(attempt, "[{\"key\": \"m\", \"values\": [3]}]"), 200);
	struct api_reply *done = api_expect(
		api_post(chief(), api_path("%s/submission", api_text(attempt, "links.self")), NULL),
		200);
	assert_int_equal(api_integer(done, "score"), 55); /* one of two, and three of five */
	assert_int_equal(api_count(done, "answers"), 1);
	assert_int_equal(api_integer(done, "answered.0.values.0"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_coordinator_makes_a_bank_and_mentees_see_it_without_the_answers),
		cmocka_unit_test(an_attempt_is_saved_submitted_and_its_persons_alone),
		cmocka_unit_test(
			the_second_follows_a_meeting_and_shows_the_gain_to_the_assessed_alone),
		cmocka_unit_test(one_persons_gain_is_in_no_report),
		cmocka_unit_test(a_bank_says_what_is_wrong_with_it),
		cmocka_unit_test(two_sets_are_drawn_from_a_bank_without_a_common_question),
		cmocka_unit_test(several_options_are_answered_at_once_and_none_may_be),
		cmocka_unit_test(a_window_closes),
	};
	return cmocka_run_group_tests_name("assessments", tests, set_up, api_release);
}
