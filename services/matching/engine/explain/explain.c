/* "Why": the parts of a pair's score. */
#include "matching/engine/explain/explain.h"

#include "matching/engine/score/score.h"

#include <string.h>

static void copy(uint32_t *to, const uint32_t *from, size_t count)
{
	memcpy(to, from, count * sizeof(*to));
}

void engine_explain(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor, struct engine_explanation *ret_explanation)
{
	struct engine_explanation *explanation = ret_explanation;
	const struct person *m = &population->people[mentee], *t = &population->people[mentor];
	struct measured measured;
	int32_t sum = 0;
	criteria_measure(population, policy, m, t, &measured);
	memset(explanation, 0, sizeof(*explanation));
	explanation->rule = criteria_first_refusal(population, policy, mentee, mentor);
	explanation->line_steps = (int32_t)criteria_steps_above(population, mentee, mentor);
	explanation->head_of_tree = policy->line_distance == ENGINE_LINE_ANY &&
				    explanation->line_steps &&
				    explanation->rule == ENGINE_RULE_NONE;
	explanation->level_gap = m->level - t->level;
	explanation->common_half_hours = (int32_t)measured.common_half_hours;
	explanation->shared_languages = m->languages & t->languages;
	explanation->shared_channels = m->channels & t->channels;
	explanation->lifted_count = measured.lifted.count;
	copy(explanation->lifted, measured.lifted.skills, measured.lifted.count);
	explanation->taught_back_count = measured.taught_back.count;
	copy(explanation->taught_back, measured.taught_back.skills, measured.taught_back.count);
	explanation->shared_interest_count = measured.shared_interest_count;
	copy(explanation->shared_interests, measured.shared_interests,
		measured.shared_interest_count);
	for (size_t c = 0; c < ENGINE_CRITERION_COUNT; c++) {
		explanation->criterion[c] = measured.criterion[c];
		explanation->part[c] = measured.criterion[c] * policy->weights[c];
		sum += explanation->part[c];
	}
	explanation->score = explanation->rule == ENGINE_RULE_NONE ? sum : ENGINE_FORBIDDEN;
}
