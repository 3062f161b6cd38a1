/* The whole life: invitations, intake, pauses, suspensions, reviews, exits, closing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *invited_to;

static int set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static const char *my_enrolment(const char *user_name, const char *programme)
{
	struct api_reply *list = api_expect(
		api_get(as(user_name), "/api/v1/enrolments?programme_id=%s", programme), 200);
	assert_int_equal(api_count(list, "items"), 1);
	return api_text(list, "items.0.id");
}

static void people_are_invited_by_filter_with_a_text_for_them(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Invitations");
	const char *path = api_path("/api/v1/programmes/%s/invitations", programme);
	api_expect_problem(api_post(admin(), path, "{\"role\": \"mentor\", \"message\": \"Come\"}"),
		422, "unprocessable");
	struct api_reply *preview = api_expect(
		api_post(admin(), path,
			"{\"role\": \"mentor\", \"message\": \"Come\", \"level_max\": 1, "
			"\"preview\": true}"),
		201);
	assert_int_equal(api_integer(preview, "invited"), 6);
	assert_int_equal(
		api_count(api_expect(api_get(as("ann"), "/api/v1/enrolments?programme_id=%s",
					     programme),
				  200),
			"items"),
		0);
	story_enrol("ann", programme, "mentor", 1);
	struct api_reply *sent = api_expect(api_post(admin(), path,
						    "{\"role\": \"mentor\", \"message\": \"Teach a "
						    "leader what you know\", \"level_max\": 1}"),
		201);
	assert_int_equal(api_integer(sent, "found"), 6);
	assert_int_equal(api_integer(sent, "invited"), 5);
	assert_int_equal(api_integer(sent, "passed_over"), 1);
	api_expect(api_get(admin(), "%s", api_text(sent, "links.self")), 200);
	assert_int_equal(api_count(api_expect(api_get(admin(), "%s", path), 200), "items"), 2);
	api_expect_problem(api_post(api_as("programme_admin", "other.admin"), path,
				   "{\"role\": \"mentor\", \"message\": \"x\", \"level_max\": 1}"),
		404, "not_found");
	invited_to = programme;
}

static void an_invitation_is_answered_and_the_funnel_counts_it(void **state)
{
	(void)state;
	const char *programme = invited_to;
	const char *bobs = my_enrolment("bob", programme);
	struct api_reply *invited = api_expect(
		api_get(as("bob"), "/api/v1/enrolments/%s", bobs), 200);
	assert_string_equal(api_text(invited, "status"), "invited");
	assert_string_equal(api_text(invited, "invitation"), "Teach a leader what you know");
	struct api_reply *yes = api_expect(
		api_post(as("bob"), api_path("/api/v1/enrolments/%s/acceptance", bobs),
			"{\"capacity\": 2}"),
		200);
	assert_string_equal(api_text(yes, "status"), "enrolled");
	assert_int_equal(api_integer(yes, "capacity"), 2);
	const char *cleos = my_enrolment("cleo", programme);
	struct api_reply *no = api_expect(
		api_post(as("cleo"), api_path("/api/v1/enrolments/%s/decline", cleos),
			"{\"reason\": \"not_interested\"}"),
		200);
	assert_string_equal(api_text(no, "status"), "declined");
	assert_null(strstr(no->text, "not_interested"));
	assert_null(strstr(api_expect(api_get(admin(), "/api/v1/enrolments/%s", cleos), 200)->text,
		"not_interested"));
	api_expect_problem(
		api_post(as("cleo"), api_path("/api/v1/enrolments/%s/acceptance", cleos), "{}"),
		409, "wrong_state");
	struct api_reply *funnel = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/funnel", programme), 200);
	assert_int_equal(api_integer(funnel, "roles.0.invited"), 5);
	assert_int_equal(api_integer(funnel, "roles.0.declined"), 1);
	assert_int_equal(api_integer(funnel, "roles.0.enrolled"), 2);
	for (size_t i = 0; i < api_count(funnel, "departments"); i++)
		assert_true(
			json_is_null(api_member(funnel, api_path("departments.%zu.reached", i))));
	api_expect(api_get(as("ann"), "/api/v1/programmes/%s/funnel", programme), 403);
}

static void intake_answers_fit_the_form_of_the_role(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Intake");
	const char *path = api_path("/api/v1/programmes/%s/forms", programme);
	struct api_reply *form = api_expect(
		api_post(admin(), path,
			"{\"role\": \"mentee\", \"questions\": ["
			"{\"key\": \"why\", \"text\": \"Why?\", \"required\": true},"
			"{\"key\": \"when\", \"text\": \"When?\", \"options\": [\"mornings\", "
			"\"evenings\"]}]}"),
		201);
	assert_int_equal(api_integer(form, "number"), 1);
	api_expect(api_get(as("chief"), "%s", api_text(form, "links.self")), 200);
	assert_int_equal(api_count(api_expect(api_get(as("chief"), "%s", path), 200), "items"), 1);
	api_expect_problem(
		api_post(admin(), path,
			"{\"role\": \"mentee\", \"questions\": [{\"key\": \"a\", \"text\": \"A\"},"
			" {\"key\": \"a\", \"text\": \"B\"}]}"),
		422, "duplicate_items");
	static const char *const enrol =
		"{\"programme_id\": \"%s\", \"role\": \"mentee\", \"answers\": [%s]}";
	struct api_reply *no = api_expect_problem(
		api_post(as("chief"), "/api/v1/enrolments", enrol, programme, ""), 422,
		"unprocessable");
	assert_string_equal(api_text(no, "question"), "why");
	api_expect(api_post(as("chief"), "/api/v1/enrolments", enrol, programme,
			   "{\"key\": \"why\", \"value\": \"x\"}, {\"key\": \"when\", \"value\": "
			   "\"noon\"}"),
		422);
	api_expect(api_post(as("chief"), "/api/v1/enrolments", enrol, programme,
			   "{\"key\": \"why\", \"value\": \"x\"}, {\"key\": \"what\", \"value\": "
			   "\"y\"}"),
		422);
	struct api_reply *made = api_expect(
		api_post(as("chief"), "/api/v1/enrolments", enrol, programme,
			"{\"key\": \"why\", \"value\": \"to learn\"}, {\"key\": \"when\", "
			"\"value\": \"mornings\"}"),
		201);
	assert_string_equal(api_text(made, "answers.why"), "to learn");
}

static void interest_eligibility_pause_and_resumption(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Pauses");
	struct api_reply *may = api_expect(
		api_get(as("chief"), "/api/v1/programmes/%s/eligibility", programme), 200);
	assert_true(api_truth(may, "mentee.eligible"));
	assert_false(api_truth(may, "mentor.eligible"));
	assert_string_equal(api_text(may, "mentor.reason"), "nobody_is_senior");
	struct api_reply *interested = api_expect(
		api_post(as("dev"), "/api/v1/enrolments",
			"{\"programme_id\": \"%s\", \"role\": \"mentor\", \"interest\": true}",
			programme),
		201);
	assert_string_equal(api_text(interested, "status"), "interested");
	const char *self = api_text(interested, "links.self");
	api_expect_problem(
		api_post(as("dev"), api_path("%s/pause", self), "{}"), 409, "wrong_state");
	api_expect(api_post(as("dev"), api_path("%s/acceptance", self), "{}"), 200);
	api_expect_problem(
		api_post(as("dev"), api_path("%s/pause", self), "{\"until\": \"2020-01-01\"}"), 422,
		"in_the_past");
	struct api_reply *paused = api_expect(
		api_post(as("dev"), api_path("%s/pause", self), "{\"reason\": \"leave\"}"), 200);
	assert_string_equal(api_text(paused, "status"), "paused");
	api_expect(api_post(as("eve"), api_path("%s/resumption", self), NULL), 404);
	struct api_reply *back = api_expect(
		api_post(as("dev"), api_path("%s/resumption", self), NULL), 200);
	assert_string_equal(api_text(back, "status"), "enrolled");
}

static void a_round_is_taken_back_until_a_pick_is_accepted(void **state)
{
	(void)state;
	const char *programme = company_programme("Rollback", 1);
	const char *round = story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("chief", programme);
	struct api_reply *pair = api_expect(
		api_post(as("chief"), api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
	struct api_reply *back = api_expect(
		api_post(admin(), api_path("/api/v1/rounds/%s/rollback", round), NULL), 200);
	assert_string_equal(api_text(back, "status"), "rolled_back");
	struct api_reply *gone = api_expect(
		api_get(as("chief"), "%s", api_text(pair, "links.self")), 200);
	assert_string_equal(api_text(gone, "status"), "withdrawn");
	const char *mentor;
	round = story_round("hr.lead", programme);
	story_pair("chief", programme, &mentor);
	api_expect_problem(api_post(admin(), api_path("/api/v1/rounds/%s/rollback", round), NULL),
		409, "round_accepted");
}

static void a_pair_rests_goes_on_and_parts_only_after_a_talk(void **state)
{
	(void)state;
	const char *programme = company_programme("Life", 1), *mentor;
	story_round("hr.lead", programme);
	const char *self = api_path("/api/v1/pairs/%s", story_pair("chief", programme, &mentor));
	api_expect_problem(
		api_post(as("stranger"), api_path("%s/suspension", self), "{}"), 404, "not_found");
	struct api_reply *rests = api_expect(api_post(as("chief"), api_path("%s/suspension", self),
						     "{\"reason\": \"workload\"}"),
		200);
	assert_string_equal(api_text(rests, "status"), "suspended");
	assert_null(strstr(rests->text, "workload"));
	struct api_reply *on = api_expect(
		api_post(as(mentor), api_path("%s/resumption", self), NULL), 200);
	assert_string_equal(api_text(on, "status"), "active");
	api_expect_problem(api_post(as("chief"), api_path("%s/dissolution", self), NULL), 409,
		"review_missing");
	struct api_reply *talk = api_expect(
		api_post(as("chief"), api_path("%s/reviews", self),
			"{\"outcome\": \"change_partner\", \"agreed\": \"we part as friends\"}"),
		201);
	api_expect(api_get(as(mentor), "%s", api_text(talk, "links.self")), 200);
	assert_int_equal(
		api_count(api_expect(api_get(as(mentor), "%s/reviews", self), 200), "items"), 1);
	api_expect(api_get(as("stranger"), "%s", api_text(talk, "links.self")), 404);
	struct api_reply *over = api_expect(
		api_post(as("chief"), api_path("%s/dissolution", self), NULL), 200);
	assert_string_equal(api_text(over, "status"), "ended");
	struct api_reply *fresh = story_shortlist("chief", programme);
	assert_null(strstr(
		fresh->text, story_person_id(mentor))); /* an earlier partner does not come back */
	struct api_reply *states = api_expect(api_get(admin(), "%s/history", self), 200);
	assert_int_equal(api_count(states, "items"), 5);
	assert_string_equal(api_text(states, "items.2.status"), "suspended");
	api_expect(api_get(as("chief"), "%s/history", self), 403);
	api_expect(api_get(api_as("auditor", NULL), "%s/history", self), 200);
}

static void a_safe_exit_needs_no_talk_and_tells_nobody(void **state)
{
	(void)state;
	const char *programme = company_programme("Exit", 1), *mentor;
	story_round("hr.lead", programme);
	const char *self = api_path("/api/v1/pairs/%s", story_pair("chief", programme, &mentor));
	struct api_reply *out = api_expect(
		api_post(as(mentor), api_path("%s/safe-exit", self), NULL), 200);
	assert_string_equal(api_text(out, "status"), "ended");
	struct api_reply *seen = api_expect(api_get(as("chief"), "%s", self), 200);
	assert_null(strstr(seen->text, "exit\""));
	struct api_reply *states = api_expect(api_get(admin(), "%s/history", self), 200);
	assert_true(json_is_null(api_member(states, "items.2.reason")));
	assert_true(api_count(story_shortlist("chief", programme), "mentors") >= 1);
}

static void a_suspended_pair_is_replaced_by_a_pick_from_the_replacement_shortlist(void **state)
{
	(void)state;
	const char *programme = company_programme("Leavers", 1), *mentor;
	story_round("hr.lead", programme);
	const char *self = api_path("/api/v1/pairs/%s", story_pair("chief", programme, &mentor));
	/* HR moves the mentor up the ladder: no junior any more */
	struct api *hris = api_as("hris", NULL);
	struct api_reply *person = api_expect(
		api_get(hris, "/api/v1/people/%s", story_person_id(mentor)), 200);
	api_if_match(hris, person);
	api_expect(api_patch(hris, api_text(person, "links.self"), "{\"level\": 8}"), 200);
	assert_string_equal(
		api_text(api_expect(api_get(as("chief"), "%s", self), 200), "status"), "suspended");
	api_expect_problem(
		api_post(as("chief"), api_path("%s/resumption", self), NULL), 409, "unsafe_pair");
	struct api_reply *open;
	api_wait_until(
		20.0, (open = api_expect(
			       api_get(as("chief"),
				       "/api/v1/shortlists?programme_id=%s&status=open", programme),
			       200),
			      api_count(open, "items") == 1));
	api_expect(
		api_post(as("chief"), api_path("%s/pick", api_text(open, "items.0.links.self")),
			"{\"mentor_id\": \"%s\"}", api_text(open, "items.0.mentors.0.mentor.id")),
		201);
	assert_string_equal(
		api_text(api_expect(api_get(as("chief"), "%s", self), 200), "status"), "ended");
	api_if_match(hris, api_expect(api_get(hris, "%s", api_text(person, "links.self")), 200));
	api_expect(api_patch(hris, api_text(person, "links.self"), "{\"level\": 1}"), 200);
}

static void a_programme_closes_in_order(void **state)
{
	(void)state;
	const char *programme = company_programme("Closing", 1), *mentor;
	const char *path = api_path("/api/v1/programmes/%s/%%s", programme);
	story_round("hr.lead", programme);
	const char *self = api_path("/api/v1/pairs/%s", story_pair("chief", programme, &mentor));
	api_expect_problem(api_post(admin(), api_path(path, "closing"), NULL), 409, "wrong_state");
	api_expect(api_post(admin(), api_path(path, "activation"), NULL), 200);
	api_expect(api_post(admin(), api_path(path, "closing"), NULL), 200);
	assert_int_equal(
		api_count(api_expect(api_get(as("it.lead"),
					     "/api/v1/shortlists?programme_id=%s&status=open",
					     programme),
				  200),
			"items"),
		0);
	struct api_reply *no = api_expect_problem(
		api_post(admin(), api_path(path, "closure"), "{}"), 409, "programme_not_ready");
	assert_string_equal(api_text(no, "checklist.0"), "ends_on_not_reached");
	struct api_reply *done = api_expect(
		api_post(admin(), api_path(path, "closure"), "{\"force\": true}"), 200);
	assert_string_equal(api_text(done, "status"), "closed");
	assert_string_equal(
		api_text(api_expect(api_get(as("chief"), "%s", self), 200), "status"), "completed");
	assert_string_equal(api_text(api_expect(api_get(as("chief"), "/api/v1/enrolments/%s",
							my_enrolment("chief", programme)),
					     200),
				    "status"),
		"completed");
	/* the same people in a second programme at once; the chief has had all juniors by now */
	const char *second = company_programme("The next one", 1);
	story_round("hr.lead", second);
	assert_int_equal(api_count(api_expect(api_get(as("chief"),
						      "/api/v1/shortlists?programme_id=%s", second),
					   200),
				 "items"),
		0);
	const char *other;
	struct api_reply *over = api_expect(api_post(as("it.lead"),
						    api_path("/api/v1/pairs/%s/completion",
							    story_pair("it.lead", second, &other)),
						    NULL),
		200);
	assert_string_equal(api_text(over, "status"), "completed");
}

static void limit_people(const char *limits)
{
	api_sql("superuser",
		"UPDATE common.setting SET value = '%s' WHERE name = 'person_limits' RETURNING 1",
		limits);
}

static struct api_reply *pick_first(const char *mentee, const char *programme)
{
	struct api_reply *list = story_shortlist(mentee, programme);
	return api_post(as(mentee), api_path("/api/v1/shortlists/%s/pick", api_text(list, "id")),
		"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id"));
}

static bool may_pick(const char *mentee, const char *programme)
{
	struct api_reply *list = story_shortlist(mentee, programme);
	for (size_t i = 0; i < api_count(list, "can"); i++)
		if (strcmp(api_text(list, api_path("can.%zu", i)), "pick") == 0)
			return true;
	return false;
}

/* A place in a programme is no use to a person who has reached the limit of pairs over all programmes. */
static void nobody_is_in_more_pairs_than_one_person_may_be(void **state)
{
	(void)state;
	const char *mentor, *first = company_programme("Wide", 2);
	story_round("hr.lead", first);
	story_pair("it.lead", first, &mentor);
	const char *second = company_programme("Wider", 2);
	story_round("hr.lead", second);
	assert_true(may_pick("it.lead", second));
	limit_people("{\"mentee\": 1}");
	assert_false(may_pick("it.lead", second));
	api_expect_problem(pick_first("it.lead", second), 409, "person_limit");
	limit_people("{\"mentor\": 0}");
	assert_false(may_pick("it.lead", second));
	struct api_reply *lost = api_expect_problem(
		pick_first("it.lead", second), 409, "shortlist_changed");
	assert_null(api_member(lost, "replacement_shortlist.id")); /* nobody else may either */
	const char *third = company_programme("Widest", 2);
	story_round("hr.lead", third);
	assert_int_equal(api_count(api_expect(api_get(as("it.lead"),
						      "/api/v1/shortlists?programme_id=%s", third),
					   200),
				 "items"),
		0);
	limit_people("{\"mentor\": 5, \"mentee\": 5}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_invited_by_filter_with_a_text_for_them),
		cmocka_unit_test(an_invitation_is_answered_and_the_funnel_counts_it),
		cmocka_unit_test(intake_answers_fit_the_form_of_the_role),
		cmocka_unit_test(interest_eligibility_pause_and_resumption),
		cmocka_unit_test(a_round_is_taken_back_until_a_pick_is_accepted),
		cmocka_unit_test(a_safe_exit_needs_no_talk_and_tells_nobody),
		cmocka_unit_test(a_pair_rests_goes_on_and_parts_only_after_a_talk),
		cmocka_unit_test(a_suspended_pair_is_replaced_by_a_pick_from_the_replacement_shortlist),
		cmocka_unit_test(a_programme_closes_in_order),
		cmocka_unit_test(nobody_is_in_more_pairs_than_one_person_may_be),
	};
	return cmocka_run_group_tests_name("the whole life", tests, set_up, api_release);
}
