/* Pairs: taken back with their round, suspended, replaced, ended, and completed with their programme. */
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

static const char *my_enrolment(const char *user_name, const char *programme)
{
	struct api_reply *list = api_expect(
		api_get(as(user_name), "/api/v1/enrolments?programme_id=%s", programme), 200);
	assert_int_equal(api_count(list, "items"), 1);
	return api_text(list, "items.0.id");
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

/* Why two were matched, by which version of the policy, and what each factor can come to. */
static void expect_factors(const char *pair, int version)
{
	struct api_reply *why = api_expect(api_get(as("chief"), "/api/v1/pairs/%s/why", pair), 200);
	long long sum = 0;
	assert_int_equal(api_integer(why, "policy_version"), version);
	for (size_t i = 0; i < api_count(why, "factors"); i++) {
		long long points = api_integer(why, api_path("factors.%zu.points", i)),
			  most = api_integer(why, api_path("factors.%zu.most", i));
		sum += points;
		assert_true(points > 0 && points <= most);
		assert_int_equal(
			most, 255 * api_integer(why, api_path("factors.%zu.weight", i)));
	}
	assert_true(sum > 0);
	assert_int_equal(sum, api_integer(why, "score"));
}

static void the_factors_are_those_of_the_policy_that_they_were_matched_by(void **state)
{
	(void)state;
	const char *programme = company_programme("Factors", 2), *mentor;
	story_round("hr.lead", programme);
	const char *pair = story_pair("chief", programme, &mentor);
	expect_factors(pair, 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", programme),
			   "{\"based_on\": 1, \"weights\": {\"need\": 1, \"hours\": 90}, "
			   "\"rules\": {\"mentee_relations\": 2}}"),
		201);
	expect_factors(pair, 1);
	struct api *self = as("chief");
	const char *place = my_enrolment("chief", programme);
	api_if_match(self, api_expect(api_get(self, "/api/v1/enrolments/%s", place), 200));
	api_expect(api_patch(self, api_path("/api/v1/enrolments/%s", place), "{\"capacity\": 2}"),
		200);
	const char *other = strcmp(mentor, "ann") ? "ann" : "bob";
	struct api_reply *made = api_expect(
		api_post(admin(), "/api/v1/pairs",
			"{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": \"%s\", "
			"\"note\": \"Both want it\"}",
			place, my_enrolment(other, programme)),
		201);
	expect_factors(api_text(made, "id"), 2);
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
	/* reasons are not for one of the two, whatever their role */
	assert_false(json_is_null(api_member(states, "items.2.reason")));
	states = api_expect(api_get(api_as("auditor", "chief"), "%s/history", self), 200);
	assert_string_equal(api_text(states, "items.2.status"), "suspended");
	for (int i = 0; i < 5; i++)
		assert_true(json_is_null(api_member(states, api_path("items.%d.reason", i))));
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
	struct api_reply *rests = api_expect(api_get(as("chief"), "%s", self), 200);
	assert_string_equal(api_text(rests, "status"), "suspended");
	for (size_t i = 0; i < api_count(rests, "can"); i++)
		assert_string_not_equal(api_text(rests, api_path("can.%zu", i)), "resumption");
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
		cmocka_unit_test(a_round_is_taken_back_until_a_pick_is_accepted),
		cmocka_unit_test(a_safe_exit_needs_no_talk_and_tells_nobody),
		cmocka_unit_test(a_pair_rests_goes_on_and_parts_only_after_a_talk),
		cmocka_unit_test(
			a_suspended_pair_is_replaced_by_a_pick_from_the_replacement_shortlist),
		cmocka_unit_test(a_programme_closes_in_order),
		cmocka_unit_test(nobody_is_in_more_pairs_than_one_person_may_be),
		cmocka_unit_test_setup(
			the_factors_are_those_of_the_policy_that_they_were_matched_by,
			people_begin_anew),
	};
	return cmocka_run_group_tests_name("pairs", tests, people_set_up, api_release);
}
