/* Taking the paths that a reverse search has found. */
#include "matching/engine/exact/reverse.h"

/* The pair of a row with a mentor, from its list or from the mentor's; listed then. */
static bool find_edge(struct solver *solver, uint32_t index, uint32_t place, struct edge *ret_edge)
{
	const struct edge *listed = solver_find(&solver->row[index], place);
	const struct holder *entry = solver->columns[place].entries;
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

bool reverse_path_free(const struct reverse *reverse, uint32_t node)
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

bool reverse_take_path(struct reverse *reverse, uint32_t node)
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
