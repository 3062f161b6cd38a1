#include "scheduling/feeds/busy_times.h"

#include <inttypes.h>
#include <string.h>

#include "base/civil.h"
#include "base/str.h"
#include "scheduling/calendar/busy.h"

#define DAYS_AHEAD INT64_C(400)
#define TIMES_MOST ((size_t)1 << 20)

static const char *const faults[][2] = {
	[BUSY_READ] = { NULL, NULL },
	[BUSY_NOT_A_CALENDAR] = { "not_a_calendar", "This is no iCalendar file." },
	[BUSY_TOO_MUCH] = { "too_many_events", "The calendar is larger, or has more busy times, than can be read." },
	[BUSY_TOO_FINE] = { "unknown_recurrence",
		"Something in it recurs every hour or oftener, or by a rule that is not supported." },
	[BUSY_NO_MEMORY] = { "too_many_events", "The calendar is larger than can be read." },
};

const char *busy_times_say(const char *fault)
{
	for (size_t i = 1; i < sizeof faults / sizeof *faults; i++)
		if (str_equal(faults[i][0], fault))
			return faults[i][1];
	return NULL;
}

void busy_times_release(struct busy_times *times)
{
	buf_release(&times->starts);
	buf_release(&times->ends);
}

const char *busy_times_read(const char *text, size_t length, const char *zone, const char *from,
	struct busy_times *ret_times)
{
	struct busy busy = { 0 };
	struct busy_query query = { .text = text, .length = length, .home = zone_find(zone) };
	*ret_times = (struct busy_times){ BUF_INIT(TIMES_MOST), BUF_INIT(TIMES_MOST) };
	if (!query.home)
		query.home = zone_find("UTC");
	if (!str_to_i64(from, &query.from) || !query.home)
		return faults[BUSY_NO_MEMORY][0];
	query.until = query.from + DAYS_AHEAD * DAY_SECONDS;
	enum busy_outcome outcome = busy_read(&query, &busy);
	if (outcome != BUSY_READ)
		return faults[outcome][0];
	buf_char(&ret_times->starts, '{');
	buf_char(&ret_times->ends, '{');
	for (size_t i = 0; i < busy.count; i++) {
		buf_print(&ret_times->starts, "%s%" PRId64, i ? "," : "", busy.spans[i].starts);
		buf_print(&ret_times->ends, "%s%" PRId64, i ? "," : "", busy.spans[i].ends);
	}
	buf_char(&ret_times->starts, '}');
	buf_char(&ret_times->ends, '}');
	busy_release(&busy);
	return buf_ok(&ret_times->starts) && buf_ok(&ret_times->ends) ? NULL
								      : faults[BUSY_NO_MEMORY][0];
}
