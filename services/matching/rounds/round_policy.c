#include "matching/rounds/round_policy.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "json/load.h"

/* Columns of round_claim. */
enum { ID, SEED, ATTEMPTS, LEASE, STARTS_ON, RULES };
_Static_assert(LEASE == ROUND_LEASE, "one column");

static const char *const words[ENGINE_CRITERION_COUNT] = { [ENGINE_NEED] = "need",
	[ENGINE_EXCHANGE] = "exchange",
	[ENGINE_INTERESTS] = "interests",
	[ENGINE_HOURS] = "hours",
	[ENGINE_LEVEL_GAP] = "level_gap",
	[ENGINE_DEPARTMENT] = "department",
	[ENGINE_BACKGROUND] = "difference",
	[ENGINE_CHANNELS] = "channels" };

const char *round_criterion_word(enum engine_criterion criterion)
{
	return words[criterion];
}

static bool read_number(const json_t *rules, const char *name, int32_t *ret_number)
{
	const json_t *value = json_object_get(rules, name);
	json_int_t number = json_integer_value(value);
	*ret_number = (int32_t)number;
	return json_is_integer(value) && number >= 0 && number <= INT32_MAX;
}

static bool read_flag(const json_t *rules, const char *name, bool *ret_flag)
{
	const json_t *value = json_object_get(rules, name);
	*ret_flag = json_is_true(value);
	return json_is_boolean(value);
}

/* A flag that older versions lack: false if it is missing. */
static bool read_later_flag(const json_t *rules, const char *name, bool *ret_flag)
{
	const json_t *value = json_object_get(rules, name);
	*ret_flag = json_is_true(value);
	return !value || json_is_boolean(value);
}

/* A missing or null member means `fallback`. */
static bool read_optional(
	const json_t *rules, const char *name, int32_t fallback, int32_t *ret_number)
{
	const json_t *value = json_object_get(rules, name);
	*ret_number = fallback;
	return !value || json_is_null(value) || read_number(rules, name, ret_number);
}

/* Older versions have no channels: they do not count. */
static bool read_weights(const json_t *weights, struct engine_policy *policy)
{
	size_t known = 0;
	for (int i = 0; i < ENGINE_CRITERION_COUNT; i++) {
		policy->weights[i] = 0;
		if (i == ENGINE_CHANNELS && !json_object_get(weights, words[i]))
			continue;
		if (!read_number(weights, words[i], &policy->weights[i]))
			return false;
		known++;
	}
	return json_object_size(weights) == known;
}

size_t round_kind_of(const char *name)
{
	static const char *const names[ROUND_KINDS] = { [ROUND_COUNTRY] = "country",
		[ROUND_LOCATION] = "location",
		[ROUND_TENURE] = "tenure",
		[ROUND_GENDER] = "gender",
		[ROUND_ETHNICITY] = "ethnicity",
		[ROUND_DISABILITY] = "disability",
		[ROUND_RELIGION] = "religion",
		[ROUND_ORIENTATION] = "sexual_orientation",
		[ROUND_AGE_BAND] = "age_band" };
	size_t at = 0;
	while (at < ROUND_KINDS && !str_equal(name, names[at]))
		at++;
	return at;
}

static bool read_difference(const json_t *kinds, struct engine_policy *policy)
{
	size_t i;
	json_t *kind;
	policy->declaration_kinds = 0;
	json_array_foreach((json_t *)kinds, i, kind)
	{
		size_t at = round_kind_of(json_string_value(kind));
		if (at == ROUND_KINDS)
			return false;
		policy->declaration_kinds |= 1u << at;
	}
	return json_is_array(kinds);
}

static bool read_focus(const json_t *skills, struct round_policy *policy)
{
	size_t i;
	json_t *skill;
	policy->focus_count = json_array_size(skills);
	if (!json_is_array(skills) || policy->focus_count > ROUND_FOCUS_MOST)
		return false;
	json_array_foreach((json_t *)skills, i, skill)
	{
		if (json_string_length(skill) != 36)
			return false;
		snprintf(policy->focus[i], sizeof policy->focus[i], "%s", json_string_value(skill));
	}
	return true;
}

static bool read_languages(const json_t *languages, struct round_policy *policy)
{
	size_t i;
	json_t *language;
	policy->language_count = json_array_size(languages);
	if ((languages && !json_is_array(languages)) ||
		policy->language_count > ROUND_LANGUAGES_MOST)
		return false;
	json_array_foreach((json_t *)languages, i, language)
	{
		if (!json_is_string(language) ||
			json_string_length(language) >= sizeof policy->languages[i])
			return false;
		snprintf(policy->languages[i], sizeof policy->languages[i], "%s",
			json_string_value(language));
	}
	return true;
}

/* Hundredths. Policies from before lists were chosen as sets have none: every teacher counts in
 * full. */
static bool read_repeat_share(const json_t *shares, struct engine_policy *policy)
{
	if (shares && json_array_size(shares) != COUNT(policy->repeat_share))
		return false;
	for (size_t i = 0; i < COUNT(policy->repeat_share); i++) {
		const json_t *share = json_array_get(shares, i);
		if (shares && !json_is_number(share))
			return false;
		double hundredths = ENGINE_SHARE_FULL * (shares ? json_number_value(share) : 1);
		if (!(hundredths >= 0 && hundredths <= ENGINE_SHARE_FULL))
			return false;
		policy->repeat_share[i] = (int32_t)(hundredths + 0.5);
	}
	return true;
}

static bool read_bounds(const json_t *rules, struct engine_policy *policy)
{
	return read_number(rules, "exposure_cap", &policy->exposure_cap) &&
	       read_number(rules, "shortlist_size", &policy->shortlist_size) &&
	       read_number(rules, "common_half_hours", &policy->common_half_hours) &&
	       read_number(rules, "ample_half_hours", &policy->ample_half_hours) &&
	       read_number(rules, "ample_interests", &policy->ample_interests) &&
	       read_number(rules, "ample_exchange", &policy->ample_exchange) &&
	       read_number(rules, "ideal_level_gap", &policy->level_gap_ideal) &&
	       read_number(rules, "level_gap_fall", &policy->level_gap_fall) &&
	       read_flag(rules, "two_departments", &policy->two_departments) &&
	       read_flag(rules, "shared_language", &policy->shared_language) &&
	       read_flag(rules, "need_covered", &policy->need_covered);
}

/* Both bounds of the level gap. Without a minimum, levels do not count. */
static bool read_level_gap(const json_t *rules, struct engine_policy *engine)
{
	int32_t gap;
	if (!read_optional(rules, "min_level_gap", 0, &gap) ||
		!read_optional(rules, "max_level_gap", ENGINE_SCORE_MAX, &engine->level_gap_max))
		return false;
	engine->junior = gap ? ENGINE_JUNIOR_LEVEL : ENGINE_JUNIOR_SKILLS_ONLY;
	engine->level_gap_min = gap ? gap : 1;
	return true;
}

static bool read_rules(const json_t *rules, struct round_policy *policy)
{
	struct engine_policy *engine = &policy->engine;
	const json_t *points = json_object_get(rules, "points");
	if (!read_level_gap(rules, engine) ||
		!read_optional(rules, "line_distance", ENGINE_LINE_ANY, &engine->line_distance) ||
		!read_number(rules, "focus_weight", &policy->focus_weight) ||
		!read_bounds(rules, engine) ||
		!read_later_flag(rules, "other_department", &engine->other_department) ||
		!read_later_flag(rules, "same_country", &engine->same_country) ||
		!read_languages(json_object_get(rules, "languages"), policy) ||
		!read_repeat_share(json_object_get(rules, "repeat_share"), engine) ||
		!read_weights(points ? points : json_object_get(rules, "weights"), engine) ||
		!read_difference(json_object_get(rules, "difference_of"), engine) ||
		!read_focus(json_object_get(rules, "focus_skills"), policy))
		return false;
	policy->shown = *engine;
	policy->shown.declaration_kinds &= ROUND_HR_KINDS;
	return policy->focus_weight >= 1 && policy->focus_weight <= ENGINE_WANT_WEIGHT_MAX &&
	       engine_policy_check(engine, NULL) == ENGINE_OK;
}

bool round_policy_read(const struct db_rows *claimed, struct round_policy *ret_policy)
{
	*ret_policy = (struct round_policy){ .starts_on = db_value(claimed, 0, STARTS_ON),
		.rules = db_value(claimed, 0, RULES) };
	json_t *rules = json_load_whole(
		ret_policy->rules, db_length(claimed, 0, RULES), 0, NULL, NULL);
	bool ok = str_to_i64(db_value(claimed, 0, SEED), &ret_policy->seed) &&
		  read_rules(rules, ret_policy);
	json_decref(rules);
	return ok;
}
