/*
 * The easy part: free places bid for the best mentor in their list, up to what the second best is
 * worth (augmenting row reduction; Jonker and Volgenant 1987, Bertsekas 1988, with capacities). All
 * invariants hold after every bid, so it may stop at any time; the search does the rest.
 */
#include "matching/engine/exact/auction.h"

#include <stdlib.h>

#define BIDS_PER_ROW 8u

struct auction {
	struct solver *solver;
	uint32_t *queue; /* ring of rows */
	size_t head, count, room;
};

struct offer {
	const struct edge *edge; /* best pair, or null */
	int64_t best, second;
};

static struct offer best_offer(const struct solver *solver, const struct row *row)
{
	struct offer offer = { NULL, PRICE_LOWEST, PRICE_LOWEST };
	bool best_spare = false;
	for (uint32_t e = 0; e < row->edge_count; e++) {
		const struct edge *edge = &row->edges[e];
		const struct place *place = &solver->place[edge->place];
		int64_t value = edge_value(solver, edge) - place->price;
		if (value <= offer.second && (value < offer.best || best_spare))
			continue;
		if (row->limit == place->department || solver_holds(solver, row, edge->place))
			continue;
		bool spare = place->holders < place->capacity;
		if (value > offer.best || (value == offer.best && spare && !best_spare)) {
			offer.second = offer.best;
			offer.best = value;
			offer.edge = edge;
			best_spare = spare;
		} else if (value > offer.second) {
			offer.second = value;
		}
	}
	return offer;
}

/* What the weakest pair of a mentor could still pay; ret_row is its row. */
static int64_t weakest(const struct solver *solver, const struct place *place, uint32_t *ret_row)
{
	int64_t least = PRICE_NEVER;
	for (uint32_t h = 0; h < place->holders; h++) {
		const struct holder *holder = &solver->holders[place->holder_first + h];
		const struct row *row = &solver->row[holder->row];
		int64_t pays = holder_value(solver, holder) - price_towards(row, place->department);
		if (pays > least || (pays == least && holder->row > *ret_row))
			continue;
		least = pays;
		*ret_row = holder->row;
	}
	return least;
}

static void push(struct auction *auction, uint32_t index)
{
	size_t at = (auction->head + auction->count++) % auction->room;
	auction->queue[at] = index;
}

static void take(struct auction *auction, uint32_t index, struct edge edge, int64_t floor)
{
	struct solver *solver = auction->solver;
	struct row *row = &solver->row[index];
	struct place *place = &solver->place[edge.place];
	uint32_t weak = 0;
	row->price = floor;
	solver_take(solver, index, edge);
	solver_limit(solver, index);
	solver->places_open--;
	if (place->holders == place->capacity)
		solver_set_price(solver, edge.place, weakest(solver, place, &weak));
}

/* One bid. False if the row must wait for prices or for the search, or is done. */
static bool bid(struct auction *auction, uint32_t index)
{
	struct solver *solver = auction->solver;
	struct row *row = &solver->row[index];
	struct offer offer = best_offer(solver, row);
	int64_t floor = -penalty(solver, row->demand);
	uint32_t weak = 0;
	if (offer.best < row->bound && row->bound != PRICE_LOWEST)
		solver_pend(solver, index);
	if (!offer.edge || offer.best < row->bound || offer.best < floor)
		return false;
	floor = offer.second > floor ? offer.second : floor;
	floor = row->bound > floor ? row->bound : floor;
	if (row->limit != ENGINE_NO_LIMIT && floor < row->limit_price - solver->unit_soft)
		floor = row->limit_price - solver->unit_soft;
	if (offer.best < floor)
		return false;
	struct place *place = &solver->place[offer.edge->place];
	if (place->holders < place->capacity) {
		take(auction, index, *offer.edge, floor);
		return true;
	}
	int64_t pays = edge_value(solver, offer.edge) - floor;
	int64_t least = weakest(solver, place, &weak);
	bool free_to_go = place->holders && solver->row[weak].limit != place->department;
	if (pays <= place->price)
		return false;
	if (pays <= least || !free_to_go) {
		solver_set_price(solver, offer.edge->place, pays < least ? pays : least);
		return pays < least;
	}
	struct edge edge = *offer.edge;
	solver_drop(solver, weak, edge.place);
	solver->places_open++;
	push(auction, weak);
	take(auction, index, edge, floor);
	return true;
}

void auction_run(struct solver *solver)
{
	struct auction auction = { .solver = solver, .room = (size_t)solver->rows * 2 + 2 };
	size_t bids = 0;
	auction.queue = malloc(auction.room * sizeof(*auction.queue));
	if (!auction.queue)
		return;
	for (uint32_t i = 0; i < solver->rows; i++)
		if (places_to_send(&solver->row[i]))
			push(&auction, i);
	size_t budget = auction.count * BIDS_PER_ROW * (size_t)solver->places_max;
	while (auction.count && bids < budget) {
		uint32_t index = auction.queue[auction.head];
		auction.head = (auction.head + 1) % auction.room;
		auction.count--;
		if (!(bids & 1023) && is_cancelled(solver))
			break;
		while (places_to_send(&solver->row[index]) && bids++ < budget &&
			auction.count + 1 < auction.room && bid(&auction, index))
			;
	}
	free(auction.queue);
}
