/*
 * effect.h - how much a measure changed between two times, for people measured at both, and how much it
 * differs between two groups. No I/O.
 *
 * Hedges' g: the mean change in standard deviations of the first measurement, with the exact
 * correction for small samples (Hedges 1981, J. Educational Statistics 6:107). Its interval is normal,
 * with the variance of the standardised mean change with raw score standardisation (Becker 1988,
 * British J. of Mathematical and Statistical Psychology 41:257; Morris 2000, ibid. 53:17):
 * 2 (1 - r) / n + g^2 / (2 n), r the correlation of the two measurements. The interval of the mean
 * change itself is Student's.
 *
 * Of two groups g is the difference in pooled standard deviations, with the same correction; its variance is
 * (n1 + n2) / (n1 n2) + g^2 / (2 (n1 + n2)) (Hedges and Olkin 1985, Statistical Methods for Meta-Analysis,
 * chapter 5). Interval and test of the difference itself: Welch (1947, Biometrika 34:28).
 */
#ifndef UPWARD_EVALUATION_STATISTICS_EFFECT_H
#define UPWARD_EVALUATION_STATISTICS_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"
#include "evaluation/statistics/proportion.h"

struct change {
	struct estimate mean; /* in the units of the measure: after less before */
	struct estimate g;    /* in standard deviations before */
	double correlation;   /* of before and after; 0 where everybody is the same at one time */
};

/* before[i] and after[i] are the same person's. False if there are fewer than three people, or all are
 * the same before: then there is no g. */
CHECKED bool effect_change(const double *before, const double *after, size_t n, double level,
	struct change *ret_change);

/* What is known of a group. */
struct sample {
	size_t n;
	double mean, deviation; /* standard deviation of the sample */
};

struct difference {
	struct estimate mean; /* in the units of the measure: first less second */
	struct estimate g;    /* in standard deviations */
	double p;             /* two-sided */
};

/* `blur`: a variance of the difference beyond that of chance, because the means are rounded. False if one of
 * the groups has fewer than three people, or nobody differs from the others of a group. */
CHECKED bool effect_between(struct sample one, struct sample two, double blur, double level,
	struct difference *ret_difference);

#endif
