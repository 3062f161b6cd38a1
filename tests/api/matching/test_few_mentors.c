/* With too few mentors for the exposure cap, they are shown more often, and every mentee keeps their list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS 10
#define JUNIORS 3

/* Everybody wants to learn the same, and all three could teach everybody. */
static const char *few_mentors(void)
{
	const char *programme = company_enrolled_crowd("Few mentors", LEADERS, JUNIORS, 3);
	api_sql("superuser",
		"INSERT INTO profiles.person_skill (person_id, skill_id, current, target, offered) "
		"SELECT id, '%s', CASE level WHEN 1 THEN 4 ELSE 1 END, CASE level WHEN 6 THEN 4 ELSE 0 "
		"END, level = 1 FROM profiles.person WHERE user_name ~ '^(leader|junior)[0-9]'",
		story_skill("generative AI"));
	return programme;
}

static struct api_reply *round_of(const char *id)
{
	return api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200);
}

static void everybody_has_a_full_list(const char *programme)
{
	for (int i = 1; i <= LEADERS; i++) {
		struct api_reply *list = story_shortlist(api_path("leader%d", i), programme);
		assert_int_equal(api_count(list, "mentors"), JUNIORS);
	}
}

/* Somebody forgot to pick, and may again. */
static void is_opened_again_as_it_was(const char *programme)
{
	struct api_reply *list = story_shortlist("leader1", programme);
	api_sql("superuser", "UPDATE matching.shortlist SET step = 'expiry' WHERE id = '%s'",
		api_text(list, "id"));
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/shortlists/%s", api_text(list, "id")), 200);
	assert_string_equal(api_text(now, "status"), "expired");
	struct api *coordinator = admin();
	api_if_match(coordinator, now);
	api_expect(api_patch(coordinator, api_text(list, "links.self"), "{\"pick_by\": \"%s\"}",
			   api_text(list, "pick_by")),
		200);
	everybody_has_a_full_list(programme);
}

static void lists_are_as_full_once_published_as_the_round_said(void **state)
{
	(void)state;
	const char *programme = few_mentors();
	struct api_reply *round = round_of(story_round("hr.lead", programme));
	assert_int_equal(api_integer(round, "totals.complete"), LEADERS);
	assert_int_equal(api_integer(round, "totals.exposure_cap"), LEADERS); /* the policy says 8 */
	everybody_has_a_full_list(programme);
	is_opened_again_as_it_was(programme);
	/* who comes late is not worse off */
	story_wants("sales.lead", "generative AI", NULL);
	story_enrol("sales.lead", programme, "mentee", 1);
	round = round_of(story_round("hr.lead", programme));
	assert_int_equal(api_integer(round, "totals.exposure_cap"), LEADERS + 1);
	assert_int_equal(api_count(story_shortlist("sales.lead", programme), "mentors"), JUNIORS);
	everybody_has_a_full_list(programme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_as_full_once_published_as_the_round_said),
	};
	return cmocka_run_group_tests_name("few mentors", tests, people_set_up, api_release);
}
