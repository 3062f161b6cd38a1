#include "evaluation/statistics/survival.h"

#include <math.h>
#include <stdlib.h>

#include "evaluation/statistics/distribution.h"

static int by_days(const void *a, const void *b)
{
	const struct survival_subject *x = a, *y = b;
	return x->days < y->days ? -1 : x->days > y->days;
}

/* The subjects of one day: up to, but not including, `end`; per group how many there are, and how
 * many of them left. */
struct day {
	size_t end, people[2], left[2];
};

static struct day day_of(const struct survival_subject *subjects, size_t count, size_t first)
{
	struct day day = { .end = first };
	for (; day.end < count && subjects[day.end].days == subjects[first].days; day.end++) {
		day.people[subjects[day.end].second]++;
		day.left[subjects[day.end].second] += subjects[day.end].left;
	}
	return day;
}

/* The interval on the scale log(-log S); variance is Greenwood's sum, the variance of log S. */
static struct estimate staying_of(double share, double variance, double z, double last_high)
{
	if (share >= 1)
		return (struct estimate){ 1, 1, 1 };
	if (share <= 0)
		return (struct estimate){ 0, 0, last_high };
	double half = z * sqrt(variance) / -log(share);
	return (struct estimate){ share, pow(share, exp(half)), pow(share, exp(-half)) };
}

size_t survival_curve(struct survival_subject *subjects, size_t count, double level,
	struct survival_point *ret_points)
{
	double share = 1, variance = 0, z = normal_quantile(0.5 + level / 2), high = 1;
	size_t points = 0;
	if (count)
		qsort(subjects, count, sizeof *subjects, by_days);
	for (size_t first = 0; first < count;) {
		struct day day = day_of(subjects, count, first);
		size_t left = day.left[0] + day.left[1], at_risk = count - first;
		if (left) {
			share *= (double)(at_risk - left) / (double)at_risk;
			variance += (double)left / ((double)at_risk * (double)(at_risk - left));
			struct estimate staying = staying_of(share, variance, z, high);
			ret_points[points++] =
				(struct survival_point){ .days = subjects[first].days,
					.at_risk = at_risk,
					.left = left,
					.staying = staying };
			high = staying.high;
		}
		first = day.end;
	}
	return points;
}

struct estimate survival_at(const struct survival_point *points, size_t count, int32_t days)
{
	struct estimate staying = { 1, 1, 1 };
	for (size_t i = 0; i < count && points[i].days <= days; i++)
		staying = points[i].staying;
	return staying;
}

bool survival_compare(
	struct survival_subject *subjects, size_t count, struct survival_difference *ret_difference)
{
	size_t at_risk[2] = { 0, 0 };
	double variance = 0;
	struct survival_difference found = { 0 };
	if (count)
		qsort(subjects, count, sizeof *subjects, by_days);
	for (size_t i = 0; i < count; i++)
		at_risk[subjects[i].second]++;
	for (size_t first = 0; first < count;) {
		struct day day = day_of(subjects, count, first);
		double left = (double)(day.left[0] + day.left[1]);
		double n = (double)(at_risk[0] + at_risk[1]), n0 = (double)at_risk[0];
		for (int group = 0; group < 2; group++) {
			found.observed[group] += day.left[group];
			found.expected[group] += left * (double)at_risk[group] / n;
			at_risk[group] -= day.people[group];
		}
		if (n > 1)
			variance += left * (n0 / n) * (1 - n0 / n) * (n - left) / (n - 1);
		first = day.end;
	}
	if (variance <= 0)
		return false;
	double away = (double)found.observed[0] - found.expected[0];
	found.chi_squared = away * away / variance;
	found.p = chi_squared_tail(found.chi_squared);
	*ret_difference = found;
	return true;
}
