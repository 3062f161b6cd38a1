#include "evaluation/statistics/bootstrap.h"

#include <stdlib.h>

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 to n - 1, each with the same chance (Lemire 2019: the product's high half). */
static size_t below(uint64_t *state, size_t n)
{
	return (size_t)(((unsigned __int128)next_random(state) * n) >> 64);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Interpolates between neighbours: definition 7 of Hyndman and Fan (1996). */
static double quantile(const double *sorted, size_t n, double p)
{
	double place = p * (double)(n - 1);
	size_t at = (size_t)place;
	double part = place - (double)at;
	return at + 1 < n ? sorted[at] + part * (sorted[at + 1] - sorted[at]) : sorted[at];
}

bool bootstrap(bootstrap_statistic *statistic, const void *data, size_t n, size_t rounds,
	uint64_t seed, double level, struct estimate *ret_estimate)
{
	if (!n || !rounds)
		return false;
	size_t *drawn = calloc(n, sizeof *drawn);
	double *values = calloc(rounds, sizeof *values);
	bool done = drawn && values;
	if (done) {
		for (size_t i = 0; i < n; i++)
			drawn[i] = i;
		double value = statistic(data, drawn, n);
		for (size_t round = 0; round < rounds; round++) {
			for (size_t i = 0; i < n; i++)
				drawn[i] = below(&seed, n);
			values[round] = statistic(data, drawn, n);
		}
		qsort(values, rounds, sizeof *values, by_value);
		*ret_estimate = (struct estimate){ value, quantile(values, rounds, (1 - level) / 2),
			quantile(values, rounds, (1 + level) / 2) };
	}
	free(drawn);
	free(values);
	return done;
}
