/*
 * Shortlists chosen as sets.
 *
 * The pair objective (solve.h) adds the scores of pairs, so three mentors who all teach the same are
 * as good as three who teach different things. Here a list is worth, in hundredths of points,
 *
 *	100 base		of each mentor: the score without its parts for need and background
 *	need weight x share	of each want: its best teacher on the list in full, the second and
 *				the third by policy->repeat_share, further ones nothing
 *	backgrounds		what the criterion gives a mentor for one in which they differ from the
 *				mentee counts in full for the first mentor of that background, for the
 *				second and the third by policy->repeat_share
 *	departments		with policy->two_departments: 1000 points for the second department
 *				on the list, 500 for the third, half as much for each further one
 *
 * and the sum over all mentees is maximised under the exposure cap. Three things are fixed first, as
 * in the exact optimum of pairs (first places first): how many places of each mentee are filled, whose
 * list is of one department, and who has mentors by the head-of-tree rule. Value and bound refer to
 * lists of exactly this kind.
 *
 * Method: the prices of the exact pair solution are improved mentee by mentee (method of multipliers);
 * each mentee answers with its best list of candidates at these prices, exact up to three places. Then
 * lists within the cap are built and improved by one place each, by exact assignment. A pass over all
 * allowed pairs proves the bound: sum of (best list at the prices) + sum of (price x places). The gap
 * is small but rarely 0: in small companies with few places there may be no prices that prove the
 * optimum.
 */
#ifndef ENGINE_LISTS_H
#define ENGINE_LISTS_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

/*
 * The shortlists of a round by this objective; pinned pairs are on their lists, and mentors' `shown`
 * counts against the cap. Sets `lists` in the certificate. Returns the same statuses as
 * engine_shortlist: a cancelled run has the best lists so far and their bound.
 */
enum engine_status engine_lists(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

#endif
