/* Turns the state of a run into a result: pairs, prices, gap, and what each mentee received. */
#include "matching/engine/exact/answer.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

/* One row's share of the gap between dual and primal value: its places, its limit, its pairs'
 * surplus. */
static wide row_gap(const struct solver *solver, uint32_t index)
{
	const struct row *row = &solver->row[index];
	uint32_t open = (uint32_t)row->demand - row->pinned;
	wide gap = (wide)row->price * open;
	if (!open)
		return 0;
	for (uint32_t p = row->pinned + 1u; p <= row->demand; p++) {
		if (-penalty(solver, p) > row->price)
			gap += -penalty(solver, p) - (wide)row->price;
		if (p > (uint32_t)row->pinned + row->held)
			gap += penalty(solver, p);
	}
	for (uint32_t h = 0; h < row->held; h++) {
		const struct edge *edge = &solver->held[row->held_first + h];
		const struct place *place = &solver->place[edge->place];
		int64_t over = edge_value(solver, edge) - place->price -
			       price_towards(row, place->department);
		gap += (over > 0 ? over : 0) - (wide)edge_value(solver, edge);
	}
	if (row->limit == ENGINE_NO_LIMIT)
		return gap;
	uint32_t inside = solver_in_department(solver, index, row->limit), taken = 0;
	for (uint32_t h = 0; h < row->held; h++)
		taken += solver->place[solver->held[row->held_first + h].place].department ==
			 row->limit;
	int64_t above = row->limit_price - row->price;
	int64_t room = (int64_t)solver->department_limit - (inside - taken);
	gap += (wide)(above > 0 ? above : 0) * (room > 0 ? room : 0);
	gap += above > solver->unit_soft ? above - solver->unit_soft : 0;
	gap += inside > solver->department_limit ? solver->unit_soft : 0;
	return gap;
}

static int64_t total_gap(const struct solver *solver)
{
	wide gap = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		gap += row_gap(solver, i);
	for (uint32_t j = 0; j < solver->places; j++)
		gap += (wide)solver->place[j].price * solver->place[j].capacity;
	return gap > INT64_MAX ? INT64_MAX : (int64_t)gap;
}

static bool fill_mentees(const struct solver *solver, struct engine_certificate *certificate)
{
	size_t rows = solver->rows + (size_t)1;
	certificate->mentee_count = solver->rows;
	certificate->mentees = calloc(rows, sizeof(uint32_t));
	certificate->demand = calloc(rows, sizeof(int32_t));
	certificate->mentee_price = calloc(rows, sizeof(int64_t));
	certificate->limit_department = calloc(rows, sizeof(uint32_t));
	certificate->limit_price = calloc(rows, sizeof(int64_t));
	if (!certificate->mentees || !certificate->demand || !certificate->mentee_price ||
		!certificate->limit_department || !certificate->limit_price)
		return false;
	for (uint32_t i = 0; i < solver->rows; i++) {
		const struct row *row = &solver->row[i];
		certificate->mentees[i] = solver->scorer->rows[i].person;
		certificate->demand[i] = row->demand;
		certificate->mentee_price[i] = row->price;
		certificate->limit_department[i] = row->limit;
		certificate->limit_price[i] = row->limit == ENGINE_NO_LIMIT ? row->price
									    : row->limit_price;
	}
	return true;
}

static bool fill_mentors(const struct solver *solver, struct engine_certificate *certificate)
{
	size_t places = solver->places + (size_t)1;
	const struct engine_population *population = solver->population;
	uint32_t at = 0;
	certificate->mentor_count = solver->places;
	certificate->mentors = calloc(places, sizeof(uint32_t));
	certificate->capacity = calloc(places, sizeof(int32_t));
	certificate->mentor_price = calloc(places, sizeof(int64_t));
	if (!certificate->mentors || !certificate->capacity || !certificate->mentor_price)
		return false;
	for (uint32_t p = 0; p < population->count; p++) {
		uint32_t place = solver->scorer->place[p];
		if (place == ENGINE_NONE)
			continue;
		certificate->mentors[at] = p;
		certificate->capacity[at] = solver->place[place].capacity;
		certificate->mentor_price[at++] = solver->place[place].price;
	}
	for (size_t p = 0; p < population->pin_count && solver->mode != ENGINE_MODE_STABLE; p++)
		for (uint32_t m = 0; m < at; m++)
			certificate->capacity[m] += certificate->mentors[m] ==
						    population->pins[p].other;
	return true;
}

static int compare_kept(const void *left, const void *right)
{
	const struct engine_pair *a = left, *b = right;
	if (a->mentee != b->mentee)
		return a->mentee < b->mentee ? -1 : 1;
	return a->mentor < b->mentor ? -1 : a->mentor > b->mentor;
}

static bool fill_kept(const struct solver *solver, struct engine_certificate *certificate)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < solver->rows; i++)
		for (uint32_t e = 0; e < solver->row[i].edge_count; e++)
			count += solver->row[i].edges[e].flags & PAIR_KEPT;
	certificate->kept = calloc(count + (size_t)1, sizeof(*certificate->kept));
	if (!certificate->kept)
		return false;
	for (uint32_t i = 0; i < solver->rows; i++)
		for (uint32_t e = 0; e < solver->row[i].edge_count; e++) {
			const struct edge *edge = &solver->row[i].edges[e];
			if (edge->flags & PAIR_KEPT)
				certificate->kept[certificate->kept_count++] =
					(struct engine_pair){ solver->scorer->rows[i].person,
						solver->scorer->lines[edge->place].person,
						edge->score, 0, 0, false, false };
		}
	qsort(certificate->kept, certificate->kept_count, sizeof(*certificate->kept), compare_kept);
	return true;
}

static int compare_pairs(const void *left, const void *right)
{
	const struct engine_pair *a = left, *b = right;
	if (a->mentee != b->mentee)
		return a->mentee < b->mentee ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->mentor < b->mentor ? -1 : a->mentor > b->mentor;
}

static uint64_t shuffle_key(uint64_t seed, const struct engine_pair *pair)
{
	uint64_t z = seed ^ ((uint64_t)pair->mentee << 32 | pair->mentor);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* Ranks each mentee's pairs by score, and orders their display by hash. */
void answer_rank(struct engine_result *result, uint64_t seed)
{
	struct engine_pair *pairs = result->pairs;
	size_t first = 0;
	qsort(pairs, result->pair_count, sizeof(*pairs), compare_pairs);
	result->total = 0;
	for (size_t p = 0; p < result->pair_count; p++) {
		if (pairs[p].mentee != pairs[first].mentee)
			first = p;
		pairs[p].rank = (uint8_t)(p - first + 1);
		pairs[p].shown = 1;
		for (size_t q = first; q < p; q++) {
			uint64_t here = shuffle_key(seed, &pairs[p]);
			uint64_t there = shuffle_key(seed, &pairs[q]);
			pairs[here < there ? q : p].shown++;
		}
		result->total += pairs[p].score;
	}
}

static bool fill_pairs(const struct solver *solver, struct engine_result *result)
{
	const struct engine_population *population = solver->population;
	size_t count = population->pin_count;
	for (uint32_t i = 0; i < solver->rows; i++)
		count += solver->row[i].held;
	result->pairs = calloc(count + 1, sizeof(*result->pairs));
	if (!result->pairs)
		return false;
	for (uint32_t i = 0; i < solver->rows; i++)
		for (uint32_t h = 0; h < solver->row[i].held; h++) {
			const struct edge *edge = &solver->held[solver->row[i].held_first + h];
			result->pairs[result->pair_count++] =
				(struct engine_pair){ solver->scorer->rows[i].person,
					solver->scorer->lines[edge->place].person, edge->score, 0,
					0, false, layout_granted(solver->scorer, i, edge->place) };
		}
	for (size_t p = 0; p < population->pin_count && solver->mode != ENGINE_MODE_STABLE; p++) {
		uint32_t mentee = population->pins[p].one, mentor = population->pins[p].other;
		result->pairs[result->pair_count++] = (struct engine_pair){ mentee, mentor,
			engine_pair_score(population, &solver->policy, mentee, mentor), 0, 0, true,
			layout_granted(solver->scorer, solver->scorer->row[mentee],
				solver->scorer->place[mentor]) };
	}
	answer_rank(result, solver->options.seed);
	return true;
}

static void fill_figures(struct solver *solver, struct engine_result *result)
{
	result->figures = solver->figures;
	for (unsigned worker = 0; worker < CREW_MAX; worker++)
		result->figures.pairs_scored += solver->pairs_scored[worker];
	for (uint32_t i = 0; i < solver->rows; i++)
		result->figures.candidates += solver->row[i].edge_count;
	result->figures.simd = solver->scorer->simd;
}

static const enum engine_reason reasons[ENGINE_RULE_COUNT] = {
	[ENGINE_RULE_NONE] = ENGINE_REASON_FEW_ALLOWED,
	[ENGINE_RULE_ROLE] = ENGINE_REASON_NO_MENTORS,
	[ENGINE_RULE_MENTOR_ABOVE] = ENGINE_REASON_TOO_CLOSE,
	[ENGINE_RULE_LINE_DISTANCE] = ENGINE_REASON_TOO_CLOSE,
	[ENGINE_RULE_SAME_MANAGER] = ENGINE_REASON_TOO_CLOSE,
	[ENGINE_RULE_BLOCKED] = ENGINE_REASON_BLOCKED,
	[ENGINE_RULE_JUNIOR] = ENGINE_REASON_NOT_JUNIOR,
	[ENGINE_RULE_DEPARTMENT] = ENGINE_REASON_SAME_DEPARTMENT,
	[ENGINE_RULE_COUNTRY] = ENGINE_REASON_OTHER_COUNTRY,
	[ENGINE_RULE_LANGUAGE] = ENGINE_REASON_NO_SHARED_LANGUAGE,
	[ENGINE_RULE_HOURS] = ENGINE_REASON_TOO_FEW_COMMON_HOURS,
	[ENGINE_RULE_NEED] = ENGINE_REASON_NEED_NOT_COVERED,
};

/* The last rule that refuses any mentor: the one that those who pass most rules still break. */
static enum engine_reason last_refusal(const struct solver *solver, uint32_t mentee)
{
	enum engine_rule last = ENGINE_RULE_ROLE;
	const struct person *person = &solver->population->people[mentee];
	struct engine_policy settled = criteria_settle(solver->population, &solver->policy, mentee);
	if (!person->wants && solver->policy.need_covered)
		return ENGINE_REASON_NO_NEED;
	for (uint32_t j = 0; j < solver->places && last != ENGINE_RULE_NEED; j++) {
		enum engine_rule rule = criteria_first_refusal(
			solver->population, &settled, mentee, solver->scorer->lines[j].person);
		if (rule > last)
			last = rule;
	}
	return reasons[last];
}

/* The number of allowed mentors of a mentee, and whether they are all in one department. */
static size_t count_allowed(
	const struct solver *solver, uint32_t mentee, int16_t *scores, bool *ret_one_department)
{
	const struct engine_population *population = solver->population;
	uint32_t department = ENGINE_NONE;
	size_t allowed = 0;
	bool one = true;
	engine_scorer_row(solver->scorer, mentee, scores);
	for (size_t p = 0; p < population->count; p++) {
		if (scores[p] == ENGINE_FORBIDDEN)
			continue;
		if (allowed++ && population->people[p].department != department)
			one = false;
		department = population->people[p].department;
	}
	*ret_one_department = one;
	return allowed;
}

static bool in_one_department(
	const struct solver *solver, const struct engine_result *result, size_t first, size_t count)
{
	const struct person *people = solver->population->people;
	for (size_t p = first + 1; p < first + count; p++)
		if (people[result->pairs[p].mentor].department !=
			people[result->pairs[first].mentor].department)
			return false;
	return count > 1;
}

static void describe(struct solver *solver, struct engine_outcome *outcome, int16_t *scores)
{
	bool one_department = false;
	size_t allowed;
	if (outcome->count == outcome->wanted && !outcome->one_department)
		return;
	allowed = count_allowed(solver, outcome->mentee, scores, &one_department);
	outcome->only_one_department = outcome->one_department && one_department;
	if (outcome->count == outcome->wanted)
		return;
	if (!allowed)
		outcome->reason = last_refusal(solver, outcome->mentee);
	else if (solver->cancelled)
		outcome->reason = ENGINE_REASON_CANCELLED;
	else
		outcome->reason = allowed > outcome->count ? ENGINE_REASON_CONTENDED
							   : ENGINE_REASON_FEW_ALLOWED;
}

/* Writes one entry for each mentee, once the pairs are in place. */
static enum engine_status fill_outcomes(struct solver *solver, struct engine_result *result)
{
	int16_t *scores = malloc((solver->population->count + 1) * sizeof(*scores));
	bool cancelled = solver->scorer->cut || (solver->cancelled && is_cancelled(solver));
	size_t at = 0;
	result->outcomes = calloc(solver->rows + (size_t)1, sizeof(*result->outcomes));
	if (!scores || !result->outcomes) {
		free(scores);
		return ENGINE_NO_MEMORY;
	}
	for (uint32_t i = 0; i < solver->rows; i++) {
		struct engine_outcome *outcome = &result->outcomes[result->outcome_count++];
		outcome->mentee = solver->scorer->rows[i].person;
		outcome->first = (uint32_t)at;
		while (at < result->pair_count && result->pairs[at].mentee == outcome->mentee)
			at++;
		outcome->count = (uint16_t)(at - outcome->first);
		outcome->wanted = solver->row[i].demand;
		for (uint32_t p = outcome->first; p < at; p++)
			outcome->head_of_tree |= result->pairs[p].head_of_tree;
		outcome->one_department = solver->department_limit &&
					  in_one_department(
						  solver, result, outcome->first, outcome->count);
		if (cancelled)
			outcome->reason = outcome->count < outcome->wanted ? ENGINE_REASON_CANCELLED
									   : ENGINE_REASON_NONE;
		else
			describe(solver, outcome, scores);
	}
	free(scores);
	return ENGINE_OK;
}

enum engine_status answer_write(struct solver *solver, struct engine_result *ret_result)
{
	struct engine_result result = { .mode = solver->mode };
	struct engine_certificate *certificate = &result.certificate;
	certificate->mode = solver->mode;
	certificate->two_departments = solver->department_limit != 0;
	certificate->places_max = solver->places_max;
	certificate->unit_place = solver->unit_place;
	certificate->unit_soft = solver->unit_soft;
	if (solver->mode == ENGINE_MODE_SHORTLIST)
		result.exposure_cap = solver->policy.exposure_cap;
	if (!fill_mentees(solver, certificate) || !fill_mentors(solver, certificate) ||
		!fill_kept(solver, certificate) || !fill_pairs(solver, &result) ||
		fill_outcomes(solver, &result)) {
		engine_result_release(&result);
		return ENGINE_NO_MEMORY;
	}
	bool stable = solver->mode == ENGINE_MODE_STABLE;
	certificate->gap = stable ? 0 : total_gap(solver);
	certificate->complete = !solver->cancelled &&
				(stable ? solver->stable : certificate->gap == 0);
	fill_figures(solver, &result);
	*ret_result = result;
	return ENGINE_OK;
}
