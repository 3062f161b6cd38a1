/*
 * One run of deferred acceptance under way; shared by the files of stable.h only.
 */
#ifndef ENGINE_STABLE_STATE_H
#define ENGINE_STABLE_STATE_H

#include "matching/engine/exact/solver.h"

#define UNSTATED 255u /* behind every place of a list */

/* An allowed pair of which at least one has stated the other. */
struct stated {
	uint32_t row, place;
	int16_t score;
	uint8_t by_mentee, by_mentor; /* place in the own list from 1, or UNSTATED */
};

/* All of them. Of a run in which nobody stated anything count is 0 and nothing is allocated. */
struct orders {
	struct stated *list; /* ascending by row, place */
	size_t *first;       /* by row, and one more: where the row's pairs begin */
	size_t count;
};

/* A mentee as a mentor sees it. */
struct rival {
	uint32_t row;
	int16_t score;
	uint8_t choice; /* the mentor's, or UNSTATED */
};

struct accepting {
	struct solver *solver;
	struct orders orders;
	uint32_t *next;    /* by row: wishes used up */
	bool *whole;       /* by row: the list has been extended to the end */
	bool *queued;      /* by row: stands in waiting */
	uint32_t *waiting; /* rows that may propose */
	size_t waiting_count;
	struct rival *worst; /* by place, where all places are taken: whom the mentor lets go */
	/* By place and padding: what the score of somebody whom the mentor did not state must
	 * exceed: -1 while there is room, INT16_MAX if only stated mentees hold the places. */
	int16_t *threshold;
};

/* Pairs stated by either, of that row; ret_end is one past the last. */
static inline const struct stated *orders_of(
	const struct orders *orders, uint32_t row, const struct stated **ret_end)
{
	*ret_end = orders->count ? orders->list + orders->first[row + (size_t)1] : NULL;
	return orders->count ? orders->list + orders->first[row] : NULL;
}

/* Null if neither has stated the other. */
const struct stated *orders_find(const struct orders *orders, uint32_t row, uint32_t place);

/*
 * Looks up and scores the stated pairs; those not allowed are left out. ENGINE_OK,
 * ENGINE_CANCELLED or ENGINE_NO_MEMORY; release in any case.
 */
enum engine_status orders_init(struct orders *orders, struct solver *solver);
void orders_release(struct orders *orders);

/* The mentee's order between two mentors, of which the choices are the places in its list. */
static inline bool wish_before(const struct solver *solver, const struct edge *one, uint8_t choice,
	const struct edge *other, uint8_t other_choice)
{
	if (choice != other_choice)
		return choice < other_choice;
	if (one->score != other->score)
		return one->score > other->score;
	return solver->scorer->lines[one->place].person <
	       solver->scorer->lines[other->place].person;
}

/* The mentor's order between two mentees. */
static inline bool rival_before(struct rival one, struct rival other)
{
	if (one.choice != other.choice)
		return one.choice < other.choice;
	return one.score != other.score ? one.score > other.score : one.row < other.row;
}

static inline struct rival rival_of(
	const struct accepting *accepting, uint32_t row, uint32_t place, int16_t score)
{
	const struct stated *stated = orders_find(&accepting->orders, row, place);
	return (struct rival){ row, score, stated ? stated->by_mentor : (uint8_t)UNSTATED };
}

/* True if the mentor has room, or would let somebody go for this one. */
static inline bool accepts(const struct accepting *accepting, uint32_t at, struct rival rival)
{
	const struct place *place = &accepting->solver->place[at];
	if (place->holders < place->capacity)
		return true;
	return place->capacity && rival_before(rival, accepting->worst[at]);
}

/* Finds worst and threshold of a place anew. */
void accepting_look(struct accepting *accepting, uint32_t place);

/* stable_proof.c: the dense pass; sets solver->stable. ENGINE_OK or ENGINE_CANCELLED. */
enum engine_status accepting_prove(struct accepting *accepting);

#endif
