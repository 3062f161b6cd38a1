/* Instances from a seed. */
#include "instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SKILLS      500
#define INTERESTS   200
#define DEPARTMENTS 12

uint64_t instance_rounds(uint64_t all)
{
	return !strcmp(TEST_FLAVOUR, "release") || getenv("UPWARD_LONG") ? all : all / 5;
}

uint64_t dice_throw(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

uint32_t dice_below(struct dice *dice, uint32_t sides)
{
	return (uint32_t)((dice_throw(dice) >> 32) * sides >> 32);
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "instance: %s\n", what);
	abort();
}

/* Skill with a long tail; half of the picks are the department's own. */
static uint32_t pick_skill(struct dice *dice, uint32_t department)
{
	uint32_t r = dice_below(dice, 1u << 20);
	double u = (r + 1.0) / (1u << 20);
	uint32_t rank = (uint32_t)(SKILLS * u * u * u);
	if (rank >= SKILLS)
		rank = SKILLS - 1;
	return dice_below(dice, 2) ? rank : (rank * 7 + department * 41) % SKILLS;
}

static bool has_skill(const uint32_t *ids, size_t stride, size_t count, uint32_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i * stride] == id)
			return true;
	return false;
}

static void pick_lists(struct dice *dice, struct instance_facts *facts)
{
	struct engine_person *person = &facts->person;
	size_t offers = 3 + dice_below(dice, 10), wants = 3 + dice_below(dice, 10);
	size_t interests = 2 + dice_below(dice, 7);
	while (person->offer_count < offers) {
		uint32_t skill = pick_skill(dice, person->department);
		if (!has_skill(&facts->offers[0].skill, 2, person->offer_count, skill))
			facts->offers[person->offer_count++] = (struct engine_offer){ skill,
				1 + (int32_t)dice_below(dice, 5) };
	}
	while (person->want_count < wants) {
		uint32_t skill = pick_skill(dice, person->department);
		int32_t current = (int32_t)dice_below(dice, 4);
		int32_t target = current + 1 + (int32_t)dice_below(dice, 5 - (uint32_t)current);
		if (!has_skill(&facts->wants[0].skill, 4, person->want_count, skill))
			facts->wants[person->want_count++] = (struct engine_want){ skill, current,
				target > 5 ? 5 : target, 1 };
	}
	while (person->interest_count < interests) {
		uint32_t interest = dice_below(dice, INTERESTS);
		if (!has_skill(facts->interests, 1, person->interest_count, interest))
			facts->interests[person->interest_count++] = interest;
	}
}

static void pick_hours(struct dice *dice, enum instance_shape shape, uint64_t *hours)
{
	static const int offsets[6] = { -480, -300, 0, 60, 330, 480 };
	int offset = offsets[dice_below(dice, 6)];
	int windows = shape == INSTANCE_SPARSE ? 10 : 14;
	for (int w = 0; w < windows; w++) {
		int from = (8 + (int)dice_below(dice, 9)) * 60;
		engine_hours_add(hours, (int)dice_below(dice, 5), from,
			from + 60 * (1 + (int)dice_below(dice, 2)), offset / 60 * 60);
	}
}

void instance_facts(struct dice *dice, bool senior, enum instance_shape shape, bool capacities,
	struct instance_facts *ret_facts)
{
	struct engine_person *person = &ret_facts->person;
	memset(ret_facts, 0, sizeof(*ret_facts));
	person->offers = ret_facts->offers;
	person->wants = ret_facts->wants;
	person->interests = ret_facts->interests;
	person->roles = senior ? ENGINE_ROLE_MENTEE : ENGINE_ROLE_MENTOR;
	person->active = true;
	person->level = (int32_t)dice_below(dice, 4) + (senior ? 5 : 1);
	person->manager = ENGINE_NONE;
	person->department = dice_below(dice, DEPARTMENTS);
	person->languages = dice_below(dice, 100) < 85 ? 1 : 0;
	person->languages |= 1ull << dice_below(dice, 24);
	person->channels = 1 + dice_below(dice, 15);
	person->mentor_capacity = capacities ? 1 + (int32_t)dice_below(dice, 3) : 1;
	person->mentee_capacity = capacities ? 1 + (int32_t)dice_below(dice, 2) : 1;
	if (dice_below(dice, 100) < 40)
		person->declarations[0] = 1 + (int32_t)dice_below(dice, 3);
	pick_lists(dice, ret_facts);
	pick_hours(dice, shape, person->hours);
}

struct engine_population *instance_company(uint64_t seed, uint32_t mentees, uint32_t mentors,
	enum instance_shape shape, bool capacities)
{
	struct dice dice = { seed };
	struct engine_vocabulary vocabulary = { SKILLS, INTERESTS, DEPARTMENTS, 0 };
	struct engine_population *population = engine_population_new(vocabulary);
	uint32_t people = mentees + mentors, index;
	struct engine_faults faults = { 0 };
	must(population != NULL, "memory");
	for (uint32_t p = 0; p < people; p++) {
		struct instance_facts facts;
		bool senior = p < mentees;
		instance_facts(&dice, senior, shape, capacities, &facts);
		if (senior && p >= 30)
			facts.person.manager = dice_below(&dice, p);
		if (!senior && mentees)
			facts.person.manager = dice_below(&dice, p);
		must(!engine_population_add(population, &facts.person, &index), "add");
	}
	for (uint32_t p = 0; mentors && p < mentees; p++)
		for (uint32_t b = dice_below(&dice, 10) < 3 ? dice_below(&dice, 4) : 0; b; b--)
			must(!engine_population_block(
				     population, p, mentees + dice_below(&dice, mentors)),
				"block");
	must(!engine_population_seal(population, &faults), "seal");
	engine_faults_release(&faults);
	return population;
}

void instance_company_policy(enum instance_shape shape, struct engine_policy *ret_policy)
{
	engine_policy_default(ret_policy);
	ret_policy->level_gap_min = 2;
	ret_policy->level_gap_max = 7;
	ret_policy->common_half_hours = shape == INSTANCE_SPARSE ? 6 : 4;
}

static void pick_small_lists(struct dice *dice, struct instance_facts *facts)
{
	struct engine_person *person = &facts->person;
	for (uint32_t skill = 0; skill < 4; skill++) {
		if (dice_below(dice, 2))
			facts->offers[person->offer_count++] = (struct engine_offer){ skill,
				1 + (int32_t)dice_below(dice, 5) };
		int32_t current = (int32_t)dice_below(dice, 5);
		int32_t target = current + 1 + (int32_t)dice_below(dice, 5 - (uint32_t)current);
		if (dice_below(dice, 2))
			facts->wants[person->want_count++] = (struct engine_want){ skill, current,
				target, 1 + (int32_t)dice_below(dice, 4) };
		if (dice_below(dice, 2))
			facts->interests[person->interest_count++] = skill;
	}
}

static void pick_small(
	struct dice *dice, uint32_t index, uint32_t capacity, struct instance_facts *facts)
{
	struct engine_person *person = &facts->person;
	memset(facts, 0, sizeof(*facts));
	person->offers = facts->offers;
	person->wants = facts->wants;
	person->interests = facts->interests;
	person->roles = 1 + dice_below(dice, 3);
	person->active = dice_below(dice, 16) != 0;
	person->level = (int32_t)dice_below(dice, 6) * (dice_below(dice, 2) ? 1 : 3);
	person->age_band = (int32_t)dice_below(dice, 6);
	person->manager = index && dice_below(dice, 4) ? dice_below(dice, index) : ENGINE_NONE;
	person->department = dice_below(dice, 4) ? dice_below(dice, 3) : ENGINE_NONE;
	person->country = dice_below(dice, 4);
	person->languages = 1 + dice_below(dice, 7);
	for (int w = 0; w < 4; w++)
		engine_hours_add(person->hours, (int)dice_below(dice, 7),
			(int)dice_below(dice, 48) * 30, 1440 + (int)dice_below(dice, 10) * 30,
			(int)dice_below(dice, 56) * 30 - 840);
	person->channels = dice_below(dice, 16);
	person->declarations[0] = (int32_t)dice_below(dice, 4);
	person->declarations[2] = (int32_t)dice_below(dice, 3);
	person->mentor_capacity = 1 + (int32_t)dice_below(dice, capacity);
	person->mentee_capacity = 1 + (int32_t)dice_below(dice, capacity);
	pick_small_lists(dice, facts);
}

void instance_small_facts(struct dice *dice, uint32_t index, uint32_t capacity, uint32_t manager,
	struct instance_facts *ret_facts)
{
	pick_small(dice, index, capacity, ret_facts);
	ret_facts->person.manager = manager;
}

struct engine_population *instance_small(struct dice *dice, uint32_t people, uint32_t capacity)
{
	return instance_small_pinned(dice, people, capacity, ENGINE_NONE, ENGINE_NONE);
}

struct engine_population *instance_small_pinned(
	struct dice *dice, uint32_t people, uint32_t capacity, uint32_t mentee, uint32_t mentor)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 4, 4, 3, 3 });
	uint32_t index;
	must(population != NULL, "memory");
	for (uint32_t p = 0; p < people; p++) {
		struct instance_facts facts;
		pick_small(dice, p, capacity, &facts);
		must(!engine_population_add(population, &facts.person, &index), "add");
	}
	for (uint32_t b = people > 1 ? dice_below(dice, 3) : 0; b; b--) {
		uint32_t one = dice_below(dice, people), other = dice_below(dice, people);
		if (one != other)
			must(!engine_population_block(population, one, other), "block");
	}
	if (mentee != ENGINE_NONE)
		must(!engine_population_pin(population, mentee, mentor), "pin");
	must(!engine_population_seal(population, NULL), "seal");
	return population;
}

void instance_small_policy(struct dice *dice, struct engine_policy *ret_policy)
{
	engine_policy_default(ret_policy);
	for (int c = 0; c < ENGINE_CRITERION_COUNT; c++)
		ret_policy->weights[c] = (int32_t)dice_below(dice, 17);
	ret_policy->weights[0]++;
	ret_policy->junior = dice_below(dice, 2) ? ENGINE_JUNIOR_SKILLS_ONLY
						 : (enum engine_junior)dice_below(dice, 4);
	ret_policy->line_distance = dice_below(dice, 2) ? 0 : 2 + (int32_t)dice_below(dice, 3);
	ret_policy->shared_language = dice_below(dice, 2);
	ret_policy->need_covered = dice_below(dice, 2);
	ret_policy->other_department = !dice_below(dice, 8);
	ret_policy->same_country = !dice_below(dice, 8);
	ret_policy->common_half_hours = dice_below(dice, 2) ? 0 : (int32_t)dice_below(dice, 40);
	ret_policy->ample_half_hours = ret_policy->common_half_hours + 1 +
				       (int32_t)dice_below(dice, 60);
	ret_policy->ample_interests = 1 + (int32_t)dice_below(dice, 4);
	ret_policy->ample_exchange = 1 + (int32_t)dice_below(dice, 9);
	ret_policy->level_gap_max = 1 + (int32_t)dice_below(dice, 20);
	ret_policy->level_gap_ideal = (int32_t)dice_below(dice, 6);
	ret_policy->level_gap_fall = (int32_t)dice_below(dice, 80);
	ret_policy->exposure_cap = 1 + (int32_t)dice_below(dice, 4);
}

/* One skill per mentee; the mentor's level in it is the score. */
struct engine_population *instance_matrix(const uint8_t *matrix, uint32_t mentees, uint32_t mentors,
	const int32_t *mentee_capacity, const int32_t *mentor_capacity)
{
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ mentees + 1, 1, 1, 3 });
	struct engine_offer offers[ENGINE_OFFERS_MAX];
	uint32_t index;
	must(population != NULL, "memory");
	for (uint32_t i = 0; i < mentees; i++) {
		struct engine_want want = { i, 0, 5, 1 };
		struct engine_person person = { .roles = ENGINE_ROLE_MENTEE,
			.active = true,
			.level = 9,
			.manager = ENGINE_NONE,
			.department = ENGINE_NONE,
			.mentee_capacity = mentee_capacity ? mentee_capacity[i] : 1,
			.wants = &want,
			.want_count = 1 };
		must(!engine_population_add(population, &person, &index), "add");
	}
	for (uint32_t j = 0; j < mentors; j++) {
		struct engine_person person = { .roles = ENGINE_ROLE_MENTOR,
			.active = true,
			.level = 1,
			.manager = ENGINE_NONE,
			.department = ENGINE_NONE,
			.mentor_capacity = mentor_capacity ? mentor_capacity[j] : 1,
			.offers = offers };
		for (uint32_t i = 0; i < mentees && person.offer_count < ENGINE_OFFERS_MAX; i++)
			if (matrix[i * mentors + j])
				offers[person.offer_count++] = (struct engine_offer){ i,
					matrix[i * mentors + j] };
		must(!engine_population_add(population, &person, &index), "add");
	}
	must(!engine_population_seal(population, NULL), "seal");
	return population;
}

void instance_matrix_policy(struct engine_policy *ret_policy)
{
	engine_policy_default(ret_policy);
	for (int c = 0; c < ENGINE_CRITERION_COUNT; c++)
		ret_policy->weights[c] = 0;
	ret_policy->weights[ENGINE_NEED] = 100;
	ret_policy->shared_language = false;
	ret_policy->common_half_hours = 0;
}
