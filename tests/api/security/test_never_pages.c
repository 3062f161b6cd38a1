/*
 * What must never happen, sentence by sentence: the pages of a portal, which put together what
 * others may not see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "masked.h"
#include "never.h"
#include "support/story.h"

static const char *mentee_page(void)
{
	return api_path("/api/v1/dashboards/mentee?programme_id=%s", never_world.programme);
}

static const char *pair_page(void)
{
	return api_path("/api/v1/dashboards/pairs/%s", never_world.pair);
}

static void a_page_for_the_mentee_never_shows_feedback_flags_or_circles(void **state)
{
	(void)state;
	struct api *mentee = never_as(CALLER_MENTEE);
	const char *pages[] = { "/api/v1/dashboards/me", mentee_page(), pair_page() };
	static const char *const words[] = { "flag", "circle", "rule\"", "cadence_", "twice",
		"rating", "released", "feedback\"" };
	struct api_reply *before[3];
	/* what is due has been told: nothing else moves */
	api_wait_until(20.0, strstr(api_expect(api_get(mentee, "/api/v1/notifications"), 200)->text,
				     "assessment_due") != NULL);
	story_settle();
	for (int i = 0; i < 3; i++)
		before[i] = api_expect(api_get(mentee, "%s", pages[i]), 200);
	api_expect(api_post(never_as(CALLER_MENTOR), "/api/v1/feedback",
			   "{\"pair_id\": \"%s\", \"visibility\": \"partner\", \"rating\": 1}",
			   never_world.pair),
		201);
	for (int i = 0; i < 3; i++) {
		struct api_reply *after = api_expect(api_get(mentee, "%s", pages[i]), 200);
		assert_true(masked_same(before[i], after));
		for (size_t word = 0; word < sizeof words / sizeof *words; word++)
			never_says(after, words[word]);
	}
}

static void the_page_of_a_pair_is_for_the_two_alone(void **state)
{
	(void)state;
	static const enum caller others[] = { CALLER_STRANGER, CALLER_LINE, CALLER_COORDINATOR,
		CALLER_OTHER };
	api_expect(api_get(never_as(CALLER_MENTOR), "%s", pair_page()), 200);
	for (int i = 0; i < 4; i++)
		never_there(others[i], "dashboards/pairs", never_world.pair);
}

static void who_takes_no_part_learns_nothing_of_a_programme(void **state)
{
	(void)state;
	static const enum caller others[] = { CALLER_STRANGER, CALLER_LINE, CALLER_MENTOR };
	for (int i = 0; i < 3; i++) {
		struct api_reply *own = api_get(never_as(others[i]), "%s", mentee_page());
		api_expect_problem(own, 422, "unknown_reference");
		assert_true(masked_same(
			own, api_get(never_as(others[i]),
				     "/api/v1/dashboards/mentee?programme_id=" NEVER_ID)));
	}
}

static void a_line_manager_sees_nothing_of_the_pair_on_their_own_page(void **state)
{
	(void)state;
	struct api_reply *page = api_expect(
		api_get(never_as(CALLER_LINE), "/api/v1/dashboards/me"), 200);
	assert_int_equal(api_count(page, "tasks"), 0);
	assert_int_equal(api_count(page, "next_sessions"), 0);
	assert_int_equal(api_count(page, "roles"), 0);
	never_says(page, never_world.pair);
}

static void a_mentor_never_learns_which_shortlists_they_are_on(void **state)
{
	(void)state;
	const char *pages[] = { "/api/v1/dashboards/me",
		api_path("/api/v1/dashboards/mentor?programme_id=%s", never_world.programme),
		pair_page() };
	for (int i = 0; i < 3; i++) {
		struct api_reply *page = api_expect(
			api_get(never_as(CALLER_MENTOR), "%s", pages[i]), 200);
		never_says(page, never_world.shortlist);
		never_says(page, never_world.open_list);
		never_says(page, "\"score\"");
	}
}

static void a_programme_of_another_admin_has_no_page(void **state)
{
	(void)state;
	never_there(CALLER_OTHER, "dashboards/programmes", never_world.programme);
	const char *rows = "/api/v1/dashboards/programmes/%s/work-list";
	api_expect(api_get(never_as(CALLER_COORDINATOR), rows, never_world.programme), 200);
	struct api_reply *own = api_get(never_as(CALLER_OTHER), rows, never_world.programme);
	api_expect_problem(own, 404, "not_found");
	assert_true(masked_same(own, api_get(never_as(CALLER_OTHER), rows, NEVER_ID)));
	/* a coordinator whose token does not say programme_admin is a participant like others */
	api_expect(api_get(world_as(WORLD_COORDINATOR), "/api/v1/dashboards/programmes/%s",
			   never_world.programme),
		403);
	struct api_reply *page = api_expect(
		api_get(world_as(WORLD_COORDINATOR), "/api/v1/dashboards/me"), 200);
	assert_int_equal(api_count(page, "roles"), 0);
}

static void a_reminder_never_says_who_asked_for_it(void **state)
{
	(void)state;
	struct api_reply *told = api_expect(
		api_get(never_as(CALLER_MENTOR), "/api/v1/notifications?limit=200"), 200);
	assert_non_null(strstr(told->text, "agreement_reminder"));
	never_says(told, world_person(WORLD_COORDINATOR));
	never_says(told, "Cora");
	never_there(CALLER_OTHER, "messages", never_world.message);
	assert_int_equal(never_items(CALLER_OTHER, "/api/v1/messages"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_for_the_mentee_never_shows_feedback_flags_or_circles),
		cmocka_unit_test(the_page_of_a_pair_is_for_the_two_alone),
		cmocka_unit_test(who_takes_no_part_learns_nothing_of_a_programme),
		cmocka_unit_test(a_line_manager_sees_nothing_of_the_pair_on_their_own_page),
		cmocka_unit_test(a_mentor_never_learns_which_shortlists_they_are_on),
		cmocka_unit_test(a_programme_of_another_admin_has_no_page),
		cmocka_unit_test(a_reminder_never_says_who_asked_for_it),
	};
	return cmocka_run_group_tests(tests, never_build, api_release);
}
