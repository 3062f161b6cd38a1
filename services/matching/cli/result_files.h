/*
 * result_files.h - a result as files: see options.c for what each holds.
 *
 * Each function writes one file; on failure it returns false and prints a message to standard
 * error. `directory` must exist.
 */
#ifndef UPWARD_MATCH_RESULT_FILES_H
#define UPWARD_MATCH_RESULT_FILES_H

#include "base/cleanup.h"
#include "matching/engine/engine.h"
#include "matching/cli/options.h"
#include "matching/cli/people.h"
#include "matching/cli/refused_choices.h"

/* Figures of a run, besides its result. */
struct run_figures {
	double seconds, cpu_seconds; /* of solving, from people in memory to the proven result */
	int64_t peak_rss_kib;        /* of the process up to then */
	bool verified;
};

CHECKED bool pairs_write(
	const char *directory, const struct people *people, const struct engine_result *result);
CHECKED bool shortlists_write(
	const char *directory, const struct people *people, const struct engine_result *result);
CHECKED bool unmatched_write(const char *directory, const struct people *people,
	const struct refused_choices *refused, const struct engine_result *result);
CHECKED bool summary_write(const char *directory, const struct options *options,
	const struct people *people, const struct refused_choices *refused,
	const struct engine_result *result, const struct run_figures *figures);

/* Writes all scores, with the policy of the run. END_FILES, END_NO_MEMORY, END_UNSUPPORTED or
 * END_DONE. */
#define SCORES_BYTES_MOST (INT64_C(2) << 30)
CHECKED bool scores_fit(const struct people *people);
CHECKED enum ending scores_write(const char *path, const struct people *people,
	const struct engine_policy *policy, enum engine_simd simd);

const char *reason_word(enum engine_reason reason);

#endif
