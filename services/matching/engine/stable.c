/* Mentee-proposing deferred acceptance, and the dense pass that looks for a blocking pair. */
#include "matching/engine/stable.h"

#include "matching/engine/solver.h"

#include <stdlib.h>
#include <string.h>

#define WISHES 32u /* length of a mentee's first list */
#define TILE   128u

static const struct engine_options no_options;

struct accepting {
	struct solver *solver;
	uint32_t *next;    /* by row: wishes used up */
	bool *whole;       /* by row: the list has been extended to the end */
	bool *queued;      /* by row: stands in waiting */
	uint32_t *waiting; /* rows that may propose */
	size_t waiting_count;
	int16_t *worst; /* by place and padding: score of the worst pair if full, else -1 */
};

/* Best first: score, then the lower person. */
static bool before(const struct solver *solver, const struct edge *one, const struct edge *other)
{
	if (one->score != other->score)
		return one->score > other->score;
	return solver->scorer->lines[one->place].person <
	       solver->scorer->lines[other->place].person;
}

static int compare_wishes(const void *left, const void *right, void *context)
{
	const struct edge *a = left, *b = right;
	return before(context, a, b) ? -1 : before(context, b, a);
}

static void sort_wishes(struct solver *solver, struct row *row)
{
	if (row->edge_count > 1)
		qsort_r(row->edges, row->edge_count, sizeof(*row->edges), compare_wishes, solver);
}

/* Of equal scores at the end of a first list some may be missing: they come with the extension. */
static void trim(struct row *row)
{
	while (row->bound != PRICE_LOWEST && row->edge_count &&
		row->edges[row->edge_count - 1].score <= row->bound)
		row->edge_count--;
}

/* The pair that a mentor would let go: lowest score, then the higher mentee. */
static struct holder worst_of(const struct solver *solver, const struct place *place)
{
	const struct holder *holders = solver->holders + place->holder_first;
	struct holder worst = holders[0];
	for (uint32_t h = 1; h < place->holders; h++)
		if (holders[h].score < worst.score ||
			(holders[h].score == worst.score && holders[h].row > worst.row))
			worst = holders[h];
	return worst;
}

static bool accepts(const struct solver *solver, uint32_t at, uint32_t row, int32_t score)
{
	const struct place *place = &solver->place[at];
	if (place->holders < place->capacity)
		return true;
	if (!place->capacity)
		return false;
	struct holder worst = worst_of(solver, place);
	return score > worst.score || (score == worst.score && row < worst.row);
}

/* Everybody below the first list who would accept now; who refuses now refuses for good. */
static bool extend(struct accepting *accepting, uint32_t index)
{
	struct solver *solver = accepting->solver;
	struct row *row = &solver->row[index];
	struct kernel_limit limit = { NULL, -1, true };
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2];
	int64_t below = row->bound;
	row->edge_count = row->edge_room = 0;
	for (uint32_t block = 0; block < solver->scorer->blocks; block++) {
		limit.price = accepting->worst + (size_t)block * KERNEL_LANES;
		if (layout_score(solver->scorer, index, block, limit, scores, hits) != KERNEL_HITS)
			continue;
		for (uint32_t word = 0; word < 2; word++) {
			uint64_t left = hits[word] & layout_lanes(solver->scorer, block, word);
			for (; left; left &= left - 1) {
				uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
				struct edge edge = { block * KERNEL_LANES + lane, scores[lane], 0 };
				if (edge.score > below ||
					!layout_open(solver->scorer, index, edge.place) ||
					!accepts(solver, edge.place, index, edge.score))
					continue;
				if (!solver_list(solver, index, edge, 0))
					return false;
			}
		}
	}
	sort_wishes(solver, row);
	accepting->next[index] = 0;
	accepting->whole[index] = true;
	return true;
}

static void propose(struct accepting *accepting, uint32_t index, struct edge edge)
{
	struct solver *solver = accepting->solver;
	struct place *place = &solver->place[edge.place];
	if (!accepts(solver, edge.place, index, edge.score))
		return;
	if (place->holders == place->capacity) {
		struct holder worst = worst_of(solver, place);
		solver_drop(solver, worst.row, edge.place);
		if (!accepting->queued[worst.row])
			accepting->waiting[accepting->waiting_count++] = worst.row;
		accepting->queued[worst.row] = true;
	}
	solver_take(solver, index, edge);
	/* A worst pair of that very score loses only to a lower mentee: one less lets ties through.
	 */
	if (place->holders == place->capacity)
		accepting->worst[edge.place] = (int16_t)(worst_of(solver, place).score - 1);
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

/* The dense pass. */
struct proving {
	struct accepting *accepting;
	atomic_size_t next;
	atomic_bool blocked, cancelled;
};

static bool mentee_wants(const struct solver *solver, const struct row *row, struct edge edge)
{
	const struct edge *held = solver->held + row->held_first;
	if (places_to_send(row))
		return true;
	for (uint32_t h = 0; h < row->held; h++)
		if (before(solver, &edge, &held[h]))
			return true;
	return false;
}

static bool blocks(struct proving *proving, uint32_t index, uint32_t block)
{
	struct solver *solver = proving->accepting->solver;
	const struct row *row = &solver->row[index];
	struct kernel_limit limit = { proving->accepting->worst + (size_t)block * KERNEL_LANES, -1,
		true };
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2];
	int32_t least = ENGINE_SCORE_MAX;
	for (uint32_t h = 0; h < row->held; h++)
		if (solver->held[row->held_first + h].score < least)
			least = solver->held[row->held_first + h].score;
	if (!places_to_send(row))
		limit.limit = (int16_t)(least - 1);
	if (layout_score(solver->scorer, index, block, limit, scores, hits) != KERNEL_HITS)
		return false;
	for (uint32_t word = 0; word < 2; word++) {
		uint64_t left = hits[word] & layout_lanes(solver->scorer, block, word);
		for (; left; left &= left - 1) {
			uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
			struct edge edge = { block * KERNEL_LANES + lane, scores[lane], 0 };
			if (layout_open(solver->scorer, index, edge.place) &&
				!solver_holds(solver, row, edge.place) &&
				accepts(solver, edge.place, index, edge.score) &&
				mentee_wants(solver, row, edge))
				return true;
		}
	}
	return false;
}

static void prove(void *context, unsigned worker)
{
	struct proving *proving = context;
	struct solver *solver = proving->accepting->solver;
	(void)worker;
	while (!atomic_load(&proving->cancelled)) {
		size_t first = atomic_fetch_add(&proving->next, 1) * TILE;
		if (first >= solver->rows)
			return;
		for (uint32_t block = 0; block < solver->scorer->blocks; block++) {
			if (is_cancelled(solver))
				atomic_store(&proving->cancelled, true);
			for (size_t i = first; i < first + TILE && i < solver->rows; i++) {
				uint64_t alive =
					solver->alive[i * solver->alive_words + block / 64];
				if ((alive >> (block % 64) & 1) &&
					blocks(proving, (uint32_t)i, block))
					atomic_store(&proving->blocked, true);
			}
		}
	}
}

static enum engine_status match(struct accepting *accepting)
{
	struct solver *solver = accepting->solver;
	enum engine_status status = ENGINE_OK;
	if (solver->cancelled) /* while things were laid out */
		return ENGINE_CANCELLED;
	solver->pending_count = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		solver_pend(solver, i);
	status = price_rows(solver, solver->pending, solver->pending_count);
	for (uint32_t i = 0; !status && i < solver->rows; i++) {
		sort_wishes(solver, &solver->row[i]);
		trim(&solver->row[i]);
		if (!(i & 255) && is_cancelled(solver))
			status = ENGINE_CANCELLED;
	}
	if (!status)
		status = accept_all(accepting);
	if (status)
		return status;
	struct proving proving = { .accepting = accepting };
	crew_run(solver->crew, prove, &proving);
	if (atomic_load(&proving.cancelled))
		return ENGINE_CANCELLED;
	solver->stable = !atomic_load(&proving.blocked);
	return ENGINE_OK;
}

static enum engine_status run(struct solver *solver)
{
	size_t lanes = (size_t)solver->scorer->blocks * KERNEL_LANES;
	size_t rows = solver->rows + (size_t)1;
	struct accepting accepting = { .solver = solver };
	enum engine_status status = ENGINE_NO_MEMORY;
	accepting.next = calloc(rows, sizeof(*accepting.next));
	accepting.whole = calloc(rows, sizeof(*accepting.whole));
	accepting.queued = calloc(rows, sizeof(*accepting.queued));
	accepting.waiting = malloc(rows * sizeof(*accepting.waiting));
	accepting.worst = malloc((lanes + 1) * sizeof(*accepting.worst));
	if (accepting.next && accepting.whole && accepting.queued && accepting.waiting &&
		accepting.worst) {
		memset(accepting.worst, 0xff, lanes * sizeof(*accepting.worst));
		status = match(&accepting);
	}
	free(accepting.next);
	free(accepting.whole);
	free(accepting.queued);
	free(accepting.waiting);
	free(accepting.worst);
	return status;
}

enum engine_status engine_stable(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	struct engine_scorer *scorer = NULL;
	struct solver solver = { 0 };
	if (!options)
		options = &no_options;
	enum engine_status status = solve_prepare(
		population, policy, options, ENGINE_MODE_STABLE, faults, &scorer);
	if (status)
		return status;
	status = solver_init(&solver, scorer, options, ENGINE_MODE_STABLE);
	if (!options->candidates)
		solver.keep = WISHES;
	if (!status)
		status = run(&solver);
	if (status == ENGINE_CANCELLED)
		solver.cancelled = true;
	if (!status || status == ENGINE_CANCELLED) {
		enum engine_status written = solver_result(&solver, ret_result);
		status = written ? written : status;
	}
	solver_release(&solver);
	engine_scorer_free(scorer);
	return status;
}
