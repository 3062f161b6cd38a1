/* Metrics: the text format, exact sums over threads, histograms that a reader can trust. */
#include <pthread.h>

#include "ops/metrics.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

static char *scrape(const struct metrics *m)
{
	struct buf out = BUF_INIT(1 << 20);
	metrics_write(m, &out);
	char *text = buf_take(&out);
	assert_non_null(text);
	return text;
}

/* The figure behind a head such as `x_total{a="b"}`; fails when there is none. */
static double figure(const char *text, const char *head)
{
	size_t len = strlen(head);
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, head, len) == 0 && at[len] == ' ')
			return strtod(at + len, NULL);
	}
	fail_msg("%s is missing in\n%s", head, text);
	return 0;
}

static double seven(void *context)
{
	return 7 + *(int *)context;
}

static void metrics_are_written_by_family(void **state)
{
	static int more = 1;
	struct metrics *m = metrics_new();
	(void)state;
	struct counter *a = metrics_counter(m, "x_total", "Things.", "kind=\"a\"");
	struct gauge *g = metrics_gauge(m, "depth", "Depth.", NULL);
	struct counter *b = metrics_counter(m, "x_total", "Other words.", "kind=\"b\"");
	assert_true(metrics_sampled(m, METRICS_GAUGE, "asked", "Asked.", NULL, seven, &more));
	counter_add(a, 1);
	counter_add(b, 41);
	counter_add(b, 1);
	gauge_set(g, 5);
	gauge_add(g, -8);
	char *text = scrape(m);
	assert_string_equal(text, "# HELP x_total Things.\n# TYPE x_total counter\n"
				  "x_total{kind=\"a\"} 1\nx_total{kind=\"b\"} 42\n"
				  "# HELP depth Depth.\n# TYPE depth gauge\ndepth -3\n"
				  "# HELP asked Asked.\n# TYPE asked gauge\nasked 8\n");
	free(text);
	metrics_free(m);
}

static void histogram_counts_each_time_once(void **state)
{
	static const double edges[] = { 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025,
		0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 };
	struct metrics *m = metrics_new();
	struct histogram *h = metrics_histogram(m, "t_seconds", "Time.", "q=\"1\"");
	struct prng p = { 99 };
	uint64_t below[16] = { 0 }, sum = 0;
	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t us = prng_next(&p) >> (40 + prng_below(&p, 20));
		if (i < 16)
			us = (uint64_t)(edges[i] * 1e6 + 0.5); /* a bound belongs to its bucket */
		histogram_observe_us(h, us);
		sum += us;
		for (int k = 0; k < 16; k++)
			below[k] += (double)us <= edges[k] * 1e6 + 0.01;
	}
	char *text = scrape(m), head[80];
	for (int k = 0; k < 16; k++) {
		snprintf(head, sizeof head, "t_seconds_bucket{q=\"1\",le=\"%g\"}", edges[k]);
		assert_true(figure(text, head) == (double)below[k]);
	}
	assert_true(figure(text, "t_seconds_bucket{q=\"1\",le=\"+Inf\"}") == 20000);
	assert_true(figure(text, "t_seconds_count{q=\"1\"}") == 20000);
	double told = figure(text, "t_seconds_sum{q=\"1\"}");
	assert_true(told > (double)sum / 1e6 - 1e-3 && told < (double)sum / 1e6 + 1e-3);
	free(text);
	metrics_free(m);
}

struct shared_figures {
	struct counter *counter;
	struct operation_metrics operation;
};

static void *count_up(void *context)
{
	struct shared_figures *s = context;
	for (int i = 0; i < 20000; i++) {
		counter_add(s->counter, 2);
		metrics_request(&s->operation, 200 + i % 4 * 100, (uint64_t)i);
	}
	return NULL;
}

static void metrics_lose_nothing_over_threads(void **state)
{
	struct metrics *m = metrics_new();
	struct shared_figures s = { .counter = metrics_counter(m, "n_total", "N.", NULL) };
	pthread_t threads[4];
	(void)state;
	assert_true(metrics_operation(m, "goal_read", &s.operation));
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, &s), 0);
	for (int i = 0; i < 20; i++) /* scraping meanwhile */
		free(scrape(m));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	char *text = scrape(m);
	assert_true(figure(text, "n_total") == 160000);
	assert_true(
		figure(text, "upward_requests_total{operation=\"goal_read\",status=\"1xx\"}") == 0);
	assert_true(figure(text, "upward_requests_total{operation=\"goal_read\",status=\"2xx\"}") ==
		    20000);
	assert_true(figure(text, "upward_requests_total{operation=\"goal_read\",status=\"5xx\"}") ==
		    20000);
	assert_true(figure(text, "upward_request_seconds_count{operation=\"goal_read\"}") == 80000);
	assert_true(
		figure(text,
			"upward_request_seconds_bucket{operation=\"goal_read\",le=\"0.005\"}") ==
		4 * 5001);
	free(text);
	metrics_free(m);
}

static void metrics_count_a_strange_status_as_a_failure(void **state)
{
	struct metrics *m = metrics_new();
	struct operation_metrics o;
	(void)state;
	assert_true(metrics_operation(m, "x", &o));
	metrics_request(&o, 0, 1);
	metrics_request(&o, 999, 1);
	char *text = scrape(m);
	assert_true(figure(text, "upward_requests_total{operation=\"x\",status=\"5xx\"}") == 2);
	free(text);
	metrics_free(m);
}

static void metrics_tell_of_the_process(void **state)
{
	struct metrics *m = metrics_new();
	(void)state;
	assert_true(metrics_process(m));
	char *text = scrape(m);
	assert_true(figure(text, "process_resident_memory_bytes") > 100000);
	assert_true(figure(text, "process_cpu_seconds_total") > 0);
	double files = figure(text, "process_open_fds");
	assert_true(files >= 1 && files < 1000);
	assert_true(figure(text, "process_start_time_seconds") > 1700000000);
	free(text);
	metrics_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_are_written_by_family),
		cmocka_unit_test(histogram_counts_each_time_once),
		cmocka_unit_test(metrics_lose_nothing_over_threads),
		cmocka_unit_test(metrics_count_a_strange_status_as_a_failure),
		cmocka_unit_test(metrics_tell_of_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
