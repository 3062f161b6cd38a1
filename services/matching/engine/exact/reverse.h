/*
 * Shortest paths from the mentors' end, which are faster when few free places are left.
 *
 * 
 *
 * reverse_run searches from all free places at once for the nearest rows with demand left, an
 * eighth of them per search: each ends a shortest path, and paths that do not cross are taken
 * together. The prices of all nodes farther away change by the same amount, which is only recorded
 * (shift), and the rows' bounds are not maintained meanwhile; reverse_close makes prices and bounds
 * valid again after the last search.
 *
 * 
 *
 * reverse_lower lowers the price of a mentor with a free place until the place is taken or the
 * price is 0 (after a change, when the invariant of free places does not hold for that mentor).
 *
 * 
 *
 * Both return SEARCH_DONE or SEARCH_STOPPED.
 */
#ifndef ENGINE_REVERSE_H
#define ENGINE_REVERSE_H

#include "matching/engine/exact/search.h"

/* points from the current prices within which a mentor's pairs are kept */
#define REVERSE_REACH 2000
enum search_answer reverse_run(struct solver *solver);
void reverse_close(struct solver *solver);
enum search_answer reverse_lower(struct solver *solver, uint32_t place);

#endif
