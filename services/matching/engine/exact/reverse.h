/*
 * A search from the mentors' end under way. Labels hold the next node towards the place to spare.
 */
#ifndef ENGINE_REVERSE_H
#define ENGINE_REVERSE_H

#include "matching/engine/exact/solver.h"

#define SINK ENGINE_NONE /* the end of every path: a place to spare, or a place left empty */
/* Rows farther than this are hopeless: looked for when there are no others. */
#define REVERSE_FAR 4096

struct reverse {
	struct solver *solver;
	uint32_t rows_from, limits_from; /* first node of each kind */
	uint32_t events_from; /* a place plus this: its nearest or its known pairs are used up */
	int64_t now;
	struct ending ending;              /* how far to look; the ends are in solver->ends */
	size_t wanted;                     /* rows to find before the search ends */
	size_t in_sight;                   /* rows labelled not farther than the ending */
	bool far;                          /* one row is enough, however far */
	uint32_t ends_at[REVERSE_FAR + 1]; /* rows labelled, by their distance now */
	uint32_t queue[REVERSE_FAR + 1];   /* first entry of solver->heap by distance */
	bool queued;                       /* the queue is in use, and the heap only its memory */
	bool lowering;                     /* see reverse_lower */
	bool stopped;
};

void reverse_begin(struct reverse *reverse, struct solver *solver);
void reverse_relax(struct reverse *reverse, uint32_t node, int64_t distance, uint32_t to);
/* A node or an event at its distance; without memory the search is stopped. */
void reverse_push(struct reverse *reverse, int64_t distance, uint32_t node);
void reverse_end_at(struct reverse *reverse, int64_t distance, uint32_t node);
/* Settles everything not farther than the ending; false if it was stopped. */
bool reverse_settle(struct reverse *reverse);

/* reverse_column.c: the pairs of a settled mentor; and more of them when they are used up. */
void reverse_expand(struct reverse *reverse, uint32_t place);
void reverse_extend(struct reverse *reverse, uint32_t place);

/* reverse_path.c: true if no row or mentor on the way was used by another path of this search. */
bool reverse_path_free(const struct reverse *reverse, uint32_t node);
/* From the end to the sink: every row drops the pair before and takes the one after. */
bool reverse_take_path(struct reverse *reverse, uint32_t node);

#endif
