/*
 * A second opinion: slow, scalar, and sharing nothing with the solver but the structures of the
 * population and of the result. It reads the people again, scores every pair again with code of its
 *own, and believes the certificate only if all of this holds:
 *
 *	the pairs		allowed under every hard rule, scored right, within demand, capacity
 *and cap the prices		no allowed pair is worth more than its two prices (feasible)
 *	complementary slackness	pairs taken, places left and prices fit each other
 *	the gap			dual value minus primal value is what the certificate says, 0 when
 *complete
 *
 * For a cancelled run feasibility and the gap hold, slackness need not. For a stable matching it
 * looks for a blocking pair instead, by the choices that both sides stated and then by score, and
 * has every mentee's pairs ranked in that order.
 */
#ifndef ENGINE_CHECK_H
#define ENGINE_CHECK_H

#include "matching/engine/exact/solve.h"

enum engine_refusal {
	ENGINE_REFUSAL_NONE = 0, /* everything holds */
	ENGINE_REFUSAL_SHAPE,    /* sides, demands or capacities are not those of the population */
	ENGINE_REFUSAL_PAIR, /* a pair is not allowed, listed twice, wrongly said to be (not) by the
				head-of-tree rule, or names somebody unknown */
	ENGINE_REFUSAL_SCORE,     /* a pair's score or the total is wrong */
	ENGINE_REFUSAL_CAPACITY,  /* more pairs than a person has places */
	ENGINE_REFUSAL_PRICE,     /* a price is infeasible for some pair or side */
	ENGINE_REFUSAL_SLACKNESS, /* a taken pair or an open place does not fit its price */
	ENGINE_REFUSAL_GAP,       /* the gap is not the one claimed, or not 0 in a complete run */
	ENGINE_REFUSAL_PIN,       /* a pinned pair is missing */
	ENGINE_REFUSAL_BLOCKING_PAIR, /* stable: two people would rather have each other */
	ENGINE_REFUSAL_OUTCOME, /* an outcome does not describe its pairs, or (stable) a rank is
				   wrong */
	ENGINE_REFUSAL_COUNT
};
const char *engine_refusal_word(enum engine_refusal refusal);

struct engine_verdict {
	enum engine_refusal refusal;
	uint32_t mentee, mentor; /* where, ENGINE_NONE if it is about the whole */
	size_t pairs_seen;       /* allowed pairs that were re-scored */
};

/*
 * Checks a result against its population and policy. O(mentees x mentors) scalar work. options may
 * be null; of it only cancel counts. ENGINE_OK with the verdict set (which may be a refusal),
 * ENGINE_CANCELLED or ENGINE_NO_MEMORY.
 */
enum engine_status engine_check(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_verdict *ret_verdict);

#endif
