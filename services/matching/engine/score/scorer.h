/*
 * Scores whole rows with the SIMD kernels that the solvers use.
 *
 * 
 *
 * A scorer is the population laid out for the kernels under one policy: mentors in blocks of 128,
 * mentees as short lists of table look-ups. Read-only once created, so it may be shared freely.
 */
#ifndef ENGINE_SCORER_H
#define ENGINE_SCORER_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/population.h"

struct engine_scorer;

/* Lays out the population. Borrows it and copies the policy. ENGINE_UNSUPPORTED if the processor
 * lacks the width. */
enum engine_status engine_scorer_new(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_simd simd,
	struct engine_scorer **ret_scorer);

/*
 * The same on the requested number of threads. If the run is cancelled meanwhile, the scorer is
 * marked (cut), and only the positions of people in it are valid.
 */
enum engine_status scorer_new(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_scorer **ret_scorer);

void engine_scorer_free(struct engine_scorer *scorer);

/*
 * The scores of one mentee with every person as mentor, by person index: ENGINE_FORBIDDEN where a
 * pair is not allowed. ret_scores has room for engine_population_size() values. False if the person
 * is not an active mentee (then all are forbidden).
 */
bool engine_scorer_row(const struct engine_scorer *scorer, uint32_t mentee, int16_t *ret_scores);

/* The widest kernel that this processor supports, and its name: "portable", "avx2", "avx512". */
enum engine_simd engine_simd_best(void);
const char *engine_simd_word(enum engine_simd simd);

#endif
