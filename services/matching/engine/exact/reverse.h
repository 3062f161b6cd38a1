/*
 * The same shortest path from the other end, for when few places are left.
 *
 * reverse_run looks from all places to spare at once for the nearest rows with something to send,
 * an eighth of them in one search: each of them ends a shortest path, and paths that do not cross
 * are taken together. The prices of everybody farther away move as one, so that is only noted
 * (shift), and the rows' bounds are not kept meanwhile: reverse_close makes prices and bounds valid
 * again after the last one.
 *
 * reverse_lower lets the price of a mentor with a place to spare fall until somebody takes the
 * place or it is 0 (after a change: the invariant of spare places does not hold for that mentor
 * before).
 *
 * Both answer SEARCH_DONE or SEARCH_STOPPED.
 */
#ifndef ENGINE_REVERSE_H
#define ENGINE_REVERSE_H

#include "matching/engine/exact/search.h"

/* points from today's prices within which a mentor's pairs are kept */
#define REVERSE_REACH 2000
enum search_answer reverse_run(struct solver *solver);
void reverse_close(struct solver *solver);
enum search_answer reverse_lower(struct solver *solver, uint32_t place);

#endif
