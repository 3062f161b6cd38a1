#include "evaluation/statistics/scale.h"

#include <math.h>
#include <stdlib.h>

/* The sample variance of the values of `people`, which are `stride` apart. */
static double variance_of(const double *values, size_t people, size_t stride)
{
	double mean = 0, sum = 0;
	for (size_t i = 0; i < people; i++)
		mean += values[i * stride] / (double)people;
	for (size_t i = 0; i < people; i++) {
		double away = values[i * stride] - mean;
		sum += away * away;
	}
	return sum / (double)(people - 1);
}

bool scale_alpha(const double *answers, size_t people, size_t items, double *ret_alpha)
{
	if (people < 2 || items < 2)
		return false;
	double *sums = calloc(people, sizeof *sums), parts = 0;
	if (!sums)
		return false;
	for (size_t i = 0; i < people; i++)
		for (size_t k = 0; k < items; k++)
			sums[i] += answers[i * items + k];
	for (size_t k = 0; k < items; k++)
		parts += variance_of(answers + k, people, items);
	double whole = variance_of(sums, people, 1);
	free(sums);
	if (whole <= 1e-12)
		return false;
	*ret_alpha = (double)items / (double)(items - 1) * (1 - parts / whole);
	return true;
}

static int by_pointed(const void *a, const void *b)
{
	double x = **(double *const *)a, y = **(double *const *)b;
	return x < y ? -1 : x > y;
}

bool scale_holm(double *p, size_t count)
{
	double **order = calloc(count + 1, sizeof *order), least = 0;
	if (!order)
		return false;
	for (size_t i = 0; i < count; i++)
		order[i] = &p[i];
	qsort(order, count, sizeof *order, by_pointed);
	for (size_t i = 0; i < count; i++) {
		least = fmin(1, fmax(least, *order[i] * (double)(count - i)));
		*order[i] = least;
	}
	free(order);
	return true;
}
