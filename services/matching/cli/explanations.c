/* Writes why and why not, one JSON object per line. */
#include "matching/cli/explanations.h"

#include "matching/cli/out_file.h"
#include "matching/cli/result_files.h"

#define LINE_MOST     (1u << 20)
#define WHY_NOT_MOST  1000 /* each compares one mentee with everybody, which is slow */
#define LIST_WHY_MOST 1000

static void add_name(struct buf *b, const char *name, const struct words *words, uint32_t number)
{
	buf_print(b, "\"%s\":", name);
	buf_json(b, words_text(words, number));
}

static void add_list(struct buf *b, const char *name, const struct words *words,
	const uint32_t *numbers, size_t count)
{
	buf_print(b, ",\"%s\":[", name);
	for (size_t i = 0; i < count; i++) {
		buf_text(b, i ? "," : "");
		buf_json(b, words_text(words, numbers[i]));
	}
	buf_text(b, "]");
}

static void add_languages(struct buf *b, const struct people *people, uint64_t shared)
{
	uint32_t numbers[ENGINE_LANGUAGES_MAX];
	size_t count = 0;
	for (uint32_t l = 0; l < ENGINE_LANGUAGES_MAX; l++)
		if (shared >> l & 1)
			numbers[count++] = l;
	add_list(b, "shared_languages", &people->languages, numbers, count);
}

/* The position of each in the other's list; null if not stated. */
static void add_choices(struct buf *b, const struct people *people, const struct engine_pair *pair)
{
	for (int side = 0; side < 2; side++) {
		uint32_t place = engine_population_choice(people->population,
			side ? pair->mentor : pair->mentee, !side,
			side ? pair->mentee : pair->mentor);
		buf_print(b, ",\"%s\":", side ? "choice_of_mentor" : "choice_of_mentee");
		if (place)
			buf_print(b, "%u", (unsigned)place);
		else
			buf_text(b, "null");
	}
}

static void add_pair(struct buf *b, const struct people *people, const struct engine_policy *policy,
	const struct engine_pair *pair, bool choices)
{
	struct engine_explanation why;
	engine_explain(people->population, policy, pair->mentee, pair->mentor, &why);
	buf_text(b, "{");
	add_name(b, "mentee", &people->ids, pair->mentee);
	buf_text(b, ",");
	add_name(b, "mentor", &people->ids, pair->mentor);
	buf_print(b, ",\"rank\":%u,\"score\":%d,\"parts\":{", (unsigned)pair->rank, (int)why.score);
	for (int c = 0; c < ENGINE_CRITERION_COUNT; c++)
		buf_print(b, "%s\"%s\":%d", c ? "," : "",
			engine_criterion_word((enum engine_criterion)c), (int)why.part[c]);
	buf_print(b, "},\"level_gap\":%d,\"line_steps\":%d,\"head_of_tree\":%s", (int)why.level_gap,
		(int)why.line_steps, why.head_of_tree ? "true" : "false");
	buf_print(b, ",\"common_half_hours\":%d", (int)why.common_half_hours);
	add_languages(b, people, why.shared_languages);
	add_list(b, "lifted", &people->skills, why.lifted, why.lifted_count);
	add_list(b, "taught_back", &people->skills, why.taught_back, why.taught_back_count);
	add_list(b, "shared_interests", &people->interests, why.shared_interests,
		why.shared_interest_count);
	if (choices)
		add_choices(b, people, pair);
	buf_text(b, "}\n");
}

static void add_why_not(struct buf *b, const struct people *people,
	const struct engine_policy *policy, uint32_t mentee)
{
	struct engine_why_not why;
	const struct engine_relaxation *least = &why.smallest;
	engine_why_not(people->population, policy, mentee, &why);
	buf_print(b, ",\"mentors\":%zu,\"allowed\":%zu,\"refused\":{", why.people, why.allowed);
	for (int r = ENGINE_RULE_ROLE; r < ENGINE_RULE_COUNT; r++)
		buf_print(b, "%s\"%s\":%zu", r > ENGINE_RULE_ROLE ? "," : "",
			engine_rule_word((enum engine_rule)r), why.refused[r]);
	buf_text(b, "},\"relaxation\":");
	if (!least->count) {
		buf_text(b, "null");
		return;
	}
	buf_text(b, "{\"rules\":[");
	for (size_t r = 0; r < least->count; r++) {
		const struct engine_relaxed *rule = &least->rules[r];
		buf_print(b, "%s{\"rule\":\"%s\"", r ? "," : "", engine_rule_word(rule->rule));
		if (rule->rule == ENGINE_RULE_JUNIOR)
			buf_print(b, ",\"bound\":\"%s\"",
				rule->upper ? "level_gap_max" : "level_gap_min");
		buf_print(b, ",\"from\":%d,\"to\":%d}", (int)rule->from, (int)rule->to);
	}
	buf_print(b, "],\"yields\":%zu,", least->yields);
	add_name(b, "mentor", &people->ids, least->partner);
	buf_print(b, ",\"score\":%d}", (int)least->score);
}

static void add_shortfall(struct buf *b, const struct people *people,
	const struct engine_policy *policy, const struct engine_outcome *outcome, bool counts)
{
	buf_text(b, "{");
	add_name(b, "mentee", &people->ids, outcome->mentee);
	buf_print(b, ",\"wanted\":%u,\"got\":%u,\"reason\":\"%s\",\"one_department\":%s",
		(unsigned)outcome->wanted, (unsigned)outcome->count, reason_word(outcome->reason),
		outcome->one_department ? "true" : "false");
	if (counts)
		add_why_not(b, people, policy, outcome->mentee);
	buf_text(b, "}\n");
}

/* Adds who is on the list for which want, and which wants stay open. */
static void add_list_why(struct buf *b, const struct people *people,
	const struct engine_policy *policy, const struct engine_result *result,
	const struct engine_outcome *outcome)
{
	struct engine_list_why why;
	uint32_t mentors[ENGINE_SHORTLIST_MAX];
	for (size_t p = 0; p < outcome->count; p++)
		mentors[p] = result->pairs[outcome->first + p].mentor;
	engine_list_why(people->population, policy, NULL, outcome->mentee, mentors, outcome->count, &why);
	buf_text(b, "{");
	add_name(b, "mentee", &people->ids, outcome->mentee);
	buf_print(b, ",\"worth\":%lld.%02lld,\"departments\":%zu,\"covered\":%zu,\"coverable\":%zu",
		(long long)(why.worth / 100), (long long)(why.worth % 100), why.departments,
		why.covered, why.coverable);
	buf_text(b, ",\"wants\":[");
	for (size_t w = 0; w < why.want_count; w++) {
		const struct engine_list_want *want = &why.wants[w];
		buf_text(b, w ? ",{" : "{");
		add_name(b, "skill", &people->skills, want->skill);
		buf_print(b, ",\"state\":\"%s\",", engine_want_word(want->state));
		if (want->teacher == ENGINE_NONE)
			buf_text(b, "\"teacher\":null");
		else
			add_name(b, "teacher", &people->ids, want->teacher);
		buf_print(b,
			",\"teachers\":%u,\"share\":%d,\"share_most\":%d,\"offering\":%u,"
			"\"allowed\":%u}",
			(unsigned)want->teachers, (int)want->share, (int)want->share_most,
			(unsigned)want->offering, (unsigned)want->allowed);
	}
	buf_text(b, "]}\n");
}

bool explanations_write(const char *directory, const struct people *people,
	const struct engine_policy *policy, const struct refused_choices *refused,
	const struct engine_result *result)
{
	struct out_file out = out_open(directory, "explanations.jsonl");
	struct buf line = BUF_INIT(LINE_MOST);
	size_t counted = 0, lists = 0;
	for (size_t o = 0; o < result->outcome_count && !out.failed; o++) {
		const struct engine_outcome *outcome = &result->outcomes[o];
		for (size_t p = 0; p < outcome->count; p++) {
			add_pair(&line, people, policy, &result->pairs[outcome->first + p],
				refused->given);
			out_buf(&out, &line);
		}
		if (result->certificate.lists && lists++ < LIST_WHY_MOST) {
			add_list_why(&line, people, policy, result, outcome);
			out_buf(&out, &line);
		}
		if (outcome->count == outcome->wanted && !outcome->one_department)
			continue;
		bool counts = outcome->count < outcome->wanted && counted++ < WHY_NOT_MOST;
		add_shortfall(&line, people, policy, outcome, counts);
		out_buf(&out, &line);
	}
	buf_release(&line);
	refused_choices_explain(refused, people, &out);
	return out_close(&out);
}
