/*
 * hours.h - when one person can meet, by their own wall clock. No I/O.
 *
 * A person can meet within their weekly hours except on public holidays, and within extra hours on any
 * day, but never while they are away. Stretches that touch count as one, also across midnight.
 * Everything is in local time: it moves with a person who changes zones, and an hour that the clocks
 * skip belongs to nobody's day. Booking follows the same rule in the database (scheduling.in_hours).
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_HOURS_H
#define UPWARD_SCHEDULING_CALENDAR_HOURS_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "base/zone.h"

#define DAY_MINUTES 1440

/* One stretch of a week in a person's local time. */
struct slot_hours {
	int weekday;      /* 1 Monday ... 7 Sunday */
	int starts, ends; /* minutes of the day, ends up to 1440: midnight */
};

/* From one instant to another, the end excluded: Unix seconds, or local seconds (civil.h). */
struct slot_span {
	int64_t starts, ends;
};

/* All arrays are borrowed. */
struct slot_person {
	const struct zone *zone;
	const struct slot_hours *hours; /* none: Monday to Friday, nine to five */
	size_t hour_count;
	const int64_t *holidays; /* days since 1970-01-01, ascending */
	size_t holiday_count;
	const struct slot_span *away, *extra; /* local seconds, whole minutes */
	size_t away_count, extra_count;
	const struct slot_span *busy; /* Unix seconds, ascending by start */
	size_t busy_count;
	const struct slot_span
		*full; /* Unix seconds: weeks that have room for no further meeting */
	size_t full_count;
};

/* The day since 1970-01-01 of local seconds. */
CHECKED int64_t hours_day(int64_t local);
/* Until which minute of the day, at most DAY_MINUTES, a person who is free at `minute` stays free;
 * `minute` itself if they cannot meet then. A later stretch may touch. */
CHECKED int hours_until(const struct slot_person *person, int64_t day, int minute);
/* The next minute of the day at which the answer may change, or DAY_MINUTES. */
CHECKED int hours_change(const struct slot_person *person, int64_t day, int minute);

#endif
