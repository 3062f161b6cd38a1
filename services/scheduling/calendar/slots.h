/*
 * slots.h - finds common free time for two people or more. No I/O: takes each person's hours and busy
 * times, returns the best free slots.
 *
 * A slot begins on a quarter of an hour (UTC). Whoever comes is within their hours (hours.h), meets nobody
 * else then or in the buffer before and after, and has room in that week. Its cost is that to the person it
 * suits least: how far its middle is from one o'clock in their local time, on the day on which it begins. So
 * between distant zones nobody always gets the evening. Better is a slot to which more come, then one that
 * costs less, then the earlier one. The result has the best slot of each day in `days`, then the second best,
 * and so on, until there are enough; slots do not overlap.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_SLOTS_H
#define UPWARD_SCHEDULING_CALENDAR_SLOTS_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "scheduling/calendar/hours.h"

#define SLOT_PEOPLE_MOST 200
#define SLOT_STEP        900 /* seconds between the starts that are tried */
#define SLOT_DAYS_MOST   92
#define SLOT_COUNT_MOST  50

struct slot_search {
	const struct slot_person *people; /* borrowed */
	size_t person_count;              /* at most SLOT_PEOPLE_MOST */
	size_t absent_most;               /* how many need not come */
	const struct zone *days;          /* where a day begins and ends */
	int64_t from;                     /* Unix seconds; no slot begins earlier */
	int64_t until;  /* no slot ends later; at most SLOT_DAYS_MOST days after `from` */
	int64_t buffer; /* seconds that are free before and after it */
	int minutes;    /* length, 15 to 240 */
	size_t count;   /* wanted, at most SLOT_COUNT_MOST */
};

struct slot {
	int64_t starts, ends; /* Unix seconds */
	int cost;      /* minutes from one o'clock, for whoever of those who come it suits least */
	size_t absent; /* how many cannot come */
};

/* In order of start. Fewer than requested, or none, if there is no more common time. */
CHECKED size_t slots_find(const struct slot_search *search, struct slot ret_slots[SLOT_COUNT_MOST]);

/* For qsort: a slot to which more come, then one that costs less, then the earlier one. */
int slots_by_cost(const void *a, const void *b);

#endif
