-- Which counts of people are hidden, so that nobody can be identified from figures.

-- Whether so many people are enough for a figure about them.
CREATE OR REPLACE FUNCTION common.enough(people bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN people >= 5;

-- The step below, for figures that are read again and again.
CREATE OR REPLACE FUNCTION common.fives(people bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN people / 5 * 5;

-- Which cells of one measure are hidden, given how many people stand behind each; and whether the total is.
-- People are known to add up to the total, and this rule to everybody.
--   1. A cell of fewer than five people is hidden.
--   2. Where the hidden could still be worked out (one cell alone, fewer than five people together, or all of
--      them at the bound of four) the smallest shown ones are hidden too: all that are equal, so that nothing
--      tells which of the hidden cells are the small ones.
--   3. Where there is nothing else to hide, the total is hidden; so is a total of fewer than five.
-- tests/sql/test_cells.c tries every small world against what its output leaves possible.
CREATE OR REPLACE FUNCTION common.hidden_cells(people bigint[], OUT hide boolean[], OUT hide_total boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH cell AS (SELECT c.n, c.place, NOT common.enough(c.n) AS small
			FROM unnest(people) WITH ORDINALITY AS c (n, place)),
		risk AS (SELECT coalesce(sum(c.n), 0) AS total, min(c.n) FILTER (WHERE NOT c.small) AS least,
				coalesce(count(*) FILTER (WHERE c.small) = 1 OR sum(c.n) FILTER (WHERE c.small) < 5
					OR sum(c.n) FILTER (WHERE c.small) = 4 * count(*) FILTER (WHERE c.small), false) AS open
			FROM cell c)
	SELECT coalesce(array_agg(c.small OR r.open
		AND c.n = r.least ORDER BY c.place) FILTER (WHERE c.place IS NOT NULL), '{}'),
		r.total < 5 OR r.open AND r.least IS NULL
	FROM risk r LEFT JOIN cell c ON true
	GROUP BY r.total, r.least, r.open;
END;

-- The same for parts of groups whose sizes are shown elsewhere, so that the remainder of each group is a
-- cell too. If one part or remainder is small (one to four), all are hidden; then so is the total, if it or
-- the sum of the remainders is below five.
CREATE OR REPLACE FUNCTION common.hidden_parts(people bigint[], sizes bigint[], OUT hide boolean[],
	OUT hide_total boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (SELECT coalesce(bool_or(c.n < 5 OR c.size - c.n BETWEEN 1 AND 4), false) AS small,
			coalesce(sum(c.n), 0) AS total, coalesce(sum(c.size - c.n), 0) AS rest
		FROM unnest(people, sizes) AS c (n, size))
	SELECT array_fill(p.small, ARRAY[coalesce(array_length(people, 1), 0)]), p.total < 5 OR p.small
		AND p.rest < 5
	FROM part p;
END;

-- Figures that anybody may read again and again move in whole fives: a count is shown as the multiple of five
-- below it, less than five not at all. No two readings differ by fewer than five, so that asking today and
-- tomorrow tells of nobody. The total is stepped too, and no higher than leaves each part its five possible
-- values: more would tell that every part is at the upper end of its step.
CREATE OR REPLACE FUNCTION common.stepped(people bigint[], OUT shown bigint[], OUT total bigint)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(nullif(common.fives(c.n), 0) ORDER BY c.place), '{}'),
		nullif(least(common.fives(sum(c.n)::bigint),
			sum(common.fives(c.n))::bigint + common.fives(4 * (count(*) - 1))), 0)
	FROM unnest(people) WITH ORDINALITY AS c (n, place);
END;

GRANT EXECUTE ON FUNCTION common.hidden_cells(bigint[]), common.hidden_parts(bigint[], bigint[]),
	common.stepped(bigint[]), common.enough(bigint), common.fives(bigint)
	TO upward_matching, upward_evaluation;
