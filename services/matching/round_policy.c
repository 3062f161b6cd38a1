#include "matching/round_policy.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* Columns of round_claim. */
enum { ID, SEED, ATTEMPTS, PURPOSE, MIN_LEVEL_GAP, LINE_DISTANCE, EXPOSURE_CAP, STARTS_ON };

/* What a purpose cares about; each row sums to 128 at most. */
static const struct {
	const char *purpose;
	int32_t weights[ENGINE_CRITERION_COUNT];
} purposes[] = {
	{ "digital_skills", { [ENGINE_NEED] = 60,
				    [ENGINE_EXCHANGE] = 8,
				    [ENGINE_INTERESTS] = 10,
				    [ENGINE_HOURS] = 16,
				    [ENGINE_LEVEL_GAP] = 10,
				    [ENGINE_DEPARTMENT] = 16,
				    [ENGINE_CHANNELS] = 4 } },
	{ "inclusion", { [ENGINE_NEED] = 32,
			       [ENGINE_EXCHANGE] = 4,
			       [ENGINE_INTERESTS] = 12,
			       [ENGINE_HOURS] = 12,
			       [ENGINE_LEVEL_GAP] = 16,
			       [ENGINE_DEPARTMENT] = 20,
			       [ENGINE_BACKGROUND] = 28,
			       [ENGINE_CHANNELS] = 4 } },
	{ "market_insight", { [ENGINE_NEED] = 44,
				    [ENGINE_EXCHANGE] = 8,
				    [ENGINE_INTERESTS] = 20,
				    [ENGINE_HOURS] = 12,
				    [ENGINE_LEVEL_GAP] = 12,
				    [ENGINE_DEPARTMENT] = 24,
				    [ENGINE_CHANNELS] = 4 } },
	{ "innovation", { [ENGINE_NEED] = 44,
				[ENGINE_EXCHANGE] = 16,
				[ENGINE_INTERESTS] = 12,
				[ENGINE_HOURS] = 12,
				[ENGINE_LEVEL_GAP] = 8,
				[ENGINE_DEPARTMENT] = 32,
				[ENGINE_CHANNELS] = 4 } },
	{ "retention", { [ENGINE_NEED] = 40,
			       [ENGINE_EXCHANGE] = 24,
			       [ENGINE_INTERESTS] = 20,
			       [ENGINE_HOURS] = 16,
			       [ENGINE_LEVEL_GAP] = 12,
			       [ENGINE_DEPARTMENT] = 12,
			       [ENGINE_CHANNELS] = 4 } },
	{ "open_learning", { [ENGINE_NEED] = 56,
				   [ENGINE_EXCHANGE] = 24,
				   [ENGINE_INTERESTS] = 12,
				   [ENGINE_HOURS] = 16,
				   [ENGINE_LEVEL_GAP] = 4,
				   [ENGINE_DEPARTMENT] = 12,
				   [ENGINE_CHANNELS] = 4 } },
};

/* A number of the row, or fallback where it is null. */
static bool read_number(
	const struct db_rows *rows, int column, int64_t fallback, int64_t *ret_number)
{
	const char *text = db_value(rows, 0, column);
	if (!text) {
		*ret_number = fallback;
		return true;
	}
	return str_to_i64(text, ret_number);
}

bool round_policy_read(const struct db_rows *claimed, struct engine_policy *ret_policy,
	char *ret_text, size_t text_size)
{
	const char *purpose = db_value(claimed, 0, PURPOSE);
	int64_t gap, distance, cap;
	if (!read_number(claimed, MIN_LEVEL_GAP, 0, &gap) ||
		!read_number(claimed, LINE_DISTANCE, ENGINE_LINE_ANY, &distance) ||
		!read_number(claimed, EXPOSURE_CAP, 6, &cap))
		return false;
	engine_policy_default(ret_policy);
	for (size_t i = 0; i < COUNT(purposes); i++)
		if (str_equal(purposes[i].purpose, purpose))
			memcpy(ret_policy->weights, purposes[i].weights,
				sizeof ret_policy->weights);
	ret_policy->junior = gap ? ENGINE_JUNIOR_LEVEL : ENGINE_JUNIOR_SKILLS_ONLY;
	ret_policy->level_gap_min = gap ? (int32_t)gap : 1;
	ret_policy->level_gap_max = ENGINE_SCORE_MAX;
	ret_policy->line_distance = (int32_t)distance;
	ret_policy->exposure_cap = (int32_t)cap;
	snprintf(ret_text, text_size, "%s gap %lld distance %lld cap %lld seed %s starts %s;",
		purpose, (long long)gap, (long long)distance, (long long)cap,
		db_value(claimed, 0, SEED), db_value(claimed, 0, STARTS_ON));
	struct engine_faults faults = { 0 };
	bool ok = engine_policy_check(ret_policy, &faults) == ENGINE_OK;
	engine_faults_release(&faults);
	return ok;
}
