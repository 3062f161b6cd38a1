/* The members of a policy document, and its schema. */
#include "matching/cli/policy_schema.h"

#include "base/cleanup.h"
#include "matching/engine/engine.h"

#define NUMBER(name, least, most, says)                                                            \
	{                                                                                          \
#name, POLICY_INTEGER, offsetof(struct engine_policy, name), least, most, says     \
	}
#define SWITCH(name, says)                                                                         \
	{                                                                                          \
#name, POLICY_BOOLEAN, offsetof(struct engine_policy, name), 0, 1, says            \
	}

const struct policy_member policy_members[] = {
	NUMBER(level_gap_min, 1, ENGINE_LEVEL_MAX,
		"Minimum number of levels by which the mentee is above the mentor."),
	NUMBER(level_gap_max, 1, ENGINE_LEVEL_MAX,
		"Maximum number of levels by which the mentee is above the mentor."),
	NUMBER(level_gap_ideal, 0, ENGINE_LEVEL_MAX, "The gap with the highest score."),
	NUMBER(level_gap_fall, 0, 255,
		"Points out of 255 lost for each level away from the ideal gap."),
	SWITCH(shared_language, "Only pairs that share a language."),
	SWITCH(need_covered, "Only mentors who can teach one of the mentee's wants."),
	SWITCH(other_department, "Only mentors of other departments."),
	NUMBER(common_half_hours, 0, 255, "Minimum half hours a week in which both are free."),
	NUMBER(ample_half_hours, 1, 255,
		"Half hours in common that earn the full score. Default: 20, or common_half_hours "
		"if that is more."),
	NUMBER(ample_interests, 1, 255, "Shared interests that earn the full score."),
	NUMBER(ample_exchange, 1, 255,
		"Levels taught in return by the mentee that earn the full score."),
	NUMBER(shortlist_size, 1, ENGINE_SHORTLIST_MAX, "Number of mentors on a shortlist."),
	NUMBER(exposure_cap, 1, 255,
		"Maximum number of shortlists per mentor; raised if places are scarce."),
	SWITCH(two_departments, "Shortlists cover two departments where possible. Default: true if "
				"shortlist_size is 3 or more."),
};
const size_t policy_member_count = COUNT(policy_members);

static void print_weights(FILE *out, const struct engine_policy *policy)
{
	fprintf(out, "    \"weights\": {\n"
		     "      \"description\": \"The weight of each criterion, which is 0 to 255; 1 "
		     "to 128 in "
		     "total. If weights are given, a criterion without one has weight 0.\",\n"
		     "      \"type\": \"object\", \"additionalProperties\": false,\n"
		     "      \"properties\": {\n");
	for (int c = 0; c < ENGINE_CRITERION_COUNT; c++)
		fprintf(out,
			"        \"%s\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": %d, "
			"\"default\": %d}%s\n",
			engine_criterion_word((enum engine_criterion)c), ENGINE_WEIGHT_MAX,
			(int)policy->weights[c], c + 1 < ENGINE_CRITERION_COUNT ? "," : "");
	fprintf(out, "      }\n    }");
}

static void print_member(FILE *out, const struct engine_policy *policy, size_t m)
{
	const struct policy_member *member = &policy_members[m];
	const void *slot = (const char *)policy + member->offset;
	fprintf(out, ",\n    \"%s\": {\n      \"description\": \"%s\",\n", member->name,
		member->says);
	if (member->kind == POLICY_BOOLEAN)
		fprintf(out, "      \"type\": \"boolean\", \"default\": %s\n    }",
			*(const bool *)slot ? "true" : "false");
	else
		fprintf(out,
			"      \"type\": \"integer\", \"minimum\": %d, \"maximum\": %d, "
			"\"default\": %d\n    }",
			(int)member->least, (int)member->most, (int)*(const int32_t *)slot);
}

void policy_schema_print(FILE *out)
{
	struct engine_policy policy;
	engine_policy_default(&policy);
	fprintf(out,
		"{\n"
		"  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
		"  \"type\": \"object\", \"additionalProperties\": false,\n"
		"  \"properties\": {\n"
		"    \"starts_on\": {\n"
		"      \"description\": \"The day whose UTC offsets are used to compare local "
		"hours (at noon "
		"UTC). Default: each zone's standard time.\",\n"
		"      \"type\": \"string\", \"format\": \"date\"\n    },\n"
		"    \"junior\": {\n"
		"      \"description\": \"What makes a mentor junior, in rules and scores: the "
		"level "
		"gap, or nothing.\",\n"
		"      \"enum\": [\"level\", \"skills_only\"], \"default\": \"level\"\n    },\n"
		"    \"line_distance\": {\n"
		"      \"description\": \"A mentee this many steps or fewer above the mentor is "
		"too "
		"close; 'any': at any distance. With 'any', a mentee without a manager, or with "
		"fewer allowed mentors elsewhere than shortlist_size, may get mentors three or "
		"more steps below, for places that would otherwise stay empty.\",\n"
		"      \"anyOf\": [{\"const\": \"any\"}, {\"type\": \"integer\", \"minimum\": 2, "
		"\"maximum\": %d}], \"default\": \"any\"\n    },\n",
		POLICY_LINE_MOST);
	print_weights(out, &policy);
	fprintf(out,
		",\n    \"repeat_share\": {\n"
		"      \"description\": \"Shortlists by the worth of lists: what a want counts for "
		"its "
		"second and its third teacher on a list, 1 being what it counts for the best one. "
		"Whole hundredths; the second not above the first.\",\n"
		"      \"type\": \"array\", \"minItems\": 2, \"maxItems\": 2,\n"
		"      \"items\": {\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}, "
		"\"default\": [%.2f, %.2f]\n    }",
		policy.repeat_share[0] / 100.0, policy.repeat_share[1] / 100.0);
	for (size_t m = 0; m < policy_member_count; m++)
		print_member(out, &policy, m);
	fprintf(out, "\n  }\n}\n");
}
