/* Lays out mentees as lists of table look-ups. */
#include "matching/engine/score/layout.h"

#include "matching/engine/score/criteria.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_table(const uint8_t *table)
{
	uint64_t words[2];
	memcpy(words, table, 16);
	uint64_t hash = (words[0] ^ words[1] * 0x9e3779b97f4a7c15ull) * 0xff51afd7ed558ccdull;
	return hash ^ hash >> 32;
}

static bool grow_tables(struct engine_scorer *scorer)
{
	size_t size = scorer->table_hash_size ? scorer->table_hash_size * 2 : 1024;
	uint32_t *hash = malloc(size * sizeof(*hash));
	if (!hash)
		return false;
	memset(hash, 0xff, size * sizeof(*hash));
	for (size_t t = 0; t < scorer->table_count; t++) {
		size_t at = hash_table(scorer->tables[t]) & (size - 1);
		while (hash[at] != ENGINE_NONE)
			at = (at + 1) & (size - 1);
		hash[at] = (uint32_t)t;
	}
	free(scorer->table_hash);
	scorer->table_hash = hash;
	scorer->table_hash_size = size;
	return true;
}

/* The number of a table with these bytes; ENGINE_NONE: out of memory. */
static uint32_t find_table(struct engine_scorer *scorer, const uint8_t *table)
{
	if (scorer->table_count * 2 >= scorer->table_hash_size && !grow_tables(scorer))
		return ENGINE_NONE;
	size_t mask = scorer->table_hash_size - 1;
	size_t at = hash_table(table) & mask;
	for (; scorer->table_hash[at] != ENGINE_NONE; at = (at + 1) & mask)
		if (!memcmp(scorer->tables[scorer->table_hash[at]], table, 16))
			return scorer->table_hash[at];
	if (!array_grow((void **)&scorer->tables, &scorer->table_room, scorer->table_count, 16))
		return ENGINE_NONE;
	memcpy(scorer->tables[scorer->table_count], table, 16);
	scorer->table_hash[at] = (uint32_t)scorer->table_count;
	return (uint32_t)scorer->table_count++;
}

/* The mentee being written. */
struct writing {
	struct engine_scorer *scorer;
	const struct person *person;
	uint32_t index;
	bool failed;
};

static void emit_known(struct writing *writing, uint32_t column, uint32_t number)
{
	struct engine_scorer *scorer = writing->scorer;
	if (number == ENGINE_NONE || !array_grow((void **)&scorer->ops, &scorer->op_room,
					     scorer->op_count, sizeof(struct op))) {
		writing->failed = true;
		return;
	}
	scorer->ops[scorer->op_count++] = (struct op){ column, number };
}

static void emit(struct writing *writing, uint32_t column, const uint8_t *table)
{
	emit_known(writing, column, find_table(writing->scorer, table));
}

static uint8_t capped(uint32_t points)
{
	return (uint8_t)(points < 255 ? points : 255);
}

/* Points for every set of four (half) hours, against four hours of the mentee's own. */
static uint32_t hours_table(struct engine_scorer *scorer, uint32_t mine)
{
	uint32_t unit = 255u / (uint32_t)scorer->policy.ample_half_hours;
	uint8_t table[16];
	if (scorer->hours_table[mine] != ENGINE_NONE)
		return scorer->hours_table[mine];
	for (uint32_t theirs = 0; theirs < 16; theirs++)
		table[theirs] = capped((uint32_t)__builtin_popcount(mine & theirs) * unit *
				       (scorer->features.hourly ? 2 : 1));
	return scorer->hours_table[mine] = find_table(scorer, table);
}

static void emit_hours(struct writing *writing)
{
	const struct features *features = &writing->scorer->features;
	const uint64_t *hours = writing->person->hours;
	uint32_t count = features->hourly ? ENGINE_HALF_HOURS / 8 : ENGINE_HALF_HOURS / 4;
	for (uint32_t n = 0; n < count; n++) {
		uint32_t mine = hours[n / 16] >> (n % 16 * 4) & 15;
		if (features->hourly) {
			uint32_t bits = hours[n / 8] >> (n % 8 * 8) & 0x55;
			mine = (bits & 1) | (bits >> 1 & 2) | (bits >> 2 & 4) | (bits >> 3 & 8);
		}
		if (mine)
			emit_known(
				writing, features->hours + n, hours_table(writing->scorer, mine));
	}
}

/* 255 for every set that shares any of these four bits. */
static uint32_t shared_table(struct engine_scorer *scorer, uint32_t mine)
{
	uint8_t table[16];
	if (scorer->shared_table[mine] != ENGINE_NONE)
		return scorer->shared_table[mine];
	for (uint32_t theirs = 0; theirs < 16; theirs++)
		table[theirs] = mine & theirs ? 255 : 0;
	return scorer->shared_table[mine] = find_table(scorer, table);
}

/* Adds one operation per four bits of a set. */
static void emit_shared(struct writing *writing, uint32_t column, uint64_t set, uint32_t nibbles)
{
	for (uint32_t n = 0; n < nibbles; n++) {
		uint32_t mine = set >> (n * 4) & 15;
		if (mine)
			emit_known(writing, column + n, shared_table(writing->scorer, mine));
	}
}

static bool gap_in_bounds(const struct engine_policy *policy, int32_t gap)
{
	return gap >= policy->level_gap_min && gap <= policy->level_gap_max;
}

/* Adds level look-ups, page by page: only the rule (255 = within bounds), or the points. */
static void emit_levels(struct writing *writing, bool rule)
{
	const struct features *features = &writing->scorer->features;
	const struct engine_policy *policy = &writing->scorer->policy;
	bool bound = policy->junior == ENGINE_JUNIOR_LEVEL || policy->junior == ENGINE_JUNIOR_BOTH;
	for (uint32_t first = 0; first < features->level_count; first += FEATURES_PAGE) {
		uint8_t table[16] = { 0 };
		bool any = false;
		for (uint32_t code = 1;
			code <= FEATURES_PAGE && first + code <= features->level_count; code++) {
			int32_t gap = writing->person->level - features->level[first + code - 1];
			bool within = gap_in_bounds(policy, gap);
			if (rule)
				table[code] = within ? 255 : 0;
			else if (within || !bound)
				table[code] = (uint8_t)criteria_level_gap(policy, gap);
			any = any || table[code];
		}
		if (any)
			emit(writing, features->levels + first / FEATURES_PAGE, table);
	}
}

static void emit_junior(struct writing *writing)
{
	enum engine_junior junior = writing->scorer->policy.junior;
	uint8_t table[16] = { 0 };
	if (junior == ENGINE_JUNIOR_EITHER)
		emit_levels(writing, true);
	if (junior == ENGINE_JUNIOR_LEVEL || junior == ENGINE_JUNIOR_SKILLS_ONLY)
		return;
	for (uint32_t band = 1; band < writing->person->age_band; band++)
		table[band] = 255;
	if (writing->person->age_band > 1)
		emit(writing, writing->scorer->features.age, table);
}

static void emit_needs(struct writing *writing)
{
	const struct features *features = &writing->scorer->features;
	const uint32_t *wants = wants_of(writing->scorer->population, writing->person);
	uint32_t total = criteria_need_total(wants, writing->person->wants);
	for (size_t i = 0; i < writing->person->wants; i++) {
		uint32_t current = want_current(wants[i]), target = want_target(wants[i]);
		uint8_t table[16] = { 0 };
		for (uint32_t level = current + 1; level <= ENGINE_SKILL_LEVEL_MAX; level++)
			table[level] = capped(criteria_need_share(want_weight(wants[i]),
				(level < target ? level : target) - current, total));
		emit(writing, features->offers + features->skill[want_skill(wants[i])], table);
	}
}

/* Points for every want code, against a skill offered at that level. */
static uint32_t exchange_table(struct engine_scorer *scorer, uint32_t level)
{
	uint32_t unit = 255u / (uint32_t)scorer->policy.ample_exchange;
	uint8_t table[16] = { 0 };
	uint32_t code = 1;
	if (scorer->exchange_table[level] != ENGINE_NONE)
		return scorer->exchange_table[level];
	for (uint32_t current = 0; current < 5; current++)
		for (uint32_t target = current + 1; target <= 5; target++, code++) {
			uint32_t reached = level < target ? level : target;
			table[code] = reached > current ? capped((reached - current) * unit) : 0;
		}
	return scorer->exchange_table[level] = find_table(scorer, table);
}

static void emit_exchange(struct writing *writing)
{
	const struct features *features = &writing->scorer->features;
	const uint32_t *offers = offers_of(writing->scorer->population, writing->person);
	for (size_t i = 0; i < writing->person->offers; i++)
		emit_known(writing, features->wants + features->skill[offer_skill(offers[i])],
			exchange_table(writing->scorer, offer_level(offers[i])));
}

static void emit_interests(struct writing *writing)
{
	const struct features *features = &writing->scorer->features;
	const uint32_t *interests = interests_of(writing->scorer->population, writing->person);
	uint8_t table[16] = { 0 };
	table[1] = capped(255u / (uint32_t)writing->scorer->policy.ample_interests);
	for (size_t i = 0; i < writing->person->interests; i++)
		emit(writing, features->interests + features->interest[interests[i]], table);
}

static void emit_background(struct writing *writing)
{
	uint32_t kinds = writing->scorer->policy.declaration_kinds &
			 ((1u << ENGINE_DECLARATION_KINDS) - 1);
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++) {
		uint32_t mine = writing->person->declarations[k];
		uint8_t table[16] = { 0 };
		if (!mine || !(kinds >> k & 1))
			continue;
		for (uint32_t code = 1; code < 16; code++)
			if (code != mine)
				table[code] = (uint8_t)(255u / (uint32_t)__builtin_popcount(kinds));
		emit(writing, writing->scorer->features.declarations + k, table);
	}
}

static void emit_department(struct writing *writing)
{
	uint32_t department = writing->person->department;
	uint8_t table[16] = { 0 };
	if (department == ENGINE_NONE)
		department = writing->scorer->population->vocabulary.departments;
	table[department % FEATURES_PAGE + 1] = 255;
	emit(writing, writing->scorer->features.departments + department / FEATURES_PAGE, table);
}

static void emit_country(struct writing *writing)
{
	uint32_t country = writing->person->country;
	uint8_t table[16] = { 0 };
	if (!country)
		return;
	table[(country - 1) % FEATURES_PAGE + 1] = 255;
	emit(writing, writing->scorer->features.countries + (country - 1) / FEATURES_PAGE, table);
}

static void emit_group(struct writing *writing, enum op_group group)
{
	const struct engine_policy *policy = &writing->scorer->policy;
	const int32_t *weights = policy->weights;
	const struct features *features = &writing->scorer->features;
	const struct person *person = writing->person;
	if (group == OPS_HOURS && (policy->common_half_hours || weights[ENGINE_HOURS]))
		emit_hours(writing);
	else if (group == OPS_LANGUAGE && policy->shared_language)
		emit_shared(
			writing, features->languages, person->languages, ENGINE_LANGUAGES_MAX / 4);
	else if (group == OPS_JUNIOR)
		emit_junior(writing);
	else if (group == OPS_LEVEL && policy->junior != ENGINE_JUNIOR_SKILLS_ONLY)
		emit_levels(writing, false);
	else if (group == OPS_NEED && (policy->need_covered || weights[ENGINE_NEED]))
		emit_needs(writing);
	else if (group == OPS_COUNTRY && policy->same_country)
		emit_country(writing);
	else if (group == OPS_DEPARTMENT &&
		 (policy->other_department || weights[ENGINE_DEPARTMENT]))
		emit_department(writing);
	else if (group == OPS_EXCHANGE && weights[ENGINE_EXCHANGE])
		emit_exchange(writing);
	else if (group == OPS_INTERESTS && weights[ENGINE_INTERESTS])
		emit_interests(writing);
	else if (group == OPS_BACKGROUND && weights[ENGINE_BACKGROUND])
		emit_background(writing);
	else if (group == OPS_CHANNELS && weights[ENGINE_CHANNELS])
		emit_shared(writing, features->channels, person->channels, 1);
}

void layout_begin_rows(struct engine_scorer *scorer)
{
	memset(scorer->hours_table, 0xff, sizeof(scorer->hours_table));
	memset(scorer->shared_table, 0xff, sizeof(scorer->shared_table));
	memset(scorer->exchange_table, 0xff, sizeof(scorer->exchange_table));
}

bool layout_build_row(struct engine_scorer *scorer, uint32_t row, uint32_t person)
{
	const struct engine_population *population = scorer->population;
	const struct standing *standing = &population->standings[person];
	struct writing writing = { scorer, &population->people[person], person, false };
	struct mentee_line *line = &scorer->rows[row];
	if (scorer->op_count > UINT32_MAX - 1024)
		return false;
	*line = (struct mentee_line){
		.person = person,
		.manager = population->people[person].manager,
		.pre = standing->pre,
		.last = standing->last,
		.depth = standing->depth,
		.limit = scorer->policy.line_distance == ENGINE_LINE_ANY
				 ? UINT32_MAX
				 : (uint32_t)scorer->policy.line_distance,
		.blocked = population->blocked_first[person + 1] -
			   population->blocked_first[person],
		.first_op = (uint32_t)scorer->op_count,
	};
	for (enum op_group group = 0; group < OP_GROUPS; group++) {
		emit_group(&writing, group);
		line->ends[group] = (uint16_t)(scorer->op_count - line->first_op);
	}
	return !writing.failed;
}

/* Counts the hits that no other rule refuses, up to a full list. */
static int32_t count_open(const struct engine_scorer *scorer, uint32_t row, uint32_t block,
	const uint64_t hits[2], int32_t count)
{
	for (uint32_t word = 0; word < 2; word++) {
		uint64_t left = hits[word] & layout_lanes(scorer, block, word);
		for (; left && count < scorer->policy.shortlist_size; left &= left - 1)
			count += layout_open(scorer, row,
				block * KERNEL_LANES + word * 64 + (uint32_t)__builtin_ctzll(left));
	}
	return count;
}

void layout_grant(struct engine_scorer *scorer, uint32_t row)
{
	struct kernel_limit everybody = { scorer->no_price, -1, false };
	struct mentee_line *line = &scorer->rows[row];
	const struct person *person = &scorer->population->people[line->person];
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2];
	int32_t outside = 0;
	if (scorer->policy.line_distance != ENGINE_LINE_ANY)
		return;
	line->limit = UINT32_MAX;
	if (line->last - line->pre <= ENGINE_LINE_GRANTED) /* nobody is that far below */
		return;
	for (uint32_t block = 0; block < scorer->blocks && line->manager != ENGINE_NONE &&
				 outside < scorer->policy.shortlist_size;
		block++)
		if (layout_near(scorer, person, &scorer->block[block]) &&
			layout_score(scorer, row, block, everybody, scores, hits) == KERNEL_HITS)
			outside = count_open(scorer, row, block, hits, outside);
	if (outside < scorer->policy.shortlist_size)
		line->limit = ENGINE_LINE_GRANTED - 1;
}
