/* Rounds in which every row frees one place. */
#include "matching/engine/lists/slots.h"

#include "matching/engine/lists/assign.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS    12u
#define ROW_PAIRS 1000u /* pairs that can be scored while one row's options are found */
#define TILE      64u

struct slots {
	struct listing *listing;
	struct assign assign;
	uint32_t *freed; /* by row: position in the list, ENGINE_NONE = none freed */
	uint32_t *count; /* by row: options, from where the candidates would begin */
	uint32_t round;
	atomic_size_t next;
};

/* The list without one place. */
static struct bundle without(const struct list_row *row, uint32_t freed)
{
	struct bundle bundle = oracle_pins(&row->terms);
	for (uint32_t p = 0; p < row->terms.places; p++) {
		const struct candidate *candidate = &row->candidates[row->held[p]];
		if (p != freed)
			bundle_add(&bundle, row->shares + (size_t)row->held[p] * row->terms.stride,
				row->terms.stride, candidate);
	}
	return bundle;
}

static int32_t addition(const struct listing *listing, const struct list_row *row,
	const struct bundle *bundle, uint32_t candidate)
{
	return row->candidates[candidate].single +
	       worth_step(&listing->worth, bundle, row->candidates[candidate].department) -
	       worth_taken(&listing->worth, bundle,
		       row->shares + (size_t)candidate * row->terms.stride, row->terms.stride,
		       row->candidates[candidate].backgrounds);
}

/* First chooses the place that adds least for its price, then the others in turn. */
static uint32_t choose_freed(const struct slots *slots, const struct list_row *row, uint32_t index)
{
	int32_t least = INT32_MAX;
	uint32_t freed = 0;
	if (slots->round)
		return (slots->round + index) % row->terms.places;
	for (uint32_t p = 0; p < row->terms.places; p++) {
		struct bundle bundle = without(row, p);
		int32_t gain = addition(slots->listing, row, &bundle, row->held[p]) -
			       slots->listing->place[row->candidates[row->held[p]].place].price;
		if (gain >= least)
			continue;
		least = gain;
		freed = p;
	}
	return freed;
}

static void find_options(struct slots *slots, uint32_t index)
{
	const struct listing *listing = slots->listing;
	const struct list_row *row = &listing->row[index];
	struct option *options = slots->assign.options + slots->count[index];
	uint32_t found = 0;
	slots->freed[index] = ENGINE_NONE;
	slots->count[index] = 0;
	if (!row->terms.places)
		return;
	uint32_t freed = slots->freed[index] = choose_freed(slots, row, index);
	struct bundle bundle = without(row, freed);
	bool alone = row->terms.two && bundle.departments == 1;
	for (uint32_t c = 0; c < row->count; c++) {
		const struct candidate *candidate = &row->candidates[c];
		bool held = false;
		for (uint32_t p = 0; p < row->terms.places; p++)
			held = held || (p != freed && row->held[p] == c);
		if (held || (candidate->granted && bundle.granted >= row->terms.granted) ||
			(alone && bundle_knows(&bundle, candidate->department)))
			continue;
		options[found++] = (struct option){ candidate->place,
			addition(listing, row, &bundle, c) };
	}
	slots->count[index] = found;
}

static void work(void *context, unsigned worker)
{
	struct slots *slots = context;
	(void)worker;
	for (;;) {
		size_t first = atomic_fetch_add(&slots->next, TILE);
		if (first >= slots->listing->rows)
			break;
		for (size_t i = first; i < first + TILE && i < slots->listing->rows; i++)
			find_options(slots, (uint32_t)i);
	}
}

/* Moves options together: they are stored where the row's candidates would be; rows that free
 * nothing are skipped. */
static void close_up(struct slots *slots, const size_t *begins)
{
	struct assign *assign = &slots->assign;
	uint32_t total = 0, rows = 0;
	for (uint32_t i = 0; i < slots->listing->rows; i++) {
		if (slots->freed[i] == ENGINE_NONE)
			continue;
		memmove(assign->options + total, assign->options + begins[i],
			slots->count[i] * sizeof(*assign->options));
		assign->first[rows++] = total;
		total += slots->count[i];
	}
	assign->first[rows] = total;
	assign->rows = rows;
}

static void fill_rooms(struct slots *slots)
{
	struct listing *listing = slots->listing;
	for (uint32_t j = 0; j < listing->places; j++) {
		const struct list_place *place = &listing->place[j];
		slots->assign.room[j] = place->capacity - place->load;
		if (!slots->round)
			slots->assign.price[j] = place->load < place->capacity ? 0 : place->price;
	}
	for (uint32_t i = 0; i < listing->rows; i++)
		if (slots->freed[i] != ENGINE_NONE)
			slots->assign
				.room[listing->row[i]
						.candidates[listing->row[i].held[slots->freed[i]]]
						.place]++;
}

/* Applies the assignment; returns how many lists changed. */
static uint32_t apply(struct slots *slots)
{
	struct listing *listing = slots->listing;
	const struct assign *assign = &slots->assign;
	uint32_t changed = 0, at = 0;
	for (uint32_t i = 0; i < listing->rows; i++) {
		struct list_row *row = &listing->row[i];
		if (slots->freed[i] == ENGINE_NONE)
			continue;
		uint32_t place = assign->options[assign->first[at] + assign->chosen[at]].place;
		uint32_t list[WORTH_PLACES], c = 0;
		at++;
		if (row->candidates[row->held[slots->freed[i]]].place == place)
			continue;
		while (row->candidates[c].place != place)
			c++;
		memcpy(list, row->held, sizeof(list));
		list[slots->freed[i]] = c;
		listing_change(listing, row, list);
		changed++;
	}
	return changed;
}

static bool make_slots(struct slots *slots, size_t *ret_begins)
{
	struct listing *listing = slots->listing;
	struct assign *assign = &slots->assign;
	size_t rows = listing->rows + (size_t)1, places = listing->places + (size_t)1, total = 0;
	for (uint32_t i = 0; i < listing->rows; i++) {
		ret_begins[i] = total;
		total += listing->row[i].count;
	}
	assign->places = listing->places;
	assign->cancel = listing->options.cancel;
	assign->first = malloc((rows + 1) * sizeof(*assign->first));
	assign->options = malloc((total + 1) * sizeof(*assign->options));
	assign->room = calloc(places, sizeof(*assign->room));
	assign->price = calloc(places, sizeof(*assign->price));
	assign->chosen = calloc(rows, sizeof(*assign->chosen));
	slots->freed = malloc(rows * sizeof(*slots->freed));
	slots->count = malloc(rows * sizeof(*slots->count));
	return total < UINT32_MAX && assign->first && assign->options && assign->room &&
	       assign->price && assign->chosen && slots->freed && slots->count;
}

static void free_slots(struct slots *slots)
{
	free(slots->assign.first);
	free(slots->assign.options);
	free(slots->assign.room);
	free(slots->assign.price);
	free(slots->assign.chosen);
	free(slots->freed);
	free(slots->count);
}

/* One round; false if nothing improved, or the run must stop. */
static bool do_round(struct slots *slots, const size_t *begins)
{
	struct listing *listing = slots->listing;
	for (uint32_t i = 0; i < listing->rows; i++)
		slots->count[i] = (uint32_t)begins[i];
	atomic_store(&slots->next, 0);
	crew_run_pairs(listing->crew, (size_t)listing->rows * ROW_PAIRS, work, slots);
	close_up(slots, begins);
	fill_rooms(slots);
	enum assign_answer answer = assign_solve(&slots->assign);
	listing->cancelled = listing->cancelled || answer == ASSIGN_STOPPED;
	listing->failed = listing->failed || answer == ASSIGN_NO_MEMORY;
	return answer == ASSIGN_DONE && apply(slots);
}

void slots_run(struct listing *listing)
{
	struct slots slots = { .listing = listing };
	size_t *begins = malloc((listing->rows + (size_t)1) * sizeof(*begins));
	if (!begins || !make_slots(&slots, begins))
		listing->failed = true;
	uint32_t idle = 0;
	while (slots.round < ROUNDS && idle < 3 && !listing_stops(listing)) {
		idle = do_round(&slots, begins) ? 0 : idle + 1;
		listing_show(listing);
		slots.round++;
	}
	free_slots(&slots);
	free(begins);
}
