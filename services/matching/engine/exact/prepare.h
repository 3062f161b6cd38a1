/*
 * Prepares a run.
 */
#ifndef ENGINE_PREPARE_H
#define ENGINE_PREPARE_H

#include "matching/engine/score/score.h"

/*
 * Checks policy and pins, compares the memory estimate with the limit and lays out the population.
 * In the scorer's policy the exposure cap is raised as far as full lists require.
 */
enum engine_status prepare_run(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_scorer **ret_scorer);

#endif
