/* The state of a run that chooses shortlists. */
#include "matching/engine/lists/listing.h"

#include <stdlib.h>
#include <string.h>

/* Separates the prices of mentors whose places are scarce in different degrees. */
#define LEVEL_PRICE 10000000

/* Takes the terms of a row's lists from the pair solution. */
static bool fill_terms(struct listing *listing, uint32_t index,
	const struct engine_outcome *outcome, const struct engine_pair *pairs)
{
	struct list_row *row = &listing->row[index];
	const struct person *person =
		&listing->population->people[listing->scorer->rows[index].person];
	bool two = listing->policy.two_departments;
	uint32_t stride = person->wants > WORTH_STRIDE ? 2 * WORTH_STRIDE : WORTH_STRIDE;
	struct list_terms *terms = &row->terms;
	struct bundle pins = { 0 };
	struct candidate candidate;
	uint8_t shares[ENGINE_WANTS_MAX];
	terms->stride = (uint8_t)stride;
	terms->two = two && outcome->count == listing->policy.shortlist_size &&
		     !outcome->one_department;
	for (uint32_t p = outcome->first; p < outcome->first + (uint32_t)outcome->count; p++) {
		uint32_t place = listing->scorer->place[pairs[p].mentor];
		if (!pairs[p].pinned) {
			terms->places++;
			terms->granted = (uint8_t)(terms->granted + pairs[p].head_of_tree);
			continue;
		}
		row->pinned++;
		listing_read(listing, index, place, (int16_t)pairs[p].score, shares, &candidate);
		candidate.granted = false;
		bundle_add(&pins, shares, stride, &candidate);
	}
	if (!row->pinned)
		return true;
	struct bundle *kept = arena_take(&listing->arenas[0], sizeof(*kept));
	if (kept)
		*kept = pins;
	terms->pins = kept;
	return kept != NULL;
}

/* Shares of fully lifted wants may sum to more than the maximum of a score's need part. */
static int32_t find_excess(const struct listing *listing, uint32_t index)
{
	const struct engine_scorer *scorer = listing->scorer;
	const struct mentee_line *line = &scorer->rows[index];
	const struct op *ops = scorer->ops + line->first_op;
	int32_t most = 0;
	for (uint32_t o = line->ends[OPS_NEED - 1]; o < line->ends[OPS_NEED]; o++)
		most += scorer->tables[ops[o].table][ENGINE_SKILL_LEVEL_MAX];
	return most > 255 ? (most - 255) * listing->worth.need * WORTH_UNIT : 0;
}

/* Derives prices from the pair solution. Of their large parts, which show whose places are scarce,
 * only the order is kept. */
static void fill_prices(struct listing *listing, const struct solver *solver)
{
	int64_t unit = solver->unit_soft;
	int64_t level = 0;
	for (int64_t rank = 0;; rank++) {
		int64_t next = INT64_MAX;
		for (uint32_t j = 0; j < listing->places; j++) {
			int64_t price = solver->place[j].price;
			int64_t whole = (price + unit / 2) / unit;
			if (whole > level && whole < next)
				next = whole;
			if (whole != level)
				continue;
			int64_t part = (price - whole * unit) * WORTH_UNIT + rank * LEVEL_PRICE;
			part = part < 0 ? 0 : part;
			listing->place[j].price = (int32_t)(part < PRICE_TOP ? part : PRICE_TOP);
		}
		if (next == INT64_MAX)
			break;
		level = next;
	}
	for (uint32_t j = 0; j < listing->places; j++)
		if (!listing->place[j].capacity)
			listing->place[j].price = PRICE_TOP;
}

/* An upper bound of what any list is worth, whatever is allowed. */
static int32_t most_worth(const struct listing *listing, const struct list_row *row)
{
	int32_t weights = 0, places = row->terms.places;
	for (uint32_t c = 0; c < ENGINE_CRITERION_COUNT; c++)
		weights += listing->policy.weights[c];
	return places * (255 * weights * WORTH_UNIT + row->excess) +
	       listing->worth.departments[WORTH_PLACES];
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

/* Takes the pairs listed by the solver as the first candidates; ascending by place, as in the
 * solver. */
static bool fill_candidates(struct listing *listing, const struct solver *solver, uint32_t index)
{
	struct list_row *row = &listing->row[index];
	const struct row *from = &solver->row[index];
	size_t stride = row->terms.stride;
	if (!row->terms.places)
		return true;
	row->candidates = arena_take(
		&listing->first[0], (from->edge_count + 1) * sizeof(struct candidate));
	row->shares = arena_take(&listing->first[0], (from->edge_count + 1) * stride);
	if (!row->candidates || !row->shares)
		return false;
	uint32_t held = 0;
	for (uint32_t e = 0; e < from->edge_count; e++) {
		const struct edge *edge = &from->edges[e];
		struct candidate *candidate = &row->candidates[row->count];
		if (!listing->place[edge->place].capacity)
			continue;
		listing_read(listing, index, edge->place, edge->score,
			row->shares + row->count * stride, candidate);
		candidate->first = solver_holds(solver, from, edge->place);
		if (candidate->first)
			row->held[held++] = row->count;
		row->count++;
	}
	qsort(row->held, held, sizeof(*row->held), compare_numbers);
	memcpy(row->shown, row->held, sizeof(row->shown));
	return held == row->terms.places;
}

enum engine_status listing_init(
	struct listing *listing, const struct solver *solver, const struct engine_result *pairs)
{
	*listing = (struct listing){ .scorer = solver->scorer,
		.population = solver->population,
		.policy = solver->policy,
		.options = solver->options,
		.crew = solver->crew,
		.rows = solver->rows,
		.places = solver->places };
	worth_init(&listing->worth, &listing->policy);
	listing->row = calloc(listing->rows + (size_t)1, sizeof(*listing->row));
	listing->place = calloc(listing->places + (size_t)1, sizeof(*listing->place));
	listing->bound_price = calloc(listing->places + (size_t)1, sizeof(*listing->bound_price));
	listing->bound_list = calloc(listing->rows + (size_t)1, sizeof(*listing->bound_list));
	if (!listing->row || !listing->place || !listing->bound_price || !listing->bound_list)
		return ENGINE_NO_MEMORY;
	for (uint32_t j = 0; j < listing->places; j++)
		listing->place[j] = (struct list_place){ .department = solver->place[j].department,
			.capacity = solver->place[j].capacity };
	fill_prices(listing, solver);
	for (uint32_t i = 0; i < listing->rows; i++) {
		if (!fill_terms(listing, i, &pairs->outcomes[i], pairs->pairs) ||
			!fill_candidates(listing, solver, i))
			return ENGINE_NO_MEMORY;
		listing->row[i].excess = find_excess(listing, i);
		listing->bound_list[i] = most_worth(listing, &listing->row[i]);
		listing->bound += listing->bound_list[i];
	}
	listing_count(listing);
	listing->value = listing_total(listing);
	return ENGINE_OK;
}

void listing_release(struct listing *listing)
{
	for (unsigned worker = 0; worker < CREW_MAX; worker++) {
		arena_release(&listing->arenas[worker]);
		arena_release(&listing->first[worker]);
		oracle_free(listing->oracles[worker]);
	}
	free(listing->row);
	free(listing->place);
	free(listing->bound_price);
	free(listing->bound_list);
	*listing = (struct listing){ 0 };
}

struct oracle *listing_oracle(struct listing *listing, unsigned worker)
{
	if (!listing->oracles[worker])
		listing->oracles[worker] = oracle_new(&listing->worth);
	return listing->oracles[worker];
}

int32_t listing_read(const struct listing *listing, uint32_t row, uint32_t place, int16_t score,
	uint8_t *ret_shares, struct candidate *ret_candidate)
{
	const struct engine_scorer *scorer = listing->scorer;
	const struct mentee_line *line = &scorer->rows[row];
	const struct op *ops = scorer->ops + line->first_op;
	uint32_t block = place / KERNEL_LANES, lane = place % KERNEL_LANES;
	const uint16_t *slots = scorer->slots + (size_t)block * scorer->features.count;
	const uint8_t *columns = scorer->block[block].columns + lane % 64;
	const struct person *people = listing->population->people;
	uint32_t shift = lane / 64 * 4, want = 0;
	int32_t sum = 0;
	memset(ret_shares, 0, listing->row[row].terms.stride);
	for (uint32_t o = line->ends[OPS_NEED - 1]; o < line->ends[OPS_NEED]; o++, want++) {
		uint8_t column = columns[(size_t)slots[ops[o].column] * KERNEL_COLUMN];
		ret_shares[want] = scorer->tables[ops[o].table][column >> shift & 15];
		sum += ret_shares[want];
	}
	int32_t beyond = sum > 255 ? sum - 255 : 0;
	*ret_candidate = (struct candidate){ .backgrounds = worth_backgrounds(&listing->worth,
						     &people[line->person],
						     &people[scorer->lines[place].person]),
		.place = place,
		.department = listing->place[place].department,
		.single = (score + beyond * listing->worth.need) * WORTH_UNIT,
		.score = score,
		.granted = layout_granted(scorer, row, place) };
	return ret_candidate->single;
}

int32_t listing_worth(
	const struct listing *listing, const struct list_row *row, const uint32_t *list)
{
	struct bundle bundle = oracle_pins(&row->terms);
	int32_t value = 0;
	for (uint32_t place = 0; place < row->terms.places; place++) {
		const struct candidate *candidate = &row->candidates[list[place]];
		const uint8_t *shares = row->shares + (size_t)list[place] * row->terms.stride;
		value += candidate->single +
			 worth_step(&listing->worth, &bundle, candidate->department) -
			 worth_taken(&listing->worth, &bundle, shares, row->terms.stride,
				 candidate->backgrounds);
		bundle_add(&bundle, shares, row->terms.stride, candidate);
	}
	return value;
}

int64_t listing_total(const struct listing *listing)
{
	int64_t total = 0;
	for (uint32_t i = 0; i < listing->rows; i++)
		total += listing_worth(listing, &listing->row[i], listing->row[i].held);
	return total;
}

void listing_count(struct listing *listing)
{
	for (uint32_t j = 0; j < listing->places; j++)
		listing->place[j].load = 0;
	for (uint32_t i = 0; i < listing->rows; i++) {
		const struct list_row *row = &listing->row[i];
		for (uint32_t place = 0; place < row->terms.places; place++)
			listing->place[row->candidates[row->held[place]].place].load++;
	}
}

uint32_t listing_over(const struct listing *listing)
{
	uint32_t over = 0;
	for (uint32_t j = 0; j < listing->places; j++)
		over += listing->place[j].load > listing->place[j].capacity;
	return over;
}

void listing_show(struct listing *listing)
{
	int64_t value;
	if (listing_over(listing) || (value = listing_total(listing)) <= listing->value)
		return;
	listing->value = value;
	for (uint32_t i = 0; i < listing->rows; i++)
		memcpy(listing->row[i].shown, listing->row[i].held, sizeof(listing->row[i].shown));
}

void listing_hold_shown(struct listing *listing)
{
	for (uint32_t i = 0; i < listing->rows; i++)
		memcpy(listing->row[i].held, listing->row[i].shown, sizeof(listing->row[i].held));
	listing_count(listing);
}

void listing_change(struct listing *listing, struct list_row *row, const uint32_t *list)
{
	for (uint32_t place = 0; place < row->terms.places; place++)
		listing->place[row->candidates[row->held[place]].place].load--;
	memcpy(row->held, list, sizeof(row->held));
	qsort(row->held, row->terms.places, sizeof(*row->held), compare_numbers);
	for (uint32_t place = 0; place < row->terms.places; place++)
		listing->place[row->candidates[row->held[place]].place].load++;
}
