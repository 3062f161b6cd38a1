#include "scheduling/calendar/windows.h"

#include <stdlib.h>

#include "base/civil.h"

#define LOOK_AHEAD INT64_C(21600) /* seconds */

/* The instant at which the offset in force at `at` changes, or limit. */
static int64_t steady_until(const struct zone *zone, int64_t at, int64_t limit)
{
	const int offset = zone_offset(zone, at);
	while (at < limit) {
		int64_t high = at + LOOK_AHEAD < limit ? at + LOOK_AHEAD : limit;
		if (zone_offset(zone, high) == offset) {
			at = high;
			continue;
		}
		while (high - at > 1) {
			int64_t middle = at + (high - at) / 2;
			if (zone_offset(zone, middle) == offset)
				at = middle;
			else
				high = middle;
		}
		return high;
	}
	return limit;
}

static bool append(struct windows *w, int64_t starts, int64_t ends)
{
	if (w->count && w->spans[w->count - 1].ends == starts) {
		w->spans[w->count - 1].ends = ends;
		return true;
	}
	if (w->count == w->room) {
		size_t room = w->room ? 2 * w->room : 64;
		struct slot_span *spans = realloc(w->spans, room * sizeof *spans);
		if (!spans)
			return false;
		w->spans = spans;
		w->room = room;
	}
	w->spans[w->count++] = (struct slot_span){ starts, ends };
	return true;
}

/* Appends the span without the busy times in it. */
static bool append_free(
	struct windows *w, const struct slot_person *person, int64_t starts, int64_t ends)
{
	const struct slot_span *busy = person->busy;
	for (size_t i = 0; i < person->busy_count && busy[i].starts < ends; i++) {
		if (busy[i].starts > starts && !append(w, starts, busy[i].starts))
			return false;
		if (busy[i].ends > starts)
			starts = busy[i].ends;
	}
	return starts >= ends || append(w, starts, ends);
}

bool windows_find(
	const struct slot_person *person, int64_t from, int64_t until, struct windows *ret_windows)
{
	struct windows found = { 0 };
	int64_t change = 0, at = (from + 59) / 60 * 60;
	until = until / 60 * 60;
	while (at < until) {
		if (at >= change)
			change = steady_until(person->zone, at, until);
		const int64_t offset = zone_offset(person->zone, at), day = hours_day(at + offset);
		const int minute = (int)((at + offset - day * DAY_SECONDS) / 60);
		int end = hours_until(person, day, minute);
		const bool free_now = end > minute;
		if (!free_now)
			end = hours_change(person, day, minute);
		int64_t next = at + (end - minute) * INT64_C(60);
		next = next < change ? next : change;
		if (free_now && !append_free(&found, person, at, next)) {
			windows_release(&found);
			return false;
		}
		at = next;
	}
	*ret_windows = found;
	return true;
}

void windows_release(struct windows *windows)
{
	free(windows->spans);
	*windows = (struct windows){ 0 };
}
