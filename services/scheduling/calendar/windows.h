/*
 * windows.h - one person's free time between two instants. No I/O: their hours (hours.h) and busy
 * times in, stretches of free time out.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_WINDOWS_H
#define UPWARD_SCHEDULING_CALENDAR_WINDOWS_H

#include "scheduling/calendar/hours.h"

/* Unix seconds, whole minutes, in order; no two touch. */
struct windows {
	struct slot_span *spans; /* owned: windows_release */
	size_t count, room;
};

/* The bounds are narrowed to whole minutes. The zone must exist, and its clocks must change at most
 * once in six hours. false: out of memory, and nothing to release. */
CHECKED bool windows_find(
	const struct slot_person *person, int64_t from, int64_t until, struct windows *ret_windows);
void windows_release(struct windows *windows);

#endif
