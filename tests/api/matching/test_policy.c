/* A round runs under the policy version that it names, and under nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
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
	programme = company_programme("Policies", 1);
	return 0;
}

static struct api_reply *patch(const char *body)
{
	const char *path = api_path("/api/v1/programmes/%s", programme);
	struct api_reply *now = api_expect(api_get(admin(), "%s", path), 200);
	api_if_match(admin(), now);
	return api_expect(api_patch(admin(), path, "%s", body), 200);
}

static long long versions(void)
{
	return api_count(
		api_expect(api_get(admin(), "/api/v1/programmes/%s/policies", programme), 200),
		"items");
}

static struct api_reply *policy(long long number)
{
	return api_expect(
		api_get(admin(), "/api/v1/programmes/%s/policies/%lld", programme, number), 200);
}

static const char *start(void)
{
	return api_text(api_expect(api_post(admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}",
					   programme),
				202),
		"id");
}

static struct api_reply *wait_for(const char *round)
{
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_expect(api_get(admin(), "/api/v1/rounds/%s", round), 200),
				     strcmp(api_text(now, "status"), "queued") != 0 &&
					     strcmp(api_text(now, "status"), "running") != 0));
	assert_string_equal(api_text(now, "status"), "ready");
	return now;
}

/* The ready round's lists, as text; the round is discarded. */
static const char *lists_of(const char *round)
{
	struct api_reply *lists = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	char *entries = json_dumps(api_member(lists, "items.0.entries"), JSON_SORT_KEYS);
	const char *kept = api_path("%s", entries);
	free(entries);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", round), NULL), 200);
	return kept;
}

static void rules_and_focus_make_a_version_and_nothing_else_does(void **state)
{
	(void)state;
	assert_int_equal(versions(), 1);
	struct api_reply *first = policy(1);
	assert_int_equal(api_integer(first, "weights.need"), 60);
	assert_int_equal(api_integer(first, "rules.exposure_cap"), 6);
	assert_int_equal(api_count(first, "focus_skills"), 0);
	(void)patch("{\"title\": \"Policies, renamed\", \"pick_days\": 8}");
	(void)patch("{\"rules\": {\"exposure_cap\": 6}}"); /* which it was */
	assert_int_equal(versions(), 1);
	struct api_reply *now = patch("{\"rules\": {\"exposure_cap\": 5}}");
	assert_int_equal(api_integer(now, "policy_version"), 2);
	now = patch(api_path("{\"focus_skills\": [\"%s\"]}", story_skill("data literacy")));
	assert_int_equal(api_integer(now, "policy_version"), 3);
	assert_int_equal(versions(), 3);
	assert_int_equal(api_integer(policy(2), "rules.exposure_cap"), 5);
	assert_int_equal(api_count(policy(2), "focus_skills"), 0);
	assert_string_equal(api_text(policy(3), "focus_skills.0.name"), "data literacy");
	struct api_reply *list = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/policies?limit=2", programme), 200);
	assert_int_equal(api_integer(list, "items.0.number"), 3);
	list = api_expect(api_get(admin(), "/api/v1/programmes/%s/policies?limit=2&cursor=%s",
				  programme, api_text(list, "next_cursor")),
		200);
	assert_int_equal(api_integer(list, "items.0.number"), 1);
	(void)patch("{\"focus_skills\": [], \"rules\": {\"exposure_cap\": 6}}");
}

static void policies_are_for_the_coordinators(void **state)
{
	(void)state;
	const char *one = api_path("/api/v1/programmes/%s/policies/1", programme);
	const char *all = api_path("/api/v1/programmes/%s/policies", programme);
	api_expect_problem(api_get(api_as("participant", "chief"), "%s", all), 403, "forbidden");
	api_expect_problem(
		api_get(api_as("programme_admin", "other.admin"), "%s", one), 404, "not_found");
	api_expect_problem(
		api_get(api_as("programme_admin", "other.admin"), "%s", all), 404, "not_found");
	api_expect_problem(api_get(admin(), "%s9", one), 404, "not_found");
	assert_int_equal(api_get(admin(), "%sx", one)->status, 400);
}

static void a_change_while_a_round_waits_is_for_the_next_one(void **state)
{
	(void)state;
	long long number = versions();
	struct api_reply *before = wait_for(start());
	const char *hash = api_text(before, "input_hash");
	const char *lists = lists_of(api_text(before, "id"));
	struct api_hold *hold = api_hold("LOCK TABLE matching.exclusion");
	const char *round = start();
	(void)patch("{\"rules\": {\"min_level_gap\": 3, \"line_distance\": \"3\"}}");
	api_let_go(hold);
	struct api_reply *held = wait_for(round);
	assert_int_equal(api_integer(held, "policy_version"), number);
	assert_string_equal(api_text(held, "input_hash"), hash);
	assert_string_equal(lists_of(round), lists);
	round = start();
	struct api_reply *next = wait_for(round);
	assert_int_equal(api_integer(next, "policy_version"), number + 1);
	assert_string_equal(api_text(next, "links.policy"),
		api_path("/api/v1/programmes/%s/policies/%lld", programme, number + 1));
	assert_string_not_equal(api_text(next, "input_hash"), hash);
	(void)lists_of(round);
	(void)patch("{\"rules\": {\"min_level_gap\": 1, \"line_distance\": \"any\"}}");
}

static void a_wanted_skill_of_the_focus_counts_more(void **state)
{
	(void)state;
	struct api_reply *plain = wait_for(start());
	const char *hash = api_text(plain, "input_hash");
	const char *lists = lists_of(api_text(plain, "id"));
	(void)patch(api_path("{\"focus_skills\": [\"%s\"]}", story_skill("generative AI")));
	const char *round = start();
	struct api_reply *focused = wait_for(round);
	assert_string_not_equal(api_text(focused, "input_hash"), hash);
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	/* both mentees want it, and some mentors teach it and nothing else that they want */
	assert_string_not_equal(lists_of(round), lists);
	assert_int_equal(api_count(now, "items"), 2);
	(void)patch("{\"focus_skills\": []}");
	struct api_reply *again = wait_for(start());
	assert_string_equal(api_text(again, "input_hash"), hash);
	assert_string_equal(lists_of(api_text(again, "id")), lists);
}

static long long wanted_now(void)
{
	struct api_reply *now = wait_for(start());
	long long wanted = api_integer(now, "totals.wanted");
	(void)lists_of(api_text(now, "id"));
	return wanted;
}

static void a_weakness_is_a_want_where_the_policy_says_so(void **state)
{
	(void)state;
	long long said = wanted_now();
	const char *unnamed = story_skill("a skill that nobody has named");
	api_expect(api_post(api_as("participant", "chief"), "/api/v1/people/me/skill-checks",
			   "{\"instrument\": \"Test\", \"taken_on\": \"2026-01-05\", "
			   "\"findings\": [{\"skill_id\": \"%s\", \"finding\": \"weakness\"}]}",
			   unnamed),
		201);
	assert_int_equal(wanted_now(), said);
	struct api_reply *now = patch("{\"skill_checks\": true}");
	assert_true(api_truth(now, "skill_checks"));
	assert_int_equal(wanted_now(), said + 1);
	(void)patch("{\"skill_checks\": false}");
	assert_int_equal(wanted_now(), said);
}

static void found_by_test(const char *user_name, const char *skill, const char *finding)
{
	api_expect(api_post(api_as("participant", user_name), "/api/v1/people/me/skill-checks",
			   "{\"instrument\": \"Test\", \"taken_on\": \"2026-01-06\", \"findings\": "
			   "[{\"skill_id\": \"%s\", \"finding\": \"%s\", \"level\": 3}]}",
			   skill, finding),
		201);
}

/* Of a skill that their profile does not name, an answer says how far they want to go, and the test how far
 * they are. Nobody is volunteered: a strength is no offer. */
static void a_strength_is_known_where_the_policy_says_so(void **state)
{
	(void)state;
	const char *earlier = programme, *skill = story_skill("a skill that a test finds");
	programme = story_programme("hr.lead", "Strengths");
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/forms", programme),
			   "{\"role\": \"mentee\", \"questions\": [{\"key\": \"learn\", \"text\": \"What?\", "
			   "\"kind\": \"skills\"}]}"),
		201);
	static const char *const leaders[] = { "chief", "it.lead" };
	for (int i = 0; i < 2; i++)
		api_expect(api_post(api_as("participant", leaders[i]), "/api/v1/enrolments",
				   "{\"programme_id\": \"%s\", \"role\": \"mentee\", \"answers\": [{\"key\": "
				   "\"learn\", \"skills\": [{\"skill_id\": \"%s\", \"level\": %d}]}]}",
				   programme, skill, 3 + i),
			201);
	story_enrol("ann", programme, "mentor", 1);
	story_enrol("dev", programme, "mentor", 1);
	const char *offers = api_path("SELECT matching.offers_in('%s', '%s')", programme, story_person_id("ann"));
	const char *offered = api_sql("superuser", "%s", offers);
	long long said = wanted_now();
	(void)patch("{\"skill_checks\": true}");
	long long counted = wanted_now(); /* with an earlier weakness of the chief */
	found_by_test("ann", skill, "strength");
	found_by_test("chief", skill, "strength");
	found_by_test("it.lead", skill, "strength"); /* who wants one level more */
	assert_int_equal(wanted_now(), counted - 1);
	assert_string_equal(api_sql("superuser", "%s", offers), offered);
	(void)patch("{\"skill_checks\": false}");
	assert_int_equal(wanted_now(), said);
	(void)patch("{\"skill_checks\": true}");
	found_by_test("chief", skill, "weakness"); /* the latest counts */
	assert_int_equal(wanted_now(), counted);
	programme = earlier;
}

static struct api_reply *next_lists(const char *id)
{
	const char *round = story_ready("hr.lead", id);
	struct api_reply *lists = api_expect(api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", round), NULL), 200);
	return lists;
}

/* What coordinators read of the chief. */
static bool coordinators_read(const char *id, const char *round, const char *skill)
{
	const char *const pages[] = { api_path("/api/v1/shortlists?programme_id=%s", id),
		api_path("/api/v1/rounds/%s/shortlists", round), api_path("/api/v1/rounds/%s/unmatched", round),
		api_path("/api/v1/enrolments/%s/why-not", enrolment_of("chief", id)) };
	bool found = false;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		found |= strstr(api_expect(api_get(admin(), "%s", pages[i]), 200)->text, skill) != NULL;
	return found;
}

/* Whether a policy that asks all mentees to want a skill lets the chief take part. */
static const char *admitted(const char *id, const char *skill)
{
	return api_sql("superuser",
		"SELECT matching.admits('{\"skill_checks\": true, \"mentees\": {\"must_have_skills\": "
		"[{\"skill_id\": \"%s\", \"level\": 1}]}}', 'mentee', '%s', '%s')",
		story_skill(skill), id, story_person_id("chief"));
}

/* Weaknesses that a test found, one that somebody teaches and one that nobody does, are for the learner alone,
 * until they say it themselves. */
static void what_only_a_test_found_is_for_the_learner_alone(void **state)
{
	(void)state;
	const char *earlier = programme, *taught = "Found and taught", *open = "Found and open";
	story_teaches("ann", taught, "generative AI", NULL);
	found_by_test("chief", story_skill(taught), "weakness");
	found_by_test("chief", story_skill(open), "weakness");
	const char *id = programme = story_programme("hr.lead", "Found");
	(void)patch("{\"skill_checks\": true}");
	programme = earlier;
	story_enrol("chief", id, "mentee", 1);
	story_enrol("ann", id, "mentor", 1);
	const char *round = story_round("hr.lead", id);
	struct api_reply *own = story_shortlist("chief", id);
	assert_non_null(strstr(own->text, taught));
	assert_non_null(strstr(own->text, open));
	assert_non_null(strstr(
		api_get(as("chief"), "/api/v1/enrolments/%s/why-not", enrolment_of("chief", id))->text, open));
	assert_false(coordinators_read(id, round, taught));
	assert_false(coordinators_read(id, round, open));
	assert_string_equal(admitted(id, taught), "f");
	story_wants("chief", "generative AI", taught, open, NULL);
	assert_true(coordinators_read(id, round, taught));
	assert_true(coordinators_read(id, round, open));
	assert_string_equal(admitted(id, taught), "t");
	story_wants("chief", "generative AI", NULL);
	assert_false(coordinators_read(id, round, taught));
}

static const char *part_points(struct api_reply *why, const char *part)
{
	return json_object_get(api_member(why, "parts"), part) ? "shown" : "hidden";
}

/* A mentor who teaches one skill alone would learn from the points that the mentee needs it. So in such a
 * programme only the mentee sees them, and what is shown adds up without them; the round tells no more. */
static void the_points_do_not_tell_what_a_test_found(void **state)
{
	(void)state;
	const char *earlier = programme, *skill = "Found and alone", *mentor;
	story_teaches("ann", skill, NULL);
	found_by_test("it.lead", story_skill(skill), "weakness");
	const char *id = programme = story_programme("hr.lead", "Points");
	(void)patch("{\"skill_checks\": true}");
	programme = earlier;
	story_enrol("it.lead", id, "mentee", 1);
	story_enrol("ann", id, "mentor", 1);
	const char *round = story_round("hr.lead", id);
	struct api_reply *lists = api_expect(api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	assert_int_equal(api_count(lists, "items.0.entries"), 1);
	assert_null(api_member(lists, "items.0.entries.0.parts.need"));
	assert_true(json_is_null(api_member(lists, "items.0.worth")));
	assert_true(json_is_null(
		api_member(api_expect(api_get(admin(), "/api/v1/rounds/%s", round), 200), "totals.worth")));
	struct api_reply *compared = api_expect(api_get(admin(),
			 "/api/v1/rounds/%s/comparison/mentees?with=%s", round, round), 200);
	assert_int_equal(api_integer(compared, "items.0.after.covered"), 0);
	const char *path = api_path("/api/v1/pairs/%s/why", story_pair("it.lead", id, &mentor));
	struct api_reply *learner = api_expect(api_get(as("it.lead"), "%s", path), 200),
			 *other = api_expect(api_get(as("ann"), "%s", path), 200),
			 *coordinator = api_expect(api_get(admin(), "%s", path), 200);
	assert_string_equal(part_points(learner, "need"), "shown");
	assert_string_equal(part_points(other, "need"), "hidden");
	assert_string_equal(part_points(coordinator, "need"), "hidden");
	assert_true(api_integer(learner, "score") > api_integer(other, "score"));
	assert_int_equal(api_integer(coordinator, "score"), api_integer(lists, "items.0.entries.0.score"));
	story_teaches("ann", "generative AI", NULL);
}

/* A strength that a test found makes nobody somebody's teacher, and nothing tells of it, until they offer it. */
static void what_only_a_test_found_is_taught_by_nobody(void **state)
{
	(void)state;
	const char *earlier = programme, *skill = "A strength that is wanted";
	const char *id = programme = story_programme("hr.lead", "Strong");
	(void)patch("{\"skill_checks\": true}");
	programme = earlier;
	found_by_test("dev", story_skill(skill), "strength");
	story_wants("chief", "generative AI", skill, NULL);
	story_enrol("chief", id, "mentee", 1);
	story_enrol("dev", id, "mentor", 1);
	story_teaches("dev", "generative AI", NULL);
	struct api_reply *lists = next_lists(id);
	size_t want = 0;
	while (strcmp(api_text(lists, api_path("items.0.wants.%zu.skill", want)), skill) != 0)
		want++;
	assert_string_equal(api_text(lists, api_path("items.0.wants.%zu.state", want)), "nobody_teaches");
	story_teaches("dev", "generative AI", skill, NULL);
	lists = next_lists(id);
	assert_string_equal(api_text(lists, api_path("items.0.wants.%zu.state", want)), "covered");
	story_wants("chief", "generative AI", NULL);
}

static void presets_change_no_policy_that_exists(void **state)
{
	(void)state;
	struct api_reply *before = wait_for(start());
	const char *hash = api_text(before, "input_hash");
	(void)lists_of(api_text(before, "id"));
	const char *made = api_sql("superuser",
		"SELECT pg_get_functiondef('matching.purpose_weights(text)'::regprocedure)");
	api_sql("superuser",
		"CREATE OR REPLACE FUNCTION matching.purpose_weights(purpose text) RETURNS json"
		" LANGUAGE sql IMMUTABLE RETURN '{\"need\": 1, \"exchange\": 0, \"interests\": 0,"
		" \"hours\": 0, \"level_gap\": 0, \"department\": 0, \"difference\": 0}'::json");
	struct api_reply *after = wait_for(start());
	(void)patch("{\"rules\": {\"exposure_cap\": 7}}");
	struct api_reply *newest = policy(api_integer(
		api_get(admin(), "/api/v1/programmes/%s", programme), "policy_version"));
	api_sql("superuser", "%s", made);
	assert_string_equal(api_text(after, "input_hash"), hash);
	assert_int_equal(api_integer(newest, "weights.need"), 60);
	(void)lists_of(api_text(after, "id"));
}

/* Purpose inclusion weighs in how much the two differ, by what the HR system says. */
static void difference_has_an_input(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_post(admin(), "/api/v1/programmes",
			"{\"title\": \"Inclusion\", \"purpose\": \"inclusion\", \"starts_on\": "
			"\"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
		201);
	const char *id = api_text(made, "id");
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	story_enrol("chief", id, "mentee", 1); /* Berlin, since 2001 */
	story_enrol("ann", id, "mentor", 1);   /* Berlin, since 2022 */
	story_enrol("dev", id, "mentor", 1);   /* London, since 2023 */
	struct api_reply *lists = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", story_round("hr.lead", id)), 200);
	assert_int_equal(api_count(lists, "items.0.entries"), 2);
	for (int i = 0; i < 2; i++) {
		const char *entry = api_path("items.0.entries.%d", i);
		bool berlin = strcmp(api_text(lists, api_path("%s.mentor.location", entry)),
				      "Berlin") == 0;
		/* one of three kinds differs, or all: 85 points each, weight 28 */
		assert_int_equal(api_integer(lists, api_path("%s.parts.difference", entry)),
			28 * 85 * (berlin ? 1 : 3));
		assert_null(api_member(lists, api_path("%s.parts.channels", entry)));
		assert_null(api_member(lists, api_path("%s.parts.background", entry)));
	}
}

static bool is_on(const struct api_reply *lists, const char *user_name)
{
	const char *id = story_person_id(user_name);
	for (int i = 0; i < 3; i++)
		if (strcmp(api_text(lists, api_path("items.0.entries.%d.mentor.id", i)), id) == 0)
			return true;
	return false;
}

static void likes(const char *user_name, const char *channels)
{
	const char *path = "/api/v1/people/me/channels";
	api_if_match(as(user_name), api_expect(api_get(as(user_name), "%s", path), 200));
	api_expect(api_send(as(user_name), "PUT", path, "application/json", channels, strlen(channels)), 200);
}

static void shows_channels(const char *user_name, const char *audience)
{
	api_expect(api_put(as(user_name), "/api/v1/people/me/visibility",
			   "{\"fields\": [{\"field\": \"channels\", \"audience\": \"%s\"}]}", audience),
		200);
}

/* Under a policy that goes by nothing else, only who likes to meet as the mentee does has points for it; who names
 * no way likes them all. */
static void ways_of_meeting_count_where_the_policy_says_so(void **state)
{
	(void)state;
	static const char *const mentors[] = { "ann", "bob", "cleo", "dev" };
	const char *id = story_programme("hr.lead", "Ways");
	story_enrol("chief", id, "mentee", 1);
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	likes("chief", "{\"channels\": [\"phone\", \"in_person\"]}");
	likes("ann", "{\"channels\": [\"video\", \"chat\"]}");
	likes("bob", "{\"channels\": [\"video\", \"in_person\"]}");
	likes("cleo", "{\"channels\": [\"phone\"]}");
	struct api_reply *lists = next_lists(id);
	for (int i = 0; i < 3; i++)
		assert_null(api_member(lists, api_path("items.0.entries.%d.parts.channels", i)));
	struct api_reply *now = api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
						   "{\"based_on\": 1, \"weights\": {\"need\": 0, \"exchange\": 0, "
						   "\"interests\": 0, \"hours\": 0, \"level_gap\": 0, "
						   "\"department\": 0, \"channels\": 100}, \"bounds\": "
						   "{\"need_covered\": false, \"two_departments\": false}}"),
		201);
	assert_int_equal(api_integer(now, "weights.channels"), 100);
	const char *round = story_round("hr.lead", id);
	lists = api_expect(api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	assert_true(is_on(lists, "bob") && is_on(lists, "cleo") && is_on(lists, "dev"));
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		shows_channels(mentors[i], "colleagues");
	for (int turn = 0; turn < 2; turn++) { /* the chief shows it to partners, then to nobody */
		lists = api_expect(api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
		for (int i = 0; i < 3; i++) {
			assert_null(api_member(lists, api_path("items.0.entries.%d.parts.channels", i)));
			assert_int_equal(api_integer(lists, api_path("items.0.entries.%d.score", i)), 0);
		}
		assert_true(json_is_null(api_member(lists, "items.0.worth")));
		shows_channels("chief", turn == 0 ? "nobody" : "colleagues");
	}
	lists = api_expect(api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			api_integer(lists, api_path("items.0.entries.%d.parts.channels", i)), 100 * 255);
	assert_int_equal(api_integer(lists, "items.0.parts_most.channels"), 100 * 255);
	const char *mentor, *pair = story_pair("chief", id, &mentor);
	static const char *const said = "They like to meet in the same way.";
	struct api_reply *why = api_expect(api_get(as("chief"), "/api/v1/pairs/%s/why", pair), 200);
	assert_non_null(strstr(why->text, said));
	struct api_reply *card = api_expect(
		api_get(as("ann"), "/api/v1/programmes/%s/policy-card", id), 200);
	assert_non_null(strstr(card->text, said));
}

/* A policy that goes by difference alone, of lists whose departments do not count; its first list of a round. */
static struct api_reply *list_by_difference(const char *id)
{
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": %lld, \"weights\": {\"need\": 1, \"exchange\": 0, \"interests\": 0, "
			   "\"hours\": 0, \"level_gap\": 0, \"department\": 0, \"difference\": 100}, "
			   "\"bounds\": {\"need_covered\": false, \"two_departments\": false}}",
			   api_integer(api_get(admin(), "/api/v1/programmes/%s", id), "policy_version")),
		201);
	struct api_reply *lists = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", story_ready("hr.lead", id)), 200);
	assert_int_equal(api_count(lists, "items"), 1);
	assert_int_equal(api_count(lists, "items.0.entries"), 3);
	return lists;
}

/* Five of other places than the mentee, three of them of the same one. */
static void a_list_goes_for_mentors_who_differ_from_each_other(void **state)
{
	(void)state;
	static const char *const mentors[] = { "ann", "bob", "cleo", "stranger", "other.admin" };
	const char *id = story_programme("hr.lead", "Apart");
	story_enrol("it.lead", id, "mentee", 1);
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	struct api_reply *lists = list_by_difference(id);
	assert_true(is_on(lists, "stranger") && is_on(lists, "other.admin"));
	assert_int_equal(is_on(lists, "ann") + is_on(lists, "bob") + is_on(lists, "cleo"), 1);
	struct api_reply *card = api_expect(
		api_get(as("ann"), "/api/v1/programmes/%s/policy-card", id), 200);
	assert_non_null(strstr(card->text, "differ from the mentee, and from each other"));
}

/* Of six who are alike but for what they have declared, the first four have declared the same. Who takes their
 * consent back brings nothing by it from then on, and nothing that is stored or shown tells of any of it. */
static void a_declaration_counts_on_a_list_until_it_is_taken_back(void **state)
{
	(void)state;
	const char *id = company_enrolled_crowd("Declared", 1, 6, 1);
	struct api_reply *now = api_get(admin(), "/api/v1/programmes/%s", id);
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), api_text(now, "links.self"), "{\"declared_kinds\": [\"gender\"]}"), 200);
	api_sql("superuser",
		"INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, notice_version) "
		"SELECT gen_random_uuid(), id, 1, 'gender', 'matching', true, 1 FROM profiles.person WHERE "
		"user_name ~ '^(junior[1-6]|leader1)$'");
	api_sql("superuser",
		"INSERT INTO profiles.declaration (person_id, kind, value) SELECT id, 'gender', CASE user_name "
		"WHEN 'leader1' THEN 'man' WHEN 'junior5' THEN 'non_binary' WHEN 'junior6' THEN 'another' ELSE "
		"'woman' END FROM profiles.person WHERE user_name ~ '^(junior[1-6]|leader1)$'");
	struct api_reply *lists = list_by_difference(id);
	assert_true(is_on(lists, "junior5") && is_on(lists, "junior6"));
	for (int i = 0; i < 3; i++)
		assert_null(api_member(lists, api_path("items.0.entries.%d.parts.difference", i)));
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) || ' ' || bool_and(x.backgrounds = '{0,0,0}') FROM (SELECT round_id, "
			"backgrounds FROM matching.round_candidate UNION ALL SELECT s.round_id, e.backgrounds "
			"FROM matching.shortlist s JOIN matching.shortlist_entry e ON e.shortlist_id = s.id) x "
			"JOIN matching.round r ON r.id = x.round_id WHERE r.programme_id = '%s'",
			id),
		"9 true");
	story_withdraw("junior6");
	lists = list_by_difference(id);
	assert_true(is_on(lists, "junior5"));
	assert_false(is_on(lists, "junior6"));
}

/* Capacity is places: who wants two pairs and has one is matched again. */
static void a_mentee_with_a_place_left_is_matched_again(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Two pairs");
	story_enrol("chief", id, "mentee", 2);
	story_enrol("it.lead", id, "mentee", 1);
	static const char *const mentors[] = { "ann", "bob", "cleo", "dev", "eve" };
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		story_enrol(mentors[i], id, "mentor", 2);
	story_round("hr.lead", id);
	const char *mentor;
	(void)story_pair("chief", id, &mentor);
	(void)story_pair("it.lead", id, &mentor);
	const char *round = story_round("hr.lead", id);
	struct api_reply *lists = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/shortlists", round), 200);
	assert_int_equal(api_count(lists, "items"), 1);
	assert_string_equal(api_text(lists, "items.0.mentee.display_name"), "Carla Chief");
	assert_int_equal(api_count(story_shortlist("chief", id), "mentors"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_and_focus_make_a_version_and_nothing_else_does),
		cmocka_unit_test(policies_are_for_the_coordinators),
		cmocka_unit_test(a_change_while_a_round_waits_is_for_the_next_one),
		cmocka_unit_test(a_wanted_skill_of_the_focus_counts_more),
		cmocka_unit_test(a_weakness_is_a_want_where_the_policy_says_so),
		cmocka_unit_test(a_strength_is_known_where_the_policy_says_so),
		cmocka_unit_test(what_only_a_test_found_is_for_the_learner_alone),
		cmocka_unit_test(the_points_do_not_tell_what_a_test_found),
		cmocka_unit_test(what_only_a_test_found_is_taught_by_nobody),
		cmocka_unit_test(presets_change_no_policy_that_exists),
		cmocka_unit_test(difference_has_an_input),
		cmocka_unit_test(ways_of_meeting_count_where_the_policy_says_so),
		cmocka_unit_test(a_list_goes_for_mentors_who_differ_from_each_other),
		cmocka_unit_test(a_declaration_counts_on_a_list_until_it_is_taken_back),
		cmocka_unit_test(a_mentee_with_a_place_left_is_matched_again),
	};
	return cmocka_run_group_tests_name("policies", tests, set_up, api_release);
}
