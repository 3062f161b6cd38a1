/*
 * Examines all allowed pairs at the current prices. A mentor outside the row's menu whose score
 * less price is at most the row's threshold is on no list better than the best one known; the
 * others are added.
 */
#include "matching/engine/lists/dense.h"

#include <stdlib.h>
#include <string.h>

#define TILE        64u
#define LEVELS_MOST 8u
#define LEVEL_STEP  16384
#define CHOSEN      48 /* about half are kept, as most are chosen twice */

/* Prices in points less an offset, for the kernels; a price that is too small only lets too many
 * pairs through. */
struct price_level {
	int64_t offset;
	int16_t *price;
};

struct dense {
	struct listing *listing;
	bool choose, keep;
	int32_t *threshold; /* by row: single worth less price above which a mentor is examined */
	struct price_level levels[LEVELS_MOST];
	uint32_t level_count;
	atomic_size_t next; /* row or tile to do */
	atomic_bool failed, cancelled;
};

/* A mentor above the threshold of the row being examined. */
struct hit {
	uint32_t place;
	int16_t score;
};
struct hits {
	struct hit *list;
	size_t count, room;
};

/* A worker's menu: candidates and hits. */
struct table {
	struct candidate *candidates;
	uint8_t *shares;
	uint8_t *marks;
	int32_t *gains;
	uint32_t *old; /* by candidate of the row: its index here */
	size_t room;
};

static void free_table(struct table *table)
{
	free(table->candidates);
	free(table->shares);
	free(table->marks);
	free(table->gains);
	free(table->old);
}

static bool grow_table(struct table *table, size_t count)
{
	if (count <= table->room)
		return true;
	free_table(table);
	size_t room = count + count / 2 + 64;
	table->candidates = malloc(room * sizeof(*table->candidates));
	table->shares = malloc(room * ENGINE_WANTS_MAX);
	table->marks = malloc(room);
	table->gains = malloc(room * sizeof(*table->gains));
	table->old = malloc(room * sizeof(*table->old));
	bool able = table->candidates && table->shares && table->marks && table->gains &&
		    table->old;
	table->room = able ? room : 0;
	return able;
}

static int32_t worth_at(const struct listing *listing, const struct candidate *candidate)
{
	return candidate->single - listing->place[candidate->place].price;
}

static void fill_nets(const struct listing *listing, struct oracle *oracle)
{
	for (uint32_t c = 0; c < oracle->menu.count; c++)
		oracle->net[c] = worth_at(listing, &oracle->menu.candidates[c]);
}

/* The single worth less price that a mentor outside the menu needs for a list better than the
 * oracle's. */
static int64_t find_threshold(struct oracle *oracle)
{
	struct bundle pins = oracle_pins(&oracle->terms);
	int64_t places = oracle->terms.places;
	int64_t beside = (int64_t)oracle->best - oracle_fewer(oracle) - oracle_step(oracle);
	int64_t all = oracle->best - worth_reach(oracle->worth, &pins, oracle->terms.places);
	all = (all - places + 1) / places;
	int64_t least = beside < all ? beside : all;
	return least < -PRICE_TOP ? -PRICE_TOP : least;
}

/* The bound of all lists, including mentors outside the menu, whose nets are at most `outside`. */
static int32_t find_bound(struct oracle *oracle, int64_t outside)
{
	struct bundle pins = oracle_pins(&oracle->terms);
	uint32_t places = oracle->terms.places;
	int32_t reach = worth_reach(oracle->worth, &pins, places);
	int64_t bound = oracle->open > oracle->best ? oracle->open : oracle->best;
	for (uint32_t out = 1; out <= places; out++) {
		int64_t with = out * outside + reach;
		if (out == 1)
			with = outside + oracle_step(oracle) + oracle_fewer(oracle);
		else
			with += oracle_top(oracle, places - out);
		bound = with > bound ? with : bound;
	}
	return (int32_t)bound;
}

static struct oracle *ask(
	struct dense *dense, struct list_row *row, const struct menu *menu, unsigned worker)
{
	struct oracle *oracle = listing_oracle(dense->listing, worker);
	if (!oracle || !oracle_ask(oracle, menu, &row->terms)) {
		atomic_store(&dense->failed, true);
		return NULL;
	}
	fill_nets(dense->listing, oracle);
	return oracle;
}

static bool goes_on(struct dense *dense)
{
	if (is_raised(dense->listing->options.cancel))
		atomic_store(&dense->cancelled, true);
	return !atomic_load(&dense->cancelled) && !atomic_load(&dense->failed);
}

/* Computes each row's threshold from its candidates. */
static void measure(void *context, unsigned worker)
{
	struct dense *dense = context;
	struct listing *listing = dense->listing;
	while (goes_on(dense)) {
		size_t first = atomic_fetch_add(&dense->next, TILE);
		if (first >= listing->rows)
			break;
		for (size_t i = first; i < first + TILE && i < listing->rows; i++) {
			struct list_row *row = &listing->row[i];
			struct menu menu = listing_menu(row);
			if (!row->terms.places)
				continue;
			struct oracle *oracle = ask(dense, row, &menu, worker);
			if (!oracle)
				return;
			oracle_answer(oracle, row->held);
			dense->threshold[i] = (int32_t)find_threshold(oracle);
		}
	}
}

static int64_t offset_of(int32_t threshold)
{
	int64_t points = threshold / WORTH_UNIT;
	return points > -30000 ? 0 : (-points + LEVEL_STEP / 2) / LEVEL_STEP * LEVEL_STEP;
}

static const struct price_level *find_level(const struct dense *dense, int64_t offset)
{
	for (uint32_t l = 0; l < dense->level_count; l++)
		if (dense->levels[l].offset == offset)
			return &dense->levels[l];
	return NULL;
}

/* Creates the price levels. Rows without one examine everybody. */
static void make_levels(struct dense *dense)
{
	struct listing *listing = dense->listing;
	size_t lanes = (size_t)listing->scorer->blocks * KERNEL_LANES;
	for (uint32_t i = 0; i < listing->rows && dense->level_count < LEVELS_MOST; i++) {
		int64_t offset = offset_of(dense->threshold[i]);
		if (find_level(dense, offset))
			continue;
		struct price_level *level = &dense->levels[dense->level_count];
		level->price = malloc((lanes + 1) * sizeof(*level->price));
		if (!level->price)
			return;
		level->offset = offset;
		for (size_t j = 0; j < lanes; j++)
			level->price[j] = j < listing->places
						  ? clamped(listing->place[j].price / WORTH_UNIT -
							    offset)
						  : INT16_MAX;
		dense->level_count++;
	}
}

static struct kernel_limit limit_of(const struct dense *dense, uint32_t row, uint32_t block)
{
	const struct listing *listing = dense->listing;
	int64_t above = (int64_t)dense->threshold[row] - listing->row[row].excess;
	int64_t points = above >= 0 ? above / WORTH_UNIT
				    : -((-above + WORTH_UNIT - 1) / WORTH_UNIT);
	const struct price_level *level = find_level(dense, offset_of(dense->threshold[row]));
	if (!level)
		return (struct kernel_limit){ listing->scorer->no_price, INT16_MIN, false };
	return (struct kernel_limit){ level->price + (size_t)block * KERNEL_LANES,
		clamped(points + level->offset), false };
}

static bool has_candidate(const struct list_row *row, uint32_t place)
{
	uint32_t low = 0, high = row->count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (row->candidates[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < row->count && row->candidates[low].place == place;
}

/* Records a mentor that may be above the threshold; the exact test follows once the shares are
 * read. */
static bool note(const struct listing *listing, uint32_t index, uint32_t place, int16_t score,
	int32_t threshold, struct hits *hits)
{
	const struct list_row *row = &listing->row[index];
	int64_t single = (int64_t)score * WORTH_UNIT + row->excess;
	if (single - listing->place[place].price <= threshold || !listing->place[place].capacity ||
		!layout_open(listing->scorer, index, place) || has_candidate(row, place))
		return true;
	if (row->pinned && people_pinned(listing->population, listing->scorer->rows[index].person,
				   listing->scorer->lines[place].person))
		return true;
	if (!array_grow((void **)&hits->list, &hits->room, hits->count, sizeof(*hits->list)))
		return false;
	hits->list[hits->count++] = (struct hit){ place, score };
	return true;
}

/* Scans one row against one block. */
static bool scan(const struct dense *dense, uint32_t index, uint32_t block, struct hits *hits)
{
	const struct listing *listing = dense->listing;
	const struct engine_scorer *scorer = listing->scorer;
	const struct person *person = &listing->population->people[scorer->rows[index].person];
	int16_t scores[KERNEL_LANES] __attribute__((uninitialized));
	uint64_t found[2];
	if (!listing->row[index].terms.places ||
		!layout_near(scorer, person, &scorer->block[block]) ||
		layout_score(scorer, index, block, limit_of(dense, index, block), scores, found) !=
			KERNEL_HITS)
		return true;
	for (uint32_t word = 0; word < 2; word++)
		for (uint64_t left = found[word] & layout_lanes(scorer, block, word); left;
			left &= left - 1) {
			uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
			if (!note(listing, index, block * KERNEL_LANES + lane, scores[lane],
				    dense->threshold[index], hits))
				return false;
		}
	return true;
}

/* Combines the row's candidates and hits into one menu, ascending by place. */
static bool set_table(struct listing *listing, uint32_t index, const struct hits *hits,
	struct table *table, struct menu *ret_menu)
{
	const struct list_row *row = &listing->row[index];
	size_t stride = row->terms.stride, hit = 0;
	uint32_t count = 0;
	if (!grow_table(table, row->count + hits->count))
		return false;
	for (uint32_t c = 0; c <= row->count; c++) {
		uint32_t until = c < row->count ? row->candidates[c].place : UINT32_MAX;
		for (; hit < hits->count && hits->list[hit].place < until; hit++, count++)
			listing_read(listing, index, hits->list[hit].place, hits->list[hit].score,
				table->shares + count * stride, &table->candidates[count]);
		if (c == row->count)
			break;
		table->old[c] = count;
		table->candidates[count] = row->candidates[c];
		memcpy(table->shares + count++ * stride, row->shares + c * stride, stride);
	}
	*ret_menu = (struct menu){ table->candidates, table->shares, count };
	return true;
}

/* Marks the `most` candidates with the best gains; ties go to the lower place. */
static void mark_best(struct table *table, uint32_t count, uint32_t most)
{
	uint32_t best[CHOSEN] = { 0 }, found = 0;
	for (uint32_t c = 0; c < count; c++) {
		int32_t gain = table->gains[c];
		if (found == most && gain <= table->gains[best[most - 1]])
			continue;
		uint32_t at = found < most ? found++ : most - 1;
		for (; at && table->gains[best[at - 1]] < gain; at--)
			best[at] = best[at - 1];
		best[at] = c;
	}
	for (uint32_t b = 0; b < found; b++)
		table->marks[best[b]] = 1;
}

/* Marks the best candidates in addition to a list of some of the oracle's mentors. */
static void mark_beside(struct oracle *oracle, struct table *table, const uint32_t *list,
	uint32_t count, uint32_t most)
{
	struct bundle bundle = oracle_pins(&oracle->terms);
	for (uint32_t l = 0; l < count; l++)
		bundle_add(&bundle, menu_shares(oracle, list[l]), oracle->terms.stride,
			&oracle->menu.candidates[list[l]]);
	for (uint32_t c = 0; c < oracle->menu.count; c++)
		table->gains[c] = oracle->net[c] +
				  worth_step(oracle->worth, &bundle,
					  oracle->menu.candidates[c].department) -
				  worth_taken(oracle->worth, &bundle, menu_shares(oracle, c),
					  oracle->terms.stride,
					  oracle->menu.candidates[c].backgrounds);
	mark_best(table, oracle->menu.count, most);
}

/* Marks the row's new candidates. */
static void mark(const struct dense *dense, const struct list_row *row, struct oracle *oracle,
	struct table *table)
{
	uint32_t places = row->terms.places, rest[WORTH_PLACES], best = 0;
	memset(table->marks, 0, oracle->menu.count);
	for (uint32_t c = 0; c < row->count; c++)
		table->marks[table->old[c]] = dense->keep || row->candidates[c].first;
	for (uint32_t place = 0; place < places; place++) {
		table->marks[table->old[row->held[place]]] = 1;
		table->marks[table->old[row->shown[place]]] = 1;
		table->marks[oracle->list[place]] = 1;
	}
	mark_beside(oracle, table, NULL, 0, CHOSEN / 4);
	for (uint32_t c = 0; c < oracle->menu.count; c++)
		best = oracle->net[c] > oracle->net[best] ? c : best;
	if (places > 1)
		mark_beside(oracle, table, &best, 1, CHOSEN / 5);
	for (uint32_t without = 0; places > 1 && without < places; without++) {
		uint32_t count = 0;
		for (uint32_t place = 0; place < places; place++)
			if (place != without)
				rest[count++] = oracle->list[place];
		mark_beside(oracle, table, rest, count, CHOSEN / 5);
	}
}

/* Makes the marked candidates those of the row. */
static bool take_marked(struct dense *dense, struct list_row *row, const struct table *table,
	uint32_t count, unsigned worker)
{
	struct arena *arena = &dense->listing->arenas[worker];
	size_t stride = row->terms.stride;
	uint32_t kept = 0, at[WORTH_PLACES * 2];
	for (uint32_t c = 0; c < count; c++)
		kept += table->marks[c];
	struct candidate *candidates = arena_take(arena, (kept + 1) * sizeof(*candidates));
	uint8_t *shares = arena_take(arena, (kept + 1) * stride);
	if (!candidates || !shares)
		return false;
	kept = 0;
	for (uint32_t c = 0; c < count; c++) {
		for (uint32_t place = 0; place < row->terms.places; place++) {
			if (table->old[row->held[place]] == c)
				at[place] = kept;
			if (table->old[row->shown[place]] == c)
				at[WORTH_PLACES + place] = kept;
		}
		if (!table->marks[c])
			continue;
		candidates[kept] = table->candidates[c];
		memcpy(shares + kept++ * stride, table->shares + c * stride, stride);
	}
	memcpy(row->held, at, row->terms.places * sizeof(*at));
	memcpy(row->shown, at + WORTH_PLACES, row->terms.places * sizeof(*at));
	row->candidates = candidates;
	row->shares = shares;
	row->count = kept;
	return true;
}

static bool finish_row(struct dense *dense, uint32_t index, const struct hits *hits,
	struct table *table, unsigned worker)
{
	struct listing *listing = dense->listing;
	struct list_row *row = &listing->row[index];
	struct menu menu;
	uint32_t known[WORTH_PLACES];
	row->bound = 0;
	if (!row->terms.places)
		return true;
	if (!set_table(listing, index, hits, table, &menu))
		return false;
	struct oracle *oracle = ask(dense, row, &menu, worker);
	if (!oracle)
		return false;
	for (uint32_t place = 0; place < row->terms.places; place++)
		known[place] = table->old[row->held[place]];
	oracle_answer(oracle, known);
	row->bound = find_bound(oracle, dense->threshold[index]);
	if (!dense->choose)
		return true;
	mark(dense, row, oracle, table);
	return take_marked(dense, row, table, menu.count, worker);
}

static bool do_tile(struct dense *dense, uint32_t first, struct hits *hits, struct table *table,
	unsigned worker)
{
	struct listing *listing = dense->listing;
	uint32_t end = first + TILE < listing->rows ? first + TILE : listing->rows;
	bool able = true;
	for (uint32_t i = first; i < end; i++)
		hits[i - first].count = 0;
	for (uint32_t block = 0; able && block < listing->scorer->blocks && goes_on(dense); block++)
		for (uint32_t i = first; able && i < end; i++)
			able = scan(dense, i, block, &hits[i - first]);
	listing->pairs_scored[worker] += (size_t)(end - first) * listing->places;
	if (atomic_load(&dense->cancelled))
		return true;
	for (uint32_t i = first; able && i < end; i++)
		able = finish_row(dense, i, &hits[i - first], table, worker);
	return able;
}

static void work(void *context, unsigned worker)
{
	struct dense *dense = context;
	struct hits *hits = calloc(TILE, sizeof(*hits));
	struct table table = { 0 };
	if (!hits)
		atomic_store(&dense->failed, true);
	while (hits && goes_on(dense)) {
		size_t first = atomic_fetch_add(&dense->next, TILE);
		if (first >= dense->listing->rows)
			break;
		if (!do_tile(dense, (uint32_t)first, hits, &table, worker))
			atomic_store(&dense->failed, true);
	}
	for (uint32_t h = 0; hits && h < TILE; h++)
		free(hits[h].list);
	free(hits);
	free_table(&table);
}

/* Keeps the proven bound if it is the lowest so far. */
static void keep_bound(struct listing *listing)
{
	int64_t bound = 0;
	for (uint32_t j = 0; j < listing->places; j++)
		bound += (int64_t)listing->place[j].price * listing->place[j].capacity;
	for (uint32_t i = 0; i < listing->rows; i++)
		bound += listing->row[i].bound;
	if (bound >= listing->bound)
		return;
	listing->bound = bound;
	for (uint32_t j = 0; j < listing->places; j++)
		listing->bound_price[j] = listing->place[j].price;
	for (uint32_t i = 0; i < listing->rows; i++)
		listing->bound_list[i] = listing->row[i].bound;
}

void dense_pass(struct listing *listing, bool choose, bool keep)
{
	struct dense dense = { .listing = listing, .choose = choose, .keep = keep };
	dense.threshold = calloc(listing->rows + (size_t)1, sizeof(*dense.threshold));
	if (!dense.threshold) {
		listing->failed = true;
		return;
	}
	crew_run_pairs(listing->crew, (size_t)listing->rows * 2000, measure, &dense);
	if (!atomic_load(&dense.cancelled))
		make_levels(&dense);
	atomic_store(&dense.next, 0);
	if (!atomic_load(&dense.cancelled) && !atomic_load(&dense.failed))
		crew_run_pairs(
			listing->crew, (size_t)listing->rows * listing->places, work, &dense);
	listing->figures.rounds++;
	listing->figures.rows_priced += listing->rows;
	listing->cancelled = listing->cancelled || atomic_load(&dense.cancelled);
	listing->failed = listing->failed || atomic_load(&dense.failed);
	if (!listing->cancelled && !listing->failed)
		keep_bound(listing);
	for (uint32_t l = 0; l < dense.level_count; l++)
		free(dense.levels[l].price);
	free(dense.threshold);
}
