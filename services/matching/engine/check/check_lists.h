/*
 * Checks lists as sets against every possible list.
 */
#ifndef ENGINE_CHECK_LISTS_H
#define ENGINE_CHECK_LISTS_H

#include "matching/engine/check/checking.h"

/*
 * Checks worth, kinds and bound of the lists; false if refused, cancelled or out of memory
 * (checking->no_memory). The worth is computed here independently, as described in lists.h.
 */
bool check_lists(struct checking *checking);

#endif
