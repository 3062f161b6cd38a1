/*
 * round_result.h - what the engine found, as the JSON that round_store takes: shortlists with their
 * entries, the candidates behind them, and who has fewer than three and why.
 */
#ifndef UPWARD_MATCHING_ROUND_RESULT_H
#define UPWARD_MATCHING_ROUND_RESULT_H

#include "base/buf.h"
#include "matching/rounds/round_input.h"

#define ROUND_CANDIDATES 12 /* kept a mentee, so that a replacement shortlist is there at once */

struct round_found {
	const struct round_input *input;
	const struct engine_policy *policy;
	const struct engine_result *result;
	const char *const *skill_name; /* by number in input->skills; NULL = unnamed */
	round_input_going_fn *going;   /* asked for every mentee; may be NULL */
	void *context;
};

/* Appends the document. false when memory is refused, or going() said so. */
CHECKED bool round_result_write(struct buf *out, const struct round_found *found);

#endif
