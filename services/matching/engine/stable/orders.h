/*
 * Pairs with a stated choice: collected, scored, looked up.
 */
#ifndef ENGINE_ORDERS_H
#define ENGINE_ORDERS_H

#include "matching/engine/exact/exact.h"

#define UNSTATED 255u /* comes after every position in a list */

/* An allowed pair in which at least one has stated the other. */
struct stated {
	uint32_t row, place;
	int16_t score;
	uint8_t by_mentee, by_mentor; /* position in the own list from 1, or UNSTATED */
};

/* All stated pairs. If nobody stated anything, count is 0 and nothing is allocated. */
struct orders {
	struct stated *list; /* ascending by row, place */
	size_t *first;       /* by row, and one more: where the row's pairs begin */
	size_t count;
};

/* The pairs of a row stated by either side; ret_end is one past the last. */
static inline const struct stated *orders_of(
	const struct orders *orders, uint32_t row, const struct stated **ret_end)
{
	*ret_end = orders->count ? orders->list + orders->first[row + (size_t)1] : NULL;
	return orders->count ? orders->list + orders->first[row] : NULL;
}

/* Null if neither has stated the other. */
const struct stated *orders_find(const struct orders *orders, uint32_t row, uint32_t place);

/*
 * Finds and scores the stated pairs; those not allowed are left out. ENGINE_OK, ENGINE_CANCELLED or
 * ENGINE_NO_MEMORY; must be released in any case.
 */
enum engine_status orders_init(struct orders *orders, struct solver *solver);
void orders_release(struct orders *orders);

#endif
