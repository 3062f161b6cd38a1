/* Rules and scores once more, literally. */
#include "matching/engine/check_score.h"

#include <stdlib.h>
#include <string.h>

bool auditor_init(struct auditor *auditor, const struct engine_population *population,
	const struct engine_policy *policy)
{
	size_t count = population->count, active = 0;
	size_t *below = calloc(count + 1, sizeof(*below));
	*auditor = (struct auditor){ population, policy, calloc(count + 1, 1), calloc(count + 1, 1),
		calloc(count + 1, 1), ENGINE_NONE };
	if (!below || !auditor->head || !auditor->above || !auditor->barred) {
		free(below);
		auditor_release(auditor);
		return false;
	}
	for (uint32_t p = 0; p < count; p++) {
		if (!population->people[p].active)
			continue;
		active++;
		for (uint32_t m = population->people[p].manager; m != ENGINE_NONE;
			m = population->people[m].manager)
			below[m]++;
	}
	for (size_t p = 0; p < count; p++)
		auditor->head[p] = population->people[p].manager == ENGINE_NONE ||
				   below[p] > active / 2;
	free(below);
	return true;
}

void auditor_release(struct auditor *auditor)
{
	free(auditor->head);
	free(auditor->above);
	free(auditor->barred);
	auditor->head = auditor->above = auditor->barred = NULL;
}

static void mark(struct auditor *auditor, bool value)
{
	const struct engine_population *population = auditor->population;
	uint32_t manager = population->people[auditor->mentee].manager;
	for (; manager != ENGINE_NONE; manager = population->people[manager].manager)
		auditor->above[manager] = value;
	for (uint32_t b = population->blocked_first[auditor->mentee];
		b < population->blocked_first[auditor->mentee + 1]; b++)
		auditor->barred[population->blocked[b].other] = value;
}

/* Steps from the mentor up to the mentee, 0 if the mentee is not on the way. */
static uint32_t climb(const struct auditor *auditor, uint32_t mentor)
{
	uint32_t steps = 0;
	uint32_t manager = auditor->population->people[mentor].manager;
	for (; manager != ENGINE_NONE; manager = auditor->population->people[manager].manager) {
		steps++;
		if (manager == auditor->mentee)
			return steps;
	}
	return 0;
}

static bool too_close(const struct auditor *auditor, uint32_t mentor)
{
	const struct person *people = auditor->population->people;
	uint32_t boss = people[auditor->mentee].manager;
	if (auditor->above[mentor])
		return true;
	if (boss != ENGINE_NONE && boss == people[mentor].manager)
		return true;
	uint32_t steps = climb(auditor, mentor);
	if (!steps)
		return false;
	if (steps < 3)
		return true;
	if (auditor->policy->line_distance == ENGINE_LINE_ANY)
		return !auditor->head[auditor->mentee];
	return steps <= (uint32_t)auditor->policy->line_distance;
}

static bool junior(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor)
{
	int gap = mentee->level - mentor->level;
	bool by_level = policy->level_gap_min <= gap && gap <= policy->level_gap_max;
	bool by_age = mentor->age_band != 0 && mentee->age_band > mentor->age_band;
	if (policy->junior == ENGINE_JUNIOR_SKILLS_ONLY)
		return true;
	if (policy->junior == ENGINE_JUNIOR_AGE)
		return by_age;
	if (policy->junior == ENGINE_JUNIOR_BOTH)
		return by_age && by_level;
	if (policy->junior == ENGINE_JUNIOR_EITHER)
		return by_age || by_level;
	return by_level;
}

static int half_hours(const struct person *one, const struct person *other)
{
	int common = 0;
	for (int word = 0; word < ENGINE_HOURS_WORDS; word++)
		for (uint64_t both = one->hours[word] & other->hours[word]; both; both &= both - 1)
			common++;
	return common;
}

/* Level at which somebody offers a skill, 0 if not at all. */
static int offered(
	const struct engine_population *population, const struct person *person, uint32_t skill)
{
	const uint32_t *offers = offers_of(population, person);
	for (int i = 0; i < person->offers; i++)
		if (offer_skill(offers[i]) == skill)
			return (int)offer_level(offers[i]);
	return 0;
}

/* Level steps lifted by each want, summed; weighted shares of 255 on the side. */
static int lifted(const struct engine_population *population, const struct person *wanting,
	const struct person *offering, int *ret_points)
{
	const uint32_t *wants = wants_of(population, wanting);
	int whole = 0, steps = 0, points = 0;
	for (int i = 0; i < wanting->wants; i++)
		whole += (int)(want_weight(wants[i]) *
			       (want_target(wants[i]) - want_current(wants[i])));
	for (int i = 0; i < wanting->wants; i++) {
		int level = offered(population, offering, want_skill(wants[i]));
		int current = (int)want_current(wants[i]), target = (int)want_target(wants[i]);
		int more = (level > target ? target : level) - current;
		if (more <= 0)
			continue;
		int share = 255 * (int)want_weight(wants[i]) * more / whole;
		steps += more;
		points += share > 0 ? share : 1;
	}
	*ret_points = points > 255 ? 255 : points;
	return steps;
}

static int enough(int count, int ample)
{
	int points = count * (255 / ample);
	return points > 255 ? 255 : points;
}

static int shared_interests(const struct engine_population *population, const struct person *one,
	const struct person *other)
{
	const uint32_t *left = interests_of(population, one);
	const uint32_t *right = interests_of(population, other);
	int shared = 0;
	for (int l = 0; l < one->interests; l++)
		for (int r = 0; r < other->interests; r++)
			shared += left[l] == right[r];
	return shared;
}

static int differences(
	const struct engine_policy *policy, const struct person *one, const struct person *other)
{
	int kinds = 0, differing = 0;
	for (int k = 0; k < ENGINE_DECLARATION_KINDS; k++) {
		if (!(policy->declaration_kinds & 1u << k))
			continue;
		kinds++;
		if (one->declarations[k] && other->declarations[k])
			differing += one->declarations[k] != other->declarations[k];
	}
	return kinds ? differing * (255 / kinds) : 0;
}

static int level_points(const struct engine_policy *policy, int gap)
{
	long points = 255 - labs((long)gap - policy->level_gap_ideal) * policy->level_gap_fall;
	if (policy->junior == ENGINE_JUNIOR_SKILLS_ONLY)
		return 0;
	return points < 1 ? 1 : (int)points;
}

static int32_t weigh(const struct auditor *auditor, const struct person *mentee,
	const struct person *mentor, int need, int hours)
{
	const struct engine_policy *policy = auditor->policy;
	const struct engine_population *population = auditor->population;
	int unused;
	int back = lifted(population, mentor, mentee, &unused);
	int32_t score = need * policy->weights[ENGINE_NEED];
	score += enough(back, policy->ample_exchange) * policy->weights[ENGINE_EXCHANGE];
	score += enough(shared_interests(population, mentee, mentor), policy->ample_interests) *
		 policy->weights[ENGINE_INTERESTS];
	score += enough(hours, policy->ample_half_hours) * policy->weights[ENGINE_HOURS];
	score += level_points(policy, mentee->level - mentor->level) *
		 policy->weights[ENGINE_LEVEL_GAP];
	if (mentee->department != mentor->department)
		score += 255 * policy->weights[ENGINE_DEPARTMENT];
	score += differences(policy, mentee, mentor) * policy->weights[ENGINE_BACKGROUND];
	if (mentee->channels & mentor->channels)
		score += 255 * policy->weights[ENGINE_CHANNELS];
	return score;
}

int32_t auditor_score(struct auditor *auditor, uint32_t mentee, uint32_t mentor)
{
	const struct engine_policy *policy = auditor->policy;
	const struct person *m = &auditor->population->people[mentee];
	const struct person *t = &auditor->population->people[mentor];
	int need = 0;
	if (auditor->mentee != mentee) {
		if (auditor->mentee != ENGINE_NONE)
			mark(auditor, false);
		auditor->mentee = mentee;
		mark(auditor, true);
	}
	if (mentee == mentor || !m->active || !t->active || !(m->roles & ENGINE_ROLE_MENTEE) ||
		!(t->roles & ENGINE_ROLE_MENTOR))
		return ENGINE_FORBIDDEN;
	if (auditor->barred[mentor] || !junior(policy, m, t))
		return ENGINE_FORBIDDEN;
	if (policy->shared_language && !(m->languages & t->languages))
		return ENGINE_FORBIDDEN;
	int hours = half_hours(m, t);
	if (hours < policy->common_half_hours)
		return ENGINE_FORBIDDEN;
	if (!lifted(auditor->population, m, t, &need) && policy->need_covered)
		return ENGINE_FORBIDDEN;
	return too_close(auditor, mentor) ? ENGINE_FORBIDDEN : weigh(auditor, m, t, need, hours);
}
