/* The default policy, and the check of a policy. */
#include "matching/engine/base/policy.h"

static const char *const criterion_words[ENGINE_CRITERION_COUNT] = { "need", "exchange",
	"interests", "hours", "level_gap", "department", "background", "channels" };

const char *engine_criterion_word(enum engine_criterion criterion)
{
	return criterion < ENGINE_CRITERION_COUNT ? criterion_words[criterion] : "unknown";
}

void engine_policy_default(struct engine_policy *ret_policy)
{
	*ret_policy = (struct engine_policy){
		.weights = { 48, 16, 12, 16, 8, 12, 8, 4 },
		.line_distance = ENGINE_LINE_ANY,
		.junior = ENGINE_JUNIOR_LEVEL,
		.level_gap_min = 1,
		.level_gap_max = ENGINE_SCORE_MAX,
		.level_gap_ideal = 4,
		.level_gap_fall = 40,
		.shared_language = true,
		.need_covered = true,
		.common_half_hours = 2,
		.ample_half_hours = 20,
		.ample_interests = 4,
		.ample_exchange = 6,
		.declaration_kinds = 15,
		.shortlist_size = 3,
		.exposure_cap = 4,
		.two_departments = true,
		.repeat_share = { 30, 10 },
	};
}

static void note(struct engine_faults *faults, enum engine_field field, uint32_t entry,
	enum engine_fault_code code)
{
	engine_faults_add(faults, (struct engine_fault){ ENGINE_NONE, entry, field, code });
}

static void check_weights(const struct engine_policy *policy, struct engine_faults *faults)
{
	int64_t sum = 0;
	bool bounded = true;
	for (uint32_t c = 0; c < ENGINE_CRITERION_COUNT; c++) {
		if (policy->weights[c] < 0 || policy->weights[c] > ENGINE_WEIGHT_MAX) {
			note(faults, ENGINE_FIELD_WEIGHTS, c, ENGINE_FAULT_OUT_OF_RANGE);
			bounded = false;
		}
		sum += policy->weights[c];
	}
	if (bounded && sum == 0)
		note(faults, ENGINE_FIELD_WEIGHTS, ENGINE_NONE, ENGINE_FAULT_ALL_ZERO);
	if (bounded && sum > ENGINE_WEIGHT_SUM)
		note(faults, ENGINE_FIELD_WEIGHTS, ENGINE_NONE, ENGINE_FAULT_SUM);
}

static void check_range(struct engine_faults *faults, enum engine_field field, int32_t value,
	int32_t least, int32_t most)
{
	if (value < least || value > most)
		note(faults, field, ENGINE_NONE, ENGINE_FAULT_OUT_OF_RANGE);
}

enum engine_status engine_policy_check(
	const struct engine_policy *policy, struct engine_faults *faults)
{
	struct engine_faults own = { 0 };
	struct engine_faults *list = faults ? faults : &own;
	size_t before = list->total;
	check_weights(policy, list);
	if (policy->line_distance != ENGINE_LINE_ANY)
		check_range(list, ENGINE_FIELD_LINE_DISTANCE, policy->line_distance, 2, INT32_MAX);
	check_range(
		list, ENGINE_FIELD_JUNIOR, (int32_t)policy->junior, 0, ENGINE_JUNIOR_SKILLS_ONLY);
	check_range(list, ENGINE_FIELD_LEVEL_GAP, policy->level_gap_min, 1, ENGINE_SCORE_MAX);
	check_range(list, ENGINE_FIELD_LEVEL_GAP, policy->level_gap_max, 1, ENGINE_SCORE_MAX);
	check_range(list, ENGINE_FIELD_LEVEL_GAP, policy->level_gap_ideal, 0, ENGINE_SCORE_MAX);
	check_range(list, ENGINE_FIELD_LEVEL_GAP, policy->level_gap_fall, 0, 255);
	if (policy->level_gap_min > policy->level_gap_max)
		note(list, ENGINE_FIELD_LEVEL_GAP, ENGINE_NONE, ENGINE_FAULT_CONTRADICTION);
	check_range(list, ENGINE_FIELD_COMMON_HALF_HOURS, policy->common_half_hours, 0, 255);
	check_range(list, ENGINE_FIELD_AMPLE, policy->ample_half_hours, 1, 255);
	check_range(list, ENGINE_FIELD_AMPLE, policy->ample_interests, 1, 255);
	check_range(list, ENGINE_FIELD_AMPLE, policy->ample_exchange, 1, 255);
	if (policy->ample_half_hours < policy->common_half_hours)
		note(list, ENGINE_FIELD_AMPLE, ENGINE_NONE, ENGINE_FAULT_CONTRADICTION);
	check_range(
		list, ENGINE_FIELD_SHORTLIST_SIZE, policy->shortlist_size, 1, ENGINE_SHORTLIST_MAX);
	check_range(list, ENGINE_FIELD_EXPOSURE_CAP, policy->exposure_cap, 1, 255);
	if (policy->two_departments && policy->shortlist_size < 3)
		note(list, ENGINE_FIELD_TWO_DEPARTMENTS, ENGINE_NONE, ENGINE_FAULT_CONTRADICTION);
	check_range(list, ENGINE_FIELD_REPEAT_SHARE, policy->repeat_share[0], 0, ENGINE_SHARE_FULL);
	check_range(list, ENGINE_FIELD_REPEAT_SHARE, policy->repeat_share[1], 0, ENGINE_SHARE_FULL);
	if (policy->repeat_share[1] > policy->repeat_share[0])
		note(list, ENGINE_FIELD_REPEAT_SHARE, ENGINE_NONE, ENGINE_FAULT_CONTRADICTION);
	bool faulty = list->total != before;
	engine_faults_release(&own);
	return faulty ? ENGINE_INVALID : ENGINE_OK;
}

static const char *const rule_words[ENGINE_RULE_COUNT] = { "none", "role", "mentor_above",
	"line_distance", "same_manager", "blocked", "junior", "department", "country", "language",
	"hours", "need" };

const char *engine_rule_word(enum engine_rule rule)
{
	return rule < ENGINE_RULE_COUNT ? rule_words[rule] : "unknown";
}
