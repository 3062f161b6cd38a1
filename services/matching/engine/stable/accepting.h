/*
 * The state of a run of deferred acceptance, and the preference orders of both sides.
 */
#ifndef ENGINE_ACCEPTING_H
#define ENGINE_ACCEPTING_H

#include "matching/engine/stable/orders.h"

/* A mentee in a mentor's view. */
struct rival {
	uint32_t row;
	int16_t score;
	uint8_t choice; /* position in the mentor's list, or UNSTATED */
};

struct accepting {
	struct solver *solver;
	struct orders orders;
	uint32_t *next;    /* by row: wishes used up */
	bool *whole;       /* by row: the list has been extended to the end */
	bool *queued;      /* by row: whether it is in waiting */
	uint32_t *waiting; /* rows that may propose */
	size_t waiting_count;
	struct rival *worst; /* by place, if all its places are taken: whom the mentor would drop */
	/* By place and padding: the score that a mentee whom the mentor did not state must exceed:
	 * -1 while there is room, INT16_MAX if only stated mentees hold the places. */
	int16_t *threshold;
};

/* The mentee's order between two mentors; the choices are positions in the mentee's list. */
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

/* True if the mentor has room, or would drop somebody for this mentee. */
static inline bool accepts(const struct accepting *accepting, uint32_t at, struct rival rival)
{
	const struct place *place = &accepting->solver->place[at];
	if (place->holders < place->capacity)
		return true;
	return place->capacity && rival_before(rival, accepting->worst[at]);
}

/* Recomputes worst and threshold of a place. */
void accepting_look(struct accepting *accepting, uint32_t place);

#endif
