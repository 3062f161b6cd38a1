/*
 * An exact run, from the first pricing to the proof.
 */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "matching/engine/exact/solver.h"

/* Runs to the end: ENGINE_OK, ENGINE_CANCELLED (state valid) or ENGINE_NO_MEMORY. */
enum engine_status run_solver(struct solver *solver);

#endif
