/*
 * Shortest paths from the mentors' end. When only a few places are left, the few unpopular mentors
 * that have them are a far smaller neighbourhood than everything a row could push around.
 */
#include "matching/engine/exact/reverse.h"

void reverse_begin(struct reverse *reverse, struct solver *solver)
{
	search_clear(solver);
	solver->figures.searches++;
	*reverse = (struct reverse){ .solver = solver,
		.rows_from = solver->places,
		.limits_from = solver->places + solver->rows,
		.events_from = solver->places + 2 * solver->rows,
		.ending = { INT64_MAX, SINK } };
}

void reverse_push(struct reverse *reverse, int64_t distance, uint32_t node)
{
	struct solver *solver = reverse->solver;
	size_t at = solver->heap_count;
	if (!reverse->queued) {
		reverse->stopped = !heap_push(solver, distance, node) || reverse->stopped;
		return;
	}
	if (!people_grow((void **)&solver->heap, &solver->heap_room, at, sizeof(*solver->heap))) {
		reverse->stopped = solver->failed = true;
		return;
	}
	solver->heap[at] = (struct heap_entry){ distance, node, reverse->queue[distance] };
	reverse->queue[distance] = (uint32_t)++solver->heap_count;
}

/* The nearest entry not farther than the ending; false if there is none. */
static bool pop(struct reverse *reverse, struct heap_entry *ret_top)
{
	struct solver *solver = reverse->solver;
	int64_t last = reverse->ending.distance - reverse->lowering;
	if (!reverse->queued) {
		if (!solver->heap_count || solver->heap[0].key > last)
			return false;
		*ret_top = heap_pop(solver);
		return true;
	}
	while (reverse->now <= last && !reverse->queue[reverse->now])
		reverse->now++;
	if (reverse->now > last)
		return false;
	*ret_top = solver->heap[reverse->queue[reverse->now] - 1];
	reverse->queue[reverse->now] = ret_top->next;
	return true;
}

void reverse_end_at(struct reverse *reverse, int64_t distance, uint32_t node)
{
	if (distance < reverse->ending.distance)
		reverse->ending = (struct ending){ distance, node };
}

/*
 * A row with something to send has come nearer (before: its distance until now, or a negative
 * number). When enough are in sight, nothing beyond them matters.
 */
static void see_end(struct reverse *reverse, uint32_t node, int64_t before, int64_t distance)
{
	struct solver *solver = reverse->solver;
	int64_t last = reverse->ending.distance;
	if (before < 0)
		solver->ends[solver->end_count++] = node;
	if (reverse->far) {
		reverse_end_at(reverse, distance, node);
		return;
	}
	if (before >= 0 && before <= last) {
		reverse->ends_at[before]--;
		reverse->in_sight--;
	}
	reverse->ends_at[distance]++;
	reverse->in_sight++;
	for (; last && reverse->in_sight - reverse->ends_at[last] >= reverse->wanted; last--)
		reverse->in_sight -= reverse->ends_at[last];
	reverse_end_at(reverse, last, node);
}

static bool is_open_row(const struct reverse *reverse, uint32_t node)
{
	return node >= reverse->rows_from && node < reverse->limits_from &&
	       places_to_send(&reverse->solver->row[node - reverse->rows_from]);
}

void reverse_relax(struct reverse *reverse, uint32_t node, int64_t distance, uint32_t to)
{
	struct solver *solver = reverse->solver;
	struct label *label = &solver->labels[node];
	if (distance > reverse->ending.distance)
		return;
	if (label->stamp > solver->stamp ||
		(label->stamp == solver->stamp && label->distance <= distance))
		return;
	int64_t before = label->stamp < solver->stamp ? -1 : label->distance;
	bool end = is_open_row(reverse, node);
	*label = (struct label){ distance, to, solver->stamp };
	if (end && reverse->lowering) {
		reverse_end_at(reverse, distance, node);
		return;
	}
	reverse_push(reverse, distance, node);
	if (end)
		see_end(reverse, node, before, distance);
}

/* The mentors whom the row would leave, towards the limited department or the others. */
static void leave(struct reverse *reverse, uint32_t index, uint32_t node, bool limited)
{
	struct solver *solver = reverse->solver;
	const struct row *row = &solver->row[index];
	int64_t price = limited ? row->limit_price : row->price;
	for (uint32_t h = 0; h < row->held; h++) {
		const struct edge *edge = &solver->held[row->held_first + h];
		const struct place *place = &solver->place[edge->place];
		if ((place->department == row->limit) == limited)
			reverse_relax(reverse, edge->place,
				reverse->now + edge_value(solver, edge) - price - place->price,
				node);
	}
}

static void settle_row(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	uint32_t index = node - reverse->rows_from;
	const struct row *row = &solver->row[index];
	if (reverse->lowering && row->empty)
		reverse_end_at(reverse,
			reverse->now - row->price -
				penalty(solver, (uint32_t)row->demand - row->empty + 1),
			node);
	leave(reverse, index, node, false);
	if (row->limit == ENGINE_NO_LIMIT)
		return;
	int64_t over = row->limit_price - row->price;
	if (solver_in_department(solver, index, row->limit) > solver->department_limit)
		over -= solver->unit_soft;
	reverse_relax(reverse, reverse->limits_from + index, reverse->now + over, node);
}

static void settle_limit(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	uint32_t index = node - reverse->limits_from;
	const struct row *row = &solver->row[index];
	leave(reverse, index, node, true);
	if (solver_in_department(solver, index, row->limit) > solver->department_limit)
		return;
	reverse_relax(reverse, reverse->rows_from + index,
		reverse->now + row->price + solver->unit_soft - row->limit_price, node);
}

static void settle(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	solver->labels[node].stamp = solver->stamp + 1;
	solver->settled[solver->settled_count++] = node;
	solver->figures.steps++;
	if (node < reverse->rows_from)
		reverse_expand(reverse, node);
	else if (node < reverse->limits_from)
		settle_row(reverse, node);
	else
		settle_limit(reverse, node);
}

bool reverse_settle(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	size_t steps = 0;
	struct heap_entry top;
	while (!reverse->stopped && pop(reverse, &top)) {
		if (!(++steps & 127) && is_cancelled(solver))
			reverse->stopped = true;
		if (top.node >= reverse->events_from) {
			reverse->now = top.key;
			reverse_extend(reverse, top.node - reverse->events_from);
			continue;
		}
		const struct label *label = &solver->labels[top.node];
		if (label->stamp != solver->stamp || label->distance != top.key)
			continue;
		reverse->now = top.key;
		settle(reverse, top.node);
	}
	return !reverse->stopped;
}
