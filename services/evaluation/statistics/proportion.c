#include "evaluation/statistics/proportion.h"

#include <math.h>

#include "evaluation/statistics/distribution.h"

static double square(double x)
{
	return x * x;
}

struct estimate proportion(size_t yes, size_t n, double level)
{
	double z = normal_quantile(0.5 + level / 2), size = (double)n, p = (double)yes / size;
	double middle = 2 * (double)yes + z * z, whole = 2 * (size + z * z);
	double half = z * sqrt(z * z + 4 * (double)yes * (1 - p));
	/* exact at the ends, where rounding would leave a residue */
	return (struct estimate){ .value = p,
		.low = yes == 0 ? 0 : (middle - half) / whole,
		.high = yes == n ? 1 : (middle + half) / whole };
}

struct estimate proportion_difference(size_t yes1, size_t n1, size_t yes2, size_t n2, double level)
{
	struct estimate one = proportion(yes1, n1, level), two = proportion(yes2, n2, level);
	double value = one.value - two.value;
	return (struct estimate){ .value = value,
		.low = value - hypot(one.value - one.low, two.high - two.value),
		.high = value + hypot(one.high - one.value, two.value - two.low) };
}

double proportion_difference_p(size_t yes1, size_t n1, size_t yes2, size_t n2, double blur)
{
	double size1 = (double)n1, size2 = (double)n2;
	double all = (double)(yes1 + yes2) / (size1 + size2);
	double difference = (double)yes1 / size1 - (double)yes2 / size2;
	double variance = all * (1 - all) * (1 / size1 + 1 / size2) + blur;
	return variance > 0 ? chi_squared_tail(square(difference) / variance) : 1;
}

struct estimate proportion_effect(size_t yes1, size_t n1, size_t yes2, size_t n2, double level)
{
	double size1 = (double)n1, size2 = (double)n2;
	double h = 2 * asin(sqrt((double)yes1 / size1)) - 2 * asin(sqrt((double)yes2 / size2));
	double half = normal_quantile(0.5 + level / 2) * sqrt(1 / size1 + 1 / size2);
	return (struct estimate){ .value = h, .low = h - half, .high = h + half };
}

struct estimate estimate_widened(struct estimate estimate, double blur, double level)
{
	double more = normal_quantile(0.5 + level / 2) * sqrt(blur);
	return (struct estimate){ .value = estimate.value,
		.low = estimate.value - hypot(estimate.value - estimate.low, more),
		.high = estimate.value + hypot(estimate.high - estimate.value, more) };
}

/* The correlation within pairs, with Newcombe's continuity correction. */
static double pair_correlation(struct paired_counts pairs)
{
	double a = (double)pairs.both, b = (double)pairs.only_first;
	double c = (double)pairs.only_second, d = (double)pairs.neither;
	double whole = (a + b) * (c + d) * (a + c) * (b + d), cross = a * d - b * c;
	if (whole <= 0)
		return 0;
	if (cross > 0)
		cross = fmax(cross - (a + b + c + d) / 2, 0);
	return cross / sqrt(whole);
}

static double correlated(double x, double y, double correlation)
{
	return sqrt(fmax(0, square(x) - 2 * correlation * x * y + square(y)));
}

struct estimate proportion_paired_difference(struct paired_counts pairs, double level)
{
	size_t n = pairs.both + pairs.only_first + pairs.only_second + pairs.neither;
	struct estimate one = proportion(pairs.both + pairs.only_first, n, level);
	struct estimate two = proportion(pairs.both + pairs.only_second, n, level);
	double phi = pair_correlation(pairs), value = one.value - two.value;
	return (struct estimate){ .value = value,
		.low = value - correlated(one.value - one.low, two.high - two.value, phi),
		.high = value + correlated(two.value - two.low, one.high - one.value, phi) };
}
