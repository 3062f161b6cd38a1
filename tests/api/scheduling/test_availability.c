/*
 * A leader's exceptions from their weekly hours, over the API: what they change in free windows, slots and
 * bookings, what is refused, and who sees what.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define EXCEPTIONS "/api/v1/availability/exceptions"
#define BUSY       "/api/v1/busy-calendars"

static const char *pair, *mentor, *leader_id;
static struct api *leader, *junior, *assistant; /* the last one acts for the leader */

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Availability", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-01-04");
	leader = api_as("participant", "chief");
	junior = api_as("participant", mentor);
	leader_id = story_person_id("chief");
	api_sql("superuser",
		"UPDATE profiles.person SET time_zone = 'Europe/Berlin', country = 'DE'"
		" WHERE user_name = 'chief' RETURNING 1");
	api_expect(api_put(junior, "/api/v1/people/me/weekly-hours",
			   "{\"windows\": [{\"weekday\": 1, \"starts\": \"00:00\", \"ends\": "
			   "\"24:00\"},"
			   " {\"weekday\": 6, \"starts\": \"00:00\", \"ends\": \"24:00\"}]}"),
		200);
	api_expect(api_post(leader, "/api/v1/people/me/delegates", "{\"assistant_id\": \"%s\"}",
			   story_person_id("it.team")),
		201);
	assistant = api_new("participant", "it.team");
	api_on_behalf_of(assistant, leader_id);
	return 0;
}

static int tear_down(void **state)
{
	api_free(assistant);
	return api_release(state);
}

static struct api_reply *make(struct api *who, const char *body)
{
	return api_post(who, EXCEPTIONS, "{%s}", body);
}

static struct api_reply *book(const char *starts_at)
{
	return api_expect(api_post(junior, "/api/v1/sessions",
				  "{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": "
				  "\"Europe/Berlin\","
				  " \"duration_minutes\": 30, \"mode\": \"video\"}",
				  pair, starts_at),
		201);
}

static void cancel(const struct api_reply *made)
{
	api_expect(api_post(junior, api_path("%s/cancellation", api_text(made, "links.self")),
			   "{\"reason\": \"busy\"}"),
		200);
}

/* The windows of the leader on a day, as "HH:MM-HH:MM" of UTC. */
static const char *windows_on(struct api *who, const char *day)
{
	struct api_reply *list = api_expect(
		api_get(who, "/api/v1/availability?person_id=%s&from=%sT00:00:00Z&to=%sT23:59:00Z",
			leader_id, day, day),
		200);
	const char *all = "";
	for (size_t i = 0; i < api_count(list, "windows"); i++)
		all = api_path("%s%s%.5s-%.5s", all, *all ? " " : "",
			api_text(list, api_path("windows.%zu.starts_at", i)) + 11,
			api_text(list, api_path("windows.%zu.ends_at", i)) + 11);
	return all;
}

static void a_week_away_frees_no_slot_and_binds_nobody(void **state)
{
	(void)state;
	/* Monday 18 January 2027, an hour ahead of UTC */
	assert_string_equal(windows_on(leader, "2027-01-18"), "08:00-16:00");
	struct api_reply *before = book("2027-01-18T10:00"), *later = book("2027-02-01T10:00");
	assert_string_equal(api_text(before, "status"), "confirmed");
	assert_string_equal(windows_on(junior, "2027-01-18"), "08:00-09:00 09:30-16:00");
	struct api_reply *made = api_expect(
		make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-01-17\","
			     " \"ends_on\": \"2027-01-22\", \"note\": \"Skiing\""),
		201);
	assert_string_equal(api_text(made, "note"), "Skiing");
	assert_int_equal(api_count(made, "conflicts"), 1);
	assert_string_equal(api_text(made, "conflicts.0"), api_text(before, "id"));
	assert_string_equal(windows_on(junior, "2027-01-18"), "");
	/* the session stays, until it is moved or cancelled */
	cancel(before);
	made = api_expect(api_get(leader, "%s", api_text(made, "links.self")), 200);
	assert_int_equal(api_count(made, "conflicts"), 0);
	struct api_reply *asked = book("2027-01-18T10:00");
	assert_string_equal(api_text(asked, "status"), "proposed");
	cancel(asked);
	struct api_reply *slots = api_expect(
		api_get(junior, "/api/v1/slots?pair_id=%s&from=2027-01-17T00:00:00Z&days=7", pair),
		200);
	assert_int_equal(api_count(slots, "slots"), 0);
	cancel(later);
	api_if_match(leader, made);
	api_expect(api_delete(leader, "%s", api_text(made, "links.self")), 204);
	assert_string_equal(windows_on(junior, "2027-01-18"), "08:00-16:00");
}

static void extra_hours_count_on_a_saturday_until_midnight(void **state)
{
	(void)state;
	assert_string_equal(windows_on(leader, "2027-01-30"), "");
	api_expect(make(leader, "\"kind\": \"extra\", \"starts_on\": \"2027-01-30\","
				" \"starts\": \"22:30\", \"ends\": \"24:00\""),
		201);
	api_expect(make(leader, "\"kind\": \"extra\", \"starts_on\": \"2027-01-30\","
				" \"starts\": \"10:00\", \"ends\": \"14:00\""),
		201);
	api_expect(make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-01-30\","
				" \"starts\": \"11:00\", \"ends\": \"12:00\""),
		201);
	assert_string_equal(
		windows_on(junior, "2027-01-30"), "09:00-10:00 11:00-13:00 21:30-23:00");
	struct api_reply *made = book("2027-01-30T12:00");
	assert_string_equal(api_text(made, "status"), "confirmed");
	cancel(made);
	made = book("2027-01-30T11:45");
	assert_string_equal(api_text(made, "status"), "proposed");
	cancel(made);
	struct api_reply *slots = api_expect(
		api_get(junior,
			"/api/v1/slots?pair_id=%s&from=2027-01-30T00:00:00Z&days=1&minutes=90",
			pair),
		200);
	assert_int_equal(api_count(slots, "slots"), 2);
	assert_string_equal(api_text(slots, "slots.1.starts_at"), "2027-01-30T21:30:00Z");
	/* where the leader is: in New York six hours later */
	api_sql("superuser", "UPDATE profiles.person SET time_zone = 'America/New_York'"
			     " WHERE user_name = 'chief' RETURNING 1");
	assert_string_equal(windows_on(junior, "2027-01-30"), "15:00-16:00 17:00-19:00");
	api_sql("superuser", "UPDATE profiles.person SET time_zone = 'Europe/Berlin'"
			     " WHERE user_name = 'chief' RETURNING 1");
}

static void leave_that_hr_knows_counts_to_its_last_day(void **state)
{
	(void)state;
	api_sql("superuser", "UPDATE profiles.person SET status = 'on_leave', on_leave_until ="
			     " '2027-03-01' WHERE user_name = 'chief' RETURNING 1");
	assert_string_equal(windows_on(leader, "2027-03-01"), "");
	assert_string_equal(windows_on(leader, "2027-03-02"), "08:00-16:00");
	api_sql("superuser", "UPDATE profiles.person SET status = 'active', on_leave_until = NULL"
			     " WHERE user_name = 'chief' RETURNING 1");
	assert_string_equal(windows_on(leader, "2027-03-01"), "08:00-16:00");
}

static void what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *body, *code, *where;
	} cases[] = {
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends_on\": \"2027-06-01\"",
			"dates_reversed", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"starts\": \"12:00\", "
		  "\"ends\": "
		  "\"12:00\"",
			"dates_reversed", "/ends" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"starts\": \"12:00\"",
			"unprocessable", "/ends" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends\": \"12:00\"",
			"unprocessable", "/starts" },
		{ "\"kind\": \"extra\", \"starts_on\": \"2027-06-02\"", "unprocessable",
			"/starts" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends_on\": \"2027-06-03\","
		  " \"starts\": \"12:00\", \"ends\": \"13:00\"",
			"unprocessable", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2027-06-02\", \"ends_on\": \"2030-06-02\"",
			"absence_too_long", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2020-06-02\"", "in_the_past",
			"/starts_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2020-06-02\", \"ends_on\": \"2020-06-03\"",
			"in_the_past", "/ends_on" },
		{ "\"kind\": \"away\", \"starts_on\": \"2020-06-02\", \"starts\": \"10:00\", "
		  "\"ends\": "
		  "\"11:00\"",
			"in_the_past", "/ends" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		api_expect_fault(
			api_expect_problem(make(leader, cases[i].body), 422, cases[i].code),
			cases[i].where);
	api_expect_fault(
		make(leader, "\"kind\": \"away\", \"starts_on\": \"2200-01-01\""), "/starts_on");
}

static void exceptions_of_one_kind_are_apart_and_not_too_many(void **state)
{
	(void)state;
	/* three years, and the last day that there is */
	api_expect(make(leader, "\"kind\": \"away\", \"starts_on\": \"2190-06-02\", "
				"\"ends_on\": \"2193-06-01\""),
		201);
	api_expect(make(leader, "\"kind\": \"away\", \"starts_on\": \"2199-12-31\""), 201);
	api_expect(
		make(leader,
			"\"kind\": \"away\", \"starts_on\": \"2027-08-02\", \"starts\": \"10:00\","
			" \"ends\": \"12:00\""),
		201);
	api_expect_problem(make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-08-02\""), 409,
		"exception_overlap");
	api_expect(
		make(leader,
			"\"kind\": \"away\", \"starts_on\": \"2027-08-02\", \"starts\": \"12:00\","
			" \"ends\": \"24:00\""),
		201);
	api_expect_problem(api_get(leader, "/api/v1/availability?from=2027-02-01T00:00:00Z"
					   "&to=2027-01-01T00:00:00Z"),
		422, "dates_reversed");
	api_sql("superuser",
		"INSERT INTO scheduling.exception (id, person_id, kind, starts_on, ends_on)"
		" SELECT gen_random_uuid(), '%s', 'away', d, d FROM (SELECT date '2030-01-01' + n "
		"AS d"
		" FROM generate_series(1, 200 - (SELECT count(*) FROM scheduling.exception)::int) "
		"n) x"
		" RETURNING 1",
		leader_id);
	api_expect_problem(make(leader, "\"kind\": \"away\", \"starts_on\": \"2027-09-06\""), 409,
		"too_many_exceptions");
	api_sql("superuser",
		"DELETE FROM scheduling.exception WHERE starts_on > '2030-01-01' RETURNING 1");
}

static void others_see_windows_and_no_reasons(void **state)
{
	(void)state;
	/* a delegate enters an absence and reads it, without the note */
	struct api_reply *made = api_expect(
		make(assistant, "\"kind\": \"away\", \"starts_on\":"
				" \"2027-10-04\", \"note\": \"Clinic\""),
		201);
	const char *self = api_text(made, "links.self");
	assert_null(strstr(made->text, "Clinic"));
	made = api_expect(api_get(leader, "%s", self), 200);
	assert_string_equal(api_text(made, "note"), "Clinic");
	struct api_reply *list = api_expect(api_get(assistant, EXCEPTIONS "?limit=100"), 200);
	assert_non_null(strstr(list->text, self));
	assert_null(strstr(list->text, "Clinic"));
	assert_string_equal(windows_on(assistant, "2027-10-04"), "");
	/* the partner sees windows alone, and none if the hours are hidden; others never */
	api_expect_problem(api_get(junior, "%s", self), 404, "not_found");
	assert_int_equal(api_count(api_expect(api_get(junior, EXCEPTIONS), 200), "items"), 0);
	const char *path = api_path("/api/v1/availability?person_id=%s", leader_id);
	list = api_expect(api_get(junior, "%s", path), 200);
	assert_null(strstr(list->text, "away"));
	api_expect_problem(
		api_get(api_as("participant", "it.lead"), "%s", path), 422, "unknown_reference");
	api_sql("superuser",
		"UPDATE profiles.person SET visibility = '{\"weekly_hours\": \"nobody\"}'"
		" WHERE user_name = 'chief' RETURNING 1");
	api_expect_problem(api_get(junior, "%s", path), 422, "unknown_reference");
	api_expect(api_get(leader, "/api/v1/availability"), 200);
	struct api_reply *mine = api_expect(
		api_get(junior, "/api/v1/availability?person_id=me"), 200);
	assert_string_equal(api_text(mine, "person_id"), story_person_id(mentor));
	mine = api_expect(api_get(assistant, "/api/v1/availability?person_id=me"), 200);
	assert_string_equal(api_text(mine, "person_id"), leader_id);
	/* over, it is listed no longer */
	api_clock_to("2027-10-05 12:00Z");
	list = api_expect(api_get(leader, EXCEPTIONS "?limit=100"), 200);
	assert_null(strstr(list->text, self));
	api_if_match(assistant, api_expect(api_get(assistant, "%s", self), 200));
	api_expect(api_delete(assistant, "%s", self), 204);
	api_clock(0);
}

/* ---- calendars kept elsewhere ------------------------------------------------------------------*/

#define EVENT                                                                                      \
	"BEGIN:VEVENT\r\nUID:dentist@example.org\r\nSUMMARY:Root canal\r\n"                        \
	"DTSTART;TZID=Europe/Berlin:20270503T100000\r\nDURATION:PT90M\r\n"                         \
	"RRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\n"
#define CALENDAR "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" EVENT "END:VCALENDAR\r\n"

/* The server of such a calendar: answers each request as it is told, one after another. */
static struct {
	int listener;
	unsigned short port;
	pthread_t thread;
	_Atomic(const char *) answer;
	atomic_int asked, conditional;
} elsewhere;

static void *serve(void *context)
{
	for (int fd; (fd = accept(elsewhere.listener, NULL, NULL)) >= 0; close(fd)) {
		char request[4096];
		size_t length = 0;
		ssize_t got;
		while (length < sizeof request - 1 &&
			(got = read(fd, request + length, sizeof request - 1 - length)) > 0) {
			length += (size_t)got;
			request[length] = '\0';
			if (strstr(request, "\r\n\r\n"))
				break;
		}
		const char *answer = atomic_load(&elsewhere.answer);
		if (strstr(request, "If-None-Match: \"one\"") &&
			strstr(request, "If-Modified-Since: Mon, 30 Nov 2026 08:00:00 GMT")) {
			atomic_fetch_add(&elsewhere.conditional, 1);
			answer = "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n";
		}
		for (size_t at = 0, all = strlen(answer); at < all; at += (size_t)got)
			if ((got = send(fd, answer + at, all - at, MSG_NOSIGNAL)) <= 0)
				break;
		atomic_fetch_add(&elsewhere.asked, 1);
	}
	return context;
}

static void begin_serving(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	elsewhere.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(elsewhere.listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(elsewhere.listener, 8), 0);
	assert_int_equal(getsockname(elsewhere.listener, (struct sockaddr *)&at, &length), 0);
	elsewhere.port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&elsewhere.thread, NULL, serve, NULL), 0);
}

static void end_serving(void)
{
	shutdown(elsewhere.listener, SHUT_RDWR);
	pthread_join(elsewhere.thread, NULL);
	close(elsewhere.listener);
}

static void fetch_now(void)
{
	api_sql("superuser", "UPDATE scheduling.busy_calendar SET next_fetch_at = common.now(),"
			     " version = version + 1 WHERE kind = 'url' RETURNING 1");
}

/* Has the server answer so, and waits until the calendar shows the error. */
static void fails_as(const char *self, const char *answer, const char *error)
{
	atomic_store(&elsewhere.answer, answer);
	fetch_now();
	api_wait_until(20,
		json_is_string(api_member(api_get(leader, "%s", self), "last_error")) &&
			strcmp(api_text(api_get(leader, "%s", self), "last_error"), error) == 0);
}

static void remove_calendar(const char *self)
{
	api_if_match(leader, api_expect(api_get(leader, "%s", self), 200));
	api_expect(api_delete(leader, "%s", self), 204);
}

static void an_uploaded_calendar_binds_its_owner_without_a_word(void **state)
{
	(void)state;
	assert_string_equal(windows_on(junior, "2027-05-03"), "07:00-15:00");
	char body[2048] = "{\"name\": \"Outlook\", \"calendar\": ";
	json_t *text = json_string(CALENDAR);
	char *quoted = json_dumps(text, JSON_ENCODE_ANY);
	snprintf(body + strlen(body), sizeof body - strlen(body), "%s}", quoted);
	struct api_reply *made = api_expect(api_post(assistant, BUSY, "%s", body), 201);
	json_decref(text);
	free(quoted);
	const char *self = api_text(made, "links.self");
	assert_string_equal(api_text(made, "kind"), "upload");
	assert_true(json_is_null(api_member(made, "host")));
	assert_string_equal(windows_on(junior, "2027-05-03"), "07:00-08:00 09:30-15:00");
	assert_string_equal(windows_on(leader, "2027-05-10"), "07:00-08:00 09:30-15:00");
	assert_string_equal(windows_on(leader, "2027-05-17"), "07:00-15:00");
	struct api_reply *asked = book("2027-05-03T10:30");
	assert_string_equal(api_text(asked, "status"), "proposed");
	cancel(asked);
	struct api_reply *free = book("2027-05-03T11:30");
	assert_string_equal(api_text(free, "status"), "confirmed");
	cancel(free);
	struct api_reply *slots = api_expect(
		api_get(junior, "/api/v1/slots?pair_id=%s&from=2027-05-03T08:00:00Z&days=1", pair),
		200);
	for (size_t i = 0; i < api_count(slots, "slots"); i++)
		assert_true(strcmp(api_text(slots, api_path("slots.%zu.starts_at", i)),
				    "2027-05-03T09:30:00Z") >= 0);
	/* a title is nowhere, and the calendar is the owner's alone */
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.idempotency i WHERE"
						 " i::text LIKE '%%Root canal%%'"),
		"0");
	api_expect(api_get(junior, "%s", self), 404);
	api_expect(api_delete(junior, "%s", self), 428);
	api_header(junior, "If-Match: \"1.0\"");
	api_expect(api_delete(junior, "%s", self), 404);
	assert_int_equal(api_count(api_expect(api_get(assistant, BUSY), 200), "items"), 1);
	assert_int_equal(api_count(api_expect(api_get(junior, BUSY), 200), "items"), 0);
	remove_calendar(self);
	assert_string_equal(windows_on(junior, "2027-05-03"), "07:00-15:00");
}

static void what_is_no_calendar_is_refused(void **state)
{
	(void)state;
	api_expect_fault(api_expect_problem(
				 api_post(leader, BUSY, "{\"name\": \"x\"}"), 422, "unprocessable"),
		"/calendar");
	api_expect_problem(api_post(leader, BUSY, "{\"name\": \"x\", \"calendar\": \"Hello\"}"),
		422, "invalid_calendar");
	api_expect_problem(
		api_post(leader, BUSY,
			"{\"name\": \"x\", \"calendar\": \"BEGIN:VCALENDAR\\nBEGIN:VEVENT\\n"
			"DTSTART:20270101T000000Z\\nDURATION:PT1S\\nRRULE:FREQ=SECONDLY\\n"
			"END:VEVENT\\nEND:VCALENDAR\\n\"}"),
		422, "invalid_calendar");
	static const char *const urls[] = { "http://example.org/a.ics", "ftp://example.org/a.ics",
		"https://ada:secret@example.org/a.ics", "file:///etc/passwd",
		"http://169.254.169.254/latest/meta-data" };
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct api_reply *no = api_post(
			leader, BUSY, "{\"name\": \"x\", \"url\": \"%s\"}", urls[i]);
		assert_in_range(no->status, 400, 422);
		api_expect_fault(no, "/url");
	}
	const char *made[5];
	for (size_t i = 0; i < 5; i++)
		made[i] = api_text(api_expect(api_post(leader, BUSY,
						      "{\"name\": \"x\", \"calendar\": "
						      "\"BEGIN:VCALENDAR\\nEND:VCALENDAR\\n\"}"),
					   201),
			"links.self");
	api_expect_problem(api_post(leader, BUSY,
				   "{\"name\": \"x\", \"calendar\": "
				   "\"BEGIN:VCALENDAR\\nEND:VCALENDAR\\n\"}"),
		409, "too_many_calendars");
	for (size_t i = 0; i < 5; i++)
		remove_calendar(made[i]);
}

static void an_address_is_fetched_again_and_again_and_only_outside(void **state)
{
	(void)state;
	atomic_store(&elsewhere.answer, "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nLast-Modified: Mon, "
					"30 Nov 2026 08:00:00 GMT\r\n"
					"Connection: close\r\n\r\n" CALENDAR);
	begin_serving();
	struct api_reply *made = api_expect(
		api_post(leader, BUSY,
			"{\"name\": \"Elsewhere\", \"url\": \"http://127.0.0.1:%d/s3cret.ics\"}",
			elsewhere.port),
		201);
	const char *self = api_text(made, "links.self");
	assert_null(strstr(made->text, "s3cret"));
	assert_string_equal(api_text(made, "host"), api_path("127.0.0.1:%d", elsewhere.port));
	api_wait_until(
		20, json_is_string(api_member(api_get(leader, "%s", self), "last_fetched_at")));
	assert_string_equal(windows_on(junior, "2027-05-10"), "07:00-08:00 09:30-15:00");
	fetch_now();
	api_wait_until(20, atomic_load(&elsewhere.conditional) == 1);
	assert_string_equal(windows_on(junior, "2027-05-10"), "07:00-08:00 09:30-15:00");
	/* forget the validators, so that each answer is read */
	api_sql("superuser",
		"UPDATE scheduling.busy_calendar SET etag = NULL, version = version + 1"
		" RETURNING 1");
	fails_as(self, "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n", "bad_status");
	fails_as(self,
		"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n"
		"Connection: close\r\n\r\n",
		"forbidden_address");
	fails_as(self, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html></html>",
		"not_a_calendar");
	fails_as(self,
		"HTTP/1.1 302 Found\r\nLocation: https://localhost:1/\r\nConnection: close\r\n\r\n",
		"forbidden_address");
	/* a failure leaves what was read before, for a day */
	assert_string_equal(windows_on(junior, "2027-05-10"), "07:00-08:00 09:30-15:00");
	api_sql("superuser", "UPDATE scheduling.busy_calendar SET last_fetched_at = last_fetched_at"
			     " - interval '2 days', version = version + 1 RETURNING 1");
	fails_as(self, "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n", "bad_status");
	assert_string_equal(windows_on(junior, "2027-05-10"), "07:00-15:00");
	remove_calendar(self);
	end_serving();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_week_away_frees_no_slot_and_binds_nobody),
		cmocka_unit_test(extra_hours_count_on_a_saturday_until_midnight),
		cmocka_unit_test(leave_that_hr_knows_counts_to_its_last_day),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(exceptions_of_one_kind_are_apart_and_not_too_many),
		cmocka_unit_test(an_uploaded_calendar_binds_its_owner_without_a_word),
		cmocka_unit_test(what_is_no_calendar_is_refused),
		cmocka_unit_test(an_address_is_fetched_again_and_again_and_only_outside),
		cmocka_unit_test(others_see_windows_and_no_reasons),
	};
	return cmocka_run_group_tests_name("availability", tests, set_up, tear_down);
}
