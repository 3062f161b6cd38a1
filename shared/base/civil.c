#include "base/civil.h"

#include <string.h>

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_month_days(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (month < 1 || month > 12)
		return 0;
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years are counted from March, so that the leap day is the last of its year; months then lie on
 * the line (153 m + 2) / 5. 719468 days lie between 0000-03-01 and 1970-01-01. */
int64_t civil_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month < 3);
	int64_t m = (month + 9) % 12;
	return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) +
	       (153 * m + 2) / 5 + day - 1 - 719468;
}

int civil_weekday(int64_t days)
{
	int64_t since = (days + 4) % 7; /* 1970-01-01 was a Thursday */
	return (int)(since < 0 ? since + 7 : since);
}

int64_t civil_seconds(const struct civil *c)
{
	return civil_days(c->year, c->month, c->day) * DAY_SECONDS + c->hour * 3600 +
	       c->minute * 60 + c->second;
}

struct civil civil_from_seconds(int64_t seconds)
{
	int64_t days = floor_div(seconds, DAY_SECONDS);
	int64_t rest = seconds - days * DAY_SECONDS;
	/* a first guess of the year, off by at most one */
	int year = (int)(floor_div((days + 719528) * 400, 146097));
	while (civil_days(year, 1, 1) > days)
		year--;
	while (civil_days(year + 1, 1, 1) <= days)
		year++;
	int64_t day = days - civil_days(year, 1, 1);
	int month = 1;
	while (day >= civil_month_days(year, month))
		day -= civil_month_days(year, month++);
	return (struct civil){ .year = year,
		.month = month,
		.day = (int)day + 1,
		.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60) };
}

/* Reads `count` digits; stops at the first other byte, so it never reads past the NUL. */
static bool read_digits(const char *text, int count, int *ret_value)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*ret_value = value;
	return true;
}

bool civil_read_date(const char *text, struct civil *ret_date)
{
	int year, month, day;
	if (!read_digits(text, 4, &year) || text[4] != '-' || !read_digits(text + 5, 2, &month) ||
		text[7] != '-' || !read_digits(text + 8, 2, &day))
		return false;
	if (year < 1 || day < 1 || day > civil_month_days(year, month))
		return false;
	*ret_date = (struct civil){ .year = year, .month = month, .day = day };
	return true;
}

bool civil_in_years(const struct civil *c)
{
	return c->year >= CIVIL_YEAR_FIRST && c->year <= CIVIL_YEAR_LAST;
}

bool civil_read_time(const char *text, struct civil *ret_time)
{
	int hour, minute;
	if (!read_digits(text, 2, &hour) || text[2] != ':' || !read_digits(text + 3, 2, &minute))
		return false;
	if (hour > 23 || minute > 59)
		return false;
	ret_time->hour = hour;
	ret_time->minute = minute;
	return true;
}

bool civil_read_local(const char *text, struct civil *ret_local)
{
	struct civil c;
	if (!civil_read_date(text, &c) || text[10] != 'T' || !civil_read_time(text + 11, &c))
		return false;
	if (text[16] == ':') {
		if (!read_digits(text + 17, 2, &c.second) || c.second > 59 || text[19] != '\0')
			return false;
	} else if (text[16] != '\0') {
		return false;
	}
	*ret_local = c;
	return true;
}
