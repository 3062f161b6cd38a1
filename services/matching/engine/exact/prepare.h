/*
 * Prepares a run.
 */
#ifndef ENGINE_PREPARE_H
#define ENGINE_PREPARE_H

#include "matching/engine/score/score.h"

/*
 * Checks policy and pins, compares the estimate with the limit and lays out. The scorer's
 * policy has the exposure cap raised as far as full lists need it.
 */
enum engine_status prepare_run(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_scorer **ret_scorer);

#endif
