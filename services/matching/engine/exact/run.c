/* From the first pricing to the proof: auction, searches and pricing in turn. */
#include "matching/engine/exact/run.h"

#include "matching/engine/exact/auction.h"
#include "matching/engine/exact/mentor_pairs.h"
#include "matching/engine/exact/price.h"
#include "matching/engine/exact/reverse.h"
#include "matching/engine/exact/search.h"

#include <stdlib.h>

#define ROUNDS      4u /* of searches whose rows wait to be priced together */
#define SPARE_PART  4u
#define FIRST_REACH 400u /* rows a search may settle in the first round; longer searches wait */

/* Sends the places of one row until all are decided or the row must wait. */
static enum search_answer send_row(struct solver *solver, uint32_t index, size_t most, bool pricing)
{
	enum search_answer answer = SEARCH_DONE;
	while (answer == SEARCH_DONE && places_to_send(&solver->row[index]))
		answer = search_run(solver, index, most, pricing);
	return answer;
}

/* Runs one search for every open place; true if any row is left. */
static bool search_all(struct solver *solver, size_t most, bool pricing)
{
	bool left = false;
	for (uint32_t i = 0; i < solver->rows && !solver->cancelled && !solver->failed; i++) {
		if (!places_to_send(&solver->row[i]))
			continue;
		if (is_cancelled(solver))
			solver->cancelled = true;
		if (solver->row[i].pending) {
			left = true;
			continue;
		}
		enum search_answer answer = send_row(solver, i, most, pricing);
		left = left || answer != SEARCH_DONE;
		if (answer == SEARCH_STOPPED && !solver->failed)
			solver->cancelled = true;
	}
	return left;
}

static int compare_rows(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

static enum engine_status price_pending(struct solver *solver)
{
	size_t count = solver->pending_count;
	if (!count)
		return ENGINE_OK;
	qsort(solver->pending, count, sizeof(*solver->pending), compare_rows);
	enum engine_status status = price_rows(solver, solver->pending, count);
	if (!status)
		solver->pending_count = 0;
	return status;
}

static enum engine_status price_everybody(struct solver *solver)
{
	solver->pending_count = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		if (!solver->row[i].priced)
			solver_pend(solver, i);
	return price_pending(solver);
}

/* True if so few mentors have room that searching from them is faster. */
static bool few_to_spare(const struct solver *solver)
{
	size_t spare = 0;
	for (uint32_t j = 0; j < solver->places; j++)
		spare += solver->place[j].holders < solver->place[j].capacity;
	return spare <= solver->places / SPARE_PART + 64;
}

/* Decides the remaining rows one by one, without waiting. */
static enum engine_status send_rest(struct solver *solver)
{
	search_all(solver, SIZE_MAX, true);
	if (solver->failed)
		return ENGINE_NO_MEMORY;
	return solver->cancelled ? ENGINE_CANCELLED : ENGINE_OK;
}

/*
 * The prices of rows that have not bid yet are far above what they could get; searches from the
 * mentors' end would have to cover the whole distance.
 */
static void lower_open_rows(struct solver *solver)
{
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		int64_t price = -penalty(solver, row->demand);
		if (!places_to_send(row) || row->limit != ENGINE_NO_LIMIT)
			continue;
		price = row->bound > price ? row->bound : price;
		for (uint32_t e = 0; e < row->edge_count; e++) {
			const struct edge *edge = &row->edges[e];
			int64_t value = edge_value(solver, edge) - solver->place[edge->place].price;
			if (value > price && !solver_holds(solver, row, edge->place))
				price = value;
		}
		row->price = price < row->price ? price : row->price;
	}
}

/* Decides the last places from the mentors' end. */
static enum engine_status send_last(struct solver *solver)
{
	enum search_answer answer = SEARCH_DONE;
	lower_open_rows(solver);
	if (!mentor_pairs_price_all(solver, REVERSE_REACH))
		return ENGINE_NO_MEMORY;
	while (solver->places_open && answer == SEARCH_DONE && !solver->cancelled &&
		!is_cancelled(solver))
		answer = reverse_run(solver);
	reverse_close(solver);
	solver_forget_pairs(solver);
	if (solver->failed)
		return ENGINE_NO_MEMORY;
	return solver->places_open ? ENGINE_CANCELLED : ENGINE_OK;
}

static enum engine_status finish(struct solver *solver)
{
	return few_to_spare(solver) ? send_last(solver) : send_rest(solver);
}

enum engine_status run_solver(struct solver *solver)
{
	size_t most = FIRST_REACH;
	if (solver->cancelled) /* during the layout */
		return ENGINE_CANCELLED;
	enum engine_status status = price_everybody(solver);
	for (unsigned round = 0; !status && round < ROUNDS; round++) {
		auction_run(solver);
		bool left = search_all(solver, most, false);
		if (solver->failed)
			return ENGINE_NO_MEMORY;
		if (solver->cancelled)
			return ENGINE_CANCELLED;
		if (!left)
			return ENGINE_OK;
		most *= 2;
		status = price_pending(solver);
	}
	return status ? status : finish(solver);
}
