/*
 * "Why": the parts of a pair's score, which sum to it. "Why not": which rule refuses whom, and the
 * smallest relaxation that really yields a mentor.
 */
#ifndef ENGINE_EXPLAIN_H
#define ENGINE_EXPLAIN_H

#include "matching/engine/base/policy.h"
#include "matching/engine/people/population.h"

/* Hard rules, in the order in which a pair is tried; the first that refuses is the one counted. */
enum engine_rule {
	ENGINE_RULE_NONE = 0,      /* the pair is allowed */
	ENGINE_RULE_ROLE,          /* same person, inactive, or not on that side */
	ENGINE_RULE_MENTOR_ABOVE,  /* the mentor stands above the mentee */
	ENGINE_RULE_LINE_DISTANCE, /* the mentee stands above the mentor, too close */
	ENGINE_RULE_SAME_MANAGER,
	ENGINE_RULE_BLOCKED,
	ENGINE_RULE_JUNIOR, /* level gap or age */
	ENGINE_RULE_LANGUAGE,
	ENGINE_RULE_HOURS,
	ENGINE_RULE_NEED,
	ENGINE_RULE_COUNT
};
const char *engine_rule_word(enum engine_rule rule);

struct engine_explanation {
	enum engine_rule rule;                     /* NONE: allowed */
	int32_t score;                             /* sum of parts, ENGINE_FORBIDDEN if refused */
	int32_t criterion[ENGINE_CRITERION_COUNT]; /* 0..255, worked out for refused pairs too */
	int32_t part[ENGINE_CRITERION_COUNT];      /* criterion times weight */
	int32_t level_gap;                         /* mentee minus mentor */
	int32_t line_steps; /* steps the mentee stands above the mentor, 0 = not above */
	bool head_of_tree;  /* allowed by the head-of-tree rule alone (policy.h) */
	int32_t common_half_hours;
	uint64_t shared_languages;
	uint32_t shared_channels;
	size_t lifted_count;      /* wants of the mentee that the mentor lifts */
	uint32_t lifted[32];      /* their skills, in the order of the mentee's list */
	size_t taught_back_count; /* wants of the mentor that the mentee lifts */
	uint32_t taught_back[32];
	size_t shared_interest_count;
	uint32_t shared_interests[64];
};

/* Explains one pair of a sealed population. Indices must be in range; the policy must be valid. */
void engine_explain(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, uint32_t mentor, struct engine_explanation *ret_explanation);

/* True if the head-of-tree rule (policy.h) applies to this mentee. May look at all mentors. */
bool engine_head_of_tree(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee);

/* The score of a pair, or ENGINE_FORBIDDEN: engine_explain without the words. */
int32_t engine_pair_score(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor);

#define ENGINE_RELAXED_MAX 5 /* rules that can be relaxed at all */

/* One rule made milder. */
struct engine_relaxed {
	enum engine_rule rule;
	int32_t from, to; /* the bound now and the nearest that works (steps, gap, half hours), else
			     1, 0 */
	bool upper;       /* JUNIOR: the maximum gap, not the minimum, is what to move */
};

/* A change of policy that would give this mentee somebody: all of the rules together. */
struct engine_relaxation {
	struct engine_relaxed rules[ENGINE_RELAXED_MAX]; /* hours, language, need, gap, line */
	size_t count;                                    /* 0 = nothing helps */
	uint32_t mentor;                                 /* the best mentor it would allow */
	int32_t score; /* of that pair, under the relaxed policy */
	size_t yields; /* mentors it would allow */
};

struct engine_why_not {
	size_t mentors; /* active mentors other than the mentee */
	size_t allowed;
	size_t refused[ENGINE_RULE_COUNT]; /* first refusing rule, per mentor */
	size_t touched[ENGINE_RULE_COUNT]; /* every refusing rule, so sums may exceed the mentors */
	struct engine_relaxation smallest; /* of those that can be relaxed at all */
	/* the policy with that relaxation; valid. Of a head of the tree the line distance that the
	 * rule means for this mentee stands in it: somebody more allowed does not end the rule. */
	struct engine_policy relaxed;
};

/*
 * Counts and the smallest relaxation for one mentee. Rules (a), (c), distances under three, roles
 * and blocked pairs are never relaxed. "Smallest": the fewest rules, then those moved the least
 * against their spans, taken together; ties go to the rules named first in hours, language, need,
 * level gap, line distance, then to the mentor with the lower index.
 */
void engine_why_not(const struct engine_population *population, const struct engine_policy *policy,
	uint32_t mentee, struct engine_why_not *ret_why_not);

#endif
