/* The readers of the people file, the blocked pairs and the policy: every fault by line and column.
 */
#include "support/unit/unit.h"

#include "matching/engine/engine.h"
#include "matching/cli/blocked_file.h"
#include "matching/cli/people_file.h"
#include "matching/cli/policy_file.h"

#define HEADING                                                                                    \
	"id,role,level,manager_id,department,languages,time_zone,hours,offers,wants,interests,"    \
	"capacity\n"

/* What file_faults_print says, owned. */
static char *said(struct file_faults *faults)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	file_faults_print(faults, "f", out);
	fclose(out);
	file_faults_release(faults);
	return text;
}

/* Reads both files; the faults of the people file, then those of the blocked pairs. Owned. */
static void read_files(const char *text, const char *blocked, char **ret_people, char **ret_blocked)
{
	struct people people = { 0 };
	struct file_faults faults = { 0 }, others = { 0 };
	struct people_when when = { 0 };
	assert_true(people_text_fits(text, strlen(text), &faults));
	assert_int_equal(people_read(text, strlen(text), when, &faults, &people), READING_DONE);
	assert_int_equal(blocked_read(blocked, strlen(blocked), &others, &people), READING_DONE);
	assert_int_equal(people_seal(&people, &faults), READING_DONE);
	people_release(&people);
	*ret_people = said(&faults);
	*ret_blocked = said(&others);
}

static void expect_people(const char *text, const char *faults)
{
	char *people, *blocked;
	read_files(text, "", &people, &blocked);
	assert_string_equal(people, faults);
	free(people);
	free(blocked);
}

static void a_good_file_has_no_faults(void **state)
{
	(void)state;
	expect_people(HEADING "a,both,3,,d,en|de,Europe/Berlin,mon 09:00-12:00|sun 22:00-02:00,"
			      "x:1|b:c:5,y:0>5,chess,255\nb,,0,a,,,,,,,,\n",
		"");
	expect_people("\xef\xbb\xbflevel;role;id\r\n3;mentor;\"a;b\"\r\n", "");
}

static void every_fault_of_a_cell_has_its_line_and_column(void **state)
{
	(void)state;
	expect_people(HEADING
		"a,boss,-1,zz,,en||en,Mars/Olympus,mon 9:00-12:00|xyz 09:00-10:00|tue 10:00-10:00,"
		"s:6|s|s:1|s:2,s:3>3|t:1>9|u:0>1|u:1>2,i|i,0\nb,both,,b,,,,,,,, 1\n",
		"f:2:2: role: \"boss\" is none of mentor, mentee, both, or empty\n"
		"f:2:3: level: \"-1\" is no whole number from 0 to 32767\n"
		"f:2:4: manager_id: \"zz\" is nobody's id in this file\n"
		"f:2:6: languages: entry 2 \"\": is empty\n"
		"f:2:6: languages: entry 3 \"en\": stands there twice\n"
		"f:2:7: time_zone: \"Mars/Olympus\" is no name of the time-zone database\n"
		"f:2:8: hours: entry 1 \"mon 9:00-12:00\": is no weekly window like \"mon "
		"09:00-12:00\"\n"
		"f:2:8: hours: entry 2 \"xyz 09:00-10:00\": is no weekly window like \"mon "
		"09:00-12:00\"\n"
		"f:2:8: hours: entry 3 \"tue 10:00-10:00\": is no weekly window like \"mon "
		"09:00-12:00\"\n"
		"f:2:9: offers: entry 1 \"s:6\": is no skill:level with a level from 1 to 5\n"
		"f:2:9: offers: entry 2 \"s\": is no skill:level with a level from 1 to 5\n"
		"f:2:9: offers: entry 4 \"s:2\": names a skill twice\n"
		"f:2:10: wants: entry 1 \"s:3>3\": is no need: the current level reaches the "
		"target\n"
		"f:2:10: wants: entry 2 \"t:1>9\": is no skill:current>target with levels from 0 "
		"to "
		"5\n"
		"f:2:10: wants: entry 4 \"u:1>2\": names a skill twice\n"
		"f:2:11: interests: entry 2 \"i\": stands there twice\n"
		"f:2:12: capacity: \"0\" is no whole number from 1 to 255\n"
		"f:3:3: level: is empty; mentors and mentees need a level\n"
		"f:3:4: manager_id: \"b\" is the person's own id\n"
		"f:3:12: capacity: \" 1\" is no whole number from 1 to 255\n");
}

static void every_fault_of_the_file_is_named(void **state)
{
	(void)state;
	expect_people("", "f:1: the file has no heading\n");
	expect_people("id,role,age,role\n", "f:1: the column level is missing\n"
					    "f:1:3: there is no column \"age\"\n"
					    "f:1:4: the column role stands there twice\n");
	expect_people("id,role,level\na,mentor,1\na,mentor,1\n,mentor,1\nb,mentor\nc\"d,mentor,1\n",
		"f:3:1: id: \"a\" stands on line 2 already\n"
		"f:4:1: id: \"\" is no id: 1 to 255 bytes, no blank at either end\n"
		"f:5: 2 fields, the heading has 3\n"
		"f:6: a quotation mark stands inside a field\n");
	expect_people("id,role,level,manager_id\na,both,1,b\nb,both,2,c\nc,both,3,b\nd,both,x,\n",
		"f:3: manager_id: the reporting line comes back to this person\n"
		"f:4: manager_id: the reporting line comes back to this person\n"
		"f:5:3: level: \"x\" is no whole number from 0 to 32767\n");
}

static void text_that_is_none_is_refused(void **state)
{
	struct file_faults faults = { 0 };
	(void)state;
	assert_false(people_text_fits("id\nx\xff", 5, &faults));
	assert_false(people_text_fits("i\0d", 3, &faults));
	char *text = said(&faults);
	assert_string_equal(text, "f:1: byte 2 of the line is not UTF-8 text\n"
				  "f:2: byte 2 of the line is not UTF-8 text\n");
	free(text);
}

static void blocked_pairs_name_two_known_people(void **state)
{
	static const char people[] = "id,role,level\nx,mentor,1\ny,mentee,3\n";
	static const char lettered[] = "id,role,level\na,mentor,1\nb,mentee,3\n";
	char *of_people, *of_blocked;
	(void)state;
	read_files(people, "a,b\nx,y\ny,x\nx,x\nx,q\nx\n", &of_people, &of_blocked);
	assert_string_equal(of_people, "");
	assert_string_equal(of_blocked, "f:4:2: is the same person twice\n"
					"f:5:2: \"q\" is nobody's id in the people file\n"
					"f:6: 1 fields, a pair has 2\n");
	free(of_people);
	free(of_blocked);
	read_files(lettered, "a,b\n", &of_people, &of_blocked);
	assert_string_equal(of_blocked, "");
	free(of_people);
	free(of_blocked);
}

/* Reads two people, one of them blocked or not, and explains the pair y, x. */
static struct engine_explanation explain(
	const char *text, const char *blocked, struct people_when when)
{
	struct people people = { 0 };
	struct file_faults faults = { 0 };
	struct engine_policy policy;
	struct engine_explanation why;
	engine_policy_default(&policy);
	assert_int_equal(people_read(text, strlen(text), when, &faults, &people), READING_DONE);
	assert_int_equal(blocked_read(blocked, strlen(blocked), &faults, &people), READING_DONE);
	assert_int_equal(people_seal(&people, &faults), READING_DONE);
	assert_int_equal(faults.total, 0);
	engine_explain(people.population, &policy, 1, 0, &why);
	people_release(&people);
	return why;
}

static void a_blocked_pair_is_refused_either_way(void **state)
{
	static const char text[] = "id,role,level\nx,mentor,1\ny,mentee,3\n";
	struct people_when when = { 0 };
	(void)state;
	assert_int_not_equal(explain(text, "", when).rule, ENGINE_RULE_BLOCKED);
	assert_int_equal(explain(text, "x,y\n", when).rule, ENGINE_RULE_BLOCKED);
	assert_int_equal(explain(text, "a,b\ny,x\n", when).rule, ENGINE_RULE_BLOCKED);
	/* people who are called like the heading are still kept apart */
	static const char lettered[] = "id,role,level\na,mentor,1\nb,mentee,3\n";
	assert_int_equal(explain(lettered, "a,b\n", when).rule, ENGINE_RULE_BLOCKED);
}

static void hours_are_compared_on_the_day_asked_for(void **state)
{
	static const char text[] = "id,role,level,time_zone,hours\n"
				   "x,mentor,1,UTC,mon 08:00-10:00\n"
				   "y,mentee,3,Europe/Berlin,mon 09:00-11:00\n";
	static const char new_york[] = "id,role,level,time_zone,hours\n"
				       "x,mentor,1,UTC,mon 08:00-10:00\n"
				       "y,mentee,3,America/New_York,mon 03:00-05:00\n";
	struct people_when standard = { 0 };
	struct people_when summer = { true, INT64_C(1909915200) }; /* 2030-07-10 */
	struct people_when winter = { true, INT64_C(1894276800) }; /* 2030-01-10 */
	(void)state;
	assert_int_equal(explain(text, "", standard).common_half_hours, 4);
	assert_int_equal(explain(text, "", winter).common_half_hours, 4);
	assert_int_equal(explain(text, "", summer).common_half_hours, 2);
	assert_int_equal(explain(new_york, "", standard).common_half_hours, 4);
	assert_int_equal(explain(new_york, "", summer).common_half_hours, 2);
}

static void windows_pass_midnight_and_the_end_of_the_week(void **state)
{
	static const char text[] = "id,role,level,time_zone,hours\n"
				   "x,mentor,1,UTC,mon 00:00-01:00|tue 00:00-24:00\n"
				   "y,mentee,3,Asia/Kolkata,mon 04:30-06:30|tue 23:00-01:00\n";
	struct people_when when = { 0 };
	(void)state;
	/* Sunday 23:00 to Monday 01:00 UTC, and Tuesday 17:30 to 19:30 UTC */
	assert_int_equal(explain(text, "", when).common_half_hours, 2 + 4);
}

static void expect_policy(const char *text, const char *faults)
{
	struct file_faults found = { 0 };
	struct engine_policy policy;
	struct people_when when;
	assert_int_equal(policy_read(text, strlen(text), &found, &policy, &when), READING_DONE);
	char *text_said = said(&found);
	assert_string_equal(text_said, faults);
	free(text_said);
}

static void policy_faults_have_line_and_column(void **state)
{
	(void)state;
	expect_policy("{\n  \"weigths\": 1,\n  \"weights\": {\"need\": 200, \"age\": 1},\n"
		      "  \"exposure_cap\": 1.5, \"junior\": \"age\"\n}",
		"f:2:3: weigths: there is no such member\n"
		"f:3:15: weights.need: is no whole number from 0 to 127\n"
		"f:3:28: weights.age: there is no such criterion\n"
		"f:4:3: exposure_cap: is no whole number from 1 to 255\n"
		"f:4:24: junior: is neither \"level\" nor \"skills_only\" (the people file says no "
		"ages)\n");
	expect_policy("[]", "f:1:1: is no JSON object\n");
	expect_policy("{\"weights\": {}}", "f:1:2: weights: are all zero\n");
	expect_policy("{\"weights\": {\"need\": 100, \"hours\": 29}}",
		"f:1:2: weights: sum to more than 128\n");
	expect_policy("{\"level_gap_min\": 5,\n \"level_gap_max\": 4}",
		"f:2:2: level_gap_max: is below level_gap_min\n");
	expect_policy("{\"starts_on\": \"2030-02-29\"}",
		"f:1:2: starts_on: is no date like \"2030-01-31\"\n");
}

static void policies_follow_the_document(void **state)
{
	struct file_faults faults = { 0 };
	struct engine_policy policy, standard;
	struct people_when when;
	(void)state;
	engine_policy_default(&standard);
	assert_int_equal(policy_read("{}", 2, &faults, &policy, &when), READING_DONE);
	assert_memory_equal(&policy, &standard, sizeof policy);
	assert_false(when.dated);
	static const char text[] =
		"{\"starts_on\": \"2030-03-31\", \"weights\": {\"need\": 3}, \"line_distance\": 4, "
		"\"shortlist_size\": 2, \"common_half_hours\": 30, \"shared_language\": false}";
	assert_int_equal(policy_read(text, sizeof text - 1, &faults, &policy, &when), READING_DONE);
	assert_int_equal(faults.total, 0);
	assert_true(when.dated);
	assert_int_equal(when.seconds, INT64_C(1901188800));
	assert_int_equal(policy.weights[ENGINE_NEED], 3);
	assert_int_equal(policy.weights[ENGINE_HOURS], 0);
	assert_int_equal(policy.line_distance, 4);
	assert_int_equal(policy.shortlist_size, 2);
	assert_false(policy.two_departments); /* a list of two need not span two */
	assert_int_equal(policy.ample_half_hours, 30);
	assert_false(policy.shared_language);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_file_has_no_faults),
		cmocka_unit_test(every_fault_of_a_cell_has_its_line_and_column),
		cmocka_unit_test(every_fault_of_the_file_is_named),
		cmocka_unit_test(text_that_is_none_is_refused),
		cmocka_unit_test(blocked_pairs_name_two_known_people),
		cmocka_unit_test(a_blocked_pair_is_refused_either_way),
		cmocka_unit_test(hours_are_compared_on_the_day_asked_for),
		cmocka_unit_test(windows_pass_midnight_and_the_end_of_the_week),
		cmocka_unit_test(policy_faults_have_line_and_column),
		cmocka_unit_test(policies_follow_the_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
