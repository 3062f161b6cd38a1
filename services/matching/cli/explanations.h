/*
 * explanations.h - writes explanations.jsonl: the reasons behind each pair and each missing mentor.
 */
#ifndef UPWARD_MATCH_EXPLANATIONS_H
#define UPWARD_MATCH_EXPLANATIONS_H

#include "base/cleanup.h"
#include "matching/engine/engine.h"
#include "matching/cli/people.h"
#include "matching/cli/refused_choices.h"

/* False, with a message on standard error, if the file cannot be written. */
CHECKED bool explanations_write(const char *directory, const struct people *people,
	const struct engine_policy *policy, const struct refused_choices *refused,
	const struct engine_result *result);

#endif
