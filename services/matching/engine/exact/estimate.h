/*
 * Upper bound of the memory that a run needs, before it starts.
 */
#ifndef ENGINE_ESTIMATE_H
#define ENGINE_ESTIMATE_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"

/* Bytes a run will need at most, on top of the population. No run is started. */
enum engine_status engine_estimate(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_mode mode, size_t *ret_bytes);

/* What a stable run stores for a stated choice; stable/ asserts that its structure fits. */
#define ESTIMATE_STATED_BYTES 16u

#endif
