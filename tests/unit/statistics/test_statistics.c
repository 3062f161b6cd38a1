/*
 * The statistics by what must hold of them: properties, a known effect found again, and nothing found
 * where there is nothing, as often as the level says.
 */
#include <math.h>

#include "evaluation/statistics/bootstrap.h"
#include "evaluation/statistics/comparison.h"
#include "evaluation/statistics/distribution.h"
#include "evaluation/statistics/effect.h"
#include "evaluation/statistics/scale.h"
#include "evaluation/statistics/survival.h"
#include "evaluation/statistics/wilcoxon.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

static size_t rounds(size_t few)
{
	return getenv("UPWARD_LONG") ? few * 50 : few;
}

static double uniform(struct prng *p)
{
	return ((double)(prng_next(p) >> 11) + 0.5) / 9007199254740992.0;
}

static double gauss(struct prng *p)
{
	return sqrt(-2 * log(uniform(p))) * cos(2 * M_PI * uniform(p));
}

/* Whether `hits` of n is a rate of p, but for chance: five standard errors, and `slack` for what is only
 * asymptotic. */
static void assert_rate(size_t hits, size_t n, double p, double slack, const char *of)
{
	double rate = (double)hits / (double)n, room = 5 * sqrt(p * (1 - p) / (double)n) + slack;
	if (fabs(rate - p) > room)
		fail_msg("%s: %.4f of %zu, %.4f expected", of, rate, n, p);
}

/* ---- before and after ----------------------------------------------------------------------------- */

/* Before and after with a known effect of `delta` standard deviations and a correlation of 1/2. */
static void draw_change(struct prng *p, double delta, double *before, double *after, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double shared = gauss(p);
		before[i] = 3 + sqrt(0.5) * (shared + gauss(p));
		after[i] = 3 + delta + sqrt(0.5) * (shared + gauss(p));
	}
}

static void a_known_effect_is_recovered(void **state)
{
	(void)state;
	struct prng p = { .state = 1 };
	double before[40], after[40], sum = 0;
	size_t n = rounds(2000), covered = 0, mean_covered = 0;
	for (size_t i = 0; i < n; i++) {
		struct change found;
		draw_change(&p, 0.6, before, after, 40);
		assert_true(effect_change(before, after, 40, 0.95, &found));
		sum += found.g.value;
		covered += found.g.low <= 0.6 && 0.6 <= found.g.high;
		mean_covered += found.mean.low <= 0.6 && 0.6 <= found.mean.high;
	}
	assert_true(fabs(sum / (double)n - 0.6) < 0.02); /* unbiased */
	assert_rate(covered, n, 0.95, 0.015, "g covers");
	assert_rate(mean_covered, n, 0.95, 0, "the mean covers");
}

static void no_effect_is_found_where_there_is_none(void **state)
{
	(void)state;
	struct prng p = { .state = 2 };
	double before[20], after[20], changes[20];
	size_t n = 10000, by_rank = 0, by_mean = 0, by_g = 0;
	for (size_t i = 0; i < n; i++) {
		struct change found;
		struct signed_rank rank;
		draw_change(&p, 0, before, after, 20);
		for (size_t k = 0; k < 20; k++)
			changes[k] = after[k] - before[k];
		assert_true(wilcoxon_signed_rank(changes, 20, &rank));
		assert_true(effect_change(before, after, 20, 0.95, &found));
		by_rank += rank.p <= 0.05;
		by_mean += found.mean.low > 0 || found.mean.high < 0;
		by_g += found.g.low > 0 || found.g.high < 0;
	}
	/* the exact test has whole ranks: 0.0484 is the largest level at or below 0.05 for 20 */
	assert_rate(by_rank, n, 0.0484, 0, "signed rank");
	assert_rate(by_mean, n, 0.05, 0, "mean change");
	assert_rate(by_g, n, 0.05, 0.02, "g");
}

static void change_turns_with_its_sign_and_scale(void **state)
{
	(void)state;
	struct prng p = { .state = 3 };
	double before[12], after[12], other[12];
	for (int i = 0; i < 200; i++) {
		struct change found, mirrored, scaled;
		draw_change(&p, 0.3, before, after, 12);
		assert_true(effect_change(before, after, 12, 0.9, &found));
		for (size_t k = 0; k < 12; k++)
			other[k] = 7 - before[k];
		for (size_t k = 0; k < 12; k++)
			after[k] = 7 - after[k];
		assert_true(effect_change(other, after, 12, 0.9, &mirrored));
		assert_true(fabs(found.g.low + mirrored.g.high) < 1e-9);
		for (size_t k = 0; k < 12; k++) {
			other[k] *= 10;
			after[k] *= 10;
		}
		assert_true(effect_change(other, after, 12, 0.9, &scaled));
		assert_true(fabs(scaled.g.value - mirrored.g.value) < 1e-9);
		assert_true(fabs(scaled.mean.value - 10 * mirrored.mean.value) < 1e-9);
	}
}

static void what_cannot_be_computed_is_refused(void **state)
{
	(void)state;
	const double same[] = { 0.1, 0.1, 0.1, 0.1 }, other[] = { 1, 2, 3, 4 };
	struct change change;
	struct signed_rank rank;
	struct survival_difference difference;
	struct survival_subject subjects[] = { { 5, false, false }, { 5, false, true } };
	struct estimate estimate;
	double alpha;
	assert_false(effect_change(same, other, 4, 0.95, &change));
	assert_false(effect_change(other, same, 2, 0.95, &change));
	assert_true(effect_change(other, same, 4, 0.95, &change));
	assert_true(change.correlation == 0);
	assert_true(wilcoxon_signed_rank(NULL, 0, &rank));
	assert_true(rank.n == 0 && rank.p == 1);
	assert_false(survival_compare(subjects, 2, &difference));
	assert_false(survival_compare(subjects, 0, &difference));
	subjects[0].left = true;
	assert_true(survival_compare(subjects, 2, &difference));
	subjects[1].second = false; /* only one group */
	assert_false(survival_compare(subjects, 2, &difference));
	assert_false(scale_alpha(other, 1, 4, &alpha));
	assert_false(scale_alpha(other, 4, 1, &alpha));
	assert_false(scale_alpha(same, 2, 2, &alpha));
	assert_false(bootstrap(NULL, NULL, 0, 10, 1, 0.95, &estimate));
}

/* Subtraction leaves traces: 0.3 - 0.1 and 0.9 - 0.7 are the same change, and 1.1 - 0.1 - 1 is none. */
static void changes_that_come_from_subtraction_tie(void **state)
{
	(void)state;
	const double traces[] = { 0.3 - 0.1, 0.7 - 0.9, 0.5 - 0.3, 1.1 - 0.1 - 1 };
	const double clean[] = { 2, -2, 2, 0 };
	struct signed_rank one, two;
	assert_true(wilcoxon_signed_rank(traces, 4, &one));
	assert_true(wilcoxon_signed_rank(clean, 4, &two));
	assert_int_equal(one.n, 3);
	assert_true(one.plus == two.plus && one.p == two.p);
}

/* ---- staying -------------------------------------------------------------------------------------- */

/* Leaves with a chance a month; observed for a year at most. */
static void draw_stay(struct prng *p, struct survival_subject *s, double hazard, bool second)
{
	double days = -log(uniform(p)) / hazard * 30;
	*s = (struct survival_subject){
		.days = days < 365 ? 1 + (int32_t)days : 365, .left = days < 365, .second = second
	};
}

static void log_rank_keeps_its_level_and_finds_a_difference(void **state)
{
	(void)state;
	struct prng p = { .state = 4 };
	size_t n = rounds(1500), alike = 0, unlike = 0;
	struct survival_subject subjects[120];
	for (size_t i = 0; i < n; i++) {
		struct survival_difference found;
		for (size_t k = 0; k < 120; k++)
			draw_stay(&p, subjects + k, 0.05, k % 2);
		alike += survival_compare(subjects, 120, &found) && found.p <= 0.05;
		for (size_t k = 0; k < 120; k++)
			draw_stay(&p, subjects + k, k % 2 ? 0.12 : 0.03, k % 2);
		unlike += survival_compare(subjects, 120, &found) && found.p <= 0.05;
	}
	assert_rate(alike, n, 0.05, 0.006, "log-rank of the same");
	assert_true(unlike > n * 95 / 100);
}

static void the_curve_covers_the_true_share(void **state)
{
	(void)state;
	struct prng p = { .state = 5 };
	size_t n = rounds(1500), covered = 0;
	struct survival_subject subjects[80];
	struct survival_point points[80];
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 80; k++)
			draw_stay(&p, subjects + k, 0.05, false);
		size_t count = survival_curve(subjects, 80, 0.95, points);
		struct estimate half = survival_at(points, count, 180);
		covered += half.low <= exp(-0.3) && exp(-0.3) <= half.high;
		for (size_t k = 1; k < count; k++) {
			assert_true(points[k].staying.value < points[k - 1].staying.value);
			assert_true(points[k].staying.low >= 0 && points[k].staying.high <= 1);
		}
	}
	assert_rate(covered, n, 0.95, 0.015, "the curve covers");
}

/* With nobody lost, the curve is the share of those still there. */
static void without_losses_the_curve_is_a_share(void **state)
{
	(void)state;
	struct survival_subject subjects[20];
	struct survival_point points[20];
	for (int32_t i = 0; i < 20; i++)
		subjects[i] = (struct survival_subject){ .days = 20 - i, .left = i > 0 };
	size_t count = survival_curve(subjects, 20, 0.95, points);
	assert_int_equal(count, 19);
	for (int32_t day = 0; day < 20; day++)
		assert_true(
			fabs(survival_at(points, count, day).value - (20 - day) / 20.0) < 1e-12);
	/* the last one leaves too */
	subjects[19].left = true;
	count = survival_curve(subjects, 20, 0.95, points);
	struct estimate none = survival_at(points, count, 99);
	assert_true(none.value == 0 && none.low == 0);
	assert_true(none.high == points[count - 2].staying.high);
}

/* ---- shares --------------------------------------------------------------------------------------- */

static void intervals_of_shares_cover(void **state)
{
	(void)state;
	struct prng p = { .state = 6 };
	size_t n = rounds(3000), one = 0, two = 0, pairs = 0;
	for (size_t i = 0; i < n; i++) {
		size_t x = 0, y = 0;
		struct paired_counts counts = { 0 };
		for (int k = 0; k < 40; k++) {
			bool shared = uniform(&p) < 0.4;
			bool a = shared || uniform(&p) < 0.5, b = shared || uniform(&p) < 0.25;
			x += a;
			y += uniform(&p) < 0.55;
			*(a && b    ? &counts.both
				: a ? &counts.only_first
				: b ? &counts.only_second
				    : &counts.neither) += 1;
		}
		struct estimate share = proportion(x, 40, 0.95);
		struct estimate d = proportion_difference(x, 40, y, 40, 0.95);
		struct estimate paired = proportion_paired_difference(counts, 0.95);
		one += share.low <= 0.7 && 0.7 <= share.high;
		two += d.low <= 0.15 && 0.15 <= d.high;
		pairs += paired.low <= 0.15 && 0.15 <= paired.high;
	}
	assert_rate(one, n, 0.95, 0.02, "Wilson covers");
	assert_rate(two, n, 0.95, 0.02, "Newcombe covers");
	assert_rate(pairs, n, 0.95, 0.02, "Newcombe for pairs covers");
}

static void intervals_of_shares_stay_where_shares_are(void **state)
{
	(void)state;
	for (size_t n = 1; n < 30; n++)
		for (size_t x = 0; x <= n; x++) {
			struct estimate one = proportion(x, n, 0.95);
			struct estimate back = proportion(n - x, n, 0.95);
			assert_true(0 <= one.low && one.low <= one.value);
			assert_true(one.value <= one.high && one.high <= 1);
			assert_true(fabs(one.low - (1 - back.high)) < 1e-12);
			struct estimate none = proportion_difference(x, n, x, n, 0.95);
			assert_true(none.value == 0 && fabs(none.low + none.high) < 1e-12);
			struct paired_counts same = { .both = x, .neither = n - x };
			struct estimate pairs = proportion_paired_difference(same, 0.95);
			assert_true(pairs.value == 0 && pairs.high <= none.high + 1e-12);
		}
}

/* ---- the comparison group ------------------------------------------------------------------------- */

static size_t draw_company(struct prng *p, struct comparison_person *people, size_t most)
{
	size_t count = prng_below(p, most + 1);
	for (size_t i = 0; i < count; i++)
		people[i] = (struct comparison_person){ .level = (int32_t)prng_below(p, 2),
			.department = (int32_t)prng_below(p, 2),
			.tenure_days = (int32_t)prng_below(p, 5000),
			.participant = prng_below(p, 3) == 0 };
	return count;
}

static bool alike(const struct comparison_person *a, const struct comparison_person *b)
{
	return a->level == b->level && a->department == b->department &&
	       comparison_band(a->tenure_days) == comparison_band(b->tenure_days);
}

/* The least sum of differences over all ways to pair as many as possible: by trying all. */
static void try_all(const struct comparison_person *people, size_t count, size_t at, bool *used,
	size_t pairs, long cost, size_t *best_pairs, long *best_cost)
{
	while (at < count && !people[at].participant)
		at++;
	if (at == count) {
		if (pairs > *best_pairs || (pairs == *best_pairs && cost < *best_cost)) {
			*best_pairs = pairs;
			*best_cost = cost;
		}
		return;
	}
	try_all(people, count, at + 1, used, pairs, cost, best_pairs, best_cost);
	for (size_t other = 0; other < count; other++)
		if (!people[other].participant && !used[other] &&
			alike(people + at, people + other)) {
			used[other] = true;
			try_all(people, count, at + 1, used, pairs + 1,
				cost + labs((long)people[at].tenure_days -
					       people[other].tenure_days),
				best_pairs, best_cost);
			used[other] = false;
		}
}

static void the_comparison_is_exact_and_nearest(void **state)
{
	(void)state;
	struct prng p = { .state = 7 };
	struct comparison_person people[14];
	struct comparison_pair pairs[14];
	for (size_t i = 0; i < rounds(1000); i++) {
		size_t count = draw_company(&p, people, 14), found = 0, best_pairs = 0;
		long cost = 0, best_cost = 0;
		bool used[14] = { false }, tried[14] = { false };
		assert_true(comparison_match(people, count, pairs, &found));
		for (size_t k = 0; k < found; k++) {
			const struct comparison_person *a = people + pairs[k].participant;
			const struct comparison_person *b = people + pairs[k].other;
			assert_true(a->participant && !b->participant && alike(a, b));
			assert_false(used[pairs[k].participant] || used[pairs[k].other]);
			used[pairs[k].participant] = used[pairs[k].other] = true;
			cost += labs((long)a->tenure_days - b->tenure_days);
		}
		try_all(people, count, 0, tried, 0, 0, &best_pairs, &best_cost);
		assert_int_equal(found, best_pairs);
		assert_int_equal(cost, best_cost);
	}
}

static void bands_of_service(void **state)
{
	(void)state;
	const int32_t days[] = { -5, 0, 365, 366, 1095, 1096, 2191, 2192, 4017, 4018, 20000 };
	const int bands[] = { 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4 };
	for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
		assert_int_equal(comparison_band(days[i]), bands[i]);
}

/* Participants are more senior and longer in the company; matched, the groups are alike. */
static void matching_balances_what_it_matches(void **state)
{
	(void)state;
	enum { PEOPLE = 3000 };
	static struct comparison_person people[PEOPLE], matched[PEOPLE];
	static struct comparison_pair pairs[PEOPLE];
	struct prng p = { .state = 8 };
	struct comparison_balance before, after;
	size_t count = 0;
	for (size_t i = 0; i < PEOPLE; i++) {
		bool in = prng_below(&p, 10) == 0;
		people[i] = (struct comparison_person){
			.level = (int32_t)(prng_below(&p, 4) + (in && prng_below(&p, 2))),
			.department = (int32_t)prng_below(&p, in ? 3 : 6),
			.tenure_days = (int32_t)(in ? 2000 + prng_below(&p, 3000)
						    : prng_below(&p, 6000)),
			.participant = in
		};
	}
	assert_true(comparison_match(people, PEOPLE, pairs, &count));
	for (size_t k = 0; k < count; k++) {
		matched[2 * k] = people[pairs[k].participant];
		matched[2 * k + 1] = people[pairs[k].other];
	}
	assert_true(comparison_balance_of(people, PEOPLE, &before));
	assert_true(comparison_balance_of(matched, 2 * count, &after));
	assert_true(before.level > 0.2 && before.tenure > 0.1 && before.department > 0.3);
	assert_true(fabs(after.level) < 1e-12 && after.department < 1e-12);
	assert_true(fabs(after.tenure) < 0.1 && fabs(after.tenure) < before.tenure / 3);
	assert_true(comparison_balance_of(people, 0, &after));
	assert_true(after.level == 0 && after.department == 0);
}

/* ---- groups set side by side --------------------------------------------------------------------- */

static size_t draw_count(struct prng *p, size_t n, double share)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += uniform(p) < share;
	return count;
}

/* What is known of a count: the middle of its five. */
static size_t middle(size_t count)
{
	return count / 5 * 5 + 2;
}

/* Two groups whose counts are known in fives: of those that differ in nothing as many are found to differ as
 * the level says, also if one is much smaller; a difference is found. */
static void counts_in_fives_keep_the_level(void **state)
{
	(void)state;
	static const double shares[] = { 0.5, 0.5, 0.85, 0.85, 0.85, 0.55 };
	struct prng p = { .state = 12 };
	for (size_t i = 0; i < 6; i += 2)
		for (size_t size = 40; size <= 160; size *= 2) {
			size_t n = rounds(1200), found = 0;
			for (size_t k = 0; k < n; k++) {
				size_t y1 = draw_count(&p, size, shares[i]);
				size_t y2 = draw_count(&p, 60, shares[i + 1]);
				size_t a = middle(y1), b = middle(y2);
				size_t n1 = a + middle(size - y1), n2 = b + middle(60 - y2);
				double blur = 4.0 / (double)(n1 * n1) + 4.0 / (double)(n2 * n2);
				double pa = proportion_difference_p(a, n1, b, n2, blur / 2);
				struct estimate d = estimate_widened(
					proportion_difference(a, n1, b, n2, 0.95), blur / 2, 0.95);
				found += pa <= 0.05 && (d.low > 0 || d.high < 0);
			}
			if (i < 4)
				assert_true((double)found / (double)n <= 0.06 + 5 * 0.0063);
			else
				assert_true(found > n * 3 / 4);
		}
}

/* Means of two groups, known to one decimal. */
static void a_difference_of_means_is_found_and_none_is_not(void **state)
{
	(void)state;
	struct prng p = { .state = 13 };
	size_t n = rounds(2000), covered = 0, found = 0, alike = 0;
	for (size_t i = 0; i < n; i++) {
		struct sample of[2] = { { .n = 25 }, { .n = 40 } };
		struct difference d;
		for (int group = 0; group < 2; group++) {
			double sum = 0, squares = 0, size = (double)of[group].n;
			for (size_t k = 0; k < of[group].n; k++) {
				double x = gauss(&p) + (group ? 0 : 0.8);
				sum += x;
				squares += x * x;
			}
			of[group].mean = round(10 * sum / size) / 10;
			of[group].deviation = sqrt((squares - sum * sum / size) / (size - 1));
		}
		assert_true(effect_between(of[0], of[1], 0.01 / 12 * 2, 0.95, &d));
		covered += d.mean.low <= 0.8 && 0.8 <= d.mean.high;
		found += d.p <= 0.05;
		of[0].mean -= 0.8;
		assert_true(effect_between(of[0], of[1], 0.01 / 12 * 2, 0.95, &d));
		alike += d.p <= 0.05;
	}
	assert_rate(covered, n, 0.95, 0.01, "Welch covers");
	assert_rate(alike, n, 0.05, 0.01, "Welch of the same");
	assert_true(found > n * 4 / 5);
	struct sample same = { 10, 3, 0 }, few = { 2, 3, 1 };
	struct difference d;
	assert_false(effect_between(same, same, 0, 0.95, &d));
	assert_false(effect_between(few, same, 0, 0.95, &d));
	assert_true(proportion_difference_p(7, 7, 9, 9, 0) == 1);
}

/* ---- drawing again, several tests ----------------------------------------------------------------- */

static double mean_statistic(const void *data, const size_t *drawn, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += ((const double *)data)[drawn[i]];
	return sum / (double)n;
}

static void the_bootstrap_covers_and_repeats(void **state)
{
	(void)state;
	struct prng p = { .state = 9 };
	double values[50];
	size_t n = rounds(400), covered = 0;
	for (size_t i = 0; i < n; i++) {
		struct estimate found, again, other;
		for (int k = 0; k < 50; k++)
			values[k] = 2 + gauss(&p);
		assert_true(bootstrap(mean_statistic, values, 50, 400, i, 0.95, &found));
		assert_true(bootstrap(mean_statistic, values, 50, 400, i, 0.95, &again));
		assert_true(bootstrap(mean_statistic, values, 50, 400, i + 1, 0.95, &other));
		assert_memory_equal(&found, &again, sizeof found);
		assert_true(found.low != other.low);
		covered += found.low <= 2 && 2 <= found.high;
	}
	assert_rate(covered, n, 0.94, 0.02, "the bootstrap covers");
}

/* Five tests of nothing: at most one family in twenty has a finding. */
static void holm_keeps_the_level_of_the_family(void **state)
{
	(void)state;
	struct prng p = { .state = 10 };
	size_t n = rounds(4000), found = 0;
	for (size_t i = 0; i < n; i++) {
		double values[5], raw[5], least = 1;
		for (int k = 0; k < 5; k++)
			raw[k] = values[k] = uniform(&p);
		assert_true(scale_holm(values, 5));
		for (int k = 0; k < 5; k++) {
			least = fmin(least, values[k]);
			assert_true(values[k] >= raw[k] && values[k] <= 1);
			for (int m = 0; m < 5; m++)
				assert_true(raw[m] <= raw[k] ? values[m] <= values[k] : true);
		}
		found += least <= 0.05;
	}
	assert_rate(found, n, 0.049, 0.003, "Holm");
}

static void alpha_of_alike_and_of_unrelated_questions(void **state)
{
	(void)state;
	enum { PEOPLE = 2000, ITEMS = 4 };
	static double answers[PEOPLE * ITEMS];
	struct prng p = { .state = 11 };
	double alpha = 0;
	for (size_t i = 0; i < PEOPLE * ITEMS; i++)
		answers[i] = (double)(i / ITEMS % 5);
	assert_true(scale_alpha(answers, PEOPLE, ITEMS, &alpha));
	assert_true(fabs(alpha - 1) < 1e-9);
	for (size_t i = 0; i < PEOPLE * ITEMS; i++)
		answers[i] = gauss(&p);
	assert_true(scale_alpha(answers, PEOPLE, ITEMS, &alpha));
	assert_true(fabs(alpha) < 0.15);
	/* one common factor, correlation 1/2: alpha = k r / (1 + (k - 1) r) = 0.8 */
	for (size_t i = 0; i < PEOPLE; i++) {
		double shared = gauss(&p);
		for (size_t k = 0; k < ITEMS; k++)
			answers[i * ITEMS + k] = shared + gauss(&p);
	}
	assert_true(scale_alpha(answers, PEOPLE, ITEMS, &alpha));
	assert_true(fabs(alpha - 0.8) < 0.03);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_effect_is_recovered),
		cmocka_unit_test(no_effect_is_found_where_there_is_none),
		cmocka_unit_test(change_turns_with_its_sign_and_scale),
		cmocka_unit_test(what_cannot_be_computed_is_refused),
		cmocka_unit_test(changes_that_come_from_subtraction_tie),
		cmocka_unit_test(log_rank_keeps_its_level_and_finds_a_difference),
		cmocka_unit_test(the_curve_covers_the_true_share),
		cmocka_unit_test(without_losses_the_curve_is_a_share),
		cmocka_unit_test(intervals_of_shares_cover),
		cmocka_unit_test(intervals_of_shares_stay_where_shares_are),
		cmocka_unit_test(the_comparison_is_exact_and_nearest),
		cmocka_unit_test(bands_of_service),
		cmocka_unit_test(matching_balances_what_it_matches),
		cmocka_unit_test(counts_in_fives_keep_the_level),
		cmocka_unit_test(a_difference_of_means_is_found_and_none_is_not),
		cmocka_unit_test(the_bootstrap_covers_and_repeats),
		cmocka_unit_test(holm_keeps_the_level_of_the_family),
		cmocka_unit_test(alpha_of_alike_and_of_unrelated_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
