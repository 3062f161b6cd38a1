/* Building and sealing a population. */
#include "matching/engine/people/population.h"

#include "matching/engine/base/base.h"
#include "matching/engine/people/choices.h"
#include "matching/engine/people/forest.h"
#include "matching/engine/people/person.h"

#include <stdlib.h>
#include <string.h>

struct engine_population *engine_population_new(struct engine_vocabulary vocabulary)
{
	struct engine_population *population = calloc(1, sizeof(*population));
	if (!population)
		return NULL;
	population->vocabulary = vocabulary;
	/* people without lists also point into the pool, so it exists from the start */
	if (!array_grow((void **)&population->pool, &population->pool_room, 0, sizeof(uint32_t))) {
		free(population);
		return NULL;
	}
	return population;
}

void engine_population_free(struct engine_population *population)
{
	if (!population)
		return;
	free(population->people);
	free(population->standings);
	free(population->pool);
	free(population->blocked);
	free(population->blocked_first);
	free(population->mentors);
	free(population->pins);
	for (int side = 0; side < CHOICES_SIDES; side++)
		free(population->choices[side].list);
	engine_faults_release(&population->faults);
	free(population);
}

size_t engine_population_size(const struct engine_population *population)
{
	return population->count;
}

enum engine_status engine_population_add(struct engine_population *population,
	const struct engine_person *person, uint32_t *ret_person)
{
	if (population->count >= ENGINE_NONE - 16)
		return ENGINE_TOO_LARGE;
	if (!array_grow((void **)&population->people, &population->room, population->count,
		    sizeof(struct person)))
		return ENGINE_NO_MEMORY;
	uint32_t index = (uint32_t)population->count;
	size_t faults = population->faults.total;
	person_check(population, index, person, &population->faults);
	struct person *slot = &population->people[index];
	if (population->faults.total != faults)
		*slot = (struct person){ .manager = person->manager, .department = ENGINE_NONE };
	else if (!person_pack(population, person, slot))
		return ENGINE_NO_MEMORY;
	population->count++;
	*ret_person = index;
	return ENGINE_OK;
}

static enum engine_status add_link(
	struct link **links, size_t *count, size_t *room, uint32_t one, uint32_t other)
{
	if (!array_grow((void **)links, room, *count, sizeof(struct link)))
		return ENGINE_NO_MEMORY;
	(*links)[(*count)++] = (struct link){ one, other };
	return ENGINE_OK;
}

enum engine_status engine_population_block(
	struct engine_population *population, uint32_t one, uint32_t other)
{
	enum engine_status status = add_link(&population->blocked, &population->blocked_count,
		&population->blocked_room, one, other);
	if (status)
		return status;
	status = add_link(&population->blocked, &population->blocked_count,
		&population->blocked_room, other, one);
	if (status)
		population->blocked_count--;
	return status;
}

enum engine_status engine_population_pin(
	struct engine_population *population, uint32_t mentee, uint32_t mentor)
{
	return add_link(
		&population->pins, &population->pin_count, &population->pin_room, mentee, mentor);
}

enum engine_status engine_population_prefer(struct engine_population *population, uint32_t person,
	bool as_mentee, const uint32_t *choices, size_t count)
{
	return choices_add(population, person, as_mentee, choices, count);
}

uint32_t engine_population_choice(const struct engine_population *population, uint32_t person,
	bool as_mentee, uint32_t choice)
{
	size_t count;
	const struct choice *list = people_choices(
		population, as_mentee ? CHOICES_OF_MENTEES : CHOICES_OF_MENTORS, person, &count);
	for (size_t c = 0; c < count; c++)
		if (list[c].choice == choice)
			return list[c].place;
	return 0;
}

static void note(struct engine_faults *faults, struct link pair, enum engine_field field,
	enum engine_fault_code code)
{
	engine_faults_add(faults, (struct engine_fault){ pair.one, pair.other, field, code });
}

/* Sorts the blocked pairs, drops duplicates, and indexes them by the first person. */
static bool seal_blocked(struct engine_population *population, struct engine_faults *faults)
{
	struct link *links = population->blocked;
	size_t kept = 0;
	if (population->blocked_count)
		qsort(links, population->blocked_count, sizeof(*links), links_compare);
	for (size_t i = 0; i < population->blocked_count; i++) {
		struct link pair = links[i];
		if (i && !links_compare(&links[i - 1], &pair))
			continue;
		if (pair.one == pair.other)
			note(faults, pair, ENGINE_FIELD_BLOCKED, ENGINE_FAULT_SELF);
		else if (pair.other >= population->count && pair.one < population->count)
			note(faults, pair, ENGINE_FIELD_BLOCKED, ENGINE_FAULT_UNKNOWN_PERSON);
		else if (pair.one >= population->count && pair.other >= population->count)
			note(faults, pair, ENGINE_FIELD_BLOCKED, ENGINE_FAULT_UNKNOWN_PERSON);
	}
	for (size_t i = 0; i < population->blocked_count; i++)
		if (!kept || links_compare(&links[kept - 1], &links[i]))
			links[kept++] = links[i];
	population->blocked_count = kept;
	population->blocked_first = calloc(population->count + 2, sizeof(uint32_t));
	if (!population->blocked_first)
		return false;
	for (size_t i = 0; i < kept; i++)
		if (links[i].one < population->count)
			population->blocked_first[links[i].one + 1]++;
	for (size_t p = 0; p < population->count; p++)
		population->blocked_first[p + 1] += population->blocked_first[p];
	return true;
}

static void check_pin(
	struct engine_population *population, struct link pin, struct engine_faults *faults)
{
	if (pin.one >= population->count || pin.other >= population->count) {
		note(faults, pin, ENGINE_FIELD_PINNED, ENGINE_FAULT_UNKNOWN_PERSON);
		return;
	}
	if (pin.one == pin.other)
		note(faults, pin, ENGINE_FIELD_PINNED, ENGINE_FAULT_SELF);
	if (!is_mentee(&population->people[pin.one]) || !is_mentor(&population->people[pin.other]))
		note(faults, pin, ENGINE_FIELD_PINNED, ENGINE_FAULT_ROLE_MISSING);
	if (people_blocked(population, pin.one, pin.other))
		note(faults, pin, ENGINE_FIELD_PINNED, ENGINE_FAULT_BLOCKED);
}

static bool seal_pins(struct engine_population *population, struct engine_faults *faults)
{
	struct link *pins = population->pins;
	uint32_t *used = calloc(2 * population->count + 1, sizeof(*used));
	if (!used)
		return false;
	if (population->pin_count)
		qsort(pins, population->pin_count, sizeof(*pins), links_compare);
	for (size_t i = 0; i < population->pin_count; i++) {
		if (i && !links_compare(&pins[i - 1], &pins[i]))
			note(faults, pins[i], ENGINE_FIELD_PINNED, ENGINE_FAULT_DUPLICATE);
		check_pin(population, pins[i], faults);
		if (pins[i].one >= population->count || pins[i].other >= population->count)
			continue;
		uint32_t mentee = ++used[pins[i].one];
		uint32_t mentor = ++used[population->count + pins[i].other];
		if (mentee > population->people[pins[i].one].mentee_capacity ||
			mentor > population->people[pins[i].other].mentor_capacity)
			note(faults, pins[i], ENGINE_FIELD_PINNED, ENGINE_FAULT_OVER_CAPACITY);
	}
	free(used);
	return true;
}

/* Lists the mentors, so that nobody has to look for them among everybody. */
static bool seal_mentors(struct engine_population *population)
{
	free(population->mentors);
	population->mentors = malloc((population->count + 1) * sizeof(*population->mentors));
	population->mentor_count = 0;
	for (uint32_t p = 0; population->mentors && p < population->count; p++)
		if (is_mentor(&population->people[p]))
			population->mentors[population->mentor_count++] = p;
	return population->mentors;
}

enum engine_status engine_population_seal(
	struct engine_population *population, struct engine_faults *faults)
{
	struct engine_faults own = { 0 };
	struct engine_faults *list = faults ? faults : &own;
	size_t before = list->total;
	for (size_t i = 0; i < population->faults.count; i++)
		engine_faults_add(list, population->faults.list[i]);
	list->total += population->faults.total - population->faults.count;
	enum engine_status status = forest_build(population, list);
	if (status != ENGINE_NO_MEMORY) {
		free(population->blocked_first);
		population->blocked_first = NULL;
		if (!seal_blocked(population, list) || !seal_pins(population, list) ||
			!seal_mentors(population))
			status = ENGINE_NO_MEMORY;
		else
			choices_seal(population, list);
		if (status != ENGINE_NO_MEMORY)
			status = list->total != before ? ENGINE_INVALID : ENGINE_OK;
	}
	population->sealed = status == ENGINE_OK;
	engine_faults_release(&own);
	return status;
}
