/*
 * Shortest paths from the mentors' end. When only a few places are left, the few unpopular mentors
 * that have them are a far smaller neighbourhood than everything that a row could displace.
 */
#include "matching/engine/exact/reverse.h"

#include "matching/engine/exact/mentor_pairs.h"

#define SINK ENGINE_NONE /* the end of every path: a place with room, or a place left empty */
/* Rows farther away than this are hopeless; they are searched only if there are no others. */
#define REVERSE_FAR 4096
/* points by which the near part of a mentor's pairs extends beyond what is needed */
#define NEAR_STEP   192
#define WANTED_PART 8u /* one search finds this fraction of the rows that are left */

/* A search in progress. Labels hold the next node towards the place with room. */
struct reverse {
	struct solver *solver;
	uint32_t rows_from, limits_from; /* first node of each kind */
	uint32_t events_from; /* a place plus this: its near pairs, or its known pairs, are used
			         up */
	int64_t now;
	struct ending ending;              /* how far to search; the ends are in solver->ends */
	size_t wanted;                     /* rows to find before the search ends */
	size_t in_sight;                   /* rows labelled within the ending's distance */
	bool far;                          /* one row is enough, however far away */
	uint32_t ends_at[REVERSE_FAR + 1]; /* labelled rows, by their current distance */
	uint32_t queue[REVERSE_FAR + 1];   /* first entry of solver->heap by distance */
	bool queued;                       /* the queue is in use, and the heap only provides its
					      memory */
	bool lowering;                     /* see reverse_lower */
	bool stopped;
};

static void begin(struct reverse *reverse, struct solver *solver)
{
	solver_clear_search(solver);
	solver->figures.searches++;
	*reverse = (struct reverse){ .solver = solver,
		.rows_from = solver->places,
		.limits_from = solver->places + solver->rows,
		.events_from = solver->places + 2 * solver->rows,
		.ending = { INT64_MAX, SINK } };
}

static void push(struct reverse *reverse, int64_t distance, uint32_t node)
{
	struct solver *solver = reverse->solver;
	size_t at = solver->heap.count;
	if (!reverse->queued) {
		if (!heap_push(&solver->heap, distance, node))
			reverse->stopped = solver->failed = true;
		return;
	}
	if (!array_grow((void **)&solver->heap.entries, &solver->heap.room, at,
		    sizeof(*solver->heap.entries))) {
		reverse->stopped = solver->failed = true;
		return;
	}
	solver->heap.entries[at] = (struct heap_entry){ distance, node, reverse->queue[distance] };
	reverse->queue[distance] = (uint32_t)++solver->heap.count;
}

/* Removes the nearest entry within the ending's distance; false if there is none. */
static bool pop(struct reverse *reverse, struct heap_entry *ret_top)
{
	struct solver *solver = reverse->solver;
	int64_t last = reverse->ending.distance - reverse->lowering;
	if (!reverse->queued) {
		if (!solver->heap.count || solver->heap.entries[0].key > last)
			return false;
		*ret_top = heap_pop(&solver->heap);
		return true;
	}
	while (reverse->now <= last && !reverse->queue[reverse->now])
		reverse->now++;
	if (reverse->now > last)
		return false;
	*ret_top = solver->heap.entries[reverse->queue[reverse->now] - 1];
	reverse->queue[reverse->now] = ret_top->next;
	return true;
}

static void end_at(struct reverse *reverse, int64_t distance, uint32_t node)
{
	if (distance < reverse->ending.distance)
		reverse->ending = (struct ending){ distance, node };
}

/*
 * A row with places to send has come nearer (before: its previous distance, or negative). Once
 * enough rows are in sight, nothing beyond them matters.
 */
static void see_end(struct reverse *reverse, uint32_t node, int64_t before, int64_t distance)
{
	struct solver *solver = reverse->solver;
	int64_t last = reverse->ending.distance;
	if (before < 0)
		solver->ends[solver->end_count++] = node;
	if (reverse->far) {
		end_at(reverse, distance, node);
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
	end_at(reverse, last, node);
}

static bool is_open_row(const struct reverse *reverse, uint32_t node)
{
	return node >= reverse->rows_from && node < reverse->limits_from &&
	       places_to_send(&reverse->solver->row[node - reverse->rows_from]);
}

static void relax(struct reverse *reverse, uint32_t node, int64_t distance, uint32_t to)
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
		end_at(reverse, distance, node);
		return;
	}
	push(reverse, distance, node);
	if (end)
		see_end(reverse, node, before, distance);
}

/* Scans the near pairs of a settled mentor. A pair already taken costs nothing, any other at least
 * as much. */
static void scan(struct reverse *reverse, uint32_t place)
{
	struct solver *solver = reverse->solver;
	const struct mentor_pairs *pairs = &solver->mentor_pairs[place];
	const struct holder *end = pairs->entries + pairs->near_count;
	uint32_t department = solver->place[place].department;
	int64_t begin = solver->labels[place].distance;
	int64_t from = begin + solver->place[place].price;
	for (const struct holder *entry = pairs->entries; entry < end; entry++) {
		const struct row *row = &solver->row[entry->row];
		bool limited = row->limit == department;
		int64_t distance = from + (limited ? row->limit_price : row->price) -
				   holder_value(solver, entry);
		if (distance <= reverse->ending.distance &&
			(distance > begin || !solver_holds(solver, row, place)))
			relax(reverse,
				(limited ? reverse->limits_from : reverse->rows_from) + entry->row,
				distance, place);
	}
	if (pairs->near < PRICE_NEVER && begin + pairs->near <= reverse->ending.distance)
		push(reverse, begin + pairs->near, reverse->events_from + place);
}

/* Moves to the front the pairs that are needed by a search that is `gone` points past the
 * mentor. */
static void part(struct solver *solver, uint32_t place, int64_t gone)
{
	struct mentor_pairs *pairs = &solver->mentor_pairs[place];
	int64_t near = 2 * gone + NEAR_STEP;
	const struct place *at = &solver->place[place];
	uint32_t count = 0;
	for (uint32_t e = 0; e < pairs->count; e++) {
		struct holder entry = pairs->entries[e];
		int64_t cost = price_towards(&solver->row[entry.row], at->department) + at->price -
			       holder_value(solver, &entry);
		if (cost >= near)
			continue;
		pairs->entries[e] = pairs->entries[count];
		pairs->entries[count++] = entry;
	}
	bool all = near >= pairs->reach || count == pairs->count;
	pairs->near = all ? pairs->reach : near;
	pairs->near_count = all ? pairs->count : count;
}

static void expand(struct reverse *reverse, uint32_t place)
{
	const struct solver *solver = reverse->solver;
	if (reverse->lowering)
		end_at(reverse, reverse->now + solver->place[place].price, place);
	if (!reverse->lowering || reverse->ending.distance > reverse->now)
		scan(reverse, place);
}

/* The place whose pairs a heap entry will ask to extend, or ENGINE_NONE. */
static uint32_t will_extend(const struct reverse *reverse, const struct heap_entry *entry)
{
	const struct solver *solver = reverse->solver;
	uint32_t node = entry->node;
	if (node < solver->places)
		return solver->mentor_pairs[node].reach ? ENGINE_NONE : node;
	if (node < reverse->events_from)
		return ENGINE_NONE;
	node -= reverse->events_from;
	const struct mentor_pairs *pairs = &solver->mentor_pairs[node];
	return pairs->near == pairs->reach &&
			       entry->key == solver->labels[node].distance + pairs->reach
		       ? node
		       : ENGINE_NONE;
}

/* Chooses this mentor, and those whose known pairs will be used up next: a whole block costs the
 * same. */
static uint32_t choose(struct reverse *reverse, uint32_t place, uint32_t *places)
{
	const struct solver *solver = reverse->solver;
	uint32_t count = 0;
	places[count++] = place;
	for (size_t h = 0; h < solver->heap.count && count < KERNEL_LANES; h++) {
		uint32_t next = will_extend(reverse, &solver->heap.entries[h]);
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

static void extend(struct reverse *reverse, uint32_t place)
{
	struct solver *solver = reverse->solver;
	uint32_t places[KERNEL_LANES] = { 0 };
	int64_t reaches[KERNEL_LANES] = { 0 };
	const struct mentor_pairs *pairs = &solver->mentor_pairs[place];
	int64_t gone = reverse->now - solver->labels[place].distance;
	if (pairs->near > gone)
		return;
	if (pairs->reach > gone) {
		part(solver, place, gone);
		scan(reverse, place);
		return;
	}
	uint32_t count = choose(reverse, place, places);
	for (uint32_t c = 0; c < count; c++)
		reaches[c] = reach_for(reverse, places[c]);
	if (!mentor_pairs_price(solver, places, reaches, count)) {
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

/* Finds the mentors whom the row would leave, towards the limited department or the others. */
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

static void settle(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	solver->labels[node].stamp = solver->stamp + 1;
	solver->settled[solver->settled_count++] = node;
	solver->figures.steps++;
	if (node < reverse->rows_from)
		expand(reverse, node);
	else if (node < reverse->limits_from)
		settle_row(reverse, node);
	else
		settle_limit(reverse, node);
}

static bool settle_all(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	size_t steps = 0;
	struct heap_entry top;
	while (!reverse->stopped && pop(reverse, &top)) {
		if (!(++steps & 127) && is_cancelled(solver))
			reverse->stopped = true;
		if (top.node >= reverse->events_from) {
			reverse->now = top.key;
			extend(reverse, top.node - reverse->events_from);
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

/* Finds the pair of a row with a mentor, in its list or in the mentor's, and lists it. */
static bool find_edge(struct solver *solver, uint32_t index, uint32_t place, struct edge *ret_edge)
{
	const struct edge *listed = solver_find(&solver->row[index], place);
	const struct holder *entry = solver->mentor_pairs[place].entries;
	if (listed) {
		*ret_edge = *listed;
		return true;
	}
	while (entry->row != index)
		entry++;
	*ret_edge = (struct edge){ place, entry->score, entry->flags };
	return solver_list(solver, index, *ret_edge, 0);
}

/* The mentor that a row takes, past its other node; SINK if the row leaves a place empty. */
static uint32_t after_row(const struct reverse *reverse, uint32_t node)
{
	const struct label *labels = reverse->solver->labels;
	uint32_t to = labels[node].from;
	while (to != SINK && to >= reverse->rows_from)
		to = labels[to].from;
	return to;
}

static bool is_used(const struct solver *solver, uint32_t node)
{
	return solver->labels[node].stamp == solver->stamp + 2;
}

static bool path_is_free(const struct reverse *reverse, uint32_t node)
{
	const struct solver *solver = reverse->solver;
	while (node != SINK) {
		if (is_used(solver, reverse->rows_from + node_row(solver, node)))
			return false;
		uint32_t to = after_row(reverse, node);
		if (to == SINK)
			return true;
		if (is_used(solver, to))
			return false;
		node = solver->labels[to].from;
	}
	return true;
}

static bool take_path(struct reverse *reverse, uint32_t node)
{
	struct solver *solver = reverse->solver;
	if (node < reverse->rows_from) {
		uint32_t left = node;
		node = solver->labels[node].from;
		if (node == SINK)
			return true;
		solver_drop(solver, node_row(solver, node), left);
	}
	while (node != SINK) {
		uint32_t index = node_row(solver, node);
		uint32_t to = after_row(reverse, node);
		struct edge edge;
		solver->labels[reverse->rows_from + index].stamp = solver->stamp + 2;
		if (to == SINK) {
			solver->row[index].empty++;
			solver_limit(solver, index);
			return true;
		}
		node = solver->labels[to].from;
		solver->labels[to].stamp = solver->stamp + 2;
		if (node != SINK)
			solver_drop(solver, node_row(solver, node), to);
		if (!find_edge(solver, index, to, &edge))
			return false;
		solver_take(solver, index, edge);
		solver_limit(solver, index);
	}
	return true;
}

/*
 * Changes the prices of settled nodes by how much nearer than `reach` they are: mentors' prices fall,
 * rows' prices rise. The known pairs of mentors then extend less far.
 */
static void move_near(struct reverse *reverse, int64_t reach)
{
	struct solver *solver = reverse->solver;
	for (size_t s = 0; s < solver->settled_count; s++) {
		uint32_t node = solver->settled[s];
		int64_t by = reach - solver->labels[node].distance;
		if (by <= 0)
			continue;
		if (node >= reverse->limits_from) {
			solver->row[node - reverse->limits_from].limit_price += by;
		} else if (node >= reverse->rows_from) {
			solver->row[node - reverse->rows_from].price += by;
		} else {
			struct mentor_pairs *pairs = &solver->mentor_pairs[node];
			solver_set_price(solver, node, solver->place[node].price - by);
			if (pairs->near < PRICE_NEVER)
				pairs->near = pairs->near > by ? pairs->near - by : 0;
			if (pairs->reach < PRICE_NEVER)
				pairs->reach = pairs->reach > by ? pairs->reach - by : 0;
		}
	}
}

/* The cost for a row of giving up one place; PRICE_NEVER if it has none. */
static int64_t cost_of_leaving(const struct solver *solver, const struct row *row)
{
	if (!row->held && !places_to_send(row))
		return PRICE_NEVER;
	return row->price - solver->shift + penalty(solver, (uint32_t)row->demand - row->empty);
}

/* Adds all places with room, and the rows that could give up a place. */
static void add_sources(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	for (uint32_t j = 0; j < solver->places; j++)
		if (solver->place[j].holders < solver->place[j].capacity)
			relax(reverse, j, 0, SINK);
	for (uint32_t i = 0; i < solver->rows; i++) {
		int64_t cost = cost_of_leaving(solver, &solver->row[i]);
		if (cost < PRICE_NEVER)
			relax(reverse, reverse->rows_from + i, cost, SINK);
	}
}

/* The distance of the farthest row found. */
static int64_t reach_of(const struct reverse *reverse)
{
	const struct solver *solver = reverse->solver;
	int64_t reach = 0;
	for (size_t e = 0; e < solver->end_count; e++) {
		uint32_t node = solver->ends[e];
		if (is_settled(solver, node) && solver->labels[node].distance > reach)
			reach = solver->labels[node].distance;
	}
	return reach;
}

enum search_answer reverse_run(struct solver *solver)
{
	struct reverse reverse;
	for (int far = 0; far < 2; far++) {
		begin(&reverse, solver);
		reverse.wanted = solver->places_open / WANTED_PART + 1;
		reverse.far = far;
		reverse.queued = !far;
		if (!far)
			reverse.ending.distance = REVERSE_FAR;
		add_sources(&reverse);
		if (!settle_all(&reverse))
			return SEARCH_STOPPED;
		if (solver->end_count)
			break;
	}
	int64_t reach = reach_of(&reverse);
	move_near(&reverse, reach);
	solver->shift += reach;
	for (size_t e = 0; e < solver->end_count; e++) {
		uint32_t node = solver->ends[e];
		if (!is_settled(solver, node) || !path_is_free(&reverse, node))
			continue;
		solver->places_open--;
		if (!take_path(&reverse, node)) {
			solver->failed = true;
			return SEARCH_STOPPED;
		}
	}
	return SEARCH_DONE;
}

void reverse_close(struct solver *solver)
{
	for (uint32_t j = 0; j < solver->places; j++)
		solver->place[j].price += solver->shift;
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		row->price -= solver->shift;
		if (row->limit != ENGINE_NO_LIMIT)
			row->limit_price -= solver->shift;
		if (row->bound > row->price)
			row->bound = row->price;
		if (row->limit_bound > row->limit_price && row->limit != ENGINE_NO_LIMIT)
			row->limit_bound = row->limit_price;
	}
	solver->shift = 0;
	solver_forget_levels(solver);
}

static bool list_settled(struct solver *solver)
{
	for (size_t s = 0; s < solver->settled_count; s++)
		if (solver->settled[s] < solver->places &&
			!mentor_pairs_list(solver, solver->settled[s]))
			return false;
	return true;
}

enum search_answer reverse_lower(struct solver *solver, uint32_t place)
{
	struct reverse reverse;
	uint32_t end;
	begin(&reverse, solver);
	reverse.lowering = true;
	relax(&reverse, place, 0, SINK);
	if (!settle_all(&reverse))
		return SEARCH_STOPPED;
	move_near(&reverse, reverse.ending.distance);
	solver->failed = !list_settled(solver);
	end = reverse.ending.node;
	if (end >= reverse.rows_from && end < reverse.limits_from) {
		struct row *row = &solver->row[end - reverse.rows_from];
		bool open = places_to_send(row) != 0;
		solver->places_open -= open;
		row->empty -= !open;
	}
	solver->failed = !take_path(&reverse, end) || solver->failed;
	return solver->failed ? SEARCH_STOPPED : SEARCH_DONE;
}
