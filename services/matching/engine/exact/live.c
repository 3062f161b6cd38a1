/* A matching kept exact while individual people change. */
#include "matching/engine/exact/live.h"

#include "matching/engine/exact/answer.h"
#include "matching/engine/exact/cap.h"
#include "matching/engine/exact/mentor_pairs.h"
#include "matching/engine/exact/prepare.h"
#include "matching/engine/exact/price.h"
#include "matching/engine/exact/reverse.h"
#include "matching/engine/exact/run.h"
#include "matching/engine/exact/search.h"

#include <stdlib.h>
#include <string.h>

struct engine_live {
	struct engine_population *population; /* borrowed */
	struct engine_policy policy;          /* as given */
	struct engine_options options;
	enum engine_mode mode;
	struct engine_scorer *scorer;
	struct solver solver;
	bool broken; /* out of memory in the middle of a change */
};

static const struct engine_options no_options;

static void clear(struct engine_live *live)
{
	solver_release(&live->solver);
	engine_scorer_free(live->scorer);
	live->scorer = NULL;
}

/* Lays out and solves from scratch. */
static enum engine_status solve_anew(struct engine_live *live, struct engine_faults *faults)
{
	clear(live);
	enum engine_status status = prepare_run(
		live->population, &live->policy, &live->options, live->mode, faults, &live->scorer);
	if (!status)
		status = solver_init(&live->solver, live->scorer, &live->options, live->mode);
	if (!status)
		status = run_solver(&live->solver);
	return status;
}

enum engine_status engine_live_new(struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_live **ret_live)
{
	struct engine_live *live = calloc(1, sizeof(*live));
	if (!live)
		return ENGINE_NO_MEMORY;
	live->population = population;
	live->policy = *policy;
	live->options = options ? *options : no_options;
	live->mode = mode;
	enum engine_status status = solve_anew(live, faults);
	if (status) {
		engine_live_free(live);
		return status;
	}
	live->options.cancel = NULL;
	live->options.progress = NULL;
	live->solver.options = live->options;
	*ret_live = live;
	return ENGINE_OK;
}

void engine_live_free(struct engine_live *live)
{
	if (!live)
		return;
	clear(live);
	free(live);
}

/* A mentor's place that has become free keeps its price until it is taken or its price has fallen
 * to 0. */
static bool lower_place(struct solver *solver, uint32_t at)
{
	const struct place *place = &solver->place[at];
	while (place->holders < place->capacity && place->price > 0)
		if (reverse_lower(solver, at) != SEARCH_DONE)
			return false;
	return true;
}

/* Sends whatever waits by forward searches; there are only a few. */
static bool send_all(struct solver *solver)
{
	for (uint32_t i = 0; i < solver->rows && solver->places_open; i++)
		while (places_to_send(&solver->row[i]))
			if (search_run(solver, i, SIZE_MAX, true) != SEARCH_DONE)
				return false;
	return true;
}

static void reset_alive(struct solver *solver, uint32_t index, uint32_t block)
{
	const struct engine_scorer *scorer = solver->scorer;
	const struct person *person = &solver->population->people[scorer->rows[index].person];
	uint64_t *word = &solver->alive[index * solver->alive_words + block / 64];
	uint64_t bit = 1ull << (block % 64);
	*word = layout_near(scorer, person, &scorer->block[block]) ? *word | bit : *word & ~bit;
}

/* Places released during one change; their prices are lowered once the change is in force. */
struct freed {
	uint32_t *places;
	size_t count, room;
	bool failed;
};

static void free_pair(struct solver *solver, struct freed *freed, uint32_t row, uint32_t place)
{
	solver_drop(solver, row, place);
	solver->places_open++;
	if (array_grow((void **)&freed->places, &freed->room, freed->count, sizeof(*freed->places)))
		freed->places[freed->count++] = place;
	else
		freed->failed = true;
}

/* Releases all pairs of a row; its price starts again above everything. */
static void free_row(struct solver *solver, struct freed *freed, uint32_t index)
{
	struct row *row = &solver->row[index];
	while (row->held)
		free_pair(solver, freed, index, solver->held[row->held_first].place);
	solver->places_open += row->empty;
	row->empty = 0;
	row->price = ENGINE_SCORE_MAX + solver->unit_soft;
	solver_limit(solver, index);
}

static bool replace_row(struct solver *solver, struct freed *freed, uint32_t index)
{
	struct row *row = &solver->row[index];
	free_row(solver, freed, index);
	row->edge_count = 0;
	row->priced = 0;
	row->bound = row->limit_bound = row->price;
	uint32_t person = solver->scorer->rows[index].person;
	if (!solver_resize_row(
		    solver, index, solver_demand(solver, &solver->population->people[person])) ||
		!layout_build_row(solver->scorer, index, person))
		return false;
	layout_grant(solver->scorer, index);
	for (uint32_t block = 0; block < solver->scorer->blocks; block++)
		reset_alive(solver, index, block);
	return !price_rows(solver, &index, 1);
}

static void unlist(struct solver *solver, uint32_t place)
{
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct row *row = &solver->row[i];
		struct edge *edge = solver_find(row, place);
		if (!edge)
			continue;
		row->edge_count--;
		memmove(edge, edge + 1,
			(size_t)(row->edges + row->edge_count - edge) * sizeof(*edge));
	}
}

/* The lowest price at which no row would prefer the mentor to what it has. */
static int64_t least_price(const struct solver *solver, uint32_t at)
{
	const struct mentor_pairs *pairs = &solver->mentor_pairs[at];
	int64_t least = 0;
	for (uint32_t e = 0; e < pairs->count; e++) {
		int64_t price = price_towards(
			&solver->row[pairs->entries[e].row], solver->place[at].department);
		int64_t value = holder_value(solver, &pairs->entries[e]);
		least = value - price > least ? value - price : least;
	}
	return least;
}

/* Rows that lose the limit of a department along with a mentor release all their pairs, because the
 * limit's price has no meaning without it. */
static bool replace_place(struct solver *solver, struct freed *freed, uint32_t at)
{
	struct engine_scorer *scorer = solver->scorer;
	struct place *place = &solver->place[at];
	uint32_t block = at / KERNEL_LANES;
	uint8_t *scratch = aligned_alloc(64, layout_scratch_size(scorer));
	while (place->holders) {
		uint32_t row = solver->holders[place->holder_first].row;
		if (solver->row[row].limit == place->department)
			free_row(solver, freed, row);
		else
			free_pair(solver, freed, row, at);
	}
	const struct person *person = &scorer->population->people[scorer->lines[at].person];
	place->department = person->department;
	unlist(solver, at);
	bool built = scratch && solver_resize_place(solver, at, solver_capacity(solver, person)) &&
		     layout_build_block(scorer, block, scratch);
	free(scratch);
	for (uint32_t i = 0; built && i < solver->rows; i++)
		reset_alive(solver, i, block);
	return built;
}

/* Once the new facts are in force: lowers the prices of released places, and sends what waits. */
static bool settle_change(struct solver *solver, const struct freed *freed, uint32_t changed)
{
	solver_forget_pairs(solver);
	if (changed != ENGINE_NONE) {
		const int64_t all = PRICE_NEVER;
		if (!mentor_pairs_price(solver, &changed, &all, 1))
			return false;
		solver_set_price(solver, changed, least_price(solver, changed));
		if (!mentor_pairs_list(solver, changed) || !lower_place(solver, changed))
			return false;
	}
	for (size_t f = 0; f < freed->count; f++)
		if (!lower_place(solver, freed->places[f]))
			return false;
	return send_all(solver);
}

/* True if the largest demand stays the same: the value of a place depends on it. */
static bool same_most(const struct engine_live *live, uint32_t person, const struct person *after)
{
	const struct solver *solver = &live->solver;
	int32_t most = 1;
	for (uint32_t i = 0; i < solver->rows; i++) {
		int32_t demand = live->scorer->rows[i].person == person
					 ? solver_demand(solver, after)
					 : solver->row[i].demand;
		most = demand > most ? demand : most;
	}
	return most == solver->places_max;
}

/* True if the change can be made in the current state; otherwise everything is solved again. */
static bool fits(const struct engine_live *live, uint32_t person, const struct person *before,
	const struct person *after)
{
	return is_mentor(before) == is_mentor(after) && is_mentee(before) == is_mentee(after) &&
	       before->active == after->active && !live->population->pin_count &&
	       features_fit(&live->scorer->features, live->population, after) &&
	       same_most(live, person, after);
}

/* True if the changed mentor makes nobody a head of the tree, and nobody ceases to be one. */
static bool heads_stand(struct engine_scorer *scorer, uint32_t changed)
{
	bool same = true;
	for (uint32_t row = 0; row < scorer->mentees && same; row++) {
		uint32_t limit = scorer->rows[row].limit;
		if (row == changed)
			continue;
		layout_grant(scorer, row);
		same = scorer->rows[row].limit == limit;
	}
	return same;
}

/* True if full lists need the same cap as before. */
static bool cap_stands(const struct engine_live *live)
{
	return live->mode != ENGINE_MODE_SHORTLIST ||
	       engine_exposure_cap(live->population, &live->policy) == live->solver.policy.exposure_cap;
}

static enum engine_status start_over(struct engine_live *live)
{
	enum engine_status status = solve_anew(live, NULL);
	live->broken = status != ENGINE_OK;
	return status;
}

static enum engine_status refresh(struct engine_live *live, uint32_t person)
{
	struct solver *solver = &live->solver;
	uint32_t row = live->scorer->row[person], place = live->scorer->place[person];
	struct freed freed = { 0 };
	bool done = true;
	if (!cap_stands(live))
		return start_over(live);
	if (place != ENGINE_NONE)
		done = replace_place(solver, &freed, place);
	if (done && place != ENGINE_NONE && !heads_stand(live->scorer, row)) {
		free(freed.places);
		return start_over(live);
	}
	if (done && row != ENGINE_NONE)
		done = replace_row(solver, &freed, row);
	done = done && !freed.failed && settle_change(solver, &freed, place);
	solver_forget_pairs(solver);
	free(freed.places);
	live->broken = !done;
	return done ? ENGINE_OK : ENGINE_NO_MEMORY;
}

enum engine_status engine_live_replace(struct engine_live *live, uint32_t person,
	const struct engine_person *facts, struct engine_faults *faults)
{
	struct engine_population *population = live->population;
	struct engine_faults own = { 0 };
	struct engine_faults *list = faults ? faults : &own;
	size_t before = list->total;
	if (live->broken)
		return ENGINE_NO_MEMORY;
	person_check(population, person, facts, list);
	if (population->people[person].manager != facts->manager)
		engine_faults_add(list, (struct engine_fault){ person, ENGINE_NONE,
						ENGINE_FIELD_MANAGER, ENGINE_FAULT_OUT_OF_RANGE });
	bool faulty = list->total != before;
	engine_faults_release(&own);
	if (faulty)
		return ENGINE_INVALID;
	struct person old = population->people[person], packed;
	if (!person_pack(population, facts, &packed))
		return ENGINE_NO_MEMORY;
	population->people[person] = packed;
	if (fits(live, person, &old, &packed))
		return refresh(live, person);
	enum engine_status status = old.active == packed.active ? ENGINE_OK
								: forest_build(population, NULL);
	if (!status)
		status = solve_anew(live, faults);
	live->broken = status != ENGINE_OK;
	return status;
}

enum engine_status engine_live_result(struct engine_live *live, struct engine_result *ret_result)
{
	return live->broken ? ENGINE_NO_MEMORY : answer_write(&live->solver, ret_result);
}
