/*
 * The statistics against R: a small table of what R answers is kept in golden.txt (made by R 4.2.2 and
 * survival 3.5-3 from the first cases); where R is installed it is asked about many more.
 */
#include <math.h>
#include <unistd.h>

#include "evaluation/statistics/distribution.h"
#include "evaluation/statistics/effect.h"
#include "evaluation/statistics/proportion.h"
#include "evaluation/statistics/scale.h"
#include "evaluation/statistics/survival.h"
#include "evaluation/statistics/wilcoxon.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define FOLDER      "tests/unit/statistics/"
#define VALUES_MOST 600
#define GOLDEN      39 /* cases in golden.txt */

struct values {
	size_t n;
	double v[VALUES_MOST];
};

static void put(struct values *values, double value)
{
	assert_in_range(values->n, 0, VALUES_MOST - 1);
	values->v[values->n++] = value;
}

static void put_estimate(struct values *values, struct estimate e)
{
	put(values, e.value);
	put(values, e.low);
	put(values, e.high);
}

static double uniform(struct prng *p)
{
	return ((double)(prng_next(p) >> 11) + 0.5) / 9007199254740992.0;
}

/* ---- a case of each kind: input from the generator, and what we answer ---------------------------- */

static void change(struct prng *p, struct values *in, struct values *out)
{
	struct change found;
	size_t n = 3 + prng_below(p, 30);
	for (size_t i = 0; i < 2 * n; i++)
		put(in, (double)prng_below(p, 21) / 4 + (i < 2 ? (double)i : 0));
	in->v[0] = in->v[1] + 1; /* never all the same */
	in->v[n] = in->v[n + 1] + 1;
	assert_true(effect_change(in->v, in->v + n, n, 0.95, &found));
	put_estimate(out, found.mean);
	put_estimate(out, found.g);
	put(out, found.correlation);
}

static void signed_rank(struct values *in, struct values *out, bool exact)
{
	struct signed_rank found;
	assert_true(wilcoxon_signed_rank(in->v, in->n, &found));
	assert_int_equal(found.exact, exact);
	put(out, found.plus);
	put(out, found.p);
}

static void ties(struct prng *p, struct values *in, struct values *out)
{
	size_t n = 2 + prng_below(p, 10);
	put(in, 1);
	while (in->n < n)
		put(in, (double)prng_below(p, 9) - 4);
	signed_rank(in, out, true);
}

static void exact(struct prng *p, struct values *in, struct values *out)
{
	size_t n = 2 + prng_below(p, 47);
	while (in->n < n)
		put(in, uniform(p) - 0.4);
	signed_rank(in, out, true);
}

static void normal(struct prng *p, struct values *in, struct values *out)
{
	size_t n = 90 + prng_below(p, 60);
	while (in->n < n)
		put(in, (double)prng_below(p, 9) - 3.75);
	signed_rank(in, out, false);
}

static struct survival_subject subjects[200];

static size_t draw_subjects(struct prng *p, struct values *in)
{
	size_t n = 6 + prng_below(p, 60);
	for (size_t i = 0; i < n; i++) {
		subjects[i] = (struct survival_subject){ .days = 1 + (int32_t)prng_below(p, 40),
			.left = i < 2 || prng_below(p, 3) > 0,
			.second = i % 2 };
		put(in, subjects[i].days);
		put(in, subjects[i].left);
		put(in, subjects[i].second);
	}
	return n;
}

static void curve(struct prng *p, struct values *in, struct values *out)
{
	struct survival_point points[200];
	size_t n = survival_curve(subjects, draw_subjects(p, in), 0.95, points);
	for (size_t i = 0; i < n && points[i].staying.value > 0; i++) {
		put(out, points[i].days);
		put(out, (double)points[i].at_risk);
		put(out, (double)points[i].left);
		put_estimate(out, points[i].staying);
	}
}

static void compared(struct prng *p, struct values *in, struct values *out)
{
	struct survival_difference found;
	assert_true(survival_compare(subjects, draw_subjects(p, in), &found));
	for (int group = 0; group < 2; group++)
		put(out, (double)found.observed[group]);
	for (int group = 0; group < 2; group++)
		put(out, found.expected[group]);
	put(out, found.chi_squared);
	put(out, found.p);
}

static void difference(struct prng *p, struct values *in, struct values *out)
{
	size_t n1 = 1 + prng_below(p, 100), n2 = 1 + prng_below(p, 100);
	size_t yes1 = prng_below(p, n1 + 1), yes2 = prng_below(p, n2 + 1);
	put(in, (double)yes1);
	put(in, (double)n1);
	put(in, (double)yes2);
	put(in, (double)n2);
	struct estimate one = proportion(yes1, n1, 0.95);
	put(out, one.low);
	put(out, one.high);
	put_estimate(out, proportion_difference(yes1, n1, yes2, n2, 0.95));
}

static void test(struct prng *p, struct values *in, struct values *out)
{
	size_t n1 = 1 + prng_below(p, 100), n2 = 1 + prng_below(p, 100);
	size_t yes1 = prng_below(p, n1 + 1), yes2 = prng_below(p, n2 + 1);
	put(in, (double)yes1);
	put(in, (double)n1);
	put(in, (double)yes2);
	put(in, (double)n2);
	put(out, proportion_difference_p(yes1, n1, yes2, n2, 0));
	put_estimate(out, proportion_effect(yes1, n1, yes2, n2, 0.95));
}

static struct sample sample_of(const double *values, size_t n)
{
	struct sample s = { .n = n };
	for (size_t i = 0; i < n; i++)
		s.mean += values[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		s.deviation += (values[i] - s.mean) * (values[i] - s.mean) / (double)(n - 1);
	s.deviation = sqrt(s.deviation);
	return s;
}

static void between(struct prng *p, struct values *in, struct values *out)
{
	struct difference found;
	size_t n1 = 3 + prng_below(p, 40), n2 = 3 + prng_below(p, 40);
	put(in, (double)n1);
	for (size_t i = 0; i < n1 + n2; i++)
		put(in, (double)prng_below(p, 21) / 4 + (i < n1 ? uniform(p) : 0));
	assert_true(effect_between(sample_of(in->v + 1, n1), sample_of(in->v + 1 + n1, n2), 0, 0.95,
		&found));
	put_estimate(out, found.mean);
	put_estimate(out, found.g);
	put(out, found.p);
}

static void paired(struct prng *p, struct values *in, struct values *out)
{
	size_t counts[4];
	for (int i = 0; i < 4; i++) {
		counts[i] = prng_below(p, prng_below(p, 2) ? 30 : 4) + (i == 0);
		put(in, (double)counts[i]);
	}
	struct paired_counts pairs = { counts[0], counts[1], counts[2], counts[3] };
	put_estimate(out, proportion_paired_difference(pairs, 0.95));
}

static void alpha(struct prng *p, struct values *in, struct values *out)
{
	size_t items = 2 + prng_below(p, 6), people = 3 + prng_below(p, 30);
	double found = 0;
	put(in, (double)items);
	for (size_t i = 0; i < items * people; i++)
		put(in, (double)(1 + prng_below(p, 5)) + (i == 0 ? 30 : 0));
	assert_true(scale_alpha(in->v + 1, people, items, &found));
	put(out, found);
}

static void holm(struct prng *p, struct values *in, struct values *out)
{
	size_t n = 1 + prng_below(p, 12);
	for (size_t i = 0; i < n; i++) {
		put(in, uniform(p) / 4);
		put(out, in->v[i]);
	}
	assert_true(scale_holm(out->v, n));
}

static void student(struct prng *p, struct values *in, struct values *out)
{
	double freedom = (double)(1 + prng_below(p, prng_below(p, 2) ? 20 : 2000));
	double x = 8 * uniform(p) - 4, chance = uniform(p);
	put(in, x);
	put(in, freedom);
	put(in, chance);
	put(out, student_cdf(x, freedom));
	put(out, student_quantile(chance, freedom));
	put(out, normal_cdf(x));
	put(out, normal_quantile(chance));
}

static const struct kind {
	const char *name;
	void (*run)(struct prng *p, struct values *in, struct values *out);
} kinds[] = { { "change", change }, { "ties", ties }, { "exact", exact }, { "normal", normal },
	{ "curve", curve }, { "compared", compared }, { "difference", difference },
	{ "paired", paired }, { "alpha", alpha }, { "holm", holm }, { "student", student },
	{ "test", test }, { "between", between } };
#define KINDS (sizeof kinds / sizeof *kinds)

/* Case `id` is always the same. */
static const char *run_case(size_t id, struct values *in, struct values *out)
{
	struct prng p = { .state = 1000 + id };
	in->n = out->n = 0;
	kinds[id % KINDS].run(&p, in, out);
	return kinds[id % KINDS].name;
}

/* A line of R's: id and values. */
static void compare_line(char *line)
{
	static struct values in, out;
	char *at = line;
	size_t id = strtoul(line, &at, 10), k = 0;
	const char *name = run_case(id, &in, &out);
	for (char *end; k < out.n; k++, at = end) {
		double r = strtod(at, &end);
		if (end == at || fabs(r - out.v[k]) > 1e-9 + 1e-9 * fabs(r))
			fail_msg("%s, case %zu, value %zu: R says %.15g, we %.15g", name, id, k, r,
				out.v[k]);
	}
	assert_int_equal(strspn(at, " \n"), strlen(at));
}

static size_t compare_file(FILE *file)
{
	static char line[1 << 15];
	size_t cases = 0;
	while (fgets(line, sizeof line, file)) {
		compare_line(line);
		cases++;
	}
	return cases;
}

static void the_table_of_known_answers_is_met(void **state)
{
	(void)state;
	FILE *file = fopen(FOLDER "golden.txt", "r");
	assert_non_null(file);
	assert_int_equal(compare_file(file), GOLDEN);
	(void)fclose(file);
}

static void write_cases(FILE *file, size_t count)
{
	static struct values in, out;
	for (size_t id = 0; id < count; id++) {
		const char *name = run_case(id, &in, &out);
		(void)fprintf(file, "%s %zu %zu", name, id, in.n);
		for (size_t i = 0; i < in.n; i++)
			(void)fprintf(file, " %.17g", in.v[i]);
		(void)fprintf(file, "\n");
	}
}

static void r_says_the_same(void **state)
{
	(void)state;
	size_t count = getenv("UPWARD_LONG") ? 20000 : 1000;
	if (system("Rscript -e 'library(survival)' >/dev/null 2>&1")) {
		print_message("skipped: R (r-base-core, r-cran-survival) is not installed\n");
		skip();
	}
	char path[] = "/tmp/upward-statistics-XXXXXX", command[200];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *file = fdopen(fd, "w");
	assert_non_null(file);
	write_cases(file, count);
	assert_int_equal(fclose(file), 0);
	(void)snprintf(command, sizeof command, "Rscript " FOLDER "oracle.R 2>/dev/null < %s", path);
	FILE *answers = popen(command, "r");
	assert_non_null(answers);
	assert_int_equal(compare_file(answers), count);
	assert_int_equal(pclose(answers), 0);
	(void)unlink(path);
}

/* Newcombe (1998, page 881), Wilson's interval of 1 in 29, and airway hyper-responsiveness before and
 * after a transplantation (Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33:2850). */
static void published_examples_are_met(void **state)
{
	(void)state;
	struct estimate d = proportion_difference(56, 70, 48, 80, 0.95);
	assert_true(fabs(d.low - 0.0524) < 5e-5 && fabs(d.high - 0.3339) < 5e-5);
	struct paired_counts airways = { 1, 1, 7, 12 };
	struct estimate pairs = proportion_paired_difference(airways, 0.95);
	assert_true(fabs(pairs.value + 6 / 21.0) < 1e-12);
	assert_true(fabs(pairs.low + 0.507) < 5e-4 && fabs(pairs.high + 0.026) < 5e-4);
	struct estimate one = proportion(1, 29, 0.95);
	assert_true(fabs(one.low - 0.0061) < 5e-5 && fabs(one.high - 0.1718) < 5e-5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_of_known_answers_is_met),
		cmocka_unit_test(r_says_the_same),
		cmocka_unit_test(published_examples_are_met),
	};
	if (getenv("UPWARD_CASES")) { /* for `UPWARD_CASES=30 test_oracle | Rscript oracle.R > golden.txt` */
		write_cases(stdout, strtoul(getenv("UPWARD_CASES"), NULL, 10));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
