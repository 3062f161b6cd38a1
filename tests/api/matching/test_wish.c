/* Wishes: named people are asked, answer in private, and come before any score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *wishes_of(const char *user_name, const char *programme)
{
	return api_path("/api/v1/enrolments/%s/wishes", enrolment_of(user_name, programme));
}

static struct api_reply *names(const char *user_name, const char *programme, const char *named)
{
	return api_put(as(user_name), wishes_of(user_name, programme), "{\"person_ids\": [\"%s\"]}",
		story_person_id(named));
}

/* How the author sees their first wish. */
static const char *seen(const char *user_name, const char *programme)
{
	return api_text(
		api_expect(api_get(as(user_name), "%s", wishes_of(user_name, programme)), 200),
		"wishes.0.status");
}

/* The named person answers the first wish; where there is none, the test fails. */
static void answers(const char *user_name, const char *programme, const char *word)
{
	const char *path = wishes_of(user_name, programme);
	struct api_reply *asked = api_expect(api_get(as(user_name), "%s", path), 200);
	api_expect(
		api_post(as(user_name),
			api_path("%s/%s/%s", path, api_text(asked, "asked_by.0.id"), word), NULL),
		200);
}

static void a_wish_is_answered_in_private(void **state)
{
	(void)state;
	const char *programme = company_programme("Wishes", 2);
	api_expect_problem(names("it.lead", programme, "it.lead"), 422, "self_reference");
	api_expect(names("it.lead", programme, "ann"), 200);
	assert_string_equal(seen("it.lead", programme), "asked");
	/* Ann has to answer; nobody else learns of that */
	assert_true(has_task(as("ann"), "answer_wish"));
	struct api_reply *hers = enrolment("ann", programme);
	assert_non_null(strstr(hers->text, "\"wish_confirmation\""));
	assert_string_equal(api_text(hers, "links.wishes"), wishes_of("ann", programme));
	assert_null(
		strstr(api_expect(api_get(admin(), "%s", api_text(hers, "links.self")), 200)->text,
			"\"wish_confirmation\""));
	assert_false(has_task(admin(), "answer_wish"));
	answers("ann", programme, "refusal");
	assert_false(has_task(as("ann"), "answer_wish"));
	assert_string_equal(seen("it.lead", programme), "asked");
	assert_null(strstr(
		api_expect(api_get(admin(), "%s", wishes_of("it.lead", programme)), 200)->text,
		"declined"));
	answers("ann", programme, "confirmation");
	assert_string_equal(seen("it.lead", programme), "confirmed");
	is_told("it.lead", "wish_confirmed");
	/* who may not be paired is not asked, and the author cannot tell */
	api_expect(api_post(as("bob"), "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
			   story_person_id("it.lead")),
		201);
	struct api_reply *excluded = api_expect(names("it.lead", programme, "bob"), 200);
	struct api_reply *open = api_expect(names("it.lead", programme, "cleo"), 200);
	assert_string_equal(
		api_text(excluded, "wishes.0.status"), api_text(open, "wishes.0.status"));
	assert_int_equal(api_count(open, "wishes"), 1);
	assert_false(has_task(as("bob"), "answer_wish"));
	assert_true(has_task(as("cleo"), "answer_wish"));
	assert_int_equal(
		api_count(api_expect(api_get(as("bob"), "%s", wishes_of("bob", programme)), 200),
			"asked_by"),
		0);
	api_expect_problem(
		api_get(as("bob"), "%s", wishes_of("it.lead", programme)), 404, "not_found");
}

/* One mentor teaches both skills, and so comes first by score; another one is wished for. */
static void a_wish_of_both_comes_before_any_score(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Wished");
	static const char *const mentors[] = { "ann", "bob", "cleo", "hr.team" };
	story_teaches("hr.team", "generative AI", NULL);
	story_enrol("it.lead", programme, "mentee", 1);
	for (size_t i = 0; i < 4; i++)
		story_enrol(mentors[i], programme, "mentor", 1);
	/* whoever is not among the three of a first round */
	const char *round = story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("it.lead", programme);
	const char *left = NULL;
	for (size_t i = 0; i < 4; i++)
		if (!strstr(list->text, story_person_id(mentors[i])))
			left = mentors[i];
	assert_non_null(left);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/rollback", round), NULL), 200);
	api_expect(names("it.lead", programme, left), 200);
	answers(left, programme, "confirmation");
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/rounds/%s", story_round("hr.lead", programme)), 200);
	double worth = json_number_value(api_member(now, "totals.worth"));
	assert_true(worth > 0);
	assert_true(json_number_value(api_member(now, "totals.bound")) >= worth);
	list = story_shortlist("it.lead", programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	assert_non_null(strstr(list->text, story_person_id(left)));
}

/* Who replies to a listing has named its author where both take part. */
static void a_reply_to_a_listing_is_a_wish(void **state)
{
	(void)state;
	const char *programme = company_programme("Replies", 1);
	struct api_reply *listing = api_expect(
		api_post(as("ann"), "/api/v1/listings",
			"{\"kind\": \"teach\", \"skill_id\": \"%s\", \"title\": \"Feeds\"}",
			story_skill("social media")),
		201);
	api_expect(api_post(as("it.lead"), api_path("%s/replies", api_text(listing, "links.self")),
			   "{\"message\": \"When?\"}"),
		201);
	story_settle();
	api_wait_until(20,
		api_count(api_expect(api_get(as("it.lead"), "%s", wishes_of("it.lead", programme)),
				  200),
			"wishes") == 1);
	answers("ann", programme, "confirmation");
	assert_string_equal(seen("it.lead", programme), "confirmed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_wish_is_answered_in_private, people_begin_anew),
		cmocka_unit_test_setup(a_wish_of_both_comes_before_any_score, people_begin_anew),
		cmocka_unit_test_setup(a_reply_to_a_listing_is_a_wish, people_begin_anew),
	};
	return cmocka_run_group_tests_name("wishes", tests, people_without_limits, api_release);
}
