/*
 * round_candidates.h - all mentors who are allowed for a mentee, whether shown or not, and who would be
 * shown next.
 */
#ifndef UPWARD_MATCHING_ROUND_CANDIDATES_H
#define UPWARD_MATCHING_ROUND_CANDIDATES_H

#include "matching/rounds/round_input.h"

#define ROUND_CANDIDATES                                                                           \
	12 /* stored per mentee, so that a replacement shortlist is available at once */

/* A mentor for one mentee. */
struct round_candidate {
	uint32_t mentor;
	bool granted;  /* in the mentee's own line, allowed only by the head-of-tree rule */
	int64_t alone; /* what they would add to an empty list */
	struct engine_list_part part;
};

/* How one mentor fared: for how many mentees they are allowed, on how many lists they are, and how
 * many mentees each rule refused them. */
struct round_tally {
	uint32_t mentees, lists, refused[ENGINE_RULE_COUNT];
};

/* All mentors allowed for one mentee; those to be shown next come first. */
struct round_candidates {
	struct round_candidate *all; /* has room for all mentors */
	size_t count, next;          /* number allowed; number to be stored */
	struct round_tally *tallies; /* by person */
	uint32_t *mentors;           /* of the round */
	size_t mentor_count;
};

/* Finds the mentors of a round, and makes room. False if out of memory; to be released in any case. */
CHECKED bool round_candidates_init(
	struct round_candidates *allowed, const struct round_input *input);
void round_candidates_release(struct round_candidates *allowed);

/* Finds all mentors allowed for one mentee, and adds to the tallies. The first `next` of them are those
 * to be shown next: each adds most to those before; after every full list they start afresh, so that the
 * next few form a list of their own. */
void round_candidates_find(const struct round_input *input, const struct engine_policy *shown,
	uint32_t mentee, struct round_candidates *allowed);

#endif
