/* The scorer: layout plus kernel, and whole rows of scores. */
#include "matching/engine/score/scorer.h"

#include "matching/engine/score/layout.h"

#include <stdlib.h>
#include <string.h>

static const char *const simd_words[] = { "best", "portable", "avx2", "avx512" };

const char *engine_simd_word(enum engine_simd simd)
{
	return simd <= ENGINE_SIMD_AVX512 ? simd_words[simd] : "unknown";
}

enum engine_simd engine_simd_best(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
		__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2"))
		return ENGINE_SIMD_AVX512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return ENGINE_SIMD_AVX2;
#endif
	return ENGINE_SIMD_PORTABLE;
}

static bool choose_kernel(struct engine_scorer *scorer, enum engine_simd simd)
{
	enum engine_simd best = engine_simd_best();
	scorer->simd = simd == ENGINE_SIMD_BEST ? best : simd;
	if (scorer->simd > best)
		return false;
	scorer->kernel = scorer->simd == ENGINE_SIMD_AVX512 ? kernel_avx512
			 : scorer->simd == ENGINE_SIMD_AVX2 ? kernel_avx2
							    : kernel_portable;
	return true;
}

static void fill_kernel_policy(struct engine_scorer *scorer)
{
	const struct engine_policy *policy = &scorer->policy;
	const int32_t *weights = policy->weights;
	scorer->kernel_policy = (struct kernel_policy){
		.hours_least = (uint8_t)((uint32_t)policy->common_half_hours *
					 (255u / (uint32_t)policy->ample_half_hours)),
		.needs_language = policy->shared_language,
		.needs_junior = policy->junior == ENGINE_JUNIOR_AGE ||
				policy->junior == ENGINE_JUNIOR_BOTH ||
				policy->junior == ENGINE_JUNIOR_EITHER,
		.needs_level = policy->junior == ENGINE_JUNIOR_LEVEL ||
			       policy->junior == ENGINE_JUNIOR_BOTH,
		.needs_country = policy->same_country,
		.needs_need = policy->need_covered,
		.other_department = policy->other_department,
		.need = (int8_t)weights[ENGINE_NEED],
		.exchange = (int8_t)weights[ENGINE_EXCHANGE],
		.interests = (int8_t)weights[ENGINE_INTERESTS],
		.hours = (int8_t)weights[ENGINE_HOURS],
		.level = (int8_t)weights[ENGINE_LEVEL_GAP],
		.department = (int8_t)weights[ENGINE_DEPARTMENT],
		.background = (int8_t)weights[ENGINE_BACKGROUND],
		.channels = (int8_t)weights[ENGINE_CHANNELS],
	};
}

static bool allocate(struct engine_scorer *scorer)
{
	size_t people = scorer->population->count;
	for (size_t p = 0; p < people; p++) {
		scorer->mentors += is_mentor(&scorer->population->people[p]);
		scorer->mentees += is_mentee(&scorer->population->people[p]);
	}
	scorer->blocks = (scorer->mentors + KERNEL_LANES - 1) / KERNEL_LANES;
	scorer->lines = calloc(scorer->mentors + 1, sizeof(*scorer->lines));
	scorer->place = calloc(people + 1, sizeof(*scorer->place));
	scorer->block = calloc(scorer->blocks + 1, sizeof(*scorer->block));
	scorer->slots = calloc(
		(size_t)scorer->blocks * scorer->features.count + 1, sizeof(*scorer->slots));
	scorer->rows = calloc(scorer->mentees + 1, sizeof(*scorer->rows));
	scorer->row = calloc(people + 1, sizeof(*scorer->row));
	scorer->no_price = calloc(KERNEL_LANES, sizeof(*scorer->no_price));
	return scorer->lines && scorer->place && scorer->block && scorer->slots && scorer->rows &&
	       scorer->row && scorer->no_price;
}

/* Layout: the first worker lays out the mentees, the others the blocks; then the first helps
 * them. */
struct laying {
	struct engine_scorer *scorer;
	const atomic_bool *cancel;
	atomic_uint next; /* block to do */
	atomic_bool failed, cut;
};

static bool goes_on(struct laying *laying)
{
	if (is_raised(laying->cancel))
		atomic_store(&laying->cut, true);
	return !atomic_load(&laying->cut) && !atomic_load(&laying->failed);
}

/* The assignment of rows is recorded even if the run is cancelled. */
static void lay_rows(struct laying *laying)
{
	struct engine_scorer *scorer = laying->scorer;
	uint32_t row = 0;
	bool on = true;
	layout_begin_rows(scorer);
	for (uint32_t p = 0; p < scorer->population->count; p++) {
		scorer->row[p] = ENGINE_NONE;
		if (!is_mentee(&scorer->population->people[p]))
			continue;
		scorer->row[p] = row;
		scorer->rows[row].person = p;
		on = (row & 63) ? on : goes_on(laying);
		if (on && !layout_build_row(scorer, row, p))
			atomic_store(&laying->failed, true);
		row++;
	}
}

static void lay_blocks(struct laying *laying)
{
	struct engine_scorer *scorer = laying->scorer;
	uint8_t *scratch = aligned_alloc(64, layout_scratch_size(scorer));
	if (!scratch)
		atomic_store(&laying->failed, true);
	while (goes_on(laying)) {
		uint32_t block = atomic_fetch_add(&laying->next, 1);
		if (block >= scorer->blocks)
			break;
		if (!layout_build_block(scorer, block, scratch))
			atomic_store(&laying->failed, true);
	}
	free(scratch);
}

static void lay(void *context, unsigned worker)
{
	if (!worker)
		lay_rows(context);
	lay_blocks(context);
}

static void grant(struct laying *laying)
{
	for (uint32_t row = 0; row < laying->scorer->mentees; row++)
		if ((row & 63) || goes_on(laying))
			layout_grant(laying->scorer, row);
		else
			break;
}

static bool build(struct engine_scorer *scorer, const atomic_bool *cancel)
{
	struct laying laying = { .scorer = scorer, .cancel = cancel, .cut = scorer->cut };
	if (!layout_place_mentors(scorer))
		return false;
	size_t people = (size_t)scorer->mentors + scorer->mentees;
	crew_run_pairs(scorer->crew, 1000 * people, lay, &laying); /* a person takes 1 to 2 us */
	grant(&laying);
	scorer->cut = atomic_load(&laying.cut);
	return !atomic_load(&laying.failed);
}

enum engine_status scorer_new(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_scorer **ret_scorer)
{
	unsigned threads = options->threads ? options->threads : 2;
	struct engine_scorer *scorer = calloc(1, sizeof(*scorer));
	if (!scorer)
		return ENGINE_NO_MEMORY;
	scorer->population = population;
	scorer->policy = *policy;
	if (!choose_kernel(scorer, options->simd)) {
		free(scorer);
		return ENGINE_UNSUPPORTED;
	}
	fill_kernel_policy(scorer);
	scorer->crew = crew_new(threads < CREW_MAX ? threads : CREW_MAX);
	if (!scorer->crew ||
		!features_init(&scorer->features, population, options->cancel, &scorer->cut) ||
		!allocate(scorer) || !build(scorer, options->cancel)) {
		engine_scorer_free(scorer);
		return ENGINE_NO_MEMORY;
	}
	*ret_scorer = scorer;
	return ENGINE_OK;
}

enum engine_status engine_scorer_new(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_simd simd,
	struct engine_scorer **ret_scorer)
{
	struct engine_options options = { .threads = 1, .simd = simd };
	return scorer_new(population, policy, &options, ret_scorer);
}

void engine_scorer_free(struct engine_scorer *scorer)
{
	if (!scorer)
		return;
	for (uint32_t block = 0; scorer->block && block < scorer->blocks; block++)
		free(scorer->block[block].columns);
	crew_free(scorer->crew);
	features_release(&scorer->features);
	free(scorer->lines);
	free(scorer->place);
	free(scorer->block);
	free(scorer->slots);
	free(scorer->rows);
	free(scorer->row);
	free(scorer->ops);
	free(scorer->tables);
	free(scorer->table_hash);
	free(scorer->no_price);
	free(scorer);
}

bool engine_scorer_row(const struct engine_scorer *scorer, uint32_t mentee, int16_t *ret_scores)
{
	struct kernel_limit everybody = { scorer->no_price, -1, false };
	uint32_t row = scorer->row[mentee];
	int16_t scores[KERNEL_LANES];
	uint64_t hits[2];
	for (size_t p = 0; p < scorer->population->count; p++)
		ret_scores[p] = ENGINE_FORBIDDEN;
	if (row == ENGINE_NONE)
		return false;
	for (uint32_t block = 0; block < scorer->blocks; block++) {
		if (layout_score(scorer, row, block, everybody, scores, hits) != KERNEL_HITS)
			continue;
		for (uint32_t word = 0; word < 2; word++) {
			uint64_t left = hits[word] & layout_lanes(scorer, block, word);
			for (; left; left &= left - 1) {
				uint32_t lane = word * 64 + (uint32_t)__builtin_ctzll(left);
				uint32_t place = block * KERNEL_LANES + lane;
				if (layout_open(scorer, row, place))
					ret_scores[scorer->lines[place].person] = scores[lane];
			}
		}
	}
	return true;
}
