/* Dates and times are from 2000 to 2199: whatever comes in, in a body, a query or a file, and what
 * is reckoned from it. */
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
	programme = company_programme("Years", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

/* A refusal that names the member or parameter, and the years. */
static void expect_years(struct api_reply *reply, const char *where)
{
	assert_in_range(reply->status, 400, 422);
	if (where)
		api_expect_fault(reply, where);
	if (!strstr(reply->text, "from 2000 to 2199"))
		fail_msg("%s: %s", reply->asked, reply->text);
}

static struct api_reply *propose(const char *starts_on)
{
	return api_post(chief(), "/api/v1/agreements",
		"{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\", \"duration_minutes\": 60,"
		" \"channels\": [\"video\"], \"time_zone\": \"UTC\", \"starts_on\": \"%s\"}",
		pair, starts_on);
}

static void a_plan_ends_within_the_years(void **state)
{
	(void)state;
	expect_years(propose("2200-01-01"), "/starts_on");
	expect_years(propose("9999-12-31"), "/starts_on");
	expect_years(propose("1999-12-31"), "/starts_on");
	expect_years(propose("2199-12-01"), "/starts_on"); /* its last dates are of 2200 */
	struct api_reply *made = api_expect(propose("2199-07-01"), 201);
	const char *self = api_text(made, "links.self");
	api_if_match(chief(), made);
	expect_years(api_patch(chief(), self, "{\"starts_on\": \"2199-12-01\"}"), "/starts_on");
	api_if_match(chief(), made);
	api_expect(api_patch(chief(), self, "{\"starts_on\": \"2027-01-04\"}"), 200);
	const char *sign = api_path("%s/signature", self);
	api_expect(api_change(chief(), sign), 200);
	api_expect(api_change(api_as("participant", mentor), sign), 200);
}

static struct api_reply *book(const char *starts_at, const char *zone, int minutes)
{
	return api_post(chief(), "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"%s\","
		" \"duration_minutes\": %d, \"mode\": \"video\"}",
		pair, starts_at, zone, minutes);
}

static void a_session_begins_and_ends_within_the_years(void **state)
{
	(void)state;
	expect_years(book("9999-12-31T23:50", "UTC", 30), "/starts_at");
	expect_years(book("2200-01-01T00:00", "UTC", 30), "/starts_at");
	expect_years(book("1999-12-31T23:59", "UTC", 30), "/starts_at");
	expect_years(book("0001-01-01T00:00", "Asia/Tokyo", 30), "/starts_at");
	expect_years(book("2199-12-31T23:50", "UTC", 30), "/starts_at"); /* ends in 2200 */
	expect_years(book("2199-12-31T20:00", "America/New_York", 30), "/starts_at");
	struct api_reply *made = api_expect(book("2199-12-31T23:15", "UTC", 30), 201);
	assert_string_equal(api_text(made, "ends_at"), "2199-12-31T23:45:00Z");
	api_if_match(chief(), made);
	expect_years(api_patch(chief(), api_text(made, "links.self"), "{\"duration_minutes\": 60}"),
		"/starts_at");
}

static void parameters_are_of_the_years(void **state)
{
	(void)state;
	expect_years(api_get(chief(), "/api/v1/sessions?starts_after=9999-12-31T00:00:00Z"),
		"starts_after");
	expect_years(api_get(chief(), "/api/v1/sessions?starts_before=0001-01-01T00:00:00Z"),
		"starts_before");
	expect_years(api_get(chief(), "/api/v1/slots?pair_id=%s&from=2200-01-01T00:00:00Z", pair),
		"from");
}

static void free_times_end_with_the_years(void **state)
{
	(void)state;
	static const char hours[] = "{\"windows\": [{\"weekday\": 2, \"starts\": \"00:00\", "
				    "\"ends\": \"23:30\"}, {\"weekday\": 3, \"starts\": \"00:00\", "
				    "\"ends\": \"23:30\"}]}";
	const char *both[] = { "chief", mentor };
	for (int i = 0; i < 2; i++) {
		struct api *who = api_as("participant", both[i]);
		api_if_match(who, api_expect(api_get(who, "/api/v1/people/me"), 200));
		api_expect(api_patch(who, "/api/v1/people/me", "{\"time_zone_override\": \"UTC\"}"),
			200);
		api_expect(api_put(who, "/api/v1/people/me/weekly-hours", hours), 200);
	}
	/* 31 December 2199 is a Tuesday */
	struct api_reply *free = api_expect(
		api_get(chief(),
			"/api/v1/slots?pair_id=%s&from=2199-12-31T00:00:00Z&days=7&count=50", pair),
		200);
	size_t count = api_count(free, "slots");
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			strncmp(api_text(free, api_path("slots.%zu.ends_at", i)), "2199-12-31", 10),
			0);
}

static void a_programme_and_a_calendar_are_of_the_years(void **state)
{
	(void)state;
	static const char body[] = "{\"title\": \"Far\", \"purpose\": \"inclusion\", "
				   "\"starts_on\": \"%s\", \"ends_on\": \"%s\"}";
	struct api *pat = api_as("programme_admin", "hr.lead");
	expect_years(api_post(pat, "/api/v1/programmes", body, "1999-12-31", "2027-01-01"),
		"/starts_on");
	expect_years(
		api_post(pat, "/api/v1/programmes", body, "2027-01-01", "2200-01-01"), "/ends_on");
	expect_years(api_put(api_as("admin", NULL), "/api/v1/holidays/DE",
			     "{\"days\": [{\"day\": \"2200-01-01\", \"name\": \"New Year\"}]}"),
		"/days/0/day");
}

/* Some have been there for long. */
static void a_day_of_hire_may_be_older(void **state)
{
	(void)state;
	static const char file[] = "external_id,user_name,given_name,level,hired_on\n"
				   "Y-1,old,Olga,1,%s\n";
	struct api_reply *import = api_import(api_path(file, "1987-06-17"), NULL);
	assert_string_equal(api_text(import, "status"), "done");
	static const char *const others[] = { "1899-12-31", "2200-01-01", "0001-01-01" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		import = api_import(api_path(file, others[i]), NULL);
		assert_string_equal(api_text(import, "status"), "faulty");
		struct api_reply *rows = api_expect(
			api_get(api_as("hris", NULL), "/api/v1/imports/%s/rows",
				api_text(import, "id")),
			200);
		assert_string_equal(api_text(rows, "items.0.column"), "hired_on");
		assert_non_null(strstr(rows->text, "from 1900 to 2199"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_ends_within_the_years),
		cmocka_unit_test(a_session_begins_and_ends_within_the_years),
		cmocka_unit_test(parameters_are_of_the_years),
		cmocka_unit_test(free_times_end_with_the_years),
		cmocka_unit_test(a_programme_and_a_calendar_are_of_the_years),
		cmocka_unit_test(a_day_of_hire_may_be_older),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
