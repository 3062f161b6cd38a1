/*
 * Compares the results of two policies for the same people.
 */
#ifndef ENGINE_COMPARE_H
#define ENGINE_COMPARE_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

/* What each mentee gains or loses from one policy to the other. */
struct engine_change {
	uint32_t mentee;
	int32_t places_before, places_after;
	int64_t score_before, score_after; /* each pair scored under the policy named `measure` */
};

struct engine_comparison {
	struct engine_result before, after;
	struct engine_change *changes; /* mentees who gain or lose, by index; owned */
	size_t change_count;
	size_t gaining, losing;            /* by places, then by score */
	int64_t total_before, total_after; /* both under `measure` */
};

/*
 * Runs both policies on the same people and compares them under `measure` (often one of the two).
 * Returns the same statuses as engine_shortlist; a cancelled comparison leaves nothing.
 */
enum engine_status engine_compare(const struct engine_population *population,
	const struct engine_policy *before, const struct engine_policy *after,
	const struct engine_policy *measure, enum engine_mode mode,
	const struct engine_options *options, struct engine_faults *faults,
	struct engine_comparison *ret_comparison);
void engine_comparison_release(struct engine_comparison *comparison);

#endif
