/* Rules and scores, implemented a second time and literally. */
#include "matching/engine/check/auditor.h"

#include <stdlib.h>
#include <string.h>

bool auditor_init(struct auditor *auditor, const struct engine_population *population,
	const struct engine_policy *policy)
{
	*auditor = (struct auditor){ population, policy, calloc(population->count + 1, 1),
		calloc(population->count + 1, 1), ENGINE_NONE, -1 };
	if (auditor->above && auditor->barred)
		return true;
	auditor_release(auditor);
	return false;
}

void auditor_release(struct auditor *auditor)
{
	free(auditor->above);
	free(auditor->barred);
	auditor->above = auditor->barred = NULL;
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

/* The steps from the mentor up to the mentee; 0 if the mentee is not above. */
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

/* Where the mentor is in relation to the mentee. */
enum line { LINE_APART, LINE_OWN, LINE_CLOSE };

static enum line line_of(const struct auditor *auditor, uint32_t mentor)
{
	const struct person *people = auditor->population->people;
	uint32_t boss = people[auditor->mentee].manager;
	if (auditor->above[mentor])
		return LINE_CLOSE;
	if (boss != ENGINE_NONE && boss == people[mentor].manager)
		return LINE_CLOSE;
	uint32_t steps = climb(auditor, mentor);
	if (!steps)
		return LINE_APART;
	if (steps < 3)
		return LINE_CLOSE;
	if (auditor->policy->line_distance == ENGINE_LINE_ANY)
		return LINE_OWN;
	return steps <= (uint32_t)auditor->policy->line_distance ? LINE_CLOSE : LINE_APART;
}

bool auditor_granted(const struct auditor *auditor, uint32_t mentor)
{
	return line_of(auditor, mentor) == LINE_OWN;
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

/* The level at which a person offers a skill; 0 if not at all. */
static int offered(
	const struct engine_population *population, const struct person *person, uint32_t skill)
{
	const uint32_t *offers = offers_of(population, person);
	for (int i = 0; i < person->offers; i++)
		if (offer_skill(offers[i]) == skill)
			return (int)offer_level(offers[i]);
	return 0;
}

/* The sum of level steps lifted for each want; also the weighted points of 255. */
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

/* Checks every rule except the line; also returns hours and need. */
static bool allowed(const struct auditor *auditor, uint32_t mentor, int *ret_hours, int *ret_need)
{
	const struct engine_policy *policy = auditor->policy;
	const struct person *m = &auditor->population->people[auditor->mentee];
	const struct person *t = &auditor->population->people[mentor];
	if (auditor->mentee == mentor || !m->active || !t->active ||
		!(m->roles & ENGINE_ROLE_MENTEE) || !(t->roles & ENGINE_ROLE_MENTOR))
		return false;
	if (auditor->barred[mentor] || !junior(policy, m, t))
		return false;
	if (policy->other_department && m->department == t->department)
		return false;
	if (policy->same_country && !(m->country != 0 && m->country == t->country))
		return false;
	if (policy->shared_language && !(m->languages & t->languages))
		return false;
	*ret_hours = half_hours(m, t);
	if (*ret_hours < policy->common_half_hours)
		return false;
	return lifted(auditor->population, m, t, ret_need) || !policy->need_covered;
}

/* True for a mentee without a manager, or with too few allowed mentors elsewhere for a list. */
static bool is_head(const struct auditor *auditor)
{
	int elsewhere = 0, hours, need;
	if (auditor->population->people[auditor->mentee].manager == ENGINE_NONE)
		return true;
	for (uint32_t p = 0; p < auditor->population->count; p++)
		elsewhere += allowed(auditor, p, &hours, &need) &&
			     line_of(auditor, p) == LINE_APART;
	return elsewhere < auditor->policy->shortlist_size;
}

int32_t auditor_score(struct auditor *auditor, uint32_t mentee, uint32_t mentor)
{
	const struct person *people = auditor->population->people;
	int need = 0, hours = 0;
	if (auditor->mentee != mentee) {
		if (auditor->mentee != ENGINE_NONE)
			mark(auditor, false);
		auditor->mentee = mentee;
		auditor->head = -1;
		mark(auditor, true);
	}
	if (!allowed(auditor, mentor, &hours, &need))
		return ENGINE_FORBIDDEN;
	enum line line = line_of(auditor, mentor);
	if (line == LINE_OWN && auditor->head < 0)
		auditor->head = is_head(auditor);
	if (line == LINE_CLOSE || (line == LINE_OWN && !auditor->head))
		return ENGINE_FORBIDDEN;
	return weigh(auditor, &people[mentee], &people[mentor], need, hours);
}
