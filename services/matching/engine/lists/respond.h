/*
 * Prices by answers: everybody in a block answers to the same prices with the best list of
 * candidates, then loads and prices move.
 */
#ifndef ENGINE_RESPOND_H
#define ENGINE_RESPOND_H

#include "matching/engine/lists/listing.h"

/* How fast prices follow loads: hundredths for each list too many, falling from pass to pass. */
struct pace {
	int32_t gamma;
	uint32_t keeps; /* per cent of it that the next pass has */
	uint32_t passes;
};
struct pace respond_pace(const struct listing *listing);

/*
 * The passes number from..to - 1 of the pace. At the end of each the prices take over what the loads
 * say. Stops early if cancelled or failed.
 */
void respond_run(struct listing *listing, const struct pace *pace, uint32_t from, uint32_t to);

/* Answers until hardly any mentor is on too many lists: the prices stay as they are, asks rise. */
void respond_settle(struct listing *listing);

#endif
