/* Reads a policy from JSON. */
#include "matching/cli/policy_file.h"

#include "matching/cli/policy_place.h"
#include "matching/cli/policy_schema.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "base/civil.h"
#include "base/str.h"

#define TEXT_MOST (1u << 20)

struct policy_reader {
	const char *text;
	size_t len;
	struct file_faults *faults;
	struct engine_policy *policy;
	struct people_when *when;
};

static void fault(
	struct policy_reader *reader, const char *outer, const char *inner, const char *sentence)
{
	int64_t line;
	size_t column;
	char quote[FAULTS_QUOTE], inner_quote[FAULTS_QUOTE];
	policy_place(reader->text, reader->len, outer, inner, &line, &column);
	file_faults_quote(outer, strlen(outer), quote);
	file_faults_quote(inner ? inner : "", inner ? strlen(inner) : 0, inner_quote);
	file_faults_add(reader->faults, line, column, "%s%s%s: %s", quote, inner ? "." : "",
		inner_quote, sentence);
}

static bool integer_within(const json_t *value, int32_t least, int32_t most)
{
	return json_is_integer(value) && json_integer_value(value) >= least &&
	       json_integer_value(value) <= most;
}

static void read_member(
	struct policy_reader *reader, const struct policy_member *member, const json_t *value)
{
	void *slot = (char *)reader->policy + member->offset;
	char sentence[80];
	if (member->kind == POLICY_BOOLEAN) {
		if (json_is_boolean(value))
			*(bool *)slot = json_is_true(value);
		else
			fault(reader, member->name, NULL, "is neither true nor false");
		return;
	}
	if (integer_within(value, member->least, member->most)) {
		*(int32_t *)slot = (int32_t)json_integer_value(value);
		return;
	}
	snprintf(sentence, sizeof sentence, "is no whole number from %d to %d", (int)member->least,
		(int)member->most);
	fault(reader, member->name, NULL, sentence);
}

static void read_weights(struct policy_reader *reader, json_t *weights)
{
	const char *name;
	json_t *value;
	if (!json_is_object(weights)) {
		fault(reader, "weights", NULL, "is no object");
		return;
	}
	memset(reader->policy->weights, 0, sizeof reader->policy->weights);
	json_object_foreach(weights, name, value)
	{
		size_t c = 0;
		while (c < ENGINE_CRITERION_COUNT &&
			!str_equal(name, engine_criterion_word((enum engine_criterion)c)))
			c++;
		if (c == ENGINE_CRITERION_COUNT)
			fault(reader, "weights", name, "there is no such criterion");
		else if (!integer_within(value, 0, ENGINE_WEIGHT_MAX))
			fault(reader, "weights", name, "is no whole number from 0 to 127");
		else
			reader->policy->weights[c] = (int32_t)json_integer_value(value);
	}
}

static void read_line_distance(struct policy_reader *reader, const json_t *value)
{
	if (json_is_string(value) && str_equal(json_string_value(value), "any"))
		reader->policy->line_distance = ENGINE_LINE_ANY;
	else if (integer_within(value, 2, POLICY_LINE_MOST))
		reader->policy->line_distance = (int32_t)json_integer_value(value);
	else
		fault(reader, "line_distance", NULL,
			"is neither \"any\" nor a whole number from 2 to 1000000");
}

static void read_junior(struct policy_reader *reader, const json_t *value)
{
	const char *word = json_is_string(value) ? json_string_value(value) : "";
	if (str_equal(word, "level"))
		reader->policy->junior = ENGINE_JUNIOR_LEVEL;
	else if (str_equal(word, "skills_only"))
		reader->policy->junior = ENGINE_JUNIOR_SKILLS_ONLY;
	else
		fault(reader, "junior", NULL,
			"is neither \"level\" nor \"skills_only\" (the people file says no ages)");
}

/* Reads 0 to 1 in whole hundredths. */
static bool hundredths(const json_t *value, int32_t *ret_hundredths)
{
	double number = json_number_value(value);
	if (!json_is_number(value) || !(number >= 0 && number <= 1))
		return false;
	*ret_hundredths = (int32_t)(number * ENGINE_SHARE_FULL + 0.5);
	double off = number * ENGINE_SHARE_FULL - *ret_hundredths;
	return off < 1e-9 && off > -1e-9;
}

static void read_repeat_share(struct policy_reader *reader, const json_t *value)
{
	int32_t *shares = reader->policy->repeat_share;
	if (json_array_size(value) != 2 || !hundredths(json_array_get(value, 0), &shares[0]) ||
		!hundredths(json_array_get(value, 1), &shares[1]))
		fault(reader, "repeat_share", NULL,
			"is no list of two numbers from 0 to 1, in hundredths");
}

static void read_starts_on(struct policy_reader *reader, const json_t *value)
{
	struct civil day;
	const char *text = json_is_string(value) ? json_string_value(value) : "";
	if (!str_is_date(text) || !civil_read_date(text, &day)) {
		fault(reader, "starts_on", NULL, "is no date like \"2030-01-31\"");
		return;
	}
	reader->when->dated = true;
	reader->when->seconds = civil_days(day.year, day.month, day.day) * DAY_SECONDS +
				DAY_SECONDS / 2;
}

static void read_any(struct policy_reader *reader, const char *name, json_t *value)
{
	for (size_t m = 0; m < policy_member_count; m++) {
		if (str_equal(name, policy_members[m].name)) {
			read_member(reader, &policy_members[m], value);
			return;
		}
	}
	if (str_equal(name, "weights"))
		read_weights(reader, value);
	else if (str_equal(name, "line_distance"))
		read_line_distance(reader, value);
	else if (str_equal(name, "junior"))
		read_junior(reader, value);
	else if (str_equal(name, "repeat_share"))
		read_repeat_share(reader, value);
	else if (str_equal(name, "starts_on"))
		read_starts_on(reader, value);
	else
		fault(reader, name, NULL, "there is no such member");
}

/* Sets defaults that depend on other members. */
static void follow_neighbours(struct engine_policy *policy, const json_t *document)
{
	if (!json_object_get(document, "two_departments"))
		policy->two_departments = policy->shortlist_size >= 3;
	if (!json_object_get(document, "ample_half_hours") &&
		policy->ample_half_hours < policy->common_half_hours)
		policy->ample_half_hours = policy->common_half_hours;
	if (!json_object_get(document, "level_gap_max") ||
		policy->level_gap_min <= policy->level_gap_max)
		return;
	if (!json_object_get(document, "level_gap_min"))
		policy->level_gap_min = policy->level_gap_max;
}

/* Checks what depends on several members. */
static void check_whole(struct policy_reader *reader)
{
	struct engine_faults found = { 0 };
	if (engine_policy_check(reader->policy, &found) == ENGINE_OK)
		return;
	for (size_t i = 0; i < found.count; i++) {
		const struct engine_fault *f = &found.list[i];
		if (f->field == ENGINE_FIELD_WEIGHTS && f->code == ENGINE_FAULT_ALL_ZERO)
			fault(reader, "weights", NULL, "are all zero");
		else if (f->field == ENGINE_FIELD_WEIGHTS)
			fault(reader, "weights", NULL, "sum to more than 128");
		else if (f->field == ENGINE_FIELD_LEVEL_GAP)
			fault(reader, "level_gap_max", NULL, "is below level_gap_min");
		else if (f->field == ENGINE_FIELD_AMPLE)
			fault(reader, "ample_half_hours", NULL, "is below common_half_hours");
		else if (f->field == ENGINE_FIELD_REPEAT_SHARE)
			fault(reader, "repeat_share", NULL,
				"rises: a third teacher counts more than the second");
		else if (f->field == ENGINE_FIELD_TWO_DEPARTMENTS)
			fault(reader, "two_departments", NULL,
				"needs a shortlist_size of 3 or more");
		else
			fault(reader, engine_field_word(f->field), NULL,
				engine_fault_word(f->code));
	}
	engine_faults_release(&found);
}

enum reading policy_read(const char *text, size_t len, struct file_faults *faults,
	struct engine_policy *ret_policy, struct people_when *ret_when)
{
	struct policy_reader reader = { text, len, faults, ret_policy, ret_when };
	size_t before = faults->total;
	json_error_t error;
	const char *name;
	json_t *value;
	char quote[FAULTS_QUOTE];
	engine_policy_default(ret_policy);
	*ret_when = (struct people_when){ 0 };
	if (len > TEXT_MOST) {
		file_faults_add(faults, 0, 0, "is larger than 1 MiB");
		return READING_DONE;
	}
	json_t *document = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!document) {
		file_faults_add(faults, error.line > 0 ? error.line : 1,
			error.column > 0 ? (size_t)error.column : 1, "is no JSON: %s",
			file_faults_quote(error.text, strlen(error.text), quote));
		return json_error_code(&error) == json_error_out_of_memory ? READING_NO_MEMORY
									   : READING_DONE;
	}
	if (!json_is_object(document))
		file_faults_add(faults, 1, 1, "is no JSON object");
	json_object_foreach(document, name, value) read_any(&reader, name, value);
	if (faults->total == before) {
		follow_neighbours(ret_policy, document);
		check_whole(&reader);
	}
	json_decref(document);
	return READING_DONE;
}
