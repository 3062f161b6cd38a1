/*
 * The time that both have agreed on stays theirs while a move of it waits for an answer: nobody books
 * it, calendars show it, and a move that is declined, withdrawn or never answered leads back to it.
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

#define WAIT 60

static const char *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Agreed", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-01-04");
	return 0;
}

static int the_clock_goes_back(void **state)
{
	api_clock(0);
	return api_release(state);
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

static struct api_reply *book(struct api *who, const char *starts_at, const char *more)
{
	return api_post(who, "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\","
		" \"duration_minutes\": 60, \"mode\": \"video\"%s}",
		pair, starts_at, more);
}

static struct api_reply *seen(const char *self)
{
	return api_expect(api_get(chief(), "%s", self), 200);
}

static struct api_reply *move(struct api *who, const char *self, const char *starts_at)
{
	api_if_match(who, api_expect(api_get(who, "%s", self), 200));
	return api_expect(api_patch(who, self,
				  "{\"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\"}",
				  starts_at),
		200);
}

/* Books a session that both have agreed on, and moves it. */
static const char *moved(const char *from, struct api *who, const char *to)
{
	const char *self = api_text(api_expect(book(chief(), from, ""), 201), "links.self");
	move(who, self, to);
	return self;
}

static struct api_reply *revert(struct api *who, const char *self)
{
	return api_post(who, api_path("%s/reversion", self), NULL);
}

static void is_back(struct api_reply *now, const char *starts_at, long long sequence)
{
	assert_string_equal(api_text(now, "status"), "confirmed");
	assert_string_equal(api_text(now, "starts_at"), starts_at);
	assert_int_equal(api_integer(now, "sequence"), sequence);
	assert_true(json_is_null(api_member(now, "kept_starts_at")));
	assert_true(json_is_null(api_member(now, "kept_ends_at")));
}

static const char *rows_kept(const char *self)
{
	return api_sql("superuser",
		"SELECT count(*) FROM scheduling.participant WHERE session_id = '%s' AND part > 0",
		strrchr(self, '/') + 1);
}

static void a_move_is_declined_or_withdrawn(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *self = moved(i ? "2027-01-19T10:00" : "2027-01-12T10:00", chief(),
			i ? "2027-01-20T10:00" : "2027-01-13T10:00");
		struct api_reply *now = seen(self);
		assert_string_equal(api_text(now, "kept_starts_at"),
			i ? "2027-01-19T09:00:00Z" : "2027-01-12T09:00:00Z");
		assert_string_equal(api_text(now, "kept_ends_at"),
			i ? "2027-01-19T10:00:00Z" : "2027-01-12T10:00:00Z");
		/* over a second move of somebody else, too */
		move(junior(), self, i ? "2027-01-21T10:00" : "2027-01-14T10:00");
		api_expect_problem(
			revert(api_as("participant", "it.lead"), self), 404, "not_found");
		now = api_expect(revert(i ? junior() : chief(), self), 200);
		is_back(now, i ? "2027-01-19T09:00:00Z" : "2027-01-12T09:00:00Z", 3);
		assert_string_equal(rows_kept(self), "0");
		api_expect_problem(revert(junior(), self), 409, "wrong_state");
		struct api_reply *past = api_expect(api_get(chief(), "%s/history", self), 200);
		assert_string_equal(api_text(past, "items.3.change"), "reverted");
		assert_string_equal(api_text(past, "items.3.was_starts_at"),
			i ? "2027-01-21T09:00:00Z" : "2027-01-14T09:00:00Z");
		/* what was proposed is free, what was agreed is not */
		api_expect_problem(
			book(junior(), i ? "2027-01-19T10:00" : "2027-01-12T10:00", ""), 409,
			"overlap");
		struct api_reply *other = api_expect(
			book(junior(), i ? "2027-01-21T10:00" : "2027-01-14T10:00", ""), 201);
		api_expect(api_post(junior(),
				   api_path("%s/cancellation", api_text(other, "links.self")),
				   "{\"reason\": \"other\"}"),
			200);
	}
}

/* What was never agreed has nothing to go back to. */
static void a_proposal_is_no_agreed_time(void **state)
{
	(void)state;
	const char *self = api_text(
		api_expect(book(chief(), "2027-01-26T10:00", ", \"propose\": true"), 201),
		"links.self");
	struct api_reply *now = move(junior(), self, "2027-01-27T10:00");
	assert_true(json_is_null(api_member(now, "kept_starts_at")));
	api_expect_problem(revert(chief(), self), 409, "wrong_state");
	api_expect(book(chief(), "2027-01-26T10:00", ""), 201);
}

/* Where both times overlap, what is left of the agreed one is kept; nothing of it outlives the
 * session. */
static void an_agreed_time_within_the_proposed_one(void **state)
{
	(void)state;
	const char *self = moved("2027-02-02T10:00", chief(), "2027-02-02T10:30");
	assert_string_equal(rows_kept(self), "2");
	api_expect_problem(book(chief(), "2027-02-02T09:15", ""), 409, "overlap");
	api_expect_problem(book(chief(), "2027-02-02T11:15", ""), 409, "overlap");
	move(junior(), self, "2027-02-02T10:00"); /* another move, and the times are one */
	assert_string_equal(rows_kept(self), "0");
	is_back(api_expect(revert(chief(), self), 200), "2027-02-02T09:00:00Z", 3);
	move(junior(), self, "2027-02-03T10:00");
	assert_string_equal(rows_kept(self), "2");
	api_expect(api_post(junior(), api_path("%s/cancellation", self), "{\"reason\": \"ill\"}"),
		200);
	assert_string_equal(rows_kept(self), "0");
	api_expect(book(chief(), "2027-02-02T10:00", ""), 201);
}

static struct api_reply *decline(const char *self, long long sequence)
{
	const char *text = api_path(
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nMETHOD:REPLY\r\n"
		"BEGIN:VEVENT\r\nUID:%s@upward\r\nSEQUENCE:%lld\r\n"
		"DTSTAMP:20261130T090000Z\r\nATTENDEE;PARTSTAT=DECLINED:urn:uuid:%s\r\n"
		"END:VEVENT\r\nEND:VCALENDAR\r\n",
		strrchr(self, '/') + 1, sequence, story_person_id(mentor));
	return api_send(junior(), "POST", "/api/v1/calendar-replies", "text/calendar", text,
		strlen(text));
}

/* No to a move is no to the move: in a calendar program, too. */
static void a_calendar_declines_the_move_and_not_the_meeting(void **state)
{
	(void)state;
	const char *self = moved("2027-02-09T10:00", chief(), "2027-02-10T10:00");
	is_back(api_expect(decline(self, 1), 200), "2027-02-09T09:00:00Z", 2);
	struct api_reply *ics = api_expect(api_get(junior(), "%s/invite.ics", self), 200);
	assert_non_null(strstr(ics->text, "STATUS:CONFIRMED\r\n"));
	assert_non_null(strstr(ics->text, "DTSTART:20270209T090000Z\r\n"));
	assert_non_null(strstr(ics->text, "SEQUENCE:2\r\n"));
	/* the same mail again */
	is_back(api_expect(decline(self, 1), 200), "2027-02-09T09:00:00Z", 2);
	/* and no to the agreed time is no to the meeting */
	struct api_reply *now = api_expect(decline(self, 2), 200);
	assert_string_equal(api_text(now, "status"), "cancelled");
}

static int count_of(const char *text, const char *part)
{
	int count = 0;
	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

/* Feeds show both times until the move is answered. */
static void calendars_show_both_times(void **state)
{
	(void)state;
	const char *self = moved("2027-02-16T10:00", chief(), "2027-02-17T10:00");
	static const char *const kinds[] = { "full", "free_busy" };
	for (int i = 0; i < 2; i++) {
		const char *feed = strstr(
			api_text(api_expect(api_post(junior(), "/api/v1/calendar-feeds",
						    "{\"kind\": \"%s\"}", kinds[i]),
					 201),
				"url"),
			"/calendar/");
		struct api_reply *ics = api_expect(api_get(api_as(NULL, NULL), "%s", feed), 200);
		assert_int_equal(count_of(ics->text, "DTSTART:20270216T090000Z"), 1);
		assert_int_equal(count_of(ics->text, "DTSTART:20270217T090000Z"), 1);
		ics = api_expect(
			api_get(api_as(NULL, NULL), "%s?format=vfreebusy", feed), 200);
		assert_int_equal(count_of(ics->text, "20270216T090000Z/"), 1);
		assert_int_equal(count_of(ics->text, "20270217T090000Z/"), 1);
		if (i == 0)
			continue;
		api_expect(api_post(junior(), api_path("%s/confirmation", self), NULL), 200);
		ics = api_expect(api_get(api_as(NULL, NULL), "%s", feed), 200);
		assert_int_equal(count_of(ics->text, "DTSTART:20270216T090000Z"), 0);
	}
}

static bool is_confirmed(const char *self)
{
	return strcmp(api_text(seen(self), "status"), "confirmed") == 0;
}

/* A move to an earlier time that nobody answers before it comes; and one that the agreed time
 * overtakes, which then is all that is left. */
static void a_move_that_nobody_answers(void **state)
{
	(void)state;
	const char *earlier = moved("2027-03-04T10:00", chief(), "2027-03-02T10:00");
	const char *later = moved("2027-03-03T10:00", chief(), "2027-03-05T10:00");
	api_clock_to("2027-03-03 12:00Z");
	api_wait_until(WAIT, is_confirmed(earlier));
	is_back(seen(earlier), "2027-03-04T09:00:00Z", 2);
	struct api_reply *now = seen(later);
	assert_string_equal(api_text(now, "status"), "proposed");
	assert_true(json_is_null(api_member(now, "kept_starts_at")));
	api_expect_problem(revert(junior(), later), 409, "wrong_state");
	now = api_expect(decline(later, 1), 200);
	assert_string_equal(api_text(now, "status"), "cancelled");
	assert_string_equal(rows_kept(later), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_move_is_declined_or_withdrawn),
		cmocka_unit_test(a_proposal_is_no_agreed_time),
		cmocka_unit_test(an_agreed_time_within_the_proposed_one),
		cmocka_unit_test(a_calendar_declines_the_move_and_not_the_meeting),
		cmocka_unit_test(calendars_show_both_times),
		cmocka_unit_test(a_move_that_nobody_answers),
	};
	return cmocka_run_group_tests_name("agreed_time", tests, set_up, the_clock_goes_back);
}
