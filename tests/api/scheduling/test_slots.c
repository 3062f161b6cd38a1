/* Common free slots and public holidays, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Slots", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api_reply *slots(struct api *who, const char *more)
{
	return api_get(who, "/api/v1/slots?pair_id=%s&from=2027-01-04T00:00:00Z%s", pair, more);
}

static bool offers(const struct api_reply *list, const char *day)
{
	for (size_t i = 0; i < api_count(list, "slots"); i++)
		if (strncmp(api_text(list, api_path("slots.%zu.starts_at", i)), day, 10) == 0)
			return true;
	return false;
}

static void what_is_offered_can_be_booked(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(slots(chief(), "&days=7&count=5"), 200);
	assert_int_equal(api_integer(list, "minutes"), 30);
	assert_int_equal(api_count(list, "slots"), 5);
	assert_true(offers(list, "2027-01-08"));
	assert_false(offers(list, "2027-01-09")); /* a Saturday */
	const char *starts = api_text(list, "slots.0.local");
	api_expect(api_post(chief(), "/api/v1/sessions",
			   "{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"%s\","
			   " \"duration_minutes\": 30, \"mode\": \"video\"}",
			   pair, starts, api_text(list, "time_zone")),
		201);
	/* and is not offered again, to neither */
	struct api_reply *next = api_expect(
		slots(api_as("participant", mentor), "&days=7&count=50&minutes=15"), 200);
	assert_true(api_count(next, "slots") > 20);
	for (size_t i = 0; i < api_count(next, "slots"); i++)
		assert_string_not_equal(api_text(next, api_path("slots.%zu.starts_at", i)),
			api_text(list, "slots.0.starts_at"));
	/* others learn nothing */
	api_expect_problem(slots(api_as("participant", "it.lead"), ""), 422, "unknown_reference");
	api_expect(slots(chief(), "&minutes=5"), 400);
	api_expect(api_get(chief(), "/api/v1/slots"), 400);
}

static void stated_hours_are_kept(void **state)
{
	(void)state;
	api_expect(api_put(chief(), "/api/v1/people/me/weekly-hours",
			   "{\"windows\": [{\"weekday\": 3, \"starts\": \"09:00\", \"ends\": "
			   "\"12:00\"}]}"),
		200);
	struct api_reply *list = api_expect(slots(chief(), "&days=14&count=50&minutes=60"), 200);
	assert_true(api_count(list, "slots") > 0);
	for (size_t i = 0; i < api_count(list, "slots"); i++) {
		const char *local = api_text(list, api_path("slots.%zu.local", i));
		assert_true(strncmp(local, "2027-01-06", 10) == 0 ||
			    strncmp(local, "2027-01-13", 10) == 0);
		assert_true(strcmp(local + 11, "09:00") >= 0 && strcmp(local + 11, "11:00") <= 0);
	}
}

static void holidays_of_ones_country_are_free(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	const char *country = api_sql("superuser", "UPDATE profiles.person SET country = 'DE' "
						   "WHERE user_name = 'chief' RETURNING country");
	assert_int_equal(strncmp(country, "DE", 2), 0);
	static const char *const said =
		"{\"days\": [{\"day\": \"2027-01-06\", \"name\": \"Epiphany\"},"
		" {\"day\": \"2027-01-01\", \"name\": \"New year\"}]}";
	api_expect(api_put(chief(), "/api/v1/holidays/DE", "%s", said), 403);
	struct api_reply *made = api_expect(api_put(admin, "/api/v1/holidays/DE", "%s", said), 200);
	assert_string_equal(api_text(made, "days.0.name"), "New year");
	struct api_reply *list = api_expect(slots(chief(), "&days=14&count=50"), 200);
	assert_false(offers(list, "2027-01-06"));
	assert_true(offers(list, "2027-01-13"));
	made = api_expect(api_put(admin, "/api/v1/holidays/DE",
				  "{\"days\": [{\"day\": \"2027-01-01\", \"name\": \"Neujahr\"}]}"),
		200);
	assert_int_equal(api_count(made, "days"), 1);
	assert_string_equal(api_text(made, "days.0.name"), "Neujahr");
	made = api_expect(api_get(chief(), "/api/v1/holidays/DE"), 200);
	assert_int_equal(api_count(made, "days"), 1);
	assert_true(offers(api_expect(slots(chief(), "&days=14&count=50"), 200), "2027-01-06"));
	api_expect(api_put(admin, "/api/v1/holidays/xx", "%s", said), 422);
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/holidays/FR"), 200), "days"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_offered_can_be_booked),
		cmocka_unit_test(stated_hours_are_kept),
		cmocka_unit_test(holidays_of_ones_country_are_free),
	};
	return cmocka_run_group_tests_name("slots", tests, set_up, api_release);
}
