/*
 * civil.h - the proleptic Gregorian calendar as arithmetic. Days are counted from 1970-01-01. No
 * time zone, no locale, no libc.
 */
#ifndef UPWARD_BASE_CIVIL_H
#define UPWARD_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/cleanup.h"

#define DAY_SECONDS INT64_C(86400)

/* The range of every date and time that is received, or computed from one and stored; the same as
 * common.years() in the database. Hire dates may be earlier. */
#define CIVIL_YEAR_FIRST 2000
#define CIVIL_YEAR_LAST  2199
#define CIVIL_YEARS      "from 2000 to 2199"

struct civil {
	int year, month, day;     /* month 1..12, day 1..31 */
	int hour, minute, second; /* 0..23, 0..59, 0..59 */
};

int civil_month_days(int year, int month);
int64_t civil_days(int year, int month, int day);
int civil_weekday(int64_t days); /* 0 = Sunday ... 6 = Saturday */
/* Seconds since 1970-01-01T00:00:00 on the same clock. */
int64_t civil_seconds(const struct civil *c);
/* The inverse, for years -9999 to 99999. */
struct civil civil_from_seconds(int64_t seconds);

/* Reads exactly the prefix "YYYY-MM-DD", a real day in the years 1 to 9999 (PostgreSQL has no year
 * 0), or "HH:MM". The caller handles what follows. */
CHECKED bool civil_read_date(const char *text, struct civil *ret_date);
CHECKED bool civil_in_years(const struct civil *c);
CHECKED bool civil_read_time(const char *text, struct civil *ret_time);
/* Reads exactly "YYYY-MM-DDTHH:MM" or "YYYY-MM-DDTHH:MM:SS": a wall-clock time. */
CHECKED bool civil_read_local(const char *text, struct civil *ret_local);

#endif
