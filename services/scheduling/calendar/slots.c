#include "scheduling/calendar/slots.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/civil.h"

#define NOON_MINUTES (13 * 60)               /* the middle of nine to five */
#define STEPS_A_DAY  (26 * 3600 / SLOT_STEP) /* a day is longer when clocks go back */
#define DAY_SLOTS    8                       /* none overlap, so more are hardly ever wanted */

/* The wall clock and the busy times of one person. If the offset is the same at both ends of a day and
 * of the hours after it, it is used for the whole day; otherwise it is looked up for every instant. */
struct wall {
	const struct slot_person *person;
	bool steady;
	int offset;
	size_t busy; /* the first busy time that ends after the start last tried */
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

/* Whether the time is free; starts only move forward. */
static bool is_free(struct wall *wall, int64_t starts, int64_t ends)
{
	const struct slot_person *person = wall->person;
	while (wall->busy < person->busy_count && person->busy[wall->busy].ends <= starts)
		wall->busy++;
	for (size_t i = wall->busy; i < person->busy_count && person->busy[i].starts < ends; i++)
		if (person->busy[i].ends > starts)
			return false;
	return true;
}

static bool is_full(const struct slot_person *person, int64_t starts)
{
	for (size_t i = 0; i < person->full_count; i++)
		if (person->full[i].starts <= starts && starts < person->full[i].ends)
			return true;
	return false;
}

/* The cost of the slot for this person, or -1 if they cannot meet then. Across a clock change, the
 * end is taken by the wall clock after it. */
static int cost_of(struct wall *wall, int64_t starts, int64_t ends, int64_t buffer)
{
	if (!is_free(wall, starts - buffer, ends + buffer) || is_full(wall->person, starts))
		return -1;
	int64_t local = local_of(wall, starts);
	int64_t day = hours_day(local);
	int first = (int)((local - day * DAY_SECONDS) / 60);
	int last = (int)((local_of(wall, ends) - day * DAY_SECONDS) / 60);
	if (last <= first || !works(wall->person, day, first, last))
		return -1;
	return abs((first + last) / 2 - NOON_MINUTES);
}

/* Fills in what the slot costs and how many cannot come. False: too many, or everybody. */
static bool rate(const struct slot_search *search, struct wall *walls, struct slot *slot)
{
	slot->cost = -1;
	slot->absent = 0;
	for (size_t i = 0; i < search->person_count; i++) {
		int cost = cost_of(&walls[i], slot->starts, slot->ends, search->buffer);
		if (cost < 0 && ++slot->absent > search->absent_most)
			return false;
		slot->cost = cost > slot->cost ? cost : slot->cost;
	}
	return slot->cost >= 0;
}

int slots_by_cost(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	if (x->absent != y->absent)
		return x->absent < y->absent ? -1 : 1;
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

/* The slots of one day, best first. */
struct best {
	struct slot slots[DAY_SLOTS];
	size_t count;
};

/* Finds the best slots of the day that begins at *at, none overlapping another or one of the day
 * before; moves *at to the next day. */
static void find_best(const struct slot_search *search, struct wall *walls, int64_t *at,
	const struct best *before, struct best *ret_best)
{
	struct slot tried[STEPS_A_DAY];
	size_t count = 0;
	for (size_t i = 0; i < search->person_count; i++)
		begin_day(&walls[i], *at);
	int64_t day = hours_day(*at + zone_offset(search->days, *at));
	for (int step = 0; step < STEPS_A_DAY; step++, *at += SLOT_STEP) {
		struct slot slot = { .starts = *at, .ends = *at + search->minutes * INT64_C(60) };
		if (hours_day(slot.starts + zone_offset(search->days, slot.starts)) != day ||
			slot.ends > search->until)
			break;
		if (rate(search, walls, &slot))
			tried[count++] = slot;
	}
	qsort(tried, count, sizeof *tried, slots_by_cost);
	ret_best->count = 0;
	for (size_t i = 0; i < count && ret_best->count < DAY_SLOTS; i++)
		if (!overlaps_any(&tried[i], ret_best->slots, ret_best->count) &&
			!overlaps_any(&tried[i], before->slots, before->count))
			ret_best->slots[ret_best->count++] = tried[i];
}

size_t slots_find(const struct slot_search *search, struct slot ret_slots[SLOT_COUNT_MOST])
{
	struct best best[SLOT_DAYS_MOST + 2], none = { .count = 0 };
	size_t found = 0, days = 0;
	size_t wanted = search->count < SLOT_COUNT_MOST ? search->count : SLOT_COUNT_MOST;
	struct wall walls[SLOT_PEOPLE_MOST];
	for (size_t i = 0; i < search->person_count; i++)
		walls[i] = (struct wall){ .person = &search->people[i] };
	int64_t at = (search->from + SLOT_STEP - 1) / SLOT_STEP * SLOT_STEP;
	int64_t last = search->until - search->minutes * INT64_C(60);
	for (; days < SLOT_DAYS_MOST + 2 && at <= last; days++)
		find_best(search, walls, &at, days ? &best[days - 1] : &none, &best[days]);
	for (size_t turn = 0; turn < DAY_SLOTS && found < wanted; turn++)
		for (size_t day = 0; day < days && found < wanted; day++)
			if (turn < best[day].count)
				ret_slots[found++] = best[day].slots[turn];
	qsort(ret_slots, found, sizeof *ret_slots, by_start);
	return found;
}
