/* Verifies a result independently. */
#include "matching/engine/check/check.h"

#include "matching/engine/check/check_lists.h"
#include "matching/engine/check/check_prices.h"
#include "matching/engine/check/check_stable.h"

#include <stdlib.h>
#include <string.h>

static bool init(struct checking *checking)
{
	size_t count = checking->population->count;
	checking->mentor_at = malloc((count + 1) * sizeof(uint32_t));
	checking->taken = calloc(count + 1, sizeof(uint32_t));
	checking->pinned = calloc(count + 1, sizeof(uint32_t));
	if (!checking->mentor_at || !checking->taken || !checking->pinned)
		return false;
	memset(checking->mentor_at, 0xff, (count + 1) * sizeof(uint32_t));
	return auditor_init(&checking->auditor, checking->population, checking->policy);
}

static void release(struct checking *checking)
{
	free(checking->mentor_at);
	free(checking->taken);
	free(checking->pinned);
	auditor_release(&checking->auditor);
}

/* The places of a person on one side, according to the population and the mode. */
static int32_t places_of(const struct checking *checking, const struct person *person, bool mentor)
{
	bool listed = checking->certificate->mode == ENGINE_MODE_SHORTLIST;
	if (!mentor)
		return listed ? checking->policy->shortlist_size : person->mentee_capacity;
	int32_t cap = checking->result->exposure_cap;
	return !listed ? person->mentor_capacity : person->shown < cap ? cap - person->shown : 0;
}

/* The cap may be raised only as far as full lists require. */
static bool check_cap(struct checking *checking)
{
	uint64_t mentees = checking->certificate->mentee_count;
	uint64_t mentors = checking->certificate->mentor_count;
	uint64_t places = mentees * (uint64_t)checking->policy->shortlist_size;
	for (uint64_t m = 0; m < mentors; m++)
		places += checking->population->people[checking->certificate->mentors[m]].shown;
	uint64_t needed = mentors ? (places + mentors - 1) / mentors : 0;
	needed = needed > 60000 ? 60000 : needed;
	uint64_t cap = (uint64_t)checking->policy->exposure_cap;
	if (checking->certificate->mode != ENGINE_MODE_SHORTLIST)
		return true;
	return checking->result->exposure_cap == (int32_t)(needed > cap ? needed : cap);
}

static bool check_sides(struct checking *checking)
{
	const struct engine_certificate *certificate = checking->certificate;
	const struct engine_population *population = checking->population;
	uint32_t mentees = 0, mentors = 0;
	int32_t most = 1;
	for (uint32_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		if (person->active && (person->roles & ENGINE_ROLE_MENTEE)) {
			uint32_t at = mentees++;
			if (at >= certificate->mentee_count || certificate->mentees[at] != p ||
				certificate->demand[at] != places_of(checking, person, false))
				return check_refuse(checking, ENGINE_REFUSAL_SHAPE, p, ENGINE_NONE);
			most = certificate->demand[at] > most ? certificate->demand[at] : most;
		}
		if (person->active && (person->roles & ENGINE_ROLE_MENTOR)) {
			uint32_t at = mentors++;
			int32_t places = places_of(checking, person, true);
			if (at >= certificate->mentor_count || certificate->mentors[at] != p)
				return check_refuse(checking, ENGINE_REFUSAL_SHAPE, ENGINE_NONE, p);
			if ((uint32_t)places < checking->pinned[p])
				places = (int32_t)checking->pinned[p];
			if (certificate->capacity[at] != places)
				return check_refuse(checking, ENGINE_REFUSAL_SHAPE, ENGINE_NONE, p);
			checking->mentor_at[p] = at;
		}
	}
	return (mentees == certificate->mentee_count && mentors == certificate->mentor_count &&
		       certificate->places_max == most && check_cap(checking)) ||
	       check_refuse(checking, ENGINE_REFUSAL_SHAPE, ENGINE_NONE, ENGINE_NONE);
}

/* The units must be so far apart that no chain of moves can trade one aim for the next. */
static bool check_units(struct checking *checking)
{
	const struct engine_certificate *certificate = checking->certificate;
	int64_t shorter = certificate->mentee_count < certificate->mentor_count
				  ? certificate->mentee_count
				  : certificate->mentor_count;
	bool two = certificate->mode == ENGINE_MODE_SHORTLIST && checking->policy->two_departments;
	if (certificate->mode == ENGINE_MODE_STABLE || certificate->lists)
		return true;
	if (certificate->unit_soft > (2 * shorter + 1) * (int64_t)ENGINE_SCORE_MAX &&
		certificate->unit_place / (2 * shorter + 2) >= certificate->unit_soft &&
		certificate->two_departments == two)
		return true;
	return check_refuse(checking, ENGINE_REFUSAL_SHAPE, ENGINE_NONE, ENGINE_NONE);
}

static bool check_pair(struct checking *checking, size_t at)
{
	const struct engine_pair *pair = &checking->result->pairs[at];
	const struct engine_population *population = checking->population;
	if (pair->mentee >= population->count || pair->mentor >= population->count)
		return check_refuse(checking, ENGINE_REFUSAL_PAIR, pair->mentee, pair->mentor);
	if (at && pair->mentee < pair[-1].mentee)
		return check_refuse(checking, ENGINE_REFUSAL_PAIR, pair->mentee, pair->mentor);
	for (size_t p = at; p-- > 0 && pair->mentee == checking->result->pairs[p].mentee;)
		if (checking->result->pairs[p].mentor == pair->mentor)
			return check_refuse(
				checking, ENGINE_REFUSAL_PAIR, pair->mentee, pair->mentor);
	int32_t score = auditor_score(&checking->auditor, pair->mentee, pair->mentor);
	if (score == ENGINE_FORBIDDEN)
		return check_refuse(checking, ENGINE_REFUSAL_PAIR, pair->mentee, pair->mentor);
	if (score != pair->score)
		return check_refuse(checking, ENGINE_REFUSAL_SCORE, pair->mentee, pair->mentor);
	if (pair->head_of_tree != auditor_granted(&checking->auditor, pair->mentor))
		return check_refuse(checking, ENGINE_REFUSAL_PAIR, pair->mentee, pair->mentor);
	bool pinned = false;
	for (size_t p = 0; p < population->pin_count; p++)
		pinned = pinned || (population->pins[p].one == pair->mentee &&
					   population->pins[p].other == pair->mentor);
	if (checking->certificate->mode == ENGINE_MODE_STABLE)
		pinned = false;
	if (pinned != pair->pinned)
		return check_refuse(checking, ENGINE_REFUSAL_PIN, pair->mentee, pair->mentor);
	checking->taken[checking->mentor_at[pair->mentor]]++;
	return true;
}

static bool check_pairs(struct checking *checking)
{
	const struct engine_result *result = checking->result;
	int64_t total = 0;
	size_t pinned = 0;
	for (size_t p = 0; p < result->pair_count; p++) {
		if (!check_pair(checking, p))
			return false;
		total += result->pairs[p].score;
		pinned += result->pairs[p].pinned;
	}
	if (total != result->total)
		return check_refuse(checking, ENGINE_REFUSAL_SCORE, ENGINE_NONE, ENGINE_NONE);
	if (result->mode != ENGINE_MODE_STABLE && pinned != checking->population->pin_count)
		return check_refuse(checking, ENGINE_REFUSAL_PIN, ENGINE_NONE, ENGINE_NONE);
	for (uint32_t m = 0; m < checking->certificate->mentor_count; m++)
		if (checking->taken[m] > (uint32_t)checking->certificate->capacity[m])
			return check_refuse(checking, ENGINE_REFUSAL_CAPACITY, ENGINE_NONE,
				checking->certificate->mentors[m]);
	return true;
}

static bool check_outcomes(struct checking *checking)
{
	const struct engine_result *result = checking->result;
	const struct engine_certificate *certificate = checking->certificate;
	size_t at = 0;
	if (result->outcome_count != certificate->mentee_count)
		return check_refuse(checking, ENGINE_REFUSAL_OUTCOME, ENGINE_NONE, ENGINE_NONE);
	for (uint32_t m = 0; m < certificate->mentee_count; m++) {
		const struct engine_outcome *outcome = &result->outcomes[m];
		uint32_t mentee = certificate->mentees[m];
		size_t first = at;
		bool head = false;
		for (; at < result->pair_count && result->pairs[at].mentee == mentee; at++)
			head = head || result->pairs[at].head_of_tree;
		if ((int64_t)(at - first) > certificate->demand[m])
			return check_refuse(checking, ENGINE_REFUSAL_CAPACITY, mentee, ENGINE_NONE);
		if (outcome->mentee != mentee || outcome->first != first ||
			outcome->count != at - first || outcome->head_of_tree != head ||
			outcome->wanted != certificate->demand[m] ||
			(outcome->count < outcome->wanted) != (outcome->reason != 0))
			return check_refuse(checking, ENGINE_REFUSAL_OUTCOME, mentee, ENGINE_NONE);
	}
	return at == result->pair_count ||
	       check_refuse(checking, ENGINE_REFUSAL_OUTCOME, ENGINE_NONE, ENGINE_NONE);
}

static void count_pins(struct checking *checking)
{
	const struct engine_population *population = checking->population;
	if (checking->certificate->mode == ENGINE_MODE_STABLE)
		return;
	for (size_t p = 0; p < population->pin_count; p++)
		checking->pinned[population->pins[p].other]++;
}

enum engine_status engine_check(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	const struct engine_result *result, struct engine_verdict *ret_verdict)
{
	struct checking checking = { .population = population,
		.policy = policy,
		.result = result,
		.certificate = &result->certificate,
		.cancel = options ? options->cancel : NULL,
		.verdict = { ENGINE_REFUSAL_NONE, ENGINE_NONE, ENGINE_NONE, 0 } };
	enum engine_status status = ENGINE_NO_MEMORY;
	bool stable = result->mode == ENGINE_MODE_STABLE;
	if (!init(&checking))
		goto out;
	status = ENGINE_OK;
	count_pins(&checking);
	bool lists = result->certificate.lists;
	if (result->mode != result->certificate.mode ||
		(lists && result->mode != ENGINE_MODE_SHORTLIST))
		check_refuse(&checking, ENGINE_REFUSAL_SHAPE, ENGINE_NONE, ENGINE_NONE);
	else if (check_sides(&checking) && check_units(&checking) && check_pairs(&checking) &&
		 check_outcomes(&checking) &&
		 (stable || (lists ? check_lists(&checking) : check_prices(&checking))) && stable &&
		 result->certificate.complete)
		status = check_stability(&checking);
	if (checking.stopped)
		status = ENGINE_CANCELLED;
	if (checking.no_memory)
		status = ENGINE_NO_MEMORY;
	if (!status)
		*ret_verdict = checking.verdict;
out:
	release(&checking);
	return status;
}
