/* The small steps on a run's state: listing, taking and dropping pairs. */
#include "matching/engine/exact/solver.h"

#include <string.h>

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

/* Makes room for more at the end; what was there before is left unused. */
static bool extend(void **array, size_t *used, size_t *room, size_t more, size_t size)
{
	while (*used + more > *room)
		if (!people_grow(array, room, *room, size))
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

/* Departments of pins count from the start, so the pins are looked through as well. */
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
