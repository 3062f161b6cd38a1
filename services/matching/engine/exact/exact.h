/*
 * The interface of exact runs: the calls, and the state that stable runs and lists share with them.
 */
#ifndef ENGINE_EXACT_H
#define ENGINE_EXACT_H

#include "matching/engine/exact/answer.h"
#include "matching/engine/exact/arena.h"
#include "matching/engine/exact/estimate.h"
#include "matching/engine/exact/heap.h"
#include "matching/engine/exact/prepare.h"
#include "matching/engine/exact/price.h"
#include "matching/engine/exact/run.h"
#include "matching/engine/exact/solve.h"
#include "matching/engine/exact/solver.h"

#endif
