/*
 * The subscription as text: whole, valid and the same bytes again, whatever names and agendas hold; and
 * what RFC 5545 and 5546 demand of it and of invitations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <libical/ical.h>

#include "base/str.h"
#include "base/utf8.h"
#include "scheduling/calendar/feed.h"
#include "scheduling/calendar/invite.h"

#define START 1800000000

static char *write_one(enum feed_kind kind, const char *owner, const struct event_session *session)
{
	const struct feed feed = { .name = session && session->partner ? session->partner
								       : "Nobody",
		.kind = kind,
		.owner = owner,
		.today = START - START % 86400,
		.sessions = session,
		.count = session != NULL };
	char *text = feed_write(&feed);
	assert_non_null(text);
	return text;
}

/* Lines of at most 75 octets that end in CRLF, each valid UTF-8. Returns the text unfolded (owned).
 */
static char *unfolded(const char *text)
{
	char *out = malloc(strlen(text) + 1), *end = out;
	size_t characters;
	for (const char *line = text; *line;) {
		const char *stop = strstr(line, "\r\n");
		assert_non_null(stop);
		assert_in_range(stop - line, 1, 75);
		assert_true(str_is_utf8(line, (size_t)(stop - line), &characters));
		if (*line == ' ') {
			end -= 2;
			line++;
		}
		memcpy(end, line, (size_t)(stop - line + 2));
		end += stop - line + 2;
		line = stop + 2;
	}
	*end = '\0';
	return out;
}

static void has(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no %s in\n%s", line, text);
}

/* A character many times over, as a text. */
static const char *many(const char *character, int times)
{
	static char room[4][4096];
	static int next;
	char *text = room[next++ % 4];
	*text = '\0';
	for (int i = 0; i < times; i++)
		strcat(text, character);
	return text;
}

static void names_of_any_length_stay_whole(void **state)
{
	(void)state;
	static const char *const characters[] = { "a", "\xc3\xa9", "\xe0\xb8\x81",
		"\xf0\xa0\xae\xb7" };
	for (size_t c = 0; c < sizeof characters / sizeof *characters; c++)
		for (int times = 1; times < 300; times += 7) {
			const struct event_session session = { .id = "s",
				.starts = START,
				.ends = START + 1800,
				.changed = START,
				.status = EVENT_CONFIRMED,
				.partner = many(characters[c], times) };
			owned_text char *text = write_one(FEED_FULL, "o", &session);
			owned_text char *whole = unfolded(text);
			char line[4200];
			snprintf(line, sizeof line, "\r\nSUMMARY:Reverse mentoring: %s\r\n",
				session.partner);
			has(whole, line);
			snprintf(line, sizeof line, "\r\nX-WR-CALNAME:%s\r\n", session.partner);
			has(whole, line);
		}
}

static void what_waits_is_tentative_and_what_is_off_is_cancelled(void **state)
{
	(void)state;
	static const char *const said[] = { "TENTATIVE", "CONFIRMED", "CANCELLED" };
	for (int status = EVENT_TENTATIVE; status <= EVENT_CANCELLED; status++) {
		const struct event_session session = { .id = "s",
			.starts = START,
			.ends = START + 1800,
			.changed = START,
			.status = (enum event_status)status,
			.sequence = 3,
			.place = "https://meet.example/x",
			.agenda = "one; two,\nthree" };
		owned_text char *text = write_one(FEED_FULL, "o", &session);
		owned_text char *whole = unfolded(text);
		char line[40];
		snprintf(line, sizeof line, "STATUS:%s\r\n", said[status]);
		has(whole, line);
		has(whole, status == EVENT_CANCELLED ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE");
		has(whole, "SEQUENCE:3\r\n");
		has(whole, "URL:https://meet.example/x\r\n");
		has(whole, "DESCRIPTION:one\\; two\\,\\nthree\r\n");
		assert_null(strstr(whole, "METHOD"));
	}
}

static void a_calendar_without_meetings_has_a_component(void **state)
{
	(void)state;
	owned_text char *text = write_one(FEED_FULL, "o", NULL);
	owned_text char *whole = unfolded(text);
	has(whole, "BEGIN:VTIMEZONE\r\n");
	has(whole, "TZOFFSETTO:+0000\r\n");
	assert_null(strstr(whole, "BEGIN:VEVENT"));
}

static void busy_times_name_nobody_and_tie_no_two_feeds(void **state)
{
	(void)state;
	const struct event_session session = { .id = "019a-session",
		.starts = START,
		.ends = START + 1800,
		.changed = START,
		.status = EVENT_TENTATIVE,
		.partner = "Lin Chen",
		.place = "Room 4",
		.agenda = "secret" };
	owned_text char *mine = write_one(FEED_BUSY, "me", &session);
	owned_text char *again = write_one(FEED_BUSY, "me", &session);
	owned_text char *theirs = write_one(FEED_BUSY, "they", &session);
	owned_text char *whole = unfolded(mine);
	assert_string_equal(mine, again);
	assert_string_not_equal(strstr(mine, "UID:"), strstr(theirs, "UID:"));
	has(whole, "SUMMARY:Busy\r\n");
	has(whole, "STATUS:TENTATIVE\r\n");
	assert_null(strstr(strstr(whole, "BEGIN:VEVENT"), "Lin"));
	assert_null(strstr(whole, "Room"));
	assert_null(strstr(whole, "secret"));
	assert_null(strstr(whole, "019a-session"));
	owned_text char *one = write_one(FEED_VFREEBUSY, "me", &session);
	has(one, "FREEBUSY;FBTYPE=BUSY-TENTATIVE:");
}

/* What libical finds wrong: it marks each property or component that a method forbids or lacks, or that
 * occurs too often, with X-LIC-ERROR. */
static void conforms(const char *text, icalproperty_method method)
{
	icalcomponent *calendar = icalparser_parse_string(text);
	assert_non_null(calendar);
	assert_int_equal(icalcomponent_get_method(calendar), method);
	const bool good = icalrestriction_check(calendar);
	char *marked = icalcomponent_as_ical_string_r(calendar);
	if (!good || icalcomponent_count_errors(calendar) > 0 || strstr(marked, "X-LIC-ERROR"))
		fail_msg("%s", marked);
	icalmemory_free_buffer(marked);
	icalcomponent_free(calendar);
}

static struct event_session session_of(int i)
{
	return (struct event_session){ .id = "019a0000-0000-7000-8000-000000000007",
		.starts = START,
		.ends = START + 1800,
		.changed = START - 86400,
		.sequence = i % 5,
		.status = (enum event_status)(i % 3),
		.partner = i & 1 ? "Lin \"C\" Chen; \xc3\xa9" : NULL,
		.place = i & 2   ? "Room 4, left"
			 : i & 4 ? "https://meet.example/x"
				 : NULL,
		.link = i & 8 ? "https://video.example/y?z=1&w=2" : NULL,
		.mode = i & 16 ? "chat" : "video",
		.agenda = i & 4 ? "one\ntwo" : NULL,
		.arrangements = i & 1 ? "captions" : NULL,
		.alarm_minutes = i & 32 ? 1440 : 0 };
}

static void feeds_keep_to_the_restrictions_of_icalendar(void **state)
{
	(void)state;
	static const enum feed_kind kinds[] = { FEED_FULL, FEED_BUSY, FEED_VFREEBUSY };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		owned_text char *empty = write_one(kinds[k], "o", NULL);
		conforms(empty, ICAL_METHOD_NONE);
		for (int i = 0; i < 96; i++) {
			const struct event_session session = session_of(i);
			owned_text char *text = write_one(kinds[k], "o", &session);
			conforms(text, ICAL_METHOD_NONE);
		}
	}
}

/* A first invitation, an update and a cancellation, to people with and without a name or an address. */
static void invitations_keep_to_the_restrictions_of_itip(void **state)
{
	(void)state;
	int cancelled = 0;
	for (int i = 0; i < 192; i++) {
		const struct event_session session = session_of(i);
		const struct invite invite = { .organizer = "mailto:calendar@upward.example",
			.people = { { .name = i & 1 ? "O'Neil, \"Ann\"" : NULL,
					    .address = "mailto:ann@co.example",
					    .accepted = i & 2 },
				{ .name = "\xe9\x99\x88\xe6\x9e\x97",
					.address = "urn:uuid:019a0000-0000-7000-8000-0000000000ab",
					.accepted = i & 4 } } };
		const bool off = session.status == EVENT_CANCELLED;
		owned_text char *text = invite_write(&session, &invite);
		assert_non_null(text);
		conforms(text, off ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST);
		cancelled += off;
	}
	assert_int_equal(cancelled, 64);
}

/* Without this, that nothing is found would say nothing. */
static void the_judge_finds_what_is_missing(void **state)
{
	(void)state;
	static const char *const lines[] = { "ORGANIZER", "DTSTAMP", "UID", "SUMMARY" };
	const struct event_session session = session_of(1);
	const struct invite invite = { .organizer = "mailto:calendar@upward.example",
		.people = { { .address = "mailto:a@co.example" },
			{ .address = "mailto:b@co.example" } } };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		owned_text char *text = invite_write(&session, &invite);
		owned_text char *whole = unfolded(text);
		char *line = strstr(whole, lines[i]);
		assert_non_null(line);
		memcpy(line, "X-", 2);
		icalcomponent *calendar = icalparser_parse_string(whole);
		assert_false(icalrestriction_check(calendar));
		icalcomponent_free(calendar);
	}
}

static void an_alarm_comes_before_what_takes_place(void **state)
{
	(void)state;
	struct event_session session = { .id = "s",
		.starts = START,
		.ends = START + 1800,
		.changed = START,
		.status = EVENT_CONFIRMED,
		.partner = "Lin Chen",
		.alarm_minutes = 90 };
	owned_text char *text = write_one(FEED_FULL, "o", &session);
	owned_text char *whole = unfolded(text);
	has(whole, "BEGIN:VALARM\r\n");
	has(whole, "ACTION:DISPLAY\r\n");
	has(whole, "DESCRIPTION:Reverse mentoring: Lin Chen\r\n");
	has(whole, "TRIGGER:-PT1H30M\r\n");
	owned_text char *busy = write_one(FEED_BUSY, "o", &session);
	assert_null(strstr(busy, "VALARM"));
	session.status = EVENT_CANCELLED;
	owned_text char *off = write_one(FEED_FULL, "o", &session);
	assert_null(strstr(off, "VALARM"));
	session.status = EVENT_CONFIRMED;
	session.alarm_minutes = 0;
	owned_text char *silent = write_one(FEED_FULL, "o", &session);
	assert_null(strstr(silent, "VALARM"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_any_length_stay_whole),
		cmocka_unit_test(what_waits_is_tentative_and_what_is_off_is_cancelled),
		cmocka_unit_test(a_calendar_without_meetings_has_a_component),
		cmocka_unit_test(busy_times_name_nobody_and_tie_no_two_feeds),
		cmocka_unit_test(feeds_keep_to_the_restrictions_of_icalendar),
		cmocka_unit_test(invitations_keep_to_the_restrictions_of_itip),
		cmocka_unit_test(the_judge_finds_what_is_missing),
		cmocka_unit_test(an_alarm_comes_before_what_takes_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
