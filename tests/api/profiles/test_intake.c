/* Text from outside, by file and by body: white space around it is taken off, marks that cannot be
 * seen and control characters are refused, values of closed lists are known ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define SHORT "external_id,user_name,given_name,level"

static long long people_count(void)
{
	return strtoll(api_sql("superuser", "SELECT count(*) FROM profiles.person"), NULL, 10);
}

static void white_space_around_a_key_is_no_part_of_it(void **state)
{
	static const char *const rows[] = { "P-7 ,gil,Gil,1", "P-7\u00a0,gil,Gil,1",
		"P-7, gil ,Gil,1", "P-7,gil\u00a0,Gil,1", "\u2003P-7,\u3000gil,\tGil, 1 " };
	(void)state;
	expect_status(api_import(SHORT "\nP-7,gil,Gil,1\n", NULL), "done", NULL);
	long long before = people_count();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct api_reply *import = api_import(api_path(SHORT "\n%s\n", rows[i]), NULL);
		expect_status(import, "done", NULL);
		assert_int_equal(api_integer(import, "counts.unchanged"), 1);
	}
	assert_int_equal(people_count(), before);
	assert_string_equal(column_of("P-7", "user_name"), "gil");
}

static void what_cannot_be_seen_is_a_fault(void **state)
{
	(void)state;
	long long before = people_count();
	struct api_reply *import = api_import(SHORT ",title,country\n"
						    "N-1\u200b,n1,Nan,1,,\n"
						    "N-2,n\u00a02,Nan,1,,\n"
						    "N-3,n3,A\vB,1,,\n"
						    "N-4,n4,\u2800,1,,\n"
						    "N-5,n5,Nan,1,A\u202eB,\n"
						    "N-6,n6,Nan,1,,Germany\n"
						    "N-7,n7,Nan,1,,uk\n"
						    "N-8,n8,Nan,1,,GBR\n",
		NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import),
		"2 external_id not_allowed_here; 3 user_name not_allowed_here; "
		"4 given_name not_allowed_here; 5 given_name nothing_visible; "
		"6 title not_allowed_here; 7 country not_a_country; 8 country not_a_country; "
		"9 country not_a_country; ");
	assert_int_equal(people_count(), before);
}

static void what_is_stored_is_trimmed_and_composed(void **state)
{
	(void)state;
	expect_status(api_import("external_id,user_name,given_name,level,country,department\r\r\n"
				 "D-1,d1,E\u0301mile,2,,Care Desk\r\r\n"
				 "D-2,d2,Dan,2,gb,\"Care Desk\r\"\r\r\n",
			      NULL),
		"done", NULL);
	assert_string_equal(column_of("D-1", "given_name = E'\\u00c9mile'"), "t");
	assert_string_equal(column_of("D-2", "country"), "GB");
	struct api_reply *found = api_expect(
		api_get(as("ada"), "/api/v1/people?department=%%20Care%%20Desk"), 200);
	assert_int_equal(api_count(found, "items"), 2);
}

static void bodies_are_taken_in_alike(void **state)
{
	static const char *const bad[] = { "{\"pronouns\": \"a\\u000bb\"}",
		"{\"pronouns\": \"\\u0015\"}", "{\"pronouns\": \"A\\rB\"}",
		"{\"pronouns\": \"x\\u007f\"}", "{\"pronouns\": \"\\u200b\"}",
		"{\"pronouns\": \"\\u202ethey\"}", "{\"pronouns\": \"\\u2800\"}" };
	(void)state;
	struct api *ben = as("ben");
	api_if_match(ben, api_expect(api_get(ben, "/api/v1/people/me"), 200));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		api_expect_fault(
			api_expect_problem(api_patch(ben, "/api/v1/people/me", "%s", bad[i]), 422,
				"unprocessable"),
			"/pronouns");
	api_expect_fault(
		api_expect_problem(api_patch(ben, "/api/v1/people/me", "{\"bio\": \"a\\u0007b\"}"),
			422, "unprocessable"),
		"/bio");
	api_if_match(ben, api_expect(api_get(ben, "/api/v1/people/me"), 200));
	struct api_reply *now = api_expect(
		api_patch(ben, "/api/v1/people/me",
			"{\"pronouns\": \" he\\u00a0\", \"bio\": \" One\\r\\n\\tTwo: e\\u0301 "
			"\\n\"}"),
		200);
	assert_string_equal(api_text(now, "pronouns"), "he");
	assert_string_equal(api_text(now, "bio"), "One\n\tTwo: \u00e9");
	struct api *admin = api_as("admin", NULL);
	api_expect_fault(api_expect_problem(
				 api_post(admin, "/api/v1/skills", "{\"name\": \"sk\\u0015ill\"}"),
				 422, "unprocessable"),
		"/name");
	api_expect_fault(
		api_expect_problem(api_post(admin, "/api/v1/skills", "{\"name\": \"   \"}"), 422,
			"unprocessable"),
		"/name");
	api_expect_fault(api_expect_problem(api_post(admin, "/api/v1/skills",
						    "{\"name\": \"s\", \"code\": \"A\\u00a0B\"}"),
				 422, "unprocessable"),
		"/code");
}

static void unknown_columns_warn_and_single_names_are_taken(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"sep=;\r\nExternal ID;User Name;Given Name;Family "
		"Name;LEVEL;Shoe size\r\nW-1;w1;;Suryati;1;40\r\n;;;;;\r\n",
		NULL);
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.faults"), 0);
	assert_int_equal(api_integer(import, "counts.created"), 1);
	assert_string_equal(column_of("W-1", "display_name"), "Suryati");
	assert_string_equal(faults_of(import), "2 shoe_size unknown_column; ");
	struct api_reply *rows = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/imports/%s/rows", api_text(import, "id")),
		200);
	assert_true(json_is_true(api_member(rows, "items.0.warning")));
}

/* One who leaves is said by name; several at once may be a file gone wrong. */
static void a_delta_that_deactivates_many_waits(void **state)
{
	static const char left[] = SHORT ",active\nL-1,l1,Lu,1,FALSE\nL-2,l2,Li,1,FALSE\n";
	(void)state;
	expect_status(api_import(SHORT "\nL-1,l1,Lu,1\nL-2,l2,Li,1\n", NULL), "done", NULL);
	expect_status(api_import(left, NULL), "checked", "mass_deactivation");
	assert_string_equal(column_of("L-1", "status"), "active");
	expect_status(api_import(left, "confirm_deactivations=2"), "done", NULL);
	assert_string_equal(column_of("L-1", "status"), "inactive");
	expect_status(api_import(SHORT ",active\nP-7,gil,Gil,1,FALSE\n", NULL), "done", NULL);
}

static void another_media_type_is_told_the_right_one(void **state)
{
	(void)state;
	struct api_reply *reply = api_expect_problem(
		api_post(api_as("hris", NULL), "/api/v1/imports", "{}"), 415,
		"unsupported_media_type");
	assert_non_null(strstr(api_text(reply, "detail"), "text/csv"));
}

static void holidays_are_those_of_a_known_country(void **state)
{
	static const char days[] =
		"{\"days\": [{\"day\": \"2027-05-03\", \"name\": \"Early May\"}]}";
	(void)state;
	struct api *admin = api_as("admin", NULL);
	api_expect(api_put(admin, "/api/v1/holidays/GB", "%s", days), 200);
	api_expect(api_put(admin, "/api/v1/holidays/GB-ENG", "%s", days), 200);
	api_expect_problem(
		api_put(admin, "/api/v1/holidays/UK", "%s", days), 400, "invalid_parameter");
	api_expect_problem(
		api_put(admin, "/api/v1/holidays/gb", "%s", days), 400, "invalid_parameter");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_around_a_key_is_no_part_of_it),
		cmocka_unit_test(what_cannot_be_seen_is_a_fault),
		cmocka_unit_test(what_is_stored_is_trimmed_and_composed),
		cmocka_unit_test(bodies_are_taken_in_alike),
		cmocka_unit_test(unknown_columns_warn_and_single_names_are_taken),
		cmocka_unit_test(a_delta_that_deactivates_many_waits),
		cmocka_unit_test(another_media_type_is_told_the_right_one),
		cmocka_unit_test(holidays_are_those_of_a_known_country),
	};
	return cmocka_run_group_tests(tests, company_arrives, NULL);
}
