/* Page reads: each page shows what the detail reads show, to the right person alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define ME   "/api/v1/dashboards/me"
#define WAIT 20.0
#define DAY  86400LL

static const char *programme, *pair, *mentor, *agreement;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Pages", 2);
	return 0;
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api_reply *page(struct api *who, const char *path)
{
	return api_expect(api_get(who, "%s", path), 200);
}

static struct api_reply *part_page(const char *user_name, const char *side)
{
	return page(
		as(user_name), api_path("/api/v1/dashboards/%s?programme_id=%s", side, programme));
}

/* The caller's task of a kind, or NULL. */
static json_t *task(struct api *who, const char *kind)
{
	size_t i;
	json_t *one;
	json_array_foreach(api_member(page(who, ME), "tasks"), i,
		one) if (strcmp(json_string_value(json_object_get(one, "kind")), kind) ==
			 0) return one;
	return NULL;
}

/* The task leads with its link to something that the caller can read, and names this action. */
static json_t *expect_task(struct api *who, const char *kind, const char *action)
{
	json_t *found = task(who, kind);
	if (!found)
		fail_msg("no task %s: %s", kind, page(who, ME)->text);
	assert_string_equal(json_string_value(json_object_get(found, "action")), action);
	page(who, json_string_value(json_object_get(found, "link")));
	return found;
}

/* A member of a page is what the object's own read answers the same person; what each of a pair can
 * learn is said by that alone. */
static void same_as_detail(struct api *who, const struct api_reply *shown, const char *member)
{
	const char *self = json_string_value(api_member(shown, api_path("%s.links.self", member)));
	assert_non_null(self);
	struct api_reply *detail = page(who, self);
	json_object_del(detail->body, "learning");
	if (!json_equal(api_member(shown, member), detail->body))
		fail_msg("%s of %s is not %s", member, shown->text, detail->text);
}

static void a_ready_round_waits_for_its_admin(void **state)
{
	(void)state;
	const char *round = api_text(api_expect(api_post(admin(), "/api/v1/rounds",
							"{\"programme_id\": \"%s\"}", programme),
					     202),
		"id");
	api_wait_until(40.0, task(admin(), "publish_round"));
	json_t *ready = expect_task(admin(), "publish_round", "publication");
	assert_non_null(strstr(json_string_value(json_object_get(ready, "link")), round));
	assert_null(task(as("hr.lead"), "publish_round"));
	assert_null(task(api_as("programme_admin", "other.admin"), "publish_round"));
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/publication", round), NULL), 200);
	struct api_reply *mine = page(admin(), ME);
	assert_int_equal(api_count(mine, "tasks"), 0);
	assert_string_equal(api_text(mine, "roles.0.role"), "programme_admin");
	page(admin(), api_text(mine, "roles.0.link"));
}

static void a_mentee_is_asked_to_pick(void **state)
{
	(void)state;
	json_t *pick = expect_task(as("chief"), "pick", "pick");
	struct api_reply *list = story_shortlist("chief", programme);
	assert_true(json_is_null(json_object_get(pick, "portal")));
	assert_true(json_is_null(json_object_get(pick, "pair_id")));
	api_sql("superuser", "INSERT INTO common.setting VALUES ('portal_links', "
			     "'{\"shortlist\": \"https://portal.example/mentors/{id}\"}')");
	assert_string_equal(json_string_value(json_object_get(task(as("chief"), "pick"), "portal")),
		api_path("https://portal.example/mentors/%s", api_text(list, "id")));
	api_sql("superuser", "DELETE FROM common.setting WHERE name = 'portal_links'");
	assert_string_equal(
		json_string_value(json_object_get(pick, "due_at")), api_text(list, "pick_by"));
	struct api_reply *shown = part_page("chief", "mentee");
	same_as_detail(as("chief"), shown, "shortlist");
	same_as_detail(as("chief"), shown, "enrolment");
	assert_int_equal(api_count(shown, "pairs"), 0);
	struct api_reply *mine = page(as("chief"), ME);
	assert_string_equal(api_text(mine, "roles.0.role"), "mentee");
	page(as("chief"), api_text(mine, "roles.0.link"));
	/* nobody else is asked, and nobody has the other one's page */
	assert_null(task(as("ann"), "pick"));
	api_expect_problem(
		api_get(as("ann"), "/api/v1/dashboards/mentee?programme_id=%s", programme), 422,
		"unknown_reference");
	api_expect_problem(
		api_get(as("chief"), "/api/v1/dashboards/mentor?programme_id=%s", programme), 422,
		"unknown_reference");
	api_expect(api_get(as("chief"), "/api/v1/dashboards/mentee"), 400);
}

static void a_mentor_is_asked_to_answer(void **state)
{
	(void)state;
	struct api_reply *list = story_shortlist("chief", programme);
	const char *picked = api_text(list, "mentors.0.mentor.id");
	pair = api_text(
		api_expect(api_post(as("chief"),
				   api_path("/api/v1/shortlists/%s/pick", api_text(list, "id")),
				   "{\"mentor_id\": \"%s\"}", picked),
			201),
		"id");
	mentor = story_user_name(picked);
	assert_null(task(as("chief"), "pick"));
	json_t *asked = expect_task(as(mentor), "answer_pick", "acceptance");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(asked, "with"), "id")),
		story_person_id("chief"));
	same_as_detail(as(mentor), part_page(mentor, "mentor"), "picks.0");
	struct api_reply *shown = part_page("chief", "mentee");
	assert_true(json_is_null(api_member(shown, "shortlist")));
	same_as_detail(as("chief"), shown, "pairs.0.pair");
	api_expect(api_post(as(mentor), api_path("/api/v1/pairs/%s/acceptance", pair), NULL), 200);
	assert_null(task(as(mentor), "answer_pick"));
	assert_int_equal(api_count(part_page(mentor, "mentor"), "picks"), 0);
}

static void both_are_led_from_the_agreement_to_the_sessions(void **state)
{
	(void)state;
	expect_task(as("chief"), "propose_agreement", "agreement_create");
	expect_task(as(mentor), "propose_agreement", "agreement_create");
	struct api_reply *met = api_expect(api_post(as(mentor), "/api/v1/sessions",
						   "{\"pair_id\": \"%s\", \"starts_at\": "
						   "\"2027-02-01T10:00\", \"time_zone\": \"UTC\", "
						   "\"duration_minutes\": 30, \"mode\": \"video\", "
						   "\"propose\": true}",
						   pair),
		201);
	json_t *confirm = expect_task(as("chief"), "confirm_session", "confirmation");
	assert_string_equal(
		json_string_value(json_object_get(confirm, "due_at")), "2027-02-01T10:00:00Z");
	assert_null(task(as(mentor), "confirm_session"));
	same_as_detail(as("chief"), page(as("chief"), ME), "next_sessions.0");
	api_expect(api_post(as("chief"), api_path("%s/cancellation", api_text(met, "links.self")),
			   "{\"reason\": \"busy\"}"),
		200);
	assert_int_equal(api_count(page(as("chief"), ME), "next_sessions"), 0);
	struct api_reply *made = api_expect(
		api_post(as("chief"), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\","
			" \"duration_minutes\": 45, \"channels\": [\"video\"],"
			" \"time_zone\": \"UTC\", \"starts_on\": \"2027-03-01\"}",
			pair),
		201);
	agreement = api_text(made, "id");
	const char *sign = api_path("/api/v1/agreements/%s/signature", agreement);
	expect_task(as("chief"), "sign_agreement", "signature");
	api_expect(api_change(as("chief"), sign), 200);
	assert_null(task(as("chief"), "sign_agreement"));
	expect_task(as(mentor), "sign_agreement", "signature");
	same_as_detail(as(mentor), part_page(mentor, "mentor"), "pairs.0.agreement");
	api_expect(api_change(as(mentor), sign), 200);
	json_t *book = expect_task(as(mentor), "book_sessions", "session_series");
	assert_string_equal(
		json_string_value(json_object_get(book, "due_at")), "2027-03-01T00:00:00Z");
	api_expect(api_post(as(mentor), "/api/v1/sessions/series",
			   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", pair),
		200);
	assert_null(task(as(mentor), "book_sessions"));
	assert_int_equal(api_count(page(as(mentor), ME), "next_sessions"), 3);
}

static void both_are_led_to_a_goal_that_they_agree_on(void **state)
{
	(void)state;
	expect_task(as("chief"), "propose_goal", "goal_create");
	expect_task(as(mentor), "propose_goal", "goal_create");
	struct api_reply *goal = api_expect(
		api_post(as("chief"), "/api/v1/goals",
			"{\"pair_id\": \"%s\", \"specific\": \"Write prompts that need no second "
			"try\","
			" \"measure\": {\"unit\": \"prompts\", \"baseline\": 0, \"target\": 20},"
			" \"due_on\": \"2027-05-01\"}",
			pair),
		201);
	assert_int_equal(api_count(page(as("chief"), ME), "tasks"), 0);
	json_t *agree = expect_task(as(mentor), "agree_goal", "agreement");
	assert_string_equal(
		json_string_value(json_object_get(agree, "link")), api_text(goal, "links.self"));
	assert_string_equal(json_string_value(json_object_get(agree, "pair_id")), pair);
	api_expect(
		api_post(as(mentor), api_path("%s/agreement", api_text(goal, "links.self")), NULL),
		200);
	assert_int_equal(api_count(page(as(mentor), ME), "tasks"), 0);
	same_as_detail(as(mentor), part_page(mentor, "mentor"), "pairs.0.goals.0");
}

static void the_page_of_a_pair_is_what_its_parts_say(void **state)
{
	(void)state;
	struct api_reply *shown = page(as("chief"), api_path("/api/v1/dashboards/pairs/%s", pair));
	static const char *const parts[] = { "section.pair", "section.agreement", "section.plan",
		"section.next_session", "section.goals.0", "upcoming.4", "past.0" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		same_as_detail(as("chief"), shown, parts[i]);
	assert_int_equal(api_count(shown, "upcoming"), 5);
	assert_string_equal(api_text(shown, "past.0.status"), "cancelled");
	struct api_reply *own = part_page("chief", "mentee");
	same_as_detail(as("chief"), own, "pairs.0.plan");
	same_as_detail(as("chief"), own, "pairs.0.next_session");
	page(as("chief"), api_text(shown, "links.slots"));
	/* for the two alone; the coordinator has the pair's own read */
	api_expect(api_get(as("it.lead"), "/api/v1/dashboards/pairs/%s", pair), 404);
	api_expect(api_get(admin(), "/api/v1/dashboards/pairs/%s", pair), 404);
}

static void polling_costs_nothing_while_nothing_changes(void **state)
{
	(void)state;
	struct api *chief = as("chief");
	story_settle();
	struct api_reply *first = page(chief, ME);
	const char *etag = api_header_of(first, "etag");
	assert_int_equal(strncmp(etag, "W/\"", 3), 0);
	api_header(chief, "If-None-Match: %s", etag);
	struct api_reply *same = api_get(chief, ME);
	assert_int_equal(same->status, 304);
	assert_int_equal(same->length, 0);
	api_expect(api_post(chief, "/api/v1/notifications/acknowledgements", "{\"up_to\": \"%s\"}",
			   api_text(page(chief, "/api/v1/notifications"), "items.0.id")),
		200);
	api_header(chief, "If-None-Match: %s", etag);
	struct api_reply *changed = api_expect(api_get(chief, ME), 200);
	assert_true(api_integer(changed, "unread_count") < api_integer(first, "unread_count"));
	assert_int_equal(api_integer(changed, "unread_count"),
		api_integer(page(chief, "/api/v1/notifications"), "unread_count"));
}

static void the_page_of_a_programme_counts_what_its_reads_list(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/dashboards/programmes/%s", programme);
	struct api_reply *shown = page(admin(), path);
	same_as_detail(admin(), shown, "programme");
	same_as_detail(admin(), shown, "last_round");
	assert_true(json_equal(api_member(shown, "funnel"),
		api_member(page(admin(), api_text(shown, "links.funnel")), "roles")));
	assert_int_equal(api_integer(shown, "pairs.active"), 1);
	assert_int_equal(api_integer(shown, "sessions.ahead"), 13);
	assert_int_equal(api_integer(shown, "deadlines.picks"), 1);
	assert_string_equal(api_text(shown, "deadlines.next_pick_by"),
		api_text(story_shortlist("it.lead", programme), "pick_by"));
	assert_true(json_is_null(api_member(shown, "deadlines.next_answer_by")));
	/* what can be listed by name is counted exactly; every link leads somewhere */
	assert_string_equal(api_text(shown, "responses.1.what"), "picks");
	assert_int_equal(api_integer(shown, "responses.1.asked"), 1);
	assert_int_equal(api_integer(shown, "responses.1.answered"), 1);
	const char *name;
	json_t *link;
	json_object_foreach(api_member(shown, "links"), name, link)
		page(admin(), json_string_value(link));
	api_expect(api_get(api_as("programme_admin", "other.admin"), "%s", path), 404);
	api_expect(api_get(as("chief"), "%s", path), 403);
}

static void a_coordinator_sees_who_meets_and_when(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/dashboards/programmes/%s/pairs", programme);
	struct api_reply *list = page(admin(), path);
	assert_int_equal(api_count(list, "items"), 1);
	assert_string_equal(api_text(list, "items.0.pair_id"), pair);
	assert_int_equal(api_integer(list, "items.0.held"), 0);
	assert_true(json_is_null(api_member(list, "items.0.last_met_at")));
	assert_string_equal(api_text(list, "items.0.next_at"),
		api_text(page(as("chief"), api_path("/api/v1/dashboards/pairs/%s", pair)),
			"section.next_session.starts_at"));
	assert_int_equal(api_integer(list, "items.0.goals"), 1);
	api_header(admin(), "Accept: text/csv");
	assert_non_null(strstr(api_expect(api_get(admin(), "%s?status=active", path), 200)->text,
		",held,missed,last_met_at,next_at,"));
	assert_int_equal(api_count(page(admin(), api_path("%s?status=ended", path)), "items"), 0);
	api_expect(api_get(api_as("programme_admin", "other.admin"), "%s", path), 404);
	/* not how a pair below oneself is doing */
	api_sql("superuser",
		"INSERT INTO matching.coordinator (programme_id, person_id) VALUES ('%s', '%s')",
		programme, story_person_id("chief"));
	list = page(api_as("programme_admin", "chief"), path);
	assert_true(json_is_null(api_member(list, "items.0.held")));
	assert_true(json_is_null(api_member(list, "items.0.goals")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ready_round_waits_for_its_admin),
		cmocka_unit_test(a_mentee_is_asked_to_pick),
		cmocka_unit_test(a_mentor_is_asked_to_answer),
		cmocka_unit_test(both_are_led_from_the_agreement_to_the_sessions),
		cmocka_unit_test(both_are_led_to_a_goal_that_they_agree_on),
		cmocka_unit_test(the_page_of_a_pair_is_what_its_parts_say),
		cmocka_unit_test(polling_costs_nothing_while_nothing_changes),
		cmocka_unit_test(the_page_of_a_programme_counts_what_its_reads_list),
		cmocka_unit_test(a_coordinator_sees_who_meets_and_when),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
