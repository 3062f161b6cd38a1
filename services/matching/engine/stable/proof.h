/*
 * The pass over all pairs that looks for a blocking pair.
 */
#ifndef ENGINE_PROOF_H
#define ENGINE_PROOF_H

#include "matching/engine/stable/accepting.h"

/* Sets solver->stable. ENGINE_OK or ENGINE_CANCELLED. */
enum engine_status proof_run(struct accepting *accepting);

#endif
