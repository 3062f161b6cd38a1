/*
 * The priority queue of a search: nearest node first; ties go to the lower node.
 */
#ifndef ENGINE_HEAP_H
#define ENGINE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_entry {
	int64_t key;
	uint32_t node;
	uint32_t next; /* reverse searches: the one after it at the same distance */
};

/* Start with {0}; free entries with free. */
struct heap {
	struct heap_entry *entries;
	size_t count, room;
};

/* False without memory. */
bool heap_push(struct heap *heap, int64_t key, uint32_t node);
/* Takes the nearest; the heap must not be empty. */
struct heap_entry heap_pop(struct heap *heap);

#endif
