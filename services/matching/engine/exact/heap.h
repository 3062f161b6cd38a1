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
	uint32_t next; /* reverse searches: the next entry at the same distance */
};

/* Start with {0}; release entries with free(). */
struct heap {
	struct heap_entry *entries;
	size_t count, room;
};

/* False: out of memory. */
bool heap_push(struct heap *heap, int64_t key, uint32_t node);
/* Removes and returns the nearest; the heap must not be empty. */
struct heap_entry heap_pop(struct heap *heap);

#endif
