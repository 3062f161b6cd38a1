/* What somebody takes back of what they said of themselves is gone with the next request. */
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

static const char *const juniors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };
static const char *programme;

static void says(const char *user_name, const char *interests)
{
	api_expect(api_put(as(user_name), "/api/v1/people/me/interests", "{\"interests\": [%s]}",
			   interests),
		200);
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	says("chief", "\"chess\", \"opera\"");
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		says(juniors[i], "\"chess\", \"opera\"");
	programme = company_programme("Taken back", 2);
	story_round("hr.lead", programme);
	return 0;
}

static int cards_with(const char *interest)
{
	struct api_reply *list = story_shortlist("chief", programme);
	int count = 0;
	for (size_t i = 0; i < api_count(list, "mentors"); i++)
		for (size_t k = 0; k < api_count(list, api_path("mentors.%zu.shared.interests", i));
			k++)
			count += strcmp(api_text(list,
						api_path("mentors.%zu.shared.interests.%zu", i, k)),
					 interest) == 0;
	return count;
}

static void an_interest_leaves_the_cards_of_an_open_shortlist(void **state)
{
	(void)state;
	assert_int_equal(cards_with("chess"), 3);
	assert_int_equal(cards_with("opera"), 3);
	/* one mentor's, then the mentee's own */
	says(story_user_name(api_text(story_shortlist("chief", programme), "mentors.0.mentor.id")),
		"\"opera\"");
	assert_int_equal(cards_with("chess"), 2);
	assert_int_equal(cards_with("opera"), 3);
	says("chief", "\"chess\"");
	assert_int_equal(cards_with("opera"), 0);
	assert_int_equal(cards_with("chess"), 2);
}

/* Each of the two reads what they learn and what they teach, as far as the other shows it. */
static void a_pair_learns_both_ways(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Both ways");
	const char *const skills = "{\"skills\": [{\"skill_id\": \"%s\", %s}, {\"skill_id\": \"%s\", %s}]}";
	const char *learn = "\"current\": 1, \"target\": 4", *teach = "\"current\": 5, \"offered\": true";
	const char *robots = story_skill("robots"), *boards = story_skill("board work");
	api_expect(api_put(as("it.lead"), "/api/v1/people/me/skills", skills, robots, learn, boards, teach),
		200);
	api_expect(api_put(as("fay"), "/api/v1/people/me/skills", skills, robots, teach, boards, learn), 200);
	story_enrol("it.lead", id, "mentee", 1);
	story_enrol("fay", id, "mentor", 1);
	story_round("hr.lead", id);
	struct api_reply *list = story_shortlist("it.lead", id);
	assert_string_equal(api_text(list, "mentors.0.shared.skills.0"), "robots");
	assert_string_equal(api_text(list, "mentors.0.shared.in_return.0"), "board work");
	const char *mentor, *pair = story_pair("it.lead", id, &mentor);
	static const char *const two[] = { "it.lead", "fay" };
	for (size_t i = 0; i < 2; i++) {
		struct api_reply *seen = api_expect(api_get(as(two[i]), "/api/v1/pairs/%s", pair), 200);
		assert_int_equal(api_count(seen, "learning.mentee_learns"), 1);
		assert_string_equal(api_text(seen, "learning.mentee_learns.0"), "robots");
		assert_string_equal(api_text(seen, "learning.mentor_learns.0"), "board work");
	}
	/* what the mentor shows nobody any more is not read of the pair either */
	api_expect(api_put(as("fay"), "/api/v1/people/me/visibility",
			   "{\"fields\": [{\"field\": \"skills_wanted\", \"audience\": \"nobody\"}]}"),
		200);
	struct api_reply *seen = api_expect(api_get(as("it.lead"), "/api/v1/pairs/%s", pair), 200);
	assert_int_equal(api_count(seen, "learning.mentor_learns"), 0);
	assert_int_equal(api_count(seen, "learning.mentee_learns"), 1);
}

static void a_skill_that_is_no_longer_offered_finds_nobody(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/people?skill_id=%s", story_skill("generative AI"));
	struct api_reply *found = api_expect(api_get(as("chief"), "%s", path), 200);
	assert_non_null(strstr(found->text, story_person_id("ann")));
	api_expect(api_put(as("ann"), "/api/v1/people/me/skills", "{\"skills\": []}"), 200);
	assert_null(strstr(
		api_expect(api_get(as("chief"), "%s", path), 200)->text, story_person_id("ann")));
	assert_int_equal(api_count(api_expect(api_get(as("chief"), "/api/v1/people/%s/skills",
						      story_person_id("ann")),
					   200),
				 "skills"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interest_leaves_the_cards_of_an_open_shortlist),
		cmocka_unit_test(a_pair_learns_both_ways),
		cmocka_unit_test(a_skill_that_is_no_longer_offered_finds_nobody),
	};
	return cmocka_run_group_tests_name("cards of a shortlist", tests, set_up, api_release);
}
