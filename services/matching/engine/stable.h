/*
 * Mentee-optimal stable matching: nobody can name a pair in which both would rather be.
 *
 * Both sides rank by score, then by the lower index. Mentees propose on lists that are extended on
 * demand over the whole population (deferred acceptance; Gale and Shapley 1962, with capacities),
 * so every mentee has the best partners that any stable matching gives. A last pass over all pairs
 * looks for a blocking pair with the SIMD kernel: stability is proven, not assumed.
 */
#ifndef ENGINE_STABLE_H
#define ENGINE_STABLE_H

#include "matching/engine/solve.h"

/*
 * Capacities as in engine_pairs; pins are ignored. result->certificate.complete says that the pass
 * found no blocking pair; the prices are absent. Answers like engine_shortlist.
 */
enum engine_status engine_stable(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

#endif
