/*
 * proportion.h - intervals of shares and of differences between shares. No I/O. All hold for small
 * groups too, and never leave 0 to 1 or -1 to 1.
 *
 * One share: Wilson (1927), "Probable inference", J. Am. Stat. Assoc. 22:209, without continuity
 * correction. Two groups: Newcombe (1998), "Interval estimation for the difference between independent
 * proportions", Statistics in Medicine 17:873, method 10. Matched pairs: Newcombe (1998), "Improved
 * confidence intervals for the difference between binomial proportions based on paired data",
 * Statistics in Medicine 17:2635, method 10. Whether two groups differ: Pearson's chi-squared test (1900, Phil.
 * Mag. 50:157), without continuity correction. Their difference as an effect size: Cohen's h (1988, Statistical
 * Power Analysis for the Behavioral Sciences, chapter 6).
 */
#ifndef UPWARD_EVALUATION_STATISTICS_PROPORTION_H
#define UPWARD_EVALUATION_STATISTICS_PROPORTION_H

#include <stddef.h>

/* An estimate with its interval. */
struct estimate {
	double value, low, high;
};

/* The share of `yes` among n > 0. `level` of all intervals: 0.95 for 95 %. */
struct estimate proportion(size_t yes, size_t n, double level);
/* First share less second; n1 and n2 > 0. */
struct estimate proportion_difference(size_t yes1, size_t n1, size_t yes2, size_t n2, double level);
/* The p-value of the difference; 1 if the two are the same. `blur`: a variance that it has beyond that of
 * chance, because the counts are not known exactly. */
double proportion_difference_p(size_t yes1, size_t n1, size_t yes2, size_t n2, double blur);
/* The difference as Cohen's h, by the normal distribution. */
struct estimate proportion_effect(size_t yes1, size_t n1, size_t yes2, size_t n2, double level);
/* An interval made wider on each side by a variance that it does not know of. */
struct estimate estimate_widened(struct estimate estimate, double blur, double level);

/* Matched pairs by what holds for their members; at least one pair. */
struct paired_counts {
	size_t both, only_first, only_second, neither;
};
/* Share of the first members less share of the second. */
struct estimate proportion_paired_difference(struct paired_counts pairs, double level);

#endif
