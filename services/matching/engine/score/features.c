/* Numbers the features, only those that somebody in the population has. */
#include "matching/engine/score/features.h"

#include <stdlib.h>
#include <string.h>

static uint32_t pages(uint32_t values)
{
	return (values + FEATURES_PAGE - 1) / FEATURES_PAGE;
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

static void mark_lists(struct features *features, const struct engine_population *population,
	const struct person *person)
{
	const uint32_t *offers = offers_of(population, person);
	const uint32_t *wants = wants_of(population, person);
	const uint32_t *interests = interests_of(population, person);
	for (size_t i = 0; i < person->offers; i++)
		mark(features->skill, offer_skill(offers[i]), &features->skill_count);
	for (size_t i = 0; i < person->wants; i++)
		mark(features->skill, want_skill(wants[i]), &features->skill_count);
	for (size_t i = 0; i < person->interests; i++)
		mark(features->interest, interests[i], &features->interest_count);
}

/* Finds the distinct levels of mentors, ascending; with a bit set, because there are only
 * 32,768. */
static bool find_levels(struct features *features, const struct engine_population *population)
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
	features->level = malloc((count + 1) * sizeof(int16_t));
	if (features->level)
		for (int level = 0; level <= ENGINE_LEVEL_MAX; level++)
			if (seen[level / 64] >> (level % 64) & 1)
				features->level[features->level_count++] = (int16_t)level;
	free(seen);
	return features->level != NULL;
}

static void number(struct features *features, const struct engine_vocabulary *vocabulary)
{
	uint32_t next = 0;
	features->hours = next;
	next += features->hourly ? ENGINE_HALF_HOURS / 8 : ENGINE_HALF_HOURS / 4;
	features->languages = next;
	next += ENGINE_LANGUAGES_MAX / 4;
	features->channels = next++;
	features->declarations = next;
	next += ENGINE_DECLARATION_KINDS;
	features->age = next++;
	features->levels = next;
	next += pages(features->level_count);
	features->departments = next;
	next += pages(vocabulary->departments + 1);
	features->countries = next;
	next += pages(vocabulary->countries);
	features->offers = next;
	next += features->skill_count;
	features->wants = next;
	next += features->skill_count;
	features->interests = next;
	features->count = next + features->interest_count;
}

bool features_init(struct features *features, const struct engine_population *population,
	const atomic_bool *cancel, bool *ret_cut)
{
	size_t skills = population->vocabulary.skills;
	size_t interests = population->vocabulary.interests;
	*ret_cut = false;
	*features = (struct features){ .hourly = true };
	if (skills > ENGINE_SKILLS_MAX)
		skills = ENGINE_SKILLS_MAX;
	features->skill = malloc((skills + 1) * sizeof(uint32_t));
	features->interest = malloc((interests + 1) * sizeof(uint32_t));
	if (!features->skill || !features->interest || !find_levels(features, population)) {
		features_release(features);
		return false;
	}
	memset(features->skill, 0xff, (skills + 1) * sizeof(uint32_t));
	memset(features->interest, 0xff, (interests + 1) * sizeof(uint32_t));
	for (size_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		if (!(p & 1023) && is_raised(cancel))
			*ret_cut = true;
		if (*ret_cut || (!is_mentor(person) && !is_mentee(person)))
			continue;
		mark_lists(features, population, person);
		features->hourly = features->hourly && whole_hours(person);
	}
	number(features, &population->vocabulary);
	return true;
}

void features_release(struct features *features)
{
	free(features->skill);
	free(features->interest);
	free(features->level);
	*features = (struct features){ 0 };
}

uint32_t features_level_rank(const struct features *features, int32_t level)
{
	uint32_t low = 0, high = features->level_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (features->level[middle] < level)
			low = middle + 1;
		else
			high = middle;
	}
	return low < features->level_count && features->level[low] == level ? low : ENGINE_NONE;
}

static bool lists_fit(const struct features *features, const struct engine_population *population,
	const struct person *person)
{
	const uint32_t *offers = offers_of(population, person);
	const uint32_t *wants = wants_of(population, person);
	const uint32_t *interests = interests_of(population, person);
	for (size_t i = 0; i < person->offers; i++)
		if (features->skill[offer_skill(offers[i])] == ENGINE_NONE)
			return false;
	for (size_t i = 0; i < person->wants; i++)
		if (features->skill[want_skill(wants[i])] == ENGINE_NONE)
			return false;
	for (size_t i = 0; i < person->interests; i++)
		if (features->interest[interests[i]] == ENGINE_NONE)
			return false;
	return true;
}

bool features_fit(const struct features *features, const struct engine_population *population,
	const struct person *person)
{
	if (features->hourly && !whole_hours(person))
		return false;
	if (is_mentor(person) && features_level_rank(features, person->level) == ENGINE_NONE)
		return false;
	return lists_fit(features, population, person);
}
