/*
 * An arena for the rows' lists: allocated in large blocks, freed all at once.
 */
#ifndef ENGINE_ARENA_H
#define ENGINE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena {
	struct arena_chunk *chunks;
	size_t left;
	uint8_t *at;
};

/* Returns 16-byte aligned memory; null: out of memory. */
void *arena_take(struct arena *arena, size_t size);
void arena_release(struct arena *arena);

#endif
