/* The queue of a search: four children per node, so that it is half as deep. */
#include "matching/engine/exact/heap.h"

#include "matching/engine/base/base.h"

bool heap_push(struct heap *heap, int64_t key, uint32_t node)
{
	if (!array_grow((void **)&heap->entries, &heap->room, heap->count, sizeof(*heap->entries)))
		return false;
	size_t at = heap->count++;
	while (at) {
		size_t parent = (at - 1) / 4;
		struct heap_entry *above = &heap->entries[parent];
		if (above->key < key || (above->key == key && above->node <= node))
			break;
		heap->entries[at] = *above;
		at = parent;
	}
	heap->entries[at] = (struct heap_entry){ key, node };
	return true;
}

static bool heap_before(const struct heap_entry *one, const struct heap_entry *other)
{
	return one->key < other->key || (one->key == other->key && one->node < other->node);
}

struct heap_entry heap_pop(struct heap *heap)
{
	struct heap_entry *entries = heap->entries;
	struct heap_entry top = entries[0], last = entries[--heap->count];
	size_t at = 0, count = heap->count;
	for (;;) {
		size_t best = at * 4 + 1;
		if (best >= count)
			break;
		size_t end = best + 4 < count ? best + 4 : count;
		for (size_t child = best + 1; child < end; child++)
			if (heap_before(&entries[child], &entries[best]))
				best = child;
		if (!heap_before(&entries[best], &last))
			break;
		entries[at] = entries[best];
		at = best;
	}
	if (count)
		entries[at] = last;
	return top;
}
