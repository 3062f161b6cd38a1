/*
 * Explains a missing mentor, a want that nobody teaches, or a missing mentee: how many people each rule
 * excludes, and the smallest relaxation that yields one.
 */
#ifndef ENGINE_WHY_NOT_H
#define ENGINE_WHY_NOT_H

#include "matching/engine/base/base.h"
#include "matching/engine/explain/teachers.h"
#include "matching/engine/people/population.h"

#define ENGINE_RELAXED_MAX 7 /* rules that can be relaxed at all */

/* One rule, relaxed. */
struct engine_relaxed {
	enum engine_rule rule;
	int32_t from, to; /* the bound now and the nearest that works (steps, gap, half hours), else
			     1, 0 */
	bool upper;       /* JUNIOR: the maximum gap changes, not the minimum */
};

/* A change of policy that would give this person somebody; all of the rules must change. */
struct engine_relaxation {
	/* hours, language, department, country, need, gap, line */
	struct engine_relaxed rules[ENGINE_RELAXED_MAX];
	size_t count;                                    /* 0 = nothing helps */
	uint32_t partner;                                /* the best one it would allow */
	int32_t score; /* of that pair, under the relaxed policy */
	size_t yields; /* people it would allow besides those allowed now */
};

struct engine_why_not {
	size_t people; /* on the other side, without the person */
	size_t allowed;
	size_t refused[ENGINE_RULE_COUNT]; /* each once, by the first rule that refuses */
	size_t touched[ENGINE_RULE_COUNT]; /* by every refusing rule, so sums may exceed the people */
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

/* The same among the mentors who teach some of one want, which is numbered from 0 in the order of the
 * mentee's list. Examines all mentors, or, with `teachers`, those of the want. */
void engine_why_not_want(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_teachers *teachers,
	uint32_t mentee, size_t want, struct engine_why_not *ret_why_not);

/* The same for a mentor among the mentees. The head-of-tree rule keeps its meaning for each mentee while
 * other rules are relaxed; `relaxed` may therefore allow a head of the tree fewer mentors. */
void engine_why_not_mentor(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentor, struct engine_why_not *ret_why_not);

#endif
