#include "scheduling/calendar/slots.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/civil.h"

#define NOON_MINUTES (13 * 60)               /* the middle of nine to five */
#define STEPS_A_DAY  (26 * 3600 / SLOT_STEP) /* a day is longer when clocks go back */
#define DAY_SLOTS    8                       /* none overlap, so more are hardly ever wanted */

/* The wall clock of one person. If the offset is the same at both ends of a day and of the hours
 * after it, it is used for the whole day; otherwise it is looked up for every instant. */
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

/* Whether the person can meet from one minute to another, which may be on the next day. */
static bool works(const struct slot_person *person, int64_t day, int first, int last)
{
	while (first < last) {
		int until = hours_until(person, day, first);
		if (until == first)
			return false;
		first = until;
		if (first == DAY_MINUTES) {
			day++;
			first = 0;
			last -= DAY_MINUTES;
		}
	}
	return true;
}

/* The cost of the slot for this person, or -1 if they cannot meet then. Across a clock change, the
 * end is taken by the wall clock after it. */
static int cost_of(const struct wall *wall, int64_t starts, int64_t ends)
{
	int64_t local = local_of(wall, starts);
	int64_t day = hours_day(local);
	int first = (int)((local - day * DAY_SECONDS) / 60);
	int last = (int)((local_of(wall, ends) - day * DAY_SECONDS) / 60);
	if (last <= first || !works(wall->person, day, first, last))
		return -1;
	return abs((first + last) / 2 - NOON_MINUTES);
}

/* Whether the time is free; *at is the first busy time that ends after its start, and only moves
 * forward. */
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

static bool overlaps_any(const struct slot *slot, const struct slot *others, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slot->starts < others[i].ends && others[i].starts < slot->ends)
			return true;
	return false;
}

/* The slots of one of the first person's days, best first. */
struct best {
	struct slot slots[DAY_SLOTS];
	size_t count;
};

/* Finds the best slots of the day that begins at *at, none overlapping another or one of the day
 * before; moves *at to the next day. */
static void find_best(const struct slot_search *search, struct wall walls[SLOT_PEOPLE],
	size_t *busy, int64_t *at, const struct best *before, struct best *ret_best)
{
	struct slot tried[STEPS_A_DAY];
	size_t count = 0;
	for (int i = 0; i < SLOT_PEOPLE; i++)
		begin_day(&walls[i], *at);
	int64_t day = hours_day(local_of(&walls[0], *at));
	for (int step = 0; step < STEPS_A_DAY; step++, *at += SLOT_STEP) {
		int64_t starts = *at, ends = starts + search->minutes * INT64_C(60);
		if (hours_day(local_of(&walls[0], starts)) != day || ends > search->until)
			break;
		if (!is_free(search, busy, starts, ends))
			continue;
		int one = cost_of(&walls[0], starts, ends);
		int other = one < 0 ? -1 : cost_of(&walls[1], starts, ends);
		if (other >= 0)
			tried[count++] = (struct slot){ starts, ends, one > other ? one : other };
	}
	qsort(tried, count, sizeof *tried, by_cost);
	ret_best->count = 0;
	for (size_t i = 0; i < count && ret_best->count < DAY_SLOTS; i++)
		if (!overlaps_any(&tried[i], ret_best->slots, ret_best->count) &&
			!overlaps_any(&tried[i], before->slots, before->count))
			ret_best->slots[ret_best->count++] = tried[i];
}

size_t slots_find(const struct slot_search *search, struct slot ret_slots[SLOT_COUNT_MOST])
{
	struct best best[SLOT_DAYS_MOST + 2], none = { .count = 0 };
	size_t busy = 0, found = 0, days = 0;
	size_t wanted = search->count < SLOT_COUNT_MOST ? search->count : SLOT_COUNT_MOST;
	struct wall walls[SLOT_PEOPLE];
	for (int i = 0; i < SLOT_PEOPLE; i++)
		walls[i] = (struct wall){ &search->people[i], false, 0 };
	int64_t at = (search->from + SLOT_STEP - 1) / SLOT_STEP * SLOT_STEP;
	int64_t last = search->until - search->minutes * INT64_C(60);
	for (; days < SLOT_DAYS_MOST + 2 && at <= last; days++)
		find_best(search, walls, &busy, &at, days ? &best[days - 1] : &none, &best[days]);
	for (size_t turn = 0; turn < DAY_SLOTS && found < wanted; turn++)
		for (size_t day = 0; day < days && found < wanted; day++)
			if (turn < best[day].count)
				ret_slots[found++] = best[day].slots[turn];
	qsort(ret_slots, found, sizeof *ret_slots, by_start);
	return found;
}
