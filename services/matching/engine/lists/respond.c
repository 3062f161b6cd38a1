/* Answers to prices, in blocks of a fixed size and order, so that the number of threads changes
 * nothing. */
#include "matching/engine/lists/respond.h"

#include <string.h>

#define BLOCK_MOST   1024u
#define BLOCK_PART   16u /* of the rows */
#define GAMMA_LEAST  (8 * WORTH_UNIT)
#define ANSWER_PAIRS 3000u /* pairs that can be scored in the time of one answer */
#define STILL_AFTER  2u    /* unchanged answers after which a row is asked less often */
#define STILL_EVERY  3u
#define SWEEPS       10u
#define SWEEP_GAMMA  (10 * WORTH_UNIT)

struct responding {
	struct listing *listing;
	int32_t gamma;
	const uint32_t *rows; /* of the block */
	size_t count;
	atomic_size_t next;
	atomic_bool failed;
};

/* Small companies get many cheap passes. */
struct pace respond_pace(const struct listing *listing)
{
	if (listing->rows < 200)
		return (struct pace){ 300 * WORTH_UNIT, 94, 80 };
	if (listing->rows < 4000)
		return (struct pace){ 300 * WORTH_UNIT, 90, 40 };
	return (struct pace){ 120 * WORTH_UNIT, 86, 24 };
}

static bool holds(const struct list_row *row, uint32_t candidate)
{
	for (uint32_t place = 0; place < row->terms.places; place++)
		if (row->held[place] == candidate)
			return true;
	return false;
}

static int32_t at_least_0(int32_t price)
{
	return price > 0 ? price : 0;
}

/* Finds one row's best list at the current asks; its own lists do not count against it. */
static void answer(struct responding *responding, struct list_row *row, unsigned worker)
{
	struct listing *listing = responding->listing;
	struct oracle *oracle = listing_oracle(listing, worker);
	struct menu menu = listing_menu(row);
	if (!oracle || !oracle_ask(oracle, &menu, &row->terms)) {
		atomic_store(&responding->failed, true);
		return;
	}
	for (uint32_t c = 0; c < row->count; c++) {
		int32_t ask = listing->place[row->candidates[c].place].ask;
		ask -= holds(row, c) ? responding->gamma : 0;
		oracle->net[c] = row->candidates[c].single - at_least_0(ask);
	}
	oracle_answer(oracle, row->held);
	memcpy(row->next, oracle->list, sizeof(row->next));
}

static void work(void *context, unsigned worker)
{
	struct responding *responding = context;
	for (;;) {
		size_t first = atomic_fetch_add(&responding->next, 8);
		if (first >= responding->count)
			break;
		for (size_t r = first; r < first + 8 && r < responding->count; r++)
			answer(responding, &responding->listing->row[responding->rows[r]], worker);
	}
}

static void set_ask(struct list_place *place, int32_t gamma)
{
	int64_t ask = place->price + (int64_t)gamma * ((int64_t)place->load - place->capacity) +
		      gamma / 2;
	place->ask = (int32_t)(ask < -PRICE_TOP ? -PRICE_TOP : ask < PRICE_TOP ? ask : PRICE_TOP);
}

static void set_asks(struct listing *listing, int32_t gamma)
{
	for (uint32_t j = 0; j < listing->places; j++)
		set_ask(&listing->place[j], gamma);
}

static void set_asks_of(struct listing *listing, const struct list_row *row, int32_t gamma)
{
	for (uint32_t place = 0; place < row->terms.places; place++)
		set_ask(&listing->place[row->candidates[row->held[place]].place], gamma);
}

/* Adopts the answer if it is a different list; counts the lists that changed. */
static void take(struct listing *listing, struct list_row *row, int32_t gamma)
{
	uint32_t same = 0;
	for (uint32_t place = 0; place < row->terms.places; place++)
		same += holds(row, row->next[place]);
	if (same == row->terms.places) {
		row->still = (uint8_t)(row->still < UINT8_MAX ? row->still + 1 : row->still);
		return;
	}
	row->still = 0;
	uint32_t before[WORTH_PLACES];
	memcpy(before, row->held, sizeof(before));
	listing_change(listing, row, row->next);
	set_asks_of(listing, row, gamma);
	for (uint32_t place = 0; place < row->terms.places; place++)
		set_ask(&listing->place[row->candidates[before[place]].place], gamma);
}

/* Computes and adopts the answers of one block. */
static void respond(struct listing *listing, const uint32_t *rows, size_t count, int32_t gamma)
{
	struct responding responding = {
		.listing = listing, .gamma = gamma, .rows = rows, .count = count
	};
	crew_run_pairs(listing->crew, count * ANSWER_PAIRS, work, &responding);
	listing->failed = listing->failed || atomic_load(&responding.failed);
	for (size_t r = 0; r < count && !listing->failed; r++)
		take(listing, &listing->row[rows[r]], gamma);
}

static uint32_t divisor(uint32_t one, uint32_t other)
{
	while (other) {
		uint32_t rest = one % other;
		one = other;
		other = rest;
	}
	return one;
}

/* The stride by which a pass visits the rows; each pass uses another order. */
static uint32_t stride_of(uint32_t rows, uint32_t pass)
{
	uint32_t stride = (uint32_t)(rows * (uint64_t)((pass % 8) * 137 + 618) / 1711) | 1;
	while (divisor(stride, rows) != 1)
		stride += 2;
	return stride;
}

/* Whether a row is asked in this pass. */
typedef bool asks_fn(const struct listing *listing, const struct list_row *row, uint32_t pass);

static bool moves(const struct listing *listing, const struct list_row *row, uint32_t pass)
{
	(void)listing;
	return row->terms.places && (row->still < STILL_AFTER || pass % STILL_EVERY == 0);
}

static bool holds_too_many(const struct listing *listing, const struct list_row *row, uint32_t pass)
{
	for (uint32_t p = 0; p < row->terms.places; p++) {
		const struct list_place *place =
			&listing->place[row->candidates[row->held[p]].place];
		if (!pass || place->load > place->capacity)
			return true;
	}
	return false;
}

static void sweep(struct listing *listing, uint32_t pass, int32_t gamma, asks_fn *asks)
{
	uint32_t rows[BLOCK_MOST], count = 0, block = listing->rows / BLOCK_PART + 1;
	uint32_t stride = stride_of(listing->rows, pass), at = pass % (listing->rows + 1);
	block = block < BLOCK_MOST ? block : BLOCK_MOST;
	set_asks(listing, gamma);
	for (uint32_t done = 0; done < listing->rows; done++) {
		at = (uint32_t)((at + (uint64_t)stride) % listing->rows);
		if (asks(listing, &listing->row[at], pass))
			rows[count++] = at;
		if (count < block && done + 1 < listing->rows)
			continue;
		if (listing_stops(listing))
			return;
		respond(listing, rows, count, gamma);
		count = 0;
	}
}

void respond_run(struct listing *listing, const struct pace *pace, uint32_t from, uint32_t to)
{
	int32_t gamma = pace->gamma;
	for (uint32_t pass = 0; pass < from; pass++)
		gamma = (int32_t)(gamma * (int64_t)pace->keeps / 100);
	for (uint32_t pass = from; pass < to && !listing_stops(listing); pass++) {
		gamma = gamma > GAMMA_LEAST ? gamma : GAMMA_LEAST;
		sweep(listing, pass, gamma, moves);
		if (listing->cancelled || listing->failed)
			return;
		for (uint32_t j = 0; j < listing->places; j++) {
			struct list_place *place = &listing->place[j];
			int64_t price = place->price +
					gamma * ((int64_t)place->load - (int64_t)place->capacity);
			if (place->capacity)
				place->price = (int32_t)(price < 0           ? 0
							 : price < PRICE_TOP ? price
									     : PRICE_TOP);
		}
		gamma = (int32_t)(gamma * (int64_t)pace->keeps / 100);
	}
}

void respond_settle(struct listing *listing)
{
	int64_t gamma = SWEEP_GAMMA;
	for (uint32_t pass = 0; pass < SWEEPS && listing->rows && !listing_stops(listing); pass++) {
		sweep(listing, pass, (int32_t)gamma, holds_too_many);
		if (!listing_over(listing))
			break;
		gamma = gamma * 17 / 10;
	}
}
