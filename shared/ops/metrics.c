#include "ops/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"

/* Upper bounds of the buckets in microseconds. They are dense around 5 ms and 25 ms: the targets
 * for the 99th percentile, and the pool's timeout. */
static const uint64_t bounds[] = { 250, 500, 1000, 2500, 5000, 7500, 10000, 25000, 50000, 100000,
	250000, 500000, 1000000, 2500000, 5000000, 10000000 };
#define BUCKETS (COUNT(bounds) + 1)

struct counter {
	_Atomic uint64_t value;
};

struct gauge {
	_Atomic int64_t value;
};

struct histogram {
	_Atomic uint64_t buckets[BUCKETS]; /* not cumulative; the last has no bound */
	_Atomic uint64_t sum_us;
};

enum family_kind { COUNTER, GAUGE, HISTOGRAM };

/* One series (for a histogram: several lines). It has cache lines of its own, so that threads that
 * count different things do not slow each other down. */
struct series {
	_Alignas(64) union {
		struct counter counter;
		struct gauge gauge;
		struct histogram histogram;
	};
	struct series *next;
	char *labels; /* owned; "" if there are none */
	double (*read)(void *context);
	void *context;
};

struct family {
	struct family *next;
	char *name, *help; /* owned */
	enum family_kind kind;
	struct series *series, **last;
};

struct metrics {
	struct family *families, **last;
};

struct metrics *metrics_new(void)
{
	struct metrics *m = calloc(1, sizeof *m);
	if (m)
		m->last = &m->families;
	return m;
}

static void free_family(struct family *f)
{
	for (struct series *s = f->series, *next; s; s = next) {
		next = s->next;
		free(s->labels);
		free(s);
	}
	free(f->name);
	free(f->help);
	free(f);
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	for (struct family *f = m->families, *next; f; f = next) {
		next = f->next;
		free_family(f);
	}
	free(m);
}

/* [a-z_][a-z0-9_]* */
static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");
	return len > 0 && name[len] == '\0' && !(name[0] >= '0' && name[0] <= '9');
}

static struct family *find_family(
	struct metrics *m, const char *name, const char *help, enum family_kind kind)
{
	for (struct family *f = m->families; f; f = f->next) {
		if (str_equal(f->name, name)) {
			if (f->kind != kind)
				abort();
			return f;
		}
	}
	if (!is_name(name) || strpbrk(help, "\\\n"))
		abort();
	struct family *f = calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->kind = kind;
	f->last = &f->series;
	f->name = str_copy(name);
	f->help = str_copy(help);
	if (!f->name || !f->help) {
		free_family(f);
		return NULL;
	}
	*m->last = f;
	m->last = &f->next;
	return f;
}

static struct series *add_series(struct metrics *m, const char *name, const char *help,
	const char *labels, enum family_kind kind)
{
	struct family *f = find_family(m, name, help, kind);
	if (!f)
		return NULL;
	struct series *s = aligned_alloc(64, sizeof *s);
	if (!s)
		return NULL;
	memset(s, 0, sizeof *s);
	s->labels = str_copy(labels ? labels : "");
	if (!s->labels) {
		free(s);
		return NULL;
	}
	*f->last = s;
	f->last = &s->next;
	return s;
}

struct counter *metrics_counter(
	struct metrics *m, const char *name, const char *help, const char *labels)
{
	struct series *s = add_series(m, name, help, labels, COUNTER);
	return s ? &s->counter : NULL;
}

struct gauge *metrics_gauge(
	struct metrics *m, const char *name, const char *help, const char *labels)
{
	struct series *s = add_series(m, name, help, labels, GAUGE);
	return s ? &s->gauge : NULL;
}

struct histogram *metrics_histogram(
	struct metrics *m, const char *name, const char *help, const char *labels)
{
	struct series *s = add_series(m, name, help, labels, HISTOGRAM);
	return s ? &s->histogram : NULL;
}

bool metrics_sampled(struct metrics *m, enum metrics_kind kind, const char *name, const char *help,
	const char *labels, double (*read)(void *context), void *context)
{
	struct series *s = add_series(
		m, name, help, labels, kind == METRICS_COUNTER ? COUNTER : GAUGE);
	if (!s)
		return false;
	s->read = read;
	s->context = context;
	return true;
}

void counter_add(struct counter *c, uint64_t more)
{
	atomic_fetch_add_explicit(&c->value, more, memory_order_relaxed);
}

void gauge_set(struct gauge *g, int64_t value)
{
	atomic_store_explicit(&g->value, value, memory_order_relaxed);
}

void gauge_add(struct gauge *g, int64_t more)
{
	atomic_fetch_add_explicit(&g->value, more, memory_order_relaxed);
}

void histogram_observe_us(struct histogram *h, uint64_t microseconds)
{
	size_t i = 0;
	while (i < COUNT(bounds) && microseconds > bounds[i])
		i++;
	atomic_fetch_add_explicit(&h->buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->sum_us, microseconds, memory_order_relaxed);
}

bool metrics_operation(
	struct metrics *m, const char *operation, struct operation_metrics *ret_metrics)
{
	struct operation_metrics o = { 0 };
	char labels[160];
	for (int i = 0; i < 5; i++) {
		snprintf(labels, sizeof labels, "operation=\"%s\",status=\"%dxx\"", operation,
			i + 1);
		o.by_class[i] = metrics_counter(m, "upward_requests_total",
			"Requests answered, by operation and class.", labels);
		if (!o.by_class[i])
			return false;
	}
	snprintf(labels, sizeof labels, "operation=\"%s\"", operation);
	o.seconds = metrics_histogram(
		m, "upward_request_seconds", "Time from the request's head to its answer.", labels);
	if (!o.seconds)
		return false;
	*ret_metrics = o;
	return true;
}

void metrics_request(const struct operation_metrics *o, int status, uint64_t microseconds)
{
	int class = status / 100;
	counter_add(o->by_class[class >= 1 && class <= 5 ? class - 1 : 4], 1);
	histogram_observe_us(o->seconds, microseconds);
}

/* 2500 -> 0.0025, without a locale and without rounding */
static void add_seconds(struct buf *out, uint64_t us)
{
	char decimals[8];
	uint64_t rest = us % 1000000;
	buf_print(out, "%" PRIu64, us / 1000000);
	if (rest == 0)
		return;
	snprintf(decimals, sizeof decimals, "%06" PRIu64, rest);
	for (int end = 5; decimals[end] == '0'; end--)
		decimals[end] = '\0';
	buf_print(out, ".%s", decimals);
}

static void add_head(struct buf *out, const char *name, const char *suffix, const char *labels)
{
	buf_print(out, *labels ? "%s%s{%s} " : "%s%s%s ", name, suffix, labels);
}

static void write_histogram(struct buf *out, const struct family *f, struct series *s)
{
	const char *comma = *s->labels ? "," : "";
	uint64_t count = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		count += atomic_load_explicit(&s->histogram.buckets[i], memory_order_relaxed);
		buf_print(out, "%s_bucket{%s%sle=\"", f->name, s->labels, comma);
		if (i < COUNT(bounds))
			add_seconds(out, bounds[i]);
		else
			buf_text(out, "+Inf");
		buf_print(out, "\"} %" PRIu64 "\n", count);
	}
	add_head(out, f->name, "_sum", s->labels);
	add_seconds(out, atomic_load_explicit(&s->histogram.sum_us, memory_order_relaxed));
	buf_char(out, '\n');
	add_head(out, f->name, "_count", s->labels);
	buf_print(out, "%" PRIu64 "\n", count);
}

static void write_series(struct buf *out, const struct family *f, struct series *s)
{
	if (f->kind == HISTOGRAM) {
		write_histogram(out, f, s);
		return;
	}
	add_head(out, f->name, "", s->labels);
	if (s->read)
		buf_print(out, "%.17g\n", s->read(s->context));
	else if (f->kind == COUNTER)
		buf_print(out, "%" PRIu64 "\n", atomic_load(&s->counter.value));
	else
		buf_print(out, "%" PRId64 "\n", atomic_load(&s->gauge.value));
}

void metrics_write(const struct metrics *m, struct buf *out)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };
	for (const struct family *f = m->families; f; f = f->next) {
		buf_print(out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name,
			kinds[f->kind]);
		for (struct series *s = f->series; s; s = s->next)
			write_series(out, f, s);
	}
}
