/*
 * refused_choices.h - the stated choices that the rules do not allow, for the files of a result.
 */
#ifndef UPWARD_MATCH_REFUSED_CHOICES_H
#define UPWARD_MATCH_REFUSED_CHOICES_H

#include "base/buf.h"
#include "matching/engine/engine.h"
#include "matching/cli/out_file.h"
#include "matching/cli/people.h"

/* Start with {0}: no preferences were given, and nothing is written about any. */
struct refused_choices {
	bool given;                         /* a file of preferences was given */
	struct engine_refused_choice *list; /* owned; mentees' choices first, by person and place */
	size_t count;
};

/* ENGINE_OK or ENGINE_NO_MEMORY; in the latter case it is unchanged. */
CHECKED enum engine_status refused_choices_read(const struct people *people,
	const struct engine_policy *policy, struct refused_choices *ret_refused);
void refused_choices_release(struct refused_choices *refused);

/* Writes one line for each person with such choices: stated_by, side, not_allowed (choice, place,
 * rule). */
void refused_choices_explain(
	const struct refused_choices *refused, const struct people *people, struct out_file *out);

/* Writes those of one mentee as a cell after a comma: rule:id, separated by |. */
void refused_choices_cell(const struct refused_choices *refused, const struct people *people,
	uint32_t mentee, struct out_file *out);

#endif
