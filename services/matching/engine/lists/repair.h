/*
 * Turns lists that nearly keep the cap into lists that keep it.
 */
#ifndef ENGINE_REPAIR_H
#define ENGINE_REPAIR_H

#include "matching/engine/lists/listing.h"

/*
 * For each mentor on too many lists, the lists that lose least give the mentor up, in favour of the
 * best list of mentors with room; if there is none, along a chain of lists that each replace one
 * mentor. False if some mentor is still on too many.
 */
bool repair_lists(struct listing *listing);

/* Lets every row in turn take the best list of mentors with room. */
void repair_polish(struct listing *listing);

#endif
