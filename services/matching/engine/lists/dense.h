/*
 * A pass over all allowed pairs at the current prices.
 */
#ifndef ENGINE_DENSE_H
#define ENGINE_DENSE_H

#include "matching/engine/lists/listing.h"

/*
 * Proves the bound at the current prices; the lowest bound proven is kept. With `choose` the rows
 * get new candidates: mentors on the best list or able to replace somebody on it, the best mentors
 * by themselves, and the best in addition to the first of the list; with `keep` they also keep
 * their old candidates. If cancelled or out of memory (listing->failed), nothing is proven, and a
 * row's candidates may be old or new.
 */
void dense_pass(struct listing *listing, bool choose, bool keep);

#endif
