/*
 * The interface to scores: of one pair in plain arithmetic, or of whole rows of pairs by the
 * kernels.
 */
#ifndef ENGINE_SCORE_H
#define ENGINE_SCORE_H

#include "matching/engine/score/criteria.h"
#include "matching/engine/score/layout.h"
#include "matching/engine/score/pair.h"
#include "matching/engine/score/scorer.h"

#endif
