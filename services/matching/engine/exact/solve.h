/*
 * Exact matching over every allowed pair.
 *
 * All solvers maximise, in this order: people with a first place, with a second, with a third, ...;
 * (repair) pairs kept; (shortlists) lists that span two departments; and then the total score. The
 * answer comes with prices that prove it: see check.h.
 *
 * Method: successive shortest paths on a small set of candidate pairs, with dual prices that stay
 * feasible for all pairs at all times: a row whose price would fall below the bound proven for its
 * unlisted pairs is priced again over the whole population by a SIMD kernel before the search may
 * pass (column generation; Volgenant 1996, Luebbecke and Desrosiers 2004).
 */
#ifndef ENGINE_SOLVE_H
#define ENGINE_SOLVE_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

/*
 * The shortlists of a round: policy->shortlist_size mentors for every active mentee, no mentor on
 * more lists than the cap, two departments where possible. faults may be null. ENGINE_OK, or
 * ENGINE_CANCELLED with ret_result set as well; otherwise ret_result is unchanged.
 */
enum engine_status engine_shortlist(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

/* The best pairs within the capacities of both sides. Returns the same statuses as
 * engine_shortlist. */
enum engine_status engine_pairs(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

/*
 * Repairs a published result after people have changed: it keeps as many published pairs as
 * possible among the solutions that fill the most places, then maximises the score. Published pairs
 * that are no longer allowed, or name people who have left, are not kept. mode is PAIRS or
 * SHORTLIST.
 */
enum engine_status engine_repair(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, const struct engine_pair *published, size_t published_count,
	struct engine_faults *faults, struct engine_result *ret_result);

#endif
