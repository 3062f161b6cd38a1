/* A mentor's places: never fewer than are taken. And what a step without a body takes for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *place, *picks[2]; /* of the only mentor; the two that wait */

static struct api *ann(void)
{
	return api_as("participant", "ann");
}

static int two_picks_wait(void **state)
{
	(void)state;
	static const char *const mentees[] = { "chief", "it.lead" };
	company_import();
	const char *programme = story_programme("hr.lead", "Places");
	for (int i = 0; i < 2; i++)
		story_enrol(mentees[i], programme, "mentee", 1);
	place = api_path("/api/v1/enrolments/%s", story_enrol("ann", programme, "mentor", 2));
	story_round("hr.lead", programme);
	for (int i = 0; i < 2; i++) {
		struct api_reply *list = story_shortlist(mentees[i], programme);
		picks[i] = api_path("/api/v1/pairs/%s",
			api_text(api_expect(
					 api_post(api_as("participant", mentees[i]),
						 api_path("/api/v1/shortlists/%s/pick",
							 api_text(list, "id")),
						 "{\"mentor_id\": \"%s\"}", story_person_id("ann")),
					 201),
				"id"));
	}
	return 0;
}

static struct api_reply *limit(int capacity)
{
	api_if_match(ann(), api_expect(api_get(ann(), "%s", place), 200));
	return api_patch(ann(), place, "{\"capacity\": %d}", capacity);
}

static void null_is_no_body_and_changes_nothing(void **state)
{
	(void)state;
	const char *path = api_path("%s/acceptance", picks[0]);
	static const char *const bodies[] = { "null", "[]", "7", "\"\"" };
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		api_header(ann(), "Idempotency-Key: answer-%zu", i);
		api_expect_problem(api_post(ann(), path, "%s", bodies[i]), 400, "invalid_body");
		assert_string_equal(
			api_text(api_expect(api_get(ann(), "%s", picks[0]), 200), "status"),
			"proposed");
	}
}

static void capacity_does_not_fall_below_what_is_taken(void **state)
{
	(void)state;
	api_expect_fault(api_expect_problem(limit(1), 409, "capacity_below_taken"), "/capacity");
	api_expect(api_post(ann(), api_path("%s/decline", picks[1]), "{\"reason\": \"no_time\"}"),
		200);
	assert_int_equal(api_integer(api_expect(limit(1), 200), "capacity"), 1);
}

/* The key of a request that was refused is good for the right one. */
static void no_body_and_an_empty_one_are_the_same(void **state)
{
	(void)state;
	const char *path = api_path("%s/acceptance", picks[0]);
	api_header(ann(), "Idempotency-Key: answer-0");
	struct api_reply *yes = api_expect(
		api_send(ann(), "POST", path, "application/json", "", 0), 200);
	assert_string_equal(api_text(yes, "status"), "active");
	api_header(ann(), "Idempotency-Key: answer-0");
	api_expect(api_send(ann(), "POST", path, "application/json", "", 0), 200);
	api_header(ann(), "Idempotency-Key: answer-0");
	api_expect(api_post(ann(), path, "{}"), 200);
	struct api_reply *mine = api_expect(api_get(ann(), "%s", place), 200);
	assert_int_equal(api_integer(mine, "taken"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_is_no_body_and_changes_nothing),
		cmocka_unit_test(capacity_does_not_fall_below_what_is_taken),
		cmocka_unit_test(no_body_and_an_empty_one_are_the_same),
	};
	return cmocka_run_group_tests_name("capacity", tests, two_picks_wait, api_release);
}
