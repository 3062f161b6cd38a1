/* When a foreign calendar says that somebody is busy, to the second: recurrences over changes of the clocks,
 * exceptions, moved occurrences, whole days, zones by other names. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "scheduling/calendar/busy.h"
#include "support/unit/unit.h"

static int64_t at(const char *text)
{
	struct civil c;
	assert_true(civil_read_local(text, &c));
	return civil_seconds(&c);
}

/* The busy times of 2027 as "starts/ends" of UTC, to the minute. */
static void is_busy(const char *lines, const char *wanted)
{
	char text[8192], found[4096] = "";
	struct busy busy;
	snprintf(text, sizeof text, "BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n", lines);
	const struct busy_query query = { .text = text,
		.length = strlen(text),
		.home = zone_find("Europe/Berlin"),
		.from = at("2027-01-01T00:00"),
		.until = at("2028-01-01T00:00") };
	assert_int_equal(busy_read(&query, &busy), BUSY_READ);
	for (size_t i = 0; i < busy.count; i++) {
		const struct civil a = civil_from_seconds(busy.spans[i].starts);
		const struct civil b = civil_from_seconds(busy.spans[i].ends);
		snprintf(found + strlen(found), sizeof found - strlen(found),
			"%s%02d-%02dT%02d:%02d/%02d-%02dT%02d:%02d", i ? " " : "", a.month, a.day,
			a.hour, a.minute, b.month, b.day, b.hour, b.minute);
	}
	busy_release(&busy);
	assert_string_equal(found, wanted);
}

#define EVENT(lines) "BEGIN:VEVENT\r\nUID:a\r\n" lines "END:VEVENT\r\n"
#define NINE	     "DTSTART;TZID=Europe/Berlin:20270322T090000\r\nDURATION:PT1H\r\n"

static void series_follow_the_wall_clock(void **state)
{
	(void)state;
	is_busy(EVENT(NINE "RRULE:FREQ=WEEKLY;COUNT=3\r\n"),
		"03-22T08:00/03-22T09:00 03-29T07:00/03-29T08:00 04-05T07:00/04-05T08:00");
	is_busy(EVENT(NINE "RRULE:FREQ=WEEKLY;UNTIL=20270405T065959Z\r\n"),
		"03-22T08:00/03-22T09:00 03-29T07:00/03-29T08:00");
	is_busy(EVENT(NINE "RRULE:FREQ=WEEKLY;COUNT=3\r\n"
			   "EXDATE;TZID=Europe/Berlin:20270329T090000\r\n") EVENT(
			"RECURRENCE-ID;TZID=Europe/Berlin:20270405T090000\r\n"
			"DTSTART:20270406T120000Z\r\nDTEND:20270406T130000Z\r\n"),
		"03-22T08:00/03-22T09:00 04-06T12:00/04-06T13:00");
	is_busy(EVENT("DTSTART:20200131T080000Z\r\nDURATION:PT30M\r\n"
		      "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;UNTIL=20270401\r\n"),
		"01-29T08:00/01-29T08:30 03-26T08:00/03-26T08:30");
	is_busy(EVENT("DTSTART:20270104T080000Z\r\nDTEND:20270104T090000Z\r\n"
		      "RDATE:20270105T080000Z,20270106T080000Z\r\nEXDATE:20270105T080000Z\r\n"),
		"01-04T08:00/01-04T09:00 01-06T08:00/01-06T09:00");
}

static void whole_days_are_those_of_home(void **state)
{
	(void)state;
	is_busy(EVENT("DTSTART;VALUE=DATE:20270327\r\nDTEND;VALUE=DATE:20270329\r\n"),
		"03-26T23:00/03-28T22:00");
	is_busy(EVENT("DTSTART;VALUE=DATE:20270701\r\n"), "06-30T22:00/07-01T22:00");
}

static void what_takes_no_time_is_left_out(void **state)
{
	(void)state;
	is_busy(EVENT(NINE "STATUS:CANCELLED\r\n"), "");
	is_busy(EVENT(NINE "TRANSP:TRANSPARENT\r\n"), "");
	is_busy(EVENT(NINE "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"), "");
	is_busy("BEGIN:VEVENT\r\nUID:01@upward\r\n" NINE "END:VEVENT\r\n", "");
	is_busy(EVENT("DTSTART:20270322T090000Z\r\nDTEND:20270322T090000Z\r\n"), "");
	is_busy(EVENT("DTSTART:20251231T090000Z\r\nDURATION:PT1H\r\n"), "");
	is_busy("BEGIN:VFREEBUSY\r\nFREEBUSY;FBTYPE=FREE:20270322T090000Z/PT1H\r\n"
		"FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270322T100000Z/PT1H,20270322T104500Z/"
		"20270322T120000Z\r\nEND:VFREEBUSY\r\n",
		"03-22T10:00/03-22T12:00");
}

static void zones_go_by_other_names(void **state)
{
	(void)state;
	is_busy("BEGIN:VTIMEZONE\r\nTZID:Eastern Standard Time\r\n"
		"BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\n"
		"RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\nEND:STANDARD\r\n"
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\n"
		"RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n" EVENT(
			"DTSTART;TZID=Eastern Standard Time:20270701T090000\r\nDURATION:PT1H\r\n"),
		"07-01T13:00/07-01T14:00");
	is_busy(EVENT("DTSTART;TZID=/mozilla.org/2005/America/New_York:20270701T090000\r\n"
		      "DURATION:PT1H\r\n"),
		"07-01T13:00/07-01T14:00");
	/* nobody's zone is the owner's, and so is none */
	is_busy(EVENT("DTSTART;TZID=Nowhere:20270701T090000\r\nDURATION:PT1H\r\n"),
		"07-01T07:00/07-01T08:00");
	is_busy(EVENT("DTSTART:20270701T090000\r\nDURATION:PT1H\r\n"), "07-01T07:00/07-01T08:00");
	/* half past two, which the clocks skip */
	is_busy(EVENT("DTSTART;TZID=Europe/Berlin:20270328T023000\r\nDURATION:PT1H\r\n"),
		"03-28T01:30/03-28T02:30");
}

/* A line of 600 hours, one a day from the first of January 2027 on, with parameters that hold a colon. */
static void print_many(struct buf *out, const char *line)
{
	buf_text(out, line);
	for (int day = 0; day < 600; day++) {
		const struct civil c = civil_from_seconds(at("2027-01-01T09:00") + day * DAY_SECONDS);
		buf_print(out, "%s%04d%02d%02dT090000Z%s", day ? "," : "", c.year, c.month, c.day,
			strstr(line, "FREEBUSY") ? "/PT1H" : "");
	}
	buf_text(out, "\r\n");
}

static size_t count_busy(const struct buf *text)
{
	struct busy busy;
	const struct busy_query query = { .text = text->data,
		.length = text->len,
		.home = zone_find("Europe/Berlin"),
		.from = at("2027-01-01T00:00"),
		.until = at("2028-12-01T00:00") };
	assert_int_equal(busy_read(&query, &busy), BUSY_READ);
	size_t count = busy.count;
	busy_release(&busy);
	return count;
}

static void a_line_of_many_times_is_read_to_its_end(void **state)
{
	static const char *const heads[] = { "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20270101T090000Z\r\nDURATION:PT1H\r\n",
		"BEGIN:VFREEBUSY\r\n" };
	static const char *const lines[] = { "RDATE;X-A=\":,\":", "FREEBUSY;FBTYPE=BUSY:" };
	static const char *const ends[] = { "END:VEVENT\r\n", "END:VFREEBUSY\r\n" };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf text = BUF_INIT(1 << 20);
		buf_text(&text, "BEGIN:VCALENDAR\r\n");
		buf_text(&text, heads[i]);
		print_many(&text, lines[i]);
		buf_text(&text, ends[i]);
		buf_text(&text, "END:VCALENDAR\r\n");
		assert_true(buf_ok(&text));
		assert_int_equal(count_busy(&text), 600);
		buf_release(&text);
	}
}

static void a_long_line_is_read_too(void **state)
{
	struct buf text = BUF_INIT(1 << 20);
	(void)state;
	buf_text(&text, "BEGIN:VCALENDAR\r\n" "BEGIN:VEVENT\r\nUID:a\r\nDTSTART;X-A=\"");
	for (int i = 0; i < 70000; i++)
		buf_char(&text, 'x');
	buf_text(&text, "\":20270101T090000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	assert_int_equal(count_busy(&text), 1);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series_follow_the_wall_clock),
		cmocka_unit_test(whole_days_are_those_of_home),
		cmocka_unit_test(what_takes_no_time_is_left_out),
		cmocka_unit_test(zones_go_by_other_names),
		cmocka_unit_test(a_line_of_many_times_is_read_to_its_end),
		cmocka_unit_test(a_long_line_is_read_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
