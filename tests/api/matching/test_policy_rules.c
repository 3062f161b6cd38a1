/* What a policy may say, and that each of its hard rules is kept by rounds, picks and pairs made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 20.0

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Rules", 2);
	return 0;
}

static const char *policies(void)
{
	return api_path("/api/v1/programmes/%s/policies", programme);
}

/* Members of a policy, without the braces. */
static struct api_reply *write_policy(const char *members)
{
	return policy_write(programme, members);
}

/* Everything as a programme of this purpose has it at first. */
#define AS_BEFORE                                                                                  \
	"\"rules\": {\"skills_only\": false, \"min_level_gap\": 1, \"max_level_gap\": null, "      \
	"\"line_distance\": \"any\", \"exposure_cap\": 6, \"other_department\": false, "           \
	"\"same_country\": false, \"languages\": [], \"earlier_partners\": false, "                \
	"\"mentor_relations\": 5, \"mentee_relations\": 2}, "                                      \
	"\"weights\": {\"need\": 60, \"exchange\": 8, \"interests\": 10, \"hours\": 16, "          \
	"\"level_gap\": 10, \"department\": 16, \"difference\": 0}, "                              \
	"\"focus_weight\": 2, \"focus_skills\": [], "                                              \
	"\"bounds\": {\"shortlist_size\": 3, \"two_departments\": true, "                          \
	"\"shared_language\": true, \"need_covered\": true, \"common_half_hours\": 2, "            \
	"\"ample_half_hours\": 20, \"ample_interests\": 4, \"ample_exchange\": 6, "                \
	"\"ideal_level_gap\": 4, \"level_gap_fall\": 40, \"repeat_share\": [0.3, 0.1]}, "          \
	"\"mentors\": " NOBODY_LEFT_OUT ", \"mentees\": " NOBODY_LEFT_OUT
#define NOBODY_LEFT_OUT                                                                            \
	"{\"departments_in\": [], \"departments_out\": [], \"locations\": [], "                    \
	"\"must_have_skills\": []}"

static void as_before(void)
{
	api_expect(write_policy(AS_BEFORE), 201);
}

/* ---- what a policy may say -------------------------------------------------------------------*/

static void a_version_is_what_was_written_over_the_one_before(void **state)
{
	(void)state;
	struct api_reply *first = api_expect(api_get(admin(), "%s/1", policies()), 200);
	const char *skill = story_skill("data literacy");
	struct api_reply *made = api_expect(
		write_policy(api_path(
			"\"rules\": {\"other_department\": true, \"line_distance\": \"4\", "
			"\"languages\": [\"en\", \"fr\"]}, \"weights\": {\"need\": 100, "
			"\"difference\": 25}, \"bounds\": {\"repeat_share\": [0.5, 0.25]}, "
			"\"focus_skills\": [\"%s\"], \"mentors\": {\"departments_out\": "
			"[\"Legal\"], "
			"\"must_have_skills\": [{\"skill_id\": \"%s\", \"level\": 2}]}",
			skill, skill)),
		201);
	assert_int_equal(api_integer(made, "number"), 2);
	assert_true(api_truth(made, "rules.other_department"));
	assert_string_equal(api_text(made, "rules.line_distance"), "4");
	assert_int_equal(api_integer(made, "rules.min_level_gap"), 1);
	assert_int_equal(api_integer(made, "weights.need"), 100);
	assert_int_equal(api_integer(made, "weights.interests"), 10);
	assert_int_equal(api_count(made, "rules.languages"), 2);
	assert_string_equal(api_text(made, "mentors.departments_out.0"), "Legal");
	assert_string_equal(
		api_text(made, "mentors.must_have_skills.0.skill.name"), "data literacy");
	assert_int_equal(api_count(made, "mentees.departments_in"), 0);
	assert_true(json_equal(api_member(made, "bounds.shortlist_size"),
		api_member(first, "bounds.shortlist_size")));
	struct api_reply *read = api_expect(api_get(admin(), "%s/2", policies()), 200);
	assert_true(json_equal(read->body, made->body));
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/programmes/%s", programme), 200);
	assert_int_equal(api_integer(now, "policy_version"), 2);
	assert_string_equal(api_text(now, "rules.line_distance"), "4");
	assert_string_equal(api_text(now, "focus_skills.0.name"), "data literacy");
	assert_true(json_equal(
		api_expect(api_get(admin(), "%s/1", policies()), 200)->body, first->body));
	/* a change of the programme's own rules keeps the rest */
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), api_path("/api/v1/programmes/%s", programme),
			   "{\"rules\": {\"exposure_cap\": 9}}"),
		200);
	read = api_expect(api_get(admin(), "%s/3", policies()), 200);
	assert_true(api_truth(read, "rules.other_department"));
	assert_int_equal(api_integer(read, "rules.exposure_cap"), 9);
	as_before();
}

static void two_writers_do_not_overwrite_each_other(void **state)
{
	(void)state;
	long long number = policy_number(programme);
	api_expect(write_policy("\"weights\": {\"need\": 61}"), 201);
	struct api_reply *late = api_post(
		admin(), policies(), "{\"based_on\": %lld, \"weights\": {\"need\": 62}}", number);
	api_expect_problem(late, 412, "stale");
	api_expect_problem(api_post(admin(), policies(), "{\"based_on\": 999}"), 412, "stale");
	as_before();
}

struct bound {
	const char *group, *member; /* group NULL: at the top */
	long long least, most;
};

static int try_value(const struct bound *bound, long long value, const char *pointer)
{
	struct api_reply *reply = write_policy(
		bound->group
			? api_path("\"%s\": {\"%s\": %lld}", bound->group, bound->member, value)
			: api_path("\"%s\": %lld", bound->member, value));
	if (reply->status >= 400)
		api_expect_fault(reply, pointer);
	return reply->status;
}

static void each_bound_holds_and_is_pointed_at(void **state)
{
	static const struct bound bounds[] = { { "rules", "min_level_gap", 1, 100 },
		{ "rules", "exposure_cap", 1, 100 }, { "rules", "mentor_relations", 1, 20 },
		{ "rules", "mentee_relations", 1, 20 }, { "weights", "need", 0, 100 },
		{ "weights", "exchange", 0, 100 }, { "weights", "interests", 0, 100 },
		{ "weights", "hours", 0, 100 }, { "weights", "level_gap", 0, 100 },
		{ "weights", "department", 0, 100 }, { "weights", "difference", 0, 100 },
		{ NULL, "focus_weight", 1, 4 }, { "bounds", "shortlist_size", 1, 5 },
		{ "bounds", "common_half_hours", 0, 160 }, { "bounds", "ample_interests", 1, 50 },
		{ "bounds", "ample_exchange", 1, 50 }, { "bounds", "ideal_level_gap", 0, 100 },
		{ "bounds", "level_gap_fall", 0, 255 } };
	(void)state;
	for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
		const struct bound *bound = &bounds[b];
		const char *pointer = bound->group ? api_path("/%s/%s", bound->group, bound->member)
						   : api_path("/%s", bound->member);
		assert_int_equal(try_value(bound, bound->least, pointer), 201);
		assert_int_equal(try_value(bound, bound->most, pointer), 201);
		assert_in_range(try_value(bound, bound->least - 1, pointer), 400, 422);
		assert_in_range(try_value(bound, bound->most + 1, pointer), 400, 422);
	}
	as_before();
}

static void policies_are_written_by_coordinators(void **state)
{
	(void)state;
	static const char *const body = "{\"based_on\": 1}";
	api_expect_problem(
		api_post(api_as("participant", "chief"), policies(), body), 403, "forbidden");
	api_expect_problem(api_post(api_as("programme_admin", "other.admin"), policies(), body),
		404, "not_found");
	const char *over = story_programme("hr.lead", "Over");
	api_expect(api_change(admin(), api_path("/api/v1/programmes/%s/cancellation", over)), 200);
	api_expect_problem(
		api_post(admin(), api_path("/api/v1/programmes/%s/policies", over), body), 409,
		"wrong_state");
}

/* ---- rounds keep each hard rule --------------------------------------------------------------*/

static const char *run(void)
{
	const char *id = api_text(api_expect(api_post(admin(), "/api/v1/rounds",
						     "{\"programme_id\": \"%s\"}", programme),
					  202),
		"id");
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200),
				     strcmp(api_text(now, "status"), "queued") != 0 &&
					     strcmp(api_text(now, "status"), "running") != 0));
	assert_string_equal(api_text(now, "status"), "ready");
	assert_int_equal(api_integer(now, "policy_version"), policy_number(programme));
	return id;
}

/* The given names on the list of the person with this family name, sorted and joined; "" without one. */
static const char *names_on(struct api_reply *lists, const char *mentee)
{
	for (size_t i = 0; i < api_count(lists, "items"); i++) {
		if (strcmp(api_text(lists, api_path("items.%zu.mentee.display_name", i)), mentee) !=
			0)
			continue;
		return api_path("%s",
			api_sql("superuser",
				"SELECT string_agg(p.user_name, ' ' ORDER BY p.user_name) FROM "
				"matching.shortlist_entry x JOIN profiles.person p ON p.id = "
				"x.mentor_id WHERE x.shortlist_id = '%s'",
				api_text(lists, api_path("items.%zu.id", i))));
	}
	return "";
}

static const char *why_short(struct api_reply *alone, const char *mentee)
{
	for (size_t i = 0; i < api_count(alone, "items"); i++)
		if (strcmp(api_text(alone, api_path("items.%zu.mentee.display_name", i)), mentee) ==
			0)
			return api_text(alone, api_path("items.%zu.reason", i));
	return "";
}

static void expect_round(const char *members, const char *chief, const char *it_lead)
{
	api_expect(write_policy(members), 201);
	const char *round = run();
	struct api_reply *lists = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	struct api_reply *alone = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/unmatched", round), 200);
	const char *names = names_on(lists, "Carla Chief");
	assert_string_equal(*names ? names : why_short(alone, "Carla Chief"), chief);
	names = names_on(lists, "Ivy Lead");
	assert_string_equal(*names ? names : why_short(alone, "Ivy Lead"), it_lead);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", round), NULL), 200);
	as_before();
}

/* Ann, Bob and Cleo are of Sales in Berlin, Dev, Eve and Fay of IT in London, three steps below the lead of
 * IT; Bob, Dev and Fay teach social media. */
static void a_round_keeps_each_hard_rule(void **state)
{
	(void)state;
	const char *social = story_skill("social media"), *data = story_skill("data literacy");
#define NEAR "\"rules\": {\"line_distance\": \"2\"}"
	expect_round(
		NEAR ", \"mentors\": {\"departments_in\": [\"IT\"]}", "dev eve fay", "dev eve fay");
	expect_round(NEAR ", \"mentors\": {\"departments_out\": [\"Sales\", \"Legal\"]}",
		"dev eve fay", "dev eve fay");
	expect_round("\"mentors\": {\"locations\": [\"Berlin\"]}", "ann bob cleo", "ann bob cleo");
	expect_round(api_path("\"mentors\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
			      "\"level\": 4}]}, " NEAR,
			     social),
		"bob dev fay", "bob dev fay");
	expect_round(api_path("\"mentors\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
			      "\"level\": 5}]}",
			     social),
		"no_mentors", "no_mentors");
	expect_round(api_path("\"mentees\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
			      "\"level\": 4}]}, \"mentors\": {\"locations\": [\"Berlin\"]}",
			     data),
		"ann bob cleo", "out_of_scope");
	expect_round("\"mentees\": {\"departments_in\": [\"IT\"]}", "out_of_scope", "ann bob cleo");
	expect_round("\"rules\": {\"line_distance\": \"2\", \"other_department\": true}, "
		     "\"mentors\": {\"departments_in\": [\"IT\"]}",
		"dev eve fay", "same_department");
	expect_round("\"rules\": {\"line_distance\": \"2\", \"same_country\": true}",
		"ann bob cleo", "dev eve fay");
	expect_round("\"rules\": {\"same_country\": true}, \"mentors\": {\"locations\": "
		     "[\"London\"]}",
		"other_country", "dev eve fay"); /* nobody is allowed elsewhere */
	expect_round("\"rules\": {\"languages\": [\"de\", \"fr\"]}", "no_shared_language",
		"no_shared_language");
	expect_round("\"rules\": {\"languages\": [\"en\", \"fr\"], \"max_level_gap\": 5}",
		"not_junior", "ann bob cleo");
	expect_round("\"bounds\": {\"common_half_hours\": 81}", "too_few_common_hours",
		"too_few_common_hours");
	expect_round("\"rules\": {\"skills_only\": true}, \"mentors\": {\"locations\": "
		     "[\"Berlin\"]}",
		"ann bob cleo", "ann bob cleo");
}

static void a_list_has_as_many_places_as_the_policy_says(void **state)
{
	(void)state;
	static const int sizes[] = { 1, 2, 5 };
	for (size_t s = 0; s < 3; s++) {
		api_expect(write_policy(api_path(
				   "\"bounds\": {\"shortlist_size\": %d}, \"rules\": "
				   "{\"line_distance\": \"2\"}, \"weights\": {\"need\": 100, "
				   "\"exchange\": 100, \"interests\": 100, \"hours\": 100, "
				   "\"level_gap\": 100, \"department\": 100, \"difference\": 1}",
				   sizes[s])),
			201);
		const char *round = run();
		struct api_reply *lists = api_expect(
			api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
		assert_int_equal(api_count(lists, "items"), 2);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(
				api_count(lists, api_path("items.%d.entries", i)), sizes[s]);
			/* 700 points of weight are reduced to 128 */
			assert_in_range(api_integer(lists, api_path("items.%d.entries.0.score", i)),
				1, 32640);
		}
		api_expect(
			api_post(admin(), api_path("/api/v1/rounds/%s/discard", round), NULL), 200);
		as_before();
	}
}

static void a_policy_written_while_a_round_waits_is_for_the_next_one(void **state)
{
	(void)state;
	struct api_hold *hold = api_hold("LOCK TABLE matching.exclusion");
	long long number = policy_number(programme);
	const char *round = api_text(api_expect(api_post(admin(), "/api/v1/rounds",
							"{\"programme_id\": \"%s\"}", programme),
					     202),
		"id");
	api_expect(write_policy("\"bounds\": {\"shortlist_size\": 1}, \"mentees\": "
				"{\"departments_in\": [\"Legal\"]}"),
		201);
	api_let_go(hold);
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_get(admin(), "/api/v1/rounds/%s", round),
				     strcmp(api_text(now, "status"), "ready") == 0));
	assert_int_equal(api_integer(now, "policy_version"), number);
	assert_int_equal(api_integer(now, "totals.complete"), 2);
	struct api_reply *lists = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	assert_int_equal(api_count(lists, "items.0.entries"), 3);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", round), NULL), 200);
	as_before();
}

/* ---- pairs ------------------------------------------------------------------------------------*/

/* What the database answers to a pair of the two made by hand, e.g. "policy_refuses department"; the pair is not
 * kept. */
static const char *by_hand(const char *mentor, const char *mentee)
{
	return api_sql("superuser",
		"DO $$ DECLARE said text; detail text; BEGIN "
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, origin, step, answer_by) "
		"SELECT gen_random_uuid(), t.programme_id, t.person_id, m.person_id, t.id, m.id, "
		"'manual', 'manual', common.now() + interval '1 day' FROM matching.enrolment t, "
		"matching.enrolment m "
		"WHERE t.programme_id = '%s' AND m.programme_id = t.programme_id AND t.role = "
		"'mentor' AND m.role = 'mentee' AND t.person_id = '%s' AND m.person_id = '%s'; "
		"RAISE EXCEPTION 'made'; EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS said = "
		"MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL; PERFORM set_config('upward.said', "
		"said || coalesce(' ' || (nullif(detail, '')::json ->> 'rule'), ''), false); "
		"END $$; SELECT current_setting('upward.said')",
		programme, story_person_id(mentor), story_person_id(mentee));
}

static void expect_by_hand(const char *members, const char *mentor, const char *said)
{
	/* the chief is four steps above; by hand, no round grants a distance */
	api_expect(write_policy("\"rules\": {\"line_distance\": \"3\"}"), 201);
	api_expect(write_policy(members), 201);
	assert_string_equal(by_hand(mentor, "chief"), said);
	as_before();
}

static void a_pair_made_by_hand_keeps_the_policy(void **state)
{
	(void)state;
	const char *published = story_round("hr.lead", programme);
	(void)published;
	expect_by_hand("", "ann", "made");
	expect_by_hand("\"mentors\": {\"departments_in\": [\"IT\"]}", "ann",
		"policy_refuses mentor_scope");
	expect_by_hand(
		"\"mentees\": {\"locations\": [\"London\"]}", "ann", "policy_refuses mentee_scope");
	expect_by_hand("\"rules\": {\"same_country\": true}", "dev", "policy_refuses country");
	expect_by_hand("\"rules\": {\"max_level_gap\": 6}", "ann", "policy_refuses junior");
	expect_by_hand(api_path("\"mentors\": {\"must_have_skills\": [{\"skill_id\": \"%s\", "
				"\"level\": 1}]}",
			       story_skill("social media")),
		"ann", "policy_refuses mentor_scope");
}

/* Ann moves to the department of the chief while she is on a list of a programme that asks for another one. */
static void a_pick_keeps_the_policy_of_its_round(void **state)
{
	(void)state;
	const char *other = api_text(
		api_expect(api_post(admin(), "/api/v1/programmes",
				   "{\"title\": \"Across\", \"purpose\": \"cross_function\", "
				   "\"starts_on\": \"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
			201),
		"id");
	api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/recruitment", other), NULL), 200);
	story_enrol("sales.lead", other, "mentee", 1);
	story_wants("sales.lead", "generative AI", NULL);
	static const char *const all[] = { "ann", "dev", "eve", "fay" };
	for (size_t i = 0; i < 4; i++)
		story_enrol(all[i], other, "mentor", 2);
	story_round("hr.lead", other);
	struct api_reply *list = story_shortlist("sales.lead", other);
	assert_int_equal(api_count(list, "mentors"), 3); /* not Ann */
	const char *dev = story_person_id("dev");
	static const char *const moved =
		"external_id,user_name,given_name,family_name,department,level,"
		"manager_external_id\nC-13,dev,Dev,Dutt,%s,1,C-9\n";
	api_import(api_path(moved, "Sales"), NULL);
	struct api_reply *lost = api_expect_problem(
		api_post(api_as("participant", "sales.lead"),
			api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", dev),
		409, "shortlist_changed");
	assert_int_equal(api_count(lost, "replacement_shortlist.mentors"), 2);
	api_import(api_path(moved, "IT"), NULL);
}

/* What holds somebody's places, and how many are free. */
static void expect_places(const char *user_name, const char *held_by, long long free)
{
	struct api_reply *mine = enrolment(user_name, programme);
	assert_string_equal(api_text(mine, "places.held_by"), held_by);
	assert_int_equal(api_integer(mine, "places.free"), free);
}

/* Of capacity, policy and the settings, the smallest holds. */
static void three_limits_hold(void)
{
	expect_places("chief", "policy", 0);
	expect_places("ann", "capacity", 2);
	api_expect(write_policy("\"rules\": {\"mentee_relations\": 20}"), 201);
	expect_places("chief", "capacity", 2);
	api_sql("superuser", "UPDATE common.setting SET value = '{\"mentor\": 5, \"mentee\": 2}' "
			     "WHERE name = 'person_limits'");
	expect_places("chief", "person_limits", 1);
	api_sql("superuser", "UPDATE common.setting SET value = '{\"mentor\": 5, \"mentee\": 5}' "
			     "WHERE name = 'person_limits'");
	api_expect(write_policy("\"rules\": {\"mentee_relations\": 1}"), 201);
}

static void earlier_partners_and_relations(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Again");
	const char *senior = story_enrol("chief", id, "mentee", 3);
	const char *junior = story_enrol("ann", id, "mentor", 3);
	story_round("hr.lead", id);
	const char *mentor, *pair = story_pair("chief", id, &mentor);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/activation", id), NULL), 200);
	const char *was = programme;
	programme = id;
	/* one relation at once: the chief has his place, and no other */
	api_expect(write_policy("\"rules\": {\"mentee_relations\": 1}"), 201);
	three_limits_hold();
	const char *round = run();
	assert_int_equal(
		api_integer(api_get(admin(), "/api/v1/rounds/%s", round), "totals.mentees"), 0);
	api_expect(
		write_policy("\"rules\": {\"mentee_relations\": 2, \"mentor_relations\": 1}"), 201);
	round = run();
	assert_int_equal(
		api_integer(api_get(admin(), "/api/v1/rounds/%s", round), "totals.mentees"), 1);
	assert_int_equal(
		api_integer(api_get(admin(), "/api/v1/rounds/%s", round), "totals.mentors"), 0);
	api_expect(write_policy("\"rules\": {\"mentor_relations\": 5}"), 201);
	api_expect(api_change(api_as("participant", "chief"),
			   api_path("/api/v1/pairs/%s/completion", pair)),
		200);
	expect_round("", "no_candidate", "");
	api_expect(write_policy("\"rules\": {\"line_distance\": \"3\"}"), 201);
	const char *asked = api_path(
		"{\"mentor_enrolment_id\": \"%s\", \"mentee_enrolment_id\": \"%s\", \"note\": "
		"\"They asked for it.\"}",
		junior, senior);
	struct api_reply *no = api_expect_problem(
		api_post(admin(), "/api/v1/pairs", "%s", asked), 409, "rules_unmet");
	assert_string_equal(api_text(no, "unmet.0"), "earlier");
	api_expect(write_policy("\"rules\": {\"earlier_partners\": true}"), 201);
	assert_string_equal(by_hand("ann", "chief"), "made");
	story_round("hr.lead", id);
	assert_int_equal(api_count(story_shortlist("chief", id), "mentors"), 1);
	programme = was;
}

static void a_preset_is_what_a_programme_of_its_purpose_starts_with(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(admin(), "/api/v1/programmes/presets?limit=100"), 200);
	assert_int_equal(api_count(list, "items"), 7);
	for (size_t i = 0; i < 7; i++) {
		const char *purpose = api_text(list, api_path("items.%zu.purpose", i));
		const char *id = api_text(
			api_expect(api_post(admin(), "/api/v1/programmes",
					   "{\"title\": \"A preset\", \"purpose\": \"%s\", "
					   "\"starts_on\": \"2027-01-11\", \"ends_on\": "
					   "\"2027-07-09\"}",
					   purpose),
				201),
			"id");
		struct api_reply *first = api_expect(
			api_get(admin(), "/api/v1/programmes/%s/policies/1", id), 200);
		static const char *const members[] = { "purpose", "rules", "weights",
			"focus_weight", "focus_skills", "bounds", "mentors", "mentees" };
		for (size_t m = 0; m < sizeof members / sizeof *members; m++)
			assert_true(json_equal(api_member(first, members[m]),
				api_member(list, api_path("items.%zu.%s", i, members[m]))));
		if (strcmp(purpose, "cross_function") == 0)
			assert_true(api_truth(first, "rules.other_department"));
		if (strcmp(purpose, "open_learning") == 0) {
			assert_true(api_truth(first, "rules.skills_only"));
			assert_int_equal(api_integer(first, "rules.mentee_relations"), 5);
		}
	}
	api_expect_problem(api_get(api_as("participant", "chief"), "/api/v1/programmes/presets"),
		403, "forbidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_is_what_was_written_over_the_one_before),
		cmocka_unit_test(two_writers_do_not_overwrite_each_other),
		cmocka_unit_test(each_bound_holds_and_is_pointed_at),
		cmocka_unit_test(policies_are_written_by_coordinators),
		cmocka_unit_test(a_round_keeps_each_hard_rule),
		cmocka_unit_test(a_list_has_as_many_places_as_the_policy_says),
		cmocka_unit_test(a_policy_written_while_a_round_waits_is_for_the_next_one),
		cmocka_unit_test(a_pair_made_by_hand_keeps_the_policy),
		cmocka_unit_test(a_pick_keeps_the_policy_of_its_round),
		cmocka_unit_test(earlier_partners_and_relations),
		cmocka_unit_test(a_preset_is_what_a_programme_of_its_purpose_starts_with),
	};
	return cmocka_run_group_tests_name("policy rules", tests, set_up, api_release);
}
