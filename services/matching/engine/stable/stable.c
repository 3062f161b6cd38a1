/* Mentee-proposing deferred acceptance. */
#include "matching/engine/stable/stable.h"

#include "matching/engine/stable/proof.h"

#include <stdlib.h>
#include <string.h>

#define WISHES 32u /* length of a mentee's first list */

static const struct engine_options no_options;

/* The order in which mentors that are not stated are wished for. */
static int compare_wishes(const void *left, const void *right, void *context)
{
	const struct edge *a = left, *b = right;
	return wish_before(context, a, UNSTATED, b, UNSTATED)
		       ? -1
		       : wish_before(context, b, UNSTATED, a, UNSTATED);
}

static void sort_wishes(struct solver *solver, struct row *row)
{
	if (row->edge_count > 1)
		qsort_r(row->edges, row->edge_count, sizeof(*row->edges), compare_wishes, solver);
}

/* At the end of a first list, some mentors with an equal score may be missing; they come with the
 * extension. */
static void trim(struct row *row)
{
	while (row->bound != PRICE_LOWEST && row->edge_count &&
		row->edges[row->edge_count - 1].score <= row->bound)
		row->edge_count--;
}

/* Puts the mentee's own choices before the first list, in their order. False: out of memory. */
static bool put_choices_first(struct accepting *accepting, uint32_t index)
{
	struct solver *solver = accepting->solver;
	struct row *row = &solver->row[index];
	struct edge chosen[ENGINE_CHOICES_MAX];
	uint64_t taken = 0;
	const struct stated *end, *stated = orders_of(&accepting->orders, index, &end);
	for (; stated < end; stated++)
		if (stated->by_mentee != UNSTATED) {
			taken |= 1ull << (stated->by_mentee - 1);
			chosen[stated->by_mentee - 1] = (struct edge){ stated->place, stated->score,
				0 };
		}
	if (!taken)
		return true;
	struct edge *edges = arena_take(&solver->arenas[0],
		(row->edge_count + (size_t)ENGINE_CHOICES_MAX) * sizeof(*edges));
	uint32_t count = 0;
	if (!edges)
		return false;
	for (; taken; taken &= taken - 1)
		edges[count++] = chosen[__builtin_ctzll(taken)];
	for (uint32_t e = 0; e < row->edge_count; e++) {
		stated = orders_find(&accepting->orders, index, row->edges[e].place);
		if (!stated || stated->by_mentee == UNSTATED)
			edges[count++] = row->edges[e];
	}
	row->edges = edges;
	row->edge_count = row->edge_room = count;
	return true;
}

/* Lists a mentor of the extension if the mentor would accept now; false: out of memory. */
static bool extend_by(struct accepting *accepting, uint32_t index, struct edge edge, uint8_t choice)
{
	struct rival rival = { index, edge.score, choice };
	return !accepts(accepting, edge.place, rival) ||
	       solver_list(accepting->solver, index, edge, 0);
}

/* Adds mentors of the extension who stated the mentee: the score threshold does not apply to
 * them. */
static bool extend_by_stated(struct accepting *accepting, uint32_t index)
{
	const struct stated *end, *stated = orders_of(&accepting->orders, index, &end);
	for (; stated < end; stated++) {
		struct edge edge = { stated->place, stated->score, 0 };
		if (stated->by_mentee == UNSTATED &&
			stated->score <= accepting->solver->row[index].bound &&
			!extend_by(accepting, index, edge, stated->by_mentor))
			return false;
	}
	return true;
}

/* Lists everybody below the first list who would accept now; a mentor who refuses now always
 * will. */
static bool extend(struct accepting *accepting, uint32_t index)
{
	struct solver *solver = accepting->solver;
	struct row *row = &solver->row[index];
	struct kernel_limit limit = { NULL, -1, true };
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2];
	row->edge_count = row->edge_room = 0;
	for (uint32_t block = 0; block < solver->scorer->blocks; block++) {
		limit.price = accepting->threshold + (size_t)block * KERNEL_LANES;
		if (layout_score(solver->scorer, index, block, limit, scores, hits) != KERNEL_HITS)
			continue;
		for (uint32_t word = 0; word < 2; word++) {
			uint64_t left = hits[word] & layout_lanes(solver->scorer, block, word);
			for (; left; left &= left - 1) {
				uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
				struct edge edge = { block * KERNEL_LANES + lane, scores[lane], 0 };
				if (edge.score > row->bound ||
					!layout_open(solver->scorer, index, edge.place) ||
					orders_find(&accepting->orders, index, edge.place))
					continue;
				if (!extend_by(accepting, index, edge, UNSTATED))
					return false;
			}
		}
	}
	if (!extend_by_stated(accepting, index))
		return false;
	sort_wishes(solver, row);
	accepting->next[index] = 0;
	accepting->whole[index] = true;
	return true;
}

static void propose(struct accepting *accepting, uint32_t index, struct edge edge)
{
	struct solver *solver = accepting->solver;
	struct place *place = &solver->place[edge.place];
	struct rival rival = rival_of(accepting, index, edge.place, edge.score);
	if (!accepts(accepting, edge.place, rival))
		return;
	if (place->holders == place->capacity) {
		struct rival worst = accepting->worst[edge.place];
		solver_drop(solver, worst.row, edge.place);
		if (!accepting->queued[worst.row])
			accepting->waiting[accepting->waiting_count++] = worst.row;
		accepting->queued[worst.row] = true;
	}
	solver_take(solver, index, edge);
	accepting_look(accepting, edge.place);
}

static enum engine_status accept_all(struct accepting *accepting)
{
	struct solver *solver = accepting->solver;
	size_t steps = 0;
	for (uint32_t i = solver->rows; i-- > 0;) {
		accepting->waiting[accepting->waiting_count++] = i;
		accepting->queued[i] = true;
	}
	while (accepting->waiting_count) {
		uint32_t index = accepting->waiting[--accepting->waiting_count];
		struct row *row = &solver->row[index];
		accepting->queued[index] = false;
		while (places_to_send(row)) {
			if (!(++steps & 255) && is_cancelled(solver))
				return ENGINE_CANCELLED;
			if (accepting->next[index] < row->edge_count) {
				propose(accepting, index, row->edges[accepting->next[index]++]);
				continue;
			}
			if (accepting->whole[index] || row->bound == PRICE_LOWEST)
				break;
			if (!extend(accepting, index))
				return ENGINE_NO_MEMORY;
		}
	}
	return ENGINE_OK;
}

/* Makes each mentee's first list: the stated choices, then the best by score. */
static enum engine_status make_lists(struct accepting *accepting)
{
	struct solver *solver = accepting->solver;
	solver->pending_count = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		solver_pend(solver, i);
	enum engine_status status = price_rows(solver, solver->pending, solver->pending_count);
	if (!status)
		status = orders_init(&accepting->orders, solver);
	for (uint32_t i = 0; !status && i < solver->rows; i++) {
		sort_wishes(solver, &solver->row[i]);
		trim(&solver->row[i]);
		if (!put_choices_first(accepting, i))
			status = ENGINE_NO_MEMORY;
		else if (!(i & 255) && is_cancelled(solver))
			status = ENGINE_CANCELLED;
	}
	return status;
}

static enum engine_status match(struct accepting *accepting)
{
	if (accepting->solver->cancelled) /* during the layout */
		return ENGINE_CANCELLED;
	enum engine_status status = make_lists(accepting);
	if (!status)
		status = accept_all(accepting);
	return status ? status : proof_run(accepting);
}

static enum engine_status run(struct accepting *accepting)
{
	size_t lanes = (size_t)accepting->solver->scorer->blocks * KERNEL_LANES;
	size_t rows = accepting->solver->rows + (size_t)1;
	accepting->next = calloc(rows, sizeof(*accepting->next));
	accepting->whole = calloc(rows, sizeof(*accepting->whole));
	accepting->queued = calloc(rows, sizeof(*accepting->queued));
	accepting->waiting = malloc(rows * sizeof(*accepting->waiting));
	accepting->worst = malloc((lanes + 1) * sizeof(*accepting->worst));
	accepting->threshold = malloc((lanes + 1) * sizeof(*accepting->threshold));
	if (!accepting->next || !accepting->whole || !accepting->queued || !accepting->waiting ||
		!accepting->worst || !accepting->threshold)
		return ENGINE_NO_MEMORY;
	memset(accepting->threshold, 0xff, lanes * sizeof(*accepting->threshold));
	return match(accepting);
}

static void release(struct accepting *accepting)
{
	orders_release(&accepting->orders);
	free(accepting->next);
	free(accepting->whole);
	free(accepting->queued);
	free(accepting->waiting);
	free(accepting->worst);
	free(accepting->threshold);
}

/* The mentee's own order of two of its pairs, according to the population. */
static int compare_pairs(const void *left, const void *right, void *context)
{
	const struct engine_pair *a = left, *b = right;
	uint32_t one = engine_population_choice(context, a->mentee, true, a->mentor);
	uint32_t other = engine_population_choice(context, b->mentee, true, b->mentor);
	if (one != other) /* 0 = not stated, after all others */
		return one - 1 < other - 1 ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->mentor < b->mentor ? -1 : a->mentor > b->mentor;
}

/* Ranks pairs by the mentees' own orders. Until then they are ranked by score. */
static void rank_pairs(const struct engine_population *population, struct engine_result *result)
{
	if (!population->choices[CHOICES_OF_MENTEES].count)
		return;
	for (size_t o = 0; o < result->outcome_count; o++) {
		struct engine_pair *pairs = result->pairs + result->outcomes[o].first;
		uint16_t count = result->outcomes[o].count;
		if (count < 2)
			continue;
		qsort_r(pairs, count, sizeof(*pairs), compare_pairs, (void *)population);
		for (uint16_t p = 0; p < count; p++)
			pairs[p].rank = (uint8_t)(p + 1);
	}
}

enum engine_status engine_stable(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	struct engine_scorer *scorer = NULL;
	struct solver solver = { 0 };
	struct accepting accepting = { .solver = &solver };
	if (!options)
		options = &no_options;
	enum engine_status status = prepare_run(
		population, policy, options, ENGINE_MODE_STABLE, faults, &scorer);
	if (status)
		return status;
	status = solver_init(&solver, scorer, options, ENGINE_MODE_STABLE);
	if (!options->candidates)
		solver.keep = WISHES;
	if (!status)
		status = run(&accepting);
	release(&accepting);
	if (status == ENGINE_CANCELLED)
		solver.cancelled = true;
	if (!status || status == ENGINE_CANCELLED) {
		enum engine_status written = answer_write(&solver, ret_result);
		if (!written)
			rank_pairs(population, ret_result);
		status = written ? written : status;
	}
	solver_release(&solver);
	engine_scorer_free(scorer);
	return status;
}

/* The rule that refuses a choice; NONE if it is allowed. */
static enum engine_rule refusal(const struct engine_population *population,
	const struct engine_policy *policy, int side, const struct choice *choice)
{
	bool mentee = side == CHOICES_OF_MENTEES;
	return criteria_first_refusal(population, policy, mentee ? choice->person : choice->choice,
		mentee ? choice->choice : choice->person);
}

enum engine_status engine_choices_refused(const struct engine_population *population,
	const struct engine_policy *policy, struct engine_refused_choice **ret_choices,
	size_t *ret_count)
{
	const struct choices *choices = population->choices;
	struct engine_refused_choice *list = NULL;
	size_t count = 0, room = 0;
	for (int side = 0; side < CHOICES_SIDES; side++)
		for (size_t c = 0; c < choices[side].count; c++) {
			const struct choice *choice = &choices[side].list[c];
			enum engine_rule rule = refusal(population, policy, side, choice);
			if (rule == ENGINE_RULE_NONE)
				continue;
			if (!array_grow((void **)&list, &room, count, sizeof(*list))) {
				free(list);
				return ENGINE_NO_MEMORY;
			}
			list[count++] = (struct engine_refused_choice){ choice->person,
				choice->choice, choice->place, side == CHOICES_OF_MENTEES, rule };
		}
	*ret_choices = list;
	*ret_count = count;
	return ENGINE_OK;
}
