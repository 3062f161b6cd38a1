/*
 * One mentor for every row, exactly: the sum of values is the greatest there is within the rooms of
 * the places. Successive shortest paths from prices that may be anything from 0 up: the better they
 * are, the fewer paths.
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
	struct option *options; /* of a row: different places */
	uint32_t *room;         /* by place */
	int64_t *price;         /* by place, >= 0 */
	const atomic_bool *cancel;
	uint32_t *chosen; /* the answer, by row: option from the row's first */
};

enum assign_answer {
	ASSIGN_DONE,
	ASSIGN_SHORT,   /* not every row can have one */
	ASSIGN_STOPPED, /* cancelled */
	ASSIGN_NO_MEMORY
};

/* Fills chosen; prices end as those that prove it. */
enum assign_answer assign_solve(struct assign *assign);

#endif
