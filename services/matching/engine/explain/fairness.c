/* Computes exposure, ranks and coverage of a result. */
#include "matching/engine/explain/fairness.h"

#include "matching/engine/exact/exact.h"
#include "matching/engine/people/people.h"
#include "matching/engine/score/score.h"

#include <stdlib.h>
#include <string.h>

static int compare_words(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

static int compare_scores(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return a < b ? -1 : a > b;
}

static int compare_groups(const void *left, const void *right)
{
	const struct engine_coverage *a = left, *b = right;
	return a->group < b->group ? -1 : a->group > b->group;
}

/* The Gini coefficient of how often each active mentor appears: sum of (2 i - n - 1) x_i / (n sum
 * x). */
static bool measure_exposure(const struct engine_population *population,
	const struct engine_result *result, struct engine_fairness *fairness)
{
	uint32_t *times = calloc(population->count + 1, sizeof(*times));
	int64_t sum = 0, spread = 0;
	uint32_t n = 0;
	if (!times)
		return false;
	for (size_t p = 0; p < result->pair_count; p++)
		times[result->pairs[p].mentor]++;
	for (size_t p = 0; p < population->count; p++)
		if (is_mentor(&population->people[p]))
			times[n++] = times[p];
	qsort(times, n, sizeof(*times), compare_words);
	for (uint32_t i = 0; i < n; i++) {
		sum += times[i];
		spread += (2 * (int64_t)i + 1 - n) * times[i];
		fairness->mentors_shown += times[i] > 0;
	}
	fairness->mentors = n;
	fairness->exposure_max = n ? times[n - 1] : 0;
	fairness->exposure_gini = sum ? (uint32_t)(1000 * spread / (n * sum)) : 0;
	free(times);
	return true;
}

/*
 * The rank of a stable pair in the mentee's own order: first the allowed stated choices, then the
 * other mentors by score. by_score counts the mentors with a higher score.
 */
static uint32_t rank_by_choice(const struct engine_population *population,
	const struct engine_pair *pair, const int16_t *scores, uint32_t by_score)
{
	size_t count;
	const struct choice *list = people_choices(
		population, CHOICES_OF_MENTEES, pair->mentee, &count);
	uint32_t before = 0, lower = 0;
	for (size_t c = 0; c < count; c++) {
		if (list[c].choice == pair->mentor)
			return before + 1;
		before += scores[list[c].choice] != ENGINE_FORBIDDEN;
		lower += scores[list[c].choice] != ENGINE_FORBIDDEN &&
			 scores[list[c].choice] <= pair->score;
	}
	return by_score + lower + 1;
}

/* Ranks of one mentee's pairs among all allowed mentors. */
static void rank_outcome(const struct engine_population *population,
	const struct engine_result *result, const struct engine_outcome *outcome,
	const int16_t *scores, uint32_t *ret_ranks)
{
	const struct engine_pair *pairs = result->pairs + outcome->first;
	for (uint32_t k = 0; k < outcome->count; k++) {
		uint32_t more = 0;
		for (size_t p = 0; p < population->count; p++)
			more += scores[p] > pairs[k].score;
		ret_ranks[outcome->first + k] = result->mode == ENGINE_MODE_STABLE
							? rank_by_choice(population, &pairs[k],
								  scores, more)
							: more + 1;
	}
}

static enum engine_status measure_ranks(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_fairness *fairness)
{
	struct engine_scorer *scorer = NULL;
	size_t count = result->pair_count;
	uint32_t *ranks = calloc(count + 1, sizeof(*ranks));
	int16_t *scores = malloc((population->count + 1) * sizeof(*scores));
	enum engine_status status = ENGINE_NO_MEMORY;
	if (ranks && scores)
		status = engine_scorer_new(
			population, policy, options ? options->simd : ENGINE_SIMD_BEST, &scorer);
	for (size_t m = 0; !status && m < result->outcome_count; m++) {
		if (options && options->cancel && atomic_load(options->cancel))
			status = ENGINE_CANCELLED;
		if (!result->outcomes[m].count)
			continue;
		engine_scorer_row(scorer, result->outcomes[m].mentee, scores);
		rank_outcome(population, result, &result->outcomes[m], scores, ranks);
	}
	if (!status && count) {
		qsort(ranks, count, sizeof(*ranks), compare_words);
		for (size_t p = 0; p < count; p++)
			fairness->rank_sum += ranks[p];
		fairness->rank_mean = (uint32_t)(100 * fairness->rank_sum / count);
		fairness->rank_p95 = ranks[(count * 95 + 99) / 100 - 1];
	}
	engine_scorer_free(scorer);
	free(ranks);
	free(scores);
	return status;
}

/* Mean score of the worst tenth of the pairs, at least one. */
static bool measure_low(const struct engine_result *result, struct engine_fairness *fairness)
{
	size_t count = result->pair_count, tenth = (count + 9) / 10;
	int32_t *scores = malloc((count + 1) * sizeof(*scores));
	int64_t sum = 0;
	if (!scores)
		return false;
	for (size_t p = 0; p < count; p++)
		scores[p] = result->pairs[p].score;
	qsort(scores, count, sizeof(*scores), compare_scores);
	for (size_t p = 0; p < tenth; p++)
		sum += scores[p];
	fairness->score_low = tenth ? (uint32_t)(sum / (int64_t)tenth) : 0;
	free(scores);
	return true;
}

/*
 * Suppresses cells that are too small to show. If there is only one, the next smallest is
 * suppressed too, because its figures would otherwise follow from the totals.
 */
static void suppress(struct engine_coverage *cells, size_t count)
{
	size_t hidden = 0, next = count;
	for (size_t c = 0; c < count; c++) {
		cells[c].suppressed = cells[c].mentees < ENGINE_CELL_MIN;
		hidden += cells[c].suppressed;
		if (!cells[c].suppressed &&
			(next == count || cells[c].mentees < cells[next].mentees))
			next = c;
	}
	if (hidden == 1 && next < count)
		cells[next].suppressed = true;
	for (size_t c = 0; c < count; c++)
		if (cells[c].suppressed)
			cells[c] = (struct engine_coverage){ .group = cells[c].group,
				.suppressed = true };
}

static bool measure_coverage(const struct engine_population *population,
	const struct engine_result *result, bool by_level, struct engine_coverage **ret_cells,
	size_t *ret_count)
{
	struct engine_coverage *cells = calloc(result->outcome_count + 1, sizeof(*cells));
	size_t count = 0;
	if (!cells)
		return false;
	for (size_t m = 0; m < result->outcome_count; m++) {
		const struct engine_outcome *outcome = &result->outcomes[m];
		const struct person *person = &population->people[outcome->mentee];
		cells[m] = (struct engine_coverage){ by_level ? (uint32_t)person->level
							      : person->department,
			1, outcome->count > 0, outcome->wanted, outcome->count, false };
	}
	qsort(cells, result->outcome_count, sizeof(*cells), compare_groups);
	for (size_t m = 0; m < result->outcome_count; m++) {
		if (!count || cells[count - 1].group != cells[m].group) {
			cells[count++] = cells[m];
			continue;
		}
		cells[count - 1].mentees++;
		cells[count - 1].covered += cells[m].covered;
		cells[count - 1].places_wanted += cells[m].places_wanted;
		cells[count - 1].places_filled += cells[m].places_filled;
	}
	suppress(cells, count);
	*ret_cells = cells;
	*ret_count = count;
	return true;
}

enum engine_status engine_fairness_of(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_fairness *ret_fairness)
{
	struct engine_fairness fairness = { 0 };
	enum engine_status status = ENGINE_NO_MEMORY;
	fairness.mentees = (uint32_t)result->outcome_count;
	for (size_t m = 0; m < result->outcome_count; m++)
		fairness.covered += result->outcomes[m].count > 0;
	if (measure_exposure(population, result, &fairness) && measure_low(result, &fairness) &&
		measure_coverage(
			population, result, true, &fairness.levels, &fairness.level_count) &&
		measure_coverage(population, result, false, &fairness.departments,
			&fairness.department_count))
		status = measure_ranks(population, policy, options, result, &fairness);
	if (status)
		engine_fairness_release(&fairness);
	else
		*ret_fairness = fairness;
	return status;
}

void engine_fairness_release(struct engine_fairness *fairness)
{
	free(fairness->levels);
	free(fairness->departments);
	*fairness = (struct engine_fairness){ 0 };
}

static uint32_t exposure_max(const struct engine_population *population,
	const struct engine_result *result, uint32_t *times)
{
	uint32_t most = 0;
	memset(times, 0, population->count * sizeof(*times));
	for (size_t p = 0; p < result->pair_count; p++)
		if (++times[result->pairs[p].mentor] > most)
			most = times[result->pairs[p].mentor];
	return most;
}

enum engine_status engine_fairness_cap_price(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_cap_price *ret_price)
{
	struct engine_policy open = *policy;
	struct engine_result with = { 0 }, without = { 0 };
	uint32_t *times = calloc(population->count + 1, sizeof(*times));
	enum engine_status status = ENGINE_NO_MEMORY;
	open.exposure_cap = 255;
	if (times)
		status = engine_shortlist(population, policy, options, NULL, &with);
	if (!status)
		status = engine_shortlist(population, &open, options, NULL, &without);
	if (!status)
		*ret_price = (struct engine_cap_price){ with.total, without.total, with.pair_count,
			without.pair_count, exposure_max(population, &with, times),
			exposure_max(population, &without, times) };
	engine_result_release(&with);
	engine_result_release(&without);
	free(times);
	return status;
}
