/*
 * metrics.h - counters, gauges and histograms in Prometheus' text format (version 0.0.4).
 *
 * Metrics are registered at start, before threads; a malformed name aborts. A metric lives as long
 * as the registry and is updated without locks. A scrape reads each value at a slightly different
 * moment; a histogram's count is the sum of the buckets it printed. Times are recorded in
 * microseconds and reported in seconds.
 */
#ifndef UPWARD_OPS_METRICS_H
#define UPWARD_OPS_METRICS_H

#include <stdint.h>
#include "base/buf.h"

struct metrics;
struct counter;
struct gauge;
struct histogram;

/* NULL if out of memory; registering then returns NULL too. */
CHECKED struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* labels: `lane="pool",kind="read"` as they will be printed, or NULL. name, help and labels are
 * copied; the first registration of a name gives its help. */
CHECKED struct counter *metrics_counter(
	struct metrics *m, const char *name, const char *help, const char *labels);
CHECKED struct gauge *metrics_gauge(
	struct metrics *m, const char *name, const char *help, const char *labels);
/* Buckets from 250 us to 10 s. */
CHECKED struct histogram *metrics_histogram(
	struct metrics *m, const char *name, const char *help, const char *labels);
/* A value computed at each scrape by read(context), on the scraping thread. */
enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE };
CHECKED bool metrics_sampled(struct metrics *m, enum metrics_kind kind, const char *name,
	const char *help, const char *labels, double (*read)(void *context), void *context);
/* Memory, CPU time, open files and start time of this process. */
CHECKED bool metrics_process(struct metrics *m);

void counter_add(struct counter *c, uint64_t more);
void gauge_set(struct gauge *g, int64_t value);
void gauge_add(struct gauge *g, int64_t more); /* may be negative */
void histogram_observe_us(struct histogram *h, uint64_t microseconds);

/* An operation's requests: upward_requests_total{operation,status="2xx"} and
 * upward_request_seconds{operation}. */
struct operation_metrics {
	struct counter *by_class[5]; /* 1xx ... 5xx */
	struct histogram *seconds;
};
CHECKED bool metrics_operation(
	struct metrics *m, const char *operation, struct operation_metrics *ret_metrics);
void metrics_request(const struct operation_metrics *o, int status, uint64_t microseconds);

void metrics_write(const struct metrics *m, struct buf *out);

#endif
