/*
 * Recurrences: 1,000 random series in ten zones as python-dateutil and zoneinfo find them
 * (recur_expectations.py), read from iCalendar as a whole; and what holds for any rule.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "scheduling/calendar/busy.h"
#include "scheduling/calendar/recur.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define EXPECTATIONS "tests/unit/calendar/recur_expectations.csv"
#define SERIES	     1000

static int64_t at(const char *text)
{
	struct civil c;
	assert_true(civil_read_local(text, &c));
	return civil_seconds(&c);
}

/* The starts of a series as its busy times: how many, their sum and the last. */
static void starts_of(const char *zone, const char *start, const char *rule, long long ret_sums[3])
{
	char text[1024];
	struct busy busy;
	snprintf(text, sizeof text,
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTART;TZID=%s:%s\r\n"
		"DURATION:PT1S\r\nRRULE:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		zone, start, rule);
	const struct busy_query query = { .text = text,
		.length = strlen(text),
		.home = zone_find("UTC"),
		.from = at("2027-01-01T00:00"),
		.until = at("2028-12-31T00:00") };
	assert_int_equal(busy_read(&query, &busy), BUSY_READ);
	ret_sums[0] = (long long)busy.count;
	ret_sums[1] = ret_sums[2] = 0;
	for (size_t i = 0; i < busy.count; i++) {
		ret_sums[1] += busy.spans[i].starts;
		ret_sums[2] = busy.spans[i].starts;
	}
	busy_release(&busy);
}

static void series_take_place_when_others_say(void **state)
{
	char zone[64], start[32], rule[256];
	long long wanted[3], found[3];
	int series = 0;
	FILE *file = fopen(EXPECTATIONS, "r");
	(void)state;
	assert_non_null(file);
	while (fscanf(file, "%63s %31s %255s %lld %lld %lld", zone, start, rule, &wanted[0],
		       &wanted[1], &wanted[2]) == 6) {
		starts_of(zone, start, rule, found);
		if (memcmp(found, wanted, sizeof wanted) != 0)
			fail_msg("%s %s %s: %lld, %lld, %lld", zone, start, rule, found[0],
				found[1], found[2]);
		series++;
	}
	fclose(file);
	assert_int_equal(series, SERIES);
}

/* A rule of meetings: days in order, each once, within the bounds; a part is what the whole has there; the
 * number of months or weeks between two is a multiple of the interval. */
static void meetings_keep_to_their_rhythm(void **state)
{
	struct prng dice = { 20270328 };
	(void)state;
	for (int i = 0; i < 5000; i++) {
		int64_t days[400], part[400], first = 20000 + (int64_t)(prng_next(&dice) % 2000);
		enum recur_unit unit = prng_next(&dice) % 2 ? RECUR_MONTHLY : RECUR_WEEKLY;
		int every = 1 + (int)(prng_next(&dice) % 6);
		struct recur rule = recur_meetings(unit, every, prng_next(&dice) % 2, first);
		size_t count = recur_days(&rule, first, first, first + 1000, days, 400);
		assert_true(count > 0);
		assert_int_equal(days[0], first);
		const struct civil a = civil_from_seconds(first * DAY_SECONDS);
		for (size_t k = 1; k < count; k++) {
			const struct civil b = civil_from_seconds(days[k] * DAY_SECONDS);
			assert_true(days[k] > days[k - 1]);
			if (unit == RECUR_WEEKLY)
				assert_int_equal(days[k], first + (int64_t)k * 7 * every);
			else
				assert_int_equal((b.year - a.year) * 12 + b.month - a.month,
					(int64_t)k * every); /* no month is left out */
		}
		int64_t from = first + (int64_t)(prng_next(&dice) % 900);
		size_t rest = recur_days(&rule, first, from, first + 1000, part, 400);
		assert_true(rest <= count);
		for (size_t k = 0; k < rest; k++)
			assert_int_equal(part[k], days[count - rest + k]);
	}
}

static void the_same_weekday_or_the_same_day_of_the_month(void **state)
{
	int64_t days[12];
	(void)state;
	/* Wednesday 31 March 2027: the last of its month, and the fifth Wednesday */
	int64_t first = civil_days(2027, 3, 31);
	struct recur rule = recur_meetings(RECUR_MONTHLY, 1, false, first);
	assert_int_equal(recur_days(&rule, first, first, first + 70, days, 12), 3);
	assert_int_equal(days[1], civil_days(2027, 4, 30));
	assert_int_equal(days[2], civil_days(2027, 5, 31));
	rule = recur_meetings(RECUR_MONTHLY, 2, true, first);
	assert_int_equal(recur_days(&rule, first, first, first + 70, days, 12), 2);
	assert_int_equal(days[1], civil_days(2027, 5, 26)); /* the last Wednesday */
	first = civil_days(2027, 4, 14);
	rule = recur_meetings(RECUR_MONTHLY, 1, true, first);
	assert_int_equal(recur_days(&rule, first, first, first + 35, days, 12), 2);
	assert_int_equal(days[1], civil_days(2027, 5, 12)); /* the second Wednesday */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series_take_place_when_others_say),
		cmocka_unit_test(meetings_keep_to_their_rhythm),
		cmocka_unit_test(the_same_weekday_or_the_same_day_of_the_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
