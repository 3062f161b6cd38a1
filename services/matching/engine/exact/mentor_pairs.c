/* Scores mentors against all rows: the mentors are gathered in one block, which all rows are
 * compared with, on all threads. */
#include "matching/engine/exact/mentor_pairs.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_ROWS 256u /* rows between two checks of the cancel flag */

struct mentors_pricing {
	struct solver *solver;
	const uint32_t *places;
	const int64_t *reaches;
	uint32_t count;
	int64_t reach;  /* the largest reach */
	int64_t offset; /* of the 16-bit prices */
	int16_t price[KERNEL_LANES];
	const struct block *block;
	const uint16_t *slots;
	uint32_t whole; /* the block of the layout with exactly these mentors, or ENGINE_NONE if
			   gathered */
	atomic_bool failed, cancelled;
};

static uint16_t flags_of(const struct solver *solver, uint32_t row, uint32_t place)
{
	const struct edge *edge = solver->any_kept ? solver_find(&solver->row[row], place) : NULL;
	return edge ? edge->flags : solver_granted(solver, row, place);
}

/* What it would cost the row to take that mentor. */
static int64_t reduced_cost(
	const struct solver *solver, uint32_t index, uint32_t place, int16_t score)
{
	const struct row *row = &solver->row[index];
	return price_towards(row, solver->place[place].department) + solver->place[place].price -
	       score - flags_value(solver, flags_of(solver, index, place));
}

static bool note_pair(struct mentors_pricing *pricing, struct near_share *share, uint32_t row,
	uint32_t lane, int16_t score)
{
	const struct solver *solver = pricing->solver;
	const struct engine_scorer *scorer = solver->scorer;
	uint32_t place = pricing->places[lane];
	if (pricing->reaches[lane] < PRICE_NEVER &&
		reduced_cost(solver, row, place, score) >= pricing->reaches[lane])
		return true;
	if (!layout_open(scorer, row, place))
		return true;
	if (solver->row[row].pinned && people_pinned(scorer->population, scorer->rows[row].person,
					       scorer->lines[place].person))
		return true;
	if (!array_grow((void **)&share->pairs, &share->room, share->count, sizeof(*share->pairs)))
		return false;
	share->pairs[share->count++] = (struct near_pair){ row, (uint16_t)lane, score };
	return true;
}

/* False if nobody in the block can be allowed for the row. */
static bool may_be_allowed(const struct mentors_pricing *pricing, uint32_t row)
{
	const struct solver *solver = pricing->solver;
	const struct engine_scorer *scorer = solver->scorer;
	if (pricing->whole == ENGINE_NONE)
		return layout_near(scorer, &scorer->population->people[scorer->rows[row].person],
			pricing->block);
	return solver->alive[row * solver->alive_words + pricing->whole / 64] >>
		       (pricing->whole % 64) &
	       1;
}

static bool note_row(struct mentors_pricing *pricing, struct near_share *share, uint32_t row)
{
	const struct engine_scorer *scorer = pricing->solver->scorer;
	const struct mentee_line *mentee = &scorer->rows[row];
	struct kernel_limit limit = { scorer->no_price, INT16_MIN, false };
	int16_t scores[KERNEL_LANES] __attribute__((uninitialized));
	uint64_t hits[2];
	if (pricing->reach < PRICE_NEVER && !pricing->solver->any_kept) {
		limit.price = pricing->price;
		limit.limit = clamped(
			pricing->solver->row[row].price - pricing->reach + pricing->offset);
	}
	struct kernel_call call = { &scorer->kernel_policy, (const uint8_t(*)[16])scorer->tables,
		scorer->ops + mentee->first_op, mentee->ends, pricing->slots,
		pricing->block->columns, limit };
	if (!may_be_allowed(pricing, row) || scorer->kernel(&call, scores, hits) != KERNEL_HITS)
		return true;
	for (uint32_t word = 0; word < 2; word++)
		for (; hits[word]; hits[word] &= hits[word] - 1) {
			uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(hits[word]);
			if (lane < pricing->count &&
				!note_pair(pricing, share, row, lane, scores[lane]))
				return false;
		}
	return true;
}

/* Compares the rows from..to with the mentors, unless the run is cancelled. */
static void pass_rows(struct mentors_pricing *pricing, unsigned worker, uint32_t from, uint32_t to)
{
	struct solver *solver = pricing->solver;
	struct near_share *share = &solver->shares[worker];
	share->count = 0;
	while (from < to && !atomic_load(&pricing->cancelled)) {
		uint32_t end = to - from < LOOK_ROWS ? to : from + LOOK_ROWS;
		if (is_cancelled(solver)) {
			atomic_store(&pricing->cancelled, true);
			return;
		}
		solver->pairs_scored[worker] += (size_t)(end - from) * pricing->count;
		for (; from < end; from++)
			if (!note_row(pricing, share, from))
				atomic_store(&pricing->failed, true);
	}
}

/* The shares hold consecutive rows, so the entries are ascending by row. */
static bool fill(struct mentors_pricing *pricing, const struct near_share *shares, unsigned count)
{
	struct solver *solver = pricing->solver;
	uint32_t counts[KERNEL_LANES] = { 0 };
	for (unsigned s = 0; s < count; s++)
		for (size_t m = 0; m < shares[s].count; m++)
			counts[shares[s].pairs[m].lane]++;
	for (uint32_t lane = 0; lane < pricing->count; lane++) {
		struct mentor_pairs *pairs = &solver->mentor_pairs[pricing->places[lane]];
		free(pairs->entries);
		*pairs = (struct mentor_pairs){ .reach = pricing->reaches[lane] };
		pairs->entries = malloc((counts[lane] + (size_t)1) * sizeof(*pairs->entries));
		if (!pairs->entries)
			return false;
	}
	for (unsigned s = 0; s < count; s++)
		for (size_t m = 0; m < shares[s].count; m++) {
			const struct near_pair *pair = &shares[s].pairs[m];
			uint32_t place = pricing->places[pair->lane];
			struct mentor_pairs *pairs = &solver->mentor_pairs[place];
			pairs->entries[pairs->count++] = (struct holder){ pair->row, pair->score,
				flags_of(solver, pair->row, place) };
		}
	return true;
}

static void work(void *context, unsigned worker)
{
	struct mentors_pricing *pricing = context;
	const struct solver *solver = pricing->solver;
	uint64_t size = crew_size(solver->crew);
	pass_rows(pricing, worker, (uint32_t)(solver->rows * (uint64_t)worker / size),
		(uint32_t)(solver->rows * (worker + (uint64_t)1) / size));
}

static bool pass_all(struct mentors_pricing *pricing)
{
	struct solver *solver = pricing->solver;
	crew_run_pairs(solver->crew, (size_t)pricing->count * solver->rows, work, pricing);
	if (atomic_load(&pricing->cancelled))
		solver->cancelled = true; /* the pairs stay unchanged */
	if (atomic_load(&pricing->failed))
		return false;
	return solver->cancelled || fill(pricing, solver->shares, crew_size(solver->crew));
}

/* Gathers the mentors in a temporary block. */
static bool pass_gathered(struct mentors_pricing *pricing)
{
	const struct engine_scorer *scorer = pricing->solver->scorer;
	struct block block = { 0 };
	uint8_t *scratch = aligned_alloc(64, layout_scratch_size(scorer));
	uint16_t *slots = malloc((scorer->features.count + (size_t)1) * sizeof(uint16_t));
	pricing->block = &block;
	pricing->slots = slots;
	bool done = scratch && slots &&
		    layout_gather_block(
			    scorer, pricing->places, pricing->count, &block, slots, scratch) &&
		    pass_all(pricing);
	free(block.columns);
	free(slots);
	free(scratch);
	return done;
}

/* The block of the layout that holds exactly these mentors, or ENGINE_NONE. */
static uint32_t whole_block(const struct solver *solver, const uint32_t *places, uint32_t count)
{
	if (places[0] % KERNEL_LANES ||
		(count < KERNEL_LANES && places[0] + count != solver->places))
		return ENGINE_NONE;
	for (uint32_t c = 1; c < count; c++)
		if (places[c] != places[0] + c)
			return ENGINE_NONE;
	return places[0] / KERNEL_LANES;
}

/* Prepares the mentors for a pricing. */
static void begin(struct mentors_pricing *pricing)
{
	const struct solver *solver = pricing->solver;
	pricing->offset = solver->place[pricing->places[0]].price;
	if (pricing->whole != ENGINE_NONE) {
		pricing->block = &solver->scorer->block[pricing->whole];
		pricing->slots = solver->scorer->slots +
				 (size_t)pricing->whole * solver->scorer->features.count;
	}
	for (uint32_t lane = 0; lane < KERNEL_LANES; lane++) {
		int64_t reach = lane < pricing->count ? pricing->reaches[lane] : 0;
		pricing->price[lane] = INT16_MAX;
		if (lane < pricing->count)
			pricing->price[lane] = clamped(
				solver->place[pricing->places[lane]].price - pricing->offset);
		pricing->reach = reach > pricing->reach ? reach : pricing->reach;
	}
}

bool mentor_pairs_price(
	struct solver *solver, const uint32_t *places, const int64_t *reaches, uint32_t count)
{
	struct mentors_pricing pricing = { .solver = solver,
		.places = places,
		.reaches = reaches,
		.count = count,
		.whole = whole_block(solver, places, count) };
	begin(&pricing);
	return pricing.whole == ENGINE_NONE ? pass_gathered(&pricing) : pass_all(&pricing);
}

/* Scores all mentors: every worker takes whole blocks. */
struct all {
	struct solver *solver;
	int64_t reach;
	atomic_uint next; /* block to do */
	atomic_bool failed, cancelled;
};

static void price_block(struct all *all, uint32_t block, unsigned worker)
{
	struct solver *solver = all->solver;
	uint32_t places[KERNEL_LANES];
	int64_t reaches[KERNEL_LANES];
	struct mentors_pricing pricing = {
		.solver = solver, .places = places, .reaches = reaches, .whole = block
	};
	uint32_t first = block * KERNEL_LANES;
	for (; pricing.count < KERNEL_LANES && first + pricing.count < solver->places;
		pricing.count++) {
		places[pricing.count] = first + pricing.count;
		reaches[pricing.count] = all->reach;
	}
	begin(&pricing);
	pass_rows(&pricing, worker, 0, solver->rows);
	if (atomic_load(&pricing.cancelled))
		atomic_store(&all->cancelled, true);
	else if (atomic_load(&pricing.failed) || !fill(&pricing, &solver->shares[worker], 1))
		atomic_store(&all->failed, true);
}

static void work_blocks(void *context, unsigned worker)
{
	struct all *all = context;
	while (!atomic_load(&all->failed) && !atomic_load(&all->cancelled)) {
		uint32_t block = atomic_fetch_add(&all->next, 1);
		if (block >= all->solver->scorer->blocks)
			break;
		price_block(all, block, worker);
	}
}

bool mentor_pairs_price_all(struct solver *solver, int64_t reach)
{
	struct all all = { .solver = solver, .reach = reach };
	crew_run_pairs(solver->crew, (size_t)solver->places * solver->rows, work_blocks, &all);
	if (atomic_load(&all.cancelled))
		solver->cancelled = true;
	return !atomic_load(&all.failed);
}

bool mentor_pairs_list(struct solver *solver, uint32_t index)
{
	const struct mentor_pairs *pairs = &solver->mentor_pairs[index];
	const struct place *place = &solver->place[index];
	for (uint32_t e = 0; e < pairs->count; e++) {
		const struct holder *entry = &pairs->entries[e];
		const struct row *row = &solver->row[entry->row];
		int64_t bound = row->limit == place->department ? row->limit_bound : row->bound;
		if (holder_value(solver, entry) <= bound + place->price)
			continue;
		if (!solver_list(solver, entry->row,
			    (struct edge){ index, entry->score, entry->flags }, 0))
			return false;
	}
	return true;
}
