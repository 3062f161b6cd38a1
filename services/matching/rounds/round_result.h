/*
 * round_result.h - the engine's result as the JSON that round_store takes: shortlists with their
 * entries, the candidates behind them, and who has fewer than three and why.
 */
#ifndef UPWARD_MATCHING_ROUND_RESULT_H
#define UPWARD_MATCHING_ROUND_RESULT_H

#include "base/buf.h"
#include "matching/rounds/round_input.h"

#define ROUND_CANDIDATES 12 /* stored per mentee, so that a replacement shortlist is available at once */

struct round_found {
	const struct round_input *input;
	const struct engine_policy *policy;
	const struct engine_result *result;
	const char *const *skill_name; /* by number in input->skills; NULL = unnamed */
	round_input_going_fn *going;   /* called for every mentee; may be NULL */
	void *context;
};

/* Appends the document. false if out of memory, or if going() returned false. */
CHECKED bool round_result_write(struct buf *out, const struct round_found *found);

#endif
