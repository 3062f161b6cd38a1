/*
 * round_ways.h - what would help whom a round has not helped: the smallest change of the policy that
 * really yields somebody, found by trying it. Each is one JSON value, `null` if no change is known:
 *
 *	{"yields":2,"rules":[{"rule":"junior","from":3,"to":2,"upper":false}]}
 *
 * A hard rule is relaxed as far as the nearest person needs (engine/explain/why_not.h). A higher exposure
 * cap (`exposure`) or longer lists (`list_size`) are proposed where the rules allow somebody who is on too
 * many lists already, or on none: for mentees with too few mentors all lists are made again, for a want
 * and for a mentor each list is tried by itself, with the others as they are.
 */
#ifndef UPWARD_MATCHING_ROUND_WAYS_H
#define UPWARD_MATCHING_ROUND_WAYS_H

#include "base/buf.h"
#include "matching/rounds/round_candidates.h"

struct round_ways {
	const struct round_input *input;
	const struct engine_policy *policy;
	const struct engine_result *result;
	const struct engine_teachers *teachers; /* borrowed */
	uint32_t *lists;  /* by person: lists that show them, older ones included */
	uint16_t *raised; /* by outcome: by how much the cap must rise to help, 0 = unknown */
	uint16_t *more;   /* by outcome: mentors that it yields */
	bool *next;       /* by person: one more place on some list would show them */
	size_t pairs;     /* looked at for mentors so far */
};

/* Tries higher caps if mentors of the result are contended. False if out of memory or cancelled; to be
 * released in any case. */
CHECKED bool round_ways_init(struct round_ways *ways, const struct round_input *input,
	const struct engine_policy *policy, const struct engine_result *result,
	const struct engine_teachers *teachers, const struct engine_options *options);
void round_ways_release(struct round_ways *ways);

/* A list as it is, with all who are allowed for its mentee. */
struct round_list {
	const struct engine_outcome *outcome;
	const struct round_candidates *allowed;
	const struct engine_pair *pairs; /* of the list */
	struct engine_list_part parts[ENGINE_SHORTLIST_MAX + 1];
	size_t added; /* whom one more place would bring, in allowed->all; its count = nobody */
};

/* Reads a list of the result, and notes whom one more place would bring. */
void round_ways_read(struct round_ways *ways, const struct engine_outcome *outcome,
	const struct round_candidates *allowed, struct round_list *ret_list);

/* For an open want, numbered from 0. */
void round_ways_want(struct buf *out, const struct round_ways *ways, const struct round_list *list,
	const struct engine_list_why *why, size_t want);

/* For a mentee with too few mentors. */
void round_ways_mentee(struct buf *out, const struct round_ways *ways,
	const struct engine_outcome *outcome, const struct engine_why_not *why);

/* For a mentor on no list, once all lists have been read. Each of them is compared with all mentees, at
 * about half a microsecond a pair; after ROUND_WAYS_PAIRS nothing is looked for. */
#define ROUND_WAYS_PAIRS 20000000
void round_ways_mentor(struct buf *out, struct round_ways *ways, uint32_t mentor,
	const struct round_tally *tally);

/* Adds a mentee whom the policy leaves out to a list: how many mentors they would have if it did not, and
 * what else would have to change if none. Adds nothing if nothing helps. Counts against ROUND_WAYS_PAIRS
 * too. */
void round_ways_outside(struct buf *out, struct round_ways *ways, uint32_t mentee);

#endif
