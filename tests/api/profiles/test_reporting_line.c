/* Reporting lines: upward for the person and HR, in both directions for whoever runs programmes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define MINE "/api/v1/people/me/reporting-line"

/* Whose line it is for others. */
static const char *line_of(const char *user_name)
{
	return api_path("/api/v1/people/%s/reporting-line", id_of(user_name));
}

/* "steps name" of everybody above, each followed by a semicolon; a vacant post has a dash for its name. */
static const char *above(const struct api_reply *line)
{
	static char text[1000];
	size_t at, used = 0;
	json_t *item;
	text[0] = '\0';
	json_array_foreach(api_member(line, "above"), at, item)
	{
		json_t *person = json_object_get(item, "person");
		assert_int_equal(json_is_true(json_object_get(item, "vacant")), json_is_null(person));
		used += (size_t)snprintf(text + used, sizeof text - used, "%lld %s; ",
			json_integer_value(json_object_get(item, "steps")),
			json_is_null(person) ? "-"
					     : json_string_value(json_object_get(person, "display_name")));
		assert_true(used < sizeof text);
	}
	return text;
}

static void people_read_their_own_line_upward(void **state)
{
	(void)state;
	struct api_reply *line = api_expect(api_get(as("cem"), MINE), 200);
	assert_string_equal(api_text(line, "person_id"), id_of("cem"));
	assert_string_equal(above(line), "1 Ben Brook; 2 Ada Osei; ");
	line = api_expect(api_get(as("ben"), MINE), 200);
	assert_string_equal(above(line), "1 Ada Osei; ");
	assert_true(json_is_null(api_member(line, "reports")));
	assert_true(json_is_null(api_member(line, "reports_total")));
	assert_string_equal(above(api_expect(api_get(as("ada"), MINE), 200)), "");
}

/* A line manager has no special right: not to the line of those who report to them either. */
static void nobody_reads_that_of_a_colleague(void **state)
{
	static const char *const callers[] = { "ben", "dora", "ada" };
	(void)state;
	const char *missing = "/api/v1/people/019a0000-0000-7000-8000-00000000dead/reporting-line";
	for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
		struct api_reply *refused = api_get(as(callers[i]), "%s", line_of("cem"));
		api_expect_problem(refused, 404, "not_found");
		expect_same_refusal(refused, api_get(as(callers[i]), "%s", missing));
	}
	api_expect_problem(api_get(api_as("admin", NULL), "%s", line_of("cem")), 403, "person_unknown");
}

static void hr_and_programme_admins_read_that_of_everybody(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL), *runs = api_as("programme_admin", "eve");
	struct api_reply *line = api_expect(api_get(hris, "%s", line_of("ben")), 200);
	assert_string_equal(above(line), "1 Ada Osei; ");
	assert_true(json_is_null(api_member(line, "reports")));
	line = api_expect(api_get(runs, "%s", line_of("ben")), 200);
	assert_string_equal(above(line), "1 Ada Osei; ");
	assert_int_equal(api_integer(line, "reports_total"), 2); /* Finn has left */
	assert_string_equal(api_text(line, "reports.0.display_name"), "Cem Arslan");
	assert_string_equal(api_text(line, "reports.1.display_name"), "Dora Diaz");
	line = api_expect(api_get(runs, "%s", line_of("cem")), 200);
	assert_int_equal(api_count(line, "reports"), 0);
	const char *left = column_of("P-6", "id");
	line = api_expect(api_get(hris, "/api/v1/people/%s/reporting-line", left), 200);
	assert_string_equal(above(line), "1 Ben Brook; 2 Ada Osei; ");
	api_expect_problem(
		api_get(runs, "/api/v1/people/%s/reporting-line", left), 404, "not_found");
}

/* A manager whom HR has not sent yet: the post stands in the line, under the only head there is. */
static void a_vacant_post_stands_in_the_line(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	api_expect(api_put(hris, "/api/v1/people/by-external-id/P-7",
			   "{\"user_name\": \"gus\", \"given_name\": \"Gus\", \"level\": 2,"
			   " \"manager_external_id\": \"P-70\"}"),
		201);
	struct api_reply *line = api_expect(api_get(as("gus"), MINE), 200);
	assert_string_equal(above(line), "1 -; 2 Ada Osei; ");
	assert_null(strstr(line->text, "P-70"));
	api_expect(api_put(hris, "/api/v1/people/by-external-id/P-8",
			   "{\"user_name\": \"hal\", \"given_name\": \"Hal\", \"level\": 1,"
			   " \"manager_external_id\": \"P-7\"}"),
		201);
	assert_string_equal(
		above(api_expect(api_get(as("hal"), MINE), 200)), "1 Gus; 2 -; 3 Ada Osei; ");
	api_expect(api_put(hris, "/api/v1/people/by-external-id/P-70",
			   "{\"user_name\": \"ida\", \"given_name\": \"Ida\", \"level\": 3,"
			   " \"manager_external_id\": \"P-5\"}"),
		201);
	assert_string_equal(above(api_expect(api_get(as("hal"), MINE), 200)),
		"1 Gus; 2 Ida; 3 Eve Arslan; 4 Ada Osei; ");
}

/* With two heads nobody can say under which of them the post is. */
static void a_vacant_post_is_at_the_top_where_there_are_two_heads(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	static const char *const people[] = { "{\"user_name\": \"jo\", \"given_name\": \"Jo\", \"level\": 5}",
		"{\"user_name\": \"kim\", \"given_name\": \"Kim\", \"level\": 1, \"manager_external_id\": \"P-9\"}",
		"{\"user_name\": \"lou\", \"given_name\": \"Lou\", \"level\": 1, \"manager_external_id\": \"P-90\"}" };
	for (int i = 0; i < 3; i++)
		api_expect(api_put(hris, api_path("/api/v1/people/by-external-id/P-%d", 9 + i), "%s", people[i]), 201);
	assert_string_equal(above(api_expect(api_get(as("lou"), MINE), 200)), "1 -; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_read_their_own_line_upward),
		cmocka_unit_test(nobody_reads_that_of_a_colleague),
		cmocka_unit_test(hr_and_programme_admins_read_that_of_everybody),
		cmocka_unit_test(a_vacant_post_stands_in_the_line),
		cmocka_unit_test(a_vacant_post_is_at_the_top_where_there_are_two_heads),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
