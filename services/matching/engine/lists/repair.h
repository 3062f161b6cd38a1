/*
 * Lists that keep the cap, from lists that nearly do.
 */
#ifndef ENGINE_REPAIR_H
#define ENGINE_REPAIR_H

#include "matching/engine/lists/listing.h"

/*
 * At each mentor on too many lists those leave who lose least by the best list of mentors with places
 * to spare; where there is none, along a chain of lists each of which changes one mentor. False if
 * somebody is still on too many.
 */
bool repair_lists(struct listing *listing);

/* Everybody takes the best list of mentors with places to spare, one after the other. */
void repair_polish(struct listing *listing);

#endif
