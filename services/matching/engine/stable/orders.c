/* Collects, scores and finds the pairs that somebody stated. */
#include "matching/engine/stable/orders.h"

#include <stdlib.h>
#include <string.h>

const struct stated *orders_find(const struct orders *orders, uint32_t row, uint32_t place)
{
	const struct stated *end, *low = orders_of(orders, row, &end);
	while (low < end) {
		const struct stated *middle = low + (end - low) / 2;
		if (middle->place == place)
			return middle;
		if (middle->place < place)
			low = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

/* The choice as a pair of row and place; false if one of the two does not take part. */
static bool locate(const struct solver *solver, int side, const struct choice *choice,
	struct stated *ret_stated)
{
	bool mentee = side == CHOICES_OF_MENTEES;
	uint32_t row = solver->scorer->row[mentee ? choice->person : choice->choice];
	uint32_t place = solver->scorer->place[mentee ? choice->choice : choice->person];
	*ret_stated = (struct stated){ row, place, 0, (uint8_t)(mentee ? choice->place : UNSTATED),
		(uint8_t)(mentee ? UNSTATED : choice->place) };
	return row != ENGINE_NONE && place != ENGINE_NONE;
}

/* Calls `each` for every choice that is a pair of a row and a place; false if cancelled. */
static bool each_choice(struct orders *orders, const struct solver *solver,
	void (*each)(struct orders *orders, struct stated stated))
{
	for (int side = 0; side < CHOICES_SIDES; side++) {
		const struct choices *choices = &solver->population->choices[side];
		struct stated stated;
		for (size_t c = 0; c < choices->count; c++) {
			if (!(c & 4095) && is_cancelled(solver))
				return false;
			if (locate(solver, side, &choices->list[c], &stated))
				each(orders, stated);
		}
	}
	return true;
}

static void count_stated(struct orders *orders, struct stated stated)
{
	orders->first[stated.row + (size_t)1]++;
}

/* Fills each row's part from its end, so that finally first[] is where the part begins. */
static void put_stated(struct orders *orders, struct stated stated)
{
	orders->list[--orders->first[stated.row + (size_t)1]] = stated;
}

/* Sorts the choices of both sides by row; false if cancelled. */
static bool gather_stated(struct orders *orders, const struct solver *solver)
{
	if (!each_choice(orders, solver, count_stated))
		return false;
	for (uint32_t i = 0; i < solver->rows; i++)
		orders->first[i + (size_t)1] += orders->first[i];
	orders->count = orders->first[solver->rows];
	if (!each_choice(orders, solver, put_stated))
		return false;
	memmove(orders->first, orders->first + 1, solver->rows * sizeof(*orders->first));
	orders->first[solver->rows] = orders->count;
	return true;
}

static int compare_places(const void *left, const void *right)
{
	const struct stated *a = left, *b = right;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* Sorts one row's pairs by place; a pair stated by both becomes one. Returns their number. */
static size_t merge_row(struct stated *list, size_t count)
{
	size_t kept = 0;
	if (count > 1)
		qsort(list, count, sizeof(*list), compare_places);
	for (size_t s = 0; s < count; s++) {
		if (!kept || list[kept - 1].place != list[s].place) {
			list[kept++] = list[s];
			continue;
		}
		struct stated *same = &list[kept - 1];
		if (list[s].by_mentee < same->by_mentee)
			same->by_mentee = list[s].by_mentee;
		if (list[s].by_mentor < same->by_mentor)
			same->by_mentor = list[s].by_mentor;
	}
	return kept;
}

/* Scores the pairs and drops those that are not allowed. Returns the number left. */
static size_t score_row(struct solver *solver, struct stated *list, size_t count)
{
	struct kernel_limit limit = { solver->scorer->no_price, INT16_MIN, false };
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2] = { 0, 0 };
	uint32_t scored = ENGINE_NONE;
	size_t kept = 0;
	for (size_t s = 0; s < count; s++) {
		struct stated stated = list[s];
		uint32_t block = stated.place / KERNEL_LANES, lane = stated.place % KERNEL_LANES;
		if (block != scored && layout_score(solver->scorer, stated.row, block, limit,
					       scores, hits) != KERNEL_HITS)
			hits[0] = hits[1] = 0;
		scored = block;
		if (!(hits[lane / 64] >> (lane % 64) & 1) ||
			!layout_open(solver->scorer, stated.row, stated.place))
			continue;
		stated.score = scores[lane];
		list[kept++] = stated;
	}
	return kept;
}

_Static_assert(sizeof(struct stated) <= ESTIMATE_STATED_BYTES, "the estimate counts on less");

enum engine_status orders_init(struct orders *orders, struct solver *solver)
{
	const struct choices *choices = solver->population->choices;
	size_t count = choices[CHOICES_OF_MENTEES].count + choices[CHOICES_OF_MENTORS].count;
	size_t kept = 0;
	*orders = (struct orders){ 0 };
	if (!count)
		return ENGINE_OK;
	orders->list = malloc(count * sizeof(*orders->list));
	orders->first = calloc(solver->rows + (size_t)2, sizeof(*orders->first));
	if (!orders->list || !orders->first)
		return ENGINE_NO_MEMORY;
	if (!gather_stated(orders, solver))
		return ENGINE_CANCELLED;
	for (uint32_t i = 0; i < solver->rows; i++) {
		size_t from = orders->first[i], to = orders->first[i + (size_t)1];
		if (!(i & 63) && is_cancelled(solver))
			return ENGINE_CANCELLED;
		size_t left = merge_row(orders->list + from, to - from);
		left = score_row(solver, orders->list + from, left);
		memmove(orders->list + kept, orders->list + from, left * sizeof(*orders->list));
		orders->first[i] = kept;
		kept += left;
	}
	orders->first[solver->rows] = orders->count = kept;
	return ENGINE_OK;
}

void orders_release(struct orders *orders)
{
	free(orders->list);
	free(orders->first);
	*orders = (struct orders){ 0 };
}
