/* Lists with two orders: the one is the other from its end, over pages of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme, *pair;

static int set_up(void **state)
{
	(void)state;
	const char *mentor, *other;
	company_import();
	programme = company_programme("Orders", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_pair("it.lead", programme, &other);
	story_agreement(pair, "chief", mentor, "2027-01-04");
	api_expect(
		api_post(api_as("participant", "chief"), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"09:00\", \"weekday\": 1}", pair),
		200);
	return 0;
}

static void is_the_other_way_round(
	struct api *who, const char *path, const char *usual, const char *other)
{
	struct api_reply *all = api_expect(api_get(who, "%s&limit=200", path), 200);
	struct api_reply *said = api_expect(
		api_get(who, "%s&limit=200&order=%s", path, usual), 200);
	size_t left = api_count(all, "items");
	assert_true(left > 1);
	assert_true(json_equal(api_member(all, "items"), api_member(said, "items")));
	const char *cursor = "";
	while (cursor) {
		struct api_reply *page = api_expect(
			api_get(who, "%s&limit=3&order=%s%s", path, other, cursor), 200);
		for (size_t i = 0; i < api_count(page, "items"); i++) {
			assert_true(left-- > 0);
			assert_string_equal(api_text(page, api_path("items.%zu.id", i)),
				api_text(all, api_path("items.%zu.id", left)));
		}
		const char *next = json_string_value(api_member(page, "next_cursor"));
		cursor = next ? api_path("&cursor=%s", next) : NULL;
	}
	assert_int_equal(left, 0);
	/* a cursor is good for its own order alone */
	struct api_reply *begun = api_expect(api_get(who, "%s&limit=1&order=%s", path, usual), 200);
	api_expect_problem(api_get(who, "%s&limit=1&order=%s&cursor=%s", path, other,
				   api_text(begun, "next_cursor")),
		400, "invalid_cursor");
	api_expect_fault(
		api_expect_problem(api_get(who, "%s&order=any", path), 400, "invalid_parameter"),
		"order");
}

static void lists_are_read_from_either_end(void **state)
{
	(void)state;
	struct api *coordinator = api_as("programme_admin", "hr.lead");
	is_the_other_way_round(coordinator,
		api_path("/api/v1/enrolments?programme_id=%s", programme), "oldest", "newest");
	is_the_other_way_round(coordinator, api_path("/api/v1/pairs?programme_id=%s", programme),
		"oldest", "newest");
	is_the_other_way_round(api_as("participant", "chief"),
		api_path("/api/v1/sessions?pair_id=%s", pair), "earliest", "latest");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lists_are_read_from_either_end) };
	return cmocka_run_group_tests_name("orders", tests, set_up, api_release);
}
