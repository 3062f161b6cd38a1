/* The score of one pair. */
#include "matching/engine/score/pair.h"

#include "matching/engine/score/criteria.h"

bool engine_head_of_tree(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee)
{
	return criteria_head_of_tree(population, policy, mentee);
}

enum engine_rule engine_pair_refusal(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor)
{
	return criteria_first_refusal(population, policy, mentee, mentor);
}

int32_t engine_pair_score(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor)
{
	struct measured measured;
	int32_t sum = 0;
	if (criteria_first_refusal(population, policy, mentee, mentor) != ENGINE_RULE_NONE)
		return ENGINE_FORBIDDEN;
	criteria_measure(population, policy, &population->people[mentee],
		&population->people[mentor], &measured);
	for (size_t c = 0; c < ENGINE_CRITERION_COUNT; c++)
		sum += measured.criterion[c] * policy->weights[c];
	return sum;
}
