#include "matching/rounds/round_ways.h"

#include <stdlib.h>

#define RAISES_MOST 3   /* of the exposure cap that are tried */
#define CAP_MOST    100 /* PolicyRulesInput */
#define SIZE_MOST   5   /* PolicyBoundsInput */

/* ---- as JSON -----------------------------------------------------------------------------------*/

static void add_rule(struct buf *out, const char *rule, size_t yields, int32_t from, int32_t to)
{
	buf_print(out,
		"{\"yields\":%zu,\"rules\":[{\"rule\":\"%s\",\"from\":%d,\"to\":%d,\"upper\":true}]"
		"}",
		yields, rule, (int)from, (int)to);
}

/* Adds how many somebody would have, and the first `count` rules of those that must change for it. */
static void add_changes(struct buf *out, size_t yields, const struct engine_relaxation *relaxation,
	size_t count)
{
	buf_print(out, "\"yields\":%zu,\"rules\":[", yields);
	for (size_t i = 0; i < count; i++)
		buf_print(out, "%s{\"rule\":\"%s\",\"from\":%d,\"to\":%d,\"upper\":%s}",
			i ? "," : "", engine_rule_word(relaxation->rules[i].rule),
			(int)relaxation->rules[i].from, (int)relaxation->rules[i].to,
			relaxation->rules[i].upper ? "true" : "false");
	buf_text(out, "]}");
}

/* Adds hard rules that must change together. */
static void add_rules(struct buf *out, const struct engine_relaxation *relaxation)
{
	if (!relaxation->count) {
		buf_text(out, "null");
		return;
	}
	buf_char(out, '{');
	add_changes(out, relaxation->yields, relaxation, relaxation->count);
}

/* ---- higher caps -------------------------------------------------------------------------------*/

static size_t count_waiting(const struct round_ways *ways)
{
	size_t waiting = 0;
	for (size_t i = 0; i < ways->result->outcome_count; i++)
		waiting += ways->result->outcomes[i].reason == ENGINE_REASON_CONTENDED &&
			   !ways->raised[i];
	return waiting;
}

/* Notes who has more mentors under the higher cap. */
static void compare(struct round_ways *ways, const struct engine_result *tried, uint16_t raised)
{
	for (size_t i = 0; i < ways->result->outcome_count; i++) {
		const struct engine_outcome *outcome = &ways->result->outcomes[i];
		uint16_t found = tried->outcomes[i].count;
		if (outcome->reason != ENGINE_REASON_CONTENDED || ways->raised[i] ||
			found <= outcome->count)
			continue;
		ways->raised[i] = raised;
		ways->more[i] = (uint16_t)(found - outcome->count);
	}
}

/* How many mentors a mentee gets comes first in the objective of lists and of pairs, so the pairs, which
 * are found sooner, tell. */
static bool try_caps(struct round_ways *ways, const struct engine_options *options)
{
	struct engine_policy policy = *ways->policy;
	struct engine_options quiet = *options;
	quiet.progress = NULL;
	for (uint16_t raised = 1; raised <= RAISES_MOST && count_waiting(ways); raised++) {
		struct engine_result tried;
		policy.exposure_cap = ways->result->exposure_cap + raised;
		if (policy.exposure_cap > CAP_MOST)
			break;
		enum engine_status status = engine_shortlist(
			ways->input->population, &policy, &quiet, NULL, &tried);
		if (status == ENGINE_OK)
			compare(ways, &tried, raised);
		if (status == ENGINE_OK || status == ENGINE_CANCELLED)
			engine_result_release(&tried);
		if (status != ENGINE_OK)
			return false;
	}
	return true;
}

bool round_ways_init(struct round_ways *ways, const struct round_input *input,
	const struct engine_policy *policy, const struct engine_result *result,
	const struct engine_teachers *teachers, const struct engine_options *options)
{
	size_t people = engine_population_size(input->population);
	*ways = (struct round_ways){ .input = input,
		.policy = policy,
		.result = result,
		.teachers = teachers,
		.lists = calloc(people + 1, sizeof *ways->lists),
		.raised = calloc(result->outcome_count + 1, sizeof *ways->raised),
		.more = calloc(result->outcome_count + 1, sizeof *ways->more),
		.next = calloc(people + 1, sizeof *ways->next) };
	if (!ways->lists || !ways->raised || !ways->more || !ways->next)
		return false;
	for (size_t p = 0; p < people; p++)
		ways->lists[p] = (uint32_t)input->persons[p].shown;
	for (size_t p = 0; p < result->pair_count; p++)
		ways->lists[result->pairs[p].mentor]++;
	return try_caps(ways, options);
}

void round_ways_release(struct round_ways *ways)
{
	free(ways->lists);
	free(ways->raised);
	free(ways->more);
	free(ways->next);
}

/* ---- one list ----------------------------------------------------------------------------------*/

static bool is_on(const struct round_list *list, uint32_t mentor)
{
	for (size_t i = 0; i < list->outcome->count; i++)
		if (list->pairs[i].mentor == mentor)
			return true;
	return false;
}

/* Whether a higher cap or one more place could bring them: those whom only the head-of-tree rule allows
 * come only where nobody else is left. */
static bool is_eligible(const struct round_list *list, const struct round_candidate *candidate)
{
	return !candidate->granted && !is_on(list, candidate->mentor);
}

/* The best addition among those who could be on one more list. */
static size_t find_added(const struct round_ways *ways, const struct round_list *list)
{
	const struct round_candidate *all = list->allowed->all;
	size_t best = list->allowed->count;
	int64_t most = INT64_MIN;
	for (size_t i = 0; i < list->allowed->count; i++) {
		if (ways->lists[all[i].mentor] >= (uint32_t)ways->result->exposure_cap ||
			!is_eligible(list, &all[i]))
			continue;
		int64_t adds = engine_list_addition(
			ways->policy, list->parts, list->outcome->count, &all[i].part);
		if (adds > most || (adds == most && all[i].mentor < all[best].mentor)) {
			most = adds;
			best = i;
		}
	}
	return best;
}

void round_ways_read(struct round_ways *ways, const struct engine_outcome *outcome,
	const struct round_candidates *allowed, struct round_list *ret_list)
{
	struct round_list *list = ret_list;
	list->outcome = outcome;
	list->allowed = allowed;
	list->pairs = &ways->result->pairs[outcome->first];
	list->added = allowed->count;
	for (size_t i = 0; i < outcome->count; i++)
		engine_list_part(ways->input->population, ways->policy, outcome->mentee,
			list->pairs[i].mentor, &list->parts[i]);
	if (outcome->count < ways->policy->shortlist_size ||
		ways->policy->shortlist_size >= SIZE_MOST)
		return;
	list->added = find_added(ways, list);
	if (list->added < allowed->count)
		ways->next[allowed->all[list->added].mentor] = true;
}

static int64_t worth_of(
	const struct engine_policy *policy, const struct engine_list_part *parts, size_t count)
{
	int64_t worth = 0;
	for (size_t i = 0; i < count; i++)
		worth += engine_list_addition(policy, parts, i, &parts[i]);
	return worth;
}

static bool is_of_one_department(const struct engine_list_part *parts, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (parts[i].department != parts[0].department)
			return false;
	return true;
}

/* Whether the list is better with the mentor than with one of those on it; a wish of both is kept. */
static bool improves(const struct round_ways *ways, const struct round_list *list,
	const struct engine_list_part *mentor)
{
	const struct engine_policy *policy = ways->policy;
	struct engine_list_part parts[ENGINE_SHORTLIST_MAX + 1];
	size_t count = list->outcome->count;
	int64_t worth = worth_of(policy, list->parts, count);
	if (count < (size_t)policy->shortlist_size)
		return true;
	for (size_t i = 0; i < count; i++)
		parts[i] = list->parts[i];
	for (size_t i = 0; i < count; i++) {
		parts[i] = *mentor;
		if (!list->pairs[i].pinned && worth_of(policy, parts, count) > worth &&
			!(policy->two_departments && is_of_one_department(parts, count) &&
				!is_of_one_department(list->parts, count)))
			return true;
		parts[i] = list->parts[i];
	}
	return false;
}

/* The teachers of a want whom only the cap keeps from the list. */
static size_t count_capped(
	const struct round_ways *ways, const struct round_list *list, size_t want)
{
	const struct round_candidate *all = list->allowed->all;
	size_t capped = 0;
	for (size_t i = 0; i < list->allowed->count; i++)
		capped += all[i].part.share[want] && is_eligible(list, &all[i]) &&
			  ways->lists[all[i].mentor] == (uint32_t)ways->result->exposure_cap &&
			  improves(ways, list, &all[i].part);
	return capped;
}

void round_ways_want(struct buf *out, const struct round_ways *ways, const struct round_list *list,
	const struct engine_list_why *why, size_t want)
{
	struct engine_why_not refused;
	enum engine_want_state state = why->wants[want].state;
	int32_t cap = ways->result->exposure_cap;
	size_t capped = state == ENGINE_WANT_LEFT && cap < CAP_MOST ? count_capped(ways, list, want)
								    : 0;
	if (state == ENGINE_WANT_REFUSED) {
		engine_why_not_want(ways->input->population, ways->policy, ways->teachers,
			list->outcome->mentee, want, &refused);
		add_rules(out, &refused.smallest);
	} else if (capped) {
		add_rule(out, "exposure", capped, cap, cap + 1);
	} else if (state == ENGINE_WANT_LEFT && list->added < list->allowed->count &&
		   list->allowed->all[list->added].part.share[want]) {
		add_rule(out, "list_size", 1, ways->policy->shortlist_size,
			ways->policy->shortlist_size + 1);
	} else {
		buf_text(out, "null");
	}
}

void round_ways_mentee(struct buf *out, const struct round_ways *ways,
	const struct engine_outcome *outcome, const struct engine_why_not *why)
{
	size_t at = (size_t)(outcome - ways->result->outcomes);
	int32_t cap = ways->result->exposure_cap;
	if (ways->raised[at])
		add_rule(out, "exposure", ways->more[at], cap, cap + ways->raised[at]);
	else
		add_rules(out, &why->smallest);
}

void round_ways_mentor(struct buf *out, struct round_ways *ways, uint32_t mentor,
	const struct round_tally *tally)
{
	struct engine_why_not why;
	if (!tally->lists && !tally->mentees && ways->input->mentees &&
		ways->pairs < ROUND_WAYS_PAIRS) {
		ways->pairs += ways->input->mentees;
		engine_why_not_mentor(ways->input->population, ways->policy, mentor, &why);
		add_rules(out, &why.smallest);
	} else if (!tally->lists && ways->next[mentor]) {
		add_rule(out, "list_size", 1, ways->policy->shortlist_size,
			ways->policy->shortlist_size + 1);
	} else {
		buf_text(out, "null");
	}
}

void round_ways_outside(struct buf *out, struct round_ways *ways, uint32_t mentee)
{
	struct engine_why_not why;
	if (ways->pairs >= ROUND_WAYS_PAIRS)
		return;
	ways->pairs += ways->input->mentors;
	engine_why_not(ways->input->wider, ways->policy, mentee, &why);
	if (!why.allowed && !why.smallest.count)
		return;
	buf_print(out, "%s{\"enrolment_id\":\"%s\",", out->data[out->len - 1] == '[' ? "" : ",",
		ways->input->persons[mentee].outside);
	add_changes(out, why.allowed ? why.allowed : why.smallest.yields, &why.smallest,
		why.allowed ? 0 : why.smallest.count);
}
