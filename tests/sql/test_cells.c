/*
 * Small cells stay hidden: every small world of departments is put through the rule of the reports,
 * and whoever knows the rule and reads the output must be left with two values at least for every
 * hidden cell. The rule without its complement fails the same test, or the test could not.
 */
#include "sql/support.h"

#include <stdio.h>
#include "base/str.h"

/* Of all worlds p with what is known beside the output: cells that have one value alone in all the
 * worlds with the same output. n: known sizes of the groups, or an empty array. */
#define SOLVED                                                                                     \
	"WITH o AS (SELECT w.p, w.n, r.hide, ARRAY(SELECT CASE WHEN NOT x.h THEN x.v END FROM "    \
	"unnest(w.p, r.hide) WITH ORDINALITY x (v, h, o) ORDER BY x.o) AS shown,"                  \
	" CASE WHEN NOT r.hide_total THEN (SELECT sum(v) FROM unnest(w.p) v) END AS total"         \
	" FROM (%s) w, LATERAL (%s) r)"                                                            \
	" SELECT count(*) FROM (SELECT FROM o, generate_subscripts(o.p, 1) i WHERE o.hide[i]"      \
	" GROUP BY o.n, o.shown, o.total, i HAVING min(o.p[i]) = max(o.p[i])) solved"

#define RULE  "SELECT h.hide, h.hide_total FROM common.hidden_cells(w.p) h"
#define PARTS "SELECT h.hide, h.hide_total FROM common.hidden_parts(w.p, w.n) h"
/* Small cells alone: what one would do without thinking. */
#define NAIVE                                                                                      \
	"SELECT array_agg(v < 5 ORDER BY i) AS hide, sum(v) < 5 AS hide_total FROM "               \
	"unnest(w.p) WITH ORDINALITY u (v, i)"

#define UP_TO(name, most) "generate_series(0, " most ") " name
#define PLAIN(cells)      "SELECT p, '{}'::bigint[] AS n FROM (SELECT ARRAY[" cells

static const char *const plain[] = {
	PLAIN("a]::bigint[] AS p FROM " UP_TO("a", "30")) ") q",
	PLAIN("a, b]::bigint[] AS p FROM " UP_TO("a", "25") ", " UP_TO("b", "25")) ") q",
	PLAIN("a, b, c]::bigint[] AS p FROM " UP_TO("a", "12") ", " UP_TO("b", "12") ", " UP_TO(
		"c", "12")) ") q",
	PLAIN("a, b, c, d]::bigint[] AS p FROM " UP_TO("a", "7") ", " UP_TO("b", "7") ", " UP_TO(
		"c", "7") ", " UP_TO("d", "7")) ") q",
};

/* Of groups whose sizes are known some are counted. */
#define PART                                                                                       \
	"SELECT ARRAY[a, b, c]::bigint[] AS p, '{%1$s}'::bigint[] AS n FROM generate_series(0, "   \
	"('{%1$s}'::int[])[1]) a, generate_series(0, ('{%1$s}'::int[])[2]) b, "                    \
	"generate_series(0, ('{%1$s}'::int[])[3]) c"

static const char *const sizes[] = { "6,7,9", "5,5,5", "10,10,10", "5,8,14", "1,6,12", "3,4,9",
	"4,4,1" };

static int64_t solved(PGconn *pg, const char *worlds, const char *rule)
{
	char sql[4096];
	snprintf(sql, sizeof sql, SOLVED, worlds, rule);
	return sql_number(pg, "%s", sql);
}

static void no_hidden_cell_follows_from_what_is_shown(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (solved(pg, plain[i], RULE))
			fail_msg("%s", plain[i]);
}

static void nor_where_the_rest_of_a_group_would_be_small(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	char worlds[2048];
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		snprintf(worlds, sizeof worlds, PART, sizes[i]);
		int64_t found = solved(pg, worlds, PARTS);
		if (found)
			fail_msg("of groups of %s: %lld", sizes[i], (long long)found);
	}
}

static void hidden_people_are_five_at_least_where_their_sum_is_known(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		assert_int_equal(
			sql_number(pg,
				"SELECT count(*) FROM (%s) w, LATERAL (" RULE ") r WHERE NOT "
				"r.hide_total AND (SELECT sum(x.v) FROM unnest(w.p, r.hide) x (v, "
				"h) WHERE x.h) < 5",
				plain[i]),
			0);
}

static void the_test_notices_a_rule_without_complement(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	for (size_t i = 1; i < sizeof plain / sizeof *plain; i++)
		assert_true(solved(pg, plain[i], NAIVE) > 0);
	char worlds[2048];
	snprintf(worlds, sizeof worlds, PART, sizes[0]);
	assert_true(solved(pg, worlds, RULE) > 0);
}

#define STEPPED "SELECT w.p, s.shown, s.total FROM (%s) w, LATERAL common.stepped(w.p) s"

/* Whole steps, or the edge of the world would tell. */
static const char *const stepped[] = {
	PLAIN("a]::bigint[] AS p FROM " UP_TO("a", "29")) ") q",
	PLAIN("a, b]::bigint[] AS p FROM " UP_TO("a", "24") ", " UP_TO("b", "24")) ") q",
	PLAIN("a, b, c]::bigint[] AS p FROM " UP_TO("a", "14") ", " UP_TO("b", "14") ", " UP_TO(
		"c", "14")) ") q",
	PLAIN("a, b, c, d]::bigint[] AS p FROM " UP_TO("a", "9") ", " UP_TO("b", "9") ", " UP_TO(
		"c", "9") ", " UP_TO("d", "9")) ") q",
	PLAIN("a, b, c, d, e]::bigint[] AS p FROM " UP_TO("a", "4") ", " UP_TO("b", "4") ", " UP_TO(
		"c", "4") ", " UP_TO("d", "4") ", " UP_TO("e", "9")) ") q",
};

static void figures_in_steps_leave_every_part_its_five_values(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	char readings[2048];
	for (size_t i = 0; i < sizeof stepped / sizeof *stepped; i++) {
		snprintf(readings, sizeof readings, STEPPED, stepped[i]);
		int64_t found = sql_number(pg,
			"SELECT count(*) FROM (SELECT FROM (%s) o, generate_subscripts(o.p, 1) i "
			"GROUP BY o.shown, o.total, i HAVING "
			"count(DISTINCT o.p[i]) < 5) solved",
			readings);
		if (found)
			fail_msg("%s", stepped[i]);
		assert_int_equal(
			sql_number(pg,
				"SELECT count(*) FROM (%s) o WHERE o.total %% 5 <> 0 OR o.total "
				"> (SELECT sum(v) FROM unnest(o.p) v) OR EXISTS (SELECT FROM "
				"unnest(o.shown) v WHERE v %% 5 <> 0 OR v = 0)",
				readings),
			0);
	}
}

/* Of two readings, with anything between them: is what has changed in a cell certain? */
#define CHANGES                                                                                    \
	"WITH o AS (%s) SELECT count(*) FROM (SELECT FROM o a, o b, generate_subscripts(a.p, 1) "  \
	"i GROUP BY a.shown, a.total, b.shown, b.total, i HAVING count(DISTINCT b.p[i] - a.p[i]) " \
	"= 1) solved"
/* The exact figures, small ones hidden: what one reading may show. */
#define EXACT                                                                                      \
	"SELECT w.p, ARRAY(SELECT CASE WHEN NOT x.h THEN x.v END FROM unnest(w.p, h.hide) WITH "   \
	"ORDINALITY x (v, h, o) ORDER BY x.o) AS shown, CASE WHEN NOT h.hide_total THEN (SELECT "  \
	"sum(v) FROM unnest(w.p) v) END AS total FROM (%s) w, LATERAL "                            \
	"common.hidden_cells(w.p) h"

static void two_readings_never_tell_what_came_between_them(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	static const char *const small =
		"SELECT ARRAY[a, b]::bigint[] AS p FROM generate_series(0, 14) a, "
		"generate_series(0, 14) b";
	char readings[2048], sql[4096];
	snprintf(readings, sizeof readings, STEPPED, small);
	snprintf(sql, sizeof sql, CHANGES, readings);
	assert_int_equal(sql_number(pg, "%s", sql), 0);
	/* which exact figures would, so that the test can fail */
	snprintf(readings, sizeof readings, EXACT, small);
	snprintf(sql, sizeof sql, CHANGES, readings);
	assert_true(sql_number(pg, "%s", sql) > 0);
}

/* People of a programme by department, reached and enrolled, and what its funnel shows of them. */
static void expect_funnel(PGconn *pg, const char *departments, const char *shown)
{
	sql_do(pg,
		"BEGIN; SET LOCAL session_replication_role = replica; CREATE TEMP TABLE one ON "
		"COMMIT DROP AS SELECT gen_random_uuid() AS id, d.name, n <= d.enrolled AS enrolled"
		" FROM (VALUES %s) d (name, reached, enrolled), generate_series(1, d.reached) n;"
		" INSERT INTO profiles.person (id, user_name, given_name, level, department)"
		" SELECT id, id::text, 'x', 1, name FROM one;"
		" INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step)"
		" SELECT gen_random_uuid(), '20000000-0000-4000-8000-000000000001', id, r,"
		" CASE WHEN enrolled THEN 'enrolled' ELSE 'declined' END, 'creation'"
		" FROM one, unnest('{mentor,mentee}'::text[]) r",
		departments);
	owned_text char *found = sql_text(pg,
		"SELECT string_agg(format('%%s %%s/%%s', name, coalesce(enrolled::text, '-'),"
		" coalesce(reached::text, '-')), ' ' ORDER BY name) FROM"
		" matching.funnel_cells('20000000-0000-4000-8000-000000000001') WHERE kind = "
		"'department'");
	sql_do(pg, "ROLLBACK");
	assert_string_equal(found, shown);
}

static void a_funnel_goes_by_the_rule(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);

	expect_funnel(pg, "('A', 12, 6), ('B', 20, 12), ('C', 15, 15)", "A 6/12 B 12/20 C 15/15");
	/* a small one takes the smallest of the others with it, and all that are equal to that */
	expect_funnel(pg, "('A', 12, 6), ('B', 20, 12), ('C', 3, 3)", "A -/- B 12/20 C -/-");
	expect_funnel(pg, "('A', 9, 9), ('B', 20, 12), ('C', 4, 4), ('D', 9, 9)",
		"A -/- B 12/20 C -/- D -/-");
	/* where one part or one rest is small, none is shown: of the hidden ones together too */
	expect_funnel(pg, "('A', 12, 11), ('B', 20, 12), ('C', 15, 15)", "A -/12 B -/20 C -/15");
	expect_funnel(pg, "('A', 12, 3), ('B', 20, 12), ('C', 15, 15)", "A -/12 B -/20 C -/15");
	expect_funnel(pg, "('A', 6, 6), ('B', 20, 12), ('C', 3, 2)", "A -/- B -/20 C -/-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hidden_cell_follows_from_what_is_shown),
		cmocka_unit_test(nor_where_the_rest_of_a_group_would_be_small),
		cmocka_unit_test(hidden_people_are_five_at_least_where_their_sum_is_known),
		cmocka_unit_test(the_test_notices_a_rule_without_complement),
		cmocka_unit_test(figures_in_steps_leave_every_part_its_five_values),
		cmocka_unit_test(two_readings_never_tell_what_came_between_them),
		cmocka_unit_test(a_funnel_goes_by_the_rule),
	};
	return cmocka_run_group_tests_name("small cells", tests, sql_set_up, sql_tear_down);
}
