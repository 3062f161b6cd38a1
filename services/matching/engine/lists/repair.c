/* Changes lists until the cap is kept. */
#include "matching/engine/lists/repair.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_ROWS 64u

/* Whether a candidate has room. The row's own places count as room, except those of the mentor
 * `but`. */
static bool is_free(
	const struct listing *listing, const struct list_row *row, uint32_t candidate, uint32_t but)
{
	const struct list_place *place = &listing->place[row->candidates[candidate].place];
	uint32_t load = place->load;
	if (row->candidates[candidate].place == but)
		return false;
	for (uint32_t p = 0; p < row->terms.places; p++)
		load -= row->held[p] == candidate;
	return load < place->capacity;
}

/* The best list of mentors with room, less prices if asked; false: there is none, or out of
 * memory. */
static bool best_free(struct listing *listing, const struct list_row *row, uint32_t but,
	bool priced, const uint32_t *known, struct oracle **ret_oracle)
{
	struct oracle *oracle = listing_oracle(listing, 0);
	struct menu menu = listing_menu(row);
	if (!oracle || !oracle_ask(oracle, &menu, &row->terms)) {
		listing->failed = true;
		return false;
	}
	for (uint32_t c = 0; c < row->count; c++) {
		int32_t price = priced ? listing->place[row->candidates[c].place].price : 0;
		oracle->net[c] = is_free(listing, row, c, but) ? row->candidates[c].single - price
							       : -PRICE_TOP;
	}
	oracle_answer(oracle, known);
	*ret_oracle = oracle;
	return oracle->best > -PRICE_TOP / 2;
}

static int32_t priced_worth(const struct listing *listing, const struct list_row *row)
{
	int32_t worth = listing_worth(listing, row, row->held);
	for (uint32_t p = 0; p < row->terms.places; p++)
		worth -= listing->place[row->candidates[row->held[p]].place].price;
	return worth;
}

static bool holds_place(const struct list_row *row, uint32_t place, uint32_t *ret_at)
{
	for (uint32_t p = 0; p < row->terms.places; p++)
		if (row->candidates[row->held[p]].place == place) {
			*ret_at = p;
			return true;
		}
	return false;
}

/* Removes the mentor from the list that loses least; false if no list can do without. */
static bool relieve(struct listing *listing, uint32_t place)
{
	uint32_t best_row = ENGINE_NONE, best_list[WORTH_PLACES], at;
	int32_t least = INT32_MAX;
	for (uint32_t i = 0; i < listing->rows && !listing->failed; i++) {
		struct list_row *row = &listing->row[i];
		struct oracle *oracle;
		if (!holds_place(row, place, &at) ||
			!best_free(listing, row, place, true, NULL, &oracle))
			continue;
		int32_t loss = priced_worth(listing, row) - oracle->best;
		if (loss >= least)
			continue;
		least = loss;
		best_row = i;
		memcpy(best_list, oracle->list, sizeof(best_list));
	}
	if (best_row != ENGINE_NONE)
		listing_change(listing, &listing->row[best_row], best_list);
	return best_row != ENGINE_NONE;
}

/* A chain from a mentor on too many lists to one with room. */
struct chain {
	uint32_t *from; /* by place: the row that would move there, or ENGINE_NONE */
	uint32_t *left; /* by place: the place that this row would leave */
	uint32_t *queue;
	uint32_t *
		holder; /* by place: the first of its holders, as row x WORTH_PLACES + place of the list */
	uint32_t *next; /* by that number: the next one of the same place */
};

/* True if the list still satisfies its terms with another candidate in that position. */
static bool fits(const struct list_row *row, uint32_t at, uint32_t candidate)
{
	struct bundle bundle = row->terms.pins ? *row->terms.pins : (struct bundle){ 0 };
	static const uint8_t nothing[ENGINE_WANTS_MAX];
	for (uint32_t p = 0; p < row->terms.places; p++) {
		uint32_t c = p == at ? candidate : row->held[p];
		if (p != at && row->held[p] == candidate)
			return false;
		bundle_add(&bundle, nothing, WORTH_STRIDE, &row->candidates[c]);
	}
	return bundle.granted <= row->terms.granted && (!row->terms.two || bundle.departments > 1);
}

/* Replaces one mentor in every row of the chain that ends at the place; false if one does not
 * fit. */
static bool follow(struct listing *listing, const struct chain *chain, uint32_t start, uint32_t end)
{
	for (uint32_t place = end; place != start; place = chain->left[place]) {
		struct list_row *row = &listing->row[chain->from[place]];
		uint32_t list[WORTH_PLACES], at, candidate = 0;
		memcpy(list, row->held, sizeof(list));
		while (row->candidates[candidate].place != place)
			candidate++;
		if (!holds_place(row, chain->left[place], &at) || !fits(row, at, candidate))
			return false;
		list[at] = candidate;
		listing_change(listing, row, list);
	}
	return true;
}

/* Finds the places to which holders of `place` could move; returns one with room, or
 * ENGINE_NONE. */
static uint32_t reach_from(
	struct listing *listing, struct chain *chain, uint32_t place, uint32_t *tail)
{
	for (uint32_t h = chain->holder[place]; h != ENGINE_NONE; h = chain->next[h]) {
		uint32_t i = h / WORTH_PLACES, at = h % WORTH_PLACES;
		const struct list_row *row = &listing->row[i];
		for (uint32_t c = 0; c < row->count; c++) {
			uint32_t to = row->candidates[c].place;
			if (chain->from[to] != ENGINE_NONE || !fits(row, at, c))
				continue;
			chain->from[to] = i;
			chain->left[to] = place;
			if (listing->place[to].load < listing->place[to].capacity)
				return to;
			chain->queue[(*tail)++] = to;
		}
	}
	return ENGINE_NONE;
}

static bool find_chain(struct listing *listing, struct chain *chain, uint32_t start)
{
	uint32_t head = 0, tail = 0;
	memset(chain->from, 0xff, listing->places * sizeof(*chain->from));
	memset(chain->holder, 0xff, listing->places * sizeof(*chain->holder));
	for (uint32_t i = listing->rows; i-- > 0;)
		for (uint32_t p = 0; p < listing->row[i].terms.places; p++) {
			const struct list_row *row = &listing->row[i];
			uint32_t *first = &chain->holder[row->candidates[row->held[p]].place];
			chain->next[i * WORTH_PLACES + p] = *first;
			*first = i * WORTH_PLACES + p;
		}
	chain->from[start] = 0;
	chain->queue[tail++] = start;
	while (head < tail && !listing_stops(listing)) {
		uint32_t end = reach_from(listing, chain, chain->queue[head++], &tail);
		if (end != ENGINE_NONE)
			return follow(listing, chain, start, end);
	}
	return false;
}

static bool relieve_by_chain(struct listing *listing, uint32_t place)
{
	size_t places = listing->places + (size_t)1;
	size_t held = (size_t)listing->rows * WORTH_PLACES + 1;
	struct chain chain = { malloc(places * sizeof(uint32_t)), malloc(places * sizeof(uint32_t)),
		malloc(places * sizeof(uint32_t)), malloc(places * sizeof(uint32_t)),
		malloc(held * sizeof(uint32_t)) };
	bool able = chain.from && chain.left && chain.queue && chain.holder && chain.next;
	bool done = able && find_chain(listing, &chain, place);
	listing->failed = listing->failed || !able;
	free(chain.from);
	free(chain.left);
	free(chain.queue);
	free(chain.holder);
	free(chain.next);
	return done;
}

bool repair_lists(struct listing *listing)
{
	for (uint32_t j = 0; j < listing->places; j++)
		while (listing->place[j].load > listing->place[j].capacity)
			if (listing_stops(listing) ||
				(!relieve(listing, j) && !relieve_by_chain(listing, j)))
				return false;
	return true;
}

void repair_polish(struct listing *listing)
{
	for (uint32_t i = 0; i < listing->rows; i++) {
		struct list_row *row = &listing->row[i];
		struct oracle *oracle;
		if (i % LOOK_ROWS == 0 && listing_stops(listing))
			return;
		if (row->terms.places &&
			best_free(listing, row, ENGINE_NONE, false, row->held, &oracle))
			listing_change(listing, row, oracle->list);
	}
}
