/* Calendar arithmetic and the date formats, against glibc's timegm over 1583 to 9999. */
#include <time.h>

#include "base/civil.h"
#include "base/str.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

/* glibc normalises a day that does not exist into another month: an oracle of its own kind. */
static bool exists(int year, int month, int day, int64_t *ret_days)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
	*ret_days = timegm(&tm) / 86400;
	return tm.tm_year == year - 1900 && tm.tm_mon == month - 1 && tm.tm_mday == day;
}

static void civil_agrees_with_timegm_on_every_day(void **state)
{
	int64_t days;
	char text[16];
	struct civil read;
	(void)state;
	for (int year = 1583; year <= 9999; year++) {
		for (int month = 1; month <= 12; month++) {
			for (int day = 1; day <= 31; day++) {
				bool real = exists(year, month, day, &days);
				snprintf(text, sizeof text, "%04u-%02u-%02u",
					(unsigned)year % 10000, (unsigned)month % 100,
					(unsigned)day % 100);
				if (civil_read_date(text, &read) != real)
					fail_msg("%s", text);
				if (real && civil_days(year, month, day) != days)
					fail_msg("%s is day %" PRId64, text, days);
			}
		}
	}
}

static void civil_inverts_itself(void **state)
{
	struct prng p = { 1583 };
	(void)state;
	for (int i = 0; i < 200000; i++) {
		int64_t seconds = (int64_t)prng_below(&p, INT64_C(900000000000)) - 300000000000;
		struct civil c = civil_from_seconds(seconds);
		time_t when = (time_t)seconds;
		struct tm tm;
		assert_int_equal(civil_seconds(&c), seconds);
		assert_non_null(gmtime_r(&when, &tm));
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour * 3600 + c.minute * 60 + c.second,
			tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
		assert_int_equal(civil_weekday(civil_days(c.year, c.month, c.day)), tm.tm_wday);
	}
}

static void civil_refuses_other_writings_of_a_day(void **state)
{
	static const char *const bad[] = { "", "2024", "2024-1-1", "24-01-01", "2024-01-01 ",
		" 2024-01-01", "2024/01/01", "2024-00-01", "2024-13-01", "2024-01-00", "2024-04-31",
		"2023-02-29", "1900-02-29", "0000-01-01", "-001-01-01", "+024-01-01", "20240101",
		"2024-01-0a", "2024-01-011", "2024-01-01T00:00:00Z" };
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (str_is_date(bad[i]))
			fail_msg("'%s' is taken for a day", bad[i]);
	}
	assert_true(str_is_date("2000-02-29"));
}

/* A day may be any; what comes in is of the years that the product speaks of. */
static void civil_knows_the_years_of_what_comes_in(void **state)
{
	static const struct {
		const char *day;
		bool in;
	} days[] = { { "0001-01-01", false }, { "1999-12-31", false }, { "2000-01-01", true },
		{ "2199-12-31", true }, { "2200-01-01", false }, { "9999-12-31", false } };
	(void)state;
	for (size_t i = 0; i < COUNT(days); i++) {
		struct civil day;
		char instant[40], utc[STR_INSTANT];
		assert_true(civil_read_date(days[i].day, &day));
		snprintf(instant, sizeof instant, "%sT23:59:59Z", days[i].day);
		assert_int_equal(civil_in_years(&day), days[i].in);
		assert_int_equal(str_is_date(days[i].day), days[i].in);
		assert_int_equal(str_to_instant(instant, utc), days[i].in);
	}
	assert_string_equal(CIVIL_YEARS, "from 2000 to 2199");
	assert_int_equal(CIVIL_YEAR_FIRST, 2000);
	assert_int_equal(CIVIL_YEAR_LAST, 2199);
}

static void civil_writes_instants_as_utc(void **state)
{
	static const char *const good[][2] = { { "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z" },
		{ "2024-12-31T23:59:59.999999Z", "2024-12-31T23:59:59.999999Z" },
		{ "2024-02-29T12:00:00.5Z", "2024-02-29T12:00:00.5Z" },
		{ "2024-01-01t00:00:00z", "2024-01-01T00:00:00Z" },
		{ "2026-12-01T00:00:00+00:00", "2026-12-01T00:00:00Z" },
		{ "2026-12-01T00:00:00-00:00", "2026-12-01T00:00:00Z" },
		{ "2024-03-01T01:30:00+02:00", "2024-02-29T23:30:00Z" },
		{ "2023-12-31T23:59:59.25-05:45", "2024-01-01T05:44:59.25Z" },
		{ "2024-01-01T00:00:00.123456789+23:59", "2023-12-31T00:01:00.123456Z" } };
	static const char *const bad[] = { "2024-01-01T00:00:00", "2024-01-01T00:00Z",
		"2024-01-01 00:00:00Z", "2024-01-01T00:00:00+0000", "2024-01-01T00:00:00 00:00",
		"2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60",
		"2024-01-01T00:00:00+00:00Z", "2024-01-01T00:00:60Z", "2024-01-01T24:00:00Z",
		"2024-02-30T00:00:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z",
		"2024-01-01T00:00:00ZZ", "2024-01-01T00:60:00Z", "2024-01-01T00:00:0Z",
		"2000-01-01T00:00:00+00:01", "2199-12-31T23:59:59-00:01", "" };
	char utc[STR_INSTANT];
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(str_to_instant(good[i][0], utc));
		assert_string_equal(utc, good[i][1]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (str_to_instant(bad[i], utc))
			fail_msg("'%s' is taken for an instant", bad[i]);
	}
}

static void civil_reads_every_minute_of_a_day(void **state)
{
	char text[8];
	(void)state;
	for (unsigned hour = 0; hour < 100; hour++) {
		for (unsigned minute = 0; minute < 100; minute++) {
			snprintf(text, sizeof text, "%02u:%02u", hour, minute);
			assert_int_equal(str_is_local_time(text), hour < 24 && minute < 60);
			assert_int_equal(str_is_local_end(text),
				(hour < 24 && minute < 60) || (hour == 24 && minute == 0));
		}
	}
	assert_false(str_is_local_time("9:00"));
	assert_false(str_is_local_time("09:00:00"));
	assert_false(str_is_local_time("09:0"));
	assert_false(str_is_local_time(""));
	assert_false(str_is_local_end("24:00:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(civil_agrees_with_timegm_on_every_day),
		cmocka_unit_test(civil_inverts_itself),
		cmocka_unit_test(civil_refuses_other_writings_of_a_day),
		cmocka_unit_test(civil_writes_instants_as_utc),
		cmocka_unit_test(civil_knows_the_years_of_what_comes_in),
		cmocka_unit_test(civil_reads_every_minute_of_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
