/*
 * Reports are read every day, by an observer who writes down each figure and takes differences:
 * between any two days, between a total and its rows, between what was hidden and what is shown
 * later. People come, meet, say so late, move and leave, one or two a day. No difference is of fewer
 * than five; in exact figures the same observer finds many, or the test could not fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define DAYS_DAILY 40
#define DAYS_LONG  160
#define KEYS_MOST  400
#define LEAST      5

/* All readings of one figure; NAN: not shown on that day. */
struct figure {
	char name[120];
	double days[DAYS_LONG];
};

/* What the observer has written down. */
struct notes {
	struct figure figures[KEYS_MOST];
	size_t count;
	int small; /* differences of fewer than five */
	char first[300];
};

static struct notes seen, exact;
static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = story_programme("hr.lead", "Days");
	api_sql("superuser",
		"SET session_replication_role = replica;"
		"UPDATE matching.programme SET status = 'active' WHERE id = '%s';"
		"INSERT INTO profiles.person (id, user_name, given_name, level, department) SELECT "
		"gen_random_uuid(), 'day' || n, 'Day', CASE WHEN n %% 2 = 0 THEN 1 ELSE 6 END, "
		"(ARRAY['A','B','B','C','C','C','D','D','D','D','D','D','E'])[1 + n / 2 %% 13] "
		"FROM generate_series(1, 200) n;"
		"INSERT INTO evaluation.assessment (id, programme_id, skill_id, title, items, "
		"opens_on, "
		"closes_on) VALUES (gen_random_uuid(), '%s', '%s', 'Days', '[]', '2026-01-01', "
		"'2028-01-01')",
		programme, programme, story_skill("counting"));
	return 0;
}

/* ---- one day of their lives ---- */

static const char *const some_enrol =
	"INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step) SELECT "
	"gen_random_uuid(), '%1$s', p.id, CASE p.level WHEN 1 THEN 'mentor' ELSE 'mentee' END, "
	"'enrolled', 'creation' FROM profiles.person p WHERE p.user_name LIKE 'day%%' AND NOT "
	"EXISTS "
	"(SELECT FROM matching.enrolment e WHERE e.person_id = p.id) ORDER BY random() LIMIT %2$d";

static const char *const some_pair =
	"WITH two AS (SELECT o.id AS mentor_part, e.id AS mentee_part, o.person_id AS mentor, "
	"e.person_id AS mentee FROM matching.enrolment o, matching.enrolment e WHERE o.role = "
	"'mentor' "
	"AND e.role = 'mentee' AND o.programme_id = '%1$s' AND e.programme_id = '%1$s' AND NOT "
	"EXISTS "
	"(SELECT FROM matching.pair p WHERE p.mentor_id = o.person_id OR p.mentee_id = "
	"e.person_id) "
	"ORDER BY random() LIMIT 1), new AS (INSERT INTO matching.pair (id, programme_id, "
	"mentor_id, "
	"mentee_id, mentor_enrolment_id, mentee_enrolment_id, origin, status, step, accepted_at) "
	"SELECT "
	"gen_random_uuid(), '%1$s', mentor, mentee, mentor_part, mentee_part, 'manual', 'active', "
	"'acceptance', common.now() FROM two RETURNING id), signed AS (INSERT INTO "
	"scheduling.agreement "
	"(id, pair_id, number, status, cadence, duration_minutes, channels, time_zone, starts_on, "
	"mentor_signed_at, mentee_signed_at, signed_at) SELECT gen_random_uuid(), id, 1, 'signed', "
	"'weekly_3_months', 45, '{video}', 'UTC', common.today() + 1, common.now(), common.now(), "
	"common.now() FROM new RETURNING id, starts_on) INSERT INTO scheduling.plan (agreement_id, "
	"number, "
	"due_on) SELECT s.id, n, s.starts_on + 7 * (n - 1) FROM signed s, generate_series(1, 13) n";

/* Some of the dates that are past are reported held, today's and older ones. */
static const char *const some_meet =
	"WITH due AS (SELECT p.agreement_id, p.number, p.due_on, a.pair_id, gen_random_uuid() AS "
	"id "
	"FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id WHERE "
	"p.due_on <= "
	"common.today() AND p.session_id IS NULL AND random() < 0.5), held AS (INSERT INTO "
	"scheduling.session (id, pair_id, status, starts_at, ends_at, time_zone) SELECT d.id, "
	"d.pair_id, "
	"'held', d.due_on + time '10:00', d.due_on + time '10:45', 'UTC' FROM due d) UPDATE "
	"scheduling.plan p SET session_id = d.id FROM due d WHERE (p.agreement_id, p.number) = "
	"(d.agreement_id, d.number)";

static const char *const some_move = "UPDATE profiles.person SET department = "
				     "(ARRAY['A','B','C','D','E'])[1 + (random() * 4)::int] "
				     "WHERE id = (SELECT id FROM profiles.person WHERE user_name "
				     "LIKE 'day%' ORDER BY random() LIMIT 1)";

static const char *const some_leave = "UPDATE matching.enrolment SET status = 'withdrawn' WHERE id "
				      "= (SELECT id FROM matching.enrolment "
				      "WHERE programme_id = '%1$s' ORDER BY random() LIMIT 1); "
				      "UPDATE matching.pair SET status = 'ended' "
				      "WHERE id = (SELECT id FROM matching.pair WHERE programme_id "
				      "= '%1$s' ORDER BY random() LIMIT 1)";

/* Somebody's score, before and after. */
static const char *const some_gain = "WITH who AS (SELECT a.id, e.person_id FROM "
				     "evaluation.assessment a, matching.enrolment e WHERE "
				     "a.programme_id = '%1$s' AND e.programme_id = '%1$s' AND "
				     "e.role = 'mentee' AND NOT EXISTS (SELECT "
				     "FROM evaluation.attempt t WHERE t.person_id = e.person_id) "
				     "ORDER BY random() LIMIT 1) INSERT INTO "
				     "evaluation.attempt (id, assessment_id, person_id, phase, "
				     "status, score, submitted_at) SELECT "
				     "gen_random_uuid(), w.id, w.person_id, f.phase, 'submitted', "
				     "(random() * 100)::int, common.now() "
				     "FROM who w, unnest('{pre,post}'::text[]) f (phase)";

static void live_a_day(int day)
{
	api_clock_to(api_path("2027-01-11 12:00Z'::timestamptz + interval '%d days", day));
	const char *parts[] = { api_path(some_enrol, programme, day < 10 ? 8 : 1),
		api_path(some_pair, programme), some_meet, day % 3 ? "SELECT" : some_move,
		day % 5 ? "SELECT" : api_path(some_leave, programme),
		api_path(some_gain, programme) };
	const char *second = day < 20 ? parts[1] : "SELECT";
	api_sql("superuser",
		"SET session_replication_role = replica; SELECT setseed(%d / 1000.0); %s; %s; %s; "
		"%s; %s; "
		"%s; %s",
		day, parts[0], parts[1], second, parts[2], parts[3], parts[4], parts[5]);
}

/* ---- the observer ---- */

static struct figure *figure_of(struct notes *notes, const char *name)
{
	for (size_t i = 0; i < notes->count; i++)
		if (strcmp(notes->figures[i].name, name) == 0)
			return &notes->figures[i];
	assert_true(notes->count < KEYS_MOST);
	struct figure *new = &notes->figures[notes->count++];
	snprintf(new->name, sizeof new->name, "%s", name);
	for (int i = 0; i < DAYS_LONG; i++)
		new->days[i] = NAN;
	return new;
}

static void note(struct notes *notes, int day, const char *name, double value)
{
	struct figure *figure = figure_of(notes, name);
	figure->days[day] = value;
	bool small = value > 0 && value < LEAST;
	for (int i = 0; i < day; i++) {
		double change = fabs(value - figure->days[i]);
		small |= change > 0 && change < LEAST;
	}
	if (small && notes->small++ == 0)
		snprintf(notes->first, sizeof notes->first, "day %d, %s: %g", day, name, value);
}

/* Every count of an object. */
static void note_counts(const char *report, const char *row, json_t *object, int day)
{
	const char *member;
	json_t *value;
	json_object_foreach(object, member, value)
	{
		bool count = json_is_integer(value) && strcmp(member, "mean_gain") != 0 &&
			     strcmp(member, "standard_deviation") != 0;
		if (count)
			note(&seen, day, api_path("%s/%s/%s", report, row, member),
				(double)json_integer_value(value));
	}
}

/* What each total leaves beside the rows that are shown. */
static void note_rests(const char *report, const struct api_reply *reply, int day)
{
	const char *member;
	json_t *total, *row;
	size_t i;
	json_object_foreach(api_member(reply, "totals"), member, total)
	{
		long long rest = json_integer_value(total);
		bool rows = false;
		json_array_foreach(api_member(reply, "departments"), i, row)
		{
			json_t *part = json_object_get(row, member);
			rows |= part != NULL;
			rest -= json_integer_value(part);
		}
		if (rows && json_is_integer(total))
			note(&seen, day, api_path("%s/rest/%s", report, member),
				(double)llabs(rest));
	}
}

static struct api_reply *read_report(const char *name)
{
	return api_expect(api_get(api_as("auditor", NULL), "/api/v1/reports/programmes/%s/%s",
				  programme, name),
		200);
}

static void note_report(const char *name, const char *rows, const char *key, int day)
{
	struct api_reply *reply = read_report(name);
	json_t *row;
	size_t i;
	note_counts(name, "total", api_member(reply, "totals"), day);
	json_array_foreach(api_member(reply, rows), i, row)
		note_counts(name, json_string_value(json_object_get(row, key)), row, day);
	note_rests(name, reply, day);
}

/* A mean may change only when five people more stand behind it. */
static void expect_means_stand_still(int day)
{
	static double people, mean, deviation;
	struct api_reply *gain = read_report("gain");
	double now = json_number_value(api_member(gain, "totals.people"));
	if (day > 0 && now == people) {
		assert_true(json_number_value(api_member(gain, "totals.mean_gain")) == mean);
		assert_true(json_number_value(api_member(gain, "totals.standard_deviation")) ==
			    deviation);
	}
	people = now;
	mean = json_number_value(api_member(gain, "totals.mean_gain"));
	deviation = json_number_value(api_member(gain, "totals.standard_deviation"));
}

/* What a report of exact figures, small ones hidden, would show. */
static void note_exact(int day)
{
	const char *pairs = api_sql("superuser",
		"SELECT coalesce(string_agg(n::text, ' '), '') FROM (SELECT count(*) AS n FROM "
		"matching.pair "
		"p JOIN profiles.person m ON m.id = p.mentee_id WHERE p.programme_id = '%s' AND "
		"m.department "
		"= 'D') c WHERE n >= 5",
		programme);
	if (*pairs)
		note(&exact, day, "pairs of D", atof(pairs));
}

static void nobody_is_found_by_reading_every_day(void **state)
{
	(void)state;
	int days = getenv("UPWARD_LONG") ? DAYS_LONG : DAYS_DAILY, shown = 0;
	for (int day = 0; day < days; day++) {
		live_a_day(day);
		story_snapshot(programme);
		note_report("participation", "departments", "department", day);
		note_report("adherence", "departments", "department", day);
		note_report("gain", "skills", "skill", day);
		expect_means_stand_still(day);
		note_exact(day);
		if (seen.small)
			fail_msg("%s", seen.first);
	}
	for (size_t i = 0; i < seen.count; i++)
		shown += !isnan(seen.figures[i].days[days - 1]) &&
			 seen.figures[i].days[days - 1] > 0;
	print_message(
		"%d days, %zu figures, %d of them shown at the end; exact ones: %d differences\n",
		days, seen.count, shown, exact.small);
	assert_true(shown > 15);
	assert_true(exact.small > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_found_by_reading_every_day),
	};
	return cmocka_run_group_tests_name("reports by day", tests, set_up, api_release);
}
