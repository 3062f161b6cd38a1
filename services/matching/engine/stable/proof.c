/*
 * The pass over all pairs that looks for a blocking pair. Pairs that somebody stated are few and
 * are checked one by one; in all others both sides judge by score, so two thresholds are enough:
 * the scores of the mentor's and the mentee's worst pair. Nobody who has only stated partners
 * prefers anyone else.
 */
#include "matching/engine/stable/proof.h"

#define TILE 128u

struct proving {
	struct accepting *accepting;
	atomic_size_t next;
	atomic_bool blocked, cancelled;
};

static uint8_t choice_of(const struct accepting *accepting, uint32_t row, uint32_t place)
{
	const struct stated *stated = orders_find(&accepting->orders, row, place);
	return stated ? stated->by_mentee : (uint8_t)UNSTATED;
}

static bool mentee_wants(
	const struct accepting *accepting, uint32_t index, struct edge edge, uint8_t choice)
{
	const struct solver *solver = accepting->solver;
	const struct row *row = &solver->row[index];
	const struct edge *held = solver->held + row->held_first;
	if (places_to_send(row))
		return true;
	for (uint32_t h = 0; h < row->held; h++)
		if (wish_before(solver, &edge, choice, &held[h],
			    choice_of(accepting, index, held[h].place)))
			return true;
	return false;
}

/* The score that a mentor whom the mentee did not state must exceed; INT16_MAX = the mentee prefers
 * none. */
static int16_t limit_of(const struct accepting *accepting, uint32_t index)
{
	const struct solver *solver = accepting->solver;
	const struct row *row = &solver->row[index];
	int32_t least = INT16_MAX + 1;
	if (places_to_send(row))
		return -1;
	for (uint32_t h = 0; h < row->held; h++) {
		const struct edge *held = &solver->held[row->held_first + h];
		if (held->score < least && choice_of(accepting, index, held->place) == UNSTATED)
			least = held->score;
	}
	return (int16_t)(least - 1); /* a mentor with this score may have the lower index */
}

/* A blocking pair among the row's pairs that somebody stated. */
static bool stated_block(struct proving *proving, uint32_t index)
{
	const struct accepting *accepting = proving->accepting;
	const struct solver *solver = accepting->solver;
	const struct row *row = &solver->row[index];
	const struct stated *end, *stated = orders_of(&accepting->orders, index, &end);
	for (uint32_t seen = 0; stated < end; stated++) {
		struct edge edge = { stated->place, stated->score, 0 };
		struct rival rival = { index, stated->score, stated->by_mentor };
		if (!(seen++ & 255) && is_cancelled(solver)) {
			atomic_store(&proving->cancelled, true);
			return false;
		}
		if (accepts(accepting, edge.place, rival) &&
			!solver_holds(solver, row, edge.place) &&
			mentee_wants(accepting, index, edge, stated->by_mentee))
			return true;
	}
	return false;
}

/* A blocking pair with a mentor in the block, among the pairs that nobody stated. */
static bool blocks(struct proving *proving, uint32_t index, uint32_t block, int16_t least)
{
	const struct accepting *accepting = proving->accepting;
	const struct solver *solver = accepting->solver;
	struct kernel_limit limit = { accepting->threshold + (size_t)block * KERNEL_LANES, least,
		true };
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2];
	if (layout_score(solver->scorer, index, block, limit, scores, hits) != KERNEL_HITS)
		return false;
	for (uint32_t word = 0; word < 2; word++) {
		uint64_t left = hits[word] & layout_lanes(solver->scorer, block, word);
		for (; left; left &= left - 1) {
			uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
			struct edge edge = { block * KERNEL_LANES + lane, scores[lane], 0 };
			struct rival rival = { index, edge.score, UNSTATED };
			if (layout_open(solver->scorer, index, edge.place) &&
				!solver_holds(solver, &solver->row[index], edge.place) &&
				!orders_find(&accepting->orders, index, edge.place) &&
				accepts(accepting, edge.place, rival) &&
				mentee_wants(accepting, index, edge, UNSTATED))
				return true;
		}
	}
	return false;
}

/* Checks all blocks against one tile of rows. */
static void prove_tile(struct proving *proving, uint32_t first, uint32_t end)
{
	struct solver *solver = proving->accepting->solver;
	int16_t limits[TILE];
	for (uint32_t i = first; i < end && !atomic_load(&proving->cancelled); i++) {
		limits[i - first] = limit_of(proving->accepting, i);
		if (stated_block(proving, i))
			atomic_store(&proving->blocked, true);
	}
	for (uint32_t block = 0; block < solver->scorer->blocks; block++) {
		if (is_cancelled(solver))
			atomic_store(&proving->cancelled, true);
		if (atomic_load(&proving->cancelled))
			return;
		for (uint32_t i = first; i < end; i++) {
			uint64_t alive = solver->alive[i * solver->alive_words + block / 64];
			if ((alive >> (block % 64) & 1) && limits[i - first] < INT16_MAX &&
				blocks(proving, i, block, limits[i - first]))
				atomic_store(&proving->blocked, true);
		}
	}
}

static void prove(void *context, unsigned worker)
{
	struct proving *proving = context;
	uint32_t rows = proving->accepting->solver->rows;
	(void)worker;
	while (!atomic_load(&proving->cancelled)) {
		size_t first = atomic_fetch_add(&proving->next, 1) * TILE;
		if (first >= rows)
			return;
		prove_tile(proving, (uint32_t)first,
			(uint32_t)(rows - first < TILE ? rows : first + TILE));
	}
}

enum engine_status proof_run(struct accepting *accepting)
{
	struct solver *solver = accepting->solver;
	struct proving proving = { .accepting = accepting };
	for (uint32_t place = 0; place < solver->places; place++) {
		if (!(place & 255) && is_cancelled(solver))
			return ENGINE_CANCELLED;
		accepting_look(accepting, place);
	}
	crew_run_pairs(solver->crew, (size_t)solver->rows * solver->places, prove, &proving);
	if (atomic_load(&proving.cancelled))
		return ENGINE_CANCELLED;
	solver->stable = !atomic_load(&proving.blocked);
	return ENGINE_OK;
}
