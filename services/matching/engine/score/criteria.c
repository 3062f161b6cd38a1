/* Rules and criteria of one pair, in plain arithmetic. */
#include "matching/engine/score/criteria.h"

uint32_t criteria_need_total(const uint32_t *wants, size_t count)
{
	uint32_t total = 0;
	for (size_t i = 0; i < count; i++)
		total += want_weight(wants[i]) * (want_target(wants[i]) - want_current(wants[i]));
	return total;
}

uint32_t criteria_need_share(uint32_t weight, uint32_t steps, uint32_t total)
{
	uint32_t share = 255 * weight * steps / total;
	return steps && !share ? 1 : share;
}

uint32_t criteria_counted(uint32_t count, int32_t ample)
{
	uint32_t points = count * (255u / (uint32_t)ample);
	return points < 255 ? points : 255;
}

static uint32_t steps_lifted(uint32_t want, uint32_t level)
{
	uint32_t reached = level < want_target(want) ? level : want_target(want);
	return reached > want_current(want) ? reached - want_current(want) : 0;
}

void criteria_lift(const struct engine_population *population, const struct person *wanting,
	const struct person *offering, struct lift *ret_lift)
{
	const uint32_t *wants = wants_of(population, wanting);
	const uint32_t *offers = offers_of(population, offering);
	uint32_t total = criteria_need_total(wants, wanting->wants);
	size_t o = 0;
	ret_lift->share = ret_lift->steps = ret_lift->count = 0;
	for (size_t w = 0; w < wanting->wants; w++) {
		uint32_t skill = want_skill(wants[w]);
		while (o < offering->offers && offer_skill(offers[o]) < skill)
			o++;
		if (o == offering->offers)
			break;
		if (offer_skill(offers[o]) != skill)
			continue;
		uint32_t steps = steps_lifted(wants[w], offer_level(offers[o]));
		if (!steps)
			continue;
		ret_lift->skills[ret_lift->count++] = skill;
		ret_lift->steps += steps;
		ret_lift->share += criteria_need_share(want_weight(wants[w]), steps, total);
	}
	if (ret_lift->share > 255)
		ret_lift->share = 255;
}

uint32_t criteria_level_gap(const struct engine_policy *policy, int32_t gap)
{
	if (policy->junior == ENGINE_JUNIOR_SKILLS_ONLY)
		return 0;
	int64_t off = (int64_t)gap - policy->level_gap_ideal;
	int64_t points = 255 - (off < 0 ? -off : off) * policy->level_gap_fall;
	return points < 1 ? 1 : (uint32_t)points;
}

bool criteria_junior(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor)
{
	int32_t gap = mentee->level - mentor->level;
	bool level = gap >= policy->level_gap_min && gap <= policy->level_gap_max;
	bool age = mentor->age_band && mentor->age_band < mentee->age_band;
	switch (policy->junior) {
	case ENGINE_JUNIOR_LEVEL:
		return level;
	case ENGINE_JUNIOR_AGE:
		return age;
	case ENGINE_JUNIOR_BOTH:
		return level && age;
	case ENGINE_JUNIOR_EITHER:
		return level || age;
	case ENGINE_JUNIOR_SKILLS_ONLY:
		break;
	}
	return true;
}

uint32_t criteria_steps_above(
	const struct engine_population *population, uint32_t upper, uint32_t lower)
{
	const struct standing *top = &population->standings[upper];
	const struct standing *low = &population->standings[lower];
	return top->pre < low->pre && low->pre < top->last ? low->depth - top->depth : 0;
}

uint32_t criteria_common_half_hours(const struct person *one, const struct person *other)
{
	uint32_t common = 0;
	for (size_t w = 0; w < ENGINE_HOURS_WORDS; w++)
		common += (uint32_t)__builtin_popcountll(one->hours[w] & other->hours[w]);
	return common;
}

static void share_interests(const struct engine_population *population, const struct person *mentee,
	const struct person *mentor, struct measured *measured)
{
	const uint32_t *left = interests_of(population, mentee);
	const uint32_t *right = interests_of(population, mentor);
	size_t l = 0, r = 0;
	measured->shared_interest_count = 0;
	while (l < mentee->interests && r < mentor->interests) {
		if (left[l] == right[r]) {
			measured->shared_interests[measured->shared_interest_count++] = left[l];
			l++;
			r++;
		} else if (left[l] < right[r]) {
			l++;
		} else {
			r++;
		}
	}
}

bool criteria_differ(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, size_t kind)
{
	uint8_t one = mentee->declarations[kind], other = mentor->declarations[kind];
	return policy->declaration_kinds >> kind & 1 && one && other && one != other;
}

int32_t criteria_background_points(const struct engine_policy *policy)
{
	int32_t used = 0;
	for (size_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		used += policy->declaration_kinds >> k & 1;
	return used ? 255 / used : 0;
}

static int32_t background(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor)
{
	int32_t differing = 0;
	for (size_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		differing += criteria_differ(policy, mentee, mentor, k);
	return differing * criteria_background_points(policy);
}

void criteria_measure(const struct engine_population *population,
	const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, struct measured *ret_measured)
{
	int32_t *criterion = ret_measured->criterion;
	criteria_lift(population, mentee, mentor, &ret_measured->lifted);
	criteria_lift(population, mentor, mentee, &ret_measured->taught_back);
	share_interests(population, mentee, mentor, ret_measured);
	ret_measured->common_half_hours = criteria_common_half_hours(mentee, mentor);
	criterion[ENGINE_NEED] = (int32_t)ret_measured->lifted.share;
	criterion[ENGINE_EXCHANGE] = (int32_t)criteria_counted(
		ret_measured->taught_back.steps, policy->ample_exchange);
	criterion[ENGINE_INTERESTS] = (int32_t)criteria_counted(
		(uint32_t)ret_measured->shared_interest_count, policy->ample_interests);
	criterion[ENGINE_HOURS] = (int32_t)criteria_counted(
		ret_measured->common_half_hours, policy->ample_half_hours);
	criterion[ENGINE_LEVEL_GAP] = (int32_t)criteria_level_gap(
		policy, mentee->level - mentor->level);
	criterion[ENGINE_DEPARTMENT] = mentee->department != mentor->department ? 255 : 0;
	criterion[ENGINE_BACKGROUND] = background(policy, mentee, mentor);
	criterion[ENGINE_CHANNELS] = mentee->channels & mentor->channels ? 255 : 0;
}

static bool refuses_line(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor)
{
	uint32_t steps = criteria_steps_above(population, mentee, mentor);
	if (steps < ENGINE_LINE_GRANTED)
		return steps != 0;
	if (policy->line_distance != ENGINE_LINE_ANY)
		return steps <= (uint32_t)policy->line_distance;
	return !criteria_head_of_tree(population, policy, mentee);
}

/* True if no rule refuses the pair and the mentor is not below the mentee. */
static bool allows_outside(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor)
{
	return !criteria_steps_above(population, mentee, mentor) &&
	       criteria_first_refusal(population, policy, mentee, mentor) == ENGINE_RULE_NONE;
}

bool criteria_head_of_tree(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee)
{
	int32_t outside = 0;
	if (policy->line_distance != ENGINE_LINE_ANY)
		return false;
	if (population->people[mentee].manager == ENGINE_NONE)
		return true;
	for (size_t m = 0; m < population->mentor_count && outside < policy->shortlist_size; m++)
		outside += allows_outside(population, policy, mentee, population->mentors[m]);
	return outside < policy->shortlist_size;
}

struct engine_policy criteria_settle(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee)
{
	struct engine_policy settled = *policy;
	if (policy->line_distance == ENGINE_LINE_ANY)
		settled.line_distance = criteria_head_of_tree(population, policy, mentee)
						? ENGINE_LINE_GRANTED - 1
						: INT32_MAX;
	return settled;
}

static bool refuses_need(const struct engine_population *population, const struct person *mentee,
	const struct person *mentor)
{
	struct lift lift;
	criteria_lift(population, mentee, mentor, &lift);
	return !lift.count;
}

bool criteria_refuses(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_rule rule, uint32_t mentee, uint32_t mentor)
{
	const struct person *m = &population->people[mentee];
	const struct person *t = &population->people[mentor];
	switch (rule) {
	case ENGINE_RULE_ROLE:
		return mentee == mentor || !is_mentee(m) || !is_mentor(t);
	case ENGINE_RULE_MENTOR_ABOVE:
		return criteria_steps_above(population, mentor, mentee) != 0;
	case ENGINE_RULE_LINE_DISTANCE:
		return refuses_line(population, policy, mentee, mentor);
	case ENGINE_RULE_SAME_MANAGER:
		return m->manager != ENGINE_NONE && m->manager == t->manager;
	case ENGINE_RULE_BLOCKED:
		return people_blocked(population, mentee, mentor);
	case ENGINE_RULE_JUNIOR:
		return !criteria_junior(policy, m, t);
	case ENGINE_RULE_DEPARTMENT:
		return policy->other_department && m->department == t->department;
	case ENGINE_RULE_COUNTRY:
		return policy->same_country && (!m->country || m->country != t->country);
	case ENGINE_RULE_LANGUAGE:
		return policy->shared_language && !(m->languages & t->languages);
	case ENGINE_RULE_HOURS:
		return policy->common_half_hours &&
		       criteria_common_half_hours(m, t) < (uint32_t)policy->common_half_hours;
	case ENGINE_RULE_NEED:
		return policy->need_covered && refuses_need(population, m, t);
	case ENGINE_RULE_NONE:
	case ENGINE_RULE_COUNT:
		break;
	}
	return false;
}

enum engine_rule criteria_first_refusal(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor)
{
	for (enum engine_rule rule = ENGINE_RULE_ROLE; rule < ENGINE_RULE_COUNT; rule++)
		if (criteria_refuses(population, policy, rule, mentee, mentor))
			return rule;
	return ENGINE_RULE_NONE;
}
