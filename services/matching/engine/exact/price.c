/*
 * Pricing: compares rows with the whole population, tile by tile, on all threads. A tile of rows is
 * compared with one block of mentors after the other, so the block's columns are read once per
 * tile. Every row is answered independently, so neither the number of threads nor the kernel's
 * width can change the answer.
 */
#include "matching/engine/exact/price.h"

#include <stdlib.h>
#include <string.h>

#define TILE        256u
#define SAMPLE_STEP 16u /* a first pricing samples one of so many blocks */
#define SAMPLE_FROM 32u /* number of blocks from which sampling pays */
#define WITHIN_MOST 1024u

/* A pair found by comparing one row with blocks: one of the best that are not listed. */
struct find {
	int64_t value; /* score - price */
	uint32_t place;
	int32_t score;
};
struct ask {
	uint32_t row;
	uint32_t found;
	uint32_t keep;
	uint32_t level;   /* which offset of prices; LEVELS = let everything through */
	int64_t limit;    /* pairs above this are wanted */
	int64_t complete; /* the limit that means "every pair was seen" if it is unchanged at the
			     end */
	bool within;      /* in a search: only one side of the limit */
	bool limited;     /* which side */
	bool outside;
	bool all; /* there is room for everybody */
};

/* The multiple of the unit nearest to the price that a mentor must stay below. */
static int64_t offset_of(const struct solver *solver, int64_t limit)
{
	int64_t half = solver->unit_soft / 2;
	int64_t from = -limit + half;
	int64_t steps = from >= 0 ? from / solver->unit_soft
				  : -((-from + solver->unit_soft - 1) / solver->unit_soft);
	return steps * solver->unit_soft;
}

/* The level of prices with the offset for that limit; created if `make` is set. */
static uint32_t price_level(struct solver *solver, int64_t limit, bool make)
{
	size_t lanes = (size_t)solver->scorer->blocks * KERNEL_LANES;
	int64_t offset = offset_of(solver, limit);
	for (uint32_t l = 0; l < solver->level_count; l++)
		if (solver->levels[l].offset == offset)
			return l;
	if (solver->level_count == LEVELS || !make)
		return LEVELS;
	struct level *level = &solver->levels[solver->level_count];
	level->price = malloc((lanes + 1) * sizeof(*level->price));
	if (!level->price)
		return LEVELS;
	level->offset = offset;
	for (size_t j = 0; j < lanes; j++)
		level->price[j] = j < solver->places ? clamped(solver->place[j].price - offset)
						     : INT16_MAX;
	return solver->level_count++;
}

/* The limit from which a pricing of the row lists pairs: a slack below the bound, which grows each
 * time the row returns. Prices are stored as offsets relative to it. */
static int64_t price_limit(const struct solver *solver, const struct row *row, bool limited)
{
	if (!row->priced)
		return -1 - 2 * penalty(solver, 1);
	int shift = row->priced < 20 ? row->priced : 20;
	return (limited ? row->limit_bound : row->bound) - ((int64_t)256 << shift);
}

static void ask_begin(struct solver *solver, struct ask *ask, uint32_t index, bool first)
{
	const struct row *row = &solver->row[index];
	ask->row = index;
	ask->found = 0;
	ask->keep = solver->keep;
	ask->limit = price_limit(solver, row, ask->limited);
	ask->complete = ask->limit < -2 * penalty(solver, 1) ? ask->limit : INT64_MAX;
	ask->level = price_level(solver, first ? 0 : ask->limit, false);
}

/* Inserts a find among the best, best first; ties go to the lower place. */
static void insert(struct ask *ask, struct find *finds, struct find find)
{
	uint32_t at = ask->found < ask->keep ? ask->found++ : ask->keep - 1;
	if (ask->all) {
		finds[at] = find;
		return;
	}
	for (; at &&
		(finds[at - 1].value < find.value ||
			(finds[at - 1].value == find.value && finds[at - 1].place > find.place));
		at--)
		finds[at] = finds[at - 1];
	finds[at] = find;
	if (ask->found == ask->keep && finds[ask->keep - 1].value > ask->limit)
		ask->limit = finds[ask->keep - 1].value;
}

static void look_at(const struct solver *solver, struct ask *ask, struct find *finds,
	uint32_t place, int32_t score)
{
	int64_t value = score - solver->place[place].price;
	const struct row *row = &solver->row[ask->row];
	if (value <= ask->limit || !layout_open(solver->scorer, ask->row, place))
		return;
	if (ask->within && (solver->place[place].department == row->limit) != ask->limited)
		return;
	if (ask->outside && is_settled(solver, place))
		return;
	if (row->edge_count && solver_find(row, place))
		return;
	if (row->pinned && people_pinned(solver->population, solver->scorer->rows[ask->row].person,
				   solver->scorer->lines[place].person))
		return;
	insert(ask, finds, (struct find){ value, place, score });
}

static void ask_block(struct solver *solver, struct ask *ask, struct find *finds, uint32_t block)
{
	uint64_t *alive = &solver->alive[ask->row * solver->alive_words + block / 64];
	int16_t scores[KERNEL_LANES] __attribute__((uninitialized));
	uint64_t hits[2];
	struct kernel_limit limit = { solver->scorer->no_price, INT16_MIN, false };
	if (!(*alive >> (block % 64) & 1))
		return;
	if (ask->level < LEVELS) {
		const struct level *level = &solver->levels[ask->level];
		limit.price = level->price + (size_t)block * KERNEL_LANES;
		limit.limit = clamped(ask->limit + level->offset);
	}
	enum kernel_answer answer = layout_score(
		solver->scorer, ask->row, block, limit, scores, hits);
	if (answer == KERNEL_NOBODY)
		*alive &= ~(1ull << (block % 64));
	if (answer != KERNEL_HITS)
		return;
	for (uint32_t word = 0; word < 2; word++) {
		uint64_t left = hits[word] & layout_lanes(solver->scorer, block, word);
		for (; left; left &= left - 1) {
			uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
			look_at(solver, ask, finds, block * KERNEL_LANES + lane, scores[lane]);
		}
	}
}

/* Lists the finds and lowers the bounds; false: out of memory. */
static bool ask_end(
	struct solver *solver, struct ask *ask, const struct find *finds, unsigned worker)
{
	struct row *row = &solver->row[ask->row];
	int64_t bound = ask->limit == ask->complete ? PRICE_LOWEST : ask->limit;
	bool listed = true;
	for (uint32_t f = 0; f < ask->found && listed; f++)
		listed = solver_list(solver, ask->row,
			(struct edge){ finds[f].place, (int16_t)finds[f].score, 0 }, worker);
	if (!ask->within || !ask->limited)
		row->bound = bound < row->bound ? bound : row->bound;
	if (!ask->within || ask->limited)
		row->limit_bound = bound < row->limit_bound ? bound : row->limit_bound;
	if (ask->outside && ask->limited)
		row->limit_loose = true;
	else if (ask->outside)
		row->loose = true;
	if (row->priced < UINT16_MAX)
		row->priced++;
	return listed;
}

/* For when few mentors are left: examines every allowed pair with them. */
static void ask_gathered(struct solver *solver, struct ask *ask, struct find *finds)
{
	const struct gather *gather = &solver->gather;
	const struct engine_scorer *scorer = solver->scorer;
	int16_t scores[KERNEL_LANES] __attribute__((uninitialized));
	uint64_t hits[2];
	for (uint32_t b = 0; b < gather->block_count; b++) {
		const struct mentee_line *mentee = &scorer->rows[ask->row];
		struct kernel_call call = { &scorer->kernel_policy,
			(const uint8_t(*)[16])scorer->tables, scorer->ops + mentee->first_op,
			mentee->ends, gather->slots + (size_t)b * scorer->features.count,
			gather->blocks[b].columns, { scorer->no_price, INT16_MIN, false } };
		if (scorer->kernel(&call, scores, hits) != KERNEL_HITS)
			continue;
		for (uint32_t word = 0; word < 2; word++)
			for (; hits[word]; hits[word] &= hits[word] - 1) {
				uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(hits[word]);
				uint32_t at = b * KERNEL_LANES + lane;
				if (at < gather->count)
					look_at(solver, ask, finds, gather->places[at],
						scores[lane]);
			}
	}
}

enum engine_status price_within(struct solver *solver, uint32_t index, bool limited, bool outside)
{
	struct ask ask = { .within = true, .limited = limited, .outside = outside };
	struct find finds[WITHIN_MOST];
	price_level(solver, price_limit(solver, &solver->row[index], limited), true);
	ask_begin(solver, &ask, index, false);
	ask.keep = ask.keep < WITHIN_MOST ? ask.keep : WITHIN_MOST;
	if (solver->places < WITHIN_MOST && solver->row[index].priced >= PRICED_ENOUGH) {
		ask.limit = ask.complete = -1 - 2 * penalty(solver, 1);
		ask.keep = WITHIN_MOST;
		ask.all = true;
		outside = ask.outside = false;
	}
	if (outside && solver->gather.count) {
		ask.limit = ask.complete = -1 - 2 * penalty(solver, 1);
		ask_gathered(solver, &ask, finds);
	} else {
		for (uint32_t block = 0; block < solver->scorer->blocks; block++)
			ask_block(solver, &ask, finds, block);
		solver->pairs_scored[0] += solver->places;
		solver->figures.rows_priced++;
	}
	if (is_cancelled(solver))
		solver->cancelled = true;
	return ask_end(solver, &ask, finds, 0) ? ENGINE_OK : ENGINE_NO_MEMORY;
}

struct pricing {
	struct solver *solver;
	const uint32_t *rows;
	size_t count;
	bool first; /* no row was priced before, and all prices are zero */
	uint32_t tile;
	atomic_size_t next; /* tile to do */
	atomic_bool failed, cancelled;
};

/* Compares all rows of a tile with every step-th block or, with `rest`, with all others. */
static void ask_blocks(struct pricing *pricing, struct ask *asks, uint32_t count,
	struct find *finds, uint32_t step, bool rest, unsigned worker)
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
		uint32_t left = solver->places - block * KERNEL_LANES;
		solver->pairs_scored[worker] += (size_t)count *
						(left < KERNEL_LANES ? left : KERNEL_LANES);
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
		ask_blocks(pricing, asks, count, finds, SAMPLE_STEP, false, worker);
		for (uint32_t a = 0; a < count; a++)
			asks[a].keep = solver->keep;
	}
	ask_blocks(pricing, asks, count, finds, sampled ? SAMPLE_STEP : 1, sampled, worker);
	if (atomic_load(&pricing->cancelled))
		return;
	for (uint32_t a = 0; a < count; a++) {
		if (!ask_end(solver, &asks[a], finds + (size_t)a * solver->keep, worker))
			atomic_store(&pricing->failed, true);
		solver->row[asks[a].row].pending = false;
	}
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
	bool able = asks && finds;
	if (!able)
		atomic_store(&pricing->failed, true);
	while (able && !atomic_load(&pricing->failed) && !atomic_load(&pricing->cancelled)) {
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
