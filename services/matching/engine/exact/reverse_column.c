/* The pairs of mentors that a reverse search comes by: scored when needed, 128 mentors at once. */
#include "matching/engine/exact/reverse.h"

#define NEAR_STEP 192 /* points by which the near part of a column reaches farther than needed */

/* The near pairs of a settled mentor. A pair already taken costs nothing, all others no less. */
static void scan(struct reverse *reverse, uint32_t place)
{
	struct solver *solver = reverse->solver;
	const struct column *column = &solver->columns[place];
	const struct holder *end = column->entries + column->near_count;
	uint32_t department = solver->place[place].department;
	int64_t begin = solver->labels[place].distance;
	int64_t from = begin + solver->place[place].price;
	for (const struct holder *entry = column->entries; entry < end; entry++) {
		const struct row *row = &solver->row[entry->row];
		bool limited = row->limit == department;
		int64_t distance = from + (limited ? row->limit_price : row->price) -
				   holder_value(solver, entry);
		if (distance <= reverse->ending.distance &&
			(distance > begin || !solver_holds(solver, row, place)))
			reverse_relax(reverse,
				(limited ? reverse->limits_from : reverse->rows_from) + entry->row,
				distance, place);
	}
	if (column->near < PRICE_NEVER && begin + column->near <= reverse->ending.distance)
		reverse_push(reverse, begin + column->near, reverse->events_from + place);
}

/* Puts the pairs in front that a search needs who has come `gone` points past the mentor. */
static void part(struct solver *solver, uint32_t place, int64_t gone)
{
	struct column *column = &solver->columns[place];
	int64_t near = 2 * gone + NEAR_STEP;
	const struct place *at = &solver->place[place];
	uint32_t count = 0;
	for (uint32_t e = 0; e < column->count; e++) {
		struct holder entry = column->entries[e];
		int64_t cost = price_towards(&solver->row[entry.row], at->department) + at->price -
			       holder_value(solver, &entry);
		if (cost >= near)
			continue;
		column->entries[e] = column->entries[count];
		column->entries[count++] = entry;
	}
	bool all = near >= column->reach || count == column->count;
	column->near = all ? column->reach : near;
	column->near_count = all ? column->count : count;
}

void reverse_expand(struct reverse *reverse, uint32_t place)
{
	const struct solver *solver = reverse->solver;
	if (reverse->lowering)
		reverse_end_at(reverse, reverse->now + solver->place[place].price, place);
	if (!reverse->lowering || reverse->ending.distance > reverse->now)
		scan(reverse, place);
}

/* The place that a heap entry will ask to extend, or ENGINE_NONE. */
static uint32_t will_extend(const struct reverse *reverse, const struct heap_entry *entry)
{
	const struct solver *solver = reverse->solver;
	uint32_t node = entry->node;
	if (node < solver->places)
		return solver->columns[node].reach ? ENGINE_NONE : node;
	if (node < reverse->events_from)
		return ENGINE_NONE;
	node -= reverse->events_from;
	const struct column *column = &solver->columns[node];
	return column->near == column->reach &&
			       entry->key == solver->labels[node].distance + column->reach
		       ? node
		       : ENGINE_NONE;
}

/* This mentor, and those whose known pairs are nearest to being used up: a block costs the same. */
static uint32_t choose(struct reverse *reverse, uint32_t place, uint32_t *places)
{
	const struct solver *solver = reverse->solver;
	uint32_t count = 0;
	places[count++] = place;
	for (size_t h = 0; h < solver->heap_count && count < KERNEL_LANES; h++) {
		uint32_t next = will_extend(reverse, &solver->heap[h]);
		for (uint32_t c = 0; c < count && next != ENGINE_NONE; c++)
			if (places[c] == next)
				next = ENGINE_NONE;
		if (next != ENGINE_NONE)
			places[count++] = next;
	}
	return count;
}

/* How far the pairs of a mentor are worth keeping. */
static int64_t reach_for(const struct reverse *reverse, uint32_t place)
{
	const struct solver *solver = reverse->solver;
	int64_t gone = is_settled(solver, place) ? reverse->now - solver->labels[place].distance
						 : 0;
	if (reverse->lowering || gone > REVERSE_FAR)
		return PRICE_NEVER;
	return REVERSE_REACH + 4 * gone;
}

void reverse_extend(struct reverse *reverse, uint32_t place)
{
	struct solver *solver = reverse->solver;
	uint32_t places[KERNEL_LANES] = { 0 };
	int64_t reaches[KERNEL_LANES] = { 0 };
	const struct column *column = &solver->columns[place];
	int64_t gone = reverse->now - solver->labels[place].distance;
	if (column->near > gone)
		return;
	if (column->reach > gone) {
		part(solver, place, gone);
		scan(reverse, place);
		return;
	}
	uint32_t count = choose(reverse, place, places);
	for (uint32_t c = 0; c < count; c++)
		reaches[c] = reach_for(reverse, places[c]);
	if (!column_price(solver, places, reaches, count)) {
		solver->failed = reverse->stopped = true;
		return;
	}
	if (solver->cancelled) {
		reverse->stopped = true;
		return;
	}
	for (uint32_t c = 0; c < count; c++)
		if (is_settled(solver, places[c])) {
			part(solver, places[c], reverse->now - solver->labels[places[c]].distance);
			scan(reverse, places[c]);
		}
}
