/* The listed pairs, mentor by mentor. */
#include "matching/engine/solver.h"

#include <stdlib.h>

void transpose_release(struct solver *solver)
{
	free(solver->listed);
	free(solver->listed_first);
	solver->listed = NULL;
	solver->listed_first = NULL;
}

bool transpose_build(struct solver *solver)
{
	size_t edges = 0;
	size_t *first = calloc(solver->places + (size_t)2, sizeof(*first));
	transpose_release(solver);
	for (uint32_t i = 0; i < solver->rows; i++)
		edges += solver->row[i].edge_count;
	solver->listed = malloc((edges + 1) * sizeof(*solver->listed));
	solver->listed_first = first;
	if (!first || !solver->listed)
		return false;
	for (uint32_t i = 0; i < solver->rows; i++)
		for (uint32_t e = 0; e < solver->row[i].edge_count; e++)
			first[solver->row[i].edges[e].place + 2]++;
	for (uint32_t j = 0; j < solver->places; j++)
		first[j + 2] += first[j + 1];
	for (uint32_t i = 0; i < solver->rows; i++)
		for (uint32_t e = 0; e < solver->row[i].edge_count; e++) {
			const struct edge *edge = &solver->row[i].edges[e];
			solver->listed[first[edge->place + 1]++] = (struct holder){ i, edge->score,
				edge->kept };
		}
	return true;
}
