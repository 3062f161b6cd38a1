/* Lays out mentors in blocks of columns. */
#include "matching/engine/score/layout.h"

#include <stdlib.h>
#include <string.h>

/* Sorting key of one mentor: similar hours first, then language, department, level, index. */
struct order {
	uint64_t key;
	uint32_t person;
};

/* The start of the nine hours of the day in which the person is free most often. */
static uint32_t day_phase(const struct person *person)
{
	uint32_t free_at[48] = { 0 };
	uint32_t best = 0, best_start = 0, sum = 0;
	for (uint32_t w = 0; w < ENGINE_HOURS_WORDS; w++)
		for (uint64_t left = person->hours[w]; left; left &= left - 1)
			free_at[(w * 64 + (uint32_t)__builtin_ctzll(left)) % 48]++;
	for (uint32_t half = 0; half < 18; half++)
		sum += free_at[half];
	for (uint32_t start = 0; start < 48; start++) {
		if (sum > best) {
			best = sum;
			best_start = start;
		}
		sum += free_at[(start + 18) % 48] - free_at[start];
	}
	return best_start / 2;
}

static int compare_order(const void *left, const void *right)
{
	const struct order *a = left, *b = right;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->person < b->person ? -1 : a->person > b->person;
}

static uint64_t order_key(const struct person *person)
{
	uint64_t language = person->languages ? (uint64_t)__builtin_ctzll(person->languages) : 64;
	return (uint64_t)day_phase(person) << 48 | language << 40 |
	       (uint64_t)(person->department & 0xffffff) << 16 | (uint64_t)(uint16_t)person->level;
}

/* Keys of all mentors, on all threads. */
struct ordering {
	const struct engine_scorer *scorer;
	struct order *orders;
};

static void work(void *context, unsigned worker)
{
	const struct ordering *ordering = context;
	const struct engine_scorer *scorer = ordering->scorer;
	uint64_t size = crew_size(scorer->crew);
	size_t to = (size_t)(scorer->mentors * (worker + (uint64_t)1) / size);
	for (size_t i = (size_t)(scorer->mentors * (uint64_t)worker / size); i < to; i++) {
		struct order *order = &ordering->orders[i];
		order->key = order_key(&scorer->population->people[order->person]);
	}
}

bool layout_place_mentors(struct engine_scorer *scorer)
{
	const struct engine_population *population = scorer->population;
	struct order *orders = calloc(population->count + 1, sizeof(*orders));
	struct ordering ordering = { scorer, orders };
	size_t count = 0;
	if (!orders)
		return false;
	for (uint32_t p = 0; p < population->count; p++) {
		scorer->place[p] = ENGINE_NONE;
		if (is_mentor(&population->people[p]))
			orders[count++].person = p;
	}
	if (!scorer->cut) {
		crew_run_pairs(scorer->crew, 50 * (size_t)scorer->mentors, work, &ordering);
		qsort(orders, count, sizeof(*orders), compare_order);
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t p = orders[i].person;
		const struct standing *standing = &population->standings[p];
		scorer->lines[i] = (struct mentor_line){ p, population->people[p].manager,
			standing->pre, standing->last, standing->depth };
		scorer->place[p] = i;
	}
	free(orders);
	return true;
}

/* A block under construction: the columns so far. */
struct building {
	uint16_t *slots;
	uint8_t *columns;
	uint32_t count;
};

static void put(struct building *building, uint32_t column, uint32_t lane, uint32_t value)
{
	if (!value)
		return;
	if (!building->slots[column]) {
		building->slots[column] = (uint16_t)building->count;
		memset(building->columns + (size_t)building->count * KERNEL_COLUMN, 0,
			KERNEL_COLUMN);
		building->count++;
	}
	uint8_t *at = building->columns + (size_t)building->slots[column] * KERNEL_COLUMN;
	at[lane % 64] |= (uint8_t)(value << (lane / 64 * 4));
}

/* Want codes 1..15, one for each current < target. */
static uint32_t want_code(uint32_t want)
{
	uint32_t current = want_current(want);
	return 1 + current * 5 - current * (current - 1) / 2 + want_target(want) - current - 1;
}

static uint32_t hourly_nibble(const struct person *person, uint32_t nibble)
{
	uint32_t bits = person->hours[nibble / 8] >> (nibble % 8 * 8) & 0x55;
	return (bits & 1) | (bits >> 1 & 2) | (bits >> 2 & 4) | (bits >> 3 & 8);
}

static void put_hours(struct building *building, const struct features *features, uint32_t lane,
	const struct person *person)
{
	uint32_t count = features->hourly ? ENGINE_HALF_HOURS / 8 : ENGINE_HALF_HOURS / 4;
	for (uint32_t n = 0; n < count; n++)
		put(building, features->hours + n, lane,
			features->hourly ? hourly_nibble(person, n)
					 : person->hours[n / 16] >> (n % 16 * 4) & 15);
}

static void put_lists(struct building *building, const struct engine_scorer *scorer, uint32_t lane,
	const struct person *person)
{
	const struct features *features = &scorer->features;
	const uint32_t *offers = offers_of(scorer->population, person);
	const uint32_t *wants = wants_of(scorer->population, person);
	const uint32_t *interests = interests_of(scorer->population, person);
	for (size_t i = 0; i < person->offers; i++)
		put(building, features->offers + features->skill[offer_skill(offers[i])], lane,
			offer_level(offers[i]));
	for (size_t i = 0; i < person->wants; i++)
		put(building, features->wants + features->skill[want_skill(wants[i])], lane,
			want_code(wants[i]));
	for (size_t i = 0; i < person->interests; i++)
		put(building, features->interests + features->interest[interests[i]], lane, 1);
}

static void put_person(struct building *building, const struct engine_scorer *scorer, uint32_t lane,
	const struct person *person)
{
	const struct features *features = &scorer->features;
	uint32_t department = person->department == ENGINE_NONE
				      ? scorer->population->vocabulary.departments
				      : person->department;
	uint32_t level = features_level_rank(features, person->level);
	put_hours(building, features, lane, person);
	for (uint32_t n = 0; n < ENGINE_LANGUAGES_MAX / 4; n++)
		put(building, features->languages + n, lane, person->languages >> (n * 4) & 15);
	put(building, features->channels, lane, person->channels);
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		put(building, features->declarations + k, lane, person->declarations[k]);
	put(building, features->age, lane, person->age_band);
	put(building, features->levels + level / FEATURES_PAGE, lane, level % FEATURES_PAGE + 1);
	put(building, features->departments + department / FEATURES_PAGE, lane,
		department % FEATURES_PAGE + 1);
	if (person->country)
		put(building, features->countries + (person->country - 1) / FEATURES_PAGE, lane,
			(person->country - 1) % FEATURES_PAGE + 1);
	put_lists(building, scorer, lane, person);
}

size_t layout_scratch_size(const struct engine_scorer *scorer)
{
	size_t most = (size_t)KERNEL_LANES *
			      (ENGINE_OFFERS_MAX + ENGINE_WANTS_MAX + ENGINE_INTERESTS_MAX + 128) +
		      1;
	size_t columns = scorer->features.count + (size_t)1;
	return (columns < most ? columns : most) * KERNEL_COLUMN;
}

bool layout_gather_block(const struct engine_scorer *scorer, const uint32_t *places, uint32_t count,
	struct block *block, uint16_t *slots, uint8_t *scratch)
{
	struct building building = { slots, scratch, 1 };
	memset(scratch, 0, KERNEL_COLUMN);
	memset(slots, 0, scorer->features.count * sizeof(*slots));
	memset(block->hours_any, 0, sizeof(block->hours_any));
	for (uint32_t lane = 0; lane < count; lane++) {
		const struct person *person =
			&scorer->population->people[scorer->lines[places[lane]].person];
		put_person(&building, scorer, lane, person);
		for (size_t w = 0; w < ENGINE_HOURS_WORDS; w++)
			block->hours_any[w] |= person->hours[w];
	}
	size_t size = (size_t)building.count * KERNEL_COLUMN;
	uint8_t *columns = aligned_alloc(64, size);
	if (!columns)
		return false;
	memcpy(columns, scratch, size);
	free(block->columns);
	block->columns = columns;
	return true;
}

bool layout_build_block(struct engine_scorer *scorer, uint32_t block, uint8_t *scratch)
{
	uint32_t places[KERNEL_LANES];
	uint32_t count = 0;
	for (; count < KERNEL_LANES && block * KERNEL_LANES + count < scorer->mentors; count++)
		places[count] = block * KERNEL_LANES + count;
	return layout_gather_block(scorer, places, count, &scorer->block[block],
		scorer->slots + (size_t)block * scorer->features.count, scratch);
}
