/*
 * recur.h - the days of a recurrence (RFC 5545 section 3.3.10). Only dates are computed: the time of day
 * and its zone are left to the caller. No I/O; at most RECUR_PERIODS_MOST periods are examined.
 *
 * Rules are daily, weekly, monthly or yearly; BYWEEKNO, BYYEARDAY and parts of a day are not supported.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_RECUR_H
#define UPWARD_SCHEDULING_CALENDAR_RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define RECUR_PARTS_MOST   64
#define RECUR_PERIODS_MOST 40000

enum recur_unit { RECUR_DAILY, RECUR_WEEKLY, RECUR_MONTHLY, RECUR_YEARLY };

/* BYDAY: 1 Monday ... 7 Sunday; ordinal 0: each, 2: the second, -1: the last. */
struct recur_weekday {
	int weekday, ordinal;
};

struct recur {
	enum recur_unit unit;
	int interval;   /* at least 1 */
	int count;      /* 0: without end */
	int week_start; /* 1 Monday ... 7 Sunday */
	struct recur_weekday weekdays[RECUR_PARTS_MOST];
	int month_days[RECUR_PARTS_MOST]; /* 1 ... 31, -1: the last */
	int positions[RECUR_PARTS_MOST];  /* BYSETPOS */
	size_t weekday_count, month_day_count, position_count;
	unsigned months; /* bit 1 January ... bit 12 December; 0: all */
};

/* The rule for meetings from a day on, every so many weeks or months: on the same weekday of the
 * month (the fifth means the last), or on the same day of the month (or the last, if the month is
 * shorter). */
struct recur recur_meetings(enum recur_unit unit, int every, bool by_weekday, int64_t first);

/* The days from `from` to `until`, inclusive and in order; there are none before `first`, the day
 * of DTSTART. Days are counted from 1970-01-01. Returns at most `most`. */
CHECKED size_t recur_days(const struct recur *rule, int64_t first, int64_t from, int64_t until,
	int64_t *ret_days, size_t most);

#endif
