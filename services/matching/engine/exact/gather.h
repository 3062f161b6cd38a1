/*
 * When a search has settled most mentors, only the few others can still matter. Gathered in
 * separate blocks, they cost a row a fraction of what the whole population would.
 */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include "matching/engine/score/score.h"

/* Mentors not yet settled by a long search, in blocks of their own. */
struct gather {
	uint32_t *places;
	struct block *blocks;
	uint16_t *slots;
	uint8_t *scratch;
	uint32_t count; /* places; 0 = none gathered in this search */
	uint32_t block_count;
};

/* Empty again, with room for so many places. False without memory. */
bool gather_begin(struct gather *gather, const struct engine_scorer *scorer, size_t most);
/*
 * Lays out the places that the caller has put into `places`. If the run is cancelled meanwhile,
 * ret_cancelled is set and nobody is gathered. False without memory.
 */
bool gather_blocks(struct gather *gather, const struct engine_scorer *scorer,
	const atomic_bool *cancel, bool *ret_cancelled);
void gather_release(struct gather *gather);

#endif
