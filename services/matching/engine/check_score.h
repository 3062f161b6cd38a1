/*
 * The checker's own reading of rules and scores: written apart from criteria.c and the kernels, in
 * the most literal way, so that a mistake would have to be made twice.
 */
#ifndef ENGINE_CHECK_SCORE_H
#define ENGINE_CHECK_SCORE_H

#include "matching/engine/people.h"
#include "matching/engine/policy.h"

struct auditor {
	const struct engine_population *population;
	const struct engine_policy *policy;
	bool *head;   /* by person: without manager, or above more than half of the active people */
	bool *above;  /* by person: stands above the mentee being read */
	bool *barred; /* by person: blocked with the mentee being read */
	uint32_t mentee; /* being read, ENGINE_NONE = nobody yet */
};

/* False without memory. */
bool auditor_init(struct auditor *auditor, const struct engine_population *population,
	const struct engine_policy *policy);
void auditor_release(struct auditor *auditor);

/* Score, or ENGINE_FORBIDDEN. Cheapest when called mentee by mentee. */
int32_t auditor_score(struct auditor *auditor, uint32_t mentee, uint32_t mentor);

#endif
