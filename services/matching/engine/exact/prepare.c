/* Prepares a run: checks policy, pins and memory, and assigns positions. */
#include "matching/engine/exact/prepare.h"

#include "matching/engine/exact/estimate.h"

/* Every pin must obey the policy's hard rules; blocks and roles were checked when sealing. */
static enum engine_status check_pins(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_mode mode, struct engine_faults *faults)
{
	enum engine_status status = ENGINE_OK;
	uint32_t run = 0;
	for (size_t p = 0; p < population->pin_count; p++) {
		struct link pin = population->pins[p];
		enum engine_fault_code code = ENGINE_FAULT_NONE;
		run = p && population->pins[p - 1].one == pin.one ? run + 1 : 1;
		if (criteria_first_refusal(population, policy, pin.one, pin.other))
			code = ENGINE_FAULT_RULE;
		else if (mode == ENGINE_MODE_SHORTLIST && run > (uint32_t)policy->shortlist_size)
			code = ENGINE_FAULT_OVER_CAPACITY;
		if (code == ENGINE_FAULT_NONE)
			continue;
		engine_faults_add(faults,
			(struct engine_fault){ pin.one, pin.other, ENGINE_FIELD_PINNED, code });
		status = ENGINE_INVALID;
	}
	return status;
}

/* The configured cap, or as much as is needed for every mentee to get a full list. */
static void raise_cap(const struct engine_population *population, struct engine_policy *policy)
{
	uint64_t mentees = 0, mentors = 0;
	for (size_t p = 0; p < population->count; p++) {
		mentees += is_mentee(&population->people[p]);
		mentors += is_mentor(&population->people[p]);
	}
	uint64_t needed =
		mentors ? (mentees * (uint64_t)policy->shortlist_size + mentors - 1) / mentors : 0;
	needed = needed > 60000 ? 60000 : needed;
	if (needed > (uint64_t)policy->exposure_cap)
		policy->exposure_cap = (int32_t)needed;
}

enum engine_status prepare_run(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_scorer **ret_scorer)
{
	struct engine_policy own = *policy;
	enum engine_status status = engine_policy_check(policy, faults);
	if (!status && mode != ENGINE_MODE_STABLE)
		status = check_pins(population, policy, mode, faults);
	if (status)
		return status;
	if (mode == ENGINE_MODE_SHORTLIST)
		raise_cap(population, &own);
	size_t bytes = 0;
	status = engine_estimate(population, &own, mode, &bytes);
	if (!status && options->memory_limit && bytes > options->memory_limit)
		status = ENGINE_NO_MEMORY;
	return status ? status : scorer_new(population, &own, options, ret_scorer);
}
