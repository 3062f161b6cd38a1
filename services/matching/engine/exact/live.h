/*
 * A solved matching that stays exact while individual people change.
 *
 * A change costs milliseconds instead of a run: the prices of the last optimum are kept, the places
 * of the changed person are released, and a few searches restore optimality and its proof.
 */
#ifndef ENGINE_LIVE_H
#define ENGINE_LIVE_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

struct engine_live;

/*
 * Solves (mode PAIRS or SHORTLIST) and keeps the state. Borrows and changes the population; copies
 * the policy. options->cancel and progress are used only for this first run. Returns the same
 * statuses as engine_shortlist, but a cancelled run leaves nothing.
 */
enum engine_status engine_live_new(struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_live **ret_live);
void engine_live_free(struct engine_live *live);

/*
 * Replaces the facts about a person and makes the matching optimal again. Everything may change
 * except the reporting line; a change of manager, or of a person without a role, returns
 * ENGINE_INVALID with ENGINE_FIELD_MANAGER: build and solve again. After ENGINE_INVALID nothing has
 * changed. After ENGINE_NO_MEMORY live may only be freed.
 */
enum engine_status engine_live_replace(struct engine_live *live, uint32_t person,
	const struct engine_person *facts, struct engine_faults *faults);

/* The current result with its certificate; release it with engine_result_release. */
enum engine_status engine_live_result(struct engine_live *live, struct engine_result *ret_result);

#endif
