/*
 * wilcoxon.h - the signed-rank test: whether changes tend to one side (Wilcoxon 1945, Biometrics
 * Bulletin 1:80). No I/O.
 *
 * Zero changes are left out; tied ones share the mean of their ranks. Up to WILCOXON_EXACT_MOST
 * changes the p-value is exact, ties or not: the distribution of the rank sum over all signs, given the
 * ranks (Pratt and Gibbons 1981, Concepts of Nonparametric Theory, chapter 3). Beyond that the normal
 * distribution is used, with the variance for ties and a continuity correction of 1/2 (Hollander, Wolfe and Chicken 2014,
 * Nonparametric Statistical Methods, chapter 3).
 */
#ifndef UPWARD_EVALUATION_STATISTICS_WILCOXON_H
#define UPWARD_EVALUATION_STATISTICS_WILCOXON_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define WILCOXON_EXACT_MOST 50

struct signed_rank {
	size_t n;    /* changes that are not zero */
	double plus; /* sum of the ranks of positive changes */
	double p;    /* two-sided; 1 if n is 0 */
	bool exact;
};

/* Changes that differ by less than a billionth of the largest count as tied: they come from
 * subtraction. False if out of memory. */
CHECKED bool wilcoxon_signed_rank(
	const double *changes, size_t count, struct signed_rank *ret_result);

#endif
