/* The public calls: shortlists, pairs, repair. */
#include "matching/engine/exact/solve.h"

#include "matching/engine/exact/answer.h"
#include "matching/engine/exact/prepare.h"
#include "matching/engine/exact/run.h"

static const struct engine_options no_options;

/* Lists the published pairs that are still allowed, as kept ones. */
static enum engine_status list_published(
	struct solver *solver, const struct engine_pair *published, size_t count)
{
	const struct engine_population *population = solver->population;
	for (size_t p = 0; p < count; p++) {
		uint32_t mentee = published[p].mentee, mentor = published[p].mentor;
		if (mentee >= population->count || mentor >= population->count ||
			people_pinned(population, mentee, mentor))
			continue;
		int32_t score = engine_pair_score(population, &solver->policy, mentee, mentor);
		struct edge edge = { solver->scorer->place[mentor], (int16_t)score, 1 };
		if (score != ENGINE_FORBIDDEN &&
			!solver_list(solver, solver->scorer->row[mentee], edge, 0))
			return ENGINE_NO_MEMORY;
	}
	return ENGINE_OK;
}

static enum engine_status solve(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, const struct engine_pair *published, size_t published_count,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	struct engine_scorer *scorer = NULL;
	struct solver solver = { 0 };
	if (!options)
		options = &no_options;
	enum engine_status status = prepare_run(population, policy, options, mode, faults, &scorer);
	if (status)
		return status;
	status = solver_init(&solver, scorer, options, mode);
	if (!status)
		status = list_published(&solver, published, published_count);
	if (!status)
		status = run_solver(&solver);
	if (status == ENGINE_CANCELLED)
		solver.cancelled = true;
	if (!status || status == ENGINE_CANCELLED) {
		enum engine_status written = answer_write(&solver, ret_result);
		status = written ? written : status;
	}
	solver_release(&solver);
	engine_scorer_free(scorer);
	return status;
}

enum engine_status engine_shortlist(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	return solve(
		population, policy, options, ENGINE_MODE_SHORTLIST, NULL, 0, faults, ret_result);
}

enum engine_status engine_pairs(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	return solve(population, policy, options, ENGINE_MODE_PAIRS, NULL, 0, faults, ret_result);
}

enum engine_status engine_repair(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, const struct engine_pair *published, size_t published_count,
	struct engine_faults *faults, struct engine_result *ret_result)
{
	return solve(
		population, policy, options, mode, published, published_count, faults, ret_result);
}
