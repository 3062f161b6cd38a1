/*
 * Assigns one mentor to every row, exactly: the sum of values is the maximum possible within the
 * rooms of the places. Uses successive shortest paths from initial prices, which may be anything
 * from 0 up; the better they are, the fewer paths are needed.
 */
#ifndef ENGINE_ASSIGN_H
#define ENGINE_ASSIGN_H

#include "matching/engine/exact/exact.h"

#include <stdatomic.h>

struct option {
	uint32_t place;
	int32_t value;
};

struct assign {
	uint32_t rows, places;
	uint32_t *first;        /* rows + 1 entries, into options */
	struct option *options; /* of one row: all for different places */
	uint32_t *room;         /* by place */
	int64_t *price;         /* by place, >= 0 */
	const atomic_bool *cancel;
	uint32_t *chosen; /* the result, by row: index among the row's options */
};

enum assign_answer {
	ASSIGN_DONE,
	ASSIGN_SHORT,   /* not every row can get one */
	ASSIGN_STOPPED, /* cancelled */
	ASSIGN_NO_MEMORY
};

/* Fills chosen; prices end as a proof of optimality. */
enum assign_answer assign_solve(struct assign *assign);

#endif
