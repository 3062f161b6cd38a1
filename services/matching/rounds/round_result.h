/*
 * round_result.h - the engine's result as the JSON that round_store takes: shortlists with their
 * entries, the candidates behind them, what everybody wants to learn and who could teach it, and
 * the mentees with fewer mentors than places, with reasons and what would help (round_ways.h). Scores, parts, ranks and worths are
 * computed with `policy`, which leaves out what people have declared: a declaration affects the choice
 * of mentors for a shortlist and leaves no other trace. `declared` is included only to check that the consents
 * still hold; it is not stored.
 */
#ifndef UPWARD_MATCHING_ROUND_RESULT_H
#define UPWARD_MATCHING_ROUND_RESULT_H

#include "base/buf.h"
#include "matching/rounds/round_input.h"

struct round_found {
	const struct round_input *input;
	const struct engine_policy *policy; /* the rules, and the scores that may be shown */
	const struct db_rows *declared;     /* the declarations that the round used */
	const struct engine_result *result;
	const struct engine_options *options; /* with which it was found */
	const char *const *skill_name; /* by number in input->skills; NULL = unnamed */
	round_input_going_fn *going;   /* called for every mentee; may be NULL */
	void *context;
};

/* Appends the document. false if out of memory, or if going() returned false. */
CHECKED bool round_result_write(struct buf *out, const struct round_found *found);

/* The names of the skills that occur, by number, from the rows (id, name); NULL if out of memory.
 * The array is owned (free()); the names are borrowed from the rows. */
CHECKED const char **round_skill_names(const struct round_input *input, const struct db_rows *rows);

/* Appends what the two have in common, and the parts that add up to the score, as `reasons` of an
 * entry. */
void round_result_reasons(
	struct buf *out, const struct round_found *found, uint32_t mentee, uint32_t mentor);

#endif
