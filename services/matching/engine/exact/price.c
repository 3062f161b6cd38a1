/*
 * Pricing: rows against the whole population, tile by tile on all threads. A tile of rows meets one
 * block of mentors after the other, so the block's columns are read once per tile. Every row's
 * answer is its own, so neither the number of threads nor the width of the kernel can change it.
 */
#include "matching/engine/exact/solver.h"

#include <stdlib.h>

#define TILE        256u
#define SAMPLE_STEP 16u /* every how many blocks one is sampled in a first pricing */
#define SAMPLE_FROM 32u /* blocks from which sampling pays */

struct pricing {
	struct solver *solver;
	const uint32_t *rows;
	size_t count;
	bool first; /* no row was priced before, prices are all zero */
	uint32_t tile;
	atomic_size_t next; /* tile to do */
	atomic_bool failed, cancelled;
};

/* All rows of a tile against every step-th block (step > 1: or all the others). */
static void meet_blocks(struct pricing *pricing, struct ask *asks, uint32_t count,
	struct find *finds, uint32_t step, bool rest)
{
	struct solver *solver = pricing->solver;
	unsigned room = solver->keep;
	for (uint32_t block = 0; block < solver->scorer->blocks; block++) {
		if ((block % step == step / 2) == rest && step > 1)
			continue;
		if (is_cancelled(solver)) {
			atomic_store(&pricing->cancelled, true);
			return;
		}
		for (uint32_t a = 0; a < count; a++)
			ask_block(solver, &asks[a], finds + (size_t)a * room, block);
	}
}

static void price_tile(struct pricing *pricing, size_t first, struct ask *asks, struct find *finds,
	unsigned worker)
{
	struct solver *solver = pricing->solver;
	size_t left = pricing->count - first;
	uint32_t count = left < pricing->tile ? (uint32_t)left : pricing->tile;
	bool sampled = pricing->first && solver->scorer->blocks >= SAMPLE_FROM;
	for (uint32_t a = 0; a < count; a++) {
		asks[a] = (struct ask){ 0 };
		ask_begin(solver, &asks[a], pricing->rows[first + a], pricing->first);
		if (sampled && solver->keep > 2 + solver->keep / 8)
			asks[a].keep = 2 + solver->keep / 8;
	}
	if (sampled) {
		meet_blocks(pricing, asks, count, finds, SAMPLE_STEP, false);
		for (uint32_t a = 0; a < count; a++)
			asks[a].keep = solver->keep;
	}
	meet_blocks(pricing, asks, count, finds, sampled ? SAMPLE_STEP : 1, sampled);
	if (atomic_load(&pricing->cancelled))
		return;
	for (uint32_t a = 0; a < count; a++) {
		if (!ask_end(solver, &asks[a], finds + (size_t)a * solver->keep, worker))
			atomic_store(&pricing->failed, true);
		solver->row[asks[a].row].pending = false;
	}
	solver->pairs_scored[worker] += (size_t)count * solver->places;
}

static void report(const struct solver *solver, size_t done)
{
	if (!solver->options.progress)
		return;
	struct engine_progress progress = { solver->figures.rows_priced + done, solver->rows,
		solver->places_open, solver->places_asked };
	solver->options.progress(solver->options.progress_context, &progress);
}

static void work(void *context, unsigned worker)
{
	struct pricing *pricing = context;
	struct ask *asks = malloc(TILE * sizeof(*asks));
	struct find *finds = malloc((size_t)pricing->tile * pricing->solver->keep * sizeof(*finds));
	if (!asks || !finds)
		atomic_store(&pricing->failed, true);
	while (!atomic_load(&pricing->failed) && !atomic_load(&pricing->cancelled)) {
		size_t first = atomic_fetch_add(&pricing->next, 1) * pricing->tile;
		if (first >= pricing->count)
			break;
		price_tile(pricing, first, asks, finds, worker);
		if (!worker && pricing->count > TILE)
			report(pricing->solver, first);
	}
	free(asks);
	free(finds);
}

enum engine_status price_rows(struct solver *solver, const uint32_t *rows, size_t count)
{
	struct pricing pricing = {
		.solver = solver, .rows = rows, .count = count, .first = !solver->figures.rounds
	};
	size_t share = count / crew_most(solver->crew) / 2 + 1;
	pricing.tile = share < TILE ? (uint32_t)share : TILE;
	for (size_t r = 0; r < count; r++) {
		const struct row *row = &solver->row[rows[r]];
		price_level(solver, pricing.first ? 0 : price_limit(solver, row, false), true);
		if (pricing.first)
			break;
	}
	crew_run_pairs(solver->crew, count * solver->places, work, &pricing);
	solver->figures.rounds++;
	solver->figures.rows_priced += count;
	report(solver, 0);
	if (atomic_load(&pricing.failed))
		return ENGINE_NO_MEMORY;
	return atomic_load(&pricing.cancelled) ? ENGINE_CANCELLED : ENGINE_OK;
}
