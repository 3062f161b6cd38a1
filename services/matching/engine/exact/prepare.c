/* Prepares a run: checks policy, pins and memory, and assigns positions. */
#include "matching/engine/exact/prepare.h"

#include "matching/engine/exact/cap.h"
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
		own.exposure_cap = engine_exposure_cap(population, policy);
	size_t bytes = 0;
	status = engine_estimate(population, &own, mode, &bytes);
	if (!status && options->memory_limit && bytes > options->memory_limit)
		status = ENGINE_NO_MEMORY;
	return status ? status : scorer_new(population, &own, options, ret_scorer);
}
