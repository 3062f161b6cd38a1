/* Common free slots: hours, holidays, busy times, two zones, changes of the clocks; and the speed.
 */
#include <time.h>

#include "base/civil.h"
#include "scheduling/calendar/slots.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define HOUR INT64_C(3600)

static int64_t at(const char *utc)
{
	int64_t seconds = 0;
	assert_int_equal(local_to_utc("UTC", utc, false, &seconds), ZONE_DONE);
	return seconds;
}

static struct slot_search search_of(
	const char *mine, const char *theirs, const char *from, int days, int minutes, size_t count)
{
	struct slot_search search = { .from = at(from), .minutes = minutes, .count = count };
	search.until = search.from + days * DAY_SECONDS;
	search.people[0].zone = zone_find(mine);
	search.people[1].zone = zone_find(theirs);
	assert_non_null(search.people[0].zone);
	assert_non_null(search.people[1].zone);
	return search;
}

static void one_zone_meets_around_one_o_clock_on_each_working_day(void **state)
{
	struct slot slots[SLOT_COUNT_MOST];
	(void)state;
	/* 2 January 2027 is a Saturday */
	struct slot_search search = search_of(
		"Europe/Berlin", "Europe/Berlin", "2027-01-02T00:00", 9, 60, 5);
	assert_int_equal(slots_find(&search, slots), 5);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(slots[i].starts, at("2027-01-04T11:30") + i * DAY_SECONDS);
		assert_int_equal(slots[i].ends - slots[i].starts, HOUR);
	}
	/* more than days: the second best of a day, none overlapping */
	search.count = 7;
	assert_int_equal(slots_find(&search, slots), 7);
	for (int i = 1; i < 7; i++)
		assert_true(slots[i - 1].ends <= slots[i].starts);
}

/* Nine to five in Auckland lies in two days of UTC, and counts as one. */
static void a_day_is_that_of_who_asks(void **state)
{
	struct slot slots[SLOT_COUNT_MOST];
	(void)state;
	static const char *const zones[] = { "Pacific/Auckland", "America/Los_Angeles",
		"Australia/Lord_Howe", "Pacific/Kiritimati" };
	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
		/* ten working days on either side of changes of the clocks */
		struct slot_search search = search_of(
			zones[z], zones[z], "2027-03-27T12:00", 16, 60, 10);
		const struct zone *zone = search.people[0].zone;
		assert_int_equal(slots_find(&search, slots), 10);
		for (int i = 0; i < 10; i++) {
			int64_t local = slots[i].starts + zone_offset(zone, slots[i].starts);
			assert_int_equal(local % DAY_SECONDS, 12 * HOUR + HOUR / 2);
			if (i > 0)
				assert_true(slots[i].starts - slots[i - 1].starts > 22 * HOUR);
		}
	}
}

static void two_zones_meet_where_it_suits_both(void **state)
{
	struct slot slots[SLOT_COUNT_MOST];
	(void)state;
	/* nine to five in New York is three to eleven in Berlin: two hours in common */
	struct slot_search search = search_of(
		"Europe/Berlin", "America/New_York", "2027-01-04T00:00", 1, 60, 1);
	assert_int_equal(slots_find(&search, slots), 1);
	assert_int_equal(slots[0].starts, at("2027-01-04T14:30")); /* 15:30 there, 09:30 here */
	search = search_of("Europe/Berlin", "Asia/Tokyo", "2027-01-04T00:00", 14, 60, 10);
	assert_int_equal(slots_find(&search, slots), 0);
	/* with long days it goes, and is as early for the one as late for the other */
	const struct slot_hours longer[] = { { 1, 360, 1320 } };
	for (int i = 0; i < 2; i++) {
		search.people[i].hours = longer;
		search.people[i].hour_count = 1;
	}
	search.count = 2; /* the best of either Monday */
	assert_int_equal(slots_find(&search, slots), 2);
	assert_int_equal(slots[0].starts % DAY_SECONDS, 8 * HOUR - HOUR / 2); /* 08:30 and 16:30 */
	assert_int_equal(slots[0].cost, 240);
}

static void nobody_meets_on_a_holiday_or_in_a_meeting(void **state)
{
	struct slot slots[SLOT_COUNT_MOST];
	(void)state;
	struct slot_search search = search_of("UTC", "UTC", "2027-01-04T00:00", 3, 30, 3);
	const int64_t holiday = at("2027-01-05T00:00") / DAY_SECONDS;
	const struct slot_busy busy[] = {
		{ at("2027-01-04T09:00"), at("2027-01-04T13:00") },
		{ at("2027-01-04T10:00"), at("2027-01-04T11:00") },
		{ at("2027-01-04T13:30"), at("2027-01-04T17:00") },
		{ at("2027-01-06T00:00"), at("2027-01-06T16:15") },
	};
	search.people[1].holidays = &holiday;
	search.people[1].holiday_count = 1;
	search.busy = busy;
	search.busy_count = 4;
	assert_int_equal(slots_find(&search, slots), 2);
	assert_int_equal(slots[0].starts, at("2027-01-04T13:00"));
	assert_int_equal(slots[1].starts, at("2027-01-06T16:15"));
}

static void a_change_of_the_clocks_moves_the_slot_with_the_wall(void **state)
{
	struct slot slots[SLOT_COUNT_MOST];
	(void)state;
	/* forward on Sunday 28 March 2027; both work on Sundays from one to four in the morning */
	const struct slot_hours night[] = { { 7, 60, 240 } };
	struct slot_search search = search_of(
		"Europe/Berlin", "Europe/Paris", "2027-03-20T00:00", 9, 60, 10);
	for (int i = 0; i < 2; i++) {
		search.people[i].hours = night;
		search.people[i].hour_count = 1;
	}
	size_t count = slots_find(&search, slots);
	int before = 0, after = 0;
	for (size_t i = 0; i < count; i++) {
		before += slots[i].starts < at("2027-03-22T00:00");
		after += slots[i].starts >= at("2027-03-22T00:00");
		for (int p = 0; p < 2; p++) {
			int64_t local = slots[i].starts +
					zone_offset(search.people[p].zone, slots[i].starts);
			assert_true(local % DAY_SECONDS >= HOUR);
			assert_true(local % DAY_SECONDS < 4 * HOUR);
		}
	}
	assert_int_equal(before, 3); /* three hours of night, */
	assert_int_equal(after, 2);  /* of which one is skipped */
}

/* The rule of the header, for one quarter of an hour of somebody's wall clock. */
static bool works_at(const struct slot_person *p, int64_t local)
{
	int64_t day = local / DAY_SECONDS;
	int minute = (int)(local % DAY_SECONDS / 60);
	int weekday = civil_weekday(day) == 0 ? 7 : civil_weekday(day);
	for (size_t i = 0; i < p->holiday_count; i++)
		if (p->holidays[i] == day)
			return false;
	for (size_t i = 0; i < p->hour_count; i++)
		if (p->hours[i].weekday == weekday && p->hours[i].starts <= minute &&
			minute < p->hours[i].ends)
			return true;
	return p->hour_count == 0 && weekday <= 5 && minute >= 540 && minute < 1020;
}

/* The same for one slot, by the zone's own arithmetic. */
static bool allowed(const struct slot_search *s, const struct slot *slot)
{
	for (size_t i = 0; i < s->busy_count; i++)
		if (s->busy[i].starts < slot->ends && slot->starts < s->busy[i].ends)
			return false;
	for (int p = 0; p < 2; p++) {
		int64_t from = slot->starts + zone_offset(s->people[p].zone, slot->starts);
		int64_t to = slot->ends + zone_offset(s->people[p].zone, slot->ends);
		if (to <= from)
			return false;
		for (; from < to; from += SLOT_STEP)
			if (!works_at(&s->people[p], from))
				return false;
	}
	return slot->starts >= s->from && slot->ends <= s->until;
}

static void random_calendars_give_allowed_slots_in_little_time(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Europe/Lisbon",
		"Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo" };
	struct slot slots[SLOT_COUNT_MOST];
	struct slot_busy busy[400];
	struct prng random = { 20 };
	double slowest = 0;
	(void)state;
	for (int round = 0; round < 60; round++) {
		struct slot_search search = search_of(zones[prng_below(&random, 6)],
			zones[prng_below(&random, 6)], "2027-01-30T10:07", 91,
			15 + 15 * (int)prng_below(&random, 8), 50);
		for (int i = 0; i < 400; i++) {
			busy[i].starts = search.from + i * INT64_C(19000);
			busy[i].ends = busy[i].starts + (int64_t)prng_below(&random, 9000);
		}
		search.busy = busy;
		search.busy_count = 400;
		struct timespec begin, end;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
		size_t count = slots_find(&search, slots);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
		double took = (double)(end.tv_sec - begin.tv_sec) * 1e3 +
			      (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
		slowest = took > slowest ? took : slowest;
		for (size_t i = 0; i < count; i++)
			assert_true(allowed(&search, &slots[i]));
	}
	print_message("13 weeks, 400 busy times: %.2f ms of processor at most\n", slowest);
}

/* Windows of one or more half hours, midnight as likely as the rest of the day together. */
static size_t random_week(struct prng *random, struct slot_hours hours[14])
{
	size_t count = 0;
	for (int day = 1; day <= 7; day++) {
		int dawn = 30 * (int)prng_below(random, 12),
		    dusk = 1440 - 30 * (int)prng_below(random, 12);
		if (dawn && prng_below(random, 4))
			hours[count++] = (struct slot_hours){ day, 0, dawn };
		if (dusk < 1440 && prng_below(random, 4))
			hours[count++] = (struct slot_hours){ day, dusk, 1440 };
	}
	return count;
}

/* Whether it would have been offered beside these: each day of the first one's has room for eight. */
static bool is_missing(const struct slot_search *s, const struct slot *slot,
	const struct slot *slots, size_t count)
{
	const struct zone *zone = s->people[0].zone;
	int64_t day = (slot->starts + zone_offset(zone, slot->starts)) / DAY_SECONDS;
	int of_day = 0;
	for (size_t i = 0; i < count; i++) {
		if (slot->starts < slots[i].ends && slots[i].starts < slot->ends)
			return false;
		of_day += (slots[i].starts + zone_offset(zone, slots[i].starts)) / DAY_SECONDS ==
			  day;
	}
	return of_day < 8 && allowed(s, slot);
}

static void nights_are_as_good_as_days(void **state)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Cairo" };
	static const char *const days[] = { "2027-03-25T00:00", "2027-03-11T05:00",
		"2027-11-04T00:00", "2027-04-27T13:00", "2027-07-01T00:00" };
	struct slot slots[SLOT_COUNT_MOST];
	struct slot_hours weeks[2][14];
	struct prng random = { 24 };
	int over_midnight = 0;
	(void)state;
	for (int round = 0; round < 300; round++) {
		const char *here = zones[prng_below(&random, 7)];
		const char *there = prng_below(&random, 2) ? here : zones[prng_below(&random, 7)];
		struct slot_search search = search_of(here, there, days[prng_below(&random, 5)], 5,
			15 + 15 * (int)prng_below(&random, 12), 50);
		const int64_t holiday = search.from / DAY_SECONDS + (int64_t)prng_below(&random, 9);
		for (int p = 0; p < 2; p++) {
			search.people[p].hours = weeks[p];
			search.people[p].hour_count = random_week(&random, weeks[p]);
		}
		search.people[round % 2].holidays = &holiday;
		search.people[round % 2].holiday_count = 1;
		size_t count = slots_find(&search, slots);
		for (size_t i = 0; i < count; i++) {
			int offset = zone_offset(search.people[0].zone, slots[i].starts);
			assert_true(allowed(&search, &slots[i]));
			assert_true(i == 0 || slots[i - 1].ends <= slots[i].starts);
			over_midnight += (slots[i].starts + offset) / DAY_SECONDS !=
					 (slots[i].ends - 1 + offset) / DAY_SECONDS;
		}
		for (int64_t at = search.from; at < search.until; at += SLOT_STEP)
			assert_false(is_missing(&search,
				&(struct slot){ at, at + search.minutes * INT64_C(60), 0 }, slots,
				count));
	}
	print_message("%d slots over midnight\n", over_midnight);
	assert_true(over_midnight > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_zone_meets_around_one_o_clock_on_each_working_day),
		cmocka_unit_test(a_day_is_that_of_who_asks),
		cmocka_unit_test(two_zones_meet_where_it_suits_both),
		cmocka_unit_test(nobody_meets_on_a_holiday_or_in_a_meeting),
		cmocka_unit_test(a_change_of_the_clocks_moves_the_slot_with_the_wall),
		cmocka_unit_test(random_calendars_give_allowed_slots_in_little_time),
		cmocka_unit_test(nights_are_as_good_as_days),
	};
	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
