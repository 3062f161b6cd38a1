/*
 * "Why this list": who is on it for which want, what it leaves open, and why.
 */
#ifndef ENGINE_LIST_WHY_H
#define ENGINE_LIST_WHY_H

#include "matching/engine/base/base.h"
#include "matching/engine/explain/teachers.h"
#include "matching/engine/people/population.h"

/* The state of a want. */
enum engine_want_state {
	ENGINE_WANT_COVERED = 0,    /* somebody on the list teaches it */
	ENGINE_WANT_NOBODY_TEACHES, /* no active mentor offers more than the mentee's current
				       level */
	ENGINE_WANT_REFUSED,        /* all mentors who do are refused by hard rules */
	ENGINE_WANT_LEFT,           /* some are allowed, but other lists need them more, or the
				       chosen mentors contribute more together */
};

struct engine_list_want {
	uint32_t skill;
	enum engine_want_state state;
	uint32_t teacher;                    /* the best teacher on the list, or ENGINE_NONE */
	uint32_t teachers;                   /* on the list */
	int32_t share;                       /* of the need criterion, from that teacher */
	int32_t share_most;                  /* if taught up to its target */
	int32_t share_found;                 /* the most that any allowed mentor teaches */
	uint32_t offering;                   /* active mentors who could teach some of it */
	uint32_t allowed;                    /* of the above */
	uint32_t refused[ENGINE_RULE_COUNT]; /* of the above, by the first rule */
};

struct engine_list_why {
	struct engine_list_want wants[32]; /* in the order of the mentee's list */
	size_t want_count;
	size_t covered;     /* by the list */
	size_t coverable;   /* by any allowed mentor */
	size_t departments; /* on the list */
	int64_t worth;      /* hundredths of points, see lists.h */
};

/* Explains the list of a mentee; mentors may be any `count` people, at most ENGINE_SHORTLIST_MAX.
 * Indices must be in range, the population sealed and the policy valid. Examines all mentors, or, with
 * `teachers`, those of the wants. */
void engine_list_why(const struct engine_population *population, const struct engine_policy *policy,
	const struct engine_teachers *teachers, uint32_t mentee, const uint32_t *mentors,
	size_t count, struct engine_list_why *ret_why);

/* What a mentor contributes to a list of that mentee. */
struct engine_list_part {
	int64_t base;      /* hundredths of points, whatever else is on the list */
	int32_t score;     /* of the pair, in points, if no rule refuses it */
	uint8_t share[32]; /* of the need criterion, by want in the order of the mentee's list */
	uint32_t department;
	/* by kind: what the mentor is, where that differs from the mentee; else 0 */
	uint8_t background[ENGINE_DECLARATION_KINDS];
	int32_t background_points; /* for each of these, as long as nobody else is the same */
};
void engine_list_part(const struct engine_population *population,
	const struct engine_policy *policy, uint32_t mentee, uint32_t mentor,
	struct engine_list_part *ret_part);

/* What `more` would add to a list of `count` mentors, in hundredths of points. */
int64_t engine_list_addition(const struct engine_policy *policy,
	const struct engine_list_part *list, size_t count, const struct engine_list_part *more);

/* "covered", "nobody_teaches", "refused", "left". Never null. */
const char *engine_want_word(enum engine_want_state state);

#endif
