/* The pairs of mentors that a reverse search comes by: scored when needed, 128 mentors at once. */
#include "matching/engine/reverse.h"

static void scan(struct reverse *reverse, uint32_t place, int64_t from)
{
	struct solver *solver = reverse->solver;
	const struct column *column = &solver->columns[place];
	const struct holder *end = column->entries + column->count;
	uint32_t department = solver->place[place].department;
	from += solver->place[place].price;
	for (const struct holder *entry = column->entries; entry < end; entry++) {
		const struct row *row = &solver->row[entry->row];
		bool limited = row->limit == department;
		int64_t distance = from + (limited ? row->limit_price : row->price) -
				   holder_value(solver, entry);
		if (distance <= reverse->ending.distance && !solver_holds(solver, row, place))
			reverse_relax(reverse,
				(limited ? reverse->limits_from : reverse->rows_from) + entry->row,
				distance, place);
	}
	if (column->reach < PRICE_NEVER &&
		solver->labels[place].distance + column->reach <= reverse->ending.distance &&
		!heap_push(solver, solver->labels[place].distance + column->reach,
			reverse->events_from + place))
		reverse->stopped = true;
}

void reverse_expand(struct reverse *reverse, uint32_t place)
{
	const struct solver *solver = reverse->solver;
	if (reverse->lowering)
		reverse_end_at(reverse, reverse->now + solver->place[place].price, place);
	if (!reverse->lowering || reverse->ending.distance > reverse->now)
		scan(reverse, place, reverse->now);
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
	return entry->key == solver->labels[node].distance + solver->columns[node].reach
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
	if (solver->labels[place].distance + solver->columns[place].reach > reverse->now)
		return;
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
		if (is_settled(solver, places[c]))
			scan(reverse, places[c], solver->labels[places[c]].distance);
}
