/*
 * Settings of the organisation: defaults, faults field by field, what follows from a change in all services, and
 * who changed what.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define SETTINGS "/api/v1/settings"

static struct api *admin(void)
{
	return api_as("admin", "hr.lead");
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

static struct api_reply *put(struct api *who, const char *body)
{
	api_if_match(who, api_expect(api_get(who, SETTINGS), 200));
	return api_put(who, SETTINGS, "%s", body);
}

static void values_and_defaults_are_shown(void **state)
{
	(void)state;
	struct api_reply *seen = api_expect(api_get(admin(), SETTINGS), 200);
	assert_int_equal(api_integer(seen, "defaults.person_limits.mentor"), 5);
	assert_int_equal(api_integer(seen, "defaults.meeting_limits.week"), 10);
	assert_string_equal(api_text(seen, "values.locale"), "en");
	assert_true(json_is_null(api_member(seen, "values.quiet_hours")));
	api_expect_problem(api_get(api_as("participant", "chief"), SETTINGS), 403, "forbidden");
	api_expect_problem(api_get(api_as("programme_admin", "hr.lead"), SETTINGS "/history"), 403,
		"forbidden");
}

static void every_fault_has_its_pointer(void **state)
{
	(void)state;
	static const char *const faults[][2] = {
		{ "{\"portal_links\": {\"pair\": \"https://portal.example.org/pairs\"}}",
			"/portal_links/pair" },
		{ "{\"portal_links\": {\"goal\": \"javascript:{id}\"}}", "/portal_links/goal" },
		{ "{\"person_limits\": {\"mentor\": 0}}", "/person_limits/mentor" },
		{ "{\"meeting_limits\": {\"week\": 101}}", "/meeting_limits/week" },
		{ "{\"quiet_hours\": {\"starts\": \"25:00\", \"ends\": \"07:00\"}}",
			"/quiet_hours/starts" },
		{ "{\"quiet_hours\": {\"starts\": \"07:00\", \"ends\": \"07:00\"}}",
			"/quiet_hours/ends" },
		{ "{\"locale\": \"no language\"}", "/locale" },
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		api_expect_fault(api_expect(put(admin(), faults[i][0]), 422), faults[i][1]);
	api_expect_fault(api_expect(put(admin(), "{\"portal_links\": {\"person\": \"x\"}}"), 400),
		"/portal_links/person");
	api_expect_problem(api_put(admin(), SETTINGS, "{}"), 428, "precondition_required");
}

static void a_change_holds_at_once_in_all_services(void **state)
{
	(void)state;
	struct api_reply *before = api_expect(api_get(admin(), SETTINGS), 200);
	struct api_reply *now = api_expect(
		put(admin(),
			"{\"portal_links\": {\"pair\": \"https://portal.example.org/pairs/{id}\"},"
			" \"person_limits\": {\"mentor\": 1, \"mentee\": null},"
			" \"locale\": \"de\", \"quiet_hours\": {\"starts\": \"20:00\", \"ends\":"
			" \"07:00\"}}"),
		200);
	assert_int_equal(api_integer(now, "values.person_limits.mentor"), 1);
	assert_null(api_member(now, "values.person_limits.mentee"));
	assert_int_equal(
		api_integer(now, "values.meeting_limits.week"), 10); /* left out: the default */
	assert_string_equal(api_text(now, "updated_by.id"), story_person_id("hr.lead"));
	struct api_reply *me = api_expect(
		api_get(api_as("participant", "chief"), "/api/v1/me"), 200);
	assert_string_equal(api_text(me, "locale"), "de");
	assert_string_equal(api_text(me, "quiet_hours.starts"), "20:00");
	/* by the function with which matching gives places */
	assert_string_equal(
		api_sql("superuser",
			"SELECT matching.room_of(p.id, 'mentor') || ' ' || matching.room_of(p.id,"
			" 'mentee') FROM profiles.person p WHERE p.user_name = 'chief'"),
		"1 1000");
	api_if_match(admin(), before);
	api_expect_problem(api_put(admin(), SETTINGS, "{}"), 412, "stale");
}

/* Berlin is an hour ahead of UTC. */
static void quiet_hours_go_past_midnight_where_the_person_is(void **state)
{
	(void)state;
	static const char *const times[][2] = { { "2026-12-01 18:59Z", "f" },
		{ "2026-12-01 19:00Z", "t" }, { "2026-12-02 02:00Z", "t" },
		{ "2026-12-02 05:59Z", "t" }, { "2026-12-02 06:00Z", "f" } };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		api_clock_to(times[i][0]);
		assert_string_equal(api_sql("superuser", "SELECT common.is_quiet('Europe/Berlin')"),
			times[i][1]);
	}
	api_clock(0);
}

static void no_reminder_is_sent_in_quiet_hours(void **state)
{
	(void)state;
	static const char count[] =
		"SELECT count(*) FROM scheduling.notification n JOIN profiles.person"
		" p ON p.id = n.person_id WHERE p.user_name = '%s' AND n.kind ="
		" 'pick_reminder'";
	const char *programme = company_programme("Quiet", 2);
	story_round("hr.lead", programme);
	/* it.lead is where it is noon when it is night in Berlin */
	api_sql("superuser",
		"UPDATE profiles.person SET time_zone_override = 'Pacific/Auckland' WHERE"
		" user_name = 'it.lead' RETURNING 1");
	api_clock_to("2026-12-03 22:30Z"); /* the third day: both have something to pick */
	api_wait_until(30, strcmp(api_sql("superuser", count, "it.lead"), "1") == 0);
	assert_string_equal(api_sql("superuser", count, "chief"), "0");
	api_clock_to("2026-12-04 06:30Z");
	api_wait_until(30, strcmp(api_sql("superuser", count, "chief"), "1") == 0);
	api_clock(0);
}

static void the_history_says_who_changed_what(void **state)
{
	(void)state;
	struct api *robot = api_as("admin", NULL);
	api_sql("superuser",
		"UPDATE common.setting SET value = '\"fr\"' WHERE name = 'locale' RETURNING 1");
	api_expect(put(robot, "{}"), 200);
	struct api_reply *page = api_expect(api_get(admin(), SETTINGS "/history?limit=4"), 200);
	assert_int_equal(
		api_count(page, "items"), 4); /* quiet_hours, portal_links, person_limits, locale */
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(api_text(page, api_path("items.%zu.source", i)), "settings");
		assert_true(json_is_null(api_member(page, api_path("items.%zu.by", i))));
	}
	page = api_expect(api_get(admin(), SETTINGS "/history?limit=1&cursor=%s",
				  api_text(page, "next_cursor")),
		200);
	assert_string_equal(api_text(page, "items.0.source"), "configuration");
	assert_string_equal(api_text(page, "items.0.was.locale"), "de");
	assert_string_equal(api_text(page, "items.0.becomes.locale"), "fr");
	page = api_expect(api_get(admin(), SETTINGS "/history?limit=1&cursor=%s",
				  api_text(page, "next_cursor")),
		200);
	assert_string_equal(api_text(page, "items.0.by.id"), story_person_id("hr.lead"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_defaults_are_shown),
		cmocka_unit_test(every_fault_has_its_pointer),
		cmocka_unit_test(a_change_holds_at_once_in_all_services),
		cmocka_unit_test(quiet_hours_go_past_midnight_where_the_person_is),
		cmocka_unit_test(no_reminder_is_sent_in_quiet_hours),
		cmocka_unit_test(the_history_says_who_changed_what),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
