/*
 * Lists as sets against every list that could be.
 */
#ifndef ENGINE_CHECK_LISTS_H
#define ENGINE_CHECK_LISTS_H

#include "matching/engine/check/checking.h"

/*
 * Worth, kinds and bound of lists; false when refused, cancelled or (checking->no_memory) without
 * memory. What lists are worth is worked out here again, from lists.h.
 */
bool check_lists(struct checking *checking);

#endif
