/* What a reverse search starts from, and what it changes. */
#include "matching/engine/exact/reverse.h"

#define WANTED_PART 8u /* one search looks for this part of the rows that are left */

/*
 * The nearer ones lose most of the mentors' price, and gain most of the rows'. What is known of
 * mentors' pairs reaches less far then.
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
			struct column *column = &solver->columns[node];
			price_set(solver, node, solver->place[node].price - by);
			if (column->near < PRICE_NEVER)
				column->near = column->near > by ? column->near - by : 0;
			if (column->reach < PRICE_NEVER)
				column->reach = column->reach > by ? column->reach - by : 0;
		}
	}
}

/* What it costs a row to do without one place; PRICE_NEVER if it has none. */
static int64_t cost_of_leaving(const struct solver *solver, const struct row *row)
{
	if (!row->held && !places_to_send(row))
		return PRICE_NEVER;
	return row->price - solver->shift + penalty(solver, (uint32_t)row->demand - row->empty);
}

/* All places to spare, and the rows that could do without a place. */
static void add_sources(struct reverse *reverse)
{
	struct solver *solver = reverse->solver;
	for (uint32_t j = 0; j < solver->places; j++)
		if (solver->place[j].holders < solver->place[j].capacity)
			reverse_relax(reverse, j, 0, SINK);
	for (uint32_t i = 0; i < solver->rows; i++) {
		int64_t cost = cost_of_leaving(solver, &solver->row[i]);
		if (cost < PRICE_NEVER)
			reverse_relax(reverse, reverse->rows_from + i, cost, SINK);
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
		reverse_begin(&reverse, solver);
		reverse.wanted = solver->places_open / WANTED_PART + 1;
		reverse.far = far;
		reverse.queued = !far;
		if (!far)
			reverse.ending.distance = REVERSE_FAR;
		add_sources(&reverse);
		if (!reverse_settle(&reverse))
			return SEARCH_STOPPED;
		if (solver->end_count)
			break;
	}
	int64_t reach = reach_of(&reverse);
	move_near(&reverse, reach);
	solver->shift += reach;
	for (size_t e = 0; e < solver->end_count; e++) {
		uint32_t node = solver->ends[e];
		if (!is_settled(solver, node) || !reverse_path_free(&reverse, node))
			continue;
		solver->places_open--;
		if (!reverse_take_path(&reverse, node)) {
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
	price_forget(solver);
}

static bool list_settled(struct solver *solver)
{
	for (size_t s = 0; s < solver->settled_count; s++)
		if (solver->settled[s] < solver->places && !column_list(solver, solver->settled[s]))
			return false;
	return true;
}

enum search_answer reverse_lower(struct solver *solver, uint32_t place)
{
	struct reverse reverse;
	uint32_t end;
	reverse_begin(&reverse, solver);
	reverse.lowering = true;
	reverse_relax(&reverse, place, 0, SINK);
	if (!reverse_settle(&reverse))
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
	solver->failed = !reverse_take_path(&reverse, end) || solver->failed;
	return solver->failed ? SEARCH_STOPPED : SEARCH_DONE;
}
