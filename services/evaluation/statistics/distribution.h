/*
 * distribution.h - the distributions that intervals and tests need. No I/O.
 *
 * The normal distribution through the C library's erfc(); Student's t through the regularised
 * incomplete beta function, by its continued fraction (Abramowitz and Stegun 1964, 26.5.8 and 26.7.1)
 * evaluated as Thompson and Barnett (1986) do. Quantiles by bisection to the last bit. Relative error
 * below 1e-10 where the result is above 1e-100.
 */
#ifndef UPWARD_EVALUATION_STATISTICS_DISTRIBUTION_H
#define UPWARD_EVALUATION_STATISTICS_DISTRIBUTION_H

#include "base/cleanup.h"

/* P(Z <= x). */
CHECKED double normal_cdf(double x);
/* The x with P(Z <= x) = p, for 0 < p < 1. */
CHECKED double normal_quantile(double p);
/* P(T <= x) with `freedom` > 0 degrees of freedom. */
CHECKED double student_cdf(double x, double freedom);
/* The x with P(T <= x) = p, for 0 < p < 1. */
CHECKED double student_quantile(double p, double freedom);
/* P(X > x) of the chi-squared distribution with one degree of freedom, for x >= 0. */
CHECKED double chi_squared_tail(double x);

#endif
