/* Finds the best list at given prices by branch and bound. */
#include "matching/engine/lists/oracle.h"

#include <stdlib.h>
#include <string.h>

struct oracle *oracle_new(const struct worth *worth)
{
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	if (oracle)
		oracle->worth = worth;
	return oracle;
}

void oracle_free(struct oracle *oracle)
{
	if (!oracle)
		return;
	free(oracle->net);
	free(oracle->kinds);
	for (uint32_t depth = 0; depth < WORTH_PLACES; depth++) {
		free(oracle->ids[depth]);
		free(oracle->gains[depth]);
	}
	free(oracle);
}

static bool make_room(struct oracle *oracle, size_t count)
{
	size_t room = count + count / 2 + 64;
	bool able = true;
	free(oracle->net);
	oracle->net = malloc(room * sizeof(*oracle->net));
	free(oracle->kinds);
	oracle->kinds = malloc(2 * room * sizeof(*oracle->kinds));
	for (uint32_t depth = 0; depth < WORTH_PLACES; depth++) {
		free(oracle->ids[depth]);
		free(oracle->gains[depth]);
		oracle->ids[depth] = malloc(room * sizeof(uint32_t));
		oracle->gains[depth] = malloc(room * sizeof(int32_t));
		able = able && oracle->ids[depth] && oracle->gains[depth];
	}
	oracle->room = able && oracle->net && oracle->kinds ? room : 0;
	return oracle->room != 0;
}

bool oracle_ask(struct oracle *oracle, const struct menu *menu, const struct list_terms *terms)
{
	if (menu->count > oracle->room && !make_room(oracle, menu->count))
		return false;
	oracle->menu = *menu;
	oracle->terms = *terms;
	return true;
}

/* The `most` largest values, descending; INT32_MIN / 16 for missing ones. */
static void find_top(const int32_t *gains, uint32_t count, uint32_t most, int32_t *ret_top)
{
	for (uint32_t t = 0; t < most; t++)
		ret_top[t] = INT32_MIN / 16;
	for (uint32_t i = 0; most && i < count; i++) {
		int32_t gain = gains[i];
		if (gain <= ret_top[most - 1])
			continue;
		uint32_t t = most - 1;
		for (; t && ret_top[t - 1] < gain; t--)
			ret_top[t] = ret_top[t - 1];
		ret_top[t] = gain;
	}
}

static int32_t sum(const int32_t *values, uint32_t count)
{
	int32_t sum = 0;
	for (uint32_t v = 0; v < count; v++)
		sum += values[v];
	return sum;
}

int32_t oracle_top(const struct oracle *oracle, uint32_t count)
{
	int32_t top[WORTH_PLACES];
	find_top(oracle->net, oracle->menu.count, count, top);
	return sum(top, count);
}

int32_t oracle_step(const struct oracle *oracle)
{
	const struct list_terms *terms = &oracle->terms;
	const int32_t *departments = oracle->worth->departments;
	uint32_t before = terms->pins ? terms->pins->departments : 0;
	if (!before && terms->places == 1)
		return 0;
	before = before ? before : 1;
	return before < WORTH_PLACES ? departments[before + 1] - departments[before] : 0;
}

static bool may_join(
	const struct oracle *oracle, const struct bundle *bundle, const struct candidate *candidate)
{
	return !candidate->granted || bundle->granted < oracle->terms.granted;
}

/* Chooses the last place. */
static void choose_last(struct oracle *oracle, const struct bundle *bundle, int32_t value,
	const uint32_t *ids, const int32_t *gains, uint32_t count, uint32_t depth)
{
	const struct worth *worth = oracle->worth;
	int32_t step = bundle->departments ? worth_reach(worth, bundle, 1) : 0;
	bool alone = oracle->terms.two && bundle->departments == 1;
	for (uint32_t i = 0; i < count; i++) {
		if (value + gains[i] + step <= oracle->best)
			continue;
		const struct candidate *candidate = &oracle->menu.candidates[ids[i]];
		bool known = bundle_knows(bundle, candidate->department);
		int32_t reached = value + gains[i] + (known ? 0 : step);
		if (reached <= oracle->best || (alone && known) ||
			!may_join(oracle, bundle, candidate))
			continue;
		oracle->best = reached;
		oracle->path[depth] = ids[i];
		memcpy(oracle->list, oracle->path, sizeof(oracle->list));
	}
}

/* Keeps the candidates that may be on a better list, best addition first. */
static uint32_t sift(struct oracle *oracle, const struct bundle *bundle, uint32_t depth,
	int32_t floor, uint32_t count)
{
	uint32_t *ids = oracle->ids[depth];
	int32_t *gains = oracle->gains[depth];
	uint32_t kept = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t id = ids[i];
		int32_t gain = gains[i];
		if (gain <= floor || !may_join(oracle, bundle, &oracle->menu.candidates[id]))
			continue;
		uint32_t at = kept++;
		for (; at && gains[at - 1] < gain; at--) {
			gains[at] = gains[at - 1];
			ids[at] = ids[at - 1];
		}
		gains[at] = gain;
		ids[at] = id;
	}
	return kept;
}

/* Whether two candidates add the same to any list, apart from what each is worth alone. */
static bool are_alike(const struct oracle *oracle, uint32_t one, uint32_t other)
{
	const struct candidate *a = &oracle->menu.candidates[one];
	const struct candidate *b = &oracle->menu.candidates[other];
	return a->department == b->department && a->granted == b->granted &&
	       a->backgrounds == b->backgrounds &&
	       memcmp(menu_shares(oracle, one), menu_shares(oracle, other), oracle->terms.stride) ==
		       0;
}

/* Of candidates that are alike a list needs only the best, at most one for each place: any other
 * could be exchanged for one of them. In a company of many equals this leaves a few dozen of
 * hundreds. They stand best first. */
static uint32_t keep_best_of_kind(struct oracle *oracle, uint32_t count, uint32_t left)
{
	uint32_t *ids = oracle->ids[0], *kinds = oracle->kinds, kept = 0, known = 0;
	int32_t *gains = oracle->gains[0];
	for (uint32_t i = 0; i < count; i++) {
		uint32_t kind = 0;
		while (kind < known && !are_alike(oracle, ids[kinds[2 * kind]], ids[i]))
			kind++;
		if (kind == known) {
			kinds[2 * known] = kept;
			kinds[2 * known++ + 1] = 0;
		}
		if (kinds[2 * kind + 1]++ >= left)
			continue;
		gains[kept] = gains[i];
		ids[kept++] = ids[i];
	}
	return kept;
}

/* Counts a step; false when the steps are used up, and the bound is then recorded. */
static bool step_into(struct oracle *oracle, int32_t bound)
{
	if (oracle->steps) {
		oracle->steps--;
		return true;
	}
	oracle->open = bound > oracle->open ? bound : oracle->open;
	return false;
}

/* Searches lists made of the bundle plus `left` of oracle->ids[depth]; value: of what has been
 * chosen. */
static void descend(struct oracle *oracle, const struct bundle *bundle, int32_t value,
	uint32_t depth, uint32_t count, uint32_t left)
{
	uint32_t *ids = oracle->ids[depth];
	int32_t *gains = oracle->gains[depth];
	int32_t top[WORTH_PLACES];
	for (uint32_t i = 0; i < count; i++)
		gains[i] = oracle->net[ids[i]] - worth_taken(oracle->worth, bundle,
							 menu_shares(oracle, ids[i]),
							 oracle->terms.stride,
							 oracle->menu.candidates[ids[i]].backgrounds);
	if (left == 1) {
		choose_last(oracle, bundle, value, ids, gains, count, depth);
		return;
	}
	if (count < left)
		return;
	int32_t reach = value + worth_reach(oracle->worth, bundle, left);
	find_top(gains, count, left - 1, top);
	count = sift(oracle, bundle, depth, oracle->best - reach - sum(top, left - 1), count);
	if (depth == 0)
		count = keep_best_of_kind(oracle, count, left);
	for (uint32_t i = 0; i + left <= count; i++) {
		int32_t bound = reach + sum(gains + i, left);
		if (bound <= oracle->best || !step_into(oracle, bound))
			break;
		const struct candidate *candidate = &oracle->menu.candidates[ids[i]];
		struct bundle more = *bundle;
		int32_t step = worth_step(oracle->worth, bundle, candidate->department);
		bundle_add(&more, menu_shares(oracle, ids[i]), oracle->terms.stride, candidate);
		oracle->path[depth] = ids[i];
		memcpy(oracle->ids[depth + 1], ids + i + 1, (count - i - 1) * sizeof(*ids));
		descend(oracle, &more, value + gains[i] + step, depth + 1, count - i - 1, left - 1);
	}
}

static void search(struct oracle *oracle)
{
	struct bundle pins = oracle_pins(&oracle->terms);
	uint32_t places = oracle->terms.places;
	oracle->open = INT32_MIN;
	oracle->steps = places > ORACLE_EXACT ? ORACLE_STEPS : UINT32_MAX;
	if (!places) {
		oracle->best = 0;
		return;
	}
	for (uint32_t i = 0; i < oracle->menu.count; i++)
		oracle->ids[0][i] = i;
	descend(oracle, &pins, 0, 0, oracle->menu.count, places);
}

void oracle_answer(struct oracle *oracle, const uint32_t *known)
{
	oracle->best = INT32_MIN / 2;
	if (known) {
		oracle->best = oracle_value(oracle, known);
		memcpy(oracle->list, known, sizeof(oracle->list));
	}
	search(oracle);
}

int32_t oracle_fewer(struct oracle *oracle)
{
	struct list_terms terms = oracle->terms;
	struct bundle pins = oracle_pins(&terms);
	uint32_t list[WORTH_PLACES];
	int32_t best = oracle->best, open = oracle->open, fewer;
	if (terms.places < 2)
		return 0;
	if (terms.places > ORACLE_EXACT)
		return oracle_top(oracle, terms.places - 1u) +
		       worth_reach(oracle->worth, &pins, terms.places - 1u);
	memcpy(list, oracle->list, sizeof(list));
	oracle->terms.places--;
	oracle->terms.two = false;
	oracle->best = INT32_MIN / 2;
	search(oracle);
	fewer = oracle->best;
	oracle->terms = terms;
	oracle->best = best;
	oracle->open = open;
	memcpy(oracle->list, list, sizeof(list));
	return fewer;
}

int32_t oracle_value(const struct oracle *oracle, const uint32_t *list)
{
	struct bundle bundle = oracle_pins(&oracle->terms);
	int32_t value = 0;
	for (uint32_t place = 0; place < oracle->terms.places; place++) {
		const struct candidate *candidate = &oracle->menu.candidates[list[place]];
		const uint8_t *shares = menu_shares(oracle, list[place]);
		value += oracle->net[list[place]] +
			 worth_step(oracle->worth, &bundle, candidate->department) -
			 worth_taken(oracle->worth, &bundle, shares, oracle->terms.stride,
				 candidate->backgrounds);
		bundle_add(&bundle, shares, oracle->terms.stride, candidate);
	}
	return value;
}
