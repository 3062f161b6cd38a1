/*
 * Both calendars of a pair. A series over the spring change of clocks is booked at once; each of
 * the two subscribes to a feed; three widespread readers find in it what the API says, to the
 * second. A meeting that moves, moves in both calendars; a cancelled one is told as cancelled; a
 * feed whose address got about is replaced, and the old address is nothing any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define MEETINGS 13

static const char *pair, *mentor, *feeds[2]; /* the paths of the two subscriptions */

static struct api *leader(void)
{
	return api_as("participant", "chief");
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

static int a_pair_meets(void **state)
{
	(void)state;
	api_clock_to("2027-01-01 00:00Z");
	company_import();
	const char *programme = company_programme("Calendars", 1);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static int the_clock_goes_back(void **state)
{
	api_clock(0);
	return api_release(state);
}

/* The instant of an RFC 3339 text, by the C library. */
static long long instant(const char *text)
{
	struct tm tm = { 0 };
	assert_non_null(strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm));
	return timegm(&tm);
}

static const char *subscribe(struct api *who, const char *kind)
{
	struct api_reply *made = api_expect(
		api_post(who, "/api/v1/calendar-feeds", "{\"kind\": \"%s\"}", kind), 201);
	return strstr(api_text(made, "url"), "/calendar/");
}

/* What a reader makes of the feed: lines `reader uid start end status sequence summary`. */
static const char *read_from(const char *const program[2], struct api *who, const char *path)
{
	char file[] = "/tmp/upward-feed-XXXXXX";
	struct api_reply *ics = api_expect(api_get(who, "%s", path), 200);
	int fd = mkstemp(file);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, ics->text, strlen(ics->text)), strlen(ics->text));
	close(fd);
	const char *lines = api_run((const char *[]){ program[0], program[1], file, NULL });
	unlink(file);
	return lines;
}

static const char *read_by(const char *const program[2], const char *path)
{
	return read_from(program, api_as(NULL, NULL), path);
}

/* The line of a session by a reader is what the API says of it. */
static void agrees(const char *lines, const char *reader, json_t *session)
{
	const char *id = json_string_value(json_object_get(session, "id"));
	const char *is = json_string_value(json_object_get(session, "status"));
	const char *wanted = strcmp(is, "cancelled") == 0  ? "CANCELLED"
			     : strcmp(is, "proposed") == 0 ? "TENTATIVE"
							   : "CONFIRMED";
	const char *begin = api_path("%s %s", reader, id), *found = strstr(lines, begin);
	if (!found)
		fail_msg("%s does not see session %s in\n%s", reader, id, lines);
	char uid[100], status[20];
	long long starts, ends, sequence;
	assert_int_equal(sscanf(found, "%*s %99s %lld %lld %19s %lld", uid, &starts, &ends, status,
				 &sequence),
		5);
	assert_int_equal(starts, instant(json_string_value(json_object_get(session, "starts_at"))));
	assert_int_equal(ends, instant(json_string_value(json_object_get(session, "ends_at"))));
	assert_string_equal(status, wanted);
	assert_int_equal(sequence, json_integer_value(json_object_get(session, "sequence")));
	assert_null(strstr(found + 1, begin)); /* once */
}

static const char *const javascript[2] = { "node", "tests/support/calendar_readers.mjs" };
/* Debian's own interpreter, which has Debian's packages. */
static const char *const python[2] = { "/usr/bin/python3", "tests/support/calendar_reader.py" };

/* moved: of how many the agreed time is kept, as an event of its own, until a move is answered. */
static void all_readers_agree_on(const char *path, struct api *owner, int meetings, int moved)
{
	struct api_reply *list = api_expect(
		api_get(owner, "/api/v1/sessions?pair_id=%s&limit=100", pair), 200);
	const char *two = read_by(javascript, path), *third = read_by(python, path);
	size_t i;
	json_t *session;
	assert_int_equal(api_count(list, "items"), meetings);
	json_array_foreach(api_member(list, "items"), i, session)
	{
		agrees(two, "ical.js", session);
		agrees(two, "node-ical", session);
		agrees(third, "icalendar", session);
	}
	int lines = 0, kept = 0;
	for (const char *at = third; (at = strstr(at, "icalendar ")); at++) {
		lines++;
		kept += strncmp(at, "icalendar kept-", 15) == 0;
	}
	assert_int_equal(lines - kept, meetings); /* and nothing besides */
	assert_int_equal(kept, moved);
}

static void the_series_is_in_both_calendars(void **state)
{
	(void)state;
	story_agreement(pair, "chief", mentor, "2027-02-15");
	struct api_reply *plan = api_expect(
		api_post(leader(), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"10:00\", \"weekday\": 3}", pair),
		200);
	assert_int_equal(api_integer(plan, "booked"), MEETINGS);
	/* ten o'clock in Berlin, before and after 28 March */
	assert_string_equal(api_text(plan, "dates.5.starts_at"), "2027-03-24T09:00:00Z");
	assert_string_equal(api_text(plan, "dates.6.starts_at"), "2027-03-31T08:00:00Z");
	feeds[0] = subscribe(leader(), "full");
	feeds[1] = subscribe(junior(), "full");
	all_readers_agree_on(feeds[0], leader(), MEETINGS, 0);
	all_readers_agree_on(feeds[1], junior(), MEETINGS, 0);
	/* whoever is not of the pair has neither the sessions nor the feeds */
	struct api *stranger = api_as("participant", "it.lead");
	api_expect(api_get(stranger, "%s", api_text(plan, "links.agreement")), 404);
	api_expect(api_get(stranger, "/api/v1/sessions/%s", api_text(plan, "dates.0.session_id")),
		404);
}

static void what_moves_moves_in_both(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(leader(), "/api/v1/sessions?pair_id=%s", pair), 200);
	const char *moved = api_text(list, "items.6.links.self"),
		   *off = api_text(list, "items.7.links.self");
	api_if_match(junior(), api_expect(api_get(junior(), "%s", moved), 200));
	struct api_reply *now = api_expect(
		api_patch(junior(), moved,
			"{\"starts_at\": \"2027-04-01T16:15\", \"time_zone\": \"Europe/Berlin\"}"),
		200);
	assert_string_equal(api_text(now, "starts_at"), "2027-04-01T14:15:00Z");
	api_expect(api_post(leader(), api_path("%s/cancellation", off), "{\"reason\": \"travel\"}"),
		200);
	all_readers_agree_on(feeds[0], leader(), MEETINGS, 1);
	all_readers_agree_on(feeds[1], junior(), MEETINGS, 1);
	/* what was moved waits for the other one's word, and calendars hear of it */
	long long asked = api_integer(now, "sequence");
	assert_string_equal(api_text(now, "status"), "proposed");
	api_if_match(leader(), api_expect(api_get(leader(), "%s", moved), 200));
	now = api_expect(api_post(leader(), api_path("%s/confirmation", moved), NULL), 200);
	assert_true(api_integer(now, "sequence") > asked);
	all_readers_agree_on(feeds[0], leader(), MEETINGS, 0);
	all_readers_agree_on(feeds[1], junior(), MEETINGS, 0);
}

/* vdirsyncer puts the feed on a CalDAV server, fetches it from there, and khal shows what came of it: nothing is lost
 * on the way, and every meeting is when the API says. Only in the long run, and where these programs are. */
static void a_caldav_server_and_khal_lose_nothing(void **state)
{
	static const char *const khal[2] = { "/usr/bin/python3", "tests/support/calendar_sync.py" };
	(void)state;
	if (!getenv("UPWARD_LONG"))
		return;
	if (access("/usr/bin/radicale", X_OK) != 0 || access("/usr/bin/vdirsyncer", X_OK) != 0 ||
		access("/usr/bin/khal", X_OK) != 0) {
		print_message("needs radicale, vdirsyncer and khal\n");
		skip();
	}
	for (int i = 0; i < 2; i++) {
		const char *lines = read_by(khal, feeds[i]);
		struct api_reply *list = api_expect(
			api_get(i ? junior() : leader(), "/api/v1/sessions?pair_id=%s&limit=100",
				pair),
			200);
		size_t at;
		json_t *session;
		assert_int_equal(api_count(list, "items"), MEETINGS);
		json_array_foreach(api_member(list, "items"), at, session)
			agrees(lines, "khal", session);
	}
}

/* An invitation is the same event as the feed's: a moved one, a cancelled one, one as it was. */
static void an_invitation_is_read_as_the_same_event(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(leader(), "/api/v1/sessions?pair_id=%s&limit=100", pair), 200);
	size_t i;
	json_t *session;
	json_array_foreach(api_member(list, "items"), i, session)
	{
		const char *path = api_path("/api/v1/sessions/%s/invite.ics",
			json_string_value(json_object_get(session, "id")));
		if (i < 6 || i > 8)
			continue;
		const char *two = read_from(javascript, junior(), path);
		agrees(two, "ical.js", session);
		agrees(two, "node-ical", session);
		agrees(read_from(python, junior(), path), "icalendar", session);
	}
}

/* Names of any script and length reach the readers whole; a calendar without a meeting is one. */
static void names_are_whole_and_an_empty_calendar_is_one(void **state)
{
	(void)state;
	char name[161 * 4 + 2] = "";
	for (int i = 0; i < 160; i++)
		strcat(name, i == 100 ? " " : "\xf0\xa0\xae\xb7");
	api_sql("superuser",
		"UPDATE profiles.person SET given_name = '%.400s', family_name = '%s'"
		" WHERE user_name = 'chief'",
		name, name + 401);
	for (int i = 0; i < 2; i++) {
		const char *lines = read_by(i ? python : javascript, feeds[1]);
		assert_non_null(strstr(lines, api_path("Reverse mentoring: %s\n", name)));
	}
	const char *empty = subscribe(api_as("participant", "it.lead"), "full");
	assert_string_equal(read_by(javascript, empty), "");
	assert_string_equal(read_by(python, empty), "");
	struct api_reply *text = api_expect(api_get(api_as(NULL, NULL), "%s", empty), 200);
	assert_non_null(strstr(text->text, "BEGIN:VTIMEZONE"));
	assert_null(strstr(text->text, "METHOD"));
}

static void a_feed_is_replaced_and_revoked(void **state)
{
	(void)state;
	struct api_reply *mine = api_expect(api_get(leader(), "/api/v1/calendar-feeds"), 200);
	const char *old = api_text(mine, "items.0.links.self"),
		   *fresh = subscribe(leader(), "full");
	assert_string_not_equal(fresh, feeds[0]);
	all_readers_agree_on(fresh, leader(), MEETINGS, 0);
	/* nobody else revokes it */
	api_expect(api_get(junior(), "%s", old), 404);
	api_if_match(leader(), api_expect(api_get(leader(), "%s", old), 200));
	api_expect(api_delete(leader(), "%s", old), 204);
	api_expect(api_get(api_as(NULL, NULL), "%s", feeds[0]), 404);
	api_expect(api_get(api_as(NULL, NULL), "%s", fresh), 200);
	/* the junior's is the junior's own */
	all_readers_agree_on(feeds[1], junior(), MEETINGS, 0);
}

static void a_busy_feed_says_when_and_never_with_whom(void **state)
{
	(void)state;
	const char *path = subscribe(junior(), "free_busy");
	struct api_reply *busy = api_expect(api_get(api_as(NULL, NULL), "%s", path), 200);
	assert_non_null(strstr(busy->text, "SUMMARY:Busy"));
	assert_null(strstr(busy->text, "Reverse mentoring: Steven"));
	assert_null(strstr(busy->text, "ATTENDEE"));
	assert_null(strstr(busy->text, "LOCATION"));
	/* the same bytes again, and then 304 */
	struct api *reader = api_as(NULL, NULL);
	assert_string_equal(api_expect(api_get(reader, "%s", path), 200)->text, busy->text);
	api_header(reader, "If-None-Match: %s", api_header_of(busy, "etag"));
	api_expect(api_get(reader, "%s", path), 304);
	/* as one component where it is asked for */
	struct api_reply *one = api_expect(api_get(reader, "%s?format=vfreebusy", path), 200);
	assert_non_null(strstr(one->text, "FREEBUSY"));
	assert_null(strstr(one->text, "BEGIN:VEVENT"));
	api_expect_problem(api_get(reader, "%s?format=full", path), 400, "invalid_parameter");
	/* events of which readers know nothing but the time */
	const char *lines = read_by(python, path);
	assert_non_null(strstr(lines, "icalendar "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_series_is_in_both_calendars),
		cmocka_unit_test(what_moves_moves_in_both),
		cmocka_unit_test(a_caldav_server_and_khal_lose_nothing),
		cmocka_unit_test(an_invitation_is_read_as_the_same_event),
		cmocka_unit_test(names_are_whole_and_an_empty_calendar_is_one),
		cmocka_unit_test(a_feed_is_replaced_and_revoked),
		cmocka_unit_test(a_busy_feed_says_when_and_never_with_whom),
	};
	return cmocka_run_group_tests_name(
		"calendar feeds", tests, a_pair_meets, the_clock_goes_back);
}
