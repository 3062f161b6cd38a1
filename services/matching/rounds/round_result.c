#include "matching/rounds/round_result.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "matching/rounds/round_candidates.h"
#include "matching/rounds/round_ways.h"

/* A mentor on a list, as shown. */
struct entry {
	int32_t score, criterion[ENGINE_CRITERION_COUNT];
	int rank;
	size_t choice; /* 1: no allowed mentor has a higher score for this mentee */
};

/* Totals of the round. */
struct sums {
	size_t complete, alone; /* shortlists; mentees without one */
	size_t wants, covered, coverable;
	int64_t total, worth;
	int64_t pinned; /* worth of the pins alone, which the certificate leaves out */
};

/* Adds `"name":["a","b"]` for numbered names. */
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

const char **round_skill_names(const struct round_input *input, const struct db_rows *rows)
{
	const char **names = calloc(input->skills.count + 1, sizeof *names);
	for (int i = 0; names && i < db_rows_count(rows); i++) {
		uint32_t number = names_find(&input->skills, db_value(rows, i, 0));
		if (number != NAMES_NONE)
			names[number] = db_value(rows, i, 1);
	}
	return names;
}

void round_result_reasons(
	struct buf *out, const struct round_found *found, uint32_t mentee, uint32_t mentor)
{
	const struct round_input *input = found->input;
	struct engine_explanation why;
	engine_explain(input->population, found->policy, mentee, mentor, &why);
	buf_char(out, '{');
	add_names(out, "skills", found->skill_name, why.lifted, why.lifted_count);
	buf_char(out, ',');
	add_names(out, "in_return", found->skill_name, why.taught_back, why.taught_back_count);
	buf_char(out, ',');
	add_names(out, "interests", (const char *const *)input->interests.texts,
		why.shared_interests, why.shared_interest_count);
	buf_char(out, ',');
	add_languages(
		out, input, input->persons[mentee].languages & input->persons[mentor].languages);
	buf_text(out, ",\"parts\":{");
	bool first = true;
	for (int i = 0; i < ENGINE_CRITERION_COUNT; i++) {
		if (!why.part[i])
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

/* Only if the head-of-tree rule was used: such a mentor must be more than this many steps below. */
static void add_line_distance(struct buf *out, bool granted)
{
	if (granted)
		buf_print(out, "\"line_distance\":%d,", ENGINE_LINE_GRANTED - 1);
}

/* 1 + the number of allowed mentors with a higher score. */
static size_t choice_of(const struct round_candidates *allowed, int32_t score)
{
	size_t choice = 1;
	for (size_t i = 0; i < allowed->count; i++)
		choice += allowed->all[i].part.score > score;
	return choice;
}

/* Adds what the mentor contributes to each want, in the order of the wants. */
static void add_lifts(struct buf *out, const struct engine_list_part *part, size_t wants)
{
	buf_text(out, "\"lifts\":[");
	for (size_t w = 0; w < wants; w++)
		buf_print(out, "%s%d", w ? "," : "", (int)part->share[w]);
	buf_text(out, "],");
}

/* Adds what the mentor is in each kind that the HR system knows, where that differs from the mentee. */
static void add_backgrounds(struct buf *out, const struct engine_list_part *part)
{
	buf_text(out, "\"backgrounds\":[");
	for (size_t k = 0; k < ROUND_GENDER; k++)
		buf_print(out, "%s%d", k ? "," : "", (int)part->background[k]);
	buf_text(out, "],");
}

static void add_candidates(struct buf *out, const struct round_found *found, uint32_t mentee,
	size_t wants, const struct round_candidates *allowed)
{
	const struct round_candidate *all = allowed->all;
	for (size_t i = 0; i < allowed->next; i++) {
		uint32_t mentor = all[i].mentor, department = found->input->department[mentor];
		buf_print(out,
			"%s{\"mentee_enrolment_id\":\"%s\",\"mentor_enrolment_id\":\"%s\",\"mentor_"
			"id\":\"%s\","
			"\"rank\":%zu,\"score\":%d,",
			comma(out), found->input->persons[mentee].mentee_enrolment,
			found->input->persons[mentor].mentor_enrolment, person_id(found, mentor),
			i + 1, (int)all[i].part.score);
		add_line_distance(out, all[i].granted);
		add_lifts(out, &all[i].part, wants);
		add_backgrounds(out, &all[i].part);
		buf_text(out, "\"department\":");
		if (department == ENGINE_NONE)
			buf_text(out, "null");
		else
			buf_json(out, found->input->departments.texts[department]);
		buf_text(out, ",\"reasons\":");
		round_result_reasons(out, found, mentee, mentor);
		buf_char(out, '}');
	}
}

/* Codes of the contract. They do not tell whose conflict of interest it was. */
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
	case ENGINE_REASON_SAME_DEPARTMENT:
		return "same_department";
	case ENGINE_REASON_OTHER_COUNTRY:
		return "other_country";
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

/* Computes the entries of a shortlist as shown; those by the head-of-tree rule come last. Returns
 * the sum of the scores. */
static int64_t score_entries(const struct round_found *found, const struct engine_outcome *outcome,
	const struct round_candidates *allowed, struct entry entries[ENGINE_SHORTLIST_MAX])
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
		entries[i].score = why.score;
		memcpy(entries[i].criterion, why.criterion, sizeof why.criterion);
		entries[i].choice = choice_of(allowed, why.score);
		allowed->tallies[pairs[i].mentor].lists++;
		sum += why.score;
	}
	for (uint16_t i = 0; i < outcome->count; i++) {
		entries[i].rank = 1;
		for (uint16_t k = 0; k < outcome->count; k++)
			entries[i].rank += pairs[k].head_of_tree != pairs[i].head_of_tree
						   ? pairs[i].head_of_tree
					   : entries[k].score != entries[i].score
						   ? entries[k].score > entries[i].score
						   : pairs[k].rank < pairs[i].rank;
	}
	return sum;
}

/* Adds the points of the pair for each criterion, before weighting. */
static void add_criteria(struct buf *out, const int32_t criterion[ENGINE_CRITERION_COUNT])
{
	bool first = true;
	buf_text(out, "\"criteria\":{");
	for (int i = 0; i < ENGINE_CRITERION_COUNT; i++) {
		if (!criterion[i])
			continue;
		buf_print(out, "%s\"%s\":%d", first ? "" : ",",
			round_criterion_word((enum engine_criterion)i), (int)criterion[i]);
		first = false;
	}
	buf_text(out, "},");
}

static int64_t add_entries(struct buf *out, const struct round_found *found,
	const struct engine_outcome *outcome, const struct round_candidates *allowed, size_t wants,
	const char *shortlist_id)
{
	struct engine_list_part part;
	struct entry entries[ENGINE_SHORTLIST_MAX] = { 0 };
	int64_t sum = score_entries(found, outcome, allowed, entries);
	for (uint16_t i = 0; i < outcome->count; i++) {
		const struct engine_pair *pair = &found->result->pairs[outcome->first + i];
		engine_list_part(
			found->input->population, found->policy, pair->mentee, pair->mentor, &part);
		buf_print(out,
			"%s{\"shortlist_id\":\"%s\",\"mentor_id\":\"%s\",\"enrolment_id\":\"%s\","
			"\"rank\":%d,\"choice\":%zu,\"score\":%d,",
			comma(out), shortlist_id, person_id(found, pair->mentor),
			found->input->persons[pair->mentor].mentor_enrolment, entries[i].rank,
			entries[i].choice, (int)entries[i].score);
		add_criteria(out, entries[i].criterion);
		add_line_distance(out, pair->head_of_tree);
		add_lifts(out, &part, wants);
		add_backgrounds(out, &part);
		buf_text(out, "\"reasons\":");
		round_result_reasons(out, found, pair->mentee, pair->mentor);
		buf_char(out, '}');
	}
	return sum;
}

/* Adds [[person, kind, value], ...]. */
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

/* Adds `{"rule":number,...}` for the rules that refused somebody. */
static void add_refused(struct buf *out, const size_t refused[ENGINE_RULE_COUNT])
{
	bool first = true;
	buf_char(out, '{');
	for (int i = ENGINE_RULE_NONE + 1; i < ENGINE_RULE_COUNT; i++) {
		if (!refused[i])
			continue;
		buf_print(out, "%s\"%s\":%zu", first ? "" : ",",
			engine_rule_word((enum engine_rule)i), refused[i]);
		first = false;
	}
	buf_char(out, '}');
}

static void add_unmatched(struct buf *out, const struct round_found *found,
	const struct engine_outcome *outcome, const struct round_ways *ways)
{
	struct engine_why_not why;
	engine_why_not(found->input->population, found->policy, outcome->mentee, &why);
	buf_print(out,
		"%s{\"enrolment_id\":\"%s\",\"person_id\":\"%s\",\"found\":%d,\"reason\":\"%s\","
		"\"counts\":",
		comma(out), found->input->persons[outcome->mentee].mentee_enrolment,
		person_id(found, outcome->mentee), outcome->count, reason_word(outcome->reason));
	add_refused(out, why.refused);
	buf_text(out, ",\"relaxation\":");
	round_ways_mentee(out, ways, outcome, &why);
	buf_char(out, '}');
}

/* Adds every mentor of the round: the number of lists, of mentees they are allowed for, and of
 * refusals by rule; of those on no list, what would help. False: the round is not wanted any more. */
static bool add_mentors(struct buf *out, const struct round_found *found,
	const struct round_candidates *allowed, struct round_ways *ways)
{
	for (size_t m = 0; m < allowed->mentor_count; m++) {
		if (found->going && !found->going(found->context))
			return false;
		uint32_t mentor = allowed->mentors[m];
		const struct round_tally *tally = &allowed->tallies[mentor];
		size_t refused[ENGINE_RULE_COUNT];
		for (int i = 0; i < ENGINE_RULE_COUNT; i++)
			refused[i] = tally->refused[i];
		buf_print(out,
			"%s{\"enrolment_id\":\"%s\",\"person_id\":\"%s\",\"lists\":%u,\"allowed\":%"
			"u,"
			"\"refused\":",
			comma(out), found->input->persons[mentor].mentor_enrolment,
			person_id(found, mentor), (unsigned)tally->lists, (unsigned)tally->mentees);
		add_refused(out, refused);
		buf_text(out, ",\"relaxation\":");
		round_ways_mentor(out, ways, mentor, tally);
		buf_char(out, '}');
	}
	return true;
}

/* Why a want may be open. That somebody will not be paired with the mentee is not revealed: if only
 * a block removes the teachers, they count as needed elsewhere. */
static const char *want_word(const struct engine_list_want *want)
{
	uint32_t barred = want->refused[ENGINE_RULE_BLOCKED];
	if (!want->allowed && barred && barred == want->offering)
		return engine_want_word(ENGINE_WANT_LEFT);
	return engine_want_word(want->allowed    ? ENGINE_WANT_LEFT
				: want->offering ? ENGINE_WANT_REFUSED
						 : ENGINE_WANT_NOBODY_TEACHES);
}

/* Adds what the mentee wants to learn, and who could teach it. */
static void add_wants(struct buf *out, const struct round_found *found,
	const struct round_list *list, const struct engine_list_why *why,
	const struct round_ways *ways)
{
	uint32_t mentee = list->outcome->mentee;
	for (size_t w = 0; w < why->want_count; w++) {
		const struct engine_list_want *want = &why->wants[w];
		bool first = true;
		buf_print(out,
			"%s{\"enrolment_id\":\"%s\",\"place\":%zu,\"skill_id\":\"%s\",\"share\":%d,"
			"\"allowed\":%u,\"open\":\"%s\",\"refused\":{",
			comma(out), found->input->persons[mentee].mentee_enrolment, w + 1,
			found->input->skills.texts[want->skill], (int)want->share_most,
			(unsigned)want->allowed, want_word(want));
		for (int i = ENGINE_RULE_NONE + 1; i < ENGINE_RULE_COUNT; i++) {
			if (!want->refused[i] || i == ENGINE_RULE_BLOCKED)
				continue;
			buf_print(out, "%s\"%s\":%u", first ? "" : ",",
				engine_rule_word((enum engine_rule)i), (unsigned)want->refused[i]);
			first = false;
		}
		buf_text(out, "},\"relaxation\":");
		round_ways_want(out, ways, list, why, w);
		buf_char(out, '}');
	}
}

/* What the pinned mentors of a list are worth without the others. */
static int64_t pins_worth(const struct round_found *found, const struct engine_outcome *outcome)
{
	struct engine_list_part parts[ENGINE_SHORTLIST_MAX];
	size_t count = 0;
	int64_t worth = 0;
	for (size_t i = 0; i < outcome->count; i++) {
		const struct engine_pair *pair = &found->result->pairs[outcome->first + i];
		if (!pair->pinned)
			continue;
		engine_list_part(found->input->population, found->policy, pair->mentee,
			pair->mentor, &parts[count]);
		worth += engine_list_addition(found->policy, parts, count, &parts[count]);
		count++;
	}
	return worth;
}

static void explain_list(const struct round_found *found, const struct engine_outcome *outcome,
	const struct engine_teachers *teachers, struct engine_list_why *ret_why, struct sums *sums)
{
	uint32_t mentors[ENGINE_SHORTLIST_MAX];
	for (size_t i = 0; i < outcome->count; i++)
		mentors[i] = found->result->pairs[outcome->first + i].mentor;
	engine_list_why(found->input->population, found->policy, teachers, outcome->mentee, mentors,
		outcome->count, ret_why);
	sums->worth += ret_why->worth;
	sums->pinned += pins_worth(found, outcome);
	sums->wants += ret_why->want_count;
	sums->covered += ret_why->covered;
	sums->coverable += ret_why->coverable;
	sums->complete += outcome->count == outcome->wanted;
	sums->alone += outcome->count == 0;
}

static int64_t add_shortlist(struct buf *lists, struct buf *entries,
	const struct round_found *found, const struct engine_outcome *outcome,
	const struct round_candidates *allowed, const struct engine_list_why *why)
{
	const struct id id = id_v7();
	const char *rule = outcome->head_of_tree                             ? "head_of_tree"
			   : found->policy->line_distance == ENGINE_LINE_ANY ? "any"
									     : "distance";
	buf_print(lists,
		"%s{\"id\":\"%s\",\"enrolment_id\":\"%s\",\"mentee_id\":\"%s\",\"line_rule\":\"%"
		"s\",\"worth\":%lld,\"reason\":",
		comma(lists), id.text, found->input->persons[outcome->mentee].mentee_enrolment,
		person_id(found, outcome->mentee), rule, (long long)why->worth);
	if (outcome->count < outcome->wanted)
		buf_print(lists, "\"%s\"}", reason_word(outcome->reason));
	else
		buf_text(lists, "null}");
	return add_entries(entries, found, outcome, allowed, why->want_count, id.text);
}

/* Adds the totals of the round, worth and bound in hundredths of points, the gap in millionths, and
 * ends the document. A bound that depends on what people have declared would reveal something about
 * it, and is left out. */
static void add_sums(struct buf *out, const struct round_found *found, const struct sums *sums)
{
	const struct engine_certificate *certificate = &found->result->certificate;
	int64_t bound = certificate->bound + sums->pinned;
	double gap = bound ? 1e6 * (double)certificate->gap / (double)bound : 0;
	buf_print(out,
		"\"mentees\":%zu,\"mentors\":%zu,\"complete\":%zu,\"alone\":%zu,\"total\":%lld,"
		"\"worth\":%lld,\"gap\":%lld,\"wanted\":%zu,\"covered\":%zu,\"coverable\":%zu,",
		found->input->mentees, found->input->mentors, sums->complete, sums->alone,
		(long long)sums->total, (long long)sums->worth, (long long)(gap + 0.999999),
		sums->wants, sums->covered, sums->coverable);
	if (sums->worth == certificate->value + sums->pinned)
		buf_print(out, "\"bound\":%lld,", (long long)bound);
	if (found->result->exposure_cap > found->policy->exposure_cap)
		buf_print(out, "\"exposure_cap\":%d,", (int)found->result->exposure_cap);
	buf_print(out, "\"input_hash\":\"%s\"}", found->input->input_hash);
}

/* Adds those whom the policy leaves out, and what would help them. */
static void add_outside(
	struct buf *out, const struct round_found *found, struct round_ways *ways)
{
	for (uint32_t p = 0; found->input->wider && p < found->input->people.count; p++)
		if (*found->input->persons[p].outside)
			round_ways_outside(out, ways, p);
}

enum { LISTS, ENTRIES, CANDIDATES, WANTS, UNMATCHED, OUTSIDE, MENTORS, PARTS };

/* Adds one mentee: the shortlist, the next candidates, the wants, and what is missing. */
static void add_outcome(struct buf parts[PARTS], const struct round_found *found,
	const struct engine_outcome *outcome, struct round_candidates *allowed,
	struct round_ways *ways, struct sums *sums)
{
	struct engine_list_why why;
	struct round_list list;
	explain_list(found, outcome, ways->teachers, &why, sums);
	round_candidates_find(found->input, found->policy, outcome->mentee, allowed);
	round_ways_read(ways, outcome, allowed, &list);
	if (outcome->count)
		sums->total += add_shortlist(
			&parts[LISTS], &parts[ENTRIES], found, outcome, allowed, &why);
	add_candidates(&parts[CANDIDATES], found, outcome->mentee, why.want_count, allowed);
	add_wants(&parts[WANTS], found, &list, &why, ways);
	if (outcome->count < outcome->wanted)
		add_unmatched(&parts[UNMATCHED], found, outcome, ways);
}

/* Appends the parts with their names and releases them. */
static void join_parts(struct buf *out, struct buf parts[PARTS])
{
	static const char *const names[PARTS] = { "shortlists", "entries", "candidates", "wants",
		"unmatched", "outside", "people" };
	for (size_t i = 0; i < PARTS; i++) {
		buf_char(&parts[i], ']');
		if (buf_ok(&parts[i]))
			buf_print(out, "\"%s\":%s,", names[i], parts[i].data);
		else
			out->failed = true;
		buf_release(&parts[i]);
	}
}

bool round_result_write(struct buf *out, const struct round_found *found)
{
	struct buf parts[PARTS];
	struct sums sums = { 0 };
	bool wanted = true;
	struct round_candidates allowed;
	struct round_ways ways = { 0 };
	struct engine_teachers *teachers = engine_teachers_new(found->input->population);
	bool room = round_candidates_init(&allowed, found->input) && teachers &&
		    round_ways_init(&ways, found->input, found->policy, found->result, teachers,
			    found->options);
	for (size_t i = 0; i < COUNT(parts); i++) {
		parts[i] = BUF_INIT((size_t)256 << 20);
		buf_char(&parts[i], '[');
	}
	for (size_t i = 0; room && wanted && i < found->result->outcome_count; i++) {
		add_outcome(parts, found, &found->result->outcomes[i], &allowed, &ways,
			&sums);
		wanted = !found->going || found->going(found->context);
	}
	if (room && wanted)
		add_outside(&parts[OUTSIDE], found, &ways);
	wanted = room && wanted && add_mentors(&parts[MENTORS], found, &allowed, &ways);
	buf_char(out, '{');
	join_parts(out, parts);
	add_declared(out, found->declared);
	add_sums(out, found, &sums);
	bool ok = wanted && buf_ok(out);
	round_ways_release(&ways);
	engine_teachers_free(teachers);
	round_candidates_release(&allowed);
	return ok;
}
