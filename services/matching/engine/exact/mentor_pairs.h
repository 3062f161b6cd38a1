/*
 * The pairs of individual mentors: mentors, gathered in one block or taken block by block, are
 * scored against all rows on all threads. Pairs that are near enough are kept in
 * solver->mentor_pairs.
 */
#ifndef ENGINE_MENTOR_PAIRS_H
#define ENGINE_MENTOR_PAIRS_H

#include "matching/engine/exact/solver.h"

/*
 * Scores up to 128 mentors against all rows; keeps the pairs below each mentor's reach (PRICE_NEVER
 * = all). If solver->cancelled is set afterwards, nothing was kept. False: out of memory.
 */
bool mentor_pairs_price(
	struct solver *solver, const uint32_t *places, const int64_t *reaches, uint32_t count);
/* Scores all mentors, block by block; stops early if cancelled. */
bool mentor_pairs_price_all(struct solver *solver, int64_t reach);
/* Lists the pairs of a mentor that its price no longer covers; all its pairs must be known. */
bool mentor_pairs_list(struct solver *solver, uint32_t place);

#endif
