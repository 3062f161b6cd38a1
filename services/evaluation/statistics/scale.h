/*
 * scale.h - the reliability of a scale of several questions, and p-values of several tests. No I/O.
 */
#ifndef UPWARD_EVALUATION_STATISTICS_SCALE_H
#define UPWARD_EVALUATION_STATISTICS_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

/* Cronbach's alpha (Cronbach 1951, Psychometrika 16:297) of `items` questions that `people` answered;
 * answers[person * items + item]. False with fewer than two people or questions, or if the sums of all
 * people are the same; or out of memory. */
CHECKED bool scale_alpha(const double *answers, size_t people, size_t items, double *ret_alpha);

/* Replaces p-values by those adjusted for their number, in place (Holm 1979, Scandinavian J. of
 * Statistics 6:65): rejecting those at or below 0.05 errs anywhere in at most 5 % of families. False if
 * out of memory. */
CHECKED bool scale_holm(double *p, size_t count);

#endif
