/*
 * The state of a run that chooses shortlists: each mentee's candidates and list, each mentor's
 * price and the number of lists they are on. Prices and worths are in hundredths of points.
 */
#ifndef ENGINE_LISTING_H
#define ENGINE_LISTING_H

#include "matching/engine/base/base.h"
#include "matching/engine/exact/exact.h"
#include "matching/engine/lists/oracle.h"
#include "matching/engine/lists/worth.h"
#include "matching/engine/people/people.h"
#include "matching/engine/score/score.h"

/* The price of a mentor without places; eight of these still fit in 32 bits. */
#define PRICE_TOP 100000000

struct list_row {
	struct candidate *candidates; /* ascending by place; in an arena */
	uint8_t *shares;              /* stride bytes each; in an arena */
	uint32_t count;
	struct list_terms terms;
	int32_t excess; /* the most by which a single worth exceeds its score */
	uint8_t pinned;
	uint8_t still;                /* consecutive answers that changed nothing */
	uint32_t held[WORTH_PLACES];  /* candidates, terms.places of them, ascending */
	uint32_t next[WORTH_PLACES];  /* the answer being computed */
	uint32_t shown[WORTH_PLACES]; /* the best lists so far that keep the cap */
	int32_t bound;                /* the most that a list is worth at the prices being proven */
};

struct list_place {
	int32_t price; /* 0 .. PRICE_TOP */
	int32_t ask;   /* what the next list would pay; may be below 0 */
	uint32_t department;
	uint32_t load;
	uint32_t capacity;
};

struct listing {
	struct engine_scorer *scorer;
	const struct engine_population *population;
	struct engine_policy policy;
	struct engine_options options;
	struct crew *crew; /* the scorer's */
	struct worth worth;
	uint32_t rows, places;
	struct list_row *row;
	struct list_place *place;
	struct oracle *oracles[CREW_MAX]; /* by worker, created when needed */
	struct arena arenas[CREW_MAX];    /* candidates */
	struct arena first[CREW_MAX];     /* those of the pair solution, for the first pass only */
	int64_t value;                    /* of the lists shown */
	/* the proven bound */
	int64_t bound;
	int32_t *bound_price; /* by place */
	int64_t *bound_list;  /* by row, worth without pins */
	bool cancelled, failed;
	struct engine_figures figures;
	size_t pairs_scored[CREW_MAX];
};

/* Takes the rows' terms and places from a pair solution; the lists are those of the result. Borrows
 * the solver's scorer, not the solver. Must be released even after a failure. */
enum engine_status listing_init(
	struct listing *listing, const struct solver *solver, const struct engine_result *pairs);
void listing_release(struct listing *listing);

/* The worker's oracle. Null: out of memory. */
struct oracle *listing_oracle(struct listing *listing, unsigned worker);

/* Checks the flag. */
static inline bool listing_stops(struct listing *listing)
{
	listing->cancelled = listing->cancelled || is_raised(listing->options.cancel);
	return listing->cancelled || listing->failed;
}

/* The candidates of a row in the form the oracle takes. */
static inline struct menu listing_menu(const struct list_row *row)
{
	return (struct menu){ row->candidates, row->shares, row->count };
}

/* Reads the candidate's shares from the columns; returns its single worth. */
int32_t listing_read(const struct listing *listing, uint32_t row, uint32_t place, int16_t score,
	uint8_t *ret_shares, struct candidate *ret_candidate);

/* The worth of a list of candidates, without pins. */
int32_t listing_worth(
	const struct listing *listing, const struct list_row *row, const uint32_t *list);
/* The worth of all lists held. */
int64_t listing_total(const struct listing *listing);
/* Counts the lists that every mentor is on. */
void listing_count(struct listing *listing);
/* The number of mentors on more lists than allowed. */
uint32_t listing_over(const struct listing *listing);
/* Keeps the current lists as those to be shown if they keep the cap and are worth more. */
void listing_show(struct listing *listing);
/* Makes the lists to be shown the current ones again. */
void listing_hold_shown(struct listing *listing);
/* Changes a row's list and the mentors' loads. */
void listing_change(struct listing *listing, struct list_row *row, const uint32_t *list);

#endif
