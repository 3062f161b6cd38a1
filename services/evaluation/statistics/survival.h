/*
 * survival.h - how long people stay, when some are still there at the end of the observation. No I/O.
 *
 * The curve is Kaplan and Meier's (1958, J. Am. Stat. Assoc. 53:457), its variance Greenwood's (1926),
 * its interval on the scale log(-log S), which never leaves 0 to 1 (Kalbfleisch and Prentice 1980, The
 * Statistical Analysis of Failure Time Data, section 1.3). Two groups are compared by the log-rank test
 * (Mantel 1966, Cancer Chemotherapy Reports 50:163; Peto and Peto 1972, J. R. Stat. Soc. A 135:185)
 * with the hypergeometric variance.
 */
#ifndef UPWARD_EVALUATION_STATISTICS_SURVIVAL_H
#define UPWARD_EVALUATION_STATISTICS_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "evaluation/statistics/proportion.h"

struct survival_subject {
	int32_t days; /* how long they were observed */
	bool left; /* left on the last of these days; otherwise still there, or no longer observed */
	bool second; /* the group, for survival_compare() */
};

/* A day on which somebody left. */
struct survival_point {
	int32_t days;
	size_t at_risk, left;
	struct estimate
		staying; /* share still there after the day. While it is 1 the interval is 1 to 1;
				  * at 0 it is 0 to the upper end of the day before */
};

/* The curve, ascending by days; ret_points has room for `count`. A subject lost to observation on a
 * day counts as at risk on it. Sorts the subjects. Returns the number of points. */
CHECKED size_t survival_curve(struct survival_subject *subjects, size_t count, double level,
	struct survival_point *ret_points);
/* The share still there after `days`; with no point so far, 1 (1 to 1). */
CHECKED struct estimate survival_at(
	const struct survival_point *points, size_t count, int32_t days);

struct survival_difference {
	size_t observed[2]; /* how many left, in the first and the second group */
	double expected[2]; /* if leaving did not depend on the group */
	double chi_squared, p;
};

/* Sorts the subjects. False if nothing can be compared: nobody left while both groups were there. */
CHECKED bool survival_compare(struct survival_subject *subjects, size_t count,
	struct survival_difference *ret_difference);

#endif
