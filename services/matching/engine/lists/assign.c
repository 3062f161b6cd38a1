/*
 * Shortest augmenting paths with potentials (Tomizawa 1971; Jonker and Volgenant 1987), from either
 * side: rows without a place search for one with spare room, and priced places with spare room
 * search for a row, or for a place that should have the spare room instead.
 */
#include "matching/engine/lists/assign.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_SEARCHES 64u

struct node {
	int64_t distance;
	uint32_t stamp; /* of the search; plus 1 when settled */
	uint32_t row;   /* on the path */
	uint32_t to;    /* reverse: where that row would move */
};

struct solving {
	struct assign *assign;
	int64_t *row_price;
	uint32_t *at;          /* by row: place, ENGINE_NONE = none yet */
	uint32_t *load;        /* by place */
	uint32_t *holder;      /* by place: first row there */
	uint32_t *holder_next; /* by row */
	uint32_t *asker_first; /* places + 1: options by place */
	uint32_t *asker_row;
	int32_t *asker_value;
	struct node *node; /* by place */
	uint32_t *settled;
	uint32_t settled_count, stamp;
	struct heap heap;
	bool failed;
};

static bool allocate(struct solving *solving)
{
	const struct assign *assign = solving->assign;
	size_t rows = assign->rows + (size_t)1, places = assign->places + (size_t)2;
	size_t options = assign->first[assign->rows] + (size_t)1;
	solving->row_price = malloc(rows * sizeof(*solving->row_price));
	solving->at = malloc(rows * sizeof(*solving->at));
	solving->holder_next = malloc(rows * sizeof(*solving->holder_next));
	solving->load = calloc(places, sizeof(*solving->load));
	solving->holder = malloc(places * sizeof(*solving->holder));
	solving->asker_first = calloc(places, sizeof(*solving->asker_first));
	solving->asker_row = malloc(options * sizeof(*solving->asker_row));
	solving->asker_value = malloc(options * sizeof(*solving->asker_value));
	solving->node = calloc(places, sizeof(*solving->node));
	solving->settled = malloc(places * sizeof(*solving->settled));
	return solving->row_price && solving->at && solving->holder_next && solving->load &&
	       solving->holder && solving->asker_first && solving->asker_row &&
	       solving->asker_value && solving->node && solving->settled;
}

static void release(struct solving *solving)
{
	free(solving->row_price);
	free(solving->at);
	free(solving->holder_next);
	free(solving->load);
	free(solving->holder);
	free(solving->asker_first);
	free(solving->asker_row);
	free(solving->asker_value);
	free(solving->node);
	free(solving->settled);
	free(solving->heap.entries);
}

static void index_askers(struct solving *solving)
{
	const struct assign *assign = solving->assign;
	for (uint32_t o = 0; o < assign->first[assign->rows]; o++)
		solving->asker_first[assign->options[o].place + 2]++;
	for (uint32_t j = 0; j < assign->places; j++)
		solving->asker_first[j + 2] += solving->asker_first[j + 1];
	for (uint32_t i = 0; i < assign->rows; i++)
		for (uint32_t o = assign->first[i]; o < assign->first[i + 1]; o++) {
			uint32_t to = solving->asker_first[assign->options[o].place + 1]++;
			solving->asker_row[to] = i;
			solving->asker_value[to] = assign->options[o].value;
		}
}

static void put(struct solving *solving, uint32_t row, uint32_t place)
{
	solving->at[row] = place;
	solving->holder_next[row] = solving->holder[place];
	solving->holder[place] = row;
	solving->load[place]++;
}

static void take_out(struct solving *solving, uint32_t row)
{
	uint32_t place = solving->at[row];
	uint32_t *link = &solving->holder[place];
	while (*link != row)
		link = &solving->holder_next[*link];
	*link = solving->holder_next[row];
	solving->load[place]--;
	solving->at[row] = ENGINE_NONE;
}

/* Sets each row's price to what its best option leaves, and gives it such an option if there is
 * room. */
static void begin(struct solving *solving)
{
	struct assign *assign = solving->assign;
	memset(solving->holder, 0xff, (assign->places + (size_t)1) * sizeof(*solving->holder));
	for (uint32_t i = 0; i < assign->rows; i++) {
		int64_t best = INT64_MIN;
		uint32_t place = ENGINE_NONE;
		for (uint32_t o = assign->first[i]; o < assign->first[i + 1]; o++) {
			const struct option *option = &assign->options[o];
			int64_t left = option->value - assign->price[option->place];
			bool room = solving->load[option->place] < assign->room[option->place];
			if (left > best || (left == best && place == ENGINE_NONE && room)) {
				best = left;
				place = room ? option->place : ENGINE_NONE;
			}
		}
		solving->row_price[i] = best;
		solving->at[i] = ENGINE_NONE;
		if (place != ENGINE_NONE)
			put(solving, i, place);
	}
}

static void clear_search(struct solving *solving)
{
	solving->stamp += 2;
	solving->heap.count = 0;
	solving->settled_count = 0;
}

static void label(
	struct solving *solving, uint32_t place, int64_t distance, uint32_t row, uint32_t to)
{
	struct node *node = &solving->node[place];
	if (node->stamp == solving->stamp + 1 ||
		(node->stamp == solving->stamp && node->distance <= distance))
		return;
	*node = (struct node){ distance, solving->stamp, row, to };
	if (!heap_push(&solving->heap, distance, place))
		solving->failed = true;
}

/* Settles the nearest unsettled place; ENGINE_NONE if there is none. */
static uint32_t settle(struct solving *solving, int64_t *ret_distance)
{
	while (solving->heap.count) {
		struct heap_entry entry = heap_pop(&solving->heap);
		struct node *node = &solving->node[entry.node];
		if (node->stamp != solving->stamp || node->distance != entry.key)
			continue;
		node->stamp = solving->stamp + 1;
		solving->settled[solving->settled_count++] = entry.node;
		*ret_distance = entry.key;
		return entry.node;
	}
	return ENGINE_NONE;
}

static void label_options(struct solving *solving, uint32_t row, int64_t distance)
{
	const struct assign *assign = solving->assign;
	for (uint32_t o = assign->first[row]; o < assign->first[row + 1]; o++) {
		const struct option *option = &assign->options[o];
		int64_t cost = solving->row_price[row] + assign->price[option->place] -
			       option->value;
		label(solving, option->place, distance + cost, row, ENGINE_NONE);
	}
}

/* Finds a place for a row that has none; false if no path leads to one. */
static bool send(struct solving *solving, uint32_t row)
{
	struct assign *assign = solving->assign;
	int64_t distance = 0;
	uint32_t end;
	clear_search(solving);
	label_options(solving, row, 0);
	while ((end = settle(solving, &distance)) != ENGINE_NONE && !solving->failed &&
		solving->load[end] >= assign->room[end])
		for (uint32_t i = solving->holder[end]; i != ENGINE_NONE;
			i = solving->holder_next[i])
			label_options(solving, i, distance);
	if (end == ENGINE_NONE || solving->failed)
		return false;
	solving->row_price[row] -= distance;
	for (uint32_t s = 0; s < solving->settled_count; s++) {
		uint32_t place = solving->settled[s];
		int64_t by = distance - solving->node[place].distance;
		assign->price[place] += by;
		for (uint32_t i = solving->holder[place]; i != ENGINE_NONE;
			i = solving->holder_next[i])
			solving->row_price[i] -= by;
	}
	while (end != ENGINE_NONE) {
		uint32_t mover = solving->node[end].row, before = solving->at[mover];
		if (before != ENGINE_NONE)
			take_out(solving, mover);
		put(solving, mover, end);
		end = before;
	}
	return true;
}

/* Lowers the price of a place with spare room until a row comes, or another place has the spare
 * room instead. */
static void fetch(struct solving *solving, uint32_t start)
{
	struct assign *assign = solving->assign;
	int64_t distance = 0, least = assign->price[start];
	uint32_t place, end = start;
	clear_search(solving);
	label(solving, start, 0, ENGINE_NONE, ENGINE_NONE);
	while ((place = settle(solving, &distance)) != ENGINE_NONE && distance < least &&
		!solving->failed) {
		if (distance + assign->price[place] < least) {
			least = distance + assign->price[place];
			end = place;
		}
		for (uint32_t a = solving->asker_first[place]; a < solving->asker_first[place + 1];
			a++) {
			uint32_t row = solving->asker_row[a];
			int64_t cost = solving->row_price[row] + assign->price[place] -
				       solving->asker_value[a];
			if (solving->at[row] != place && distance + cost < least)
				label(solving, solving->at[row], distance + cost, row, place);
		}
	}
	if (solving->failed)
		return;
	for (uint32_t s = 0; s < solving->settled_count; s++) {
		uint32_t lowered = solving->settled[s];
		int64_t by = least - solving->node[lowered].distance;
		if (by <= 0)
			continue;
		assign->price[lowered] -= by;
		for (uint32_t i = solving->holder[lowered]; i != ENGINE_NONE;
			i = solving->holder_next[i])
			solving->row_price[i] += by;
	}
	while (end != start) {
		const struct node node = solving->node[end];
		take_out(solving, node.row);
		put(solving, node.row, node.to);
		end = node.to;
	}
}

static bool stops(const struct solving *solving, uint32_t number)
{
	return number % LOOK_SEARCHES == 0 && is_raised(solving->assign->cancel);
}

static enum assign_answer solve(struct solving *solving)
{
	struct assign *assign = solving->assign;
	uint32_t searches = 0;
	for (uint32_t i = 0; i < assign->rows; i++) {
		if (solving->at[i] != ENGINE_NONE)
			continue;
		if (stops(solving, searches++))
			return ASSIGN_STOPPED;
		if (!send(solving, i))
			return solving->failed ? ASSIGN_NO_MEMORY : ASSIGN_SHORT;
	}
	for (uint32_t j = 0; j < assign->places; j++)
		while (assign->price[j] > 0 && solving->load[j] < assign->room[j]) {
			if (stops(solving, searches++))
				return ASSIGN_STOPPED;
			fetch(solving, j);
			if (solving->failed)
				return ASSIGN_NO_MEMORY;
		}
	for (uint32_t i = 0; i < assign->rows; i++)
		for (uint32_t o = assign->first[i]; o < assign->first[i + 1]; o++)
			if (assign->options[o].place == solving->at[i])
				assign->chosen[i] = o - assign->first[i];
	return ASSIGN_DONE;
}

enum assign_answer assign_solve(struct assign *assign)
{
	struct solving solving = { .assign = assign };
	enum assign_answer answer = ASSIGN_NO_MEMORY;
	if (allocate(&solving)) {
		index_askers(&solving);
		begin(&solving);
		answer = solve(&solving);
	}
	release(&solving);
	return answer;
}
