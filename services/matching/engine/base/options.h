/*
 * Options of a run: the number of threads, the kernel, progress and cancellation.
 */
#ifndef ENGINE_OPTIONS_H
#define ENGINE_OPTIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum engine_simd {
	ENGINE_SIMD_BEST = 0, /* the widest that this processor supports */
	ENGINE_SIMD_PORTABLE,
	ENGINE_SIMD_AVX2,
	ENGINE_SIMD_AVX512,
};

enum engine_mode { ENGINE_MODE_PAIRS = 0, ENGINE_MODE_SHORTLIST, ENGINE_MODE_STABLE };

/* The progress of a run. Called on the calling thread, at most about a hundred times a second. */
struct engine_progress {
	size_t rows_priced; /* mentees compared with everybody, including repeats */
	size_t rows;        /* mentees */
	size_t places_open; /* places not decided yet */
	size_t places;      /* places requested */
};
typedef void engine_progress_fn(void *context, const struct engine_progress *progress);

/* How to run. {0} is valid: two threads, the widest SIMD, no limit, no progress. */
struct engine_options {
	unsigned threads; /* 0 = 2; at most 64 */
	enum engine_simd simd;
	uint64_t seed; /* affects only the order in which a shortlist is shown */
	/* Borrowed, may be null. Noticed within 10 ms; then the result so far is written and the
	 * memory released: milliseconds for 10,000 people a side, up to 0.1 s for 100,000. */
	const atomic_bool *cancel;
	engine_progress_fn *progress; /* may be null */
	void *progress_context;       /* borrowed */
	size_t memory_limit; /* bytes; 0 = none. Compared with the estimate before the run */
	unsigned candidates; /* first candidates per mentee, 0 = default; any value gives the
				optimum */
};

/* True if the run must stop; the flag may be null. A function, so that tests can count the
 * calls. */
bool is_raised(const atomic_bool *cancel);

#endif
