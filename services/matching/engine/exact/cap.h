/*
 * On how many shortlists a mentor may be.
 */
#ifndef ENGINE_CAP_H
#define ENGINE_CAP_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"

/* The policy's exposure cap, or as much as is needed for full lists of all mentees, beside those that already
 * show a mentor. */
int32_t engine_exposure_cap(
	const struct engine_population *population, const struct engine_policy *policy);

#endif
