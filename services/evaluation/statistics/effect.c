#include "evaluation/statistics/effect.h"

#include <math.h>

#include "evaluation/statistics/distribution.h"

#define PEOPLE_LEAST 3

/* Sums of squares about the means: before, after, of both, of the change. */
struct spread {
	double before, after, both, change;
};

static double mean_of(const double *values, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

static struct spread spread_of(
	const double *before, const double *after, size_t n, double mean1, double mean2)
{
	struct spread s = { 0 };
	for (size_t i = 0; i < n; i++) {
		double x = before[i] - mean1, y = after[i] - mean2;
		s.before += x * x;
		s.after += y * y;
		s.both += x * y;
		s.change += (y - x) * (y - x);
	}
	return s;
}

/* Hedges' correction: the mean of d is the true effect divided by this. */
static double small_sample(double freedom)
{
	int sign;
	return exp(lgamma_r(freedom / 2, &sign) - lgamma_r((freedom - 1) / 2, &sign)) /
	       sqrt(freedom / 2);
}

bool effect_change(const double *before, const double *after, size_t n, double level,
	struct change *ret_change)
{
	if (n < PEOPLE_LEAST)
		return false;
	double size = (double)n, mean1 = mean_of(before, n), mean2 = mean_of(after, n);
	struct spread s = spread_of(before, after, n, mean1, mean2);
	double scale = fmax(fabs(mean1), 1);
	if (s.before <= size * scale * scale * 1e-24)
		return false;
	double change = mean2 - mean1, deviation = sqrt(s.before / (size - 1));
	double whole = sqrt(s.before) * sqrt(s.after), r = whole > 0 ? s.both / whole : 0;
	double g = small_sample(size - 1) * change / deviation;
	double half_g = normal_quantile(0.5 + level / 2) *
			sqrt(2 * (1 - fmin(r, 1)) / size + g * g / (2 * size));
	double half = student_quantile(0.5 + level / 2, size - 1) *
		      sqrt(s.change / (size - 1) / size);
	*ret_change = (struct change){ .mean = { change, change - half, change + half },
		.g = { g, g - half_g, g + half_g },
		.correlation = r };
	return true;
}

/* Welch's interval and test. */
static void between_means(struct sample one, struct sample two, double blur, double level,
	struct difference *ret_difference)
{
	double size1 = (double)one.n, size2 = (double)two.n;
	double part1 = one.deviation * one.deviation / size1;
	double part2 = two.deviation * two.deviation / size2, variance = part1 + part2;
	double freedom = variance * variance /
			 (part1 * part1 / (size1 - 1) + part2 * part2 / (size2 - 1));
	double value = one.mean - two.mean, error = sqrt(variance + blur);
	double half = student_quantile(0.5 + level / 2, freedom) * error;
	ret_difference->mean = (struct estimate){ value, value - half, value + half };
	ret_difference->p = 2 * student_cdf(-fabs(value) / error, freedom);
}

bool effect_between(struct sample one, struct sample two, double blur, double level,
	struct difference *ret_difference)
{
	if (one.n < PEOPLE_LEAST || two.n < PEOPLE_LEAST ||
		!(one.deviation > 0 || two.deviation > 0))
		return false;
	double size1 = (double)one.n, size2 = (double)two.n, freedom = size1 + size2 - 2;
	double pooled = sqrt(((size1 - 1) * one.deviation * one.deviation +
				     (size2 - 1) * two.deviation * two.deviation) /
			     freedom);
	double g = small_sample(freedom) * (one.mean - two.mean) / pooled;
	double half = normal_quantile(0.5 + level / 2) *
		      sqrt((size1 + size2) / (size1 * size2) + g * g / (2 * (size1 + size2)));
	between_means(one, two, blur, level, ret_difference);
	ret_difference->g = (struct estimate){ g, g - half, g + half };
	return true;
}
