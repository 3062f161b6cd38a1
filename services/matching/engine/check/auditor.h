/*
 * The checker's own implementation of rules and scores: written independently of criteria.c and the
 * kernels, and as literally as possible, so that a mistake would have to be made twice.
 */
#ifndef ENGINE_AUDITOR_H
#define ENGINE_AUDITOR_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"

struct auditor {
	const struct engine_population *population;
	const struct engine_policy *policy;
	bool *above;     /* by person: is above the mentee being read */
	bool *barred;    /* by person: blocked with the mentee being read */
	uint32_t mentee; /* the mentee being read, or ENGINE_NONE */
	int head;        /* whether that mentee may have mentors three steps down; -1 = not computed
			    yet */
};

/* False: out of memory. */
bool auditor_init(struct auditor *auditor, const struct engine_population *population,
	const struct engine_policy *policy);
void auditor_release(struct auditor *auditor);

/* The score, or ENGINE_FORBIDDEN. Fastest if called mentee by mentee. */
int32_t auditor_score(struct auditor *auditor, uint32_t mentee, uint32_t mentor);

/* True if an allowed pair is allowed only by the head-of-tree rule. For the mentee asked about
 * last. */
bool auditor_granted(const struct auditor *auditor, uint32_t mentor);

#endif
