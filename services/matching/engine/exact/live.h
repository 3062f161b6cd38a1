/*
 * A solved matching that is kept exact while single people change, and the comparison of policies.
 *
 * A change costs milliseconds, not a run: the prices of the last optimum stay, the places of the
 * changed person are given back, and a few searches restore optimality and its proof.
 */
#ifndef ENGINE_LIVE_H
#define ENGINE_LIVE_H

#include "matching/engine/exact/solve.h"

struct engine_live;

/*
 * Solves (mode PAIRS or SHORTLIST) and keeps the state. Borrows population for its life and changes
 * it; copies the policy. options->cancel and progress are used for this first run only. Answers
 * like engine_shortlist, but a cancelled run leaves nothing.
 */
enum engine_status engine_live_new(struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_live **ret_live);
void engine_live_free(struct engine_live *live);

/*
 * Puts new facts in a person's place and makes the matching optimal again. Everything may change
 * but the reporting line; a change of manager, or of a person who is on no side, answers
 * ENGINE_INVALID with ENGINE_FIELD_MANAGER: build and solve anew. With ENGINE_INVALID nothing has
 * changed. After ENGINE_NO_MEMORY live may only be freed.
 */
enum engine_status engine_live_replace(struct engine_live *live, uint32_t person,
	const struct engine_person *facts, struct engine_faults *faults);

/* The result as it stands, with its certificate; release it with engine_result_release. */
enum engine_status engine_live_result(struct engine_live *live, struct engine_result *ret_result);

/* What one policy gives each mentee against another. */
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
 * Answers like engine_shortlist; a cancelled comparison leaves nothing.
 */
enum engine_status engine_compare(const struct engine_population *population,
	const struct engine_policy *before, const struct engine_policy *after,
	const struct engine_policy *measure, enum engine_mode mode,
	const struct engine_options *options, struct engine_faults *faults,
	struct engine_comparison *ret_comparison);
void engine_comparison_release(struct engine_comparison *comparison);

#endif
