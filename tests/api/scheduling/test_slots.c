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

static const char *programme, *pair, *mentor;

#define RFC_3339 "YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""
#define MEETING  "5e550000-0000-4000-8000-000000000001"

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Slots", 2);
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

/* Does a slot of the list begin so? */
static bool offers(const struct api_reply *list, const char *begins)
{
	for (size_t i = 0; i < api_count(list, "slots"); i++)
		if (strncmp(api_text(list, api_path("slots.%zu.starts_at", i)), begins,
			    strlen(begins)) == 0)
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
	api_expect_problem(api_get(chief(), "/api/v1/slots"), 422, "unprocessable");
}

/* Before the pick, the mentee of a list sees for each of its mentors what a pair would see. */
static void a_shortlist_shows_the_slots_with_each_of_its_mentors(void **state)
{
	(void)state;
	struct api *mentee = api_as("participant", "it.lead");
	struct api_reply *list = story_shortlist("it.lead", programme);
	const char *path = api_path(
		"/api/v1/slots?shortlist_id=%s&from=2027-01-04T00:00:00Z&count=9",
		api_text(list, "id"));
	struct api_reply *shown = api_expect(api_get(mentee, "%s", path), 200);
	assert_int_equal(api_count(shown, "mentors"), 3);
	for (int i = 0; i < 3; i++) {
		assert_true(json_equal(api_member(shown, api_path("mentors.%d.mentor", i)),
			api_member(list, api_path("mentors.%d.mentor", i))));
		assert_int_equal(api_count(shown, api_path("mentors.%d.slots", i)), 9);
	}
	assert_null(strstr(shown->text, "busy"));
	/* it is the mentee's alone */
	struct api_reply *no = api_expect_problem(
		api_get(chief(), "%s", path), 422, "unknown_reference");
	api_expect_problem(
		api_get(api_as("participant", mentor), "%s", path), 422, "unknown_reference");
	assert_null(strstr(no->text, "mentors"));
	api_expect_problem(api_get(mentee, "%s&pair_id=%s", path, pair), 422, "unprocessable");
	/* the pair that comes of it sees the same, and the list that was picked from nothing */
	const char *picked = api_text(list, "mentors.1.mentor.id");
	struct api_reply *made = api_expect(
		api_post(mentee, api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", picked),
		201);
	struct api_reply *two = api_expect(
		api_get(mentee, "/api/v1/slots?pair_id=%s&from=2027-01-04T00:00:00Z&count=9",
			api_text(made, "id")),
		200);
	assert_true(json_equal(api_member(two, "slots"), api_member(shown, "mentors.1.slots")));
	api_expect_problem(api_get(mentee, "%s", path), 422, "unknown_reference");
}

/* A meeting that one wants to move is no hindrance to itself. */
static void a_meeting_that_is_moved_leaves_its_own_time_free(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&limit=1", pair), 200);
	const char *id = api_text(list, "items.0.id"),
		   *starts = api_text(list, "items.0.starts_at");
	const char *path = api_path(
		"/api/v1/slots?pair_id=%s&from=%.10sT00:00:00Z&days=1&count=50", pair, starts);
	assert_false(offers(api_expect(api_get(chief(), "%s", path), 200), starts));
	struct api_reply *free_now = api_expect(api_get(chief(), "%s&moving=%s", path, id), 200);
	assert_true(offers(free_now, starts));
	assert_int_equal(api_integer(free_now, "minutes"), 30); /* as long as it is */
	/* the other one may move it too, and nobody names what is not of the pair */
	struct api *junior = api_as("participant", mentor),
		   *other = api_as("participant", "it.lead");
	assert_true(offers(api_expect(api_get(junior, "%s&moving=%s", path, id), 200), starts));
	api_expect_problem(api_get(other, "%s&moving=%s", path, id), 422, "unknown_reference");
	api_expect_problem(api_get(chief(), "%s&moving=%s", path, pair), 422, "unknown_reference");
}

/* The best four hours of the window from `begins` on, given in SQL; "" for none. */
static const char *best_of(const char *begins)
{
	const char *from = api_sql(
		"superuser", "SELECT to_char((%s) AT TIME ZONE 'UTC', '%s')", begins, RFC_3339);
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/slots?pair_id=%s&from=%s&days=1&count=1&minutes=240",
			pair, from),
		200);
	return api_count(list, "slots") ? api_text(list, "slots.0.starts_at") : "";
}

static void meet(const char *starts, const char *ends)
{
	api_sql("superuser",
		"UPDATE scheduling.session SET step = 'move', starts_at = %s, ends_at = %s"
		" WHERE id = '%s'",
		starts, ends, MEETING);
}

/* Four hours fit into a working day once at the most, so the best is told by what binds. */
static void a_meeting_binds_from_its_first_second_to_its_last(void **state)
{
	(void)state;
	char best[40], begins[80], ends[80], eve[80];
	snprintf(best, sizeof best, "%s", best_of("timestamptz '2027-02-03 00:00Z'"));
	assert_int_equal(strncmp(best, "2027-02-03", 10), 0);
	snprintf(begins, sizeof begins, "timestamptz '%s'", best);
	snprintf(ends, sizeof ends, "timestamptz '%s' + interval '4 hours'", best);
	snprintf(eve, sizeof eve, "timestamptz '%s' - interval '20 hours'", best);
	api_sql("superuser",
		"INSERT INTO scheduling.session (id, pair_id, starts_at, ends_at, time_zone)"
		" VALUES ('%s', '%s', %s - interval '1 hour', %s, 'UTC')",
		MEETING, pair, begins, begins);
	/* one that ends as the window opens, or begins as it closes, binds nobody */
	assert_string_equal(best_of(begins), best);
	meet(ends, api_path("%s + interval '1 hour'", ends));
	assert_string_equal(best_of(begins), best);
	assert_string_equal(best_of(eve), best);
	/* one that goes on as the window opens, or has begun before it closes, does */
	meet(api_path("%s - interval '1 hour'", begins),
		api_path("%s + interval '1 second'", begins));
	assert_string_not_equal(best_of(begins), best);
	meet(api_path("%s - interval '1 second'", ends), api_path("%s + interval '1 hour'", ends));
	assert_string_not_equal(best_of(eve), best);
	/* and so does one that begins before and ends after */
	meet(api_path("%s - interval '2 hours'", begins),
		api_path("%s + interval '2 hours'", ends));
	assert_string_not_equal(best_of(begins), best);
	api_sql("superuser", "UPDATE scheduling.session SET step = 'cancellation' WHERE id = '%s'",
		MEETING);
	assert_string_equal(best_of(begins), best);
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
	api_expect_problem(
		api_put(admin, "/api/v1/holidays/xx", "%s", said), 400, "invalid_parameter");
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/holidays/FR"), 200), "days"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_offered_can_be_booked),
		cmocka_unit_test(a_meeting_that_is_moved_leaves_its_own_time_free),
		cmocka_unit_test(a_shortlist_shows_the_slots_with_each_of_its_mentors),
		cmocka_unit_test(a_meeting_binds_from_its_first_second_to_its_last),
		cmocka_unit_test(stated_hours_are_kept),
		cmocka_unit_test(holidays_of_ones_country_are_free),
	};
	return cmocka_run_group_tests_name("slots", tests, set_up, api_release);
}
