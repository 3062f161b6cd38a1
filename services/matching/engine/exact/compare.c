/* Compares two policies on the same people: who gains, who loses. */
#include "matching/engine/exact/compare.h"

#include "matching/engine/exact/solve.h"
#include "matching/engine/score/score.h"

#include <stdlib.h>

void engine_comparison_release(struct engine_comparison *comparison)
{
	engine_result_release(&comparison->before);
	engine_result_release(&comparison->after);
	free(comparison->changes);
	*comparison = (struct engine_comparison){ 0 };
}

/* The score of one mentee's pairs under the measure; a pair it forbids counts as nothing. */
static int64_t measure_row(const struct engine_population *population,
	const struct engine_policy *measure, const struct engine_result *result,
	const struct engine_outcome *outcome)
{
	int64_t sum = 0;
	for (size_t p = outcome->first; p < (size_t)outcome->first + outcome->count; p++) {
		int32_t score = engine_pair_score(
			population, measure, result->pairs[p].mentee, result->pairs[p].mentor);
		sum += score == ENGINE_FORBIDDEN ? 0 : score;
	}
	return sum;
}

/* Both results have one outcome for each active mentee, in the same order. */
static bool fill_changes(const struct engine_population *population,
	const struct engine_policy *measure, struct engine_comparison *comparison)
{
	const struct engine_result *before = &comparison->before, *after = &comparison->after;
	comparison->changes = calloc(before->outcome_count + 1, sizeof(*comparison->changes));
	if (!comparison->changes)
		return false;
	for (size_t m = 0; m < before->outcome_count; m++) {
		struct engine_change change = {
			.mentee = before->outcomes[m].mentee,
			.places_before = before->outcomes[m].count,
			.places_after = after->outcomes[m].count,
			.score_before = measure_row(
				population, measure, before, &before->outcomes[m]),
			.score_after = measure_row(population, measure, after, &after->outcomes[m]),
		};
		int64_t more = change.places_after - (int64_t)change.places_before;
		if (!more)
			more = change.score_after - change.score_before;
		comparison->total_before += change.score_before;
		comparison->total_after += change.score_after;
		comparison->gaining += more > 0;
		comparison->losing += more < 0;
		if (more)
			comparison->changes[comparison->change_count++] = change;
	}
	return true;
}

enum engine_status engine_compare(const struct engine_population *population,
	const struct engine_policy *before, const struct engine_policy *after,
	const struct engine_policy *measure, enum engine_mode mode,
	const struct engine_options *options, struct engine_faults *faults,
	struct engine_comparison *ret_comparison)
{
	struct engine_comparison comparison = { 0 };
	enum engine_status (*solve)(const struct engine_population *, const struct engine_policy *,
		const struct engine_options *, struct engine_faults *,
		struct engine_result *) = mode == ENGINE_MODE_SHORTLIST ? engine_shortlist
									: engine_pairs;
	enum engine_status status = engine_policy_check(measure, faults);
	if (!status)
		status = solve(population, before, options, faults, &comparison.before);
	if (!status)
		status = solve(population, after, options, faults, &comparison.after);
	if (!status && !fill_changes(population, measure, &comparison))
		status = ENGINE_NO_MEMORY;
	if (status)
		engine_comparison_release(&comparison);
	else
		*ret_comparison = comparison;
	return status;
}
