/*
 * Lists as CSV, as a coordinator opens them in a spreadsheet: whole, under a name of their own, and
 * with no cell that is taken for a formula.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define ORDER_MARK "\xEF\xBB\xBF"

static const char *programme, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Sheets", 2);
	story_round("hr.lead", programme);
	story_pair("chief", programme, &mentor);
	api_sql("superuser",
		"UPDATE profiles.person SET given_name = '=HYPERLINK(\"x\")', family_name = 'x'"
		" WHERE user_name = '%s'",
		mentor);
	return 0;
}

static struct api *coordinator(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api_reply *sheet(const char *path)
{
	struct api *admin = coordinator();
	api_header(admin, "Accept: text/csv");
	return api_expect(api_get(admin, "%s", path), 200);
}

static size_t lines_of(const struct api_reply *reply)
{
	size_t lines = 0;
	for (const char *at = reply->text; (at = strstr(at, "\r\n")); at += 2)
		lines++;
	return lines;
}

/* Something in every list, and a round that leaves a mentee and a mentor over; its id. */
static const char *what_remains(void)
{
	const char *self = api_path("/api/v1/programmes/%s", programme);
	api_expect(api_post(coordinator(), api_path("%s/invitations", self),
			   "{\"role\": \"mentor\", \"message\": \"Come\", \"level_max\": 1}"),
		201);
	api_expect(api_post(coordinator(), api_path("%s/cohorts", self),
			   "{\"title\": \"One\", \"person_ids\": [\"%s\"]}", story_person_id("ann")),
		201);
	api_expect(api_post(coordinator(), api_path("%s/sponsors", self),
			   "{\"person_id\": \"%s\"}", story_person_id("chief")),
		201);
	story_enrol("stranger", programme, "mentor", 1);
	api_expect(api_post(coordinator(), api_path("/api/v1/programmes/%s/exclusions", programme),
			   "{\"department\": \"Legal\", \"note\": \"Reorganised\"}"),
		201);
	story_enrol("hr.team", programme, "mentee", 1);
	return story_ready("hr.lead", programme);
}

struct sheet {
	const char *path, *file, *columns;
	bool counted;
};

static void expect_sheet(const struct sheet *list)
{
	struct api_reply *csv = sheet(list->path);
	struct api_reply *json = api_expect(api_get(coordinator(), "%s", list->path), 200);
	const char *begins = api_path(ORDER_MARK "%s", list->columns);
	assert_int_equal(strncmp(csv->text, begins, strlen(begins)), 0);
	assert_string_equal(api_header_of(csv, "content-type"), "text/csv; charset=utf-8");
	assert_string_equal(api_header_of(csv, "content-disposition"),
		api_path("attachment; filename=\"%s\"", list->file));
	assert_null(api_header_of(json, "content-disposition"));
	assert_int_not_equal(api_count(json, "items"), 0);
	assert_int_equal(lines_of(csv), 1 + api_count(json, "items"));
	if (list->counted) {
		struct api_reply *total = api_expect(
			api_get(coordinator(), "%s%cinclude_total=true&limit=1", list->path,
				strchr(list->path, '?') ? '&' : '?'),
			200);
		assert_int_equal(api_integer(total, "total"), api_count(json, "items"));
	}
	static const char *const inner[] = { ",can", ",links", ",version", ".photo_url" };
	const char *end = strstr(csv->text, "\r\n");
	for (size_t k = 0; k < sizeof inner / sizeof *inner; k++) {
		const char *found = strstr(csv->text, inner[k]);
		assert_true(!found || found > end);
	}
}

static void lists_open_in_a_spreadsheet(void **state)
{
	(void)state;
	const char *round = what_remains();
	const struct sheet lists[] = {
		{ api_path("/api/v1/pairs?programme_id=%s", programme), "pairs.csv",
			"id,programme.id,programme.title,mentor.id,mentor.display_name,", true },
		{ api_path("/api/v1/enrolments?programme_id=%s", programme), "enrolments.csv",
			"id,programme.id,programme.title,person.id,person.display_name,", true },
		{ api_path("/api/v1/shortlists?programme_id=%s", programme), "shortlists.csv",
			"id,programme.id,programme.title,mentee.id,mentee.display_name,", true },
		{ api_path("/api/v1/programmes/%s/invitations", programme), "invitations.csv",
			"id,programme.id,programme.title,role,message,preview,found,", false },
		{ api_path("/api/v1/programmes/%s/cohorts", programme), "cohorts.csv",
			"id,programme.id,programme.title,number,title,departments", false },
		{ api_path("/api/v1/rounds?programme_id=%s", programme), "rounds.csv",
			"id,programme.id,programme.title,", false },
		{ api_path("/api/v1/rounds/%s/unmatched", round), "unmatched.csv",
			"mentee.id,mentee.display_name,", false },
		{ api_path("/api/v1/rounds/%s/not-shown", round), "not-shown.csv",
			"mentor.id,mentor.display_name,", false },
		{ api_path("/api/v1/programmes/%s/exclusions", programme), "exclusions.csv",
			"id,programme.id,programme.title,department,person.id,", false },
		{ api_path("/api/v1/programmes/%s/sponsors", programme), "sponsors.csv",
			"id,programme.id,programme.title,person.id,", false },
		{ api_path("/api/v1/programmes/%s/coordinators", programme), "coordinators.csv",
			"id,programme.id,programme.title,person.id,", false },
		{ api_path("/api/v1/dashboards/programmes/%s/work-list", programme),
			"work-list.csv", "kind,text,since,due_at,mentee.id,mentee.display_name,",
			true },
	};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		expect_sheet(&lists[i]);
}

static void names_are_no_formulas_and_mentors_stand_side_by_side(void **state)
{
	(void)state;
	struct api_reply *pairs = sheet(api_path("/api/v1/pairs?programme_id=%s", programme));
	assert_non_null(strstr(pairs->text, ",\"'=HYPERLINK(\"\"x\"\") x\","));
	assert_null(strstr(pairs->text, ",="));
	struct api_reply *lists = sheet(api_path("/api/v1/shortlists?programme_id=%s", programme));
	assert_non_null(strstr(lists->text, ",mentors.3.mentor.display_name,"));
	assert_null(strchr(lists->text, '{')); /* no JSON in a cell */
}

/* More than a page of JSON holds comes at once, and what is asked for where a limit is said. */
static void a_whole_list_comes_at_once(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/enrolments?programme_id=%s", programme);
	size_t all = lines_of(sheet(path));
	api_sql("superuser",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, capacity)"
		" SELECT gen_random_uuid(), '%s', gen_random_uuid(), 'mentor', 'creation', 1"
		" FROM generate_series(1, 300)",
		programme);
	assert_int_equal(lines_of(sheet(path)), all + 300);
	struct api_reply *some = sheet(api_path("%s&limit=7", path));
	assert_int_equal(lines_of(some), 8);
	assert_non_null(strstr(api_header_of(some, "link"), "rel=\"next\""));
}

static void others_get_no_sheet(void **state)
{
	(void)state;
	struct api *stranger = api_as("participant", "it.lead");
	api_header(stranger, "Accept: text/csv");
	api_expect(api_get(stranger, "/api/v1/programmes/%s/invitations", programme), 403);
	api_header(stranger, "Accept: text/csv");
	struct api_reply *own = api_expect(
		api_get(stranger, "/api/v1/pairs?programme_id=%s", programme), 200);
	assert_int_equal(lines_of(own), 1);
	api_header(stranger, "Accept: text/csv");
	api_expect_problem(api_get(stranger, "/api/v1/people"), 406, "not_acceptable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_open_in_a_spreadsheet),
		cmocka_unit_test(names_are_no_formulas_and_mentors_stand_side_by_side),
		cmocka_unit_test(a_whole_list_comes_at_once),
		cmocka_unit_test(others_get_no_sheet),
	};
	return cmocka_run_group_tests_name("spreadsheets", tests, set_up, api_release);
}
