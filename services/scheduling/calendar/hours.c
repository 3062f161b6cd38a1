#include "scheduling/calendar/hours.h"

#include <stdbool.h>

#include "base/civil.h"

static const struct slot_hours usual[] = {
	{ 1, 540, 1020 },
	{ 2, 540, 1020 },
	{ 3, 540, 1020 },
	{ 4, 540, 1020 },
	{ 5, 540, 1020 },
};

int64_t hours_day(int64_t local)
{
	return (local - ((local % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) / DAY_SECONDS;
}

static bool is_holiday(const struct slot_person *person, int64_t day)
{
	size_t low = 0, high = person->holiday_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (person->holidays[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < person->holiday_count && person->holidays[low] == day;
}

static const struct slot_hours *week_of(const struct slot_person *person, size_t *ret_count)
{
	*ret_count = person->hour_count ? person->hour_count : sizeof usual / sizeof *usual;
	return person->hour_count ? person->hours : usual;
}

static int weekday_of(int64_t day)
{
	return civil_weekday(day) == 0 ? 7 : civil_weekday(day);
}

/* Local seconds as a minute of the day, clamped to the day. */
static int minute_of(int64_t local, int64_t day)
{
	int64_t minute = (local - day * DAY_SECONDS) / 60;
	return (int)(minute < 0 ? 0 : minute > DAY_MINUTES ? DAY_MINUTES : minute);
}

int hours_until(const struct slot_person *person, int64_t day, int minute)
{
	const int64_t at = day * DAY_SECONDS + minute * INT64_C(60);
	size_t count;
	const struct slot_hours *hours = week_of(person, &count);
	int weekday = weekday_of(day), until = minute;
	for (size_t i = 0; i < count; i++)
		if (hours[i].weekday == weekday && hours[i].starts <= minute &&
			minute < hours[i].ends && !is_holiday(person, day))
			until = hours[i].ends;
	for (size_t i = 0; i < person->extra_count; i++)
		if (person->extra[i].starts <= at && at < person->extra[i].ends &&
			minute_of(person->extra[i].ends, day) > until)
			until = minute_of(person->extra[i].ends, day);
	for (size_t i = 0; until > minute && i < person->away_count; i++) {
		const struct slot_span *away = &person->away[i];
		if (away->starts <= at && at < away->ends)
			until = minute;
		else if (away->starts > at && minute_of(away->starts, day) < until)
			until = minute_of(away->starts, day);
	}
	return until;
}

static void sooner(int minute, int change, int *first)
{
	if (change > minute && change < *first)
		*first = change;
}

int hours_change(const struct slot_person *person, int64_t day, int minute)
{
	size_t count;
	const struct slot_hours *hours = week_of(person, &count);
	int first = DAY_MINUTES;
	for (size_t i = 0; i < count; i++) {
		if (hours[i].weekday != weekday_of(day))
			continue;
		sooner(minute, hours[i].starts, &first);
		sooner(minute, hours[i].ends, &first);
	}
	for (size_t i = 0; i < person->extra_count; i++) {
		sooner(minute, minute_of(person->extra[i].starts, day), &first);
		sooner(minute, minute_of(person->extra[i].ends, day), &first);
	}
	for (size_t i = 0; i < person->away_count; i++) {
		sooner(minute, minute_of(person->away[i].starts, day), &first);
		sooner(minute, minute_of(person->away[i].ends, day), &first);
	}
	return first;
}
