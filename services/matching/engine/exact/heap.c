/* The queue of a search: nearest first, ties to the lower node. */
#include "matching/engine/exact/solver.h"

bool heap_push(struct solver *solver, int64_t key, uint32_t node)
{
	if (!people_grow((void **)&solver->heap, &solver->heap_room, solver->heap_count,
		    sizeof(*solver->heap))) {
		solver->failed = true;
		return false;
	}
	size_t at = solver->heap_count++;
	while (at) {
		size_t parent = (at - 1) / 4;
		struct heap_entry *above = &solver->heap[parent];
		if (above->key < key || (above->key == key && above->node <= node))
			break;
		solver->heap[at] = *above;
		at = parent;
	}
	solver->heap[at] = (struct heap_entry){ key, node };
	return true;
}

static bool heap_before(const struct heap_entry *one, const struct heap_entry *other)
{
	return one->key < other->key || (one->key == other->key && one->node < other->node);
}

struct heap_entry heap_pop(struct solver *solver)
{
	struct heap_entry *heap = solver->heap;
	struct heap_entry top = heap[0], last = heap[--solver->heap_count];
	size_t at = 0, count = solver->heap_count;
	for (;;) {
		size_t best = at * 4 + 1;
		if (best >= count)
			break;
		size_t end = best + 4 < count ? best + 4 : count;
		for (size_t child = best + 1; child < end; child++)
			if (heap_before(&heap[child], &heap[best]))
				best = child;
		if (!heap_before(&heap[best], &last))
			break;
		heap[at] = heap[best];
		at = best;
	}
	if (count)
		heap[at] = last;
	return top;
}

void search_clear(struct solver *solver)
{
	solver->stamp += 4;
	if (solver->stamp >= UINT32_MAX - 8) {
		for (size_t n = 0; n < solver->places + 2 * (size_t)solver->rows; n++)
			solver->labels[n].stamp = 0;
		solver->stamp = 4;
	}
	solver->heap_count = solver->stack_count = solver->settled_count = 0;
	solver->settled_places = 0;
	solver->end_count = 0;
	solver->gather.count = 0;
}
