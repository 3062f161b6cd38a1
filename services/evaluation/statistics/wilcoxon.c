#include "evaluation/statistics/wilcoxon.h"

#include <math.h>
#include <stdlib.h>

#include "evaluation/statistics/distribution.h"

#define SAME 1e-9 /* relative to the largest change */

static int by_size(const void *a, const void *b)
{
	double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
	return x < y ? -1 : x > y;
}

/* Twice the rank of each of the sorted changes: whole numbers. Returns the sum of t^3 - t over ties. */
static double rank_twice(const double *sorted, size_t n, size_t *ranks)
{
	double ties = 0, same = n ? fabs(sorted[n - 1]) * SAME : 0;
	for (size_t first = 0; first < n;) {
		size_t end = first + 1;
		while (end < n && fabs(sorted[end]) - fabs(sorted[end - 1]) <= same)
			end++;
		for (size_t i = first; i < end; i++)
			ranks[i] = first + end + 1;
		double t = (double)(end - first);
		ties += t * t * t - t;
		first = end;
	}
	return ties;
}

/* The probability that the doubled rank sum is `plus` or further from the middle, if all signs are
 * equally likely. */
static double exact_p(const size_t *ranks, size_t n, size_t plus)
{
	double chance[WILCOXON_EXACT_MOST * (WILCOXON_EXACT_MOST + 1) + 1] = { 1 };
	size_t most = n * (n + 1), reached = 0, tail = plus < most - plus ? plus : most - plus;
	for (size_t i = 0; i < n; i++) {
		reached += ranks[i];
		for (size_t s = reached + 1; s-- > 0;)
			chance[s] = (chance[s] + (s >= ranks[i] ? chance[s - ranks[i]] : 0)) / 2;
	}
	double p = 0;
	for (size_t s = 0; s <= tail; s++)
		p += chance[s];
	return fmin(1, 2 * p);
}

static double normal_p(double plus, double n, double ties)
{
	double away = fabs(plus - n * (n + 1) / 4) - 0.5;
	double variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
	return away <= 0 ? 1 : fmin(1, 2 * normal_cdf(-away / sqrt(variance)));
}

/* The changes that are not zero, sorted by size. */
static size_t sort_changes(const double *changes, size_t count, double *sorted)
{
	double largest = 0;
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs(changes[i]));
	for (size_t i = 0; i < count; i++)
		if (fabs(changes[i]) > largest * SAME)
			sorted[n++] = changes[i];
	qsort(sorted, n, sizeof *sorted, by_size);
	return n;
}

bool wilcoxon_signed_rank(const double *changes, size_t count, struct signed_rank *ret_result)
{
	double *sorted = calloc(count + 1, sizeof *sorted);
	size_t *ranks = calloc(count + 1, sizeof *ranks), plus = 0;
	bool done = sorted && ranks;
	if (done) {
		size_t n = sort_changes(changes, count, sorted);
		double ties = rank_twice(sorted, n, ranks);
		for (size_t i = 0; i < n; i++)
			plus += sorted[i] > 0 ? ranks[i] : 0;
		*ret_result = (struct signed_rank){
			.n = n, .plus = (double)plus / 2, .exact = n <= WILCOXON_EXACT_MOST
		};
		ret_result->p = ret_result->exact ? exact_p(ranks, n, plus)
						  : normal_p(ret_result->plus, (double)n, ties);
	}
	free(sorted);
	free(ranks);
	return done;
}
