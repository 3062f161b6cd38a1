/*
 * One shortest path: the cheapest chain of moves by which one more place of a mentee is decided.
 * Dijkstra on reduced costs, which the invariants keep non-negative.
 */
#include "matching/engine/exact/search.h"

#include "matching/engine/exact/price.h"

#define GATHER_FROM 24u /* rows priced before mentors are gathered */

struct search {
	struct solver *solver;
	uint32_t rows_from, limits_from; /* first node of each kind */
	uint32_t events_from; /* a row's or limit's node plus this: its price meets its bound */
	int64_t now;          /* distance being settled */
	struct ending ending;
	int64_t blocked; /* nearest event, if the search ends there */
	size_t rows_settled;
	size_t widened; /* rows priced since mentors were last gathered */
	bool pricing;   /* price rows on the way instead of ending */
	bool stopped;   /* cancelled or out of memory */
};

static void end_at(struct search *search, int64_t distance, uint32_t node)
{
	if (distance < search->ending.distance)
		search->ending = (struct ending){ distance, node };
}

static void relax(struct search *search, uint32_t node, int64_t distance, uint32_t from)
{
	struct solver *solver = search->solver;
	struct label *label = &solver->labels[node];
	uint32_t seen = solver->stamp;
	if (distance >= search->ending.distance || distance > search->blocked)
		return;
	if (label->stamp >= seen && (label->stamp > seen || label->distance <= distance))
		return;
	*label = (struct label){ distance, from, seen };
	if (node < search->rows_from) {
		const struct place *place = &solver->place[node];
		if (place->holders < place->capacity) {
			end_at(search, distance, node);
			return;
		}
	}
	if (distance == search->now) {
		if (array_grow((void **)&solver->stack, &solver->stack_room, solver->stack_count,
			    sizeof(*solver->stack)))
			solver->stack[solver->stack_count++] = node;
		else
			solver->failed = true;
	} else if (!heap_push(&solver->heap, distance, node)) {
		solver->failed = true;
	}
}

/*
 * Scans the moves from a row to mentors of all departments but the limited one, or of that one
 * only. `from` is the node's distance plus the row's price towards them.
 */
static void scan_edges(struct search *search, uint32_t index, uint32_t node, int64_t from)
{
	struct solver *solver = search->solver;
	const struct row *row = &solver->row[index];
	bool limited = node >= search->limits_from;
	bool ruled = row->limit != ENGINE_NO_LIMIT;
	for (uint32_t e = 0; e < row->edge_count; e++) {
		const struct edge *edge = &row->edges[e];
		const struct place *place = &solver->place[edge->place];
		int64_t distance = from + place->price - edge_value(solver, edge);
		if (distance >= search->ending.distance || distance > search->blocked)
			continue;
		if (ruled && (place->department == row->limit) != limited)
			continue;
		if (!solver_holds(solver, row, edge->place))
			relax(search, edge->place, distance, node);
	}
}

/* Queues the distance at which a settled node's price meets the row's bound. */
static void expect_bound(struct search *search, uint32_t node, int64_t from)
{
	struct solver *solver = search->solver;
	const struct row *row = &solver->row[node_row(solver, node)];
	int64_t bound = node >= search->limits_from ? row->limit_bound : row->bound;
	if (bound == PRICE_LOWEST)
		return;
	int64_t at = from - bound;
	if (at >= search->ending.distance || at > search->blocked)
		return;
	if (!search->pricing)
		search->blocked = at;
	if (!heap_push(&solver->heap, at, node + search->events_from))
		search->stopped = solver->failed = true;
}

static void settle_row(struct search *search, uint32_t node)
{
	struct solver *solver = search->solver;
	uint32_t index = node - search->rows_from;
	const struct row *row = &solver->row[index];
	int64_t from = search->now + row->price;
	search->rows_settled++;
	end_at(search, from + penalty(solver, (uint32_t)row->demand - row->empty), node);
	scan_edges(search, index, node, from);
	expect_bound(search, node, from);
	if (row->limit == ENGINE_NO_LIMIT ||
		solver_in_department(solver, index, row->limit) > solver->department_limit)
		return;
	relax(search, search->limits_from + index, from + solver->unit_soft - row->limit_price,
		node);
}

static void settle_limit(struct search *search, uint32_t node)
{
	struct solver *solver = search->solver;
	uint32_t index = node - search->limits_from;
	const struct row *row = &solver->row[index];
	int64_t back = row->limit_price - row->price;
	search->rows_settled++;
	scan_edges(search, index, node, search->now + row->limit_price);
	expect_bound(search, node, search->now + row->limit_price);
	if (solver_in_department(solver, index, row->limit) > solver->department_limit)
		back -= solver->unit_soft;
	relax(search, search->rows_from + index, search->now + back, node);
}

static void settle_place(struct search *search, uint32_t node)
{
	struct solver *solver = search->solver;
	const struct place *place = &solver->place[node];
	const struct holder *holders = solver->holders + place->holder_first;
	for (uint32_t h = 0; h < place->holders; h++) {
		const struct row *row = &solver->row[holders[h].row];
		bool limited = row->limit == place->department;
		int64_t price = limited ? row->limit_price : row->price;
		int64_t over = holder_value(solver, &holders[h]) - price - place->price;
		relax(search, (limited ? search->limits_from : search->rows_from) + holders[h].row,
			search->now + over, node);
	}
}

static void settle(struct search *search, uint32_t node)
{
	struct solver *solver = search->solver;
	solver->labels[node].stamp = solver->stamp + 1;
	solver->settled[solver->settled_count++] = node;
	solver->figures.steps++;
	solver->settled_places += node < search->rows_from;
	if (node < search->rows_from)
		settle_place(search, node);
	else if (node < search->limits_from)
		settle_row(search, node);
	else
		settle_limit(search, node);
}

/* Takes the next node or event, nearest first; false if the path's end is nearer. */
static bool next_node(struct search *search, uint32_t *ret_node)
{
	struct solver *solver = search->solver;
	for (;;) {
		uint32_t node;
		int64_t key = search->now;
		if (solver->stack_count) {
			node = solver->stack[--solver->stack_count];
		} else if (solver->heap.count) {
			struct heap_entry top = heap_pop(&solver->heap);
			node = top.node;
			key = top.key;
		} else {
			return false;
		}
		if (key >= search->ending.distance)
			return false;
		if (node < search->events_from + solver->places) {
			const struct label *label = &solver->labels[node];
			if (label->stamp != solver->stamp || label->distance != key)
				continue;
		}
		search->now = key;
		*ret_node = node;
		return true;
	}
}

/*
 * Lowers the rows' prices and raises the mentors' by how much nearer than `reach` they were. Bounds
 * that held only for this search are set to the price.
 */
static void move_prices(struct solver *solver, int64_t reach)
{
	for (size_t s = 0; s < solver->settled_count; s++) {
		uint32_t node = solver->settled[s];
		int64_t by = reach - solver->labels[node].distance;
		by = by > 0 ? by : 0;
		if (node < solver->places) {
			if (by)
				solver_set_price(solver, node, solver->place[node].price + by);
			continue;
		}
		struct row *row = &solver->row[node_row(solver, node)];
		if (node >= solver->places + solver->rows) {
			row->limit_price -= by;
			if (row->limit_loose)
				row->limit_bound = row->limit_price;
			row->limit_loose = false;
			continue;
		}
		row->price -= by;
		if (row->loose)
			row->bound = row->price;
		row->loose = false;
	}
}

/* Walks back from the end: every row on the path takes the pair after it and drops the one
 * before. */
static void take_path(struct solver *solver, uint32_t start, uint32_t node)
{
	uint32_t take = ENGINE_NONE;
	if (node >= solver->places) {
		solver->row[node_row(solver, node)].empty++;
	} else {
		take = node;
		node = solver->labels[node].from;
	}
	for (;;) {
		uint32_t index = node_row(solver, node);
		while (node != start && solver->labels[node].from >= solver->places)
			node = solver->labels[node].from;
		uint32_t drop = node == start ? ENGINE_NONE : solver->labels[node].from;
		if (drop != ENGINE_NONE)
			solver_drop(solver, index, drop);
		if (take != ENGINE_NONE)
			solver_take(solver, index, *solver_find(&solver->row[index], take));
		solver_limit(solver, index);
		if (drop == ENGINE_NONE)
			return;
		take = drop;
		node = solver->labels[drop].from;
	}
}

static void pend_rows(struct solver *solver)
{
	for (size_t s = 0; s < solver->settled_count; s++) {
		uint32_t node = solver->settled[s];
		if (node < solver->places)
			continue;
		const struct row *row = &solver->row[node_row(solver, node)];
		int64_t near = (int64_t)64 << (row->priced < 20 ? row->priced : 20);
		bool close = row->price - row->bound <= near;
		if (row->limit != ENGINE_NO_LIMIT && row->limit_price - row->limit_bound <= near)
			close = true;
		if (close)
			solver_pend(solver, node_row(solver, node));
	}
}

/* Gathers the mentors not settled yet. False: out of memory. */
static bool gather_rest(struct solver *solver)
{
	struct gather *gather = &solver->gather;
	if (!gather_begin(gather, solver->scorer, solver->places - solver->settled_places))
		return false;
	for (uint32_t j = 0; j < solver->places; j++)
		if (!is_settled(solver, j))
			gather->places[gather->count++] = j;
	return gather_blocks(gather, solver->scorer, solver->options.cancel, &solver->cancelled);
}

/* Gathers the remaining mentors if that pays: many rows had to be priced, and few mentors are not
 * settled. */
static void consider_gathering(struct search *search)
{
	struct solver *solver = search->solver;
	size_t left = solver->places - solver->settled_places;
	size_t gathered = solver->gather.count ? solver->gather.count : solver->places;
	if (++search->widened < GATHER_FROM || left * 4 > gathered)
		return;
	search->widened = 0;
	if (!gather_rest(solver))
		search->stopped = solver->failed = true;
}

/*
 * A row's price has met its bound: lists the pairs that the row has missed, so that the search can
 * continue. After a few times, mentors already settled are left out.
 */
static void widen(struct search *search, uint32_t node)
{
	struct solver *solver = search->solver;
	uint32_t index = node_row(solver, node);
	const struct row *row = &solver->row[index];
	bool limited = node >= search->limits_from;
	int64_t from = solver->labels[node].distance + (limited ? row->limit_price : row->price);
	int64_t bound = limited ? row->limit_bound : row->bound;
	if (bound == PRICE_LOWEST)
		return;
	if (from - bound <= search->now) {
		consider_gathering(search);
		bool outside = row->priced >= PRICED_ENOUGH || solver->gather.count;
		if (search->stopped)
			return;
		if (price_within(solver, index, limited, outside)) {
			search->stopped = solver->failed = true;
			return;
		}
		scan_edges(search, index, node, from);
	}
	expect_bound(search, node, from);
}

static void begin(struct search *search, uint32_t start)
{
	solver_clear_search(search->solver);
	search->solver->figures.searches++;
	relax(search, start, 0, start);
}

/* Ends without a path: prices move as far as is proven. */
static enum search_answer give_up(struct search *search, enum search_answer answer)
{
	move_prices(search->solver, search->now);
	if (answer == SEARCH_BLOCKED)
		pend_rows(search->solver);
	return answer;
}

/* Rows priced during an unfinished search must not keep a bound that held only for it. */
static enum search_answer stop(struct search *search)
{
	move_prices(search->solver, 0);
	return SEARCH_STOPPED;
}

enum search_answer search_run(struct solver *solver, uint32_t row, size_t most, bool pricing)
{
	struct search search = { .solver = solver,
		.rows_from = solver->places,
		.limits_from = solver->places + solver->rows,
		.events_from = 2 * solver->rows,
		.ending = { INT64_MAX, 0 },
		.blocked = PRICE_NEVER,
		.pricing = pricing };
	uint32_t start = search.rows_from + row, node;
	size_t steps = 0;
	begin(&search, start);
	while (next_node(&search, &node)) {
		if (search.rows_settled >= most)
			return give_up(&search, SEARCH_LONG);
		if (!(++steps & 127) && is_cancelled(solver))
			solver->cancelled = true;
		if (search.stopped || solver->failed || solver->cancelled)
			return stop(&search);
		if (node < search.events_from + solver->places)
			settle(&search, node);
		else if (!pricing)
			return give_up(&search, SEARCH_BLOCKED);
		else
			widen(&search, node - search.events_from);
	}
	if (search.stopped || solver->failed || solver->cancelled)
		return stop(&search);
	move_prices(solver, search.ending.distance);
	take_path(solver, start, search.ending.node);
	solver->places_open--;
	return SEARCH_DONE;
}
