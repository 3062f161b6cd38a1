/* "Why this list": wants and their teachers. */
#include "matching/engine/explain/list_why.h"

#include "matching/engine/score/score.h"

#include <string.h>

const char *engine_want_word(enum engine_want_state state)
{
	static const char *const words[] = { "covered", "nobody_teaches", "refused", "left" };
	return state <= ENGINE_WANT_LEFT ? words[state] : "unknown";
}

/* Share of one want that the mentor brings. */
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

/* Everybody who could teach a want, and what is in the way. */
static void count_offering(const struct engine_population *population,
	const struct engine_policy *settled, uint32_t mentee, uint32_t total,
	struct engine_list_why *why)
{
	const struct person *person = &population->people[mentee];
	const uint32_t *wants = wants_of(population, person);
	for (uint32_t mentor = 0; mentor < population->count; mentor++) {
		enum engine_rule rule = ENGINE_RULE_COUNT; /* not tried yet */
		if (mentor == mentee || !is_mentor(&population->people[mentor]))
			continue;
		for (size_t w = 0; w < why->want_count; w++) {
			struct engine_list_want *want = &why->wants[w];
			int32_t share = share_of(
				population, wants[w], total, &population->people[mentor]);
			if (!share)
				continue;
			if (rule == ENGINE_RULE_COUNT)
				rule = criteria_first_refusal(population, settled, mentee, mentor);
			want->offering++;
			if (rule != ENGINE_RULE_NONE) {
				want->refused[rule]++;
				continue;
			}
			want->allowed++;
			want->share_found = share > want->share_found ? share : want->share_found;
		}
	}
}

/* The best teacher on the list; of equal ones whoever is there for fewer wants. What the want's
 * teachers count together, in hundredths. */
static int32_t find_teacher(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t want, uint32_t total, const uint32_t *mentors,
	size_t count, uint32_t *there_for, struct engine_list_want *ret_want)
{
	int32_t best[3] = { 0 };
	size_t at = count;
	for (size_t m = 0; m < count; m++) {
		int32_t share = share_of(population, want, total, &population->people[mentors[m]]);
		if (!share)
			continue;
		ret_want->teachers++;
		if (share > ret_want->share ||
			(share == ret_want->share && there_for[m] < there_for[at])) {
			ret_want->share = share;
			ret_want->teacher = mentors[m];
			at = m;
		}
		for (size_t b = 0; b < 3; b++) {
			int32_t less = share < best[b] ? share : best[b];
			best[b] = share > best[b] ? share : best[b];
			share = less;
		}
	}
	if (at < count)
		there_for[at]++;
	return ENGINE_SHARE_FULL * best[0] + policy->repeat_share[0] * best[1] +
	       policy->repeat_share[1] * best[2];
}

/* Bases, and departments. */
static void add_mentors(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, const uint32_t *mentors, size_t count,
	struct engine_list_why *why)
{
	int64_t step = (int64_t)ENGINE_SECOND_DEPARTMENT * ENGINE_SHARE_FULL;
	for (size_t m = 0; m < count; m++) {
		struct measured measured;
		bool known = false;
		criteria_measure(population, policy, &population->people[mentee],
			&population->people[mentors[m]], &measured);
		for (size_t c = 0; c < ENGINE_CRITERION_COUNT; c++)
			why->worth += c == ENGINE_NEED
					      ? 0
					      : (int64_t)ENGINE_SHARE_FULL * measured.criterion[c] *
							policy->weights[c];
		for (size_t k = 0; k < m; k++)
			known = known || population->people[mentors[k]].department ==
						 population->people[mentors[m]].department;
		why->departments += !known;
	}
	for (size_t d = 2; d <= why->departments && policy->two_departments; d++, step /= 2)
		why->worth += step;
}

void engine_list_why(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, const uint32_t *mentors, size_t count, struct engine_list_why *ret_why)
{
	const struct person *person = &population->people[mentee];
	const uint32_t *wants = wants_of(population, person);
	const struct engine_policy settled = criteria_settle(population, policy, mentee);
	uint32_t total = criteria_need_total(wants, person->wants);
	uint32_t there_for[ENGINE_SHORTLIST_MAX + 1] = { 0 };
	memset(ret_why, 0, sizeof(*ret_why));
	ret_why->want_count = person->wants;
	count_offering(population, &settled, mentee, total, ret_why);
	add_mentors(population, policy, mentee, mentors, count, ret_why);
	for (size_t w = 0; w < person->wants; w++) {
		struct engine_list_want *want = &ret_why->wants[w];
		want->skill = want_skill(wants[w]);
		want->teacher = ENGINE_NONE;
		want->share_most = (int32_t)criteria_need_share(want_weight(wants[w]),
			want_target(wants[w]) - want_current(wants[w]), total);
		ret_why->worth += (int64_t)policy->weights[ENGINE_NEED] *
				  find_teacher(population, policy, wants[w], total, mentors, count,
					  there_for, want);
		want->state = want->share      ? ENGINE_WANT_COVERED
			      : want->allowed  ? ENGINE_WANT_LEFT
			      : want->offering ? ENGINE_WANT_REFUSED
					       : ENGINE_WANT_NOBODY_TEACHES;
		ret_why->covered += want->share != 0;
		ret_why->coverable += want->allowed != 0;
	}
}
