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
