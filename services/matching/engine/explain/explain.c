/* "Why": the parts of one pair's score. */
#include "matching/engine/explain/explain.h"

#include "matching/engine/score/criteria.h"

#include <string.h>

static const char *const rule_words[ENGINE_RULE_COUNT] = { "none", "role", "mentor_above",
	"line_distance", "same_manager", "blocked", "junior", "language", "hours", "need" };

const char *engine_rule_word(enum engine_rule rule)
{
	return rule < ENGINE_RULE_COUNT ? rule_words[rule] : "unknown";
}

static void share_interests(const struct engine_population *population, const struct person *mentee,
	const struct person *mentor, struct engine_explanation *explanation)
{
	const uint32_t *left = interests_of(population, mentee);
	const uint32_t *right = interests_of(population, mentor);
	size_t l = 0, r = 0;
	while (l < mentee->interests && r < mentor->interests) {
		if (left[l] == right[r]) {
			explanation->shared_interests[explanation->shared_interest_count++] =
				left[l];
			l++;
			r++;
		} else if (left[l] < right[r]) {
			l++;
		} else {
			r++;
		}
	}
}

static int32_t background(const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor)
{
	uint32_t differing = 0, used = 0;
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++) {
		if (!(policy->declaration_kinds >> k & 1))
			continue;
		uint8_t one = mentee->declarations[k], other = mentor->declarations[k];
		used++;
		differing += one && other && one != other;
	}
	return used ? (int32_t)(differing * (255 / used)) : 0;
}

static void explain_skills(const struct engine_population *population,
	const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, struct engine_explanation *explanation)
{
	struct lift lift;
	criteria_lift(population, mentee, mentor, &lift);
	explanation->criterion[ENGINE_NEED] = (int32_t)lift.share;
	explanation->lifted_count = lift.count;
	memcpy(explanation->lifted, lift.skills, lift.count * sizeof(*lift.skills));
	criteria_lift(population, mentor, mentee, &lift);
	explanation->criterion[ENGINE_EXCHANGE] = (int32_t)criteria_counted(
		lift.steps, policy->ample_exchange);
	explanation->taught_back_count = lift.count;
	memcpy(explanation->taught_back, lift.skills, lift.count * sizeof(*lift.skills));
}

static void explain_criteria(const struct engine_population *population,
	const struct engine_policy *policy, const struct person *mentee,
	const struct person *mentor, struct engine_explanation *explanation)
{
	int32_t *criterion = explanation->criterion;
	explain_skills(population, policy, mentee, mentor, explanation);
	share_interests(population, mentee, mentor, explanation);
	criterion[ENGINE_INTERESTS] = (int32_t)criteria_counted(
		(uint32_t)explanation->shared_interest_count, policy->ample_interests);
	explanation->common_half_hours = (int32_t)criteria_common_half_hours(mentee, mentor);
	criterion[ENGINE_HOURS] = (int32_t)criteria_counted(
		(uint32_t)explanation->common_half_hours, policy->ample_half_hours);
	explanation->level_gap = mentee->level - mentor->level;
	criterion[ENGINE_LEVEL_GAP] = (int32_t)criteria_level_gap(policy, explanation->level_gap);
	criterion[ENGINE_DEPARTMENT] = mentee->department != mentor->department ? 255 : 0;
	criterion[ENGINE_BACKGROUND] = background(policy, mentee, mentor);
	explanation->shared_languages = mentee->languages & mentor->languages;
	explanation->shared_channels = mentee->channels & mentor->channels;
	criterion[ENGINE_CHANNELS] = explanation->shared_channels ? 255 : 0;
}

void engine_explain(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor, struct engine_explanation *ret_explanation)
{
	struct engine_explanation *explanation = ret_explanation;
	int32_t sum = 0;
	memset(explanation, 0, sizeof(*explanation));
	explanation->rule = criteria_first_refusal(population, policy, mentee, mentor);
	explanation->line_steps = (int32_t)criteria_steps_above(population, mentee, mentor);
	explanation->head_of_tree = policy->line_distance == ENGINE_LINE_ANY &&
				    explanation->line_steps &&
				    explanation->rule == ENGINE_RULE_NONE;
	explain_criteria(population, policy, &population->people[mentee],
		&population->people[mentor], explanation);
	for (size_t c = 0; c < ENGINE_CRITERION_COUNT; c++) {
		explanation->part[c] = explanation->criterion[c] * policy->weights[c];
		sum += explanation->part[c];
	}
	explanation->score = explanation->rule == ENGINE_RULE_NONE ? sum : ENGINE_FORBIDDEN;
}

int32_t engine_pair_score(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor)
{
	struct engine_explanation explanation;
	engine_explain(population, policy, mentee, mentor, &explanation);
	return explanation.score;
}
