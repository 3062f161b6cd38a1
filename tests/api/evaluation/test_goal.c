/* Goals of a pair and their progress, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define DAY 86400L
#define GOOD                                                                                       \
	"\"specific\": \"Post on the company network without help\", \"measure\": {\"unit\": "     \
	"\"posts a month\", \"baseline\": 0, \"target\": 4.5}, \"due_on\": \"2027-05-31\""

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Goals", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api *stranger(void)
{
	return api_as("participant", "sales.lead");
}

static struct api_reply *propose(struct api *who)
{
	return api_expect(
		api_post(who, "/api/v1/goals", "{\"pair_id\": \"%s\", " GOOD "}", pair), 201);
}

static const char *step(const struct api_reply *goal, const char *noun)
{
	return api_path("%s/%s", api_text(goal, "links.self"), noun);
}

static bool may(const struct api_reply *goal, const char *action)
{
	size_t i;
	json_t *one;
	json_array_foreach(api_member(goal, "can"), i,
		one) if (strcmp(json_string_value(one), action) == 0) return true;
	return false;
}

static int notified(const char *user_name, const char *kind, const char *subject)
{
	int count = 0;
	size_t i;
	json_t *one;
	struct api_reply *list = api_expect(
		api_get(api_as("participant", user_name), "/api/v1/notifications?limit=200"), 200);
	json_array_foreach(api_member(list, "items"), i,
		one) if (strcmp(json_string_value(json_object_get(one, "kind")), kind) == 0 &&
			 strcmp(json_string_value(json_object_get(one, "subject_id")), subject) ==
				 0) count++;
	return count;
}

/* Wrong people get what a goal that is not there would give them. */
static void refuse_others(const char *method, const char *path, const char *body)
{
	struct api *others[] = { stranger(), api_as("programme_admin", "hr.lead") };
	for (int i = 0; i < 2; i++)
		api_expect_problem(
			api_send(others[i], method, path, body ? "application/json" : NULL, body,
				body ? strlen(body) : 0),
			404, "not_found");
	api_expect(api_send(api_as("auditor", NULL), method, path, body ? "application/json" : NULL,
			   body, body ? strlen(body) : 0),
		403);
}

static void one_proposes_and_the_other_agrees(void **state)
{
	(void)state;
	api_expect_problem(
		api_post(stranger(), "/api/v1/goals", "{\"pair_id\": \"%s\", " GOOD "}", pair), 422,
		"unknown_reference");
	struct api_reply *goal = propose(junior());
	const char *id = api_text(goal, "id"), *self = api_text(goal, "links.self");
	assert_string_equal(api_text(goal, "status"), "proposed");
	assert_string_equal(api_text(goal, "proposed_by"), "mentor");
	assert_false(may(goal, "agreement"));
	api_wait_until(20.0, notified("chief", "goal_proposed", id) == 1);
	refuse_others("GET", self, NULL);
	refuse_others("POST", step(goal, "agreement"), NULL);
	api_expect_problem(api_post(junior(), step(goal, "agreement"), NULL), 409, "wrong_state");
	struct api_reply *seen = api_expect(api_get(chief(), "%s", self), 200);
	assert_true(may(seen, "agreement"));
	/* the junior changes the words after the chief has read them */
	api_if_match(junior(), goal);
	struct api_reply *changed = api_expect(
		api_patch(junior(), self, "{\"measure\": {\"target\": 6}}"), 200);
	assert_int_equal(api_integer(changed, "measure.target"), 6);
	assert_string_equal(api_text(changed, "measure.unit"), "posts a month");
	api_if_match(chief(), seen);
	api_expect_problem(api_post(chief(), step(goal, "agreement"), NULL), 412, "stale");
	/* the chief's own words wait for the junior */
	api_if_match(chief(), api_expect(api_get(chief(), "%s", self), 200));
	changed = api_expect(api_patch(chief(), self, "{\"due_on\": \"2027-06-15\"}"), 200);
	assert_string_equal(api_text(changed, "proposed_by"), "mentee");
	api_expect_problem(api_post(chief(), step(goal, "agreement"), NULL), 409, "wrong_state");
	api_if_match(junior(), api_expect(api_get(junior(), "%s", self), 200));
	struct api_reply *agreed = api_expect(
		api_post(junior(), step(goal, "agreement"), NULL), 200);
	assert_string_equal(api_text(agreed, "status"), "agreed");
	api_wait_until(20.0, notified("chief", "goal_agreed", id) == 1);
	assert_int_equal(notified(mentor, "goal_agreed", id), 0);
	api_if_match(chief(), api_expect(api_get(chief(), "%s", self), 200));
	api_expect_problem(
		api_patch(chief(), self, "{\"due_on\": \"2027-06-16\"}"), 409, "wrong_state");
}

static void every_weakness_is_named_at_once(void **state)
{
	(void)state;
	struct api_reply *no = api_expect_problem(
		api_post(junior(), "/api/v1/goals",
			"{\"pair_id\": \"%s\", \"specific\": \"Be better\", \"measure\": {\"unit\":"
			" \"12\", \"baseline\": 3, \"target\": 3.00001}, \"skill_id\": \"%s\","
			" \"due_on\": \"2020-01-01\"}",
			pair, pair),
		422, "goal_not_smart");
	assert_int_equal(api_count(no, "errors"), 5);
	static const char *const places[] = { "/specific", "/measure/unit", "/measure/target",
		"/skill_id", "/due_on" };
	for (int i = 0; i < 5; i++)
		api_expect_fault(no, places[i]);
	no = api_expect_problem(
		api_post(junior(), "/api/v1/goals",
			"{\"pair_id\": \"%s\", \"specific\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
			" \"measure\": {\"unit\": \"%%\", \"baseline\": 3, \"target\": 2},"
			" \"due_on\": \"2027-07-10\"}",
			pair),
		422, "goal_not_smart");
	assert_int_equal(api_count(no, "errors"), 2);
	assert_string_equal(api_text(no, "errors.0.code"), "too_vague");
	assert_string_equal(api_text(no, "errors.1.code"), "after_programme");
	struct api_reply *goal = propose(chief());
	api_if_match(chief(), goal);
	no = api_expect_problem(api_patch(chief(), api_text(goal, "links.self"),
					"{\"measure\": {\"baseline\": 4.5}, \"specific\": \"x\"}"),
		422, "goal_not_smart");
	assert_int_equal(api_count(no, "errors"), 2);
}

/* Whoever is refused is shown one of this purpose that passes as it is. */
static void an_example_of_the_programmes_purpose_would_pass(void **state)
{
	(void)state;
	static const char *const purposes[] = { "digital_skills", "inclusion", "market_insight", "innovation",
		"retention", "open_learning", "cross_function" };
	assert_int_equal(atoi(api_sql("superuser",
				 "SELECT count(*) FROM pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), "
				 "'''[a-z_]+''', 'g') WHERE c.conname = 'programme_purpose'")),
		sizeof purposes / sizeof *purposes);
	const char *was = api_sql("superuser", "SELECT purpose FROM matching.programme WHERE id = '%s'", programme);
	assert_int_equal(atoi(api_sql("superuser", "SELECT count(DISTINCT specific) FROM evaluation.goal_example")),
		sizeof purposes / sizeof *purposes);
	for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++) {
		api_sql("superuser",
			"SET session_replication_role = replica; UPDATE matching.programme SET purpose = '%s' "
			"WHERE id = '%s'",
			purposes[i], programme);
		struct api_reply *no = api_expect_problem(
			api_post(junior(), "/api/v1/goals",
				"{\"pair_id\": \"%s\", \"specific\": \"Be better\", \"measure\": {\"unit\": "
				"\"12\", \"baseline\": 3, \"target\": 4}, \"due_on\": \"2020-01-01\"}",
				pair),
			422, "goal_not_smart");
		json_t *example = json_deep_copy(api_member(no, "example"));
		json_object_set_new(example, "pair_id", json_string(pair));
		char *body = json_dumps(example, 0);
		struct api_reply *made = api_expect(api_post(junior(), "/api/v1/goals", "%s", body), 201);
		assert_string_equal(api_text(made, "specific"), api_text(no, "example.specific"));
		free(body);
		json_decref(example);
	}
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE matching.programme SET purpose = '%s' WHERE id = '%s'",
		was, programme);
}

static const char *held_session(void)
{
	struct api_reply *made = api_expect(api_post(chief(), "/api/v1/sessions",
						    "{\"pair_id\": \"%s\", \"starts_at\": "
						    "\"2027-02-01T10:00\", \"time_zone\": \"UTC\","
						    " \"duration_minutes\": 30, \"mode\": "
						    "\"video\"}",
						    pair),
		201);
	return api_text(made, "id");
}

static void progress_is_logged_by_both_and_may_name_a_meeting_that_was_held(void **state)
{
	(void)state;
	struct api_reply *goal = propose(junior());
	const char *log = step(goal, "progress"), *self = api_text(goal, "links.self");
	api_expect_problem(api_post(junior(), log, "{\"value\": 1}"), 409, "wrong_state");
	api_expect(api_post(chief(), step(goal, "agreement"), NULL), 200);
	const char *session = held_session();
	const char *body = api_path(
		"{\"value\": 2.25, \"note\": \"the first two\", \"session_id\": \"%s\"}", session);
	refuse_others("POST", log, body);
	refuse_others("GET", log, NULL);
	api_expect_problem(api_post(chief(), log, "%s", body), 409, "session_not_held");
	api_expect_fault(api_expect_problem(api_post(chief(), log,
						    "{\"value\": 1, \"session_id\": \"%s\"}", pair),
				 422, "unknown_reference"),
		"/session_id");
	api_expect_problem(api_post(chief(), log, "{\"note\": \"  \"}"), 422, "unprocessable");
	api_clock(80 * DAY);
	api_expect(api_post(chief(), api_path("/api/v1/sessions/%s/report", session),
			   "{\"outcome\": \"held\"}"),
		200);
	struct api_reply *entry = api_expect(api_post(chief(), log, "%s", body), 201);
	assert_string_equal(api_text(entry, "session_id"), session);
	api_expect(api_get(junior(), "%s", api_text(entry, "links.self")), 200);
	refuse_others("GET", api_text(entry, "links.self"), NULL);
	api_expect(api_post(junior(), log, "{\"note\": \"no numbers today\"}"), 201);
	struct api_reply *list = api_expect(api_get(junior(), "%s?limit=1", log), 200);
	assert_string_equal(api_text(list, "items.0.note"), "no numbers today");
	list = api_expect(
		api_get(junior(), "%s?cursor=%s", log, api_text(list, "next_cursor")), 200);
	assert_int_equal(api_count(list, "items"), 1);
	struct api_reply *now = api_expect(api_get(junior(), "%s", self), 200);
	assert_int_equal(api_integer(now, "progress.entries"), 2);
	assert_true(json_real_value(api_member(now, "progress.latest")) == 2.25);
	api_clock(0);
}

static void a_goal_ends_completed_or_abandoned(void **state)
{
	(void)state;
	struct api_reply *goal = propose(junior());
	api_expect_problem(api_post(chief(), step(goal, "completion"), "{\"achieved\": 5}"), 409,
		"wrong_state");
	api_expect(api_post(chief(), step(goal, "agreement"), NULL), 200);
	refuse_others("POST", step(goal, "completion"), "{\"achieved\": 5}");
	struct api_reply *done = api_expect(
		api_post(chief(), step(goal, "completion"), "{\"achieved\": 4.4}"), 200);
	assert_string_equal(api_text(done, "status"), "completed");
	assert_false(api_truth(done, "met"));
	api_expect_problem(api_post(chief(), step(goal, "abandonment"), "{\"reason\": \"other\"}"),
		409, "wrong_state");
	goal = propose(chief());
	refuse_others("POST", step(goal, "abandonment"), "{\"reason\": \"other\"}");
	done = api_expect(
		api_post(junior(), step(goal, "abandonment"), "{\"reason\": \"replaced\"}"), 200);
	assert_string_equal(api_text(done, "reason"), "replaced");
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/goals?pair_id=%s&status=completed,abandoned", pair), 200);
	assert_int_equal(api_count(list, "items"), 2);
	list = api_expect(api_get(stranger(), "/api/v1/goals?pair_id=%s", pair), 200);
	assert_int_equal(api_count(list, "items"), 0);
}

static void a_pair_that_is_not_active_only_reads(void **state)
{
	(void)state;
	struct api_reply *goal = propose(junior());
	struct api_reply *agreed = propose(junior());
	api_expect(api_post(chief(), step(agreed, "agreement"), NULL), 200);
	api_expect(api_post(chief(), api_path("/api/v1/pairs/%s/completion", pair), NULL), 200);
	api_expect_problem(
		api_post(junior(), "/api/v1/goals", "{\"pair_id\": \"%s\", " GOOD "}", pair), 409,
		"pair_not_active");
	api_expect_problem(
		api_post(chief(), step(goal, "agreement"), NULL), 409, "pair_not_active");
	api_expect_problem(api_post(chief(), step(agreed, "completion"), "{\"achieved\": 1}"), 409,
		"pair_not_active");
	api_expect_problem(api_post(chief(), step(agreed, "progress"), "{\"value\": 1}"), 409,
		"pair_not_active");
	api_if_match(
		junior(), api_expect(api_get(junior(), "%s", api_text(goal, "links.self")), 200));
	api_expect_problem(
		api_patch(junior(), api_text(goal, "links.self"), "{\"due_on\": \"2027-06-01\"}"),
		409, "pair_not_active");
	struct api_reply *read = api_expect(
		api_get(junior(), "%s", api_text(agreed, "links.self")), 200);
	assert_int_equal(api_count(read, "can"), 0);
}

static void set_manager(const char *user_name, const char *manager)
{
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE profiles.person SET manager_id = "
		"nullif('%s', '')::uuid WHERE user_name = '%s'",
		manager, user_name);
}

/* Asked for by hr.team about one of the two, and agreed to by two others; its path. */
static const char *disclosed(struct api *auditor, const char *author)
{
	const char *path = api_text(
		api_expect(
			api_post(auditor, "/api/v1/disclosures",
				"{\"pair_id\": \"%s\", \"author\": \"%s\", \"what\": \"goal\", "
				"\"reason\": \"There is a complaint about conduct.\"}",
				pair, author),
			201),
		"links.self");
	api_expect(api_post(api_as("admin", "hr.lead"), api_path("%s/approval", path), NULL), 200);
	api_expect(api_post(api_as("admin", "other.admin"), api_path("%s/approval", path), NULL), 200);
	return path;
}

/* Of the chief's words; what is then changed in it by the junior. */
static void reworded(const char *words, const char *change)
{
	struct api_reply *goal = propose(chief());
	const char *self = api_text(goal, "links.self");
	api_if_match(chief(), goal);
	api_expect(api_patch(chief(), self, "{\"specific\": \"Hold four hard talks, %s\"}", words), 200);
	api_if_match(junior(), api_expect(api_get(junior(), "%s", self), 200));
	goal = api_expect(api_patch(junior(), self, "%s", change), 200);
	assert_string_equal(api_text(goal, "proposed_by"), "mentor");
}

/* Two others agree, and the auditor reads what its author worded: not what the partner did, nor what both did
 * before both are disclosed. */
static void a_disclosure_shows_goals_and_notes_of_their_author(void **state)
{
	(void)state;
	struct api_reply *own = propose(junior()), *others = propose(chief());
	api_expect(api_post(chief(), step(own, "agreement"), NULL), 200);
	api_expect(api_post(junior(), step(others, "agreement"), NULL), 200);
	reworded("as the chief puts it", "{\"due_on\": \"2027-05-29\"}");
	reworded("in words of two", "{\"measure\": {\"unit\": \"hard talks\"}}");
	api_expect(api_post(junior(), step(others, "progress"), "{\"note\": \"word-of-junior\"}"),
		201);
	api_expect(api_post(chief(), step(own, "progress"), "{\"note\": \"word-of-chief\"}"), 201);
	struct api *auditor = api_as("auditor", "hr.team");
	api_expect(api_get(auditor, "%s", api_text(own, "links.self")), 404);
	const char *path = disclosed(auditor, "mentor");
	struct api_reply *read = api_expect(
		api_post(auditor, api_path("%s/reading", path), NULL), 200);
	assert_non_null(strstr(read->text, "word-of-junior"));
	assert_null(strstr(read->text, "word-of-chief"));
	assert_null(strstr(read->text, "as the chief puts it"));
	assert_null(strstr(read->text, "in words of two"));
	assert_non_null(strstr(read->text, "\"goal\""));
	const char *other = disclosed(auditor, "mentee");
	read = api_expect(api_post(auditor, api_path("%s/reading", path), NULL), 200);
	assert_non_null(strstr(read->text, "in words of two"));
	assert_null(strstr(read->text, "as the chief puts it"));
	api_expect(api_post(auditor, api_path("%s/closure", other), NULL), 200);
	read = api_expect(api_post(auditor, api_path("%s/reading", path), NULL), 200);
	assert_null(strstr(read->text, "in words of two"));
	/* not once they have come to stand above the author, though the hour is not over */
	const char *manager = api_path("%s", api_sql("superuser",
						     "SELECT manager_id FROM profiles.person WHERE user_name = '%s'",
						     mentor));
	set_manager(mentor, story_person_id("hr.team"));
	api_expect_problem(
		api_post(auditor, api_path("%s/reading", path), NULL), 404, "not_found");
	set_manager(mentor, manager);
	api_expect(api_post(auditor, api_path("%s/closure", path), NULL), 200);
	api_expect(api_get(junior(), "%s", path), 200);
	api_expect(api_get(chief(), "%s", path), 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_proposes_and_the_other_agrees),
		cmocka_unit_test(every_weakness_is_named_at_once),
		cmocka_unit_test(an_example_of_the_programmes_purpose_would_pass),
		cmocka_unit_test(progress_is_logged_by_both_and_may_name_a_meeting_that_was_held),
		cmocka_unit_test(a_goal_ends_completed_or_abandoned),
		cmocka_unit_test(a_disclosure_shows_goals_and_notes_of_their_author),
		cmocka_unit_test(a_pair_that_is_not_active_only_reads),
	};
	return cmocka_run_group_tests_name("goals", tests, set_up, api_release);
}
