/*
 * Dynamic arrays: they grow by half when they are full.
 */
#ifndef ENGINE_GROW_H
#define ENGINE_GROW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for one more entry of `size` bytes after the `count` existing ones. False: out of
 * memory; the array is then unchanged. Release it with free().
 */
bool array_grow(void **array, size_t *room, size_t count, size_t size);

#endif
