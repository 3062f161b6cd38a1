/* Mentors against all rows: gathered in one block, all rows pass by, on all threads. */
#include "matching/engine/exact/solver.h"

#include <stdlib.h>
#include <string.h>

struct columns_pricing {
	struct solver *solver;
	const uint32_t *places;
	const int64_t *reaches;
	uint32_t count;
	int64_t reach;  /* the farthest */
	int64_t offset; /* of the 16-bit prices */
	int16_t price[KERNEL_LANES];
	const struct block *block;
	const uint16_t *slots;
	uint32_t whole; /* the block of the layout that it is, or ENGINE_NONE: gathered */
	atomic_bool failed, cancelled;
};

static int16_t clamp(int64_t value)
{
	return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

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

static bool note_pair(struct columns_pricing *pricing, struct column_share *share, uint32_t row,
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
	if (!people_grow((void **)&share->meetings, &share->room, share->count,
		    sizeof(*share->meetings)))
		return false;
	share->meetings[share->count++] = (struct meeting){ row, (uint16_t)lane, score };
	return true;
}

/* False if nobody in the block can be allowed for the row. */
static bool may_meet(const struct columns_pricing *pricing, uint32_t row)
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

static bool note_row(struct columns_pricing *pricing, struct column_share *share, uint32_t row)
{
	const struct engine_scorer *scorer = pricing->solver->scorer;
	const struct mentee_line *mentee = &scorer->rows[row];
	struct kernel_limit limit = { scorer->no_price, INT16_MIN, false };
	int16_t scores[KERNEL_LANES] __attribute__((uninitialized));
	uint64_t hits[2];
	if (pricing->reach < PRICE_NEVER && !pricing->solver->any_kept) {
		limit.price = pricing->price;
		limit.limit = clamp(
			pricing->solver->row[row].price - pricing->reach + pricing->offset);
	}
	struct kernel_call call = { &scorer->kernel_policy, (const uint8_t(*)[16])scorer->tables,
		scorer->ops + mentee->first_op, mentee->ends, pricing->slots,
		pricing->block->columns, limit };
	if (!may_meet(pricing, row) || scorer->kernel(&call, scores, hits) != KERNEL_HITS)
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

/* The rows from..to meet the mentors, unless the run is cancelled. */
static void meet_rows(
	struct columns_pricing *pricing, struct column_share *share, uint32_t from, uint32_t to)
{
	share->count = 0;
	for (uint32_t row = from; row < to; row++) {
		if (!(row & 255) && is_cancelled(pricing->solver))
			atomic_store(&pricing->cancelled, true);
		if (atomic_load_explicit(&pricing->cancelled, memory_order_relaxed))
			return;
		if (!note_row(pricing, share, row))
			atomic_store(&pricing->failed, true);
	}
}

/* The shares have consecutive rows, so the entries come out ascending by row. */
static bool fill(struct columns_pricing *pricing, const struct column_share *shares, unsigned count)
{
	struct solver *solver = pricing->solver;
	uint32_t counts[KERNEL_LANES] = { 0 };
	for (unsigned s = 0; s < count; s++)
		for (size_t m = 0; m < shares[s].count; m++)
			counts[shares[s].meetings[m].lane]++;
	for (uint32_t lane = 0; lane < pricing->count; lane++) {
		struct column *column = &solver->columns[pricing->places[lane]];
		free(column->entries);
		*column = (struct column){ .reach = pricing->reaches[lane] };
		column->entries = malloc((counts[lane] + (size_t)1) * sizeof(*column->entries));
		if (!column->entries)
			return false;
	}
	for (unsigned s = 0; s < count; s++)
		for (size_t m = 0; m < shares[s].count; m++) {
			const struct meeting *meeting = &shares[s].meetings[m];
			uint32_t place = pricing->places[meeting->lane];
			struct column *column = &solver->columns[place];
			column->entries[column->count++] = (struct holder){ meeting->row,
				meeting->score, flags_of(solver, meeting->row, place) };
		}
	return true;
}

static void work(void *context, unsigned worker)
{
	struct columns_pricing *pricing = context;
	const struct solver *solver = pricing->solver;
	uint64_t size = crew_size(solver->crew);
	meet_rows(pricing, &pricing->solver->shares[worker],
		(uint32_t)(solver->rows * (uint64_t)worker / size),
		(uint32_t)(solver->rows * (worker + (uint64_t)1) / size));
}

static bool meet(struct columns_pricing *pricing)
{
	struct solver *solver = pricing->solver;
	crew_run_pairs(solver->crew, (size_t)pricing->count * solver->rows, work, pricing);
	if (atomic_load(&pricing->cancelled))
		solver->cancelled = true; /* the columns stay as they were */
	if (atomic_load(&pricing->failed))
		return false;
	return solver->cancelled || fill(pricing, solver->shares, crew_size(solver->crew));
}

/* Mentors from anywhere, put together in a block for this once. */
static bool meet_gathered(struct columns_pricing *pricing)
{
	const struct engine_scorer *scorer = pricing->solver->scorer;
	struct block block = { 0 };
	uint8_t *scratch = aligned_alloc(64, layout_scratch_size(scorer));
	uint16_t *slots = malloc((scorer->columns.count + (size_t)1) * sizeof(uint16_t));
	pricing->block = &block;
	pricing->slots = slots;
	bool done = scratch && slots &&
		    layout_gather_block(
			    scorer, pricing->places, pricing->count, &block, slots, scratch) &&
		    meet(pricing);
	free(block.columns);
	free(slots);
	free(scratch);
	return done;
}

/* The block of the layout in which exactly these mentors stand, or ENGINE_NONE. */
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

/* The mentors' part of a pricing. */
static void begin(struct columns_pricing *pricing)
{
	const struct solver *solver = pricing->solver;
	pricing->offset = solver->place[pricing->places[0]].price;
	if (pricing->whole != ENGINE_NONE) {
		pricing->block = &solver->scorer->block[pricing->whole];
		pricing->slots = solver->scorer->slots +
				 (size_t)pricing->whole * solver->scorer->columns.count;
	}
	for (uint32_t lane = 0; lane < KERNEL_LANES; lane++) {
		int64_t reach = lane < pricing->count ? pricing->reaches[lane] : 0;
		pricing->price[lane] = INT16_MAX;
		if (lane < pricing->count)
			pricing->price[lane] = clamp(
				solver->place[pricing->places[lane]].price - pricing->offset);
		pricing->reach = reach > pricing->reach ? reach : pricing->reach;
	}
}

bool column_price(
	struct solver *solver, const uint32_t *places, const int64_t *reaches, uint32_t count)
{
	struct columns_pricing pricing = { .solver = solver,
		.places = places,
		.reaches = reaches,
		.count = count,
		.whole = whole_block(solver, places, count) };
	begin(&pricing);
	solver->pairs_scored[0] += (size_t)solver->rows * count;
	return pricing.whole == ENGINE_NONE ? meet_gathered(&pricing) : meet(&pricing);
}

/* All mentors: every worker has blocks of its own. */
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
	struct columns_pricing pricing = {
		.solver = solver, .places = places, .reaches = reaches, .whole = block
	};
	uint32_t first = block * KERNEL_LANES;
	for (; pricing.count < KERNEL_LANES && first + pricing.count < solver->places;
		pricing.count++) {
		places[pricing.count] = first + pricing.count;
		reaches[pricing.count] = all->reach;
	}
	begin(&pricing);
	meet_rows(&pricing, &solver->shares[worker], 0, solver->rows);
	if (atomic_load(&pricing.cancelled))
		atomic_store(&all->cancelled, true);
	else if (atomic_load(&pricing.failed) || !fill(&pricing, &solver->shares[worker], 1))
		atomic_store(&all->failed, true);
	solver->pairs_scored[worker] += (size_t)solver->rows * pricing.count;
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

bool column_price_all(struct solver *solver, int64_t reach)
{
	struct all all = { .solver = solver, .reach = reach };
	crew_run_pairs(solver->crew, (size_t)solver->places * solver->rows, work_blocks, &all);
	if (atomic_load(&all.cancelled))
		solver->cancelled = true;
	return !atomic_load(&all.failed);
}

void column_forget(struct solver *solver)
{
	for (uint32_t j = 0; solver->columns && j < solver->places; j++) {
		free(solver->columns[j].entries);
		solver->columns[j] = (struct column){ 0 };
	}
	for (unsigned w = 0; w < CREW_MAX; w++) {
		free(solver->shares[w].meetings);
		solver->shares[w] = (struct column_share){ 0 };
	}
}

bool column_list(struct solver *solver, uint32_t index)
{
	const struct column *column = &solver->columns[index];
	const struct place *place = &solver->place[index];
	for (uint32_t e = 0; e < column->count; e++) {
		const struct holder *entry = &column->entries[e];
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
