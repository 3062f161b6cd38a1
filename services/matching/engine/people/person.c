/* Checks and packs one person. */
#include "matching/engine/people/person.h"

#include "matching/engine/base/base.h"

#include <stdlib.h>
#include <string.h>

static void note(struct engine_faults *faults, uint32_t person, enum engine_field field,
	size_t entry, enum engine_fault_code code)
{
	engine_faults_add(faults, (struct engine_fault){ person, (uint32_t)entry, field, code });
}

static void check_range(struct engine_faults *faults, uint32_t person, enum engine_field field,
	int64_t value, int64_t least, int64_t most)
{
	if (value < least || value > most)
		note(faults, person, field, ENGINE_NONE, ENGINE_FAULT_OUT_OF_RANGE);
}

/* Whether an id occurs earlier in the list. Lists are short, so quadratic time is fast enough. */
static bool repeated(const uint32_t *ids, size_t stride, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ids[i * stride] == ids[at * stride])
			return true;
	return false;
}

/* Checks the ids of one list: known, not repeated, not too many. Returns how many entries are
 * usable. */
static size_t check_ids(struct engine_faults *faults, uint32_t person, enum engine_field field,
	const uint32_t *ids, size_t stride, size_t count, size_t most, uint32_t known)
{
	if (count > most) {
		note(faults, person, field, ENGINE_NONE, ENGINE_FAULT_TOO_MANY);
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (ids[i * stride] >= known)
			note(faults, person, field, i, ENGINE_FAULT_UNKNOWN_ID);
		if (repeated(ids, stride, i))
			note(faults, person, field, i, ENGINE_FAULT_DUPLICATE);
	}
	return count;
}

static void check_lists(const struct engine_population *population, uint32_t index,
	const struct engine_person *person, struct engine_faults *faults)
{
	uint32_t skills = population->vocabulary.skills < ENGINE_SKILLS_MAX
				  ? population->vocabulary.skills
				  : ENGINE_SKILLS_MAX;
	size_t count = check_ids(faults, index, ENGINE_FIELD_OFFERS,
		person->offer_count ? &person->offers[0].skill : NULL,
		sizeof(struct engine_offer) / sizeof(uint32_t), person->offer_count,
		ENGINE_OFFERS_MAX, skills);
	for (size_t i = 0; i < count; i++)
		if (person->offers[i].level < 1 || person->offers[i].level > ENGINE_SKILL_LEVEL_MAX)
			note(faults, index, ENGINE_FIELD_OFFERS, i, ENGINE_FAULT_OUT_OF_RANGE);
	count = check_ids(faults, index, ENGINE_FIELD_WANTS,
		person->want_count ? &person->wants[0].skill : NULL,
		sizeof(struct engine_want) / sizeof(uint32_t), person->want_count, ENGINE_WANTS_MAX,
		skills);
	for (size_t i = 0; i < count; i++) {
		const struct engine_want *want = &person->wants[i];
		if (want->current < 0 || want->target > ENGINE_SKILL_LEVEL_MAX ||
			want->weight < 0 || want->weight > ENGINE_WANT_WEIGHT_MAX ||
			want->target < 0 || want->current > ENGINE_SKILL_LEVEL_MAX)
			note(faults, index, ENGINE_FIELD_WANTS, i, ENGINE_FAULT_OUT_OF_RANGE);
		else if (want->current >= want->target)
			note(faults, index, ENGINE_FIELD_WANTS, i, ENGINE_FAULT_NOT_A_NEED);
	}
	check_ids(faults, index, ENGINE_FIELD_INTERESTS, person->interests, 1,
		person->interest_count, ENGINE_INTERESTS_MAX, population->vocabulary.interests);
}

void person_check(const struct engine_population *population, uint32_t index,
	const struct engine_person *person, struct engine_faults *faults)
{
	check_range(faults, index, ENGINE_FIELD_ROLES, person->roles, 0,
		ENGINE_ROLE_MENTOR | ENGINE_ROLE_MENTEE);
	check_range(faults, index, ENGINE_FIELD_LEVEL, person->level, 0, ENGINE_LEVEL_MAX);
	check_range(faults, index, ENGINE_FIELD_AGE_BAND, person->age_band, 0, ENGINE_AGE_BAND_MAX);
	check_range(faults, index, ENGINE_FIELD_CHANNELS, person->channels, 0, ENGINE_CHANNEL_MAX);
	check_range(faults, index, ENGINE_FIELD_SHOWN, person->shown, 0, ENGINE_CAPACITY_MAX);
	for (size_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		if (person->declarations[k] < 0 ||
			person->declarations[k] > ENGINE_DECLARATION_CODE_MAX)
			note(faults, index, ENGINE_FIELD_DECLARATIONS, k,
				ENGINE_FAULT_OUT_OF_RANGE);
	check_range(faults, index, ENGINE_FIELD_MENTOR_CAPACITY, person->mentor_capacity,
		person->roles & ENGINE_ROLE_MENTOR ? 1 : 0, ENGINE_CAPACITY_MAX);
	check_range(faults, index, ENGINE_FIELD_MENTEE_CAPACITY, person->mentee_capacity,
		person->roles & ENGINE_ROLE_MENTEE ? 1 : 0, ENGINE_CAPACITY_MAX);
	if (person->department != ENGINE_NONE &&
		person->department >= population->vocabulary.departments)
		note(faults, index, ENGINE_FIELD_DEPARTMENT, ENGINE_NONE, ENGINE_FAULT_UNKNOWN_ID);
	if (person->country > population->vocabulary.countries)
		note(faults, index, ENGINE_FIELD_COUNTRY, ENGINE_NONE, ENGINE_FAULT_UNKNOWN_ID);
	check_lists(population, index, person, faults);
}

static int compare_words(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

static void sort_words(uint32_t *words, size_t count)
{
	if (count > 1)
		qsort(words, count, sizeof(*words), compare_words);
}

/* Appends offers, wants and interests to the pool, each ascending by id. */
static bool pack_lists(struct engine_population *population, const struct engine_person *person,
	uint32_t *ret_first)
{
	size_t more = person->offer_count + person->want_count + person->interest_count;
	if (population->pool_count + more >= UINT32_MAX)
		return false;
	while (population->pool_count + more > population->pool_room)
		if (!array_grow((void **)&population->pool, &population->pool_room,
			    population->pool_room, sizeof(uint32_t)))
			return false;
	uint32_t *at = population->pool + population->pool_count;
	for (size_t i = 0; i < person->offer_count; i++)
		at[i] = person->offers[i].skill << 3 | (uint32_t)person->offers[i].level;
	sort_words(at, person->offer_count);
	at += person->offer_count;
	for (size_t i = 0; i < person->want_count; i++) {
		const struct engine_want *want = &person->wants[i];
		uint32_t weight = want->weight ? (uint32_t)want->weight - 1 : 0;
		at[i] = want->skill << 8 | weight << 6 | (uint32_t)want->target << 3 |
			(uint32_t)want->current;
	}
	sort_words(at, person->want_count);
	at += person->want_count;
	if (person->interest_count)
		memcpy(at, person->interests, person->interest_count * sizeof(*at));
	sort_words(at, person->interest_count);
	*ret_first = (uint32_t)population->pool_count;
	population->pool_count += more;
	return true;
}

bool person_pack(struct engine_population *population, const struct engine_person *person,
	struct person *ret_person)
{
	uint32_t list = 0;
	if (!pack_lists(population, person, &list))
		return false;
	struct person packed = {
		.languages = person->languages,
		.manager = person->manager,
		.department = person->department,
		.country = person->country,
		.list = list,
		.level = (int16_t)person->level,
		.roles = (uint8_t)person->roles,
		.age_band = (uint8_t)person->age_band,
		.channels = (uint8_t)(person->channels ? person->channels : ENGINE_CHANNEL_MAX),
		.mentor_capacity = (uint8_t)person->mentor_capacity,
		.mentee_capacity = (uint8_t)person->mentee_capacity,
		.shown = (uint8_t)person->shown,
		.offers = (uint8_t)person->offer_count,
		.wants = (uint8_t)person->want_count,
		.interests = (uint8_t)person->interest_count,
		.active = person->active,
	};
	memcpy(packed.hours, person->hours, sizeof(packed.hours));
	packed.hours[ENGINE_HOURS_WORDS - 1] &= (1ull << (ENGINE_HALF_HOURS - 320)) - 1;
	for (size_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		packed.declarations[k] = (uint8_t)person->declarations[k];
	*ret_person = packed;
	return true;
}
