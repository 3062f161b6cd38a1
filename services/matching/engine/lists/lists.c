/* The run: pairs first, then lists. */
#include "matching/engine/lists/lists.h"

#include "matching/engine/lists/dense.h"
#include "matching/engine/lists/listing.h"
#include "matching/engine/lists/repair.h"
#include "matching/engine/lists/respond.h"
#include "matching/engine/lists/slots.h"

#include <stdlib.h>
#include <string.h>

#define CHOOSE_PART     3u   /* of the passes, after which candidates are chosen again */
#define CANDIDATES_MOST 110u /* of one mentee; they are chosen twice */

static const struct engine_options no_options;

static void report(const struct listing *listing)
{
	struct engine_progress progress = { listing->figures.rows_priced, listing->rows, 0, 0 };
	for (uint32_t i = 0; i < listing->rows; i++)
		progress.places += listing->row[i].terms.places;
	if (listing->options.progress)
		listing->options.progress(listing->options.progress_context, &progress);
}

static bool goes_on(struct listing *listing)
{
	report(listing);
	return !listing_stops(listing);
}

/* Finds lists within the cap at the current prices, starting from the answers to them. */
static void find_lists(struct listing *listing)
{
	respond_settle(listing);
	if (!listing_stops(listing) && repair_lists(listing)) {
		repair_polish(listing);
		listing_show(listing);
	}
	listing_hold_shown(listing);
	if (!listing_stops(listing))
		slots_run(listing);
}

static void choose(struct listing *listing)
{
	struct pace pace = respond_pace(listing);
	uint32_t middle = pace.passes / CHOOSE_PART;
	dense_pass(listing, true, false);
	for (unsigned worker = 0; worker < CREW_MAX; worker++)
		if (!listing->cancelled && !listing->failed)
			arena_release(&listing->first[worker]);
	if (goes_on(listing))
		respond_run(listing, &pace, 0, middle);
	if (goes_on(listing))
		dense_pass(listing, true, true);
	if (goes_on(listing))
		respond_run(listing, &pace, middle, pace.passes);
	if (goes_on(listing))
		find_lists(listing);
	if (goes_on(listing))
		dense_pass(listing, false, false);
}

/* Replaces the pairs of the pair solution by those of the lists; each mentee keeps the same
 * number. */
static void write_pairs(struct listing *listing, struct engine_result *result)
{
	for (uint32_t i = 0; i < listing->rows; i++) {
		const struct list_row *row = &listing->row[i];
		const struct engine_outcome *outcome = &result->outcomes[i];
		uint32_t place = 0;
		for (uint32_t p = outcome->first; p < outcome->first + (uint32_t)outcome->count;
			p++) {
			struct engine_pair *pair = &result->pairs[p];
			if (pair->pinned)
				continue;
			const struct candidate *candidate = &row->candidates[row->shown[place++]];
			pair->mentor = listing->scorer->lines[candidate->place].person;
			pair->score = candidate->score;
			pair->head_of_tree = candidate->granted;
		}
	}
	answer_rank(result, listing->options.seed);
}

static void write_outcomes(struct listing *listing, struct engine_result *result)
{
	const struct person *people = listing->population->people;
	for (size_t o = 0; o < result->outcome_count; o++) {
		struct engine_outcome *outcome = &result->outcomes[o];
		uint32_t end = outcome->first + (uint32_t)outcome->count;
		bool one = outcome->one_department;
		outcome->head_of_tree = false;
		for (uint32_t p = outcome->first; p < end; p++) {
			outcome->head_of_tree |= result->pairs[p].head_of_tree;
			one = one &&
			      people[result->pairs[p].mentor].department ==
				      people[result->pairs[outcome->first].mentor].department;
		}
		outcome->one_department = one;
		outcome->only_one_department = one && outcome->only_one_department;
	}
}

static enum engine_status write_certificate(
	const struct listing *listing, struct engine_certificate *certificate)
{
	uint32_t at = 0;
	certificate->granted = calloc(listing->rows + (size_t)1, sizeof(*certificate->granted));
	certificate->one_department = calloc(
		listing->rows + (size_t)1, sizeof(*certificate->one_department));
	if (!certificate->granted || !certificate->one_department)
		return ENGINE_NO_MEMORY;
	for (uint32_t i = 0; i < listing->rows; i++) {
		certificate->granted[i] = listing->row[i].terms.granted;
		certificate->one_department[i] = !listing->row[i].terms.two;
		certificate->mentee_price[i] = listing->bound_list[i];
		certificate->limit_department[i] = ENGINE_NO_LIMIT;
		certificate->limit_price[i] = 0;
	}
	for (uint32_t p = 0; p < listing->population->count; p++)
		if (listing->scorer->place[p] != ENGINE_NONE)
			certificate->mentor_price[at++] =
				listing->bound_price[listing->scorer->place[p]];
	certificate->lists = true;
	certificate->value = listing->value;
	certificate->bound = listing->bound;
	certificate->gap = listing->bound - listing->value;
	certificate->complete = !listing->cancelled;
	return ENGINE_OK;
}

static enum engine_status write_result(struct listing *listing, struct engine_result *result)
{
	write_pairs(listing, result);
	write_outcomes(listing, result);
	result->figures.rows_priced += listing->figures.rows_priced;
	result->figures.rounds += listing->figures.rounds;
	result->figures.candidates = 0;
	for (uint32_t i = 0; i < listing->rows; i++)
		result->figures.candidates += listing->row[i].count;
	for (unsigned worker = 0; worker < CREW_MAX; worker++)
		result->figures.pairs_scored += listing->pairs_scored[worker];
	return write_certificate(listing, &result->certificate);
}

/* Chooses lists from a pair solution, which may have been stopped. */
static enum engine_status choose_lists(
	struct solver *solver, struct engine_result *result, bool stopped)
{
	struct listing listing;
	enum engine_status status = listing_init(&listing, solver, result);
	listing.cancelled = stopped;
	solver_release(solver);
	if (!status && !stopped)
		choose(&listing);
	if (!status && listing.failed)
		status = ENGINE_NO_MEMORY;
	if (!status)
		status = write_result(&listing, result);
	if (!status && listing.cancelled)
		status = ENGINE_CANCELLED;
	listing_release(&listing);
	return status;
}

/* Memory for candidates and lists is needed in addition to that of the pairs. */
static enum engine_status check_memory(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options)
{
	size_t bytes = 0, more = sizeof(struct list_row) +
				 CANDIDATES_MOST * (sizeof(struct candidate) + WORTH_STRIDE);
	enum engine_status status = engine_estimate(
		population, policy, ENGINE_MODE_SHORTLIST, &bytes);
	if (status || !options->memory_limit)
		return status;
	for (size_t p = 0; p < population->count; p++)
		if (is_mentee(&population->people[p]) &&
			__builtin_add_overflow(bytes, more, &bytes))
			return ENGINE_TOO_LARGE;
	return bytes > options->memory_limit ? ENGINE_NO_MEMORY : ENGINE_OK;
}

enum engine_status engine_lists(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	struct engine_scorer *scorer = NULL;
	struct solver solver = { 0 };
	struct engine_result result = { 0 };
	if (!options)
		options = &no_options;
	enum engine_status status = prepare_run(
		population, policy, options, ENGINE_MODE_SHORTLIST, faults, &scorer);
	if (status)
		return status;
	status = check_memory(population, policy, options);
	if (!status)
		status = solver_init(&solver, scorer, options, ENGINE_MODE_SHORTLIST);
	if (!status)
		status = run_solver(&solver);
	bool stopped = status == ENGINE_CANCELLED;
	solver.cancelled = solver.cancelled || stopped;
	if (!status || stopped)
		status = answer_write(&solver, &result);
	if (!status)
		status = choose_lists(&solver, &result, stopped);
	if (!status || status == ENGINE_CANCELLED)
		*ret_result = result;
	else
		engine_result_release(&result);
	solver_release(&solver);
	engine_scorer_free(scorer);
	return status;
}
