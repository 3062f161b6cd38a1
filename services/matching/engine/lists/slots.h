/*
 * Improves lists by one place each: every row frees a place, and new mentors for all of them are
 * assigned at once, exactly.
 */
#ifndef ENGINE_SLOTS_H
#define ENGINE_SLOTS_H

#include "matching/engine/lists/listing.h"

/* Starts from lists that keep the cap; repeats rounds until nothing improves. Never makes the sum
 * worse. */
void slots_run(struct listing *listing);

#endif
