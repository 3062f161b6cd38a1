/*
 * Question banks: the score of an answer against a count of its own, for every answer there can be; drawn
 * sets of random banks: as many as wanted, with every topic's share, and none asked twice that need not be.
 */
#include "sql/support.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS 5
#define PLACES  4
#define BANKS   400

static int number(const PGresult *rows, int row, int column)
{
	return atoi(PQgetvalue(rows, row, column));
}

static void several_right_ones_count_their_share_and_wrong_ones_take_as_much(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	/* sets as bits */
	owned_result PGresult *rows = sql_rows(pg,
		"WITH part AS (SELECT m, to_json(ARRAY(SELECT n FROM generate_series(0, 4) n WHERE "
		"m >> n & 1 = 1)) "
		"AS set FROM generate_series(0, 31) m) SELECT r.m, g.m, "
		"evaluation.item_score(json_build_object("
		"'kind', 'multiple', 'right', r.set), g.set::jsonb) FROM part r, part g WHERE r.m "
		"> 0");
	assert_int_equal(PQntuples(rows), 31 * 32);
	for (int row = 0; row < PQntuples(rows); row++) {
		int right = number(rows, row, 0), given = number(rows, row, 1), all = 0, points = 0;
		for (int n = 0; n < OPTIONS; n++) {
			all += right >> n & 1;
			points += given >> n & 1 ? (right >> n & 1 ? 1 : -1) : 0;
		}
		double expected = points > 0 ? 100.0 * points / all : 0;
		assert_float_equal(atof(PQgetvalue(rows, row, 2)), expected, 1e-6);
	}
}

/* The place of each option in a list such as [2, 0, 1, 3]. */
static void places(const char *list, int *ret_places)
{
	int place = 0;
	for (; *list; list++)
		if (*list >= '0' && *list <= '9')
			ret_places[*list - '0'] = place++;
	assert_int_equal(place, PLACES);
}

static void an_order_counts_each_two_that_follow_rightly(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	owned_result PGresult *rows = sql_rows(pg,
		"WITH n AS (SELECT generate_series(0, 3) v), p AS (SELECT to_json(ARRAY[a.v, b.v, "
		"c.v, d.v]) AS list "
		"FROM n a, n b, n c, n d WHERE 4 = (SELECT count(DISTINCT x) FROM "
		"unnest(ARRAY[a.v, b.v, c.v, d.v]) x)) "
		"SELECT r.list, g.list, evaluation.item_score(json_build_object('kind', 'order', "
		"'right', r.list), "
		"g.list::jsonb) FROM p r, p g");
	assert_int_equal(PQntuples(rows), 24 * 24);
	for (int row = 0; row < PQntuples(rows); row++) {
		int right[PLACES], given[PLACES], points = 0;
		places(PQgetvalue(rows, row, 0), right);
		places(PQgetvalue(rows, row, 1), given);
		for (int one = 0; one < PLACES; one++)
			for (int two = 0; two < one; two++)
				points += (right[one] < right[two]) == (given[one] < given[two])
						  ? 1
						  : -1;
		assert_float_equal(
			atof(PQgetvalue(rows, row, 2)), points > 0 ? 100.0 * points / 6 : 0, 1e-6);
	}
}

static void a_number_may_be_off_by_its_tolerance(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	assert_int_equal(sql_number(pg, "SELECT count(*) FROM (VALUES ('{\"kind\": \"numeric\", "
					"\"value\": 0.3}'::json, "
					"'[0.3]'::jsonb, 100), ('{\"kind\": \"numeric\", "
					"\"value\": 0.3}', '[0.30001]', 0), "
					"('{\"kind\": \"numeric\", \"value\": -2, \"tolerance\": "
					"0.1}', '[-2.1]', 100), "
					"('{\"kind\": \"numeric\", \"value\": -2, \"tolerance\": "
					"0.1}', '[-1.89]', 0)) v (item, "
					"answer, points) WHERE evaluation.item_score(v.item, "
					"v.answer) <> v.points"),
		0);
}

/* A bank of one to five topics with up to seven questions each, whose keys are "<topic> <n>". */
#define DRAWS                                                                                      \
	"WITH size AS (SELECT b, t, 1 + abs(hashint4(b * 31 + t)) %% 7 AS n FROM "                 \
	"generate_series(1, %d) b, "                                                               \
	"generate_series(0, 4) t WHERE t <= b %% 5), bank AS (SELECT b, "                          \
	"json_agg(json_build_object('key', t || ' ' || "                                           \
	"i, 'topic', t::text, 'kind', 'scale')) AS items, count(*)::int AS n FROM size, "          \
	"generate_series(1, n) i GROUP BY b), half AS (SELECT b, sum(n / 2)::int AS pairs FROM "   \
	"size GROUP BY b), "                                                                       \
	"wanted AS (SELECT k.*, h.pairs, 1 + abs(hashint4(k.b)) %% least(k.n, 50) AS draw FROM "   \
	"bank k JOIN half h "                                                                      \
	"USING (b)), a AS (SELECT w.*, jsonb_populate_record(NULL::evaluation.assessment, "        \
	"jsonb_build_object('items', "                                                             \
	"w.items, 'draw', w.draw)) AS a FROM wanted w), first AS (SELECT a.*, "                    \
	"evaluation.drawn_items(a.a, "                                                             \
	"gen_random_uuid(), NULL) AS pre FROM a), twice AS (SELECT f.*, "                          \
	"evaluation.drawn_items(f.a, "                                                             \
	"gen_random_uuid(), f.pre) AS post FROM first f) SELECT b.n, b.draw, b.pairs, "            \
	"cardinality(b.pre), "                                                                     \
	"cardinality(b.post), (SELECT count(DISTINCT k) FROM unnest(b.pre) k), (SELECT "           \
	"count(DISTINCT k) FROM "                                                                  \
	"unnest(b.post) k), (SELECT count(*) FROM unnest(b.pre) k WHERE k = ANY (b.post)), "       \
	"(SELECT "                                                                                 \
	"count(*) FROM (SELECT left(k, 1), count(*) FROM unnest(b.pre) k GROUP BY 1 EXCEPT "       \
	"SELECT left(k, 1), "                                                                      \
	"count(*) FROM unnest(b.post) k GROUP BY 1) d), (SELECT max(abs(s.n::numeric * b.draw / "  \
	"b.n - coalesce(p.n, 0))) "                                                                \
	"FROM size s LEFT JOIN (SELECT left(k, 1)::int AS t, count(*) AS n FROM unnest(b.pre) k "  \
	"GROUP BY 1) p USING (t) "                                                                 \
	"WHERE s.b = b.b) FROM twice b"

static void drawn_sets_share_nothing_as_far_as_the_bank_goes(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	owned_result PGresult *rows = sql_rows(pg, DRAWS, BANKS);
	int alike = 0;
	assert_int_equal(PQntuples(rows), BANKS);
	for (int row = 0; row < PQntuples(rows); row++) {
		int bank = number(rows, row, 0), draw = number(rows, row, 1),
		    pairs = number(rows, row, 2);
		for (int column = 3; column <= 6; column++)
			assert_int_equal(number(rows, row, column), draw);
		assert_int_equal(number(rows, row, 7), 2 * draw > bank ? 2 * draw - bank : 0);
		if (draw <= pairs) { /* equivalent: as many of each topic in both, near its share */
			alike++;
			assert_int_equal(number(rows, row, 8), 0);
			assert_true(atof(PQgetvalue(rows, row, 9)) < 2);
		}
	}
	assert_true(alike > BANKS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_right_ones_count_their_share_and_wrong_ones_take_as_much),
		cmocka_unit_test(an_order_counts_each_two_that_follow_rightly),
		cmocka_unit_test(a_number_may_be_off_by_its_tolerance),
		cmocka_unit_test(drawn_sets_share_nothing_as_far_as_the_bank_goes),
	};
	return cmocka_run_group_tests_name("question banks", tests, sql_set_up, sql_tear_down);
}
