/*
 * Who reads every mean of every snapshot, and knows whom each is about, solves them as a system of linear
 * equations, one unknown for each person's answer: none is determined. Random programmes, read four times
 * while people answer. Means over everybody who has answered by then would be solved, or the test could not
 * fail. (Counts are stepped: test_cells.c.)
 */
#include "sql/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORLDS_DAILY 12
#define WORLDS_LONG  2000
#define READINGS     4
#define UNKNOWNS     400
#define EQUATIONS    64
#define PRIME        2147483647u /* a rank over the rationals is almost never lower over this field */
#define PROGRAMME    "'20000000-0000-4000-8000-0000000000f1'::uuid"

struct system {
	char unknowns[UNKNOWNS][80];
	char figures[EQUATIONS][80];
	uint32_t rows[EQUATIONS][UNKNOWNS];
	size_t width, height;
};

static size_t place_of(char (*names)[80], size_t *count, size_t most, const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	assert_true(*count < most);
	snprintf(names[*count], sizeof names[0], "%s", name);
	return (*count)++;
}

/* Adds rows (figure, unknown) of a query: each figure is the sum of its unknowns. */
static void equate(PGconn *pg, struct system *s, const char *query)
{
	owned_result PGresult *rows = sql_rows(pg, "%s", query);
	for (int i = 0; i < PQntuples(rows); i++) {
		size_t row = place_of(s->figures, &s->height, EQUATIONS, PQgetvalue(rows, i, 0));
		size_t column = place_of(s->unknowns, &s->width, UNKNOWNS, PQgetvalue(rows, i, 1));
		s->rows[row][column] = 1;
	}
}

static uint32_t inverse(uint32_t value)
{
	uint64_t result = 1, base = value;
	for (uint32_t e = PRIME - 2; e; e >>= 1, base = base * base % PRIME)
		if (e & 1)
			result = result * base % PRIME;
	return (uint32_t)result;
}

static void subtract(uint32_t *from, const uint32_t *row, uint32_t times, size_t width)
{
	for (size_t i = 0; i < width; i++)
		from[i] = (uint32_t)((from[i] + (uint64_t)(PRIME - times) * row[i]) % PRIME);
}

/* Gauss and Jordan: how many unknowns are determined, each by a row that has only that one left. */
static int determined(struct system *s)
{
	size_t rank = 0;
	int alone = 0;
	for (size_t column = 0; column < s->width && rank < s->height; column++) {
		size_t at = rank;
		while (at < s->height && s->rows[at][column] == 0)
			at++;
		if (at == s->height)
			continue;
		uint32_t swap[UNKNOWNS];
		memcpy(swap, s->rows[at], sizeof swap);
		memcpy(s->rows[at], s->rows[rank], sizeof swap);
		uint32_t scale = inverse(swap[column]);
		for (size_t i = 0; i < s->width; i++)
			s->rows[rank][i] = (uint32_t)((uint64_t)swap[i] * scale % PRIME);
		for (size_t i = 0; i < s->height; i++)
			if (i != rank && s->rows[i][column])
				subtract(s->rows[i], s->rows[rank], s->rows[i][column], s->width);
		rank++;
	}
	for (size_t i = 0; i < rank; i++) {
		size_t others = 0;
		for (size_t k = 0; k < s->width; k++)
			others += s->rows[i][k] != 0;
		alone += others == 1;
	}
	return alone;
}

/* ---- a programme --------------------------------------------------------------------------------*/

#define PERSON(n) "('10000000-0000-4000-8000-' || lpad((" n ")::text, 12, '0'))::uuid"

static void begin(PGconn *pg, int seed)
{
	sql_do(pg,
		"BEGIN; SET LOCAL session_replication_role = replica; SELECT setseed(%d / 10000.0);"
		"CREATE TEMP TABLE size ON COMMIT DROP AS SELECT 4 + floor(random() * 30)::int AS "
		"pairs,"
		" 2 + floor(random() * 20)::int AS mentors;"
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id,"
		" mentee_enrolment_id, status, step, accepted_at) SELECT "
		"gen_random_uuid(), " PROGRAMME
		", " PERSON("1000 + floor(random() * mentors)") ", " PERSON(
			"n") ", gen_random_uuid(),"
			     " gen_random_uuid(), 'active', 'acceptance', common.now() FROM size, "
			     "generate_series(1, pairs) n;"
			     "INSERT INTO evaluation.feedback (id, pair_id, programme_id, "
			     "author_id, subject_id, visibility,"
			     " rating, wave) SELECT gen_random_uuid(), m.pair_id, " PROGRAMME
			     ", m.person_id, m.partner_id,"
			     " CASE WHEN random() < 0.8 THEN 'programme' ELSE 'partner' END, 1 + "
			     "floor(random() * 5), w FROM"
			     " matching.pair_member m, unnest('{midpoint,closing}'::text[]) w "
			     "WHERE m.programme_id = " PROGRAMME " AND random() < 0.7;"
			     "INSERT INTO evaluation.assessment (id, programme_id, skill_id, "
			     "title, items, opens_on, closes_on)"
			     " SELECT gen_random_uuid(), " PROGRAMME
			     ", s.id, 't', '[]', '2026-01-01', '2028-01-01' FROM"
			     " (SELECT gen_random_uuid() AS id FROM generate_series(1, 3)) s;"
			     "INSERT INTO matching.cohort (id, programme_id, number, title, level_min)"
			     " SELECT gen_random_uuid(), " PROGRAMME ", n, n::text, 1 FROM generate_series(1, 3) n;"
			     "INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step,"
			     " cohort_id) SELECT gen_random_uuid(), " PROGRAMME ", m.person_id, m.side, 'enrolled',"
			     " 'creation', (SELECT c.id FROM matching.cohort c WHERE c.programme_id = " PROGRAMME
			     " AND c.number = abs(hashtext(m.person_id::text)) %% 4) FROM"
			     " (SELECT DISTINCT person_id, side FROM matching.pair_member WHERE programme_id = "
			     PROGRAMME ") m;"
			     "INSERT INTO profiles.skill (id, name) SELECT a.skill_id, a.id::text "
			     "FROM evaluation.assessment a"
			     " WHERE a.programme_id = " PROGRAMME,
		seed);
}

/* Some more people answer; the first reading is of one window, the others of both. */
static void go_on(PGconn *pg, int reading)
{
	sql_do(pg,
		"INSERT INTO evaluation.release (programme_id, wave) VALUES (" PROGRAMME
		", '%s') ON CONFLICT DO "
		"NOTHING; INSERT INTO evaluation.attempt (id, assessment_id, person_id, phase, "
		"status, score,"
		" submitted_at) SELECT gen_random_uuid(), a.id, " PERSON(
			"n") ", f, 'submitted', floor(random() *"
			     " 100), common.now() + random() * interval '1 day' + %d * interval '7 "
			     "days' FROM"
			     " evaluation.assessment a, size, generate_series(1, pairs) n, "
			     "unnest('{pre,post}'::text[]) f WHERE"
			     " a.programme_id = " PROGRAMME " AND (hashtext(a.id::text || n) & 3) "
			     "= %d AND hashtext(n::text || a.id)"
			     " %% 3 <> 0",
		reading ? "closing" : "midpoint", reading, reading);
}

/* The means that are shown, each with the answers it is made of, found here from the tables alone. */
static const char *const satisfaction = "SELECT c.wave || c.side, f.wave || f.author_id FROM "
					"evaluation.satisfaction_cells(" PROGRAMME ") c JOIN"
					" matching.pair_member m ON m.programme_id = " PROGRAMME
					" AND m.side = c.side JOIN evaluation.feedback f"
					" ON f.pair_id = m.pair_id AND f.author_id = m.person_id "
					"AND f.wave = c.wave AND f.visibility ="
					" 'programme' WHERE c.mean_rating IS NOT NULL";

static const char *const small =
	"SELECT count(*) FROM (SELECT FROM evaluation.satisfaction_cells(" PROGRAMME
	") c JOIN matching.pair_member"
	" m ON m.programme_id = " PROGRAMME
	" AND m.side = c.side JOIN evaluation.feedback f ON f.pair_id ="
	" m.pair_id AND f.author_id = m.person_id AND f.wave = c.wave AND f.visibility = "
	"'programme' WHERE"
	" c.mean_rating IS NOT NULL GROUP BY c.wave, c.side HAVING count(DISTINCT f.author_id) < 5 "
	"OR"
	" count(DISTINCT f.subject_id) < 5) few";

/* people: how many of those who have a gain are in a mean, the first ones. */
#define GAINS(people)                                                                              \
	"WITH gain AS (SELECT g.skill, o.person_id, o.assessment_id, o.submitted_at, "             \
	"row_number() OVER ("                                                                      \
	"PARTITION BY g.skill ORDER BY o.submitted_at, o.id) AS place FROM evaluation.assessment " \
	"a,"                                                                                       \
	" LATERAL (VALUES (a.skill_id), (NULL)) g (skill), LATERAL (SELECT t.* FROM "              \
	"evaluation.attempt t"                                                                     \
	" WHERE t.assessment_id = a.id AND t.phase = 'post') o WHERE a.programme_id = " PROGRAMME  \
	" AND NOT EXISTS (SELECT FROM evaluation.attempt e JOIN evaluation.assessment b ON b.id =" \
	" e.assessment_id WHERE g.skill IS NULL AND b.programme_id = a.programme_id AND e.phase "  \
	"= 'post'"                                                                                 \
	" AND e.person_id = o.person_id AND (e.submitted_at, e.id) < (o.submitted_at, o.id)))"     \
	" SELECT '%d gain ' || coalesce(g.skill::text, 'all'), g.assessment_id || ' ' || "         \
	"g.person_id FROM"                                                                         \
	" gain g JOIN evaluation.gain_cells(" PROGRAMME                                            \
	") c ON c.skill_id IS NOT DISTINCT FROM g.skill"                                           \
	" WHERE g.place <= " people " AND c.people IS NOT NULL"

/* The same by cohort: the last window that is out, and the first gain of each in whole fives. */
#define COHORT(of) "(SELECT e.cohort_id FROM matching.enrolment e WHERE e.programme_id = " PROGRAMME " AND " of ")"

static const char *const rated = "SELECT 'rated ' || g.measure || coalesce(g.cohort_id::text, '-') || w.wave, "
				 "f.wave || f.author_id FROM (SELECT min(r.wave) FILTER (WHERE r.released_at = "
				 "l.at) AS wave FROM evaluation.release r, (SELECT max(released_at) AS at FROM "
				 "evaluation.release WHERE programme_id = " PROGRAMME ") l WHERE r.programme_id "
				 "= " PROGRAMME ") w, evaluation.compared_groups(" PROGRAMME ", true) g JOIN "
				 "matching.pair_member m ON m.programme_id = " PROGRAMME " AND g.measure = "
				 "'satisfaction_' || m.side || 's' JOIN evaluation.feedback f ON f.pair_id = "
				 "m.pair_id AND f.author_id = m.person_id AND f.visibility = 'programme' WHERE "
				 "f.wave = w.wave AND g.mean IS NOT NULL AND " COHORT(
					 "e.person_id = m.person_id AND e.role = m.side") " IS NOT DISTINCT "
				 "FROM g.cohort_id";

static const char *const cohort_gains =
	"SELECT '%d gain of ' || coalesce(g.cohort_id::text, '-'), o.assessment_id || ' ' || o.person_id FROM "
	"evaluation.compared_groups(" PROGRAMME ", true) g JOIN (SELECT x.*, row_number() OVER (PARTITION BY "
	"x.cohort ORDER BY x.submitted_at, x.id) AS place FROM (SELECT DISTINCT ON (t.person_id) t.*, " COHORT(
		"e.person_id = t.person_id AND e.role = 'mentee'") " AS cohort FROM evaluation.attempt t JOIN "
	"evaluation.assessment a ON a.id = t.assessment_id WHERE a.programme_id = " PROGRAMME " AND t.phase = "
	"'post' ORDER BY t.person_id, t.submitted_at, t.id) x) o ON o.cohort IS NOT DISTINCT FROM g.cohort_id "
	"AND o.place <= g.people WHERE g.measure = 'gain' AND g.mean IS NOT NULL";

static void read_all(PGconn *pg, struct system *shown, struct system *naive, int reading)
{
	char query[2400];
	equate(pg, shown, satisfaction);
	snprintf(query, sizeof query, GAINS("c.people"), reading);
	equate(pg, shown, query);
	equate(pg, shown, rated);
	snprintf(query, sizeof query, cohort_gains, reading);
	equate(pg, shown, query);
	snprintf(query, sizeof query, GAINS("100000"), reading);
	equate(pg, naive, query);
	assert_int_equal(sql_number(pg, "%s", small), 0);
}

static void no_answer_is_determined_by_all_that_is_shown(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	int worlds = getenv("UPWARD_LONG") ? WORLDS_LONG : WORLDS_DAILY, naive_solved = 0;
	size_t figures = 0;
	struct system *shown = malloc(sizeof *shown), *naive = malloc(sizeof *naive);
	assert_non_null(shown);
	assert_non_null(naive);
	for (int world = 0; world < worlds; world++) {
		memset(shown, 0, sizeof *shown);
		memset(naive, 0, sizeof *naive);
		begin(pg, world);
		for (int reading = 0; reading < READINGS; reading++) {
			go_on(pg, reading);
			read_all(pg, shown, naive, reading);
		}
		sql_do(pg, "ROLLBACK");
		figures += shown->height;
		if (determined(shown))
			fail_msg("world %d: %d answers", world, determined(shown));
		naive_solved += determined(naive);
	}
	free(shown);
	free(naive);
	print_message(
		"%d programmes, %zu means; of all who had answered, %d answers would be known\n",
		worlds, figures, naive_solved);
	assert_true(figures > (size_t)worlds);
	assert_true(naive_solved > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_answer_is_determined_by_all_that_is_shown),
	};
	return cmocka_run_group_tests_name("solver", tests, sql_set_up, sql_tear_down);
}
