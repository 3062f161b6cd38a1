/*
 * Two years of one programme: a pilot with twelve leaders, and the year after a copy of it, extended
 * to a filtered group. The pilot is closed, its people are invited again, new people join as a cohort
 * of their own, each cohort has its round, and nobody meets last year's partner again. And a known share of
 * those who took part and of their like stays, and each benefit that such programmes promise is measured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS 12
#define JUNIORS 50
#define WAIT    20.0

static const char *pilot, *next;
static const char *taught_by[LEADERS]; /* user names of the mentors of the pilot */

static struct api *hal(void)
{
	return api_as("programme_admin", "hr.lead");
}

static const char *leader(int i)
{
	return api_path("leader%d", i + 1);
}

static int the_company_is_there(void **state)
{
	(void)state;
	company_import();
	pilot = company_crowd("Reverse mentoring, the pilot", LEADERS, JUNIORS, 1);
	return 0;
}

/* The mentee picks; where others were faster, from the list that replaces theirs. The mentor accepts. */
static const char *find_mentor(const char *mentee, const char *programme)
{
	struct api_reply *picked;
	const char *mentor;
	do {
		struct api_reply *list = story_shortlist(mentee, programme);
		mentor = api_text(list, "mentors.0.mentor.id");
		picked = api_post(api_as("participant", mentee),
			api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", mentor);
	} while (picked->status == 409);
	api_expect(picked, 201);
	mentor = story_user_name(mentor);
	api_expect(api_change(api_as("participant", mentor),
			   api_path("%s/acceptance", api_text(picked, "links.self"))),
		200);
	return mentor;
}

static struct api_reply *comparison(const char *programme)
{
	return api_expect(
		api_get(hal(), "/api/v1/programmes/%s/cohorts/comparison", programme), 200);
}

static void the_pilot_is_a_cohort_and_its_leaders_find_mentors(void **state)
{
	(void)state;
	api_expect(
		api_post(hal(), api_path("/api/v1/programmes/%s/cohorts", pilot),
			"{\"title\": \"Pilot\", \"departments\": [\"Board\", \"IT\", \"Sales\"]}"),
		201);
	for (int i = 0; i < LEADERS; i++)
		taught_by[i] = find_mentor(leader(i), pilot);
	struct api_reply *figures = comparison(pilot);
	assert_int_equal(api_count(figures, "cohorts"), 1);
	assert_int_equal(api_integer(figures, "cohorts.0.enrolled"), LEADERS + JUNIORS);
	assert_int_equal(api_integer(figures, "cohorts.0.paired"), 2 * LEADERS);
	assert_int_equal(api_integer(figures, "cohorts.0.active"), 2 * LEADERS);
	assert_int_equal(api_integer(figures, "cohorts.0.held_sessions"), 0);
}

static void a_session_that_was_held_counts_for_its_cohort(void **state)
{
	(void)state;
	struct api *who = api_as("participant", leader(0));
	struct api_reply *pairs = api_expect(
		api_get(who, "/api/v1/pairs?programme_id=%s", pilot), 200);
	struct api_reply *session = api_expect(
		api_post(who, "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2026-12-02T10:00\", \"time_zone\": "
			"\"UTC\", \"duration_minutes\": 30, \"mode\": \"video\", \"kind\": "
			"\"get_to_know\"}",
			api_text(pairs, "items.0.id")),
		201);
	const char *self = api_text(session, "links.self");
	if (strcmp(api_text(session, "status"), "proposed") == 0)
		api_expect(api_change(api_as("participant", taught_by[0]),
				   api_path("%s/confirmation", self)),
			200);
	api_clock_to("2026-12-02 11:00Z");
	api_expect(api_post(who, api_path("%s/report", self), "{\"outcome\": \"held\"}"), 200);
	api_wait_until(WAIT, api_integer(comparison(pilot), "cohorts.0.held_sessions") == 1);
}

/* The second year is matched by what the pilot was matched by, in every member. */
static void expect_the_same_policy(void)
{
	static const char *const members[] = { "rules", "weights", "bounds", "mentors", "mentees",
		"focus_weight", "focus_skills" };
	struct api_reply *read[2];
	const char *const of[] = { pilot, next };
	for (size_t i = 0; i < 2; i++) {
		long long version = api_integer(
			api_expect(api_get(hal(), "/api/v1/programmes/%s", of[i]), 200),
			"policy_version");
		read[i] = api_expect(
			api_get(hal(), "/api/v1/programmes/%s/policies/%lld", of[i], version), 200);
	}
	for (size_t m = 0; m < sizeof members / sizeof *members; m++)
		assert_true(json_equal(
			api_member(read[0], members[m]), api_member(read[1], members[m])));
}

static void the_year_ends_and_a_copy_invites_its_people_again(void **state)
{
	(void)state;
	const char *self = api_path("/api/v1/programmes/%s", pilot);
	api_expect(api_post(hal(), api_path("%s/resources", self),
			   "{\"title\": \"How we did it\", \"text\": \"Listen.\"}"),
		201);
	api_expect(api_change(hal(), api_path("%s/activation", self)), 200);
	api_expect(api_change(hal(), api_path("%s/closing", self)), 200);
	api_clock_to("2027-07-12 09:00Z");
	api_expect(api_post(hal(), api_path("%s/closure", self), "{\"force\": true}"), 200);
	api_wait_until(WAIT, strcmp(api_text(api_get(hal(), "%s", self), "status"), "closed") == 0);
	struct api_reply *copy = api_expect(
		api_post(hal(), api_path("%s/copies", self),
			"{\"title\": \"Reverse mentoring, the second year\", \"starts_on\": "
			"\"2027-09-06\", \"people\": true, \"message\": \"Once more?\"}"),
		201);
	next = api_text(copy, "id");
	assert_string_equal(api_text(copy, "starts_on"), "2027-09-06");
	assert_int_equal(api_integer(copy, "rules.exposure_cap"), 8);
	expect_the_same_policy();
	/* the pilot's cohort came along, and is given another meaning */
	const char *path = api_path("/api/v1/programmes/%s/cohorts", next);
	struct api_reply *came = api_expect(api_get(hal(), "%s", path), 200);
	path = api_text(came, "items.0.links.self");
	api_if_match(hal(), api_expect(api_get(hal(), "%s", path), 200));
	api_expect(api_patch(hal(), path,
			   "{\"title\": \"Alumni\", \"departments\": [\"Board\"], \"locations\": "
			   "null, "
			   "\"level_min\": null, \"level_max\": null, \"person_ids\": []}"),
		200);
	api_expect(api_post(hal(), api_path("/api/v1/programmes/%s/cohorts", next),
			   "{\"title\": \"Extension\", \"locations\": [\"Berlin\", \"London\"]}"),
		201);
	api_expect(api_change(hal(), api_path("/api/v1/programmes/%s/recruitment", next)), 200);
	struct api_reply *funnel = api_expect(
		api_get(hal(), "/api/v1/programmes/%s/funnel", next), 200);
	assert_int_equal(api_integer(funnel, "roles.0.invited"), JUNIORS);
	assert_int_equal(api_integer(funnel, "roles.1.invited"), LEADERS);
}

static void answers(const char *user_name, const char *invitation, const char *answer)
{
	struct api *who = api_as("participant", user_name);
	struct api_reply *mine = api_expect(
		api_get(who, "/api/v1/enrolments?programme_id=%s", next), 200);
	assert_string_equal(api_text(mine, "items.0.invitation"), invitation);
	api_expect(api_post(who, api_path("%s/%s", api_text(mine, "items.0.links.self"), answer),
			   "{}"),
		200);
}

static void accept(const char *user_name)
{
	answers(user_name, "Once more?", "acceptance");
}

/* Those at two more places are asked, and whoever does not want to is in no round. */
static void the_extension_is_those_who_agree(void)
{
	struct api_reply *sent = api_expect(
		api_post(hal(), api_path("/api/v1/programmes/%s/invitations", next),
			"{\"role\": \"mentee\", \"message\": \"New this year\", \"locations\": "
			"[\"Berlin\", \"London\"], \"level_min\": 6}"),
		201);
	assert_int_equal(api_integer(sent, "invited"), 3);
	answers("chief", "New this year", "acceptance");
	answers("it.lead", "New this year", "acceptance");
	answers("sales.lead", "New this year", "decline");
}

static void people_return_and_the_extension_joins(void **state)
{
	(void)state;
	static const char *const young[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };
	for (int i = 0; i < LEADERS; i++)
		accept(leader(i));
	for (int i = 0; i < JUNIORS; i++)
		accept(api_path("junior%d", i + 1));
	for (size_t i = 0; i < sizeof young / sizeof *young; i++)
		story_enrol(young[i], next, "mentor", 1);
	the_extension_is_those_who_agree();
	struct api_reply *ivy = api_expect(api_get(api_as("participant", "it.lead"),
						   "/api/v1/enrolments?programme_id=%s", next),
		200);
	ivy = api_expect(api_get(hal(), "%s", api_text(ivy, "items.0.links.self")), 200);
	assert_string_equal(api_text(ivy, "cohort.title"), "Extension");
	struct api_reply *figures = comparison(next);
	assert_int_equal(api_count(figures, "cohorts"), 3);
	/* the chief sits on the board and in Berlin: the first cohort that fits has her */
	assert_int_equal(api_integer(figures, "cohorts.0.enrolled"), LEADERS + 1);
	assert_int_equal(api_integer(figures, "cohorts.1.enrolled"), 7);
	assert_true(json_is_null(api_member(figures, "cohorts.2.cohort")));
	assert_int_equal(api_integer(figures, "cohorts.2.enrolled"), JUNIORS);
}

/* Runs and publishes the round of one cohort. */
static void match(const char *title, long long mentees)
{
	struct api_reply *cohorts = api_expect(
		api_get(hal(), "/api/v1/programmes/%s/cohorts", next), 200);
	size_t at = strcmp(api_text(cohorts, "items.0.title"), title) == 0 ? 0 : 1;
	struct api_reply *round = api_expect(
		api_post(hal(), "/api/v1/rounds",
			"{\"programme_id\": \"%s\", \"cohort_id\": \"%s\"}", next,
			api_text(cohorts, api_path("items.%zu.id", at))),
		202);
	const char *self = api_text(round, "links.self");
	api_wait_until(WAIT, strcmp(api_text(api_get(hal(), "%s", self), "status"), "ready") == 0);
	round = api_expect(api_change(hal(), api_path("%s/publication", self)), 200);
	assert_int_equal(api_integer(round, "totals.mentees"), mentees);
}

static void each_cohort_has_its_round_and_nobody_meets_last_years_partner(void **state)
{
	(void)state;
	match("Alumni", LEADERS + 1);
	match("Extension", 1);
	expect_the_same_policy();
	for (int i = 0; i < LEADERS; i++) {
		struct api_reply *list = story_shortlist(leader(i), next);
		const char *former = story_person_id(taught_by[i]);
		for (size_t k = 0; k < api_count(list, "mentors"); k++)
			assert_string_not_equal(
				api_text(list, api_path("mentors.%zu.mentor.id", k)), former);
	}
	(void)find_mentor("it.lead", next);
	for (int i = 0; i < 6; i++)
		(void)find_mentor(leader(i), next);
	/* two people of the extension are in a pair: too few to say so of any cohort */
	struct api_reply *figures = comparison(next);
	for (size_t i = 0; i < 3; i++) {
		const char *at = api_path("cohorts.%zu", i);
		assert_true(json_is_integer(api_member(figures, api_path("%s.enrolled", at))));
		assert_true(json_is_null(api_member(figures, api_path("%s.paired", at))));
		assert_true(json_is_null(api_member(figures, api_path("%s.held_sessions", at))));
	}
	/* the pilot keeps its figures */
	figures = comparison(pilot);
	assert_int_equal(api_integer(figures, "cohorts.0.paired"), 2 * LEADERS);
	assert_int_equal(api_integer(figures, "cohorts.0.held_sessions"), 1);
}

/* ---- who stays ------------------------------------------------------------------------------- */

#define SENIORS 63 /* who learn, and 62 who teach, one of them two: 125 people in pairs */
#define STAY    125

/* Those who take part and as many colleagues of the same level, department and service; of either the first
 * `left` below `from` have left. */
static void staff(int from, int until, int left)
{
	static char csv[64000];
	int used = snprintf(csv, sizeof csv,
		"external_id,user_name,given_name,family_name,department,level,manager_external_id,"
		"hired_on,active\nDESK,stay.desk,De,Sk,Back,4,,2020-01-01,true\n");
	for (int i = from; i < until; i++)
		used += snprintf(csv + used, sizeof csv - (size_t)used,
			"STAY%d,stay%d,Stay,%d,%s,%d,%s,2022-01-01,%s\n", i, i, i,
			i % STAY < SENIORS ? "Front" : "Back", i % STAY < SENIORS ? 6 : 1,
			i % STAY < SENIORS ? "" : "DESK", i - from < left ? "false" : "true");
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	story_settle();
}

static const char *stayers, *pair_of[SENIORS];

/* Pairs made by hand in a programme that begins in January; nobody is matched by it otherwise. */
static const char *programme_of_pairs(void)
{
	const char *id = api_text(
		api_expect(api_post(hal(), "/api/v1/programmes",
				   "{\"title\": \"Who stays\", \"purpose\": \"digital_skills\", "
				   "\"starts_on\": \"2029-01-08\", \"ends_on\": \"2029-09-28\"}"),
			201),
		"id");
	static char items[16000];
	static const char *enrolments[STAY];
	int used = 0;
	for (int i = 0; i < STAY; i++)
		used += snprintf(items + used, sizeof items - (size_t)used,
			"%s{\"user_name\": \"stay%d\", \"role\": \"%s\", \"capacity\": 2}",
			i ? ", " : "", i, i < SENIORS ? "mentee" : "mentor");
	api_expect(api_post(hal(), api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	struct api_reply *made = api_expect(
		api_post(hal(), "/api/v1/enrolments/batches",
			"{\"programme_id\": \"%s\", \"note\": \"All agreed.\", \"items\": [%s]}",
			id, items),
		201);
	for (int i = 0; i < STAY; i++)
		enrolments[i] = api_text(made, api_path("items.%d.id", i));
	story_round("hr.lead", id);
	for (int i = 0; i < SENIORS; i++) {
		int mentor = SENIORS + i % (STAY - SENIORS);
		struct api_reply *pair = api_expect(
			api_post(hal(), "/api/v1/pairs",
				"{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": "
				"\"%s\", "
				"\"override\": [\"need\"], \"note\": \"They asked.\"}",
				enrolments[i], enrolments[mentor]),
			201);
		pair_of[i] = api_text(pair, "id");
		api_expect(api_post(api_as("participant", api_path("stay%d", mentor)),
				   api_path("%s/acceptance", api_text(pair, "links.self")), NULL),
			200);
	}
	return id;
}

/* Leaders from here on, and their mentors, say what they think; none of them leaves. */
#define FIRST_SAYS 20
#define SAY        12

static const char *attitudes, *assessment;

static struct api *stayer(int i)
{
	return api_as("participant", api_path("stay%d", i));
}

/* How leaders see learning from juniors, from 1 to 5; what a question means the other way round is turned. */
static void they_say_how_they_see_it(const char *wave, int point)
{
	static const char *const keys[] = { "learn_1", "learn_2", "learn_3", "digital_1", "digital_2", "digital_3" };
	for (int i = 0; i < SAY; i++) {
		const char *answers = "", *path = api_path("/api/v1/responses/%s/%s", attitudes, wave);
		for (int k = 0; k < 6; k++) {
			int value = k < 3 ? point + i % 2 : 3 + (i + k) % 2;
			answers = api_path("%s%s{\"key\": \"%s\", \"value\": %d}", answers, k ? ", " : "",
				keys[k], k % 3 == 2 ? 6 - value : value);
		}
		api_expect(api_put(stayer(FIRST_SAYS + i), path, "{\"answers\": [%s]}", answers), 200);
		api_expect(api_post(stayer(FIRST_SAYS + i), api_path("%s/submission", path), NULL), 200);
	}
}

static void they_show_what_they_can(const char *phase, int point)
{
	for (int i = 0; i < SAY; i++) {
		struct api *who = stayer(FIRST_SAYS + i);
		struct api_reply *attempt = api_expect(
			api_post(who, api_path("/api/v1/assessments/%s/attempts", assessment),
				"{\"phase\": \"%s\"}", phase),
			201);
		const char *self = api_text(attempt, "links.self");
		api_if_match(who, attempt);
		api_expect(api_patch(who, self, "{\"answers\": [{\"key\": \"feel\", \"value\": %d}]}",
				   point),
			200);
		api_expect(api_post(who, api_path("%s/submission", self), NULL), 200);
	}
}

/* What is asked of them when the programme begins. */
static void where_they_stand_is_asked(const char *programme)
{
	api_clock_to("2029-01-10 12:00Z");
	attitudes = api_text(
		api_expect(api_post(hal(), "/api/v1/surveys",
				   "{\"programme_id\": \"%s\", \"kind\": \"attitude\", \"side\": "
				   "\"mentee\", \"title\": \"How leaders see it\", \"opens_on\": "
				   "\"2029-01-08\", \"closes_on\": \"2029-09-28\", \"shipped_set\": "
				   "\"attitudes-mentee\"}",
				   programme),
			201),
		"id");
	assessment = api_text(
		api_expect(api_post(hal(), "/api/v1/assessments",
				   "{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": \"Now\", "
				   "\"items\": [{\"key\": \"feel\", \"text\": \"I do it myself.\", "
				   "\"kind\": \"scale\"}], \"opens_on\": \"2029-01-08\", \"closes_on\": "
				   "\"2029-09-28\"}",
				   programme, story_skill("craft 0")),
			201),
		"id");
	they_say_how_they_see_it("before", 2);
	they_show_what_they_can("pre", 1);
}

/* A snapshot of what is so now. One that the clock had due may have been taken in this week already: then a week
 * later. */
static void snapshot_of(const char *reports, const char *month, int day)
{
	struct api_reply *made;
	do {
		api_clock_to(api_path("%s-%02d 09:00Z", month, day));
		made = api_post(hal(), api_path("%s/snapshots", reports), NULL);
		day += 7;
	} while (made->status == 409 && day <= 31);
	api_expect(made, 202);
	api_wait_until(60.0,
		api_truth(api_expect(api_get(hal(), "%s", api_text(made, "links.self")), 200), "ready"));
}

/* 96 of a hundred who took part are still there in summer, 80 of their like who did not. */
static void ninety_six_of_a_hundred_stay(void **state)
{
	(void)state;
	staff(0, STAY, 0);
	staff(STAY, 2 * STAY, 0);
	stayers = programme_of_pairs();
	const char *reports = api_path("/api/v1/reports/programmes/%s", stayers);
	where_they_stand_is_asked(stayers);
	api_clock_to("2029-06-04 09:00Z");
	staff(0, 10, 5);
	staff(STAY, STAY + 20, 13); /* a tenth of the company at once would have to be confirmed */
	staff(STAY + 20, STAY + 40, 12);
	snapshot_of(reports, "2029-07", 10);
	struct api_reply *now = api_expect(api_get(hal(), "%s/retention", reports), 200);
	assert_int_equal(api_integer(now, "pairs"), STAY);
	static const struct {
		const char *member;
		double value, low, high; /* Wilson, and Newcombe for pairs */
	} known[] = { { "participants", 0.96, 0.91, 0.98 }, { "comparison", 0.80, 0.72, 0.86 } };
	for (int i = 0; i < 2; i++) {
		json_t *found = api_member(now, known[i].member);
		assert_float_equal(
			json_number_value(json_object_get(found, "value")), known[i].value, 1e-9);
		assert_float_equal(
			json_number_value(json_object_get(found, "low")), known[i].low, 1e-9);
		assert_float_equal(
			json_number_value(json_object_get(found, "high")), known[i].high, 1e-9);
	}
	assert_true(json_number_value(api_member(now, "balance.after.level")) == 0);
	assert_string_equal(api_text(now, "verdict"), "higher");
	assert_non_null(strstr(api_text(now, "sentence"),
		"Participants stayed in the company more often than comparable colleagues: 96 % "
		"against "
		"80 %, a difference of 16 points (95 % interval "));
	api_expect_problem(
		api_get(api_as("programme_admin", "other.admin"), "%s/retention", reports), 404,
		"not_found");
	api_expect(api_get(api_as("participant", "stay1"), "%s/retention", reports), 403);
}

/* ---- what such programmes promise ------------------------------------------------------------ */

/* Both sides rate the programme; one of them also writes to the partner, by which the batch is seen to be out. */
static void both_sides_rate_it(void)
{
	static const char *const say =
		"{\"pair_id\": \"%s\", \"visibility\": \"%s\", \"rating\": %d}";
	for (int i = FIRST_SAYS; i < FIRST_SAYS + SAY; i++) {
		api_expect(api_post(stayer(i), "/api/v1/feedback", say, pair_of[i], "programme", 5), 201);
		api_expect(api_post(stayer(SENIORS + i), "/api/v1/feedback", say, pair_of[i], "programme", 4),
			201);
	}
	api_expect(api_post(stayer(SENIORS + FIRST_SAYS), "/api/v1/feedback", say, pair_of[FIRST_SAYS],
			   "partner", 4),
		201);
}

static void the_year_is_over(void)
{
	const char *self = api_path("/api/v1/programmes/%s", stayers);
	api_expect(api_change(hal(), api_path("%s/activation", self)), 200);
	api_expect(api_change(hal(), api_path("%s/closing", self)), 200);
	api_clock_to("2029-09-10 12:00Z");
	they_say_how_they_see_it("after", 4);
	they_show_what_they_can("post", 3);
	both_sides_rate_it();
	api_clock_to("2029-09-29 09:00Z");
	api_wait_until(60.0,
		api_count(api_expect(api_get(stayer(FIRST_SAYS), "/api/v1/feedback/released"), 200), "items") == 1);
	api_wait_until(60.0,
		api_count(api_expect(api_get(hal(), "/api/v1/surveys/%s/results", attitudes), 200), "waves") == 2);
}

/* Skills, how leaders see their juniors, ties across departments, satisfaction on both sides: each has its figure
 * with as many people as stand behind it, and a sentence that says no more. */
static void each_benefit_is_measured(void **state)
{
	(void)state;
	const char *reports = api_path("/api/v1/reports/programmes/%s", stayers);
	the_year_is_over();
	snapshot_of(reports, "2029-10", 9);
	static const struct {
		const char *name, *sentence;
		int people;
	} known[] = {
		{ "gain", "Mentees gained 40 points of 100 on average.", 10 },
		{ "attitudes",
			"The openness to learning from juniors of mentees rose by 50.0 points of 100 (95 % "
			"interval 50.0 to 50.0).",
			10 },
		{ "satisfaction",
			"In the last window, mentees rated the programme 5.0 of 5 on average, and mentors rated "
			"the programme 4.0 of 5 on average.",
			20 },
		{ "network", "At least 60 pairs are of two people who had no tie before.", 60 },
		{ "representation", "At least 55 leaders have taken part as mentees.", 55 },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct api_reply *now = api_expect(api_get(hal(), "%s/%s", reports, known[i].name), 200);
		assert_string_equal(api_text(now, "sentence"), known[i].sentence);
		assert_int_equal(api_integer(now, "n"), known[i].people);
		assert_true(strlen(api_text(now, "method")) > 0);
		api_expect(api_get(stayer(FIRST_SAYS), "%s/%s", reports, known[i].name), 403);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pilot_is_a_cohort_and_its_leaders_find_mentors),
		cmocka_unit_test(a_session_that_was_held_counts_for_its_cohort),
		cmocka_unit_test(the_year_ends_and_a_copy_invites_its_people_again),
		cmocka_unit_test(people_return_and_the_extension_joins),
		cmocka_unit_test(each_cohort_has_its_round_and_nobody_meets_last_years_partner),
		cmocka_unit_test(ninety_six_of_a_hundred_stay),
		cmocka_unit_test(each_benefit_is_measured),
	};
	return cmocka_run_group_tests_name("pilot", tests, the_company_is_there, api_release);
}
