/*
 * The auction that begins an exact run: it assigns the pairs that need no search.
 */
#ifndef ENGINE_AUCTION_H
#define ENGINE_AUCTION_H

#include "matching/engine/exact/solver.h"

/* Takes the pairs that are easy to decide. Prices rise; nothing is lost if it stops. */
void auction_run(struct solver *solver);

#endif
