/* What an import that waits would change: person by person, field by field, for whoever may confirm it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

static const char *changes_of(const struct api_reply *import)
{
	return api_path("/api/v1/imports/%s/changes", api_text(import, "id"));
}

static const char *or_null(json_t *value)
{
	return json_is_string(value) ? json_string_value(value) : "-";
}

/* "external_id action name:from>to,…; " of each change of a page. */
static const char *told(const struct api_reply *page)
{
	static char text[4000];
	size_t used = 0, i, j;
	json_t *item, *field;
	text[0] = '\0';
	json_array_foreach(api_member(page, "items"), i, item)
	{
		used += (size_t)snprintf(text + used, sizeof text - used, "%s %s",
			or_null(json_object_get(item, "external_id")),
			or_null(json_object_get(item, "action")));
		json_array_foreach(json_object_get(item, "fields"), j, field)
		{
			used += (size_t)snprintf(text + used, sizeof text - used, "%c%s:%s>%s",
				j ? ',' : ' ', or_null(json_object_get(field, "name")),
				or_null(json_object_get(field, "from")),
				or_null(json_object_get(field, "to")));
		}
		used += (size_t)snprintf(text + used, sizeof text - used, "; ");
		assert_true(used < sizeof text);
	}
	return text;
}

static void changed_rows_are_told_field_by_field(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	struct api_reply *import = api_import(
		"external_id,user_name,given_name,level,title,manager_external_id,languages,"
		"active\n"
		"P-3,cem,Cem,2,Senior Analyst,p-2,en|de,TRUE\n" /* the same manager */
		"P-4,dora,Dora,1,Data Analyst,P-5,,\n"
		"P-6,finn,Finn,2,,P-2,,true\n"
		"P-9,ida,Ida,1,,P-2,,\n"
		"P-5,eve,Eve,3,,P-1,,false\n",
		"dry_run=true");
	expect_status(import, "checked", NULL);
	struct api_reply *page = api_expect(api_get(hris, "%s", changes_of(import)), 200);
	const char *text = told(page);
	assert_non_null(strstr(text, "P-3 update title:Analyst>Senior Analyst,level:1>2,"
				     "languages:->de|en; "));
	assert_non_null(strstr(text, "P-4 update manager_external_id:P-2>P-5; "));
	assert_non_null(
		strstr(text, "P-6 reactivate title:Analyst>-,level:1>2,active:false>true; "));
	assert_non_null(
		strstr(text, "P-9 create external_id:->P-9,user_name:->ida,given_name:->Ida,"
			     "level:->1,manager_external_id:->P-2; "));
	assert_non_null(strstr(text, "P-5 deactivate title:Counsel>-,active:true>false; "));
	assert_int_equal(api_count(page, "items"), 5);
	assert_int_equal(api_integer(import, "counts.pairs_suspended"), 0);
	assert_string_equal(column_of("P-3", "title"), "Analyst");
}

static void pages_show_every_change_once(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	struct api_reply *import = api_import(
		"external_id,user_name,given_name,level\nP-1,ada,Ada,6\nP-2,ben,Ben,4\n"
		"P-3,cem,Cem,2\nP-4,dora,Dora,2\nP-5,eve,Eve,4\n",
		"dry_run=true");
	const char *path = changes_of(import);
	char seen[1000] = "", cursor[600] = "";
	for (int i = 0; i < 5; i++) {
		struct api_reply *page = api_expect(
			api_get(hris, "%s?limit=2%s", path, cursor), 200);
		strncat(seen, told(page), sizeof seen - strlen(seen) - 1);
		if (json_is_null(api_member(page, "next_cursor")))
			break;
		snprintf(cursor, sizeof cursor, "&cursor=%s", api_text(page, "next_cursor"));
	}
	assert_string_equal(seen, "P-1 update level:5>6; P-2 update level:3>4; P-5 update "
				  "level:3>4; P-3 update level:1>2; P-4 update level:1>2; ");
}

static void who_is_missing_from_a_full_file_is_told_too(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"external_id,user_name,given_name,level\nP-1,ada,Ada,5\nP-2,ben,Ben,3\n",
		"mode=full");
	expect_status(import, "checked", "mass_deactivation");
	struct api_reply *page = api_expect(
		api_get(api_as("hris", NULL), "%s", changes_of(import)), 200);
	const char *text = told(page);
	assert_int_equal(api_count(page, "items"), 3);
	assert_non_null(strstr(text, "P-3 deactivate active:true>false; "));
	assert_non_null(strstr(text, "P-4 deactivate active:true>false; "));
	assert_non_null(strstr(text, "P-5 deactivate active:true>false; "));
	assert_true(json_is_null(api_member(page, "items.0.line")));
	assert_non_null(strstr(page->text, "Cem Arslan"));
}

static void an_import_that_waits_no_more_has_none(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	struct api_reply *import = api_import(
		"external_id,user_name,given_name,level\nP-1,ada,Ada,6\n", "dry_run=true");
	const char *path = changes_of(import);
	assert_int_equal(api_count(api_expect(api_get(hris, "%s", path), 200), "items"), 1);
	assert_int_equal(
		api_count(api_expect(api_get(api_as("admin", NULL), "%s", path), 200), "items"), 1);
	api_expect_problem(api_get(api_as("auditor", NULL), "%s", path), 403, "person_unknown");
	api_expect_problem(api_get(as("ada"), "%s", path), 403, "forbidden");
	struct api_reply *gone = api_expect(
		api_post(hris, api_path("/api/v1/imports/%s/cancellation", api_text(import, "id")),
			NULL),
		200);
	assert_true(json_is_null(api_member(gone, "counts.pairs_suspended")));
	assert_int_equal(api_count(api_expect(api_get(hris, "%s", path), 200), "items"), 0);
	import = api_import("external_id,user_name,given_name,level\nP-1,ada,Ada,5\n", NULL);
	expect_status(import, "done", NULL);
	assert_int_equal(
		api_count(api_expect(api_get(hris, "%s", changes_of(import)), 200), "items"), 0);
	api_expect_problem(api_get(hris, "/api/v1/imports/019a0000-0000-7000-8000-00000000dead/"
					 "changes"),
		404, "not_found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_rows_are_told_field_by_field),
		cmocka_unit_test(pages_show_every_change_once),
		cmocka_unit_test(who_is_missing_from_a_full_file_is_told_too),
		cmocka_unit_test(an_import_that_waits_no_more_has_none),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
