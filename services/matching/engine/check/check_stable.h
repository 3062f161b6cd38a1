/*
 * Verifies stability independently.
 */
#ifndef ENGINE_CHECK_STABLE_H
#define ENGINE_CHECK_STABLE_H

#include "matching/engine/check/checking.h"

/*
 * Checks that no two people would rather have each other than what they have, and that every
 * mentee's pairs are ranked in its own order. ENGINE_CANCELLED and ENGINE_NO_MEMORY leave no
 * verdict.
 */
enum engine_status check_stability(struct checking *checking);

#endif
