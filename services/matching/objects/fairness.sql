-- How fairly a round treats groups of people: whether mentees get a list, whether mentors are shown. No
-- figure is about fewer than five people, and none lets such a figure be worked out (common.hidden_cells).

-- Wilson's interval of a share at 95 %.
CREATE OR REPLACE FUNCTION matching.share_interval(hits bigint, people bigint, OUT low float8,
	OUT high float8)
LANGUAGE sql IMMUTABLE
RETURN (SELECT ((p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n),
		(p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
	FROM (SELECT 1.959963984540054::float8 AS z, people::float8 AS n, hits::float8 / people AS p) x);

-- The difference of two shares with Newcombe's interval at 95 %, made of Wilson's intervals of the two
-- (Statistics in Medicine 17, 1998, 873-890, method 10).
CREATE OR REPLACE FUNCTION matching.disparity_json(best text, best_hits bigint, best_n bigint, worst text,
	worst_hits bigint, worst_n bigint) RETURNS json
LANGUAGE sql IMMUTABLE
RETURN (SELECT json_build_object('high', best, 'low', worst, 'difference', round((a.p - b.p)::numeric, 3),
		'interval', json_build_array(
			round((a.p - b.p - sqrt((a.p - a.low) ^ 2 + (b.high - b.p) ^ 2))::numeric, 3),
			round((a.p - b.p + sqrt((a.high - a.p) ^ 2 + (b.p - b.low) ^ 2))::numeric, 3)),
		'n', json_build_array(best_n, worst_n), 'level', 0.95, 'method', 'newcombe')
	FROM (SELECT best_hits::float8 / best_n AS p, i.low, i.high
			FROM matching.share_interval(best_hits, best_n) i) a,
		(SELECT worst_hits::float8 / worst_n AS p, i.low, i.high
			FROM matching.share_interval(worst_hits, worst_n) i) b);

-- Who was in a round, on which side, and how it went: a mentee is reached by a list, a mentor by being on
-- one. measure: of a mentee, how high the mentors shown stand among all allowed; of a mentor, the lists.
CREATE OR REPLACE FUNCTION matching.round_people(round uuid)
RETURNS TABLE (side text, person_id uuid, reached boolean, measure numeric)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT 'mentor', m.person_id, m.lists > 0, m.lists::numeric FROM matching.round_mentor m
	WHERE m.round_id = round AND m.refused ->> 'out_of_scope' IS NULL
	UNION ALL
	SELECT 'mentee', s.mentee_id, true, (SELECT avg(x.choice) FROM matching.shortlist_entry x
		WHERE x.shortlist_id = s.id)
	FROM matching.shortlist s WHERE s.round_id = round AND s.refresh_of IS NULL
	UNION ALL
	SELECT 'mentee', u.person_id, false, NULL FROM matching.round_unmatched u
	WHERE u.round_id = round AND u.found = 0;
END;

-- The same by group of that time, nothing hidden. declared: by what people say of themselves and let be
-- counted.
CREATE OR REPLACE FUNCTION matching.round_groups(round uuid)
RETURNS TABLE (side text, kind text, declared boolean, name text, people bigint, reached bigint,
	measure numeric)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.side, g.kind, g.declared, g.name, count(*), count(*) FILTER (WHERE p.reached),
		round(avg(p.measure), 2)
	FROM matching.round_people(round) p JOIN matching.people_of(round) c USING (person_id)
		CROSS JOIN LATERAL (VALUES ('level', false, coalesce(c.level::text, '(none)')),
			('department', false, coalesce(c.department, '(none)')),
			('location', false, coalesce(c.location, '(none)'))
			UNION ALL SELECT d.kind, true, d.value FROM profiles.reported_declaration d
				WHERE d.person_id = c.person_id) g (kind, declared, name)
	GROUP BY p.side, g.kind, g.declared, g.name;
END;

-- The same as it may be shown: people null in a hidden cell, reached null where the number or the rest of the
-- cell could be worked out. What people declare is counted in whole fives, without a measure, and a hidden
-- cell of it does not appear.
CREATE OR REPLACE FUNCTION matching.round_cells(round uuid)
RETURNS TABLE (side text, kind text, name text, people bigint, reached bigint, measure numeric)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH cell AS (SELECT g.*, row_number() OVER (PARTITION BY g.side, g.kind ORDER BY g.name) AS place
			FROM matching.round_groups(round) g),
		whole AS (SELECT c.side, c.kind, array_agg(c.people ORDER BY c.place) AS people
			FROM cell c GROUP BY c.side, c.kind),
		mark AS (SELECT c.*, h.hide[c.place] AS hide FROM cell c JOIN whole w ON w.side = c.side
				AND w.kind = c.kind, LATERAL common.hidden_cells(w.people) h),
		known AS (SELECT m.side, m.kind, sum(m.people)::bigint AS people, sum(m.reached)::bigint AS reached
			FROM mark m GROUP BY m.side, m.kind, CASE WHEN NOT m.hide THEN m.place END),
		rule AS (SELECT k.side, k.kind, h.hide[1] AS hide
			FROM (SELECT n.side, n.kind, array_agg(n.reached) AS reached, array_agg(n.people) AS people
					FROM known n GROUP BY n.side, n.kind) k,
				LATERAL common.hidden_parts(k.reached, k.people) h)
	SELECT m.side, m.kind, m.name, CASE WHEN NOT m.hide THEN CASE WHEN m.declared THEN common.fives(m.people)
			ELSE m.people END END,
		CASE WHEN NOT m.hide AND NOT r.hide THEN CASE WHEN m.declared THEN common.fives(m.reached)
			ELSE m.reached END END,
		CASE WHEN NOT m.hide AND NOT r.hide AND NOT m.declared THEN m.measure END
	FROM mark m JOIN rule r ON r.side = m.side AND r.kind = m.kind
	WHERE NOT (m.hide AND m.declared);
END;

-- The groups of a round by kind, with the difference between the share of the best and the worst.
CREATE OR REPLACE FUNCTION matching.fairness_groups(round uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (WITH cell AS MATERIALIZED (SELECT c.*, round(c.reached::numeric / c.people, 3) AS share,
			row_number() OVER (PARTITION BY c.side, c.kind
				ORDER BY c.reached::float8 / c.people DESC NULLS LAST, c.name) AS best,
			row_number() OVER (PARTITION BY c.side, c.kind
				ORDER BY c.reached::float8 / c.people NULLS LAST, c.name DESC) AS worst
		FROM matching.round_cells(round) c)
	SELECT coalesce(json_agg(json_build_object('side', g.side, 'kind', g.kind, 'cells', g.cells,
		'disparity', (SELECT matching.disparity_json(a.name, a.reached, a.people, b.name, b.reached, b.people)
			FROM cell a JOIN cell b ON b.side = a.side AND b.kind = a.kind AND b.worst = 1
			WHERE a.side = g.side AND a.kind = g.kind AND a.best = 1 AND a.name <> b.name
				AND a.share IS NOT NULL AND b.share IS NOT NULL)) ORDER BY g.side, g.kind), '[]')
	FROM (SELECT c.side, c.kind, json_agg(json_build_object('name', c.name, 'people', c.people,
			'reached', c.reached, 'share', c.share, 'mean', c.measure) ORDER BY c.name) AS cells
		FROM cell c GROUP BY c.side, c.kind) g);

GRANT EXECUTE ON FUNCTION matching.share_interval(bigint, bigint),
	matching.disparity_json(text, bigint, bigint, text, bigint, bigint), matching.round_people(uuid),
	matching.round_groups(uuid), matching.round_cells(uuid), matching.fairness_groups(uuid)
	TO upward_matching;
