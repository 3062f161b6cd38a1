/* A programme that grows: cohorts, intake forms, copies, resources, training, rounds by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

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

static struct api *other(void)
{
	return api_as("programme_admin", "other.admin");
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

/* The enrolment of a person in a programme, as they read it. */
static struct api_reply *enrolment(const char *user_name, const char *programme)
{
	const char *id = api_text(
		api_expect(api_get(as(user_name), "/api/v1/enrolments?programme_id=%s", programme),
			200),
		"items.0.id");
	return api_expect(api_get(as(user_name), "/api/v1/enrolments/%s", id), 200);
}

/* Waits until the round is ready; as it then reads. */
static struct api_reply *ready_round(const char *id)
{
	struct api_reply *round;
	api_wait_until(20, (round = api_get(admin(), "/api/v1/rounds/%s", id),
				   strcmp(api_text(round, "status"), "ready") == 0));
	return round;
}

static void a_cohort_says_whom_it_takes(void **state)
{
	(void)state;
	const char *path = api_path(
		"/api/v1/programmes/%s/cohorts", story_programme("hr.lead", "Faulty cohorts"));
	api_expect_fault(api_expect(api_post(admin(), path, "{\"title\": \"Nobody\"}"), 422),
		"/person_ids");
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
		api_expect(api_post(admin(), path, "{\"title\": \"Pilot\", \"level_min\": 8}"), 409),
		"/title");
	api_if_match(admin(), made);
	api_expect_fault(api_expect(api_patch(admin(), api_text(made, "links.self"),
					    "{\"level_min\": null}"),
				 422),
		"/person_ids");
	api_expect(api_get(admin(), "%s", api_text(made, "links.self")), 200);
	api_expect_problem(api_get(other(), "%s", path), 404, "not_found");
	api_expect_problem(api_post(other(), path, "{\"title\": \"x\", \"level_min\": 1}"), 404,
		"not_found");
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
	api_expect_problem(
		api_patch(admin(), api_text(pilot, "links.self"), "{\"title\": \"x\"}"), 412,
		"stale");
	assert_int_equal(api_count(api_expect(api_get(admin(), "%s", path), 200), "items"), 2);
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
	api_expect(api_post(admin(), path, "{\"title\": \"Rest of IT\", \"departments\": [\"IT\"]}"),
		201);
	api_expect_fault(
		api_expect(api_post(admin(), "/api/v1/rounds",
				   "{\"programme_id\": \"%s\", \"cohort_id\": \"%s\"}", programme,
				   programme),
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
	struct api_reply *comparison = api_expect(
		api_get(admin(), "%s/comparison", path), 200);
	assert_int_equal(api_count(comparison, "cohorts"), 3);
	assert_true(json_is_null(api_member(comparison, "cohorts.0.enrolled")));
	api_expect_problem(api_get(other(), "%s/comparison", path), 404, "not_found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cohort_says_whom_it_takes),
		cmocka_unit_test(a_cohort_takes_those_who_fit_first),
		cmocka_unit_test(a_round_of_a_cohort_matches_its_mentees),
	};
	return cmocka_run_group_tests_name("programme_years", tests, set_up, api_release);
}
