/*
 * The best list of one mentee at given prices, out of a menu of mentors.
 *
 * Worth falls: what a mentor adds to a list it adds at most once the list has grown. So the sum of
 * the best few additions, and of all that departments can add, is a bound, and the search goes mentor
 * by mentor, best addition first, as long as the bound says that something better may come. Up to
 * three places it is exact; longer lists are searched for ORACLE_STEPS steps, and what was not looked
 * into is counted by its bound.
 */
#ifndef ENGINE_ORACLE_H
#define ENGINE_ORACLE_H

#include "matching/engine/lists/worth.h"

#define ORACLE_EXACT 3u
#define ORACLE_STEPS 4000u

struct candidate {
	uint32_t place;
	uint32_t department;
	int32_t single; /* worth on an empty list */
	int16_t score;
	bool granted; /* by the head-of-tree rule */
	bool first;   /* on the list of the pair solution */
};

struct menu {
	const struct candidate *candidates;
	const uint8_t *shares;
	uint32_t count;
};

/* What lists of a mentee must be like. */
struct list_terms {
	uint8_t places;            /* to choose, pins not included */
	uint8_t granted;           /* most of those by the head-of-tree rule */
	uint8_t stride;            /* bytes of a mentor's shares */
	bool two;                  /* not all of one department */
	const struct bundle *pins; /* null = none */
};

struct oracle {
	const struct worth *worth;
	struct menu menu;
	struct list_terms terms;
	int32_t *net; /* by candidate: single worth less price */
	size_t room;
	uint32_t *ids[WORTH_PLACES];
	int32_t *gains[WORTH_PLACES];
	/* the answer */
	int32_t best;
	uint32_t list[WORTH_PLACES];
	int32_t open; /* bound of what was not looked into, INT32_MIN = everything was */
	/* the search */
	uint32_t path[WORTH_PLACES];
	uint32_t steps;
};

/* Null without memory. */
struct oracle *oracle_new(const struct worth *worth);
void oracle_free(struct oracle *oracle);

/* Room for so many candidates; then the caller fills oracle->net. False without memory. */
bool oracle_ask(struct oracle *oracle, const struct menu *menu, const struct list_terms *terms);

/* The list is known, with that worth: best and list are it, or better. Null: nothing is known. */
void oracle_answer(struct oracle *oracle, const uint32_t *known);

/* Most that lists of one place less are worth, whatever departments (best and list are kept). */
int32_t oracle_fewer(struct oracle *oracle);

/* Sum of the `count` best nets. */
int32_t oracle_top(const struct oracle *oracle, uint32_t count);

/* The list's worth less prices. */
int32_t oracle_value(const struct oracle *oracle, const uint32_t *list);

/* The pins as a bundle. */
static inline struct bundle oracle_pins(const struct list_terms *terms)
{
	return terms->pins ? *terms->pins : (struct bundle){ 0 };
}

/* Most that one mentor adds by its department to a list that lacks it alone. */
int32_t oracle_step(const struct oracle *oracle);

static inline const uint8_t *menu_shares(const struct oracle *oracle, uint32_t candidate)
{
	return oracle->menu.shares + (size_t)candidate * oracle->terms.stride;
}

#endif
