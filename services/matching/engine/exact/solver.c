/* The state of an exact run: set up, changed in small steps, released. */
#include "matching/engine/exact/solver.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_DEFAULT 16u

uint16_t solver_capacity(const struct solver *solver, const struct person *person)
{
	if (solver->mode != ENGINE_MODE_SHORTLIST)
		return person->mentor_capacity;
	uint32_t cap = (uint32_t)solver->policy.exposure_cap;
	return (uint16_t)(person->shown < cap ? cap - person->shown : 0);
}

uint16_t solver_demand(const struct solver *solver, const struct person *person)
{
	return solver->mode == ENGINE_MODE_SHORTLIST ? (uint16_t)solver->policy.shortlist_size
						     : person->mentee_capacity;
}

static uint32_t power_above(uint64_t value)
{
	return value ? 64 - (uint32_t)__builtin_clzll(value) : 0;
}

/* The number of mentees who may have mentors in their own line. */
static uint64_t count_heads(const struct solver *solver)
{
	uint64_t heads = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		heads += solver->scorer->rows[i].limit == ENGINE_LINE_GRANTED - 1;
	return solver->policy.line_distance == ENGINE_LINE_ANY ? heads : 0;
}

/*
 * A path of the search changes the score by less than unit_soft, and crosses fewer than unit_place
 * / unit_soft kept pairs, granted pairs or departments, so the order of aims is strict.
 */
static bool choose_units(struct solver *solver)
{
	uint64_t shorter = solver->rows < solver->places ? solver->rows : solver->places;
	uint32_t soft = power_above((2 * shorter + 2) * 32768);
	uint32_t ratio = power_above(
		4 * shorter + 4 + 2 * ENGINE_GRANT_UNITS * count_heads(solver));
	if (soft + ratio + power_above((uint64_t)solver->places_max) > 60)
		return false;
	solver->unit_soft = 1ll << soft;
	solver->unit_place = 1ll << (soft + ratio);
	return true;
}

static void fill_rows(struct solver *solver)
{
	const struct engine_scorer *scorer = solver->scorer;
	uint32_t held = 0;
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		const struct person *person = &solver->population->people[scorer->rows[i].person];
		row->demand = solver_demand(solver, person);
		row->limit = ENGINE_NO_LIMIT;
		row->held_first = held;
		held += row->demand;
		if (row->demand > solver->places_max)
			solver->places_max = row->demand;
	}
	solver->held_used = held;
}

static void fill_places(struct solver *solver)
{
	uint32_t holders = 0;
	for (uint32_t j = 0; j < solver->places; j++) {
		struct place *place = &solver->place[j];
		const struct person *person =
			&solver->population->people[solver->scorer->lines[j].person];
		place->capacity = solver_capacity(solver, person);
		place->department = person->department;
		place->holder_first = holders;
		holders += place->capacity;
	}
	solver->holders_used = holders;
}

/* Pins take their places first. */
static void fill_pins(struct solver *solver)
{
	const struct engine_population *population = solver->population;
	if (solver->mode == ENGINE_MODE_STABLE)
		return;
	for (size_t p = 0; p < population->pin_count; p++) {
		struct row *row = &solver->row[solver->scorer->row[population->pins[p].one]];
		struct place *place =
			&solver->place[solver->scorer->place[population->pins[p].other]];
		if (row->pinned < row->demand)
			row->pinned++;
		if (place->capacity)
			place->capacity--;
	}
}

/* Finds the blocks in which somebody shares an hour with the row's mentee. */
static void find_alive(struct solver *solver, uint32_t index)
{
	const struct engine_scorer *scorer = solver->scorer;
	const struct person *person = &solver->population->people[scorer->rows[index].person];
	for (uint32_t block = 0; block < scorer->blocks; block++)
		if (layout_near(scorer, person, &scorer->block[block]))
			solver->alive[index * solver->alive_words + block / 64] |= 1ull
										   << (block % 64);
}

static void work(void *context, unsigned worker)
{
	struct solver *solver = context;
	uint64_t size = crew_size(solver->crew);
	uint32_t from = (uint32_t)(solver->rows * (uint64_t)worker / size);
	uint32_t to = (uint32_t)(solver->rows * (worker + (uint64_t)1) / size);
	for (uint32_t i = from; i < to; i++) {
		if (!(i & 63) && is_cancelled(solver))
			break;
		find_alive(solver, i);
	}
}

static void start_prices(struct solver *solver)
{
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		row->price = row->bound = row->limit_bound = ENGINE_SCORE_MAX + solver->unit_soft;
		solver->places_open += (size_t)row->demand - row->pinned;
		solver_limit(solver, i);
	}
	solver->places_asked = solver->places_open;
	if (solver->cancelled)
		return;
	crew_run_pairs(
		solver->crew, 10 * (size_t)solver->rows * solver->scorer->blocks, work, solver);
	solver->cancelled = is_cancelled(solver);
}

static bool allocate_search(struct solver *solver)
{
	size_t nodes = solver->places + 2 * (size_t)solver->rows;
	solver->labels = calloc(nodes + 1, sizeof(*solver->labels));
	solver->settled = malloc((nodes + 1) * sizeof(*solver->settled));
	solver->ends = malloc((solver->rows + (size_t)1) * sizeof(*solver->ends));
	solver->pending = malloc((solver->rows + (size_t)1) * sizeof(*solver->pending));
	solver->held_room = solver->held_used + 1;
	solver->held = calloc(solver->held_room, sizeof(*solver->held));
	solver->holders_room = solver->holders_used + 1;
	solver->holders = calloc(solver->holders_room, sizeof(*solver->holders));
	solver->mentor_pairs = calloc(solver->places + (size_t)1, sizeof(*solver->mentor_pairs));
	solver->alive = calloc(solver->rows * solver->alive_words + 1, sizeof(*solver->alive));
	return solver->labels && solver->settled && solver->pending && solver->ends &&
	       solver->held && solver->holders && solver->alive && solver->mentor_pairs;
}

enum engine_status solver_init(struct solver *solver, struct engine_scorer *scorer,
	const struct engine_options *options, enum engine_mode mode)
{
	*solver = (struct solver){ .scorer = scorer,
		.population = scorer->population,
		.policy = scorer->policy,
		.options = *options,
		.mode = mode,
		.crew = scorer->crew,
		.cancelled = scorer->cut,
		.rows = scorer->mentees,
		.places = scorer->mentors };
	solver->places_max = 1;
	solver->alive_words = (scorer->blocks + 63) / 64;
	solver->keep = options->candidates ? options->candidates : KEEP_DEFAULT;
	if (mode == ENGINE_MODE_SHORTLIST && solver->policy.two_departments)
		solver->department_limit = (uint32_t)solver->policy.shortlist_size - 1;
	solver->row = calloc(solver->rows + (size_t)1, sizeof(*solver->row));
	solver->place = calloc(solver->places + (size_t)1, sizeof(*solver->place));
	if (!solver->row || !solver->place)
		return ENGINE_NO_MEMORY;
	fill_rows(solver);
	fill_places(solver);
	if (!choose_units(solver))
		return ENGINE_TOO_LARGE;
	if (!allocate_search(solver))
		return ENGINE_NO_MEMORY;
	fill_pins(solver);
	start_prices(solver);
	return ENGINE_OK;
}

void solver_forget_pairs(struct solver *solver)
{
	for (uint32_t j = 0; solver->mentor_pairs && j < solver->places; j++) {
		free(solver->mentor_pairs[j].entries);
		solver->mentor_pairs[j] = (struct mentor_pairs){ 0 };
	}
	for (unsigned w = 0; w < CREW_MAX; w++) {
		free(solver->shares[w].pairs);
		solver->shares[w] = (struct near_share){ 0 };
	}
}

void solver_forget_levels(struct solver *solver)
{
	while (solver->level_count)
		free(solver->levels[--solver->level_count].price);
}

void solver_release(struct solver *solver)
{
	gather_release(&solver->gather);
	solver_forget_levels(solver);
	solver_forget_pairs(solver);
	free(solver->mentor_pairs);
	free(solver->row);
	free(solver->place);
	free(solver->held);
	free(solver->holders);
	free(solver->alive);
	free(solver->labels);
	free(solver->heap.entries);
	free(solver->stack);
	free(solver->settled);
	free(solver->pending);
	free(solver->ends);
	for (unsigned worker = 0; worker < CREW_MAX; worker++)
		arena_release(&solver->arenas[worker]);
	*solver = (struct solver){ 0 };
}

struct edge *solver_find(const struct row *row, uint32_t place)
{
	uint32_t low = 0, high = row->edge_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (row->edges[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < row->edge_count && row->edges[low].place == place ? &row->edges[low] : NULL;
}

bool solver_list(struct solver *solver, uint32_t index, struct edge edge, unsigned worker)
{
	struct row *row = &solver->row[index];
	struct edge *found = solver_find(row, edge.place);
	if (edge.flags & PAIR_KEPT)
		solver->any_kept = true;
	edge.flags |= solver_granted(solver, index, edge.place);
	if (found) {
		found->flags |= edge.flags;
		return true;
	}
	if (row->edge_count == row->edge_room) {
		uint32_t room = row->edge_room + row->edge_room / 2 + 8;
		struct edge *edges = arena_take(
			&solver->arenas[worker], room * sizeof(struct edge));
		if (!edges)
			return false;
		if (row->edge_count)
			memcpy(edges, row->edges, row->edge_count * sizeof(struct edge));
		row->edges = edges;
		row->edge_room = room;
	}
	uint32_t at = row->edge_count++;
	for (; at && row->edges[at - 1].place > edge.place; at--)
		row->edges[at] = row->edges[at - 1];
	row->edges[at] = edge;
	return true;
}

bool solver_holds(const struct solver *solver, const struct row *row, uint32_t place)
{
	const struct edge *held = solver->held + row->held_first;
	for (uint32_t h = 0; h < row->held; h++)
		if (held[h].place == place)
			return true;
	return false;
}

void solver_take(struct solver *solver, uint32_t index, struct edge edge)
{
	struct row *row = &solver->row[index];
	struct place *place = &solver->place[edge.place];
	solver->held[row->held_first + row->held++] = edge;
	solver->holders[place->holder_first + place->holders++] = (struct holder){ index,
		edge.score, edge.flags };
}

void solver_drop(struct solver *solver, uint32_t index, uint32_t at)
{
	struct row *row = &solver->row[index];
	struct place *place = &solver->place[at];
	struct edge *held = solver->held + row->held_first;
	struct holder *holders = solver->holders + place->holder_first;
	uint32_t h = 0;
	while (held[h].place != at)
		h++;
	held[h] = held[--row->held];
	h = 0;
	while (holders[h].row != index)
		h++;
	holders[h] = holders[--place->holders];
}

/* Makes room for more at the end; the old contents are left unused. */
static bool extend(void **array, size_t *used, size_t *room, size_t more, size_t size)
{
	while (*used + more > *room)
		if (!array_grow(array, room, *room, size))
			return false;
	*used += more;
	return true;
}

bool solver_resize_row(struct solver *solver, uint32_t index, uint16_t demand)
{
	struct row *row = &solver->row[index];
	if (demand > row->demand) {
		size_t first = solver->held_used;
		if (!extend((void **)&solver->held, &solver->held_used, &solver->held_room, demand,
			    sizeof(*solver->held)))
			return false;
		row->held_first = (uint32_t)first;
	}
	solver->places_open += demand;
	solver->places_open -= row->demand;
	solver->places_asked += demand;
	solver->places_asked -= row->demand;
	row->demand = demand;
	return true;
}

bool solver_resize_place(struct solver *solver, uint32_t at, uint16_t capacity)
{
	struct place *place = &solver->place[at];
	if (capacity > place->capacity) {
		size_t first = solver->holders_used;
		if (!extend((void **)&solver->holders, &solver->holders_used, &solver->holders_room,
			    capacity, sizeof(*solver->holders)))
			return false;
		place->holder_first = (uint32_t)first;
	}
	place->capacity = capacity;
	return true;
}

static uint32_t pinned_in_department(
	const struct solver *solver, uint32_t index, uint32_t department)
{
	const struct engine_population *population = solver->population;
	uint32_t mentee = solver->scorer->rows[index].person, count = 0;
	for (size_t p = 0; p < population->pin_count; p++)
		count += population->pins[p].one == mentee &&
			 population->people[population->pins[p].other].department == department;
	return count;
}

uint32_t solver_in_department(const struct solver *solver, uint32_t index, uint32_t department)
{
	const struct row *row = &solver->row[index];
	const struct edge *held = solver->held + row->held_first;
	uint32_t count = 0;
	for (uint32_t h = 0; h < row->held; h++)
		count += solver->place[held[h].place].department == department;
	if (row->pinned)
		count += pinned_in_department(solver, index, department);
	return count;
}

/* The department limit of a row. Departments of pins count too, so the pins are examined as
 * well. */
static uint32_t limit_of(const struct solver *solver, uint32_t index)
{
	const struct row *row = &solver->row[index];
	const struct engine_population *population = solver->population;
	const struct edge *held = solver->held + row->held_first;
	for (uint32_t h = 0; h < row->held; h++) {
		uint32_t department = solver->place[held[h].place].department;
		if (solver_in_department(solver, index, department) >= solver->department_limit)
			return department;
	}
	for (size_t p = 0; row->pinned && p < population->pin_count; p++) {
		if (population->pins[p].one != solver->scorer->rows[index].person)
			continue;
		uint32_t department = population->people[population->pins[p].other].department;
		if (solver_in_department(solver, index, department) >= solver->department_limit)
			return department;
	}
	return ENGINE_NO_LIMIT;
}

void solver_limit(struct solver *solver, uint32_t index)
{
	struct row *row = &solver->row[index];
	if (!solver->department_limit)
		return;
	uint32_t limit = limit_of(solver, index);
	if (limit == row->limit)
		return;
	if (row->limit != ENGINE_NO_LIMIT && row->limit_bound > row->bound)
		row->bound = row->limit_bound;
	row->limit_price = row->price;
	row->limit_bound = row->bound;
	row->limit = limit;
}

void solver_pend(struct solver *solver, uint32_t index)
{
	struct row *row = &solver->row[index];
	if (row->pending || row->bound == PRICE_LOWEST)
		return;
	row->pending = true;
	solver->pending[solver->pending_count++] = index;
}

void solver_set_price(struct solver *solver, uint32_t place, int64_t price)
{
	solver->place[place].price = price;
	for (uint32_t l = 0; l < solver->level_count; l++)
		solver->levels[l].price[place] = clamped(price - solver->levels[l].offset);
}

void solver_clear_search(struct solver *solver)
{
	solver->stamp += 4;
	if (solver->stamp >= UINT32_MAX - 8) {
		for (size_t n = 0; n < solver->places + 2 * (size_t)solver->rows; n++)
			solver->labels[n].stamp = 0;
		solver->stamp = 4;
	}
	solver->heap.count = solver->stack_count = solver->settled_count = 0;
	solver->settled_places = 0;
	solver->end_count = 0;
	solver->gather.count = 0;
}
