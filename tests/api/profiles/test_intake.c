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
	static const char *const types[] = { "application/vnd.ms-excel",
		"multipart/form-data; boundary=x", "text/csv; charset=koi8-r", "application/json" };
	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct api_reply *reply = api_expect_problem(
			api_send(api_as("hris", NULL), "POST", "/api/v1/imports", types[i], SHORT,
				strlen(SHORT)),
			415, "unsupported_media_type");
		assert_string_equal(api_header_of(reply, "Accept-Post"), "text/csv");
		assert_non_null(strstr(api_text(reply, "detail"), "text/csv in UTF-8, UTF-16"));
		assert_non_null(strstr(api_text(reply, "detail"), "windows-1252"));
	}
	struct api_reply *patch = api_expect_problem(
		api_send(as("ben"), "PATCH", "/api/v1/people/me", "text/csv", "x", 1), 415,
		"unsupported_media_type");
	assert_string_equal(api_header_of(patch, "Accept-Patch"),
		"application/merge-patch+json, application/json");
	struct api_reply *put = api_expect_problem(
		api_send(as("ben"), "PUT", "/api/v1/people/me/skills", "text/csv", "x", 1), 415,
		"unsupported_media_type");
	assert_string_equal(api_header_of(put, "Accept"), "application/json");
}

/* A file in this encoding, followed to its end. */
static struct api_reply *import_as(const char *type, const char *bytes, size_t length)
{
	struct api *hris = api_as("hris", NULL);
	struct api_reply *now = api_expect(
		api_send(hris, "POST", "/api/v1/imports", type, bytes, length), 202);
	const char *path = api_path("/api/v1/imports/%s", api_text(now, "id"));
	api_wait_until(60, (now = api_expect(api_get(hris, "%s", path), 200),
				   strcmp(api_text(now, "status"), "queued") != 0 &&
					   strcmp(api_text(now, "status"), "checking") != 0 &&
					   strcmp(api_text(now, "status"), "applying") != 0));
	return now;
}

/* ASCII as UTF-16 behind a mark; the lower byte first, or the higher. Returns the length. */
static size_t widen(const char *text, bool big, char *ret_bytes)
{
	size_t at = 0;
	ret_bytes[at++] = big ? '\xfe' : '\xff';
	ret_bytes[at++] = big ? '\xff' : '\xfe';
	for (; *text; text++) {
		ret_bytes[at + big] = *text;
		ret_bytes[at + !big] = '\0';
		at += 2;
	}
	return at;
}

static void a_file_comes_as_spreadsheets_write_it(void **state)
{
	static const char windows[] = "External ID;USER_NAME;Given Name;Level;Active\r\n"
				      "U-1;u1;Ren\xe9 \x8cuvre;1;TRUE\r\n;;;;\r\n";
	static const char old[] = "sep=\t\rexternal_id\tuser_name\tgiven_name\tlevel\r"
				  "U-2\tu2\tUma\t2\rU-3\tu3\tUlf\t1\r\t\t\t\r";
	static char wide[400];
	(void)state;
	struct api_reply *import = import_as(
		"text/csv; charset=Windows-1252", windows, sizeof windows - 1);
	expect_status(import, "done", NULL);
	assert_string_equal(column_of("U-1", "given_name = E'Ren\\u00e9 \\u0152uvre'"), "t");
	expect_status(import_as("text/csv", old, sizeof old - 1), "done", NULL);
	assert_string_equal(column_of("U-3", "given_name"), "Ulf");
	for (int big = 0; big < 2; big++) {
		size_t length = widen(SHORT ",title\r\nU-2,u2,Uma,2,Wide\r\n", big, wide);
		import = import_as(big ? "text/csv; charset=utf-16" : "text/csv", wide, length);
		expect_status(import, "done", NULL);
		assert_int_equal(
			api_integer(import, big ? "counts.unchanged" : "counts.updated"), 1);
	}
	assert_string_equal(column_of("U-2", "title"), "Wide");
	api_expect_problem(api_send(api_as("hris", NULL), "POST", "/api/v1/imports", "text/csv",
				   windows, sizeof windows - 1),
		422, "invalid_csv");
	api_expect_problem(
		api_send(api_as("hris", NULL), "POST", "/api/v1/imports", "text/csv", wide, 31),
		422, "invalid_csv");
}

/* Day before month, a day's number and what a spreadsheet shows: which is meant cannot be told. */
static void dates_of_a_spreadsheet_are_named(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"external_id;user_name;given_name;level;hired_on;active\n"
		"X-1;ada;Xi;4;03.01.2016;TRUE\nX-2;x2;Xu;2;44256;FALSE\nX-3;x3;Xo;2;1/3/16;True\n",
		NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import),
		"2 hired_on not_a_date; 2 user_name taken; 3 hired_on not_a_date; "
		"4 hired_on not_a_date; ");
	struct api_reply *rows = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/imports/%s/rows", api_text(import, "id")),
		200);
	assert_non_null(strstr(rows->text, "03.01.2016"));
	assert_non_null(strstr(rows->text, "44256"));
}

#define ORACLE "../shared/data/oracle_hr_employees.csv"

/* People as an HR system has them, as a spreadsheet saves them: "Unicode text". */
static void a_real_file_comes_in_utf_16(void **state)
{
	static char text[1 << 16], wide[1 << 17];
	(void)state;
	FILE *in = fopen(ORACLE, "rb");
	if (!in) {
		print_message("skipped: the sample file is not on this machine\n");
		skip();
	}
	size_t length = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	text[length] = '\0';
	for (char *at = text; (at = strstr(at, ",Oxford,"));) /* a town for a country */
		memcpy(at, ",    GB,", 8);
	struct api_reply *import = import_as("text/csv", wide, widen(text, false, wide));
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.created"), 107);
	assert_string_equal(column_of("OHR-101", "family_name"), "Yang");
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
		cmocka_unit_test(a_file_comes_as_spreadsheets_write_it),
		cmocka_unit_test(dates_of_a_spreadsheet_are_named),
		cmocka_unit_test(a_real_file_comes_in_utf_16),
		cmocka_unit_test(holidays_are_those_of_a_known_country),
	};
	return cmocka_run_group_tests(tests, company_arrives, NULL);
}
