#include "evaluation/statistics/comparison.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

static const int years_below[COMPARISON_BANDS - 1] = { 1, 3, 6, 11 };

int comparison_band(int32_t tenure_days)
{
	int band = 0;
	while (band < COMPARISON_BANDS - 1 && tenure_days >= years_below[band] * 365.25)
		band++;
	return band;
}

/* A person and the position in the caller's array. */
struct entry {
	struct comparison_person person;
	int band;
	size_t at;
};

static int order(int64_t x, int64_t y)
{
	return x < y ? -1 : x > y;
}

static int same_stratum(const struct entry *x, const struct entry *y)
{
	int found = order(x->person.level, y->person.level);
	if (!found)
		found = order(x->person.department, y->person.department);
	return found ? found : order(x->band, y->band);
}

/* Sorts by stratum; within it participants first, then by length of service. */
static int by_stratum(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int found = same_stratum(x, y);
	if (!found)
		found = order(y->person.participant, x->person.participant);
	if (!found)
		found = order(x->person.tenure_days, y->person.tenure_days);
	return found ? found : order((int64_t)x->at, (int64_t)y->at);
}

static void set_bit(unsigned char *bits, size_t at, bool value)
{
	bits[at / CHAR_BIT] |= (unsigned char)(value << at % CHAR_BIT);
}

static bool has_bit(const unsigned char *bits, size_t at)
{
	return bits[at / CHAR_BIT] >> at % CHAR_BIT & 1;
}

/* Pairs two sorted groups, the smaller and the larger one: each of the smaller is paired in order
 * with one of the larger, which is optimal on a line. cost[j] is the cost of pairing the first i
 * with some of the first j; taken tells whether j is then the partner of i. */
static bool pair_in_order(const struct entry *few, size_t few_count, const struct entry *many,
	size_t many_count, size_t *ret_partner)
{
	size_t width = many_count + 1;
	int64_t *cost = calloc(width, sizeof *cost);
	unsigned char *taken = calloc((few_count + 1) * width / CHAR_BIT + 1, 1); /* bits */
	bool done = cost && taken;
	for (size_t i = 1; done && i <= few_count; i++) {
		int64_t before = cost[i - 1]; /* of the first i - 1 and j - 1 */
		cost[i - 1] = INT64_MAX;
		for (size_t j = i; j <= many_count - (few_count - i); j++) {
			int64_t with = before + llabs((int64_t)few[i - 1].person.tenure_days -
							many[j - 1].person.tenure_days);
			before = cost[j];
			bool take = with < cost[j - 1];
			set_bit(taken, i * width + j, take);
			cost[j] = take ? with : cost[j - 1];
		}
	}
	for (size_t i = few_count, j = many_count; done && i > 0; j--)
		if (j <= many_count - (few_count - i) && has_bit(taken, i * width + j))
			ret_partner[--i] = j - 1;
	free(cost);
	free(taken);
	return done;
}

/* Matches one stratum: `participants` entries, then `others`. Adds its pairs. */
static bool match_stratum(const struct entry *first, size_t participants, size_t others,
	struct comparison_pair *pairs, size_t *count)
{
	const struct entry *other = first + participants;
	bool swapped = participants > others;
	size_t fewer = swapped ? others : participants;
	if (!fewer)
		return true;
	size_t *partner = calloc(fewer, sizeof *partner);
	bool done = partner &&
		    (swapped ? pair_in_order(other, others, first, participants, partner)
			     : pair_in_order(first, participants, other, others, partner));
	for (size_t i = 0; done && i < fewer; i++)
		pairs[(*count)++] =
			(struct comparison_pair){ .participant = first[swapped ? partner[i] : i].at,
				.other = other[swapped ? i : partner[i]].at };
	free(partner);
	return done;
}

bool comparison_match(const struct comparison_person *people, size_t count,
	struct comparison_pair *ret_pairs, size_t *ret_count)
{
	struct entry *entries = calloc(count + 1, sizeof *entries);
	bool done = entries != NULL;
	*ret_count = 0;
	for (size_t i = 0; done && i < count; i++)
		entries[i] = (struct entry){ people[i], comparison_band(people[i].tenure_days), i };
	if (done)
		qsort(entries, count, sizeof *entries, by_stratum);
	for (size_t first = 0; done && first < count;) {
		size_t groups[2] = { 0, 0 }, end = first;
		for (; end < count && !same_stratum(entries + first, entries + end); end++)
			groups[entries[end].person.participant ? 0 : 1]++;
		done = match_stratum(entries + first, groups[0], groups[1], ret_pairs, ret_count);
		first = end;
	}
	free(entries);
	return done;
}

/* Sums of one measure over the two groups. */
struct sums {
	double n[2], sum[2], squares[2];
};

static void add(struct sums *sums, bool participant, double value)
{
	int group = participant ? 0 : 1;
	sums->n[group]++;
	sums->sum[group] += value;
	sums->squares[group] += value * value;
}

/* The difference of the means in standard deviations; the variance is the mean of the two groups'. */
static double standardised(const struct sums *sums)
{
	double mean[2], variance = 0;
	for (int group = 0; group < 2; group++) {
		if (sums->n[group] < 1)
			return 0;
		mean[group] = sums->sum[group] / sums->n[group];
		double spread = sums->squares[group] / sums->n[group] - mean[group] * mean[group];
		variance += fmax(0, spread) / 2;
	}
	return variance > 1e-12 ? (mean[0] - mean[1]) / sqrt(variance) : 0;
}

static int by_department(const void *a, const void *b)
{
	const struct comparison_person *x = a, *y = b;
	return order(x->department, y->department);
}

/* The largest standardised difference of any department's share; the people are sorted by
 * department. */
static double department_balance(const struct comparison_person *sorted, size_t count)
{
	struct sums all = { 0 };
	double largest = 0;
	for (size_t i = 0; i < count; i++)
		add(&all, sorted[i].participant, 0);
	for (size_t first = 0; first < count;) {
		struct sums here = { .n = { all.n[0], all.n[1] } };
		size_t end = first;
		for (; end < count && sorted[end].department == sorted[first].department; end++) {
			here.sum[sorted[end].participant ? 0 : 1]++;
			here.squares[sorted[end].participant ? 0 : 1]++;
		}
		largest = fmax(largest, fabs(standardised(&here)));
		first = end;
	}
	return largest;
}

bool comparison_balance_of(const struct comparison_person *people, size_t count,
	struct comparison_balance *ret_balance)
{
	struct comparison_person *sorted = calloc(count + 1, sizeof *sorted);
	struct sums level = { 0 }, tenure = { 0 };
	if (!sorted)
		return false;
	for (size_t i = 0; i < count; i++) {
		sorted[i] = people[i];
		add(&level, people[i].participant, people[i].level);
		add(&tenure, people[i].participant, people[i].tenure_days / 365.25);
	}
	qsort(sorted, count, sizeof *sorted, by_department);
	*ret_balance = (struct comparison_balance){ .level = standardised(&level),
		.tenure = standardised(&tenure),
		.department = department_balance(sorted, count) };
	free(sorted);
	return true;
}
