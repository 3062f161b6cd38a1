#include "matching/rounds/round_result.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"

/* A mentor for one mentee, best first. */
struct candidate {
	uint32_t mentor;
	int32_t score;
	bool granted; /* of the mentee's own line, by the head-of-tree rule */
};

static int by_score(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;
	if (a->granted != b->granted)
		return a->granted ? 1 : -1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->mentor < b->mentor ? -1 : a->mentor > b->mentor;
}

/* `"name":["a","b"]` of numbered names. */
static void add_names(struct buf *out, const char *member, const char *const *texts,
	const uint32_t *numbers, size_t count)
{
	bool first = true;
	buf_print(out, "\"%s\":[", member);
	for (size_t i = 0; i < count; i++) {
		if (!texts[numbers[i]])
			continue;
		buf_text(out, first ? "" : ",");
		buf_json(out, texts[numbers[i]]);
		first = false;
	}
	buf_char(out, ']');
}

static void add_languages(struct buf *out, const struct round_input *input, uint64_t set)
{
	bool first = true;
	buf_text(out, "\"languages\":[");
	for (size_t i = 0; i < input->languages.count && i < ENGINE_LANGUAGES_MAX; i++) {
		if (!(set >> i & 1))
			continue;
		buf_text(out, first ? "" : ",");
		buf_json(out, input->languages.texts[i]);
		first = false;
	}
	buf_char(out, ']');
}

/* Shared ground for the two, and the parts that sum to the score. */
static void add_reasons(
	struct buf *out, const struct round_found *found, uint32_t mentee, uint32_t mentor)
{
	const struct round_input *input = found->input;
	struct engine_explanation why;
	engine_explain(input->population, found->policy, mentee, mentor, &why);
	buf_char(out, '{');
	add_names(out, "skills", found->skill_name, why.lifted, why.lifted_count);
	buf_char(out, ',');
	add_names(out, "interests", (const char *const *)input->interests.texts,
		why.shared_interests, why.shared_interest_count);
	buf_char(out, ',');
	add_languages(
		out, input, input->persons[mentee].languages & input->persons[mentor].languages);
	buf_text(out, ",\"parts\":{");
	bool first = true;
	for (int i = 0; i < ENGINE_CRITERION_COUNT; i++) {
		if (!why.part[i] || !round_criterion_word((enum engine_criterion)i))
			continue;
		buf_print(out, "%s\"%s\":%d", first ? "" : ",",
			round_criterion_word((enum engine_criterion)i), (int)why.part[i]);
		first = false;
	}
	buf_text(out, "}}");
}

static const char *person_id(const struct round_found *found, uint32_t person)
{
	return found->input->people.texts[person];
}

static const char *comma(const struct buf *out)
{
	return out->data[out->len - 1] == '[' ? "" : ",";
}

/* The rule grants distances, and a granted pair may be no closer than this many steps. */
static void add_line_distance(struct buf *out, bool granted)
{
	if (granted)
		buf_print(out, "\"line_distance\":%d,", ENGINE_LINE_GRANTED - 1);
}

/* The best mentors of one mentee, whether shown or not; granted ones last. Returns how many. */
static size_t find_candidates(
	const struct round_found *found, uint32_t mentee, struct candidate *all)
{
	size_t count = 0, people = engine_population_size(found->input->population);
	struct engine_explanation why;
	/* asked once: it may look at everybody */
	bool head = engine_head_of_tree(found->input->population, found->policy, mentee);
	struct engine_policy policy = *found->policy;
	if (policy.line_distance == ENGINE_LINE_ANY)
		policy.line_distance = head ? ENGINE_LINE_GRANTED - 1 : INT32_MAX;
	for (uint32_t mentor = 0; mentor < people; mentor++) {
		if (!*found->input->persons[mentor].mentor_enrolment)
			continue;
		engine_explain(found->input->population, &policy, mentee, mentor, &why);
		if (why.score != ENGINE_FORBIDDEN)
			all[count++] = (struct candidate){ .mentor = mentor,
				.score = why.score,
				.granted = head && why.line_steps };
	}
	qsort(all, count, sizeof *all, by_score);
	return count < ROUND_CANDIDATES ? count : ROUND_CANDIDATES;
}

static void add_candidates(
	struct buf *out, const struct round_found *found, uint32_t mentee, struct candidate *all)
{
	size_t count = find_candidates(found, mentee, all);
	for (size_t i = 0; i < count; i++) {
		uint32_t mentor = all[i].mentor, department = found->input->department[mentor];
		buf_print(out,
			"%s{\"mentee_enrolment_id\":\"%s\",\"mentor_enrolment_id\":\"%s\",\"mentor_"
			"id\":\"%s\","
			"\"rank\":%zu,\"score\":%d,",
			comma(out), found->input->persons[mentee].mentee_enrolment,
			found->input->persons[mentor].mentor_enrolment, person_id(found, mentor),
			i + 1, (int)all[i].score);
		add_line_distance(out, all[i].granted);
		buf_text(out, "\"department\":");
		if (department == ENGINE_NONE)
			buf_text(out, "null");
		else
			buf_json(out, found->input->departments.texts[department]);
		buf_text(out, ",\"reasons\":");
		add_reasons(out, found, mentee, mentor);
		buf_char(out, '}');
	}
}

/* Codes of the contract. Whose conflict of interest it was stays unsaid. */
static const char *reason_word(enum engine_reason reason)
{
	switch (reason) {
	case ENGINE_REASON_CONTENDED:
		return "contended";
	case ENGINE_REASON_FEW_ALLOWED:
		return "few_allowed";
	case ENGINE_REASON_NO_MENTORS:
		return "no_mentors";
	case ENGINE_REASON_TOO_CLOSE:
		return "too_close";
	case ENGINE_REASON_NOT_JUNIOR:
		return "not_junior";
	case ENGINE_REASON_NO_SHARED_LANGUAGE:
		return "no_shared_language";
	case ENGINE_REASON_TOO_FEW_COMMON_HOURS:
		return "too_few_common_hours";
	case ENGINE_REASON_NO_NEED:
		return "no_need";
	case ENGINE_REASON_NEED_NOT_COVERED:
		return "need_not_covered";
	default:
		return "no_candidate";
	}
}

/* The scores of a shortlist as they are shown, and the ranks by them: those by the head-of-tree rule come last.
 * Returns the sum. */
static int64_t score_entries(const struct round_found *found, const struct engine_outcome *outcome,
	int32_t score[ENGINE_SHORTLIST_MAX], int rank[ENGINE_SHORTLIST_MAX])
{
	const struct engine_pair *pairs = &found->result->pairs[outcome->first];
	struct engine_explanation why;
	int64_t sum = 0;
	for (uint16_t i = 0; i < outcome->count; i++) {
		struct engine_policy policy = *found->policy;
		if (pairs[i].head_of_tree)
			policy.line_distance = ENGINE_LINE_GRANTED - 1;
		engine_explain(
			found->input->population, &policy, pairs[i].mentee, pairs[i].mentor, &why);
		score[i] = why.score;
		sum += score[i];
	}
	for (uint16_t i = 0; i < outcome->count; i++) {
		rank[i] = 1;
		for (uint16_t k = 0; k < outcome->count; k++)
			rank[i] += pairs[k].head_of_tree != pairs[i].head_of_tree
					   ? pairs[i].head_of_tree
				   : score[k] != score[i] ? score[k] > score[i]
							  : pairs[k].rank < pairs[i].rank;
	}
	return sum;
}

static int64_t add_entries(struct buf *out, const struct round_found *found,
	const struct engine_outcome *outcome, const char *shortlist_id)
{
	int32_t score[ENGINE_SHORTLIST_MAX];
	int rank[ENGINE_SHORTLIST_MAX];
	int64_t sum = score_entries(found, outcome, score, rank);
	for (uint16_t i = 0; i < outcome->count; i++) {
		const struct engine_pair *pair = &found->result->pairs[outcome->first + i];
		buf_print(out,
			"%s{\"shortlist_id\":\"%s\",\"mentor_id\":\"%s\",\"enrolment_id\":\"%s\","
			"\"rank\":%d,"
			"\"score\":%d,",
			comma(out), shortlist_id, person_id(found, pair->mentor),
			found->input->persons[pair->mentor].mentor_enrolment, rank[i],
			(int)score[i]);
		add_line_distance(out, pair->head_of_tree);
		buf_text(out, "\"reasons\":");
		add_reasons(out, found, pair->mentee, pair->mentor);
		buf_char(out, '}');
	}
	return sum;
}

/* [[person, kind, value], ...] */
static void add_declared(struct buf *out, const struct db_rows *declared)
{
	buf_text(out, "\"declared\":[");
	for (int i = 0; i < db_rows_count(declared); i++) {
		buf_print(out, "%s[", comma(out));
		for (int k = 0; k < 3; k++) {
			buf_text(out, k ? "," : "");
			buf_json(out, db_value(declared, i, k));
		}
		buf_char(out, ']');
	}
	buf_text(out, "],");
}

static void add_unmatched(
	struct buf *out, const struct round_found *found, const struct engine_outcome *outcome)
{
	struct engine_why_not why;
	engine_why_not(found->input->population, found->policy, outcome->mentee, &why);
	buf_print(out,
		"%s{\"enrolment_id\":\"%s\",\"person_id\":\"%s\",\"found\":%d,\"reason\":\"%s\","
		"\"counts\":{",
		comma(out), found->input->persons[outcome->mentee].mentee_enrolment,
		person_id(found, outcome->mentee), outcome->count, reason_word(outcome->reason));
	bool first = true;
	for (int i = ENGINE_RULE_NONE + 1; i < ENGINE_RULE_COUNT; i++) {
		if (!why.refused[i])
			continue;
		buf_print(out, "%s\"%s\":%zu", first ? "" : ",",
			engine_rule_word((enum engine_rule)i), why.refused[i]);
		first = false;
	}
	buf_text(out, "}}");
}

static int64_t add_shortlist(struct buf *lists, struct buf *entries,
	const struct round_found *found, const struct engine_outcome *outcome)
{
	const struct id id = id_v7();
	const char *rule = outcome->head_of_tree                             ? "head_of_tree"
			   : found->policy->line_distance == ENGINE_LINE_ANY ? "any"
									     : "distance";
	buf_print(lists,
		"%s{\"id\":\"%s\",\"enrolment_id\":\"%s\",\"mentee_id\":\"%s\",\"line_rule\":\"%"
		"s\",\"reason\":",
		comma(lists), id.text, found->input->persons[outcome->mentee].mentee_enrolment,
		person_id(found, outcome->mentee), rule);
	if (outcome->count < outcome->wanted)
		buf_print(lists, "\"%s\"}", reason_word(outcome->reason));
	else
		buf_text(lists, "null}");
	return add_entries(entries, found, outcome, id.text);
}

bool round_result_write(struct buf *out, const struct round_found *found)
{
	struct buf parts[4];
	static const char *const names[] = { "shortlists", "entries", "candidates", "unmatched" };
	bool wanted = true;
	int64_t total = 0;
	size_t complete = 0, alone = 0, people = engine_population_size(found->input->population);
	struct candidate *all = calloc(people + 1, sizeof *all);
	for (size_t i = 0; i < COUNT(parts); i++) {
		parts[i] = BUF_INIT((size_t)256 << 20);
		buf_char(&parts[i], '[');
	}
	for (size_t i = 0; all && wanted && i < found->result->outcome_count; i++) {
		const struct engine_outcome *outcome = &found->result->outcomes[i];
		if (outcome->count)
			total += add_shortlist(&parts[0], &parts[1], found, outcome);
		add_candidates(&parts[2], found, outcome->mentee, all);
		if (outcome->count < outcome->wanted)
			add_unmatched(&parts[3], found, outcome);
		complete += outcome->count == outcome->wanted;
		alone += outcome->count == 0;
		wanted = !found->going || found->going(found->context);
	}
	buf_char(out, '{');
	for (size_t i = 0; i < COUNT(parts); i++) {
		buf_char(&parts[i], ']');
		if (buf_ok(&parts[i]))
			buf_print(out, "\"%s\":%s,", names[i], parts[i].data);
		else
			out->failed = true;
		buf_release(&parts[i]);
	}
	add_declared(out, found->declared);
	buf_print(out,
		"\"mentees\":%zu,\"mentors\":%zu,\"complete\":%zu,\"alone\":%zu,\"total\":%lld,"
		"\"input_hash\":\"%s\"}",
		found->input->mentees, found->input->mentors, complete, alone, (long long)total,
		found->input->input_hash);
	bool ok = all && wanted && buf_ok(out);
	free(all);
	return ok;
}
