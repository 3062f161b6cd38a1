/*
 * Sorted pairs of people: those that are blocked, and those that are paired already.
 */
#ifndef ENGINE_LINKS_H
#define ENGINE_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
	uint32_t one, other;
};

/* For qsort: by one, then by other. */
int links_compare(const void *left, const void *right);
/* True if links[low..high), which is ascending, contains the link. */
bool links_find(const struct link *links, size_t low, size_t high, struct link wanted);

#endif
