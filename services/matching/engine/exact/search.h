/*
 * Shortest paths from the mentees' end; each fills one place.
 */
#ifndef ENGINE_SEARCH_H
#define ENGINE_SEARCH_H

#include "matching/engine/exact/solver.h"

enum search_answer {
	SEARCH_DONE,    /* the place is decided: held or empty */
	SEARCH_BLOCKED, /* rows were queued for pricing; prices moved as far as is proven */
	SEARCH_LONG,    /* more than `most` rows; prices moved as far as the search came */
	SEARCH_STOPPED, /* cancelled or out of memory; nothing moved */
};

/* Where a path ends. */
struct ending {
	int64_t distance;
	uint32_t node; /* place with room, or row that leaves a place empty */
};

/* Decides one place of a row by a shortest path. */
enum search_answer search_run(struct solver *solver, uint32_t row, size_t most, bool pricing);

#endif
