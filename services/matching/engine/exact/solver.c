/* Setting up a run, and the small steps on its state. */
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

/* Mentees who may have mentors of their own line. */
static uint64_t count_heads(const struct solver *solver)
{
	uint64_t heads = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		heads += solver->scorer->rows[i].limit == ENGINE_LINE_GRANTED - 1;
	return solver->policy.line_distance == ENGINE_LINE_ANY ? heads : 0;
}

/*
 * A path of the search changes the score by less than unit_soft, and crosses fewer than
 * unit_place / unit_soft kept pairs, granted pairs or departments: so the order of aims is strict.
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

/* Pins take their places before anything else. */
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

/* The blocks in which somebody shares an hour with the row's mentee. */
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
	solver->columns = calloc(solver->places + (size_t)1, sizeof(*solver->columns));
	solver->alive = calloc(solver->rows * solver->alive_words + 1, sizeof(*solver->alive));
	return solver->labels && solver->settled && solver->pending && solver->ends &&
	       solver->held && solver->holders && solver->alive && solver->columns;
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

void solver_release(struct solver *solver)
{
	gather_release(&solver->gather);
	price_forget(solver);
	column_forget(solver);
	free(solver->columns);
	free(solver->row);
	free(solver->place);
	free(solver->held);
	free(solver->holders);
	free(solver->alive);
	free(solver->labels);
	free(solver->heap);
	free(solver->stack);
	free(solver->settled);
	free(solver->pending);
	free(solver->ends);
	for (unsigned worker = 0; worker < CREW_MAX; worker++)
		arena_release(&solver->arenas[worker]);
	*solver = (struct solver){ 0 };
}
