-- What reports count, and which of it must stay hidden. (How feedback is shown: 0004.)

-- Which cells of one measure are hidden, given how many people stand behind each; and whether the total is.
-- People are known to add up to the total, and this rule to everybody.
--   1. A cell of fewer than five people is hidden.
--   2. Where the hidden could still be worked out (one cell alone, fewer than five people together, or all of
--      them at the bound of four) the smallest shown ones are hidden too: all that are equal, so that nothing
--      tells which of the hidden cells are the small ones.
--   3. Where there is nothing else to hide, the total is hidden; so is a total of fewer than five.
-- tests/sql/test_cells.c tries every small world against what its output leaves possible.
CREATE FUNCTION evaluation.hidden_cells(people bigint[], OUT hide boolean[], OUT hide_total boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH cell AS (SELECT c.n, c.place, c.n < 5 AS small FROM unnest(people) WITH ORDINALITY AS c (n, place)),
		risk AS (SELECT coalesce(sum(c.n), 0) AS total, min(c.n) FILTER (WHERE NOT c.small) AS least,
				coalesce(count(*) FILTER (WHERE c.small) = 1 OR sum(c.n) FILTER (WHERE c.small) < 5
					OR sum(c.n) FILTER (WHERE c.small) = 4 * count(*) FILTER (WHERE c.small), false) AS open
			FROM cell c)
	SELECT coalesce(array_agg(c.small OR r.open AND c.n = r.least ORDER BY c.place) FILTER (WHERE c.place IS NOT NULL), '{}'),
		r.total < 5 OR r.open AND r.least IS NULL
	FROM risk r LEFT JOIN cell c ON true
	GROUP BY r.total, r.least, r.open;
END;

-- The same of parts of groups whose sizes are shown elsewhere, so that the rest of each is a cell too. Where one
-- part or rest is small (one to four), all are hidden; then so is a total that leaves fewer than five, in it or beside it.
CREATE FUNCTION evaluation.hidden_parts(people bigint[], sizes bigint[], OUT hide boolean[], OUT hide_total boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (SELECT coalesce(bool_or(c.n < 5 OR c.size - c.n BETWEEN 1 AND 4), false) AS small,
			coalesce(sum(c.n), 0) AS total, coalesce(sum(c.size - c.n), 0) AS rest
		FROM unnest(people, sizes) AS c (n, size))
	SELECT array_fill(p.small, ARRAY[coalesce(array_length(people, 1), 0)]), p.total < 5 OR p.small AND p.rest < 5
	FROM part p;
END;

-- Figures that anybody may read again and again move in whole fives: a count is shown as the multiple of five below
-- it, less than five not at all. No two readings differ by fewer than five, so that asking today and tomorrow tells of
-- nobody. The total is stepped too, and no higher than leaves each part its five possible values: more would tell that
-- every part is at the upper end of its step.
CREATE FUNCTION evaluation.stepped(people bigint[], OUT shown bigint[], OUT total bigint)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(nullif(c.n / 5 * 5, 0) ORDER BY c.place), '{}'),
		nullif(least(sum(c.n)::bigint / 5 * 5, sum(c.n / 5 * 5)::bigint + 4 * (count(*) - 1) / 5 * 5), 0)
	FROM unnest(people) WITH ORDINALITY AS c (n, place);
END;

-- The figures of the participation report: per department and measure, and the measure's total; null: not shown.
CREATE FUNCTION evaluation.participation_cells(programme uuid)
RETURNS TABLE (department text, measure text, people bigint, total bigint)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (
			SELECT e.person_id, coalesce(c.department, '(none)') AS department,
				bool_or(e.role = 'mentor') AS mentor, bool_or(e.role = 'mentee') AS mentee,
				EXISTS (SELECT FROM matching.pair_member m WHERE m.person_id = e.person_id AND m.programme_id = programme
					AND m.status IN ('active', 'suspended', 'completed', 'ended')) AS paired
			FROM matching.enrolment_view e JOIN profiles.card c ON c.person_id = e.person_id
			WHERE e.programme_id = programme AND e.status IN ('enrolled', 'paused', 'completed', 'left_company')
			GROUP BY e.person_id, c.department),
		cell AS (
			SELECT p.department, v.measure, count(*) FILTER (WHERE v.counts) AS people
			FROM part p, LATERAL (VALUES ('mentors', p.mentor), ('mentees', p.mentee), ('paired', p.paired)) v (measure, counts)
			GROUP BY p.department, v.measure),
		kind AS (SELECT c.measure, array_agg(c.department ORDER BY c.department) AS departments,
				array_agg(c.people ORDER BY c.department) AS people
			FROM cell c GROUP BY c.measure)
	SELECT u.department, k.measure, u.people, s.total
	FROM kind k, LATERAL evaluation.stepped(k.people) s, LATERAL unnest(k.departments, s.shown) AS u (department, people);
END;
GRANT EXECUTE ON FUNCTION evaluation.hidden_cells(bigint[]), evaluation.hidden_parts(bigint[], bigint[]),
	evaluation.stepped(bigint[]), evaluation.participation_cells(uuid) TO upward_evaluation;
