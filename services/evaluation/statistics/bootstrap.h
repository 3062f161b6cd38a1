/*
 * bootstrap.h - an interval for any statistic, by drawing from the sample again and again (Efron 1979,
 * Annals of Statistics 7:1; percentile interval: Efron and Tibshirani 1993, An Introduction to the
 * Bootstrap, chapter 13). No I/O. The same seed gives the same interval on every machine.
 */
#ifndef UPWARD_EVALUATION_STATISTICS_BOOTSTRAP_H
#define UPWARD_EVALUATION_STATISTICS_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "evaluation/statistics/proportion.h"

/* The statistic of a drawn sample: positions in the original one, repeats included. */
typedef double bootstrap_statistic(const void *data, const size_t *drawn, size_t n);

/* `rounds` samples of n from n. False if n or rounds is 0, or out of memory. */
CHECKED bool bootstrap(bootstrap_statistic *statistic, const void *data, size_t n, size_t rounds,
	uint64_t seed, double level, struct estimate *ret_estimate);

#endif
