/*
 * A run's state as a result.
 */
#ifndef ENGINE_ANSWER_H
#define ENGINE_ANSWER_H

#include "matching/engine/exact/solver.h"

/* The result as the state says, certificate included. ENGINE_OK or ENGINE_NO_MEMORY. */
enum engine_status answer_write(struct solver *solver, struct engine_result *ret_result);

#endif
