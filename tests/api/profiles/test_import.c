/* Imports: faults by line and column, the dry run, the guard, order, circles, skipped rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define SHORT_HEADER "external_id,user_name,given_name,level,manager_external_id\n"

static long long people_count(void)
{
	return strtoll(api_sql("superuser", "SELECT count(*) FROM profiles.person"), NULL, 10);
}

static struct api_reply *wait_for(struct api_reply *import)
{
	const char *id = api_text(import, "id");
	struct api_reply *now = import;
	api_wait_until(
		60, (now = api_expect(api_get(api_as("hris", NULL), "/api/v1/imports/%s", id), 200),
			    strcmp(api_text(now, "status"), "queued") != 0 &&
				    strcmp(api_text(now, "status"), "checking") != 0 &&
				    strcmp(api_text(now, "status"), "applying") != 0));
	return now;
}

static void a_delta_changes_the_columns_it_has(void **state)
{
	(void)state;
	struct api_reply *import = api_import("external_id;user_name;given_name;level;title\r\n"
					      "P-3;cem;Cem;2;\"Analyst; senior\"\r\n"
					      "P-4;dora;Dora;1;Data Analyst\r\n"
					      "P-7;gil;Gil;1;\r\n",
		"mode=delta");
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.created"), 1);
	assert_int_equal(api_integer(import, "counts.updated"), 1);
	assert_int_equal(api_integer(import, "counts.unchanged"), 1);
	assert_int_equal(api_integer(import, "progress.done"), 2);
	assert_string_equal(column_of("P-3", "title"), "Analyst; senior");
	assert_string_equal(column_of("P-3", "family_name || department"), "ArslanFinance");
	assert_string_equal(column_of("P-3", "manager_id IS NOT NULL"), "t");
	assert_string_equal(column_of("P-7", "title IS NULL AND time_zone = 'UTC'"), "t");
	assert_string_equal(column_of("P-6", "status"), "inactive");
}

static struct api_reply *sheet(const char *path)
{
	struct api *hris = api_as("hris", NULL);
	api_header(hris, "Accept: text/csv");
	return api_expect(api_get(hris, "%s", path), 200);
}

/* What is wrong with a file goes back to those who wrote it as they write: as a file for a spreadsheet. */
static void expect_sheets(const struct api_reply *import)
{
	struct api_reply *faults = sheet(api_text(import, "links.rows"));
	static const char *const rows[] = { "\xEF\xBB\xBFline,column,code,message,warning\r\n2,email,",
		"\r\n2,level,not_a_level,A level must be a whole number from 0 to 32767.,false\r\n",
		"\r\n4,,field_count,", "\r\n6,manager_external_id,unknown_manager,", ",true\r\n" };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_non_null(strstr(faults->text, rows[i]));
	assert_string_equal(api_header_of(faults, "content-disposition"), "attachment; filename=\"rows.csv\"");
	struct api_reply *imports = sheet("/api/v1/imports?limit=1");
	assert_non_null(strstr(imports->text, api_path("\r\n%s,faulty,delta,false,", api_text(import, "id"))));
	assert_non_null(strstr(imports->text, ",counts.faults,"));
	assert_non_null(strstr(api_header_of(imports, "link"), "rel=\"next\""));
}

static void every_fault_is_named_and_nothing_is_stored(void **state)
{
	(void)state;
	long long before = people_count();
	struct api_reply *import = api_import(PEOPLE_HEADER
		"F-1,f1,Fay,,no-mail,,,,,Nowhere/At_all,x,,2020-02-30,maybe\n"
		"F-2,,Flo,,,,,,,,1,,,\n"
		"F-3,f3,Fred\n"
		"F-4,f4,F\"x,,,,,,,,1,,,\n"
		"F-5,F3b,Fox,,,,,,,,1,F-99,,\n"
		"f-5,f5,Fox,,,,,,,,1,,,\n"
		"F-6,CEM,Fox,,,,,,,,1,F-1,,\n"
		"F-7,f7,Fox,,ADA@example.org,,,,,,1,f-7,,\n",
		NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import),
		"2 email not_an_email; 2 time_zone not_a_time_zone; 2 level not_a_level; "
		"2 hired_on not_a_date; 2 active not_true_or_false; 3 user_name required; "
		"4 - field_count; 5 - stray_quote; 6 manager_external_id unknown_manager; "
		"7 external_id duplicate; 8 user_name taken; 9 email taken; "
		"9 manager_external_id own_manager; ");
	assert_int_equal(people_count(), before);
	assert_int_equal(api_integer(import, "counts.rows"), 8);
	assert_int_equal(api_integer(import, "counts.created"), 0);
	assert_int_equal(api_count(import, "can"), 0);
	expect_sheets(import);
	import = api_import(
		"external_id,user_name,given_name,shoe_size,user_name\nx,y,z,1,w\n", NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import), "1 user_name duplicate_column; 1 shoe_size "
					       "unknown_column; 1 level missing_column; ");
	import = api_import(SHORT_HEADER "S-1,s1,Sam,1,S-1\n", NULL);
	assert_string_equal(faults_of(import), "2 manager_external_id own_manager; ");
}

static void managers_come_in_any_order(void **state)
{
	(void)state;
	struct api_reply *import = api_import(SHORT_HEADER "M-3,m3,Mia,1,M-2\n"
							   "M-2,m2,Max,2,m-1\n"
							   "M-4,m4,Mo,1,M-3\n"
							   "M-1,m1,Moe,3,P-1\n",
		NULL);
	expect_status(import, "done", NULL);
	assert_string_equal(
		api_sql("superuser",
			"WITH RECURSIVE up AS (SELECT manager_id, 0 AS n FROM profiles.person "
			"WHERE external_id = 'M-4' UNION ALL SELECT p.manager_id, n + 1 FROM up "
			"JOIN profiles.person p ON p.id = up.manager_id) SELECT max(n) FROM up"),
		"4");
	/* the line turned round: nobody stands above themselves at any moment */
	import = api_import(SHORT_HEADER "M-1,m1,Moe,1,M-2\nM-2,m2,Max,2,M-3\nM-3,m3,Mia,3,M-4\n"
					 "M-4,m4,Mo,4,P-1\n",
		NULL);
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.updated"), 4);
	assert_string_equal(column_of("M-1", "level"), "1");
}

static void exactly_the_rows_of_a_circle_are_named(void **state)
{
	(void)state;
	struct api_reply *import = api_import(SHORT_HEADER "K-1,k1,Kai,1,K-3\n" /* 2: in it */
							   "K-5,k5,Kit,1,K-1\n" /* below */
							   "K-2,k2,Kim,1,K-1\n" /* 4: in it */
							   "K-4,k4,Kay,1,K-5\n" /* below */
							   "K-3,k3,Ken,1,K-2\n" /* 6: in it */
							   "K-6,k6,Kip,1,P-1\n",
		NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import),
		"2 manager_external_id cycle; 4 manager_external_id cycle; "
		"6 manager_external_id cycle; ");
	/* over people who are not in the file: Ada stands above Ben, who stands above Cem */
	import = api_import(SHORT_HEADER "P-1,ada,Ada,5,P-3\n", NULL);
	assert_string_equal(faults_of(import), "2 manager_external_id cycle; ");
	import = api_import(SHORT_HEADER "K-1,k1,Kai,1,K-2\nK-2,k2,Kim,1,K-1\nK-3,k3,Ken,1,K-2\n"
					 "K-6,k6,Kip,1,P-1\nP-4,dora,Dora,1,P-1\n",
		"skip_errors=true");
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.created"), 1);
	assert_int_equal(api_integer(import, "counts.skipped"), 3);
	assert_string_equal(faults_of(import),
		"2 manager_external_id cycle; 3 manager_external_id cycle; "
		"4 manager_external_id manager_skipped; ");
}

static void faulty_rows_are_skipped_with_whom_they_would_lead(void **state)
{
	(void)state;
	struct api_reply *import = api_import(SHORT_HEADER "S-1,s1,Sue,high,\n"
							   "S-2,s2,Sid,1,S-1\n"
							   "S-3,s3,Sol,1,S-2\n"
							   "S-4,s4,Stu,1,P-1\n"
							   "P-2,ben,,3,P-1\n"
							   "S-5,s5,Sky,1,P-2\n",
		"skip_errors=true");
	expect_status(import, "done", NULL);
	assert_string_equal(faults_of(import),
		"2 level not_a_level; 3 manager_external_id manager_skipped; "
		"4 manager_external_id manager_skipped; 6 given_name required; ");
	assert_int_equal(api_integer(import, "counts.created"), 2);
	assert_int_equal(api_integer(import, "counts.skipped"), 4);
	assert_int_equal(api_integer(import, "counts.faults"), 4);
	assert_string_equal(column_of("S-5", "status"), "active");
}

static void a_dry_run_waits_and_is_checked_again(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	long long before = people_count();
	struct api_reply *dry = api_import(SHORT_HEADER "D-1,d1,Dan,1,P-1\n", "dry_run=true");
	expect_status(dry, "checked", NULL);
	assert_true(list_has(dry, "can", "confirmation"));
	assert_int_equal(api_integer(dry, "counts.created"), 1);
	assert_int_equal(people_count(), before);
	/* meanwhile somebody else brings the same person */
	expect_status(api_import(SHORT_HEADER "D-1,d1,Dan,1,P-1\n", NULL), "done", NULL);
	const char *path = api_path("/api/v1/imports/%s/confirmation", api_text(dry, "id"));
	struct api_reply *done = wait_for(api_expect(api_post(hris, path, "{}"), 200));
	expect_status(done, "done", NULL);
	assert_int_equal(api_integer(done, "counts.created"), 0);
	assert_int_equal(api_integer(done, "counts.unchanged"), 1);
	api_expect_problem(api_post(hris, path, "{}"), 409, "wrong_state");
	api_expect_problem(
		api_post(hris, "/api/v1/imports/019a0000-0000-7000-8000-00000000dead/confirmation",
			"{}"),
		404, "not_found");
}

static void a_waiting_import_can_be_cancelled(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	struct api_reply *dry = api_import(SHORT_HEADER "D-2,d2,Deb,1,P-1\n", "dry_run=true");
	const char *path = api_path("/api/v1/imports/%s/cancellation", api_text(dry, "id"));
	struct api_reply *gone = api_expect(api_post(hris, path, NULL), 200);
	expect_status(gone, "cancelled", NULL);
	assert_int_equal(api_integer(gone, "counts.created"), 0);
	api_expect_problem(api_post(hris, path, NULL), 409, "wrong_state");
	api_wait_until(60,
		strcmp(api_sql("superuser", "SELECT (SELECT count(*) FROM profiles.import_row) + "
					    "(SELECT count(*) FROM profiles.import_step)"),
			"0") == 0);
}

/* Nobody confirms it for a week, by business time: the file of everybody goes. */
static void a_dry_run_that_nobody_confirms_expires(void **state)
{
	(void)state;
	struct api_reply *dry = api_import(SHORT_HEADER "D-3,d3,Dot,1,P-1\n", "dry_run=true");
	const char *path = api_path("/api/v1/imports/%s", api_text(dry, "id"));
	struct api_reply *now = dry;
	expect_status(dry, "checked", NULL);
	api_clock(8 * 24 * 3600);
	api_wait_until(60, (now = api_expect(api_get(api_as("hris", NULL), "%s", path), 200),
				   strcmp(api_text(now, "status"), "checked") != 0));
	api_clock(0);
	expect_status(now, "cancelled", "expired");
	assert_int_equal(api_integer(now, "counts.created"), 0);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM profiles.import_file WHERE import_id = '%s'",
			api_text(dry, "id")),
		"0");
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM common.outbox WHERE type = "
				    "'import.cancelled' AND subject_id = '%s'",
				    api_text(dry, "id")),
		"1");
	struct api_reply *faulty = api_import(SHORT_HEADER "D-3,d3,Dot,high,\n", NULL);
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM common.outbox WHERE type = "
				    "'import.faulty' AND subject_id = '%s'",
				    api_text(faulty, "id")),
		"1");
}

static void a_full_file_deactivates_who_is_missing(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *file = SHORT_HEADER "P-1,ada,Ada,5,\nP-2,ben,Ben,3,P-1\nP-3,cem,Cem,2,P-2\n"
					"P-5,eve,Eve,3,P-1\nP-6,finn,Finn,2,P-2\n";
	long long active = strtoll(
		api_sql("superuser", "SELECT count(*) FROM profiles.person WHERE "
				     "status <> 'inactive'"),
		NULL, 10);
	struct api_reply *held = api_import(file, "mode=full");
	expect_status(held, "checked", "mass_deactivation");
	long long leavers = api_integer(held, "counts.deactivated");
	assert_int_equal(leavers, active - 4);
	const char *path = api_path("/api/v1/imports/%s/confirmation", api_text(held, "id"));
	struct api_reply *no = api_expect_problem(
		api_post(hris, path, "{\"confirm_deactivations\": %lld}", leavers - 1), 409,
		"mass_deactivation");
	assert_int_equal(api_integer(no, "deactivations"), leavers);
	api_expect_problem(api_post(hris, path, "{}"), 409, "mass_deactivation");
	expect_status(api_import(file, "mode=full&confirm_deactivations=1"), "checked",
		"mass_deactivation");
	struct api_reply *done = wait_for(api_expect(
		api_post(hris, path, "{\"confirm_deactivations\": %lld}", leavers), 200));
	expect_status(done, "done", NULL);
	assert_int_equal(api_integer(done, "counts.deactivated"), leavers);
	assert_string_equal(column_of("P-4", "status"), "inactive");
	assert_string_equal(column_of("P-6", "status"), "active"); /* back: he is in the file */
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.outbox WHERE type = "
						 "'person.reactivated'"),
		"1");
	expect_status(api_import(file, "mode=full"), "done", NULL);
}

static void a_full_file_deactivates_nobody_whose_row_is_faulty(void **state)
{
	(void)state;
	struct api_reply *import = api_import(SHORT_HEADER
		"P-1,ada,Ada,5,\nP-2,ben,Ben,3,P-1\n"
		"P-3,cem,Cem,two,P-2\nP-5,eve,Eve,3,P-1\n"
		"P-6,finn,Finn,2,P-2\n",
		"mode=full&skip_errors=true");
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	assert_int_equal(api_integer(import, "counts.skipped"), 1);
	assert_string_equal(column_of("P-3", "status"), "active");
	/* a row without a legible key could be anybody */
	import = api_import(SHORT_HEADER "P-1,ada,Ada,5,\nP-2,ben,Ben,3,P-1\nP-3,cem\n"
					 "P-5,eve,Eve,3,P-1\nP-6,finn,Finn,2,P-2\n",
		"mode=full&skip_errors=true&confirm_deactivations=1");
	expect_status(import, "faulty", "faults");
	assert_string_equal(column_of("P-3", "status"), "active");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_delta_changes_the_columns_it_has),
		cmocka_unit_test(every_fault_is_named_and_nothing_is_stored),
		cmocka_unit_test(managers_come_in_any_order),
		cmocka_unit_test(exactly_the_rows_of_a_circle_are_named),
		cmocka_unit_test(faulty_rows_are_skipped_with_whom_they_would_lead),
		cmocka_unit_test(a_dry_run_waits_and_is_checked_again),
		cmocka_unit_test(a_waiting_import_can_be_cancelled),
		cmocka_unit_test(a_dry_run_that_nobody_confirms_expires),
		cmocka_unit_test(a_full_file_deactivates_who_is_missing),
		cmocka_unit_test(a_full_file_deactivates_nobody_whose_row_is_faulty),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
