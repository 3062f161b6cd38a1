/*
 * The time that both have agreed on stays theirs while a move of it waits for an answer: nobody books
 * it, calendars show it, and a move that is declined, withdrawn or never answered leads back to it. Before
 * it comes, both are reminded of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
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

/* When the person is to be reminded of the session; empty: never. */
static const char *reminds(const char *self, const char *user_name)
{
	return api_sql("superuser",
		"SELECT coalesce(max(to_char(remind_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI')), '') FROM "
		"scheduling.session_reminder WHERE session_id = '%s' AND person_id = '%s'",
		strrchr(self, '/') + 1, story_person_id(user_name));
}

static void wishes(struct api *who, const char *body)
{
	api_expect(api_put(who, "/api/v1/notifications/preferences", "%s", body), 200);
}

/* Reminders of the session that the person has not read. */
static int unread(struct api *who, const char *kind, const char *self)
{
	struct api_reply *list = api_expect(
		api_get(who, "/api/v1/notifications?unread=true&limit=200"), 200);
	int count = 0;
	for (size_t i = 0; i < api_count(list, "items"); i++)
		count += strcmp(api_text(list, api_path("items.%zu.kind", i)), kind) == 0 &&
			 strcmp(api_text(list, api_path("items.%zu.links.subject", i)), self) == 0;
	return count;
}

/* Somebody says of everything that is over that it took place. */
static void report_all(void)
{
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&limit=200", pair), 200);
	for (size_t i = 0; i < api_count(list, "items"); i++) {
		if (api_count(list, api_path("items.%zu.can", i)) == 1 &&
			strcmp(api_text(list, api_path("items.%zu.can.0", i)), "report") == 0)
			api_expect(api_post(chief(),
					   api_path("%s/report",
						   api_text(list,
							   api_path("items.%zu.links.self", i))),
					   "{\"outcome\": \"held\"}"),
				200);
	}
}

static void a_reminder_comes_as_long_before_as_one_wishes(void **state)
{
	(void)state;
	report_all();
	api_header(junior(), "If-Match: *");
	api_expect(api_patch(junior(), "/api/v1/people/me",
			   "{\"time_zone_override\": \"Europe/Berlin\"}"),
		200);
	const char *self = api_text(
		api_expect(book(chief(), "2027-03-16T10:00", ""), 201), "links.self");
	assert_string_equal(reminds(self, "chief"), "03-15 09:00");
	wishes(junior(), "{\"session_reminder_minutes\": 180}");
	assert_string_equal(reminds(self, mentor), "03-16 06:00");
	api_expect_fault(api_expect(api_put(junior(), "/api/v1/notifications/preferences",
					    "{\"session_reminder_minutes\": 20161}"),
				 422),
		"/session_reminder_minutes");
	/* once it is no longer quiet; or a day earlier, if that is too late */
	wishes(junior(), "{\"session_reminder_minutes\": 180,"
			 " \"quiet_hours\": {\"starts\": \"20:00\", \"ends\": \"09:30\"}}");
	assert_string_equal(reminds(self, mentor), "03-16 08:30");
	wishes(junior(), "{\"session_reminder_minutes\": 180,"
			 " \"quiet_hours\": {\"starts\": \"20:00\", \"ends\": \"10:30\"}}");
	assert_string_equal(reminds(self, mentor), "03-15 09:30");
	wishes(junior(), "{\"session_reminder_minutes\": 0}");
	assert_string_equal(reminds(self, mentor), "");
	struct api_reply *ics = api_expect(api_get(junior(), "%s/invite.ics", self), 200);
	assert_null(strstr(ics->text, "VALARM"));
	ics = api_expect(api_get(chief(), "%s/invite.ics", self), 200);
	assert_non_null(strstr(ics->text, "TRIGGER:-P1D\r\n"));
	wishes(junior(), "{}");
	assert_string_equal(reminds(self, mentor), "03-15 09:00");
	api_clock_to("2027-03-15 09:30Z");
	api_wait_until(WAIT, unread(chief(), "session_soon", self) == 1 && unread(junior(), "session_soon", self) == 1);
	/* moved: what was said no longer holds, and the new time has a reminder of its own */
	move(junior(), self, "2027-03-18T10:00");
	assert_int_equal(unread(chief(), "session_soon", self), 0);
	assert_string_equal(reminds(self, "chief"), "03-17 09:00");
	api_expect(api_post(chief(), api_path("%s/confirmation", self), NULL), 200);
	api_clock_to("2027-03-17 09:30Z");
	api_wait_until(WAIT, unread(chief(), "session_soon", self) == 1 && unread(junior(), "session_soon", self) == 1);
	api_expect(api_post(chief(), api_path("%s/cancellation", self), "{\"reason\": \"ill\"}"),
		200);
	assert_int_equal(unread(junior(), "session_soon", self), 0);
}

/* Nothing is left of what was to be said of a session that is off; and who books at short notice knows. */
static void what_is_called_off_reminds_nobody(void **state)
{
	(void)state;
	const char *soon = api_text(
		api_expect(book(chief(), "2027-03-17T16:00", ""), 201), "links.self");
	assert_string_equal(reminds(soon, "chief"), "");
	const char *self = api_text(
		api_expect(book(chief(), "2027-03-25T10:00", ""), 201), "links.self");
	assert_string_equal(reminds(self, mentor), "03-24 09:00");
	api_expect(api_post(junior(), api_path("%s/cancellation", self), "{\"reason\": \"busy\"}"),
		200);
	assert_string_equal(reminds(self, mentor), "");
	assert_string_equal(reminds(self, "chief"), "");
}

static int asked(const char *user_name, const char *kind, const char *self)
{
	return atoi(api_sql("superuser",
		"SELECT count(*) FROM scheduling.notification WHERE person_id = '%s' AND kind = "
		"'%s' AND subject_id = '%s'",
		story_person_id(user_name), kind, strrchr(self, '/') + 1));
}

static const char *questions(void)
{
	return api_sql("superuser", "SELECT count(*) FROM scheduling.open_question WHERE cause IS "
				    "NOT NULL");
}

/* Whoever has not answered is asked again, a few times, and no more once somebody has. */
static void what_waits_for_an_answer_is_asked_again(void **state)
{
	(void)state;
	report_all();
	/* nobody is nudged more than five times a week, by the tests before this one too */
	api_sql("superuser", "DELETE FROM scheduling.notification WHERE kind LIKE '%%_reminder'");
	const char *over = api_text(
		api_expect(book(chief(), "2027-03-17T17:00", ""), 201), "links.self");
	const char *self = api_text(
		api_expect(book(chief(), "2027-03-24T10:00", ", \"propose\": true"), 201),
		"links.self");
	assert_string_equal(questions(), "0");
	api_clock_to("2027-03-19 12:00Z"); /* Friday, two days later */
	api_wait_until(WAIT, asked(mentor, "confirm_reminder", self) == 1 &&
				     asked(mentor, "report_reminder", over) == 1 &&
				     asked("chief", "report_reminder", over) == 1);
	report_all();
	assert_int_equal(unread(chief(), "report_reminder", over), 0);
	assert_int_equal(unread(junior(), "report_reminder", over), 0);
	api_clock_to("2027-03-22 12:00Z");
	api_wait_until(WAIT, asked(mentor, "confirm_reminder", self) == 2);
	api_clock_to("2027-03-23 12:00Z"); /* the last day */
	api_wait_until(WAIT, asked(mentor, "confirm_reminder", self) == 3);
	assert_int_equal(unread(junior(), "confirm_reminder", self), 3);
	/* another time is another question */
	move(junior(), self, "2027-03-25T10:00");
	assert_int_equal(unread(junior(), "confirm_reminder", self), 0);
	assert_int_equal(asked("chief", "confirm_reminder", self), 0);
	api_clock_to("2027-03-24 12:00Z");
	api_wait_until(WAIT, asked("chief", "confirm_reminder", self) == 1);
	api_expect(api_post(chief(), api_path("%s/confirmation", self), NULL), 200);
	assert_int_equal(unread(chief(), "confirm_reminder", self), 0);
	assert_string_equal(questions(), "0");
	assert_int_equal(asked(mentor, "report_reminder", over), 1);
}

/* With the present tag. */
static struct api_reply *patch(struct api *who, const char *self, const char *body)
{
	api_if_match(who, api_expect(api_get(who, "%s", self), 200));
	return api_patch(who, self, "%s", body);
}

/* Why, if they like to say: the other one reads it, and the history keeps it; the next step ends it. */
static void a_move_and_a_missed_session_may_have_a_reason(void **state)
{
	(void)state;
	const char *self = api_text(
		api_expect(book(chief(), "2027-03-30T10:00", ""), 201), "links.self");
	struct api_reply *now = api_expect(
		patch(chief(), self,
			"{\"starts_at\": \"2027-03-31T10:00\", \"time_zone\": \"Europe/Berlin\","
			" \"reason\": \"travel\"}"),
		200);
	assert_string_equal(api_text(now, "move_reason"), "travel");
	/* an agenda needs no reason, and takes none away */
	api_expect_fault(
		api_expect(patch(junior(), self, "{\"agenda\": \"a\", \"reason\": \"ill\"}"), 422),
		"/reason");
	now = api_expect(patch(junior(), self, "{\"agenda\": \"a\"}"), 200);
	assert_string_equal(api_text(now, "move_reason"), "travel");
	api_expect(api_post(junior(), api_path("%s/confirmation", self), NULL), 200);
	assert_true(json_is_null(api_member(seen(self), "move_reason")));
	api_clock_to("2027-03-31 12:00Z");
	static const char *const both[] = { "held", "missed" };
	api_expect_fault(api_expect(api_post(junior(), api_path("%s/report", self),
					    "{\"outcome\": \"%s\", \"reason\": \"ill\"}",
					    both[0]),
				 422),
		"/reason");
	now = api_expect(api_post(junior(), api_path("%s/report", self),
				 "{\"outcome\": \"%s\", \"reason\": \"ill\"}", both[1]),
		200);
	assert_string_equal(api_text(now, "missed_reason"), "ill");
	assert_true(json_is_null(api_member(now, "cancel_reason")));
	now = api_expect(
		api_post(chief(), api_path("%s/report", self), "{\"outcome\": \"%s\"}", both[0]),
		200);
	assert_true(json_is_null(api_member(now, "missed_reason")));
	struct api_reply *past = api_expect(api_get(chief(), "%s/history", self), 200);
	static const char *const reasons[] = { NULL, "travel", NULL, "ill", NULL };
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		const char *path = api_path("items.%zu.reason", i);
		if (api_count(past, "items") == 6 && i >= 3) /* the clock has said unreported */
			path = api_path("items.%zu.reason", i + 1);
		if (reasons[i])
			assert_string_equal(api_text(past, path), reasons[i]);
		else
			assert_true(json_is_null(api_member(past, path)));
	}
	/* nobody else hears of it */
	assert_string_equal("0",
		api_sql("superuser", "SELECT count(*) FROM common.outbox WHERE data::text LIKE "
				     "'%%travel%%' OR data::text LIKE '%%\"ill\"%%'"));
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
		cmocka_unit_test(a_reminder_comes_as_long_before_as_one_wishes),
		cmocka_unit_test(what_is_called_off_reminds_nobody),
		cmocka_unit_test(what_waits_for_an_answer_is_asked_again),
		cmocka_unit_test(a_move_and_a_missed_session_may_have_a_reason),
	};
	return cmocka_run_group_tests_name("agreed_time", tests, set_up, the_clock_goes_back);
}
