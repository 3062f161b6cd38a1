/*
 * Finds the best list of one mentee at given prices, from a menu of mentors.
 *
 * The additional worth decreases: a mentor never adds more to a longer list than to a shorter one. So
 * the sum of the best few additions, plus all that departments can add, is a bound; the search adds
 * mentors one by one, best addition first, as long as the bound allows something better. It is exact
 * up to three places; longer lists are searched for ORACLE_STEPS steps, and what was not searched is
 * represented by its bound.
 */
#ifndef ENGINE_ORACLE_H
#define ENGINE_ORACLE_H

#include "matching/engine/lists/worth.h"

#define ORACLE_EXACT 3u
#define ORACLE_STEPS 4000u

struct menu {
	const struct candidate *candidates;
	const uint8_t *shares;
	uint32_t count;
};

/* The terms that lists of a mentee must satisfy. */
struct list_terms {
	uint8_t places;            /* to be chosen, without pins */
	uint8_t granted;           /* the most that may be allowed only by the head-of-tree rule */
	uint8_t stride;            /* bytes of a mentor's shares */
	bool two;                  /* must span two departments */
	const struct bundle *pins; /* null = none */
};

struct oracle {
	const struct worth *worth;
	struct menu menu;
	struct list_terms terms;
	int32_t *net;    /* by candidate: single worth less price */
	uint32_t *kinds; /* the best and the number of each kind of candidates */
	size_t room;
	uint32_t *ids[WORTH_PLACES];
	int32_t *gains[WORTH_PLACES];
	/* the answer */
	int32_t best;
	uint32_t list[WORTH_PLACES];
	int32_t open; /* bound of what was not searched, INT32_MIN = nothing */
	/* the search */
	uint32_t path[WORTH_PLACES];
	uint32_t steps;
};

/* Null: out of memory. */
struct oracle *oracle_new(const struct worth *worth);
void oracle_free(struct oracle *oracle);

/* Makes room for the menu's candidates; the caller then fills oracle->net. False: out of memory. */
bool oracle_ask(struct oracle *oracle, const struct menu *menu, const struct list_terms *terms);

/* Searches the best list. `known` is a list that is already known, or null; best and list are at
 * least as good. */
void oracle_answer(struct oracle *oracle, const uint32_t *known);

/* The most that lists with one place fewer are worth, whatever their departments; best and list are
 * kept. */
int32_t oracle_fewer(struct oracle *oracle);

/* The sum of the `count` best nets. */
int32_t oracle_top(const struct oracle *oracle, uint32_t count);

/* The list's worth less its prices. */
int32_t oracle_value(const struct oracle *oracle, const uint32_t *list);

/* The pins, as a bundle. */
static inline struct bundle oracle_pins(const struct list_terms *terms)
{
	return terms->pins ? *terms->pins : (struct bundle){ 0 };
}

/* The most that one mentor adds through its department to a list that lacks only that mentor. */
int32_t oracle_step(const struct oracle *oracle);

static inline const uint8_t *menu_shares(const struct oracle *oracle, uint32_t candidate)
{
	return oracle->menu.shares + (size_t)candidate * oracle->terms.stride;
}

#endif
