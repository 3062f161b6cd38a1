/*
 * A pass over every allowed pair at today's prices.
 */
#ifndef ENGINE_DENSE_H
#define ENGINE_DENSE_H

#include "matching/engine/lists/listing.h"

/*
 * Proves the bound at the prices; the least one proven is kept. With `choose` the rows get new
 * candidates: who is on the best list or would replace somebody on it, the best alone and the best
 * beside the best one; with `keep` those they had as well. If it is cancelled or without memory
 * (listing->failed), nothing is proven and candidates are old or new.
 */
void dense_pass(struct listing *listing, bool choose, bool keep);

#endif
