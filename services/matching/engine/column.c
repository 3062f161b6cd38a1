/* Mentors against all rows: gathered in one block, all rows pass by, on all threads. */
#include "matching/engine/solver.h"

#include <stdlib.h>
#include <string.h>

/* An allowed pair as one worker finds it. */
struct meeting {
	uint32_t row;
	uint16_t lane;
	int16_t score;
};

struct share {
	struct meeting *meetings;
	size_t count, room;
};

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
	struct share shares[CREW_MAX];
	atomic_bool failed, cancelled;
};

static int16_t clamp(int64_t value)
{
	return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

/* What it would cost the row to take that mentor. */
static int64_t reduced_cost(
	const struct solver *solver, uint32_t index, uint32_t place, int16_t score)
{
	const struct row *row = &solver->row[index];
	int64_t cost = price_towards(row, solver->place[place].department) +
		       solver->place[place].price - score;
	if (solver->any_kept) {
		const struct edge *edge = solver_find(row, place);
		cost -= edge && edge->kept ? solver->unit_soft : 0;
	}
	return cost;
}

static bool note_pair(struct columns_pricing *pricing, struct share *share, uint32_t row,
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

static bool note_row(struct columns_pricing *pricing, struct share *share, uint32_t row)
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

static void work(void *context, unsigned worker)
{
	struct columns_pricing *pricing = context;
	uint64_t size = crew_size(pricing->solver->crew);
	uint32_t from = (uint32_t)(pricing->solver->rows * (uint64_t)worker / size);
	uint32_t to = (uint32_t)(pricing->solver->rows * (worker + (uint64_t)1) / size);
	for (uint32_t row = from; row < to; row++) {
		if (!(row & 255) && is_cancelled(pricing->solver))
			atomic_store(&pricing->cancelled, true);
		if (atomic_load_explicit(&pricing->cancelled, memory_order_relaxed))
			return;
		if (!note_row(pricing, &pricing->shares[worker], row))
			atomic_store(&pricing->failed, true);
	}
}

static uint16_t kept_flag(const struct solver *solver, uint32_t row, uint32_t place)
{
	const struct edge *edge = solver_find(&solver->row[row], place);
	return edge ? edge->kept : 0;
}

/* Workers have consecutive rows, so the entries come out ascending by row. */
static bool fill(struct columns_pricing *pricing)
{
	struct solver *solver = pricing->solver;
	uint32_t counts[KERNEL_LANES] = { 0 };
	for (unsigned w = 0; w < CREW_MAX; w++)
		for (size_t m = 0; m < pricing->shares[w].count; m++)
			counts[pricing->shares[w].meetings[m].lane]++;
	for (uint32_t lane = 0; lane < pricing->count; lane++) {
		struct column *column = &solver->columns[pricing->places[lane]];
		free(column->entries);
		column->entries = malloc((counts[lane] + (size_t)1) * sizeof(*column->entries));
		column->count = 0;
		column->reach = pricing->reaches[lane];
		if (!column->entries)
			return false;
	}
	for (unsigned w = 0; w < CREW_MAX; w++)
		for (size_t m = 0; m < pricing->shares[w].count; m++) {
			const struct meeting *meeting = &pricing->shares[w].meetings[m];
			uint32_t place = pricing->places[meeting->lane];
			struct column *column = &solver->columns[place];
			column->entries[column->count++] = (struct holder){ meeting->row,
				meeting->score, kept_flag(solver, meeting->row, place) };
		}
	return true;
}

static bool meet(struct columns_pricing *pricing)
{
	crew_run(pricing->solver->crew, work, pricing);
	if (atomic_load(&pricing->cancelled))
		pricing->solver->cancelled = true; /* the columns stay as they were */
	if (atomic_load(&pricing->failed))
		return false;
	return pricing->solver->cancelled || fill(pricing);
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

bool column_price(
	struct solver *solver, const uint32_t *places, const int64_t *reaches, uint32_t count)
{
	struct columns_pricing pricing = { .solver = solver,
		.places = places,
		.reaches = reaches,
		.count = count,
		.whole = whole_block(solver, places, count),
		.offset = solver->place[places[0]].price };
	if (pricing.whole != ENGINE_NONE) {
		pricing.block = &solver->scorer->block[pricing.whole];
		pricing.slots = solver->scorer->slots +
				(size_t)pricing.whole * solver->scorer->columns.count;
	}
	for (uint32_t lane = 0; lane < KERNEL_LANES; lane++) {
		pricing.price[lane] = INT16_MAX;
		if (lane >= count)
			continue;
		pricing.price[lane] = clamp(solver->place[places[lane]].price - pricing.offset);
		pricing.reach = reaches[lane] > pricing.reach ? reaches[lane] : pricing.reach;
	}
	bool done = pricing.whole == ENGINE_NONE ? meet_gathered(&pricing) : meet(&pricing);
	for (unsigned w = 0; w < CREW_MAX; w++)
		free(pricing.shares[w].meetings);
	solver->pairs_scored[0] += (size_t)solver->rows * count;
	return done;
}

bool column_price_all(struct solver *solver, int64_t reach)
{
	uint32_t places[KERNEL_LANES] = { 0 };
	int64_t reaches[KERNEL_LANES] = { 0 };
	for (uint32_t first = 0; first < solver->places; first += KERNEL_LANES) {
		uint32_t count = 0;
		for (; count < KERNEL_LANES && first + count < solver->places; count++) {
			places[count] = first + count;
			reaches[count] = reach;
		}
		if (solver->cancelled || is_cancelled(solver))
			return true;
		if (!column_price(solver, places, reaches, count))
			return false;
	}
	return true;
}

void column_forget(struct solver *solver)
{
	for (uint32_t j = 0; solver->columns && j < solver->places; j++) {
		free(solver->columns[j].entries);
		solver->columns[j] = (struct column){ 0 };
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
			    (struct edge){ index, entry->score, entry->kept }, 0))
			return false;
	}
	return true;
}
