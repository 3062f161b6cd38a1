/* Reports, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Reports", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static void a_report_hides_small_cells_and_what_would_give_them_away(void **state)
{
	(void)state;
	struct api *admin = api_as("programme_admin", "hr.lead");
	struct api_reply *report = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/participation", programme), 200);
	assert_int_equal(api_integer(report, "totals.mentors"), 6);
	assert_true(json_is_null(api_member(report, "totals.mentees")));
	for (size_t i = 0; i < api_count(report, "departments"); i++) {
		json_t *mentors = api_member(report, api_path("departments.%zu.mentors", i));
		assert_true(json_is_null(mentors) || json_integer_value(mentors) >= 5);
	}
	struct api_reply *all = api_expect(api_get(admin, "/api/v1/reports"), 200);
	assert_string_equal(api_text(all, "items.0.name"), "participation");
	api_expect(api_get(api_as("auditor", NULL), "/api/v1/reports/programmes/%s/participation",
			   programme),
		200);
	api_expect(api_get(api_as("programme_admin", "other.admin"),
			   "/api/v1/reports/programmes/%s/participation", programme),
		404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_hides_small_cells_and_what_would_give_them_away),
	};
	return cmocka_run_group_tests_name("reports", tests, set_up, api_release);
}
