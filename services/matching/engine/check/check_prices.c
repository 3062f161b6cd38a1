/* Checks the prices against every pair, and the gap. */
#include "matching/engine/check/check_prices.h"

__extension__ typedef __int128 wide;

static bool is_kept(const struct checking *checking, uint32_t mentee, uint32_t mentor)
{
	const struct engine_certificate *certificate = checking->certificate;
	size_t low = 0, high = certificate->kept_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct engine_pair *kept = &certificate->kept[middle];
		if (kept->mentee < mentee || (kept->mentee == mentee && kept->mentor < mentor))
			low = middle + 1;
		else
			high = middle;
	}
	return low < certificate->kept_count && certificate->kept[low].mentee == mentee &&
	       certificate->kept[low].mentor == mentor;
}

/* 0 = not taken, 1 = taken, 2 = pinned. */
static int state_of(
	const struct checking *checking, const struct engine_outcome *outcome, uint32_t mentor)
{
	for (size_t p = outcome->first; p < (size_t)outcome->first + outcome->count; p++)
		if (checking->result->pairs[p].mentor == mentor)
			return checking->result->pairs[p].pinned ? 2 : 1;
	return 0;
}

/* Checks all pairs of one mentee against the prices; adds the surplus of taken pairs to the gap. */
static bool check_row(struct checking *checking, uint32_t m, wide *gap)
{
	const struct engine_certificate *certificate = checking->certificate;
	uint32_t mentee = certificate->mentees[m];
	for (uint32_t j = 0; j < certificate->mentor_count; j++) {
		uint32_t mentor = certificate->mentors[j];
		int64_t score = auditor_score(&checking->auditor, mentee, mentor);
		if (score == ENGINE_FORBIDDEN)
			continue;
		checking->verdict.pairs_seen++;
		int state = state_of(checking, &checking->result->outcomes[m], mentor);
		if (state == 2)
			continue;
		uint32_t department = checking->population->people[mentor].department;
		bool limited = certificate->two_departments &&
			       certificate->limit_department[m] == department;
		wide price = (wide)certificate->mentor_price[j] +
			     (limited ? certificate->limit_price[m] : certificate->mentee_price[m]);
		if (is_kept(checking, mentee, mentor))
			score += certificate->unit_soft;
		if (certificate->mode != ENGINE_MODE_STABLE &&
			auditor_granted(&checking->auditor, mentor))
			score -= ENGINE_GRANT_UNITS * certificate->unit_soft;
		if (state == 0 && score > price)
			return check_refuse(checking, ENGINE_REFUSAL_PRICE, mentee, mentor);
		if (state == 1 && score < price && certificate->complete)
			return check_refuse(checking, ENGINE_REFUSAL_SLACKNESS, mentee, mentor);
		if (state == 1)
			*gap += (score > price ? score - price : 0) - (wide)score;
	}
	return true;
}

/* What the limit of one department adds to the dual value, and its relaxation to the primal
 * value. */
static wide limit_gap(const struct checking *checking, uint32_t m)
{
	const struct engine_certificate *certificate = checking->certificate;
	const struct engine_outcome *outcome = &checking->result->outcomes[m];
	int64_t most = checking->policy->shortlist_size - 1, inside = 0, pinned = 0;
	wide gap = 0;
	for (size_t p = outcome->first; p < (size_t)outcome->first + outcome->count; p++) {
		uint32_t department =
			checking->population->people[checking->result->pairs[p].mentor].department;
		int64_t same = 0;
		for (size_t q = outcome->first; q < (size_t)outcome->first + outcome->count; q++)
			same += checking->population->people[checking->result->pairs[q].mentor]
					.department == department;
		if (same > most && p == outcome->first)
			gap += certificate->unit_soft;
		if (department != certificate->limit_department[m])
			continue;
		inside++;
		pinned += checking->result->pairs[p].pinned;
	}
	wide above = (wide)certificate->limit_price[m] - certificate->mentee_price[m];
	if (certificate->limit_department[m] == ENGINE_NO_LIMIT || above <= 0)
		return gap;
	gap += above * (most > pinned ? most - pinned : 0);
	return gap + (above > certificate->unit_soft ? above - certificate->unit_soft : 0);
}

static bool check_places(struct checking *checking, uint32_t m, wide *gap)
{
	const struct engine_certificate *certificate = checking->certificate;
	const struct engine_outcome *outcome = &checking->result->outcomes[m];
	int64_t price = certificate->mentee_price[m];
	uint32_t pinned = 0;
	for (size_t p = outcome->first; p < (size_t)outcome->first + outcome->count; p++)
		pinned += checking->result->pairs[p].pinned;
	if (pinned == (uint32_t)certificate->demand[m])
		return true;
	*gap += (wide)price * (certificate->demand[m] - (int64_t)pinned);
	for (uint32_t place = pinned + 1; place <= (uint32_t)certificate->demand[m]; place++) {
		int64_t loss = (certificate->places_max - (int64_t)place + 1) *
			       certificate->unit_place;
		if (-loss > price)
			*gap += -loss - (wide)price;
		if (place > outcome->count)
			*gap += loss;
		if (certificate->complete && place > outcome->count && price > -loss)
			return check_refuse(
				checking, ENGINE_REFUSAL_SLACKNESS, outcome->mentee, ENGINE_NONE);
	}
	if (certificate->two_departments)
		*gap += limit_gap(checking, m);
	return true;
}

bool check_prices(struct checking *checking)
{
	const struct engine_certificate *certificate = checking->certificate;
	wide gap = 0;
	for (uint32_t j = 0; j < certificate->mentor_count; j++) {
		int64_t price = certificate->mentor_price[j];
		int64_t open = certificate->capacity[j] - (int64_t)checking->taken[j];
		if (price < 0)
			return check_refuse(checking, ENGINE_REFUSAL_PRICE, ENGINE_NONE,
				certificate->mentors[j]);
		if (certificate->complete && price && open)
			return check_refuse(checking, ENGINE_REFUSAL_SLACKNESS, ENGINE_NONE,
				certificate->mentors[j]);
		gap += (wide)price * (certificate->capacity[j] -
					     (int64_t)checking->pinned[certificate->mentors[j]]);
	}
	for (uint32_t m = 0; m < certificate->mentee_count; m++) {
		checking->stopped = checking->cancel && atomic_load(checking->cancel);
		if (checking->stopped)
			return false;
		if (!check_row(checking, m, &gap) || !check_places(checking, m, &gap))
			return false;
	}
	int64_t claimed = gap > INT64_MAX ? INT64_MAX : (int64_t)gap;
	if (gap < 0 || claimed != certificate->gap || (certificate->complete && gap))
		return check_refuse(checking, ENGINE_REFUSAL_GAP, ENGINE_NONE, ENGINE_NONE);
	return true;
}
