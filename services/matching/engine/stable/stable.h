/*
 * Mentee-optimal stable matching: there are no two people who would both prefer each other to their
 * partners.
 *
 * Everyone ranks the people of the other side: first their stated choices
 * (engine_population_prefer), in order, then everyone else by score, then by the lower index.
 * Without stated choices, people rank by score only. A choice that a hard rule excludes is never
 * used, by either of the two; engine_choices_refused lists it.
 *
 * Mentees propose on lists that are extended on demand over the whole population (deferred
 * acceptance; Gale and Shapley 1962, with capacities and each side's own strict order as in Roth
 * and Sotomayor 1990), so every mentee has the best partners that any stable matching gives. A last
 * pass over all pairs looks for a blocking pair, with the SIMD kernel where both rank by score, one
 * by one where either stated the other: stability is proven, not assumed.
 */
#ifndef ENGINE_STABLE_H
#define ENGINE_STABLE_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

/*
 * Capacities as in engine_pairs; pins are ignored. A pair's rank is its position in the mentee's own
 * order among the mentee's pairs, 1 = best. result->certificate.complete means that the last pass found
 * no blocking pair; there are no prices. Returns the same statuses as engine_shortlist.
 */
enum engine_status engine_stable(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

/* A stated choice that is never used, because a rule refuses it. */
struct engine_refused_choice {
	uint32_t person; /* the person who stated it */
	uint32_t choice;
	uint32_t place;        /* in the person's list, from 1 */
	bool as_mentee;        /* the person is the mentee of the pair, otherwise the mentor */
	enum engine_rule rule; /* the first rule that refuses it */
};

/*
 * The stated choices that the rules do not allow: those of mentees, then those of mentors, each
 * by person and place. One comparison of two people for each choice. Sealed only; the policy must
 * be valid. ret_choices is owned (free), null when the count is 0. ENGINE_OK or ENGINE_NO_MEMORY.
 */
enum engine_status engine_choices_refused(const struct engine_population *population,
	const struct engine_policy *policy, struct engine_refused_choice **ret_choices,
	size_t *ret_count);

#endif
