/* Writes pairs, shortlists, the unmatched, the summary and the scores. */
#include "matching/cli/result_files.h"

#include <stdlib.h>
#include "matching/cli/out_file.h"

static const char *const reasons[ENGINE_REASON_COUNT] = {
	[ENGINE_REASON_NONE] = "none",
	[ENGINE_REASON_CONTENDED] = "contended",
	[ENGINE_REASON_FEW_ALLOWED] = "few_allowed",
	[ENGINE_REASON_CANCELLED] = "cancelled",
	[ENGINE_REASON_NO_MENTORS] = "no_mentors",
	[ENGINE_REASON_TOO_CLOSE] = "too_close",
	[ENGINE_REASON_NOT_JUNIOR] = "not_junior",
	[ENGINE_REASON_SAME_DEPARTMENT] = "same_department",
	[ENGINE_REASON_OTHER_COUNTRY] = "other_country",
	[ENGINE_REASON_BLOCKED] = "blocked",
	[ENGINE_REASON_NO_SHARED_LANGUAGE] = "no_shared_language",
	[ENGINE_REASON_TOO_FEW_COMMON_HOURS] = "too_few_common_hours",
	[ENGINE_REASON_NO_NEED] = "no_need",
	[ENGINE_REASON_NEED_NOT_COVERED] = "need_not_covered",
};

const char *reason_word(enum engine_reason reason)
{
	return reason < ENGINE_REASON_COUNT ? reasons[reason] : "unknown";
}

static const char *id_of(const struct people *people, uint32_t person)
{
	return words_text(&people->ids, person);
}

bool pairs_write(
	const char *directory, const struct people *people, const struct engine_result *result)
{
	struct out_file out = out_open(directory, "pairs.csv");
	size_t count = result->mode == ENGINE_MODE_SHORTLIST ? 0 : result->pair_count;
	out_print(&out, "mentee,mentor,score\n");
	for (size_t p = 0; p < count; p++) {
		out_cell(&out, id_of(people, result->pairs[p].mentee));
		out_print(&out, ",");
		out_cell(&out, id_of(people, result->pairs[p].mentor));
		out_print(&out, ",%d\n", (int)result->pairs[p].score);
	}
	return out_close(&out);
}

bool shortlists_write(
	const char *directory, const struct people *people, const struct engine_result *result)
{
	struct out_file out = out_open(directory, "shortlists.csv");
	size_t count = result->mode == ENGINE_MODE_SHORTLIST ? result->pair_count : 0;
	out_print(&out, "mentee,rank,mentor,score\n");
	for (size_t p = 0; p < count; p++) {
		out_cell(&out, id_of(people, result->pairs[p].mentee));
		out_print(&out, ",%u,", (unsigned)result->pairs[p].rank);
		out_cell(&out, id_of(people, result->pairs[p].mentor));
		out_print(&out, ",%d\n", (int)result->pairs[p].score);
	}
	return out_close(&out);
}

bool unmatched_write(const char *directory, const struct people *people,
	const struct refused_choices *refused, const struct engine_result *result)
{
	struct out_file out = out_open(directory, "unmatched.csv");
	out_print(&out, refused->given ? "id,reason,choices_not_allowed\n" : "id,reason\n");
	for (size_t o = 0; o < result->outcome_count; o++) {
		if (result->outcomes[o].count)
			continue;
		out_cell(&out, id_of(people, result->outcomes[o].mentee));
		out_print(&out, ",%s", reason_word(result->outcomes[o].reason));
		if (refused->given)
			refused_choices_cell(refused, people, result->outcomes[o].mentee, &out);
		out_print(&out, "\n");
	}
	return out_close(&out);
}

/* For lists as sets: worth, bound and gap in points, with two decimals. */
static void write_worth(struct out_file *out, const struct engine_certificate *certificate)
{
	const struct {
		const char *name;
		int64_t hundredths;
	} all[] = { { "value", certificate->value }, { "bound", certificate->bound },
		{ "gap", certificate->gap } };
	for (size_t i = 0; i < COUNT(all); i++)
		out_print(out, "  \"%s\": %lld.%02lld,\n", all[i].name,
			(long long)(all[i].hundredths / 100), (long long)(all[i].hundredths % 100));
}

bool summary_write(const char *directory, const struct options *options,
	const struct people *people, const struct refused_choices *refused,
	const struct engine_result *result, const struct run_figures *figures)
{
	struct out_file out = out_open(directory, "summary.json");
	size_t covered = 0;
	for (size_t o = 0; o < result->outcome_count; o++)
		covered += result->outcomes[o].count > 0;
	double all = (double)people->mentees * (double)people->mentors;
	double passes = all > 0 ? (double)result->figures.pairs_scored / all : 0;
	out_print(&out, "{\n  \"pairs\": %zu,\n  \"total\": %lld,\n", result->pair_count,
		(long long)result->total);
	if (result->certificate.lists)
		write_worth(&out, &result->certificate);
	else
		out_print(&out, "  \"gap\": %lld,\n", (long long)result->certificate.gap);
	out_print(&out,
		"  \"seconds\": %.6f,\n  \"cpu_seconds\": %.6f,\n  \"peak_rss_kib\": %lld,\n",
		figures->seconds, figures->cpu_seconds, (long long)figures->peak_rss_kib);
	out_print(&out, "  \"passes\": %.2f,\n  \"complete\": %s,\n", passes,
		result->certificate.complete ? "true" : "false");
	out_print(&out, "  \"verified\": %s,\n  \"mode\": \"%s\",\n",
		figures->verified ? "true" : "false", options_mode_word(result->mode));
	out_print(&out, "  \"mentees\": %zu,\n  \"mentees_matched\": %zu,\n  \"mentors\": %zu,\n",
		people->mentees, covered, people->mentors);
	if (result->mode == ENGINE_MODE_SHORTLIST)
		out_print(&out, "  \"exposure_cap\": %d,\n  \"objective\": \"%s\",\n",
			(int)result->exposure_cap, options->pair_scores ? "pairs" : "lists");
	if (refused->given)
		out_print(&out, "  \"choices\": %zu,\n  \"choices_not_allowed\": %zu,\n",
			people->choices, refused->count);
	out_print(&out, "  \"seed\": %llu,\n  \"threads\": %u,\n  \"simd\": \"%s\"\n}\n",
		(unsigned long long)options->seed, options->threads,
		engine_simd_word(result->figures.simd));
	return out_close(&out);
}

bool scores_fit(const struct people *people)
{
	return !people->mentees ||
	       people->mentors <= (size_t)SCORES_BYTES_MOST / 2 / people->mentees;
}

/* Packs one row in file order; `row` has room for everybody, `bytes` for the mentors. */
static size_t pack_row(const struct people *people, const int16_t *row, unsigned char *bytes)
{
	size_t at = 0;
	for (uint32_t p = 0; p < people->ids.count; p++) {
		if (!(people->roles[p] & ENGINE_ROLE_MENTOR))
			continue;
		bytes[at++] = (unsigned char)((uint16_t)row[p] & 0xff);
		bytes[at++] = (unsigned char)((uint16_t)row[p] >> 8);
	}
	return at;
}

enum ending scores_write(const char *path, const struct people *people,
	const struct engine_policy *policy, enum engine_simd simd)
{
	struct engine_scorer *scorer = NULL;
	owned_text int16_t *row = malloc((people->ids.count + 1) * sizeof *row);
	owned_text unsigned char *bytes = malloc(people->mentors * 2 + 1);
	enum engine_status status = row && bytes ? engine_scorer_new(people->population, policy,
							   simd, &scorer)
						 : ENGINE_NO_MEMORY;
	if (status)
		return status == ENGINE_UNSUPPORTED ? END_UNSUPPORTED : END_NO_MEMORY;
	struct out_file out = out_open(NULL, path);
	for (uint32_t p = 0; p < people->ids.count && !out.failed; p++) {
		if (!(people->roles[p] & ENGINE_ROLE_MENTEE))
			continue;
		engine_scorer_row(scorer, p, row);
		out_bytes(&out, bytes, pack_row(people, row, bytes));
	}
	engine_scorer_free(scorer);
	return out_close(&out) ? END_DONE : END_FILES;
}
