/* The pairs of mentors that a reverse search comes by: scored when needed, 128 mentors at once. */
#include "matching/engine/reverse.h"

#define FAR (1 << 16) /* beyond it all are */

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

/* This mentor, and those whose known pairs are nearest to being used up: a block costs the same. */
static uint32_t choose(struct reverse *reverse, uint32_t place, uint32_t *places)
{
	const struct solver *solver = reverse->solver;
	uint32_t count = 0;
	places[count++] = place;
	for (size_t h = 0; h < solver->heap_count && count < KERNEL_LANES; h++) {
		uint32_t node = solver->heap[h].node;
		bool listed = node >= solver->places || solver->columns[node].reach;
		for (uint32_t c = 0; c < count && !listed; c++)
			listed = places[c] == node;
		if (!listed)
			places[count++] = node;
	}
	if (reverse->lowering || count > 1)
		return count;
	for (int64_t most = REVERSE_REACH / 8; most < REVERSE_REACH; most *= 2)
		for (uint32_t j = 0; j < solver->places && count < KERNEL_LANES; j++)
			if (solver->columns[j].reach < most && j != place &&
				(most == REVERSE_REACH / 8 || solver->columns[j].reach >= most / 2))
				places[count++] = j;
	return count;
}

/* How far the pairs of a mentor are worth keeping. */
static int64_t reach_for(const struct reverse *reverse, uint32_t place)
{
	const struct solver *solver = reverse->solver;
	int64_t gone = is_settled(solver, place) ? reverse->now - solver->labels[place].distance
						 : 0;
	if (reverse->lowering || gone > FAR)
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
	for (uint32_t c = 0; c < count; c++)
		if (is_settled(solver, places[c]))
			scan(reverse, places[c], solver->labels[places[c]].distance);
}
