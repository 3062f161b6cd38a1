/*
 * Verifies a result independently: slow, scalar, and sharing nothing with the solver but the
 * structures of population and result. It scores every pair again with its own code, and accepts
 * the certificate only if all of these hold:
 *
 *	pairs		allowed by every hard rule, scored correctly, within all limits
 *	prices		no allowed pair is worth more than the sum of its two prices
 *	slackness	complementary slackness of pairs, free places and prices
 *	gap		dual minus primal value is what the certificate says, 0 if complete
 *
 * For lists as sets (lists.h) it checks instead that no list of a mentee's kind is worth more than
 * the price of the mentee and those of its mentors; slackness is not required, and any gap is
 * accepted.
 *
 * For a cancelled run, slackness is not required. For a stable matching it looks for a blocking
 * pair instead, by the stated choices of both sides and then by score, and checks that every
 * mentee's pairs are ranked in that order.
 */
#ifndef ENGINE_CHECK_H
#define ENGINE_CHECK_H

#include "matching/engine/base/base.h"
#include "matching/engine/check/verdict.h"
#include "matching/engine/people/population.h"

/*
 * Checks a result against its population and policy. O(mentees x mentors) scalar work. options may
 * be null; only its cancel is used. ENGINE_OK with the verdict set (which may be a refusal),
 * ENGINE_CANCELLED or ENGINE_NO_MEMORY.
 */
enum engine_status engine_check(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_verdict *ret_verdict);

#endif
