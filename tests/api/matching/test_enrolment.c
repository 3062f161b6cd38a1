/* Enrolments: by invitation or of one's own accord, with the answers to a form, paused and resumed. */
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

static const char *invited_to;

static const char *my_enrolment(const char *user_name, const char *programme)
{
	struct api_reply *list = api_expect(
		api_get(as(user_name), "/api/v1/enrolments?programme_id=%s", programme), 200);
	assert_int_equal(api_count(list, "items"), 1);
	return api_text(list, "items.0.id");
}

/* By department, or because the programme keeps them out, however they are named. */
static void some_are_left_out(const char *programme, const char *path)
{
	struct api_reply *preview = api_expect(api_post(admin(), path,
				     "{\"role\": \"mentor\", \"message\": \"Come\", "
				     "\"level_max\": 1, \"exclude_departments\": [\"Sales\"], "
				     "\"preview\": true}"),
		201);
	assert_int_equal(api_integer(preview, "found"), 3);
	assert_int_equal(api_integer(preview, "invited"), 3);
	struct api_reply *kept = api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/exclusions", programme),
			"{\"department\": \"IT\", \"note\": \"Reorganised\"}"),
		201);
	preview = api_expect(api_post(admin(), path,
				     "{\"role\": \"mentor\", \"message\": \"Come\", "
				     "\"person_ids\": [\"%s\", \"%s\"], \"preview\": true}",
				     story_person_id("bob"), story_person_id("dev")),
		201);
	assert_int_equal(api_integer(preview, "found"), 2);
	assert_int_equal(api_integer(preview, "invited"), 1);
	assert_int_equal(api_integer(preview, "passed_over"), 1);
	api_if_match(admin(), kept);
	api_expect(api_delete(admin(), "%s", api_text(kept, "links.self")), 204);
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
	some_are_left_out(programme, path);
	story_enrol("ann", programme, "mentor", 1);
	struct api_reply *sent = api_expect(api_post(admin(), path,
						    "{\"role\": \"mentor\", \"message\": \"Teach a "
						    "leader what you know\", \"level_max\": 1}"),
		201);
	assert_int_equal(api_integer(sent, "found"), 6);
	assert_int_equal(api_integer(sent, "invited"), 5);
	assert_int_equal(api_integer(sent, "passed_over"), 1);
	api_expect(api_get(admin(), "%s", api_text(sent, "links.self")), 200);
	assert_int_equal(api_count(api_expect(api_get(admin(), "%s", path), 200), "items"), 4);
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

static void an_enrolment_is_the_persons_own(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Enrolments");
	struct api *ann = api_as("participant", "ann");
	const char *enrolment = story_enrol("ann", id, "mentor", 2);
	struct api_reply *mine = api_expect(api_get(ann, "/api/v1/enrolments/%s", enrolment), 200);
	assert_string_equal(api_text(mine, "person.display_name"), "Ann Ames");
	api_expect(api_get(admin(), "/api/v1/enrolments/%s", enrolment), 200);
	api_expect(api_get(api_as("participant", "bob"), "/api/v1/enrolments/%s", enrolment), 404);
	api_if_match(ann, mine);
	struct api_reply *more = api_expect(
		api_patch(ann, api_text(mine, "links.self"), "{\"capacity\": 4}"), 200);
	assert_int_equal(api_integer(more, "capacity"), 4);
	api_if_match(ann, more);
	api_expect_fault(
		api_expect(api_patch(ann, api_text(mine, "links.self"), "{\"capacity\": 21}"), 422),
		"/capacity");
	struct api_reply *list = api_expect(
		api_get(admin(), "/api/v1/enrolments?programme_id=%s&role=mentor", id), 200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_int_equal(api_count(api_expect(api_get(api_as("programme_admin", "other.admin"),
						      "/api/v1/enrolments?programme_id=%s", id),
					   200),
				 "items"),
		0);
	struct api_reply *gone = api_expect(
		api_post(ann, api_path("/api/v1/enrolments/%s/withdrawal", enrolment), NULL), 200);
	assert_string_equal(api_text(gone, "status"), "withdrawn");
}

static void nobody_enrols_where_enrolment_is_closed(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Closed door");
	struct api_reply *now = api_expect(api_get(admin(), "/api/v1/programmes/%s", id), 200);
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), api_text(now, "links.self"), "{\"enrolment_open\": false}"),
		200);
	api_expect_problem(api_post(api_as("participant", "ann"), "/api/v1/enrolments",
				   "{\"programme_id\": \"%s\", \"role\": \"mentor\"}", id),
		409, "programme_not_open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_invited_by_filter_with_a_text_for_them),
		cmocka_unit_test(an_invitation_is_answered_and_the_funnel_counts_it),
		cmocka_unit_test(intake_answers_fit_the_form_of_the_role),
		cmocka_unit_test(interest_eligibility_pause_and_resumption),
		cmocka_unit_test(an_enrolment_is_the_persons_own),
		cmocka_unit_test(nobody_enrols_where_enrolment_is_closed),
	};
	return cmocka_run_group_tests_name("enrolments", tests, people_set_up, api_release);
}
