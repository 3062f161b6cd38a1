/* Sessions and calendar feeds, over the API. */
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

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Sessions", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-01-04");
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api_reply *book(struct api *who, const char *starts_at, const char *zone, int minutes)
{
	return api_post(who, "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"%s\","
		" \"duration_minutes\": %d, \"mode\": \"video\"}",
		pair, starts_at, zone, minutes);
}

static void local_time_becomes_the_right_instant(void **state)
{
	(void)state;
	struct api_reply *winter = api_expect(
		book(chief(), "2027-01-15T10:00", "Europe/Berlin", 30), 201);
	assert_string_equal(api_text(winter, "starts_at"), "2027-01-15T09:00:00Z");
	struct api_reply *summer = api_expect(
		book(chief(), "2027-07-15T10:00", "Europe/Berlin", 30), 201);
	assert_string_equal(api_text(summer, "starts_at"), "2027-07-15T08:00:00Z");
	assert_string_equal(api_text(summer, "partner.id"), story_person_id(mentor));
	/* the clocks go forward over 02:30 on 28 March 2027 */
	api_expect_fault(api_expect_problem(book(chief(), "2027-03-28T02:30", "Europe/Berlin", 30),
				 422, "local_time_nonexistent"),
		"/starts_at");
	/* 02:30 comes twice on 31 October 2027: the first, unless fold says otherwise */
	struct api_reply *first = api_expect(
		book(chief(), "2027-10-31T02:30", "Europe/Berlin", 15), 201);
	assert_string_equal(api_text(first, "starts_at"), "2027-10-31T00:30:00Z");
	struct api_reply *second = api_expect(
		api_post(chief(), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-10-31T02:30\", \"time_zone\": "
			"\"Europe/Berlin\", \"fold\": 1,"
			" \"duration_minutes\": 15, \"mode\": \"chat\"}",
			pair),
		201);
	assert_string_equal(api_text(second, "starts_at"), "2027-10-31T01:30:00Z");
	api_expect_fault(api_expect(book(chief(), "2027-01-15T10:00", "Mars/Olympus", 30), 422),
		"/time_zone");
	api_expect_fault(api_expect(book(chief(), "2027-02-30T10:00", "Europe/Berlin", 30), 422),
		"/starts_at");
	api_expect_problem(
		book(chief(), "2020-01-15T10:00", "Europe/Berlin", 30), 422, "in_the_past");
}

static void nobody_is_in_two_places(void **state)
{
	(void)state;
	api_expect(book(chief(), "2027-04-12T10:00", "UTC", 60), 201);
	struct api_reply *no = api_expect_problem(
		book(api_as("participant", mentor), "2027-04-12T10:59", "UTC", 15), 409, "overlap");
	assert_null(strstr(no->text, "Carla"));
	api_expect(book(chief(), "2027-04-12T11:00", "UTC", 15),
		201); /* one may begin when another ends */
}

static void a_reschedule_is_the_same_session(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(book(chief(), "2027-05-03T09:00", "UTC", 30), 201);
	const char *self = api_text(made, "links.self");
	api_expect_problem(
		api_patch(chief(), self, "{\"mode\": \"phone\"}"), 428, "precondition_required");
	api_if_match(chief(), made);
	api_expect_fault(
		api_expect(api_patch(chief(), self, "{\"starts_at\": \"2027-05-04T09:00\"}"), 422),
		"/time_zone");
	api_if_match(chief(), made);
	struct api_reply *moved = api_expect(
		api_patch(chief(), self,
			"{\"starts_at\": \"2027-05-04T09:00\", \"time_zone\": \"Europe/Paris\", "
			"\"place\": \"Room 5\", \"agenda\": null}"),
		200);
	assert_string_equal(api_text(moved, "starts_at"), "2027-05-04T07:00:00Z");
	assert_string_equal(api_text(moved, "ends_at"), "2027-05-04T07:30:00Z");
	assert_string_equal(api_text(moved, "place"), "Room 5");
	assert_int_equal(api_integer(moved, "sequence"), 1);
	assert_string_equal(api_text(moved, "status"), "proposed");
	api_if_match(chief(), made);
	api_expect_problem(api_patch(chief(), self, "{\"mode\": \"phone\"}"), 412, "stale");
	api_expect(api_get(api_as("participant", "stranger"), "%s", self), 404);
	struct api_reply *own = api_expect_problem(
		api_post(chief(), api_path("%s/confirmation", self), NULL), 409, "wrong_state");
	assert_string_equal(api_text(own, "waits_for.id"), story_person_id(mentor));
	api_expect(api_post(api_as("participant", mentor), api_path("%s/confirmation", self), NULL),
		200);
	api_expect(
		book(chief(), "2027-05-03T09:00", "UTC", 30), 201); /* the old time is free again */
	struct api_reply *list = api_expect(api_get(chief(),
						    "/api/v1/"
						    "sessions?pair_id=%s&starts_after=2027-05-"
						    "01T02:00:00%%2B02:00&starts_before=2027-"
						    "06-01T00:00:00Z&status=confirmed",
						    pair),
		200);
	assert_int_equal(api_count(list, "items"), 2);
}

static void a_cancelled_session_frees_both(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(book(chief(), "2027-06-07T09:00", "UTC", 30), 201);
	const char *cancel = api_path("%s/cancellation", api_text(made, "links.self"));
	struct api_reply *done = api_expect(
		api_post(api_as("participant", mentor), cancel, "{\"reason\": \"travel\"}"), 200);
	assert_string_equal(api_text(done, "status"), "cancelled");
	assert_string_equal(api_text(done, "cancel_reason"), "travel");
	api_expect_problem(
		api_post(chief(), cancel, "{\"reason\": \"ill\"}"), 409, "session_closed");
	api_expect(book(chief(), "2027-06-07T09:00", "UTC", 30), 201);
}

static void held_wins_over_missed(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(book(chief(), "2027-08-02T09:00", "UTC", 30), 201);
	const char *report = api_path("%s/report", api_text(made, "links.self"));
	api_expect_problem(
		api_post(chief(), report, "{\"outcome\": \"missed\"}"), 409, "session_not_started");
	api_clock(400 * 86400);
	struct api_reply *missed = api_expect(
		api_post(chief(), report, "{\"outcome\": \"missed\"}"), 200);
	assert_string_equal(api_text(missed, "status"), "missed");
	struct api_reply *held = api_expect(
		api_post(api_as("participant", mentor), report, "{\"outcome\": \"held\"}"), 200);
	assert_string_equal(api_text(held, "status"), "held");
	held = api_expect(api_post(chief(), report, "{\"outcome\": \"missed\"}"), 200);
	assert_string_equal(api_text(held, "status"), "held");
	api_expect_problem(
		api_post(chief(), api_path("%s/cancellation", api_text(made, "links.self")),
			"{\"reason\": \"busy\"}"),
		409, "session_closed");
	api_clock(0);
}

static void a_feed_shows_its_owner_what_is_booked(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/calendar-feeds", "{\"kind\": \"full\"}"), 201);
	const char *path = strstr(api_text(made, "url"), "/calendar/");
	struct api_reply *ics = api_expect(api_get(api_as(NULL, NULL), "%s", path), 200);
	assert_non_null(strstr(ics->text, "BEGIN:VEVENT"));
	assert_non_null(strstr(ics->text, "STATUS:CONFIRMED"));
	assert_non_null(strstr(api_header_of(ics, "Content-Type"), "text/calendar"));
	const char *etag = api_header_of(ics, "ETag");
	assert_non_null(etag);
	api_header(api_as(NULL, NULL), "If-None-Match: %s", etag);
	assert_int_equal(api_get(api_as(NULL, NULL), "%s", path)->status, 304);
	struct api_reply *later = api_expect(
		api_get(chief(), "%s", api_text(made, "links.self")), 200);
	assert_true(json_is_null(api_member(later, "url")));
	assert_true(json_is_string(api_member(later, "last_fetched_on")));
	struct api_reply *busy = api_expect(
		api_post(chief(), "/api/v1/calendar-feeds", "{\"kind\": \"free_busy\"}"), 201);
	struct api_reply *times = api_expect(
		api_get(api_as(NULL, NULL), "%s", strstr(api_text(busy, "url"), "/calendar/")),
		200);
	assert_non_null(strstr(times->text, "SUMMARY:Busy"));
	assert_null(strstr(strstr(times->text, "BEGIN:VEVENT"), "Reverse mentoring"));
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/calendar-feeds"), 200), "items"), 2);
	api_expect(api_get(api_as("participant", mentor), "%s", api_text(made, "links.self")), 404);
	assert_int_equal(api_get(api_as(NULL, NULL), "/calendar/%s.ics",
				 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
				 ->status,
		404);
	api_if_match(chief(), later);
	api_expect(api_delete(chief(), "%s", api_text(made, "links.self")), 204);
	api_expect(api_get(api_as(NULL, NULL), "%s", path), 404);
}

static struct api_reply *set_meeting_link(const char *json)
{
	struct api *coordinator = api_as("programme_admin", "hr.lead");
	const char *self = api_path("/api/v1/programmes/%s", programme);
	api_if_match(coordinator, api_expect(api_get(coordinator, "%s", self), 200));
	return api_patch(coordinator, self, "{\"meeting_link\": %s}", json);
}

static void a_programme_says_where_video_sessions_are(void **state)
{
	(void)state;
	static const char *const wrong[] = { "\"http://meet.example/{session_id}\"",
		"\"https://meet.example/room\"", "\"https://meet.example/{session_id}/{id}\"",
		"\"https://ada:x@meet.example/{session_id}\"" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		api_expect_fault(
			api_expect_problem(set_meeting_link(wrong[i]), 422, "unprocessable"),
			"/meeting_link");
	api_expect(set_meeting_link("\"https://meet.example/{pair_id}/{session_id}\""), 200);
	struct api_reply *made = api_expect(book(chief(), "2027-05-25T16:00", "Europe/Berlin", 15), 201);
	const char *link = api_path("https://meet.example/%s/%s", pair, api_text(made, "id"));
	const char *self = api_text(made, "links.self");
	assert_string_equal(api_text(made, "link"), link);
	struct api_reply *ics = api_expect(api_get(chief(), "%s/invite.ics", self), 200);
	assert_non_null(strstr(ics->text, "CONFERENCE"));
	/* their own link wins, and no link is for a walk */
	api_if_match(chief(), made);
	made = api_expect(api_patch(chief(), self, "{\"link\": \"https://own.example/1\"}"), 200);
	assert_string_equal(api_text(made, "link"), "https://own.example/1");
	api_if_match(chief(), made);
	made = api_expect(api_patch(chief(), self, "{\"link\": null, \"mode\": \"in_person\"}"), 200);
	assert_true(json_is_null(api_member(made, "link")));
	api_expect(api_post(chief(), api_path("%s/cancellation", self), "{\"reason\": \"other\"}"), 200);
	api_expect(set_meeting_link("null"), 200);
}

/* What a calendar program sends back. */
static struct api_reply *answer(struct api *who, const char *session, long long sequence,
	const char *said, const char *address)
{
	const char *text = api_path(
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nMETHOD:REPLY\r\n"
		"BEGIN:VEVENT\r\nUID:%s@upward\r\nSEQUENCE:%lld\r\n"
		"DTSTAMP:20261130T090000Z\r\nATTENDEE;PARTSTAT=%s:%s\r\n"
		"COMMENT:Cannot stand it\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		session, sequence, said, address);
	return api_send(
		who, "POST", "/api/v1/calendar-replies", "text/calendar", text, strlen(text));
}

static void an_invitation_is_answered_in_a_calendar(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	const char *mine = api_path("urn:uuid:%s", story_person_id(mentor));
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-05-11T10:00\", \"time_zone\": "
			"\"Europe/Berlin\", \"duration_minutes\": 30, \"mode\": \"video\", "
			"\"agenda\": "
			"\"Prompts; and, tools\", \"propose\": true}",
			pair),
		201);
	const char *id = api_text(made, "id"), *self = api_text(made, "links.self");
	long long asked = api_integer(made, "sequence");
	struct api_reply *ics = api_expect(api_get(junior, "%s/invite.ics", self), 200);
	assert_string_equal(
		api_header_of(ics, "Content-Type"), "text/calendar; charset=utf-8; method=REQUEST");
	static const char *const lines[] = { "METHOD:REQUEST\r\n", "STATUS:TENTATIVE\r\n",
		"DESCRIPTION:Prompts\\; and\\, tools\r\n", "RSVP=TRUE", "PARTSTAT=ACCEPTED",
		"DTSTART:20270511T080000Z\r\n", "LAST-MODIFIED:" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_non_null(strstr(ics->text, lines[i]));
	assert_non_null(strstr(ics->text, api_path("UID:%s@upward", id)));
	assert_non_null(strstr(ics->text, "ORGANIZER"));
	api_expect(api_get(api_as("participant", "it.lead"), "%s/invite.ics", self), 404);
	/* only one's own answer, to the invitation of now */
	api_expect_problem(answer(api_as("participant", "it.lead"), id, asked, "ACCEPTED", mine),
		422, "unknown_reference");
	api_expect_problem(answer(junior, id, asked, "ACCEPTED",
				   api_path("urn:uuid:%s", story_person_id("chief"))),
		422, "unknown_reference");
	api_expect_problem(
		answer(junior, id, asked + 1, "ACCEPTED", mine), 409, "invitation_outdated");
	api_expect_problem(answer(junior, id, asked, "DELEGATED", mine), 422, "invalid_calendar");
	api_expect_problem(
		answer(junior, "nothing", asked, "ACCEPTED", mine), 422, "invalid_calendar");
	struct api_reply *now = api_expect(answer(junior, id, asked, "TENTATIVE", mine), 200);
	assert_string_equal(api_text(now, "status"), "proposed");
	now = api_expect(answer(junior, id, asked, "ACCEPTED", mine), 200);
	assert_string_equal(api_text(now, "status"), "confirmed");
	now = api_expect(answer(junior, id, asked, "ACCEPTED", mine), 200);
	assert_string_equal(api_text(now, "status"), "confirmed");
	now = api_expect(answer(junior, id, api_integer(now, "sequence"), "DECLINED", mine), 200);
	assert_string_equal(api_text(now, "status"), "cancelled");
	assert_string_equal(api_text(now, "cancel_reason"), "other");
	ics = api_expect(api_get(chief(), "%s/invite.ics", self), 200);
	assert_non_null(strstr(ics->text, "METHOD:CANCEL\r\n"));
	assert_non_null(strstr(ics->text, "STATUS:CANCELLED\r\n"));
	api_expect_problem(answer(junior, id, api_integer(now, "sequence"), "ACCEPTED", mine), 409,
		"invitation_outdated");
}

static void a_session_says_what_it_must_provide_for_and_not_for_whom(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	api_expect(api_put(junior, "/api/v1/people/me/access-needs",
			   "{\"needs\": [\"captions\", \"step_free\", \"breaks\"]}"),
		200);
	struct api_reply *made = api_expect(
		book(chief(), "2027-06-08T10:00", "Europe/Berlin", 30), 201);
	const char *self = api_text(made, "links.self");
	/* what the session needs, for both alike, and not who needs it */
	for (int i = 0; i < 2; i++) {
		struct api_reply *seen = api_expect(api_get(i ? junior : chief(), "%s", self), 200);
		assert_int_equal(api_count(seen, "arrangements"), 2);
		assert_string_equal(api_text(seen, "arrangements.0"), "breaks");
		assert_string_equal(api_text(seen, "arrangements.1"), "captions");
		assert_true(json_is_null(api_member(seen, "link")));
	}
	struct api_reply *card = api_expect(
		api_get(chief(), "/api/v1/people/%s", story_person_id(mentor)), 200);
	assert_null(strstr(card->text, "captions"));
	api_expect(
		api_get(chief(), "/api/v1/people/%s/access-needs", story_person_id(mentor)), 404);
	struct api_reply *ics = api_expect(api_get(chief(), "%s/invite.ics", self), 200);
	assert_non_null(strstr(ics->text, "Please arrange for: breaks\\, captions"));
	api_if_match(chief(), made);
	made = api_expect(api_patch(chief(), self, "{\"mode\": \"in_person\"}"), 200);
	assert_string_equal(api_text(made, "arrangements.1"), "step_free");
}

static void a_session_has_a_link_or_the_room_of_the_template(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *made = api_expect(
		book(chief(), "2027-06-09T10:00", "Europe/Berlin", 30), 201);
	const char *self = api_text(made, "links.self");
	/* a link of its own: another place, so calendars count it */
	long long sequence = api_integer(made, "sequence");
	api_if_match(chief(), api_expect(api_get(chief(), "%s", self), 200));
	made = api_expect(
		api_patch(chief(), self, "{\"link\": \"https://meet.example.org/r?a=1,2;b\"}"),
		200);
	assert_string_equal(api_text(made, "link"), "https://meet.example.org/r?a=1,2;b");
	assert_int_equal(api_integer(made, "sequence"), sequence + 1);
	struct api_reply *ics = api_expect(api_get(junior, "%s/invite.ics", self), 200);
	assert_non_null(
		strstr(ics->text, "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/r"));
	assert_non_null(strstr(ics->text, "URL:https://meet.example.org/r"));
	api_if_match(chief(), made);
	api_expect_fault(
		api_expect(api_patch(chief(), self, "{\"link\": \"javascript:alert(1)\"}"), 422),
		"/link");
	api_if_match(chief(), made);
	made = api_expect(
		api_patch(chief(), self, "{\"mode\": \"in_person\", \"link\": null}"), 200);
	assert_true(json_is_null(api_member(made, "link")));
	/* without one, a video session has the room of the organisation's template */
	struct api *admin = api_as("admin", NULL);
	api_if_match(admin, api_expect(api_get(admin, "/api/v1/settings"), 200));
	api_expect(api_put(admin, "/api/v1/settings",
			   "{\"portal_links\": {\"meeting\": \"https://video.example.org/{id}\"}}"),
		200);
	made = api_expect(api_get(chief(), "%s", self), 200);
	assert_true(json_is_null(api_member(made, "link")));
	api_if_match(chief(), made);
	made = api_expect(api_patch(chief(), self, "{\"mode\": \"video\"}"), 200);
	assert_string_equal(api_text(made, "link"),
		api_path("https://video.example.org/%s", api_text(made, "id")));
	api_if_match(admin, api_expect(api_get(admin, "/api/v1/settings"), 200));
	api_expect(api_put(admin, "/api/v1/settings", "{}"), 200);
}

/* Both learn: each writes for themselves, and shares it or does not. */
static void what_one_took_away_is_theirs_to_share(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor),
		   *other = api_as("participant", "it.lead");
	struct api_reply *made = api_expect(
		book(chief(), "2027-06-15T10:00", "Europe/Berlin", 30), 201);
	const char *all = api_path("%s/takeaways", api_text(made, "links.self"));
	static const char body[] = "{\"learned\": \"%s\", \"visibility\": \"%s\"}";
	api_expect_problem(
		api_post(junior, all, body, "Early", "partner"), 409, "session_not_started");
	api_clock_to("2027-06-15 08:10Z");
	struct api_reply *mine = api_expect(
		api_post(chief(), all, body, "That I interrupt people", "private"), 201);
	const char *self = api_text(mine, "links.self");
	assert_true(api_truth(mine, "own"));
	api_expect_problem(api_post(chief(), all, body, "Twice", "private"), 409, "name_taken");
	struct api_reply *theirs = api_expect(
		api_post(junior, all, body, "How budgets are made", "partner"), 201);
	/* the one sees both, the other their own; nobody else anything */
	assert_int_equal(api_count(api_expect(api_get(chief(), "%s", all), 200), "items"), 2);
	struct api_reply *seen = api_expect(api_get(junior, "%s", all), 200);
	assert_int_equal(api_count(seen, "items"), 1);
	assert_null(strstr(seen->text, "interrupt"));
	api_expect(api_get(junior, "%s", self), 404);
	api_expect(api_get(other, "%s", all), 404);
	api_expect(api_post(other, all, body, "Mine", "partner"), 404);
	seen = api_expect(api_get(chief(), "%s", api_text(theirs, "links.self")), 200);
	assert_int_equal(api_count(seen, "can"), 0);
	api_if_match(chief(), seen);
	api_expect(
		api_patch(chief(), api_text(theirs, "links.self"), "{\"learned\": \"No\"}"), 404);
	api_if_match(chief(), mine);
	mine = api_expect(api_patch(chief(), self, "{\"visibility\": \"partner\"}"), 200);
	assert_string_equal(api_text(mine, "learned"), "That I interrupt people");
	api_expect(api_get(junior, "%s", self), 200);
	api_if_match(chief(), mine);
	api_expect(api_delete(chief(), "%s", self), 204);
	api_expect(api_get(junior, "%s", self), 404);
	/* it is told to no listener, and in no record */
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.outbox o WHERE"
						 " o.data::text LIKE '%%budgets%%'"),
		"0");
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.audit a WHERE"
						 " a::text LIKE '%%budgets%%'"),
		"0");
	api_clock(0);
}

/* Questions by purpose and phase, in one's language, and the same codes in each. */
static void a_session_has_questions_to_begin_with(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&limit=1", pair), 200);
	const char *self = api_text(list, "items.0.links.self");
	struct api_reply *english = api_expect(api_get(chief(), "%s/prompts", self), 200);
	struct api_reply *german = api_expect(
		api_get(api_as("participant", mentor), "%s/prompts?language=de-AT", self), 200);
	struct api_reply *none = api_expect(api_get(chief(), "%s/prompts?language=fi", self), 200);
	assert_string_equal(api_text(english, "language"), "en");
	assert_string_equal(api_text(german, "language"), "de");
	assert_string_equal(api_text(none, "language"), "en");
	size_t count = api_count(english, "prompts");
	assert_in_range(count, 5, 6);
	assert_int_equal(api_count(german, "prompts"), count);
	assert_string_equal(api_text(english, "prompts.0.about"), api_text(english, "purpose"));
	for (size_t i = 0; i < count; i++) {
		const char *code = api_path("prompts.%zu.code", i);
		const char *text = api_path("prompts.%zu.text", i);
		assert_string_equal(api_text(english, code), api_text(german, code));
		assert_string_not_equal(api_text(english, text), api_text(german, text));
	}
	api_expect(api_get(api_as("participant", "it.lead"), "%s/prompts", self), 404);
	api_expect(api_get(chief(), "%s/prompts?language=xxxxxxxxxxxxxxxxxx", self), 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(local_time_becomes_the_right_instant),
		cmocka_unit_test(nobody_is_in_two_places),
		cmocka_unit_test(a_reschedule_is_the_same_session),
		cmocka_unit_test(a_cancelled_session_frees_both),
		cmocka_unit_test(held_wins_over_missed),
		cmocka_unit_test(a_programme_says_where_video_sessions_are),
		cmocka_unit_test(an_invitation_is_answered_in_a_calendar),
		cmocka_unit_test(a_session_says_what_it_must_provide_for_and_not_for_whom),
		cmocka_unit_test(a_session_has_a_link_or_the_room_of_the_template),
		cmocka_unit_test(what_one_took_away_is_theirs_to_share),
		cmocka_unit_test(a_session_has_questions_to_begin_with),
		cmocka_unit_test(a_feed_shows_its_owner_what_is_booked),
	};
	return cmocka_run_group_tests_name("sessions", tests, set_up, api_release);
}
