/*
 * Better lists, one place each: everybody frees a place, and who comes into it is assigned for all at
 * once, exactly.
 */
#ifndef ENGINE_SLOTS_H
#define ENGINE_SLOTS_H

#include "matching/engine/lists/listing.h"

/* From lists that keep the cap; rounds of it until nothing is better. Never worse. */
void slots_run(struct listing *listing);

#endif
