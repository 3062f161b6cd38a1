/* Memory for the rows' lists: allocated in large blocks, freed all at once. */
#include "matching/engine/exact/arena.h"

#include <stdlib.h>

#define CHUNK_SIZE ((size_t)256 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	max_align_t bytes[];
};

void *arena_take(struct arena *arena, size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (size > arena->left) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
		struct arena_chunk *chunk = malloc(sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->at = (uint8_t *)chunk->bytes;
		arena->left = room;
	}
	void *taken = arena->at;
	arena->at += size;
	arena->left -= size;
	return taken;
}

void arena_release(struct arena *arena)
{
	while (arena->chunks) {
		struct arena_chunk *next = arena->chunks->next;
		free(arena->chunks);
		arena->chunks = next;
	}
	*arena = (struct arena){ 0 };
}
