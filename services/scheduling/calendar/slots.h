/*
 * slots.h - finds common free time for two people. No I/O: takes each person's hours and busy times,
 * returns the best free slots.
 *
 * A slot begins on a quarter of an hour (UTC), is within the hours of both (hours.h), and overlaps no
 * busy time. Its cost is the cost to the person it suits less: how far its middle is from one o'clock
 * in their local time, on the day on which it begins. So between distant zones neither person always
 * gets the evening. The result has the best slot of each of the
 * first person's days, then the second best, and so on, until there are enough; slots do not overlap.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_SLOTS_H
#define UPWARD_SCHEDULING_CALENDAR_SLOTS_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "scheduling/calendar/hours.h"

#define SLOT_PEOPLE     2
#define SLOT_STEP       900 /* seconds between the starts that are tried */
#define SLOT_DAYS_MOST  92
#define SLOT_COUNT_MOST 50

struct slot_search {
	struct slot_person people[SLOT_PEOPLE];
	const struct slot_span *busy; /* Unix seconds, of both people, ascending by start */
	size_t busy_count;
	int64_t from;  /* Unix seconds; no slot begins earlier */
	int64_t until; /* no slot ends later; at most SLOT_DAYS_MOST days after `from` */
	int minutes;   /* length, 15 to 240 */
	size_t count;  /* wanted, at most SLOT_COUNT_MOST */
};

struct slot {
	int64_t starts, ends; /* Unix seconds */
	int cost;             /* minutes from one o'clock, for the person it suits less */
};

/* In order of start. Fewer than requested, or none, if there is no more common time. */
CHECKED size_t slots_find(const struct slot_search *search, struct slot ret_slots[SLOT_COUNT_MOST]);

#endif
