#include "evaluation/statistics/distribution.h"

#include <float.h>
#include <math.h>

#define STEPS_MOST 10000

double normal_cdf(double x)
{
	return 0.5 * erfc(-x / M_SQRT2);
}

double chi_squared_tail(double x)
{
	return erfc(sqrt(x / 2));
}

/* The continued fraction of the incomplete beta function, for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), value = d;
	for (int m = 1; m < STEPS_MOST; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / (1 + even * d);
		c = 1 + even / c;
		value *= c * d;
		d = 1 / (1 + odd * d);
		c = 1 + odd / c;
		value *= c * d;
		if (fabs(c * d - 1) < DBL_EPSILON)
			break;
	}
	return value;
}

/* lgamma() returns the sign in a global variable; this is thread-safe. */
static double log_gamma(double x)
{
	int sign;
	return lgamma_r(x, &sign);
}

/* I_x(a, b). y is 1 - x, passed separately because it may be tiny. */
static double incomplete_beta(double a, double b, double x, double y)
{
	if (x <= 0)
		return 0;
	if (y <= 0)
		return 1;
	double front = exp(
		log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log(y));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, y) / b;
}

double student_cdf(double x, double freedom)
{
	double whole = freedom + x * x;
	double tail = 0.5 * incomplete_beta(freedom / 2, 0.5, freedom / whole, x * x / whole);
	return x > 0 ? 1 - tail : tail;
}

/* The x <= 0 with cdf(x) = p, for p <= 1/2. */
static double bisect(double (*cdf)(double x, double freedom), double freedom, double p)
{
	double low = -1, high = 0;
	while (cdf(low, freedom) > p && low > -1e300)
		low *= 2;
	for (;;) {
		double middle = low + (high - low) / 2;
		if (middle <= low || middle >= high)
			return middle;
		if (cdf(middle, freedom) < p)
			low = middle;
		else
			high = middle;
	}
}

static double normal_of(double x, double freedom)
{
	(void)freedom;
	return normal_cdf(x);
}

double normal_quantile(double p)
{
	return p > 0.5 ? -bisect(normal_of, 0, 1 - p) : bisect(normal_of, 0, p);
}

double student_quantile(double p, double freedom)
{
	return p > 0.5 ? -bisect(student_cdf, freedom, 1 - p) : bisect(student_cdf, freedom, p);
}
