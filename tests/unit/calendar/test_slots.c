/* Common free slots: hours, holidays, busy times, two zones, changes of the clocks; and the speed.
 */
#include <time.h>

#include "base/civil.h"
#include "scheduling/calendar/slots.h"
#include "scheduling/calendar/windows.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define HOUR   INT64_C(3600)
#define PEOPLE 6

static int64_t at(const char *utc)
{
	int64_t seconds = 0;
	assert_int_equal(local_to_utc("UTC", utc, false, &seconds), ZONE_DONE);
	return seconds;
}

/* Those of the search at hand. */
static struct slot_person people[PEOPLE];

static struct slot_search search_of(
	const char *mine, const char *theirs, const char *from, int days, int minutes, size_t count)
{
	struct slot_search search = { .from = at(from), .minutes = minutes, .count = count };
	memset(people, 0, sizeof people);
	search.until = search.from + days * DAY_SECONDS;
	people[0].zone = zone_find(mine);
	people[1].zone = zone_find(theirs);
	assert_non_null(people[0].zone);
	assert_non_null(people[1].zone);
	search.people = people;
	search.person_count = 2;
	search.days = people[0].zone;
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
		people[i].hours = longer;
		people[i].hour_count = 1;
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
	const struct slot_span busy[] = {
		{ at("2027-01-04T09:00"), at("2027-01-04T13:00") },
		{ at("2027-01-04T10:00"), at("2027-01-04T11:00") },
		{ at("2027-01-04T13:30"), at("2027-01-04T17:00") },
		{ at("2027-01-06T00:00"), at("2027-01-06T16:15") },
	};
	people[1].holidays = &holiday;
	people[1].holiday_count = 1;
	people[0].busy = busy;
	people[0].busy_count = 2;
	people[1].busy = busy + 2;
	people[1].busy_count = 2;
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
		people[i].hours = night;
		people[i].hour_count = 1;
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

/* The rule of hours.h, for one instant of somebody's wall clock. */
static bool works_at(const struct slot_person *p, int64_t local)
{
	int64_t day = local / DAY_SECONDS;
	int minute = (int)(local % DAY_SECONDS / 60);
	int weekday = civil_weekday(day) == 0 ? 7 : civil_weekday(day);
	for (size_t i = 0; i < p->away_count; i++)
		if (p->away[i].starts <= local && local < p->away[i].ends)
			return false;
	for (size_t i = 0; i < p->extra_count; i++)
		if (p->extra[i].starts <= local && local < p->extra[i].ends)
			return true;
	for (size_t i = 0; i < p->holiday_count; i++)
		if (p->holidays[i] == day)
			return false;
	for (size_t i = 0; i < p->hour_count; i++)
		if (p->hours[i].weekday == weekday && p->hours[i].starts <= minute &&
			minute < p->hours[i].ends)
			return true;
	return p->hour_count == 0 && weekday <= 5 && minute >= 540 && minute < 1020;
}

/* Whether one of them comes to a slot, by the zone's own arithmetic. */
static bool comes(const struct slot_search *s, const struct slot_person *p, const struct slot *slot)
{
	int64_t from = slot->starts + zone_offset(p->zone, slot->starts);
	int64_t to = slot->ends + zone_offset(p->zone, slot->ends);
	for (size_t i = 0; i < p->busy_count; i++)
		if (p->busy[i].starts < slot->ends + s->buffer &&
			slot->starts - s->buffer < p->busy[i].ends)
			return false;
	for (size_t i = 0; i < p->full_count; i++)
		if (p->full[i].starts <= slot->starts && slot->starts < p->full[i].ends)
			return false;
	if (to <= from)
		return false;
	for (; from < to; from += SLOT_STEP)
		if (!works_at(p, from))
			return false;
	return true;
}

static bool allowed(const struct slot_search *s, const struct slot *slot)
{
	size_t absent = 0;
	for (size_t p = 0; p < s->person_count; p++)
		absent += !comes(s, &s->people[p], slot);
	return absent <= s->absent_most && absent < s->person_count && slot->starts >= s->from &&
	       slot->ends <= s->until;
}

static void random_calendars_give_allowed_slots_in_little_time(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Europe/Lisbon",
		"Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo" };
	struct slot slots[SLOT_COUNT_MOST];
	struct slot_span busy[400];
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
		people[round % 2].busy = busy;
		people[round % 2].busy_count = 400;
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

/* Days away and hours away, and extra hours, in two arrays of four; starts and lengths are multiples of
 * `grid` seconds, also past midnight. */
static void random_exceptions(struct prng *random, struct slot_person *person, int64_t from,
	int days, int64_t grid, struct slot_span spans[2][4])
{
	const int64_t day = from / DAY_SECONDS * DAY_SECONDS;
	for (int kind = 0; kind < 2; kind++)
		for (int i = 0; i < 4; i++) {
			const uint64_t steps = (uint64_t)(days * DAY_SECONDS / grid);
			const int64_t starts = day + (int64_t)prng_below(random, steps) * grid;
			const uint64_t most = (uint64_t)(6 * HOUR / grid);
			const int64_t length = kind == 0 && i == 0
						       ? DAY_SECONDS
						       : grid + (int64_t)prng_below(random, most) *
									 grid;
			const int64_t begins = kind == 0 && i == 0 ? hours_day(starts) * DAY_SECONDS
								   : starts;
			spans[kind][i] = (struct slot_span){ begins, begins + length };
		}
	person->away = spans[0];
	person->extra = spans[1];
	person->away_count = person->extra_count = prng_below(random, 5);
}

/* Whether it would have been offered beside these: each day of the first one's has room for eight. */
static bool is_missing(const struct slot_search *s, const struct slot *slot,
	const struct slot *slots, size_t count)
{
	const struct zone *zone = s->days;
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
	struct slot_span exceptions[2][2][4];
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
			people[p].hours = weeks[p];
			people[p].hour_count = random_week(&random, weeks[p]);
			random_exceptions(
				&random, &people[p], search.from, 6, SLOT_STEP, exceptions[p]);
		}
		people[round % 2].holidays = &holiday;
		people[round % 2].holiday_count = 1;
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
				&(struct slot){ at, at + search.minutes * INT64_C(60), 0, 0 },
				slots, count));
	}
	print_message("%d slots over midnight\n", over_midnight);
	assert_true(over_midnight > 50);
}

/* ---- several people ----------------------------------------------------------------------------*/

static bool is_better(const struct slot *a, const struct slot *b)
{
	if (a->absent != b->absent)
		return a->absent < b->absent;
	return a->cost != b->cost ? a->cost < b->cost : a->starts < b->starts;
}

static bool is_apart(const struct slot *slot, const struct slot *others, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slot->starts < others[i].ends && others[i].starts < slot->ends)
			return false;
	return true;
}

/* The slot as it would be offered. */
static struct slot weighed(const struct slot_search *s, int64_t starts)
{
	struct slot slot = { starts, starts + s->minutes * INT64_C(60), 0, 0 };
	for (size_t p = 0; p < s->person_count; p++) {
		const struct zone *zone = s->people[p].zone;
		const int64_t first = slot.starts + zone_offset(zone, slot.starts);
		const int64_t last = slot.ends + zone_offset(zone, slot.ends);
		const int64_t noon = hours_day(first) * DAY_SECONDS + 13 * HOUR;
		const int cost = abs((int)((first + last) / 2 / 60 - noon / 60));
		if (!comes(s, &s->people[p], &slot))
			slot.absent++;
		else if (cost > slot.cost)
			slot.cost = cost;
	}
	return slot;
}

/* All days, of each the eight best that keep apart from one another and from those of the day before:
 * slots[day * 8 + turn], starts 0 for none. */
static void try_everything(const struct slot_search *s, struct slot slots[][8], int days)
{
	const int64_t first = hours_day(s->from + zone_offset(s->days, s->from));
	for (int day = 0; day < days; day++)
		for (int turn = 0; turn < 8; turn++) {
			struct slot best = { 0 };
			for (int64_t at = s->from; at < s->until; at += SLOT_STEP) {
				const struct slot slot = weighed(s, at);
				if (hours_day(at + zone_offset(s->days, at)) == first + day &&
					allowed(s, &slot) &&
					is_apart(&slot, slots[day], (size_t)turn) &&
					(day == 0 || is_apart(&slot, slots[day - 1], 8)) &&
					(best.starts == 0 || is_better(&slot, &best)))
					best = slot;
			}
			slots[day][turn] = best;
		}
}

static int by_turn(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	return x->starts < y->starts ? -1 : x->starts > y->starts;
}

static void random_group(struct prng *random, struct slot_search *s, struct slot_hours weeks[][14],
	struct slot_span exceptions[][2][4], struct slot_span busy[][3])
{
	static const char *const zones[] = { "Europe/Berlin", "Europe/London", "America/New_York",
		"Europe/Berlin", "Asia/Kolkata", "Europe/Dublin" };
	static struct slot_span full;
	s->person_count = 1 + prng_below(random, PEOPLE);
	s->absent_most = prng_below(random, s->person_count);
	s->buffer = 300 * (int64_t)prng_below(random, 7);
	full.starts = s->from + DAY_SECONDS;
	full.ends = full.starts + DAY_SECONDS;
	for (size_t p = 0; p < s->person_count; p++) {
		people[p].zone = zone_find(zones[prng_below(random, 6)]);
		people[p].hours = weeks[p];
		people[p].hour_count = prng_below(random, 3) ? 0 : random_week(random, weeks[p]);
		random_exceptions(random, &people[p], s->from, 3, SLOT_STEP, exceptions[p]);
		for (int i = 0; i < 3; i++) {
			busy[p][i].starts = s->from + i * DAY_SECONDS +
					    (int64_t)prng_below(random, 1000) * 60;
			busy[p][i].ends = busy[p][i].starts + (int64_t)prng_below(random, 900) * 60;
		}
		people[p].busy = busy[p];
		people[p].busy_count = 3;
		people[p].full = &full;
		people[p].full_count = prng_below(random, 8) == 0;
	}
}

static void groups_get_what_trying_everything_finds(void **state)
{
	static const char *const days[] = { "2027-03-26T00:00", "2027-10-29T22:00",
		"2027-03-12T00:00", "2027-07-01T09:00" };
	struct slot_hours weeks[PEOPLE][14];
	struct slot_span exceptions[PEOPLE][2][4], busy[PEOPLE][3];
	struct prng random = { 37 };
	int compared = 0, absent = 0;
	(void)state;
	for (int round = 0; round < 60; round++) {
		struct slot slots[SLOT_COUNT_MOST], all[7][8], expected[SLOT_COUNT_MOST];
		struct slot_search search = search_of("UTC", "UTC", days[prng_below(&random, 4)], 5,
			30 * (1 + (int)prng_below(&random, 3)), 1 + prng_below(&random, 30));
		random_group(&random, &search, weeks, exceptions, busy);
		search.days = zone_find(round % 2 ? "Asia/Tokyo" : "Europe/Berlin");
		size_t count = slots_find(&search, slots), found = 0;
		try_everything(&search, all, 7);
		for (int turn = 0; turn < 8; turn++)
			for (int day = 0; day < 7; day++)
				if (all[day][turn].starts && found < search.count)
					expected[found++] = all[day][turn];
		qsort(expected, found, sizeof *expected, by_turn);
		assert_int_equal(count, found);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(slots[i].starts, expected[i].starts);
			assert_int_equal(slots[i].cost, expected[i].cost);
			assert_int_equal(slots[i].absent, expected[i].absent);
			absent += slots[i].absent > 0;
			compared++;
		}
	}
	print_message("%d slots of groups, %d without somebody\n", compared, absent);
	assert_true(compared > 300 && absent > 50);
}

/* ---- free windows of one person ---------------------------------------------------------------*/

static struct slot_person person_in(const char *zone)
{
	struct slot_person person = { .zone = zone_find(zone) };
	assert_non_null(person.zone);
	return person;
}

static void expect_windows(const struct slot_person *person, const char *from, const char *to,
	size_t count, const char *const expected[][2])
{
	struct windows windows;
	assert_true(windows_find(person, at(from), at(to), &windows));
	assert_int_equal(windows.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(windows.spans[i].starts, at(expected[i][0]));
		assert_int_equal(windows.spans[i].ends, at(expected[i][1]));
	}
	windows_release(&windows);
}

/* 27 March 2027 is a Saturday, and the clocks of Europe go forward on the day after; local seconds of
 * an exception are those of the same wall clock in UTC. */
static void exceptions_follow_the_wall(void **state)
{
	(void)state;
	struct slot_person person = person_in("Europe/Berlin");
	const struct slot_span extra[] = { { at("2027-03-27T10:00"), at("2027-03-27T14:00") },
		{ at("2027-03-27T20:00"), at("2027-03-28T00:00") },
		{ at("2027-03-28T00:00"), at("2027-03-28T04:00") } };
	const struct slot_span away = { at("2027-03-29T00:00"), at("2027-03-30T12:00") };
	person.extra = extra;
	person.extra_count = 1;
	expect_windows(&person, "2027-03-27T00:00", "2027-03-29T00:00", 1,
		(const char *const[][2]){ { "2027-03-27T09:00", "2027-03-27T13:00" } });
	/* up to 24:00 and on: one window, without the hour that is skipped */
	person.extra_count = 3;
	expect_windows(&person, "2027-03-27T14:00", "2027-03-29T00:00", 1,
		(const char *const[][2]){ { "2027-03-27T19:00", "2027-03-28T02:00" } });
	/* a day and a half away, after the change */
	person.away = &away;
	person.away_count = 1;
	expect_windows(&person, "2027-03-28T12:00", "2027-03-31T00:00", 1,
		(const char *const[][2]){ { "2027-03-30T10:00", "2027-03-30T15:00" } });
	/* who moves takes the hours along */
	person.zone = zone_find("America/New_York");
	expect_windows(&person, "2027-03-28T12:00", "2027-03-31T00:00", 1,
		(const char *const[][2]){ { "2027-03-30T16:00", "2027-03-30T21:00" } });
	/* wholly within the gap there is nothing */
	const struct slot_span gap = { at("2027-03-28T02:15"), at("2027-03-28T02:45") };
	person = person_in("Europe/Berlin");
	person.extra = &gap;
	person.extra_count = 1;
	expect_windows(&person, "2027-03-27T00:00", "2027-03-29T00:00", 0, NULL);
	/* and what comes twice in autumn is there twice */
	const struct slot_span twice = { at("2027-10-31T02:15"), at("2027-10-31T02:45") };
	person.extra = &twice;
	expect_windows(&person, "2027-10-30T00:00", "2027-11-01T00:00", 2,
		(const char *const[][2]){ { "2027-10-31T00:15", "2027-10-31T00:45" },
			{ "2027-10-31T01:15", "2027-10-31T01:45" } });
}

/* Each minute is in a window if and only if the person can meet then, and windows do not touch. */
static void windows_agree_with_every_minute(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "America/St_Johns" };
	static const char *const days[] = { "2027-03-25T00:00", "2027-03-11T05:01",
		"2027-11-04T00:00", "2010-11-04T00:13", "2027-04-27T13:07" };
	struct slot_hours week[14];
	struct slot_span exceptions[2][4], busy[6];
	struct prng random = { 26 };
	int64_t free_minutes = 0;
	(void)state;
	for (int round = 0; round < 120; round++) {
		struct slot_person person = person_in(zones[prng_below(&random, 6)]);
		struct windows windows;
		const int64_t from = at(days[prng_below(&random, 5)]),
			      until = from + 5 * DAY_SECONDS;
		const int64_t holiday = from / DAY_SECONDS + (int64_t)prng_below(&random, 5);
		person.hours = week;
		person.hour_count = round % 5 ? random_week(&random, week) : 0;
		person.holidays = &holiday;
		person.holiday_count = 1;
		random_exceptions(&random, &person, from, 6, 60, exceptions);
		for (int i = 0; i < 6; i++) {
			busy[i].starts = from + i * 20 * HOUR +
					 (int64_t)prng_below(&random, 600) * 60;
			busy[i].ends = busy[i].starts + 60 + (int64_t)prng_below(&random, 400) * 60;
		}
		person.busy = busy;
		person.busy_count = 6;
		assert_true(windows_find(&person, from, until, &windows));
		size_t w = 0;
		for (int64_t now = from; now < until; now += 60) {
			bool can = works_at(&person, now + zone_offset(person.zone, now));
			for (int i = 0; i < 6; i++)
				can = can && !(busy[i].starts <= now && now < busy[i].ends);
			while (w < windows.count && windows.spans[w].ends <= now)
				w++;
			assert_int_equal(can, w < windows.count && windows.spans[w].starts <= now);
			free_minutes += can;
		}
		for (size_t i = 1; i < windows.count; i++)
			assert_true(windows.spans[i - 1].ends < windows.spans[i].starts);
		windows_release(&windows);
	}
	assert_true(free_minutes > 50000);
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
		cmocka_unit_test(groups_get_what_trying_everything_finds),
		cmocka_unit_test(exceptions_follow_the_wall),
		cmocka_unit_test(windows_agree_with_every_minute),
	};
	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
