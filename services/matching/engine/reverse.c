/*
 * Shortest paths from the mentors' end. When only a few places are left, the few unpopular mentors
 * that have them are a far smaller neighbourhood than everything a row could push around.
 */
#include "matching/engine/solver.h"

#include <stdlib.h>

#define SINK           ENGINE_NONE
#define FAR            (1 << 16) /* a move of prices that listing pairs below the bounds cannot follow */
#define ROWS_PER_BLOCK 64u /* rows priced in the time that a block of mentors meets all rows */
#define AHEAD          192 /* rows whose bound is that close to the new price are priced in the same go */

struct reverse {
	struct solver *solver;
	uint32_t rows_from, limits_from;
	int64_t now;
	struct ending ending;
	int64_t horizon; /* beyond it not all sources are known */
	bool lowering;
	bool stopped;
};

static void end_at(struct reverse *reverse, int64_t distance, uint32_t node)
{
	if (distance < reverse->ending.distance)
		reverse->ending = (struct ending){ distance, node };
}

static void relax(struct reverse *reverse, uint32_t node, int64_t distance, uint32_t to)
{
	struct solver *solver = reverse->solver;
	struct label *label = &solver->labels[node];
	if (distance >= reverse->ending.distance || distance > reverse->horizon)
		return;
	if (label->stamp > solver->stamp ||
		(label->stamp == solver->stamp && label->distance <= distance))
		return;
	*label = (struct label){ distance, to, solver->stamp };
	if (node >= reverse->rows_from && node < reverse->limits_from &&
		places_to_send(&solver->row[node - reverse->rows_from])) {
		end_at(reverse, distance, node);
		return;
	}
	if (!heap_push(solver, distance, node))
		reverse->stopped = true;
}

/* Scores this mentor, and others who wait in the queue, against all rows. */
static bool know(struct reverse *reverse, uint32_t place)
{
	struct solver *solver = reverse->solver;
	uint32_t places[KERNEL_LANES];
	uint32_t count = 0;
	if (solver->columns[place].known)
		return true;
	places[count++] = place;
	for (size_t h = 0; h < solver->heap_count && count < KERNEL_LANES; h++) {
		uint32_t node = solver->heap[h].node;
		bool listed = node >= solver->places || solver->columns[node].known;
		for (uint32_t c = 0; c < count && !listed; c++)
			listed = places[c] == node;
		if (!listed)
			places[count++] = node;
	}
	if (!column_price(solver, places, count))
		reverse->stopped = true;
	return !reverse->stopped;
}

static void settle_place(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	const struct place *place = &solver->place[node];
	if (reverse->lowering)
		end_at(reverse, reverse->now + place->price, node);
	if (reverse->ending.distance <= reverse->now)
		return;
	const struct holder *entry, *end;
	if (reverse->lowering && !know(reverse, node))
		return;
	if (solver->columns[node].known) {
		entry = solver->columns[node].entries;
		end = entry + solver->columns[node].count;
	} else {
		entry = solver->listed + solver->listed_first[node];
		end = solver->listed + solver->listed_first[node + 1];
	}
	for (; entry < end; entry++) {
		const struct row *row = &solver->row[entry->row];
		bool limited = row->limit == place->department;
		int64_t price = limited ? row->limit_price : row->price;
		int64_t distance = reverse->now + price + place->price -
				   holder_value(solver, entry);
		if (distance < reverse->ending.distance && !solver_holds(solver, row, node))
			relax(reverse,
				(limited ? reverse->limits_from : reverse->rows_from) + entry->row,
				distance, node);
	}
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
			relax(reverse, edge->place,
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
		end_at(reverse,
			reverse->now - row->price -
				penalty(solver, (uint32_t)row->demand - row->empty + 1),
			node);
	leave(reverse, index, node, false);
	if (row->limit == ENGINE_NO_LIMIT)
		return;
	int64_t over = row->limit_price - row->price;
	if (solver_in_department(solver, index, row->limit) > solver->department_limit)
		over -= solver->unit_soft;
	relax(reverse, reverse->limits_from + index, reverse->now + over, node);
}

static void settle_limit(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	uint32_t index = node - reverse->limits_from;
	const struct row *row = &solver->row[index];
	leave(reverse, index, node, true);
	if (solver_in_department(solver, index, row->limit) > solver->department_limit)
		return;
	relax(reverse, reverse->rows_from + index,
		reverse->now + row->price + solver->unit_soft - row->limit_price, node);
}

/* Settles nodes until the end is nearest; false if the search has to be given up. */
static bool settle_all(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	size_t steps = 0;
	while (solver->heap_count) {
		struct heap_entry top = heap_pop(solver);
		struct label *label = &solver->labels[top.node];
		if (label->stamp != solver->stamp || label->distance != top.key)
			continue;
		if (top.key >= reverse->ending.distance)
			break;
		if (!(++steps & 127) && is_cancelled(solver))
			reverse->stopped = true;
		reverse->now = top.key;
		label->stamp = solver->stamp + 1;
		solver->settled[solver->settled_count++] = top.node;
		if (top.node < reverse->rows_from)
			settle_place(reverse, top.node);
		else if (top.node < reverse->limits_from)
			settle_row(reverse, top.node);
		else
			settle_limit(reverse, top.node);
		if (reverse->stopped)
			return false;
	}
	return true;
}

/* The pair of a row with a mentor, from its list or, when lowering, from the mentor's; listed then.
 */
static bool find_edge(struct solver *solver, uint32_t index, uint32_t place, struct edge *ret_edge)
{
	const struct edge *listed = solver_find(&solver->row[index], place);
	const struct column *column = &solver->columns[place];
	uint32_t low = 0, high = column->count;
	if (listed) {
		*ret_edge = *listed;
		return true;
	}
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;
		*(column->entries[middle].row <= index ? &low : &high) = middle;
	}
	*ret_edge = (struct edge){ place, column->entries[low].score, column->entries[low].kept };
	return solver_list(solver, index, *ret_edge, 0);
}

/* From the end towards the place to spare: every row drops the pair before and takes the one after.
 */
static bool take_path(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	uint32_t node = reverse->ending.node;
	if (node < reverse->rows_from) {
		uint32_t left = node;
		node = solver->labels[node].from;
		if (node == SINK)
			return true;
		solver_drop(solver, node_row(solver, node), left);
	}
	for (;;) {
		uint32_t index = node_row(solver, node);
		uint32_t to = solver->labels[node].from;
		while (to != SINK && to >= reverse->rows_from)
			to = solver->labels[to].from;
		if (to == SINK) {
			solver->row[index].empty++;
			solver_limit(solver, index);
			return true;
		}
		uint32_t next = solver->labels[to].from;
		if (next != SINK)
			solver_drop(solver, node_row(solver, next), to);
		struct edge edge;
		if (!find_edge(solver, index, to, &edge))
			return false;
		solver_take(solver, index, edge);
		solver_limit(solver, index);
		if (next == SINK)
			return true;
		node = next;
	}
}

static struct reverse begin(struct solver *solver, bool lowering)
{
	search_clear(solver);
	solver->figures.searches++;
	return (struct reverse){ .solver = solver,
		.rows_from = solver->places,
		.limits_from = solver->places + solver->rows,
		.ending = { INT64_MAX, SINK },
		.horizon = PRICE_NEVER,
		.lowering = lowering };
}

/* A node's distance, or the reach if it was not settled nearer. */
static int64_t distance_of(const struct solver *solver, uint32_t node, int64_t reach)
{
	return is_settled(solver, node) && solver->labels[node].distance < reach
		       ? solver->labels[node].distance
		       : reach;
}

static bool list_settled(struct solver *solver)
{
	for (size_t s = 0; s < solver->settled_count; s++)
		if (solver->settled[s] < solver->places && !column_list(solver, solver->settled[s]))
			return false;
	return true;
}

/* Rows whose price would come nearer than `ahead` to what is proven for their unlisted pairs. */
static size_t near_bound(struct reverse *reverse, int64_t reach, int64_t ahead, bool pend)
{
	struct solver *solver = reverse->solver;
	size_t count = 0;
	for (uint32_t i = 0; i < solver->rows; i++) {
		const struct row *row = &solver->row[i];
		int64_t slack = row->price - row->bound -
				distance_of(solver, reverse->rows_from + i, reach);
		if (row->limit != ENGINE_NO_LIMIT) {
			int64_t other = row->limit_price - row->limit_bound -
					distance_of(solver, reverse->limits_from + i, reach);
			slack = other < slack ? other : slack;
		}
		count += slack < ahead;
		if (slack < ahead && pend)
			solver_pend(solver, i);
	}
	return count;
}

/* Settled mentors of whom not all pairs are known. */
static size_t count_unknown(const struct solver *solver)
{
	size_t count = 0;
	for (size_t s = 0; s < solver->settled_count; s++)
		count += solver->settled[s] < solver->places &&
			 !solver->columns[solver->settled[s]].known;
	return count;
}

static bool know_settled(struct solver *solver)
{
	uint32_t places[KERNEL_LANES];
	uint32_t count = 0;
	for (size_t s = 0; s < solver->settled_count; s++) {
		uint32_t node = solver->settled[s];
		if (node < solver->places && !solver->columns[node].known)
			places[count++] = node;
		if (count == KERNEL_LANES || (count && s + 1 == solver->settled_count)) {
			if (!column_price(solver, places, count))
				return false;
			count = 0;
		}
	}
	return true;
}

/* All pairs of the settled mentors are known, so every bound may fall with the prices of the rest.
 */
static bool lower_bounds(struct solver *solver, int64_t reach)
{
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		row->bound -= row->bound == PRICE_LOWEST ? 0 : reach;
		row->limit_bound -= row->limit_bound == PRICE_LOWEST ? 0 : reach;
	}
	return list_settled(solver);
}

/* Everybody's prices move by `reach`, those nearer to the places to spare by their distance. */
static void move_all(struct reverse *reverse, int64_t reach)
{
	struct solver *solver = reverse->solver;
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		row->price -= distance_of(solver, reverse->rows_from + i, reach);
		if (row->limit != ENGINE_NO_LIMIT)
			row->limit_price -= distance_of(solver, reverse->limits_from + i, reach);
	}
	for (uint32_t j = 0; reach && j < solver->places; j++)
		solver->place[j].price += distance_of(solver, j, reach);
	if (reach)
		price_forget(solver);
}

/* What it costs a row to do without one place; PRICE_NEVER if it has none. */
static int64_t cost_of_leaving(const struct solver *solver, const struct row *row)
{
	if (!row->held && !places_to_send(row))
		return PRICE_NEVER;
	return row->price + penalty(solver, (uint32_t)row->demand - row->empty);
}

/* Rows that could do without a place, as far as the horizon. */
static void add_rows(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	for (uint32_t i = 0; i < solver->rows; i++) {
		int64_t cost = cost_of_leaving(solver, &solver->row[i]);
		if (cost < PRICE_NEVER)
			relax(reverse, reverse->rows_from + i, cost, SINK);
	}
}

/*
 * All places to spare, and the rows that lose least without a place. That is rarely less than a
 * whole unit away, so the others are left out at first.
 */
static void add_sources(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	int64_t least = PRICE_NEVER;
	for (uint32_t i = 0; i < solver->rows; i++) {
		int64_t cost = cost_of_leaving(solver, &solver->row[i]);
		least = cost < least ? cost : least;
	}
	reverse->horizon = least + solver->unit_soft;
	for (uint32_t j = 0; j < solver->places; j++)
		if (solver->place[j].holders < solver->place[j].capacity)
			relax(reverse, j, 0, SINK);
	add_rows(reverse);
}

enum search_answer reverse_run(struct solver *solver)
{
	struct reverse reverse = begin(solver, false);
	add_sources(&reverse);
	if (!settle_all(&reverse))
		return SEARCH_STOPPED;
	if (reverse.ending.distance > reverse.horizon) {
		reverse = begin(solver, false);
		add_sources(&reverse);
		reverse.horizon = PRICE_NEVER;
		add_rows(&reverse);
		if (!settle_all(&reverse))
			return SEARCH_STOPPED;
	}
	int64_t reach = reverse.ending.distance;
	size_t blocked = near_bound(&reverse, reach, 0, false);
	size_t unknown = blocked ? count_unknown(solver) : 0;
	if (unknown && reach > FAR && blocked / ROWS_PER_BLOCK >= unknown / KERNEL_LANES + 1) {
		solver->failed = !know_settled(solver);
		return solver->failed ? SEARCH_STOPPED : SEARCH_LONG;
	}
	if (unknown) {
		near_bound(&reverse, reach, AHEAD, true);
		return SEARCH_BLOCKED;
	}
	move_all(&reverse, reach);
	if (blocked && !lower_bounds(solver, reach)) {
		solver->failed = true;
		return SEARCH_STOPPED;
	}
	solver->places_open--;
	solver->failed = !take_path(&reverse);
	return SEARCH_DONE;
}

enum search_answer reverse_lower(struct solver *solver, uint32_t place)
{
	struct reverse reverse = begin(solver, true);
	relax(&reverse, place, 0, SINK);
	if (!settle_all(&reverse))
		return SEARCH_STOPPED;
	int64_t reach = reverse.ending.distance;
	for (size_t s = 0; s < solver->settled_count; s++) {
		uint32_t node = solver->settled[s];
		int64_t by = reach - solver->labels[node].distance;
		if (node < reverse.rows_from)
			price_set(solver, node, solver->place[node].price - by);
		else if (node < reverse.limits_from)
			solver->row[node - reverse.rows_from].price += by;
		else
			solver->row[node - reverse.limits_from].limit_price += by;
	}
	solver->failed = !list_settled(solver);
	uint32_t end = reverse.ending.node;
	if (end >= reverse.rows_from && end < reverse.limits_from) {
		struct row *row = &solver->row[end - reverse.rows_from];
		bool open = places_to_send(row) != 0;
		solver->places_open -= open;
		row->empty -= !open;
	}
	solver->failed = !take_path(&reverse) || solver->failed;
	return solver->failed ? SEARCH_STOPPED : SEARCH_DONE;
}
