#include "scheduling/calendar/slots.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/civil.h"

#define NOON_MINUTES (13 * 60)               /* the middle of nine to five */
#define STEPS_A_DAY  (26 * 3600 / SLOT_STEP) /* clocks that go back make a day longer */
#define DAY_SLOTS    8                       /* no two of a day overlap, so few are ever wanted */

static const struct slot_hours usual[] = {
	{ 1, 540, 1020 },
	{ 2, 540, 1020 },
	{ 3, 540, 1020 },
	{ 4, 540, 1020 },
	{ 5, 540, 1020 },
};

/* The wall clock of one person. Where the offset is the same at both ends of a day and what follows
 * it, it holds for the whole; else each instant is looked up. */
struct wall {
	const struct slot_person *person;
	bool steady;
	int offset;
};

static void begin_day(struct wall *wall, int64_t from)
{
	wall->offset = zone_offset(wall->person->zone, from);
	wall->steady = zone_offset(wall->person->zone, from + DAY_SECONDS + DAY_SECONDS / 4) ==
		       wall->offset;
}

static int64_t local_of(const struct wall *wall, int64_t at)
{
	return at + (wall->steady ? wall->offset : zone_offset(wall->person->zone, at));
}

static int64_t floor_day(int64_t seconds)
{
	return (seconds - ((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) / DAY_SECONDS;
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

/* Whether the local time lies within one stretch of that weekday. */
static bool works(const struct slot_person *person, int64_t day, int starts, int ends)
{
	const struct slot_hours *hours = person->hour_count ? person->hours : usual;
	size_t count = person->hour_count ? person->hour_count : sizeof usual / sizeof *usual;
	int weekday = civil_weekday(day) == 0 ? 7 : civil_weekday(day);
	for (size_t i = 0; i < count; i++)
		if (hours[i].weekday == weekday && hours[i].starts <= starts &&
			ends <= hours[i].ends)
			return true;
	return false;
}

/* What the slot costs this person, or -1 where it cannot be. Across a change of the clocks the end
 * is where the wall clock is by then. */
static int cost_of(const struct wall *wall, int64_t starts, int64_t ends)
{
	int64_t local = local_of(wall, starts);
	int64_t day = floor_day(local);
	int first = (int)((local - day * DAY_SECONDS) / 60);
	int last = (int)((local_of(wall, ends) - day * DAY_SECONDS) / 60);
	if (last <= first || last > 1440 || !works(wall->person, day, first, last) ||
		is_holiday(wall->person, day))
		return -1;
	return abs((first + last) / 2 - NOON_MINUTES);
}

/* The first busy time that ends after the instant; *at moves on and never back. */
static bool is_free(const struct slot_search *search, size_t *at, int64_t starts, int64_t ends)
{
	while (*at < search->busy_count && search->busy[*at].ends <= starts)
		(*at)++;
	for (size_t i = *at; i < search->busy_count && search->busy[i].starts < ends; i++)
		if (search->busy[i].ends > starts)
			return false;
	return true;
}

static int by_cost(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return x->starts < y->starts ? -1 : x->starts > y->starts;
}

static int by_start(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	return x->starts < y->starts ? -1 : x->starts > y->starts;
}

/* The best slots of one day on the first one's wall clock, none overlapping another, best first.
 * *at: where the day begins, then where the next one does. */
static size_t best_of_day(const struct slot_search *search, struct wall walls[SLOT_PEOPLE],
	size_t *busy, int64_t *at, struct slot ret_best[DAY_SLOTS])
{
	struct slot tried[STEPS_A_DAY];
	size_t count = 0, kept = 0;
	for (int i = 0; i < SLOT_PEOPLE; i++)
		begin_day(&walls[i], *at);
	int64_t day = floor_day(local_of(&walls[0], *at));
	for (int step = 0; step < STEPS_A_DAY; step++, *at += SLOT_STEP) {
		int64_t starts = *at, ends = starts + search->minutes * INT64_C(60);
		if (floor_day(local_of(&walls[0], starts)) != day || ends > search->until)
			break;
		if (!is_free(search, busy, starts, ends))
			continue;
		int one = cost_of(&walls[0], starts, ends);
		int other = one < 0 ? -1 : cost_of(&walls[1], starts, ends);
		if (other >= 0)
			tried[count++] = (struct slot){ starts, ends, one > other ? one : other };
	}
	qsort(tried, count, sizeof *tried, by_cost);
	for (size_t i = 0; i < count && kept < DAY_SLOTS; i++) {
		bool apart = true;
		for (size_t k = 0; k < kept; k++)
			apart = apart && (tried[i].ends <= ret_best[k].starts ||
						 ret_best[k].ends <= tried[i].starts);
		if (apart)
			ret_best[kept++] = tried[i];
	}
	return kept;
}

size_t slots_find(const struct slot_search *search, struct slot ret_slots[SLOT_COUNT_MOST])
{
	struct slot best[SLOT_DAYS_MOST + 2][DAY_SLOTS];
	size_t kept[SLOT_DAYS_MOST + 2] = { 0 };
	size_t busy = 0, found = 0, days = 0;
	size_t wanted = search->count < SLOT_COUNT_MOST ? search->count : SLOT_COUNT_MOST;
	struct wall walls[SLOT_PEOPLE];
	for (int i = 0; i < SLOT_PEOPLE; i++)
		walls[i] = (struct wall){ &search->people[i], false, 0 };
	int64_t at = (search->from + SLOT_STEP - 1) / SLOT_STEP * SLOT_STEP;
	int64_t last = search->until - search->minutes * INT64_C(60);
	for (; days < SLOT_DAYS_MOST + 2 && at <= last; days++)
		kept[days] = best_of_day(search, walls, &busy, &at, best[days]);
	for (size_t turn = 0; turn < DAY_SLOTS && found < wanted; turn++)
		for (size_t day = 0; day < days && found < wanted; day++)
			if (turn < kept[day])
				ret_slots[found++] = best[day][turn];
	qsort(ret_slots, found, sizeof *ret_slots, by_start);
	return found;
}
