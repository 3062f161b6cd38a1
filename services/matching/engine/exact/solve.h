/*
 * Exact matching over every allowed pair.
 *
 * All solvers maximise, in this order: people with a first place, with a second, with a third, ...;
 * (repair) pairs kept; (shortlists) lists that span two departments; and then the total score. The
 * answer comes with prices that prove it: see check.h.
 *
 * Method: successive shortest paths on a small set of candidate pairs, with dual prices that stay
 * feasible for all pairs at all times: a row whose price would fall below the bound proven for its
 * unlisted pairs is priced again over the whole population by a SIMD kernel before the search may
 * pass (column generation; Volgenant 1996, Luebbecke and Desrosiers 2004).
 */
#ifndef ENGINE_SOLVE_H
#define ENGINE_SOLVE_H

#include "matching/engine/base/policy.h"
#include "matching/engine/people/population.h"
#include "matching/engine/base/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum engine_simd {
	ENGINE_SIMD_BEST = 0, /* the widest that this processor has */
	ENGINE_SIMD_PORTABLE,
	ENGINE_SIMD_AVX2,
	ENGINE_SIMD_AVX512,
};

enum engine_mode { ENGINE_MODE_PAIRS = 0, ENGINE_MODE_SHORTLIST, ENGINE_MODE_STABLE };

/* How far a run is. Called on the calling thread, at most about a hundred times a second. */
struct engine_progress {
	size_t rows_priced; /* mentees compared with everybody, repetitions included */
	size_t rows;        /* mentees */
	size_t places_open; /* places still to be decided */
	size_t places;      /* places asked for */
};
typedef void engine_progress_fn(void *context, const struct engine_progress *progress);

/* How to run. {0} is valid: two threads, widest SIMD, no limit, nobody watching. */
struct engine_options {
	unsigned threads; /* 0 = 2; at most 64 */
	enum engine_simd simd;
	uint64_t seed; /* decides nothing but the order in which a shortlist is shown */
	/* Borrowed, may be null. Noticed within 10 ms; what is decided by then is written down and
	 * the memory given back: milliseconds for 10,000 a side, up to 0.1 s for 100,000. */
	const atomic_bool *cancel;
	engine_progress_fn *progress; /* may be null */
	void *progress_context;       /* borrowed */
	size_t memory_limit; /* bytes; 0 = none. Compared with the estimate before the run */
	unsigned candidates; /* first candidates per mentee, 0 = default; any value gives the
				optimum */
};

struct engine_pair {
	uint32_t mentee;
	uint32_t mentor;
	int32_t score;
	uint8_t rank;  /* 1 = best of this mentee's pairs (stable: in its own order) */
	uint8_t shown; /* shortlists: place in which the mentee sees it, 1.., by hash of seed and
			  ids */
	bool pinned;
	bool head_of_tree; /* allowed by the head-of-tree rule alone (policy.h) */
};

/* Why a mentee has fewer places than asked for, or a rule was relaxed. */
enum engine_reason {
	ENGINE_REASON_NONE = 0,
	ENGINE_REASON_CONTENDED,   /* allowed mentors exist, their places went where they count more
				    */
	ENGINE_REASON_FEW_ALLOWED, /* all allowed mentors were given, there are no more */
	ENGINE_REASON_CANCELLED,   /* the run was stopped */
	/* nobody is allowed, and this rule removed the last candidates (order of engine_rule) */
	ENGINE_REASON_NO_MENTORS,
	ENGINE_REASON_TOO_CLOSE,
	ENGINE_REASON_NOT_JUNIOR,
	ENGINE_REASON_BLOCKED,
	ENGINE_REASON_NO_SHARED_LANGUAGE,
	ENGINE_REASON_TOO_FEW_COMMON_HOURS,
	ENGINE_REASON_NO_NEED, /* the mentee states no need at all */
	ENGINE_REASON_NEED_NOT_COVERED,
	ENGINE_REASON_COUNT
};

/* What one mentee got: pairs[first .. first + count). One entry per active mentee, by index. */
struct engine_outcome {
	uint32_t mentee;
	uint32_t first;
	uint16_t count;
	uint16_t wanted;
	enum engine_reason reason; /* set when count < wanted */
	bool one_department;      /* shortlists: two departments were wanted and could not be had */
	bool only_one_department; /* and no allowed mentor stands in another department at all */
	bool head_of_tree;        /* one of the pairs is there by the head-of-tree rule */
};

/*
 * The proof. Prices are dual values: u for a place of a mentee, v >= 0 for a place of a mentor.
 * unit_place is what one rank of places is worth (the penalty of leaving place p of k empty is
 * (k - p + 1) units, k the largest demand), unit_soft what a kept pair or a second department is; a
 * pair by the head-of-tree rule costs ENGINE_GRANT_UNITS of those, so it is taken for places that
 * would stay open and for nothing else.
 * Mentees whose shortlist holds the limit of one department carry a price of their own for it.
 */
struct engine_certificate {
	enum engine_mode mode;
	bool complete; /* gap 0 is claimed */
	bool two_departments;
	int32_t places_max; /* k */
	int64_t unit_place;
	int64_t unit_soft;
	int64_t gap; /* dual minus primal value, INT64_MAX if larger; 0 = proven optimal */
	uint32_t mentee_count;
	uint32_t *mentees; /* persons, ascending */
	int32_t *demand;   /* places asked for, pins included */
	int64_t *mentee_price;
	uint32_t *limit_department; /* department with a price of its own, or ENGINE_NONE - 1 for
				       none */
	int64_t *limit_price;
	uint32_t mentor_count;
	uint32_t *mentors; /* persons, ascending */
	int32_t *capacity; /* places, pins included */
	int64_t *mentor_price;
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
	int32_t exposure_cap; /* shortlists: the cap that was in force */
	struct engine_certificate certificate;
	struct engine_figures figures;
};
void engine_result_release(struct engine_result *result);

/* Bytes a run will need at most, on top of the population. No run is started. */
enum engine_status engine_estimate(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_mode mode, size_t *ret_bytes);

/*
 * The shortlists of a round: for every active mentee policy->shortlist_size mentors, no mentor on
 * more lists than the cap, two departments where possible. faults may be null.
 * ENGINE_OK, or ENGINE_CANCELLED with ret_result set as well; otherwise ret_result is untouched.
 */
enum engine_status engine_shortlist(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

/* The best pairs within the capacities of both sides. Answers like engine_shortlist. */
enum engine_status engine_pairs(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result);

/*
 * A published result after people have changed: as many published pairs as possible are kept among
 * those that fill the most places, then the score decides. Published pairs that are no longer
 * allowed, or name people who are gone, are simply not kept. mode is PAIRS or SHORTLIST.
 */
enum engine_status engine_repair(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, const struct engine_pair *published, size_t published_count,
	struct engine_faults *faults, struct engine_result *ret_result);

#endif
