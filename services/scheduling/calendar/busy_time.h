/*
 * busy_time.h - the meaning of times in a foreign calendar: converts wall-clock time to instants,
 * in zones that the file names or defines in its own way.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_BUSY_TIME_H
#define UPWARD_SCHEDULING_CALENDAR_BUSY_TIME_H

#include <libical/ical.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "base/zone.h"

/* The clock of a property: a zone of the tz database, one of the file's, UTC, or the home zone. */
struct busy_clock {
	const struct zone *zone;   /* NULL: the file's own */
	const icaltimezone *local; /* borrowed from the calendar */
	bool utc;
};

/* The clock of a property of this calendar. */
struct busy_clock busy_clock_of(
	icalproperty *property, icalcomponent *calendar, const struct zone *home);
/* Local seconds (civil.h) of a time as written. */
int64_t busy_wall(struct icaltimetype time);
CHECKED int64_t busy_instant(const struct busy_clock *clock, int64_t wall);
/* Whether the zones defined in the file recur at most yearly, because their rules are expanded from
 * their first year. */
CHECKED bool busy_zones_are_plain(icalcomponent *calendar);

#endif
