/* Numbering the facts: one column each, only for what somebody in the population has. */
#include "matching/engine/score/layout.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 15u

static uint32_t pages(uint32_t values)
{
	return (values + PAGE - 1) / PAGE;
}

static bool whole_hours(const struct person *person)
{
	uint64_t odd = 0;
	for (size_t w = 0; w < ENGINE_HOURS_WORDS; w++)
		odd |= (person->hours[w] ^ person->hours[w] >> 1) & 0x5555555555555555ull;
	return !odd;
}

static void mark(uint32_t *dense, uint32_t id, uint32_t *count)
{
	if (dense[id] == ENGINE_NONE)
		dense[id] = (*count)++;
}

static void mark_lists(struct columns *columns, const struct engine_population *population,
	const struct person *person)
{
	const uint32_t *offers = offers_of(population, person);
	const uint32_t *wants = wants_of(population, person);
	const uint32_t *interests = interests_of(population, person);
	for (size_t i = 0; i < person->offers; i++)
		mark(columns->skill, offer_skill(offers[i]), &columns->skill_count);
	for (size_t i = 0; i < person->wants; i++)
		mark(columns->skill, want_skill(wants[i]), &columns->skill_count);
	for (size_t i = 0; i < person->interests; i++)
		mark(columns->interest, interests[i], &columns->interest_count);
}

/* Distinct levels of the mentors, ascending; by a bit set, for there are only 32,768 of them. */
static bool find_levels(struct columns *columns, const struct engine_population *population)
{
	uint64_t *seen = calloc((ENGINE_LEVEL_MAX + 1) / 64, sizeof(uint64_t));
	uint32_t count = 0;
	if (!seen)
		return false;
	for (size_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		if (!is_mentor(person))
			continue;
		uint64_t bit = 1ull << (person->level % 64);
		count += !(seen[person->level / 64] & bit);
		seen[person->level / 64] |= bit;
	}
	columns->level = malloc((count + 1) * sizeof(int16_t));
	if (columns->level)
		for (int level = 0; level <= ENGINE_LEVEL_MAX; level++)
			if (seen[level / 64] >> (level % 64) & 1)
				columns->level[columns->level_count++] = (int16_t)level;
	free(seen);
	return columns->level != NULL;
}

static void number(struct columns *columns, uint32_t departments)
{
	uint32_t next = 0;
	columns->hours = next;
	next += columns->hourly ? ENGINE_HALF_HOURS / 8 : ENGINE_HALF_HOURS / 4;
	columns->languages = next;
	next += ENGINE_LANGUAGES_MAX / 4;
	columns->channels = next++;
	columns->declarations = next;
	next += ENGINE_DECLARATION_KINDS;
	columns->age = next++;
	columns->levels = next;
	next += pages(columns->level_count);
	columns->departments = next;
	next += pages(departments + 1);
	columns->offers = next;
	next += columns->skill_count;
	columns->wants = next;
	next += columns->skill_count;
	columns->interests = next;
	columns->count = next + columns->interest_count;
}

bool columns_init(struct engine_scorer *scorer, const atomic_bool *cancel)
{
	struct columns *columns = &scorer->columns;
	const struct engine_population *population = scorer->population;
	size_t skills = population->vocabulary.skills;
	size_t interests = population->vocabulary.interests;
	*columns = (struct columns){ .hourly = true };
	if (skills > ENGINE_SKILLS_MAX)
		skills = ENGINE_SKILLS_MAX;
	columns->skill = malloc((skills + 1) * sizeof(uint32_t));
	columns->interest = malloc((interests + 1) * sizeof(uint32_t));
	if (!columns->skill || !columns->interest || !find_levels(columns, population)) {
		columns_release(columns);
		return false;
	}
	memset(columns->skill, 0xff, (skills + 1) * sizeof(uint32_t));
	memset(columns->interest, 0xff, (interests + 1) * sizeof(uint32_t));
	for (size_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		if (!(p & 1023) && is_raised(cancel))
			scorer->cut = true;
		if (scorer->cut || (!is_mentor(person) && !is_mentee(person)))
			continue;
		mark_lists(columns, population, person);
		columns->hourly = columns->hourly && whole_hours(person);
	}
	number(columns, population->vocabulary.departments);
	return true;
}

void columns_release(struct columns *columns)
{
	free(columns->skill);
	free(columns->interest);
	free(columns->level);
	*columns = (struct columns){ 0 };
}

uint32_t columns_level_rank(const struct columns *columns, int32_t level)
{
	uint32_t low = 0, high = columns->level_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (columns->level[middle] < level)
			low = middle + 1;
		else
			high = middle;
	}
	return low < columns->level_count && columns->level[low] == level ? low : ENGINE_NONE;
}

static bool lists_fit(const struct engine_scorer *scorer, const struct person *person)
{
	const struct columns *columns = &scorer->columns;
	const uint32_t *offers = offers_of(scorer->population, person);
	const uint32_t *wants = wants_of(scorer->population, person);
	const uint32_t *interests = interests_of(scorer->population, person);
	for (size_t i = 0; i < person->offers; i++)
		if (columns->skill[offer_skill(offers[i])] == ENGINE_NONE)
			return false;
	for (size_t i = 0; i < person->wants; i++)
		if (columns->skill[want_skill(wants[i])] == ENGINE_NONE)
			return false;
	for (size_t i = 0; i < person->interests; i++)
		if (columns->interest[interests[i]] == ENGINE_NONE)
			return false;
	return true;
}

bool layout_fits(const struct engine_scorer *scorer, const struct person *person)
{
	if (scorer->columns.hourly && !whole_hours(person))
		return false;
	if (is_mentor(person) && columns_level_rank(&scorer->columns, person->level) == ENGINE_NONE)
		return false;
	return lists_fit(scorer, person);
}
