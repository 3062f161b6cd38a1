/*
 * Pricing: searches the whole population for pairs that are missing from the rows' lists.
 */
#ifndef ENGINE_PRICE_H
#define ENGINE_PRICE_H

#include "matching/engine/exact/solver.h"

/*
 * Compares rows with the whole population at the current prices and lists the best pairs that were
 * not listed, so that bound falls below price (or the row is complete: bound = PRICE_LOWEST).
 */
enum engine_status price_rows(struct solver *solver, const uint32_t *rows, size_t count);

/*
 * The same for one row during a search, when the row's price (limited: its price towards the
 * limited department) has met its bound. If outside is set, mentors already settled are left out:
 * their prices rise during the search as the row's falls, so their pairs cannot violate it before
 * the search ends. The bound then holds only for the others, and row->loose is set; when the search
 * ends it sets the bound to the price. If mentors are few, a row that has been priced often enough
 * gets all of them instead, and is never priced again.
 */
#define PRICED_ENOUGH 3u /* times a row is priced against everybody before that */
enum engine_status price_within(struct solver *solver, uint32_t row, bool limited, bool outside);

#endif
