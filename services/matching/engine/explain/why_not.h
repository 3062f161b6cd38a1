/*
 * Explains a missing mentor: how many mentors each rule excludes, and the smallest relaxation that
 * yields one.
 */
#ifndef ENGINE_WHY_NOT_H
#define ENGINE_WHY_NOT_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

#define ENGINE_RELAXED_MAX 7 /* rules that can be relaxed at all */

/* One rule, relaxed. */
struct engine_relaxed {
	enum engine_rule rule;
	int32_t from, to; /* the bound now and the nearest that works (steps, gap, half hours), else
			     1, 0 */
	bool upper;       /* JUNIOR: the maximum gap changes, not the minimum */
};

/* A change of policy that would give this mentee a mentor; all of the rules must change. */
struct engine_relaxation {
	/* hours, language, department, country, need, gap, line */
	struct engine_relaxed rules[ENGINE_RELAXED_MAX];
	size_t count;                                    /* 0 = nothing helps */
	uint32_t mentor;                                 /* the best mentor it would allow */
	int32_t score; /* of that pair, under the relaxed policy */
	size_t yields; /* mentors it would allow besides those allowed now */
};

struct engine_why_not {
	size_t mentors; /* active mentors other than the mentee */
	size_t allowed;
	size_t refused[ENGINE_RULE_COUNT]; /* per mentor, by the first rule that refuses */
	size_t touched[ENGINE_RULE_COUNT]; /* by every refusing rule, so sums may exceed the mentors */
	struct engine_relaxation smallest; /* among the rules that can be relaxed */
	/* The policy with that relaxation; valid. For a head of the tree it contains the line
	 * distance that the rule implies for this mentee: an additional allowed mentor does not end
	 * the rule. */
	struct engine_policy relaxed;
};

/*
 * Counts, and the smallest relaxation, for one mentee. Roles, a mentor above the mentee,
 * the same manager, blocked pairs and distances below three are never relaxed. "Smallest" means the
 * fewest rules, then the least total change relative to their spans; ties go to the rule named first
 * in hours, language, department, country, need, level gap, line distance, then to the mentor with
 * the lower index.
 */
void engine_why_not(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, struct engine_why_not *ret_why_not);

#endif
