/* "Why this list": the wants and their teachers. */
#include "matching/engine/explain/list_why.h"

#include "matching/engine/score/score.h"

#include <string.h>

const char *engine_want_word(enum engine_want_state state)
{
	static const char *const words[] = { "covered", "nobody_teaches", "refused", "left" };
	return state <= ENGINE_WANT_LEFT ? words[state] : "unknown";
}

/* The share of one want that the mentor contributes. */
static int32_t share_of(const struct engine_population *population, uint32_t want, uint32_t total,
	const struct person *mentor)
{
	const uint32_t *offers = offers_of(population, mentor);
	for (size_t o = 0; o < mentor->offers; o++) {
		uint32_t level = offer_level(offers[o]);
		if (offer_skill(offers[o]) != want_skill(want))
			continue;
		level = level < want_target(want) ? level : want_target(want);
		return level > want_current(want) ? (int32_t)criteria_need_share(want_weight(want),
							    level - want_current(want), total)
						  : 0;
	}
	return 0;
}

/* Counts everybody who could teach a want, and the rules that refuse them. */
static void count_offering(const struct engine_population *population,
	const struct engine_policy *settled, const struct engine_teachers *teachers,
	uint32_t mentee, size_t w, struct engine_list_want *want)
{
	const struct person *person = &population->people[mentee];
	const uint32_t *wants = wants_of(population, person);
	uint32_t total = criteria_need_total(wants, person->wants);
	struct engine_mentors all = engine_teachers_of(population, teachers, want_skill(wants[w]));
	for (size_t m = 0; m < all.count; m++) {
		uint32_t mentor = all.people[m];
		int32_t share = share_of(population, wants[w], total, &population->people[mentor]);
		if (mentor == mentee || !share)
			continue;
		enum engine_rule rule = criteria_first_refusal(population, settled, mentee, mentor);
		want->offering++;
		if (rule != ENGINE_RULE_NONE) {
			want->refused[rule]++;
			continue;
		}
		want->allowed++;
		want->share_found = share > want->share_found ? share : want->share_found;
	}
}

void engine_list_part(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor,
	struct engine_list_part *ret_part)
{
	const struct person *m = &population->people[mentee], *t = &population->people[mentor];
	const uint32_t *wants = wants_of(population, m);
	uint32_t total = criteria_need_total(wants, m->wants);
	struct measured measured;
	criteria_measure(population, policy, m, t, &measured);
	*ret_part = (struct engine_list_part){ .department = t->department };
	for (size_t c = 0; c < ENGINE_CRITERION_COUNT; c++) {
		int32_t points = measured.criterion[c] * policy->weights[c];
		ret_part->score += points;
		if (c != ENGINE_NEED && c != ENGINE_BACKGROUND)
			ret_part->base += (int64_t)ENGINE_SHARE_FULL * points;
	}
	for (size_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		if (criteria_differ(policy, m, t, k))
			ret_part->background[k] = t->declarations[k];
	ret_part->background_points =
		criteria_background_points(policy) * policy->weights[ENGINE_BACKGROUND];
	for (size_t w = 0; w < m->wants; w++)
		ret_part->share[w] = (uint8_t)share_of(population, wants[w], total, t);
}

/* What the second, third, ... department on a list adds, in hundredths. */
static int64_t department_step(const struct engine_policy *policy, size_t departments)
{
	int64_t step = (int64_t)ENGINE_SECOND_DEPARTMENT * ENGINE_SHARE_FULL;
	return departments && policy->two_departments ? step >> (departments - 1) : 0;
}

static bool is_new_department(
	const struct engine_list_part *list, size_t count, uint32_t department)
{
	for (size_t m = 0; m < count; m++)
		if (list[m].department == department)
			return false;
	return true;
}

static int64_t add_department(const struct engine_policy *policy,
	const struct engine_list_part *list, size_t count, uint32_t department)
{
	size_t different = 0;
	for (size_t m = 0; m < count; m++)
		different += is_new_department(list, m, list[m].department);
	return is_new_department(list, count, department) ? department_step(policy, different) : 0;
}

/* Hundredths that the first, second, third and any further mentor counts of what others bring too. */
struct counted {
	int32_t share[4];
};
static struct counted read_counted(const struct engine_policy *policy)
{
	return (struct counted){
		{ ENGINE_SHARE_FULL, policy->repeat_share[0], policy->repeat_share[1], 0 }
	};
}

/* What one more mentor adds by backgrounds, in hundredths of points. */
static int64_t add_backgrounds(const struct engine_policy *policy,
	const struct engine_list_part *list, size_t count, const struct engine_list_part *more)
{
	const struct counted counted = read_counted(policy);
	int64_t hundredths = 0;
	for (size_t k = 0; k < ENGINE_DECLARATION_KINDS; k++) {
		size_t before = 0;
		if (!more->background[k])
			continue;
		for (size_t m = 0; m < count; m++)
			before += list[m].background[k] == more->background[k];
		hundredths += counted.share[before < 3 ? before : 3];
	}
	return hundredths * more->background_points;
}

/* What one more teacher of a want adds, in hundredths of its share. */
static int32_t add_share(const struct engine_policy *policy, const struct engine_list_part *list,
	size_t count, size_t want, int32_t share)
{
	const struct counted counted = read_counted(policy);
	int32_t best[3] = { 0 }, added = 0;
	for (size_t m = 0; m < count; m++) {
		int32_t carried = list[m].share[want];
		for (size_t b = 0; b < 3; b++) {
			int32_t less = carried < best[b] ? carried : best[b];
			best[b] = carried > best[b] ? carried : best[b];
			carried = less;
		}
	}
	for (size_t b = 0; b < 3 && share; b++) {
		added += share > best[b] ? counted.share[b] * (share - best[b]) : 0;
		share = share > best[b] ? best[b] : share;
	}
	return added;
}

int64_t engine_list_addition(const struct engine_policy *policy,
	const struct engine_list_part *list, size_t count, const struct engine_list_part *more)
{
	int64_t added = 0;
	for (size_t w = 0; w < ENGINE_WANTS_MAX; w++)
		if (more->share[w])
			added += add_share(policy, list, count, w, more->share[w]);
	return more->base + policy->weights[ENGINE_NEED] * added +
	       add_backgrounds(policy, list, count, more) +
	       add_department(policy, list, count, more->department);
}

/* Finds the best teacher on the list; among equals, the one who is best for fewer wants. */
static void find_teacher(const struct engine_list_part *parts, const uint32_t *mentors,
	size_t count, size_t w, uint32_t *there_for, struct engine_list_want *ret_want)
{
	size_t at = count;
	for (size_t m = 0; m < count; m++) {
		int32_t share = parts[m].share[w];
		ret_want->teachers += share != 0;
		if (!share || share < ret_want->share ||
			(share == ret_want->share && there_for[m] >= there_for[at]))
			continue;
		ret_want->share = share;
		ret_want->teacher = mentors[m];
		at = m;
	}
	there_for[at]++;
}

void engine_list_why(const struct engine_population *population, const struct engine_policy *policy,
	const struct engine_teachers *teachers, uint32_t mentee, const uint32_t *mentors,
	size_t count, struct engine_list_why *ret_why)
{
	const struct person *person = &population->people[mentee];
	const uint32_t *wants = wants_of(population, person);
	const struct engine_policy settled = criteria_settle(population, policy, mentee);
	uint32_t total = criteria_need_total(wants, person->wants);
	uint32_t there_for[ENGINE_SHORTLIST_MAX + 1] = { 0 };
	struct engine_list_part parts[ENGINE_SHORTLIST_MAX];
	memset(ret_why, 0, sizeof(*ret_why));
	ret_why->want_count = person->wants;
	for (size_t m = 0; m < count; m++) {
		engine_list_part(population, policy, mentee, mentors[m], &parts[m]);
		ret_why->worth += engine_list_addition(policy, parts, m, &parts[m]);
		ret_why->departments += is_new_department(parts, m, parts[m].department);
	}
	for (size_t w = 0; w < person->wants; w++) {
		struct engine_list_want *want = &ret_why->wants[w];
		want->skill = want_skill(wants[w]);
		want->teacher = ENGINE_NONE;
		want->share_most = (int32_t)criteria_need_share(want_weight(wants[w]),
			want_target(wants[w]) - want_current(wants[w]), total);
		count_offering(population, &settled, teachers, mentee, w, want);
		find_teacher(parts, mentors, count, w, there_for, want);
		want->state = want->share      ? ENGINE_WANT_COVERED
			      : want->allowed  ? ENGINE_WANT_LEFT
			      : want->offering ? ENGINE_WANT_REFUSED
					       : ENGINE_WANT_NOBODY_TEACHES;
		ret_why->covered += want->share != 0;
		ret_why->coverable += want->allowed != 0;
	}
}
