/*
 * slots.h - common free time of two people. Pure: working hours in each one's zone, holidays and
 * busy times in, the best free slots out.
 *
 * A slot begins on a quarter of an hour (UTC), lies within the working hours of both as each one's
 * wall clock shows them, on a holiday of neither, and meets no busy time. Stretches of working hours
 * that meet are one, so that a slot may cross midnight. Fair: what a slot costs is what it costs the
 * one whom it suits least, the distance of its middle from one o'clock on their clock, on the day on
 * which it begins; so between two far zones neither always has the evening. First the best slot of
 * each day of the first one's, then the second best, and so on, until there are enough; no two
 * overlap.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_SLOTS_H
#define UPWARD_SCHEDULING_CALENDAR_SLOTS_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "base/zone.h"

#define SLOT_PEOPLE     2
#define SLOT_STEP       900 /* seconds between two starts that are tried */
#define SLOT_DAYS_MOST  92
#define SLOT_COUNT_MOST 50

/* One stretch of a week on somebody's wall clock. */
struct slot_hours {
	int weekday;      /* 1 Monday ... 7 Sunday */
	int starts, ends; /* minutes of the day, ends up to 1440: midnight */
};

struct slot_person {
	const struct zone *zone;
	const struct slot_hours *hours; /* none: Monday to Friday, nine to five */
	size_t hour_count;
	const int64_t *holidays; /* days since 1970-01-01, ascending */
	size_t holiday_count;
};

struct slot_busy {
	int64_t starts, ends; /* Unix seconds; of either person; by starts, ascending */
};

struct slot_search {
	struct slot_person people[SLOT_PEOPLE];
	const struct slot_busy *busy;
	size_t busy_count;
	int64_t from;  /* Unix seconds: no slot begins before */
	int64_t until; /* none ends after; at most SLOT_DAYS_MOST days later */
	int minutes;   /* length, 15 to 240 */
	size_t count;  /* wanted, at most SLOT_COUNT_MOST */
};

struct slot {
	int64_t starts, ends; /* Unix seconds */
	int cost;             /* minutes off one o'clock, of the one whom it suits least */
};

/* By start. Fewer than wanted, or none, where there is no more common time. */
CHECKED size_t slots_find(const struct slot_search *search, struct slot ret_slots[SLOT_COUNT_MOST]);

#endif
