/*
 * Builds the result from the state of a run.
 */
#ifndef ENGINE_ANSWER_H
#define ENGINE_ANSWER_H

#include "matching/engine/exact/solver.h"

/* The result of the current state, certificate included. ENGINE_OK or ENGINE_NO_MEMORY. */
enum engine_status answer_write(struct solver *solver, struct engine_result *ret_result);

/* After pairs have changed: orders them by mentee, ranks them, and sums their scores. */
void answer_rank(struct engine_result *result, uint64_t seed);

#endif
