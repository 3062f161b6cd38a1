#include "side_by_side.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "support/client.h"
#include "support/story.h"

/* A cohort of the programme; nobody fits it by itself. */
static const char *cohort(const char *programme, const char *title)
{
	return api_text(
		api_expect(api_post(api_as("programme_admin", "ada"),
				   api_path("/api/v1/programmes/%s/cohorts", programme),
				   "{\"title\": \"%s\", \"departments\": [\"%s\"]}", title, title),
			201),
		"id");
}

/* People `from` to `to` have a place in a cohort or none ("NULL"), by turns as mentor and mentee; those up to
 * `enrolled` take it, and those up to `paired` are in pairs: 2 k - 1 teaches 2 k. */
static void fill(
	const char *programme, const char *cohort_id, int from, int to, int enrolled, int paired)
{
	api_sql("superuser",
		"SET session_replication_role = replica;"
		"INSERT INTO profiles.person (id, user_name, given_name, level) SELECT "
		"('5d000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'side' || n, "
		"'Side', 1 FROM "
		"generate_series(%2$d, %3$d) n ON CONFLICT DO NOTHING;"
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step, "
		"cohort_id) "
		"SELECT gen_random_uuid(), '%1$s', ('5d000000-0000-4000-8000-' || lpad(n::text, "
		"12, "
		"'0'))::uuid, CASE WHEN n %% 2 = 1 THEN 'mentor' ELSE 'mentee' END, CASE WHEN n <= "
		"%4$d THEN "
		"'enrolled' ELSE 'declined' END, 'creation', %6$s FROM generate_series(%2$d, %3$d) "
		"n;"
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, "
		"mentee_enrolment_id, origin, status, step, accepted_at) SELECT gen_random_uuid(), "
		"'%1$s', "
		"o.person_id, e.person_id, o.id, e.id, 'manual', 'active', 'acceptance', "
		"common.now() - "
		"interval '40 weeks' FROM generate_series(%2$d, %5$d, 2) n JOIN matching.enrolment "
		"o ON "
		"o.programme_id = '%1$s' AND o.person_id = ('5d000000-0000-4000-8000-' || "
		"lpad(n::text, 12, "
		"'0'))::uuid JOIN matching.enrolment e ON e.programme_id = '%1$s' AND e.person_id "
		"= "
		"('5d000000-0000-4000-8000-' || lpad((n + 1)::text, 12, '0'))::uuid",
		programme, from, to, enrolled, paired,
		strcmp(cohort_id, "NULL") == 0 ? "NULL" : api_path("'%s'", cohort_id));
}

/* Each mentor of the two cohorts rates the programme, those of the second one point higher; each mentee gains
 * ten or twenty points, in both alike; six of the first cohort have left. */
static void let_them_live(const char *programme)
{
	api_sql("superuser",
		"SET session_replication_role = replica;"
		"INSERT INTO evaluation.release (programme_id, wave) VALUES ('%1$s', 'midpoint');"
		"INSERT INTO evaluation.feedback (id, pair_id, programme_id, author_id, "
		"subject_id, "
		"visibility, rating, wave) SELECT gen_random_uuid(), q.id, '%1$s', q.mentor_id, "
		"q.mentee_id, "
		"'programme', 3 + n %% 2, 'midpoint' FROM matching.pair q, LATERAL (SELECT "
		"right(q.mentor_id::text, 12)::int / 2 AS n) k WHERE q.programme_id = '%1$s';"
		"UPDATE evaluation.feedback f SET rating = f.rating + 1 WHERE f.programme_id = "
		"'%1$s' AND "
		"right(f.author_id::text, 12)::int > 40;"
		"INSERT INTO evaluation.assessment (id, programme_id, skill_id, title, items, "
		"opens_on, "
		"closes_on) VALUES (gen_random_uuid(), '%1$s', '%2$s', 'Side', '[]', '2026-01-01', "
		"'2028-01-01');"
		"INSERT INTO evaluation.attempt (id, assessment_id, person_id, phase, status, "
		"score, "
		"submitted_at) SELECT gen_random_uuid(), a.id, q.mentee_id, f, 'submitted', CASE f "
		"WHEN "
		"'pre' THEN 40 ELSE 50 + 10 * (right(q.mentee_id::text, 12)::int / 2 %% 2) END, "
		"common.now() "
		"FROM evaluation.assessment a, matching.pair q, unnest('{pre,post}'::text[]) f "
		"WHERE "
		"a.programme_id = '%1$s' AND q.programme_id = '%1$s';"
		"INSERT INTO evaluation.departure (person_id, left_on) SELECT p.id, common.today() "
		"- 200 "
		"FROM profiles.person p WHERE p.user_name IN ('side1', 'side2', 'side3', 'side4', "
		"'side5', "
		"'side6')",
		programme, story_skill("side by side"));
}

/* Improvements of pairs: those of mentors `from` to `to`, each of which reaches ten people; or of nobody. */
static void improve(const char *programme, int from, int to, const char *status)
{
	api_sql("superuser",
		"SET session_replication_role = replica; INSERT INTO evaluation.improvement (id, programme_id, "
		"pair_id, title, insight, reach, suggested_by, status) SELECT gen_random_uuid(), '%1$s', q.id, "
		"'Captions', 'Half could not follow.', 10, q.mentor_id, '%4$s' FROM (SELECT q.id, q.mentor_id, "
		"right(q.mentor_id::text, 12)::int AS n FROM matching.pair q WHERE q.programme_id = '%1$s' UNION "
		"ALL SELECT NULL, gen_random_uuid(), 0) q WHERE q.n BETWEEN %2$d AND %3$d",
		programme, from, to, status);
}

static struct api_reply *compared(const char *programme, const char *report, const char *who)
{
	return api_expect(api_get(api_as(who ? "programme_admin" : "auditor", who),
				  "/api/v1/reports/programmes/%s/%s", programme, report),
		200);
}

static json_t *row(const struct api_reply *reply, const char *later, const char *measure)
{
	size_t i;
	json_t *one;
	json_array_foreach(api_member(reply, "comparisons"), i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "measure")), measure) == 0 &&
			strcmp(json_string_value(json_object_get(one, "later")), later) == 0)
			return one;
	}
	fail_msg("no %s of %s in %s", measure, later, reply->text);
	return NULL;
}

static void is_number(json_t *object, const char *member, double expected)
{
	double found = json_number_value(json_object_get(object, member));
	if (!json_is_number(json_object_get(object, member)) || fabs(found - expected) > 1e-9)
		fail_msg("%s is %g, not %g", member, found, expected);
}

static void is_text(json_t *object, const char *member, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(object, member)), expected);
}

/* Of 40 in each cohort 24 and 40 have enrolled, and 12 and 15 pairs were made. Counts are 20 and 15, each plus
 * two, for 24 and 16. */
static void cohorts_differ_where_they_do(const struct api_reply *reply)
{
	json_t *enrolled = row(reply, "Wave two", "enrolled");
	is_number(enrolled, "earlier_people", 35);
	is_number(enrolled, "earlier_value", 0.56); /* 22 of 39 */
	is_number(enrolled, "later_people", 40);
	is_number(enrolled, "later_value", 1);
	is_number(enrolled, "difference", 0.44);
	assert_true(json_number_value(json_object_get(enrolled, "low")) > 0.2);
	is_text(enrolled, "verdict", "higher");
	assert_non_null(strstr(json_string_value(json_object_get(enrolled, "sentence")),
		"In “Wave two” the share of those reached who enrolled was higher than in “Pilot”: "
		"100 % "
		"against 56 %, a difference of 44 points (95 % interval "));
	json_t *rating = row(reply, "Wave two", "satisfaction_mentors");
	is_number(rating, "earlier_people", 10); /* of twelve */
	is_number(rating, "earlier_value", 3.5);
	is_number(rating, "later_value", 4.5); /* of fifteen: 4 or 5 */
	is_number(rating, "difference", 1);
	is_text(rating, "verdict", "higher");
	is_text(row(reply, "Wave two", "gain"), "verdict", "unclear");
	is_number(row(reply, "Wave two", "stayed"), "earlier_value", 0.71); /* 17 of 24 */
	json_t *improved = row(reply, "Wave two", "improved");
	is_number(improved, "earlier_people", 10); /* pairs: six of twelve */
	is_number(improved, "earlier_value", 0.5);
	is_number(improved, "later_people", 15); /* ten of fifteen */
	is_number(improved, "later_value", 0.63);
	is_text(improved, "verdict", "unclear");
	json_t *none = row(reply, "Wave two", "on_cadence");                /* nobody has a plan */
	assert_true(json_is_true(json_object_get(none, "suppressed")));
	assert_true(json_is_null(json_object_get(none, "later_people")));
	assert_true(json_equal(
		api_member(reply, "chart.data.values"), api_member(reply, "comparisons")));
}

/* Ten of forty have enrolled in the year after; in the year before 64 of 80. */
static void years_differ(const char *copy)
{
	story_snapshot(copy);
	struct api_reply *reply = compared(copy, "years", "ada");
	json_t *enrolled = row(reply, "Next (2028)", "enrolled");
	is_text(enrolled, "earlier", "Side by side (2027)");
	is_number(enrolled, "earlier_value", 0.78); /* 62 of 79 */
	is_number(enrolled, "later_value", 0.27);   /* 12 of 44 */
	is_text(enrolled, "verdict", "lower");
	compared(copy, "years", NULL);
	/* who coordinates the later one alone reads nothing of the earlier */
	api_expect(api_post(api_as("programme_admin", "ada"),
			   api_path("/api/v1/programmes/%s/coordinators", copy),
			   "{\"person_id\": \"%s\"}", story_person_id("boss")),
		201);
	assert_string_equal(api_text(compared(copy, "cohorts", "boss"), "sentence"),
		"We cannot tell whether they differ: too few people stand behind each figure.");
	api_expect_problem(api_get(api_as("programme_admin", "boss"),
				   "/api/v1/reports/programmes/%s/years", copy),
		404, "not_found");
}

/* Three are in a third cohort: neither they are shown nor those of whom the rest would tell. */
static void a_small_cohort_hides_others(const char *programme, const char *few)
{
	fill(programme, few, 201, 203, 203, 200);
	story_snapshot(programme);
	struct api_reply *reply = compared(programme, "cohorts", NULL);
	static const char *const cohorts[] = { "Wave two", "Few" };
	for (int i = 0; i < 2; i++) {
		json_t *one = row(reply, cohorts[i], "enrolled");
		assert_true(json_is_null(json_object_get(one, "later_people")));
		assert_true(json_is_null(json_object_get(one, "earlier_value")));
		assert_true(json_is_true(json_object_get(one, "suppressed")));
	}
	/* of pairs none was in it */
	is_text(row(reply, "Wave two", "satisfaction_mentors"), "verdict", "higher");
}

/* Whose pair had the insight tells of the cohort; what is not yet practice, and what nobody's pair had, does not
 * count. */
static void cohorts_bring_improvements(const char *programme)
{
	struct api_reply *reply = compared(programme, "cohort-improvements", "ada");
	assert_string_equal(api_text(reply, "sentence"),
		"No cohort has brought more improvements that became practice than “Wave two”: 10.");
	assert_int_equal(api_integer(reply, "n"), 25);
	json_t *pilot = json_array_get(api_member(reply, "cohorts"), 0),
	       *second = json_array_get(api_member(reply, "cohorts"), 1);
	is_text(pilot, "cohort", "Pilot");
	is_number(pilot, "pairs", 10);
	is_number(pilot, "adopted", 6);
	is_number(pilot, "reach", 60);
	is_number(second, "adopted", 10);
	json_t *few = json_array_get(api_member(reply, "cohorts"), 2);
	assert_true(json_is_true(json_object_get(few, "suppressed")));
	assert_true(json_is_null(json_object_get(few, "adopted")));
	assert_true(json_equal(api_member(reply, "chart.data.values"), api_member(reply, "cohorts")));
	assert_int_equal(api_integer(compared(programme, "improvements", "ada"), "adopted"), 17);
}

/* One pair in a third cohort: it is hidden, and so is the smaller of the others, or the rest would tell. */
static void a_small_cohort_hides_its_improvements(const char *programme, const char *few)
{
	fill(programme, few, 205, 206, 206, 206);
	improve(programme, 205, 206, "adopted");
	story_snapshot(programme);
	struct api_reply *reply = compared(programme, "cohort-improvements", NULL);
	static const bool hidden[] = { true, false, true };
	for (size_t i = 0; i < 3; i++) {
		json_t *one = json_array_get(api_member(reply, "cohorts"), i);
		assert_int_equal(json_is_true(json_object_get(one, "suppressed")), hidden[i]);
		assert_int_equal(json_is_null(json_object_get(one, "reach")), hidden[i]);
	}
}

/* Six more pairs in no cohort; one of their mentors is put into a cohort once all have rated, and no figure of
 * the cohort moves by what that one said. */
static void who_is_placed_later_is_not_found(const char *programme, const char *cohort_id)
{
	struct api *admin = api_as("programme_admin", "ada");
	fill(programme, "NULL", 81, 92, 92, 92);
	api_sql("superuser",
		"SET session_replication_role = replica; INSERT INTO evaluation.feedback (id, pair_id, programme_id, "
		"author_id, subject_id, visibility, rating, wave) SELECT gen_random_uuid(), q.id, '%1$s', q.mentor_id, "
		"q.mentee_id, 'programme', 1, 'midpoint' FROM matching.pair q WHERE q.programme_id = '%1$s' AND "
		"right(q.mentor_id::text, 12)::int BETWEEN 81 AND 92",
		programme);
	const char *path = api_path("/api/v1/programmes/%s/cohorts/%s", programme, cohort_id);
	api_if_match(admin, api_expect(api_get(admin, "%s", path), 200));
	api_expect(api_patch(admin, path, "{\"person_ids\": [\"%s\"]}", story_person_id("side81")), 200);
	assert_string_equal(api_sql("superuser",
				    "SELECT cohort_id FROM matching.enrolment WHERE programme_id = '%s' AND person_id = '%s'",
				    programme, story_person_id("side81")),
		cohort_id);
	story_snapshot(programme);
	json_t *rating = row(compared(programme, "cohorts", "ada"), "Wave two", "satisfaction_mentors");
	is_number(rating, "later_people", 15);
	is_number(rating, "later_value", 4.5);
}

void cohorts_and_years_are_compared(void **state)
{
	(void)state;
	const char *programme = story_programme("ada", "Side by side");
	story_snapshot(programme);
	assert_string_equal(api_text(compared(programme, "cohorts", "ada"), "sentence"),
		"We cannot tell whether cohorts differ: the programme has not two of them.");
	assert_string_equal(api_text(compared(programme, "years", "ada"), "sentence"),
		"We cannot tell whether years differ: the programme is not a copy of another one.");
	/* all of them at first: a new cohort places those anew who have no pair */
	const char *pilot = cohort(programme, "Pilot"), *second = cohort(programme, "Wave two");
	const char *few = cohort(programme, "Few");
	fill(programme, pilot, 1, 40, 24, 24);
	fill(programme, second, 41, 80, 80, 70);
	let_them_live(programme);
	improve(programme, 0, 11, "adopted");
	improve(programme, 13, 16, "underway");
	improve(programme, 41, 60, "adopted");
	story_snapshot(programme);
	cohorts_differ_where_they_do(compared(programme, "cohorts", "ada"));
	cohorts_bring_improvements(programme);
	struct api *admin = api_as("programme_admin", "ada");
	api_header(admin, "Accept: text/csv");
	const char *csv = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/cohorts", programme), 200)
				  ->text;
	assert_non_null(strstr(csv, "\nWave two: enrolled,enrolled,share,Wave two,40,1"));
	assert_non_null(strstr(csv, ",Pilot,35,0.56,0.44,"));
	const char *copy = api_text(
		api_expect(api_post(admin, api_path("/api/v1/programmes/%s/copies", programme),
				   "{\"title\": \"Next\", \"starts_on\": \"2028-01-11\"}"),
			201),
		"id");
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE matching.programme SET status = "
		"'active' "
		"WHERE id = '%s'",
		copy);
	fill(copy, "NULL", 301, 340, 310, 300);
	years_differ(copy);
	a_small_cohort_hides_others(programme, few);
	a_small_cohort_hides_its_improvements(programme, few);
	who_is_placed_later_is_not_found(programme, second);
}
