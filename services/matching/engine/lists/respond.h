/*
 * Finds prices by answers: all rows of a block answer the same prices with the best list of their
 * candidates, then loads and prices are updated.
 */
#ifndef ENGINE_RESPOND_H
#define ENGINE_RESPOND_H

#include "matching/engine/lists/listing.h"

/* How fast prices follow loads: hundredths per list too many, decreasing from pass to pass. */
struct pace {
	int32_t gamma;
	uint32_t keeps; /* per cent of gamma kept for the next pass */
	uint32_t passes;
};
struct pace respond_pace(const struct listing *listing);

/*
 * Runs passes from..to - 1 of the pace. After each pass the prices are adjusted to the loads. Stops
 * early if cancelled or failed.
 */
void respond_run(struct listing *listing, const struct pace *pace, uint32_t from, uint32_t to);

/* Answers until hardly any mentor is on too many lists: prices stay unchanged, only asks rise. */
void respond_settle(struct listing *listing);

#endif
