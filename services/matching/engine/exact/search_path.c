/* What a finished search changes: prices, and the pairs along its path. */
#include "matching/engine/exact/solver.h"

/*
 * Lowers the rows' prices and raises the mentors' by how much nearer than `reach` they were. Bounds
 * that held for this search only are closed to the price.
 */
void search_move_prices(struct solver *solver, int64_t reach)
{
	for (size_t s = 0; s < solver->settled_count; s++) {
		uint32_t node = solver->settled[s];
		int64_t by = reach - solver->labels[node].distance;
		by = by > 0 ? by : 0;
		if (node < solver->places) {
			if (by)
				price_set(solver, node, solver->place[node].price + by);
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

/* Walks back from the end: every row on the way takes the pair after it and drops the one before.
 */
void search_take_path(struct solver *solver, uint32_t start, uint32_t node)
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

void search_pend_rows(struct solver *solver)
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
