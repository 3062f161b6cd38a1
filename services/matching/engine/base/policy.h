/*
 * A programme's policy: hard rules, which exclude pairs, and weights, which rank them.
 *
 * Rules that no policy can change: people are never paired with themselves, with an inactive person
 * or with a blocked person; a mentor is never above the mentee in the reporting line, at any depth;
 * a mentee is never fewer than three steps above the mentor; two people with the same manager are
 * never paired.
 *
 * Head-of-tree rule, only with ENGINE_LINE_ANY: a mentee without a manager, or with fewer allowed
 * mentors outside their own line than a shortlist has places, may have mentors three or more steps
 * below, but only for places that would otherwise stay empty.
 *
 * Each criterion of a pair is 0..255; the score is the sum of criterion times weight, so weights
 * sum to at most 128 and a score to at most 32,640.
 */
#ifndef ENGINE_POLICY_H
#define ENGINE_POLICY_H

#include "matching/engine/base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum engine_criterion {
	ENGINE_NEED = 0,  /* share of the mentee's wants that the mentor can lift */
	ENGINE_EXCHANGE,  /* what the mentee can teach back; enough at ample_exchange level steps */
	ENGINE_INTERESTS, /* shared interests; enough at ample_interests */
	ENGINE_HOURS,     /* common half hours a week; enough at ample_half_hours */
	ENGINE_LEVEL_GAP, /* 255 at the ideal gap, falling on both sides, at least 1 */
	ENGINE_DEPARTMENT, /* 255 across departments, 0 within one */
	ENGINE_BACKGROUND, /* declared kinds in which both differ, over the kinds used */
	ENGINE_CHANNELS,   /* 255 if a channel is shared */
	ENGINE_CRITERION_COUNT
};

/* Hard rules, in the order in which a pair is checked; the first one that refuses is counted. */
enum engine_rule {
	ENGINE_RULE_NONE = 0,      /* the pair is allowed */
	ENGINE_RULE_ROLE,          /* same person, inactive, or not on that side */
	ENGINE_RULE_MENTOR_ABOVE,  /* the mentor stands above the mentee */
	ENGINE_RULE_LINE_DISTANCE, /* the mentee stands above the mentor, but too close */
	ENGINE_RULE_SAME_MANAGER,
	ENGINE_RULE_BLOCKED,
	ENGINE_RULE_JUNIOR,     /* level gap or age */
	ENGINE_RULE_DEPARTMENT, /* both are in the same department */
	ENGINE_RULE_COUNTRY,    /* not both in the same known country */
	ENGINE_RULE_LANGUAGE,
	ENGINE_RULE_HOURS,
	ENGINE_RULE_NEED,
	ENGINE_RULE_COUNT
};
const char *engine_rule_word(enum engine_rule rule);

#define ENGINE_WEIGHT_SUM 128
#define ENGINE_WEIGHT_MAX 127
#define ENGINE_LINE_ANY   0 /* the mentee must not be above the mentor, except heads of the tree */
/* how many steps below a head of the tree the nearest mentor may be */
#define ENGINE_LINE_GRANTED  3
#define ENGINE_SHORTLIST_MAX 8
/* Lists as sets (lists.h): the share counted for a want's best teacher, in hundredths, and the
 * points for the second department on a list (half as many for the third, and so on). */
#define ENGINE_SHARE_FULL        100
#define ENGINE_SECOND_DEPARTMENT 1000

enum engine_junior {
	ENGINE_JUNIOR_LEVEL = 0, /* the level gap (mentee minus mentor) is within its bounds */
	ENGINE_JUNIOR_AGE,       /* the mentor's age band is known and below the mentee's */
	ENGINE_JUNIOR_BOTH,
	ENGINE_JUNIOR_EITHER,
	ENGINE_JUNIOR_SKILLS_ONLY, /* neither age nor level counts, in rules or scores */
};

struct engine_policy {
	int32_t weights[ENGINE_CRITERION_COUNT]; /* 0..127 each, sum 1..128 */
	int32_t line_distance; /* ENGINE_LINE_ANY, or the steps (2 or more) that are too close */
	enum engine_junior junior;
	int32_t level_gap_min;      /* 1..32767 */
	int32_t level_gap_max;      /* at least the minimum */
	int32_t level_gap_ideal;    /* 0..32767 */
	int32_t level_gap_fall;     /* criterion points lost per level off the ideal, 0..255 */
	bool shared_language;       /* at least one language in common */
	bool need_covered;          /* the mentor lifts at least one want of the mentee */
	bool other_department;      /* the two are in different departments */
	bool same_country;          /* both are in the same country */
	int32_t common_half_hours;  /* 0..255 at least, per week */
	int32_t ample_half_hours;   /* 1..255, at least common_half_hours */
	int32_t ample_interests;    /* 1..255 */
	int32_t ample_exchange;     /* 1..255 */
	uint32_t declaration_kinds; /* bit set of the kinds that count as background */
	int32_t shortlist_size;     /* 1..8 */
	int32_t exposure_cap; /* shortlists a mentor may be on, 1..255; raised if there are too few
			         places */
	bool two_departments; /* shortlists span two departments where possible; size 3 or more */
	/* Hundredths that count for a want's second and third teacher on a list; 100 or less, the
	 * second at least the third. Used only by lists as sets. */
	int32_t repeat_share[2];
};

/* The built-in default, which an empty policy document stands for. */
void engine_policy_default(struct engine_policy *ret_policy);

/* ENGINE_OK, or ENGINE_INVALID with every fault added to the list. */
enum engine_status engine_policy_check(
	const struct engine_policy *policy, struct engine_faults *faults);

/* "need", "exchange", "interests", "hours", "level_gap", ... Never null. */
const char *engine_criterion_word(enum engine_criterion criterion);

#endif
