/*
 * Findings of the checker.
 */
#ifndef ENGINE_VERDICT_H
#define ENGINE_VERDICT_H

#include <stddef.h>
#include <stdint.h>

enum engine_refusal {
	ENGINE_REFUSAL_NONE = 0, /* everything holds */
	ENGINE_REFUSAL_SHAPE,    /* sides, demands or capacities are not those of the population */
	ENGINE_REFUSAL_PAIR,  /* a pair is not allowed, listed twice, wrongly marked as (not) by the
			        head-of-tree rule, or names an unknown person */
	ENGINE_REFUSAL_SCORE, /* a pair's score or the total is wrong */
	ENGINE_REFUSAL_CAPACITY,  /* more pairs than a person has places */
	ENGINE_REFUSAL_PRICE,     /* a price is infeasible for a pair or a side */
	ENGINE_REFUSAL_SLACKNESS, /* a taken pair or an open place does not fit its price */
	ENGINE_REFUSAL_GAP,       /* the gap differs from the one claimed, or is not 0 in a complete
				     run */
	ENGINE_REFUSAL_PIN,       /* a pinned pair is missing */
	ENGINE_REFUSAL_BLOCKING_PAIR, /* stable: two people would rather have each other */
	ENGINE_REFUSAL_OUTCOME, /* an outcome does not describe its pairs, or (stable) a rank is
				   wrong */
	ENGINE_REFUSAL_COUNT
};
const char *engine_refusal_word(enum engine_refusal refusal);

struct engine_verdict {
	enum engine_refusal refusal;
	uint32_t mentee, mentor; /* where; ENGINE_NONE if it concerns the whole */
	size_t pairs_seen;       /* allowed pairs that were re-scored */
};

#endif
