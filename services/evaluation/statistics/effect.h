/*
 * effect.h - how much a measure changed between two times, for people measured at both. No I/O.
 *
 * Hedges' g: the mean change in standard deviations of the first measurement, with the exact
 * correction for small samples (Hedges 1981, J. Educational Statistics 6:107). Its interval is normal,
 * with the variance of the standardised mean change with raw score standardisation (Becker 1988,
 * British J. of Mathematical and Statistical Psychology 41:257; Morris 2000, ibid. 53:17):
 * 2 (1 - r) / n + g^2 / (2 n), r the correlation of the two measurements. The interval of the mean
 * change itself is Student's.
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

#endif
