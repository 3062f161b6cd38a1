/*
 * The reporting forest: everyone's position, as pre-order numbers and depths. Built without
 * recursion, so chains may be of any depth.
 */
#ifndef ENGINE_FOREST_H
#define ENGINE_FOREST_H

#include "matching/engine/people/packed.h"

/*
 * Computes everyone's standing from the managers. Faults (unknown manager, self, cycle) give
 * ENGINE_INVALID.
 */
enum engine_status forest_build(struct engine_population *population, struct engine_faults *faults);

#endif
