/*
 * Scores of whole rows, by the SIMD kernels that the solvers use.
 *
 * A scorer is the population laid out for the kernels under one policy: mentors in blocks of 128,
 * mentees as short lists of table look-ups. Read-only once made; share it freely.
 */
#ifndef ENGINE_SCORER_H
#define ENGINE_SCORER_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

struct engine_scorer;

/* Lays out. Borrows population and copies the policy. ENGINE_UNSUPPORTED if the width is missing.
 */
enum engine_status engine_scorer_new(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_simd simd,
	struct engine_scorer **ret_scorer);

/*
 * The same on the requested number of threads. A run that is cancelled meanwhile
 * gets a scorer that says so (cut), in which nothing but who stands where holds.
 */
enum engine_status scorer_new(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_scorer **ret_scorer);

void engine_scorer_free(struct engine_scorer *scorer);

/*
 * Scores of one mentee with every person as mentor, by person index: ENGINE_FORBIDDEN where no pair
 * may be. ret_scores has room for engine_population_size() values. False if the person is no active
 * mentee (then all are forbidden).
 */
bool engine_scorer_row(const struct engine_scorer *scorer, uint32_t mentee, int16_t *ret_scores);

/* The widest kernel of this processor, and its word: "portable", "avx2", "avx512". */
enum engine_simd engine_simd_best(void);
const char *engine_simd_word(enum engine_simd simd);

#endif
