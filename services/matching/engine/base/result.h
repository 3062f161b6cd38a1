/*
 * The result of a run: the pairs, the outcome for each mentee, and the prices that prove it. The
 * caller releases it.
 */
#ifndef ENGINE_RESULT_H
#define ENGINE_RESULT_H

#include "matching/engine/base/options.h"

struct engine_pair {
	uint32_t mentee;
	uint32_t mentor;
	int32_t score;
	uint8_t rank;  /* 1 = best of this mentee's pairs (stable: in its own order) */
	uint8_t shown; /* shortlists: the position in which the mentee sees it, from 1, by a hash of
		          seed and ids */
	bool pinned;
	bool head_of_tree; /* allowed only by the head-of-tree rule (policy.h) */
};

/* Why a mentee has fewer places than requested, or a rule was relaxed. */
enum engine_reason {
	ENGINE_REASON_NONE = 0,
	ENGINE_REASON_CONTENDED,   /* allowed mentors exist, but their places are worth more
				      elsewhere */
	ENGINE_REASON_FEW_ALLOWED, /* all allowed mentors were assigned */
	ENGINE_REASON_CANCELLED,   /* the run was stopped */
	/* nobody is allowed, and this rule excluded the last candidates (in the order of
	 * engine_rule) */
	ENGINE_REASON_NO_MENTORS,
	ENGINE_REASON_TOO_CLOSE,
	ENGINE_REASON_NOT_JUNIOR,
	ENGINE_REASON_SAME_DEPARTMENT,
	ENGINE_REASON_OTHER_COUNTRY,
	ENGINE_REASON_BLOCKED,
	ENGINE_REASON_NO_SHARED_LANGUAGE,
	ENGINE_REASON_TOO_FEW_COMMON_HOURS,
	ENGINE_REASON_NO_NEED, /* the mentee states no need at all */
	ENGINE_REASON_NEED_NOT_COVERED,
	ENGINE_REASON_COUNT
};

/* What one mentee received: pairs[first .. first + count). One entry per active mentee, by
 * index. */
struct engine_outcome {
	uint32_t mentee;
	uint32_t first;
	uint16_t count;
	uint16_t wanted;
	enum engine_reason reason; /* set when count < wanted */
	bool one_department;       /* shortlists: two departments were wanted but not possible */
	bool only_one_department;  /* and no allowed mentor is in another department at all */
	bool head_of_tree;         /* one of the pairs is allowed only by the head-of-tree rule */
};

/*
 * The proof. Prices are dual values: u for a place of a mentee, v >= 0 for a place of a mentor.
 * unit_place is the value of one rank of places (the penalty of leaving place p of k empty is
 * (k - p + 1) units, k being the largest demand), unit_soft that of a kept pair or a second
 * department. A pair by the head-of-tree rule costs ENGINE_GRANT_UNITS of unit_soft, so that it is
 * taken only for places that would otherwise stay empty. Mentees whose shortlist has reached the limit
 * of one department have a separate price for that department.
 *
 * Lists as sets (lists.h) are proven in hundredths of points: no list of the mentee's kind (demand,
 * granted, one_department) is worth more than mentee_price plus its mentors' prices, without pins;
 * bound is the sum of both sides' prices, and gap is bound less value. complete: the run was not
 * stopped, whatever the gap.
 */
struct engine_certificate {
	enum engine_mode mode;
	bool complete; /* gap 0 is claimed */
	bool lists;    /* shortlists chosen as sets */
	bool two_departments;
	int32_t places_max; /* k */
	int64_t unit_place;
	int64_t unit_soft;
	int64_t gap; /* dual minus primal value, INT64_MAX if larger; 0 = proven optimal */
	uint32_t mentee_count;
	uint32_t *mentees; /* persons, ascending */
	int32_t *demand;   /* places requested, pins included */
	int64_t *mentee_price;
	uint32_t *limit_department; /* department with a price of its own, or ENGINE_NONE - 1 for
				       none */
	int64_t *limit_price;
	uint32_t mentor_count;
	uint32_t *mentors; /* persons, ascending */
	int32_t *capacity; /* places, pins included */
	int64_t *mentor_price;
	int64_t value, bound;     /* lists */
	uint8_t *granted;         /* lists: most pairs by the head-of-tree rule for a mentee */
	bool *one_department;     /* lists: whether the list may be of one department */
	uint32_t kept_count;      /* repair: pairs whose keeping is worth unit_soft */
	struct engine_pair *kept; /* ascending by mentee, mentor */
};
#define ENGINE_NO_LIMIT    (ENGINE_NONE - 1)
#define ENGINE_GRANT_UNITS 2

struct engine_figures {
	size_t rows_priced;
	size_t pairs_scored;
	size_t searches;
	size_t steps;      /* people reached by searches */
	size_t candidates; /* pairs in the sparse graph at the end */
	size_t rounds;
	enum engine_simd simd; /* the width that ran */
};

struct engine_result {
	enum engine_mode mode;
	struct engine_pair *pairs; /* by mentee, then rank; owned like everything below */
	size_t pair_count;
	struct engine_outcome *outcomes;
	size_t outcome_count;
	int64_t total;        /* sum of scores */
	int32_t exposure_cap; /* shortlists: the cap that was applied */
	struct engine_certificate certificate;
	struct engine_figures figures;
};
void engine_result_release(struct engine_result *result);

#endif
