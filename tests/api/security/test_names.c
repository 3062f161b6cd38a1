/*
 * A token opens the account that its name claim names, and no account whose name only looks alike
 * when letters are folded as Unicode does: ASCII letters alone ignore case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/client.h"
#include "support/lookalike.h"

#define SERVICES 4

static const char *const pages[SERVICES] = { "/api/v1/me", "/api/v1/enrolments", "/api/v1/sessions",
	"/api/v1/feedback" };

static int people(void **state)
{
	(void)state;
	static const char csv[] =
		"external_id,user_name,given_name,family_name,level\n"
		"K-1," LOOKALIKE_KEY ",Kim,Oduya,2\n"
		/* somebody whose own name has a long s, beside the one with a short */
		"S-1,sam@co.example,Sam,Short,2\nS-2,\xc5\xbf"
		"am@co.example,Sam,Long,2\n";
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	return 0;
}

static const char *family_of(const char *user_name)
{
	struct api *caller = api_as("participant", user_name);
	for (int i = 1; i < SERVICES; i++)
		api_expect(api_get(caller, "%s", pages[i]), 200);
	return api_text(api_expect(api_get(caller, "/api/v1/me"), 200), "person.display_name");
}

static void the_name_opens_its_account_in_any_case_of_ascii(void **state)
{
	(void)state;
	assert_string_equal(family_of(LOOKALIKE_KEY), "Kim Oduya");
	assert_string_equal(family_of("KIM.SS.FF.FI.FL.FFI.FFL.ST.JHTWYAN@CO.EXAMPLE"), "Kim Oduya");
}

/* After the rightful owner, so that every service has the name in its caches. */
static void what_looks_alike_opens_nothing(void **state)
{
	(void)state;
	char key[128];
	for (size_t i = 0; i < LOOKALIKES; i++) {
		lookalike_of(LOOKALIKE_KEY, i, key, sizeof key);
		struct api *caller = api_as("participant", key);
		for (int page = 0; page < SERVICES; page++) {
			struct api_reply *reply = api_get(caller, "%s", pages[page]);
			if (reply->status != 403)
				fail_msg("%s: %d %s", key, reply->status, reply->text);
			api_expect_problem(reply, 403, "person_unknown");
		}
	}
}

static void two_people_whose_names_look_alike_are_two(void **state)
{
	(void)state;
	assert_string_equal(family_of("sam@co.example"), "Sam Short");
	assert_string_equal(family_of("SAM@co.example"), "Sam Short");
	assert_string_equal(family_of("\xc5\xbf"
				      "am@co.example"),
		"Sam Long");
	assert_string_equal(family_of("\xc5\xbf"
				      "AM@CO.example"),
		"Sam Long");
	assert_string_equal(family_of("sam@co.example"), "Sam Short");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_opens_its_account_in_any_case_of_ascii),
		cmocka_unit_test(what_looks_alike_opens_nothing),
		cmocka_unit_test(two_people_whose_names_look_alike_are_two),
	};
	return cmocka_run_group_tests(tests, people, api_release);
}
