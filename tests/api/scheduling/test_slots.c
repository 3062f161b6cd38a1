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

static struct api_reply *book(const char *starts, const char *zone, int minutes)
{
	return api_post(chief(), "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"%s\","
		" \"duration_minutes\": %d, \"mode\": \"video\"}",
		pair, starts, zone, minutes);
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
	api_expect(book(starts, api_text(list, "time_zone"), 30), 201);
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
	assert_int_equal(api_count(two, "slots"), 9);
	for (int i = 0; i < 9; i++) {
		/* a pair can also be booked for it */
		assert_non_null(api_member(two, api_path("slots.%d.book", i)));
		json_object_del(api_member(two, api_path("slots.%d", i)), "book");
		assert_true(json_equal(api_member(two, api_path("slots.%d", i)),
			api_member(shown, api_path("mentors.1.slots.%d", i))));
	}
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

#define NIGHT                                                                                      \
	"{\"windows\": [{\"weekday\": %d, \"starts\": \"22:30\", \"ends\": \"24:00\"},"            \
	" {\"weekday\": %d, \"starts\": \"00:00\", \"ends\": \"01:30\"}]}"

/* Both work from half past ten in the evening of a weekday to half past one. */
static void work_at_night(const char *zone, int weekday)
{
	const char *both[] = { "chief", mentor };
	for (int i = 0; i < 2; i++) {
		struct api *who = api_as("participant", both[i]);
		api_if_match(who, api_expect(api_get(who, "/api/v1/people/me"), 200));
		api_expect(api_patch(who, "/api/v1/people/me", "{\"time_zone_override\": \"%s\"}",
				   zone),
			200);
		struct api_reply *kept = api_expect(api_put(who, "/api/v1/people/me/weekly-hours",
							    NIGHT, weekday, weekday % 7 + 1),
			200);
		int evening = weekday < 7 ? 0 : 1; /* windows stand from Monday on */
		assert_string_equal(api_text(kept, api_path("windows.%d.ends", evening)), "24:00");
		assert_string_equal(
			api_text(kept, api_path("windows.%d.starts", 1 - evening)), "00:00");
	}
}

static struct api_reply *night_slots(const char *day, int minutes)
{
	return api_expect(
		api_get(chief(),
			"/api/v1/slots?pair_id=%s&from=%sT00:00:00Z&days=3&count=50&minutes=%d",
			pair, day, minutes),
		200);
}

/* What the slots begin with, as the SQL below tells it. */
static const char *begins_of(const struct api_reply *list)
{
	const char *all = "";
	for (size_t i = 0; i < api_count(list, "slots"); i++)
		all = api_path("%s%s%s", all, *all ? " " : "",
			api_text(list, api_path("slots.%zu.starts_at", i)));
	return all;
}

static void a_night_is_worked_over_midnight(void **state)
{
	(void)state;
	work_at_night("UTC", 1); /* 3 May 2027 is a Monday */
	assert_string_equal(begins_of(night_slots("2027-05-03", 60)),
		"2027-05-03T22:30:00Z 2027-05-03T23:30:00Z 2027-05-04T00:30:00Z");
	assert_string_equal(begins_of(night_slots("2027-05-03", 180)), "2027-05-03T22:30:00Z");
	assert_string_equal(begins_of(night_slots("2027-05-03", 195)), "");
	story_agreement(pair, "chief", mentor, "2027-04-26");
	assert_string_equal(
		api_text(api_expect(book("2027-05-03T23:30", "UTC", 60), 201), "status"),
		"confirmed");
	assert_string_equal(begins_of(night_slots("2027-05-03", 60)),
		"2027-05-03T22:30:00Z 2027-05-04T00:30:00Z");
}

static void limit(const char *value)
{
	api_sql("superuser",
		"UPDATE common.setting SET value = '%s' WHERE name = 'meeting_limits' RETURNING 1",
		value);
}

/* Meetings of the partner's in a full week bind, but not the one that is to be moved; and what is offered
 * keeps its distance. */
static void full_weeks_and_narrow_gaps_are_not_offered(void **state)
{
	(void)state;
	api_expect(api_put(chief(), "/api/v1/people/me/weekly-hours", "{\"windows\": []}"), 200);
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&limit=1", pair), 200);
	const char *id = api_text(list, "items.0.id");
	const char *path = api_path("/api/v1/slots?pair_id=%s&from=%.10sT00:00:00Z&days=1&count=50"
				    "&minutes=15",
		pair, api_text(list, "items.0.starts_at"));
	/* the quarter of an hour just after it, and the one that ends an hour later */
	const char *after = api_text(list, "items.0.ends_at");
	const char *later = api_sql("superuser",
		"SELECT to_char((timestamptz '%s' + interval '1 hour') AT TIME ZONE 'UTC', '%s')",
		after, RFC_3339);
	assert_true(offers(api_expect(api_get(chief(), "%s", path), 200), after));
	limit("{\"week\": 10, \"buffer_minutes\": 60}");
	list = api_expect(api_get(chief(), "%s", path), 200);
	assert_false(offers(list, after));
	assert_true(offers(list, later));
	limit("{\"week\": 1}");
	assert_int_equal(api_count(api_expect(api_get(chief(), "%s", path), 200), "slots"), 0);
	assert_int_equal(
		api_count(api_expect(api_get(api_as("participant", mentor), "%s", path), 200),
			"slots"),
		0);
	assert_true(api_count(api_expect(api_get(chief(), "%s&moving=%s", path, id), 200),
			    "slots") > 0);
	limit("{\"beyond_plan\": 3, \"after_plan\": 1, \"week\": 10}");
	assert_true(offers(api_expect(api_get(chief(), "%s", path), 200), after));
}

/* A quarter of an hour is offered where a booking of it binds the partner unasked, and nowhere else;
 * also in the nights in which the clocks change, and with exceptions. */
static void slots_and_bookings_know_the_same_hours(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *day;
		int weekday;
	} nights[] = { { "Europe/Berlin", "2027-02-15", 2 }, { "Asia/Kathmandu", "2027-02-15", 2 },
		{ "Africa/Cairo", "2027-04-28", 4 }, { "America/New_York", "2027-11-06", 6 },
		{ "Europe/Berlin", "2027-03-27", 7 } };
	for (size_t i = 0; i < sizeof nights / sizeof *nights; i++) {
		work_at_night(nights[i].zone, nights[i].weekday);
		api_sql("superuser", "WITH gone AS (DELETE FROM scheduling.exception) SELECT 1");
		api_sql("superuser",
			"INSERT INTO scheduling.exception"
			" (id, person_id, kind, starts_on, ends_on, starts, ends) SELECT "
			"gen_random_uuid(),"
			" p.id, k.kind, d, d, k.starts, k.ends FROM profiles.person p, (VALUES"
			" ('away', time '23:00', time '23:15'), ('away', '00:15', '00:45'),"
			" ('extra', '01:15', '01:45')) k (kind, starts, ends),"
			" (SELECT date '%s' + n AS d FROM generate_series(-1, 3) n) x"
			" WHERE p.user_name IN ('chief', '%s') RETURNING 1",
			nights[i].day, mentor);
		api_sql("superuser",
			"INSERT INTO scheduling.preference (person_id, quiet_starts, quiet_ends)"
			" SELECT p.id, '23:30', '00:15' FROM profiles.person p"
			" WHERE p.user_name = '%s' ON CONFLICT (person_id) DO UPDATE"
			" SET quiet_starts = excluded.quiet_starts, quiet_ends = "
			"excluded.quiet_ends"
			" RETURNING 1",
			i == 1 ? mentor : "chief");
		const char *both = api_sql("superuser",
			"SELECT string_agg(to_char(s AT TIME ZONE 'UTC', '%s'), ' ' ORDER BY s)"
			" FROM generate_series(timestamptz '%s 00:00Z', '%s 00:00Z'::timestamptz + "
			"interval '71 hours 45 minutes', '15 minutes') s WHERE (SELECT bool_and("
			"scheduling.in_hours(p.id, s, s + interval '15 minutes')) FROM "
			"profiles.person p"
			" WHERE p.user_name IN ('chief', '%s'))",
			RFC_3339, nights[i].day, nights[i].day, mentor);
		assert_true(strlen(both) > 80);
		assert_string_equal(begins_of(night_slots(nights[i].day, 15)), both);
	}
}

static void keep_holidays_of(const char *place)
{
	api_if_match(chief(), api_expect(api_get(chief(), "/api/v1/people/me"), 200));
	struct api_reply *kept = api_expect(
		api_patch(chief(), "/api/v1/people/me", "{\"holiday_place\": %s}", place), 200);
	if (*place == '"')
		assert_int_equal(strncmp(api_text(kept, "holiday_place"), place + 1, 4), 0);
}

/* Whether the chief can be booked on a day unasked, ten to half past there. */
static const char *in_hours(const char *day)
{
	return api_sql("superuser",
		"SELECT scheduling.in_hours(p.id, s, s + interval '30 minutes') FROM "
		"profiles.person p,"
		" LATERAL (SELECT timestamp '%s 10:00' AT TIME ZONE"
		" coalesce(p.time_zone_override, p.time_zone) AS s) x WHERE p.user_name = 'chief'",
		day);
}

/* The region that HR names, by file, as long as it is one of the country; what the person names comes first. */
static void expect_holidays_of_the_region(void)
{
	static const struct {
		const char *country, *region, *free;
	} cases[] = { { "AT", "AT-5", "f" }, { "AT", "AT-9", "t" }, { "FR", "AT-5", "t" } };
	const char *key = api_sql("superuser", "SELECT external_id FROM profiles.person WHERE user_name = 'chief'");
	const char *level = api_sql("superuser", "SELECT level FROM profiles.person WHERE user_name = 'chief'");
	api_expect(api_put(api_as("admin", NULL), "/api/v1/holidays/AT-5",
			   "{\"days\": [{\"day\": \"2027-01-06\", \"name\": \"Epiphany\"}]}"),
		200);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct api_reply *import = api_import(
			api_path("external_id,user_name,given_name,level,country,holiday_region\n"
				 "%s,chief,Carla,%s,%s,%s\n",
				key, level, cases[i].country, cases[i].region),
			NULL);
		assert_string_equal(api_text(import, "status"), "done");
		assert_string_equal(in_hours("2027-01-06"), cases[i].free);
	}
	keep_holidays_of("\"AT-5\"");
	assert_string_equal(in_hours("2027-01-06"), "f");
	keep_holidays_of("null");
	api_sql("superuser",
		"UPDATE profiles.person SET country = 'DE', holiday_region = NULL WHERE user_name = 'chief'");
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
	/* a region has its own beside those of its country, for who names it; a booking follows them */
	api_expect(api_put(admin, "/api/v1/holidays/DE-BY", "%s", said), 200);
	assert_true(offers(api_expect(slots(chief(), "&days=14&count=50"), 200), "2027-01-06"));
	keep_holidays_of("\"DE-BY\"");
	assert_false(offers(api_expect(slots(chief(), "&days=14&count=50"), 200), "2027-01-06"));
	assert_string_equal(in_hours("2027-01-06"), "f");
	assert_string_equal(in_hours("2027-01-13"), "t");
	api_expect(api_put(admin, "/api/v1/holidays/DE", "%s", said), 200);
	keep_holidays_of("\"AT-9\""); /* who works abroad keeps those of that country alone */
	assert_string_equal(in_hours("2027-01-06"), "t");
	keep_holidays_of("\"DE-BE\"");
	assert_string_equal(in_hours("2027-01-06"), "f");
	keep_holidays_of("null");
	assert_string_equal(in_hours("2027-01-06"), "f");
	expect_holidays_of_the_region();
	assert_null(
		json_string_value(api_member(api_get(api_as("participant", mentor),
						     "/api/v1/people/%s", story_person_id("chief")),
			"holiday_place")));
	api_expect(api_put(admin, "/api/v1/holidays/DE", "{\"days\": []}"), 200);
	api_expect_problem(
		api_put(admin, "/api/v1/holidays/xx", "%s", said), 400, "invalid_parameter");
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/holidays/FR"), 200), "days"), 0);
}

static void former_partners_do_not_see_when_the_other_is_free(void **state)
{
	(void)state;
	api_expect(api_post(chief(), api_path("/api/v1/pairs/%s/safe-exit", pair), "{}"), 200);
	for (int i = 0; i < 2; i++)
		api_expect_problem(api_get(i ? chief() : api_as("participant", mentor),
					   "/api/v1/slots?pair_id=%s", pair),
			409, "pair_not_active");
	/* a stranger does not learn that there was such a pair */
	api_expect_problem(api_get(api_as("participant", "stranger"), "/api/v1/slots?pair_id=%s",
				   pair),
		422, "unknown_reference");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_offered_can_be_booked),
		cmocka_unit_test(a_meeting_that_is_moved_leaves_its_own_time_free),
		cmocka_unit_test(a_shortlist_shows_the_slots_with_each_of_its_mentors),
		cmocka_unit_test(a_meeting_binds_from_its_first_second_to_its_last),
		cmocka_unit_test(stated_hours_are_kept),
		cmocka_unit_test(full_weeks_and_narrow_gaps_are_not_offered),
		cmocka_unit_test(holidays_of_ones_country_are_free),
		cmocka_unit_test(a_night_is_worked_over_midnight),
		cmocka_unit_test(slots_and_bookings_know_the_same_hours),
		cmocka_unit_test(former_partners_do_not_see_when_the_other_is_free),
	};
	return cmocka_run_group_tests_name("slots", tests, set_up, api_release);
}
