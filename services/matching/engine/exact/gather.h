/*
 * When a search has settled most mentors, only the few others can still matter. Gathered in
 * separate blocks, they cost a row a fraction of what the whole population would.
 */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include "matching/engine/score/score.h"

/* The mentors not yet settled by a long search, in separate blocks. */
struct gather {
	uint32_t *places;
	struct block *blocks;
	uint16_t *slots;
	uint8_t *scratch;
	uint32_t count; /* places; 0 = none gathered in this search */
	uint32_t block_count;
};

/* Empties it and makes room for `most` places. False: out of memory. */
bool gather_begin(struct gather *gather, const struct engine_scorer *scorer, size_t most);
/*
 * Lays out the places that the caller has put into `places`. If the run is cancelled meanwhile,
 * ret_cancelled is set and nothing is gathered. False: out of memory.
 */
bool gather_blocks(struct gather *gather, const struct engine_scorer *scorer,
	const atomic_bool *cancel, bool *ret_cancelled);
void gather_release(struct gather *gather);

#endif
