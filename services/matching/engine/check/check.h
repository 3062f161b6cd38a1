/*
 * A second opinion: slow, scalar, and sharing nothing with the solver but the structures of the
 * population and of the result. It reads the people again, scores every pair again with code of
 * its own, and believes the certificate only if all of this holds:
 *
 *	the pairs	allowed under every hard rule, scored right, within demand, capacity and cap
 *	the prices	no allowed pair is worth more than its two prices (feasible)
 *	slackness	pairs taken, places left and prices fit each other
 *	the gap		dual value minus primal value is what the certificate says, 0 when complete
 *
 * Of lists as sets (lists.h) the prices say instead that no list of a mentee's kind is worth more than
 * the mentee's price and its mentors' prices; there is no slackness, and the gap may be any.
 *
 * For a cancelled run feasibility and the gap hold, slackness need not. For a stable matching it
 * looks for a blocking pair instead, by the choices that both sides stated and then by score, and
 * has every mentee's pairs ranked in that order.
 */
#ifndef ENGINE_CHECK_H
#define ENGINE_CHECK_H

#include "matching/engine/base/base.h"
#include "matching/engine/check/verdict.h"
#include "matching/engine/people/population.h"

/*
 * Checks a result against its population and policy. O(mentees x mentors) scalar work. options may
 * be null; of it only cancel counts. ENGINE_OK with the verdict set (which may be a refusal),
 * ENGINE_CANCELLED or ENGINE_NO_MEMORY.
 */
enum engine_status engine_check(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_verdict *ret_verdict);

#endif
