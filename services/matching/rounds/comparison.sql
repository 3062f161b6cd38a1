-- Statements of comparisons of rounds.

-- comparison_read: sums of both rounds, and who gains and loses most.
-- unprepared
WITH asked AS (SELECT r.id, b.id AS base,
			CASE WHEN b.id IS NULL THEN common.refuse('not_found') END AS missing
		FROM round r LEFT JOIN round b ON b.id = coalesce(:with, last_published(r.programme_id))
			AND b.programme_id = r.programme_id
		WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles)),
	target AS MATERIALIZED (SELECT a.id, a.base FROM asked a WHERE a.missing IS NULL),
	list AS MATERIALIZED (SELECT c.* FROM target t, LATERAL compare_rounds(t.id, t.base) c),
	most AS (SELECT l.*, row_number() OVER (PARTITION BY l.change
			ORDER BY abs(l.after - l.before) DESC, l.enrolment_id) AS place
		FROM list l WHERE l.change IN ('gains', 'loses')),
	side AS (SELECT compared_round(t.base, compared_by(t.id, t.base)) AS before,
			compared_round(t.id, compared_by(t.id, t.base)) AS after FROM target t)
SELECT json_build_object('before', s.before, 'after', s.after,
		'price', (SELECT points(coalesce(sum(l.after - l.before), 0)::bigint) FROM list l),
		'mentees', (SELECT json_build_object('gain', count(*) FILTER (WHERE l.change = 'gains'),
			'lose', count(*) FILTER (WHERE l.change = 'loses'),
			'same', count(*) FILTER (WHERE l.change = 'same'),
			'only_here', count(*) FILTER (WHERE l.change = 'only_here'),
			'only_there', count(*) FILTER (WHERE l.change = 'only_there')) FROM list l),
		'lists_changed', (SELECT count(*) FROM list l WHERE l.changed AND l.change NOT LIKE 'only%'),
		'gainers', (SELECT coalesce(json_agg(compared_json(m.mentee_id, m.change, m.changed,
			outcome_json(m.before, m.mentors_before, told_covered(t.base, m.mentee_id, m.covered_before)),
			outcome_json(m.after, m.mentors_after, told_covered(t.id, m.mentee_id, m.covered_after)))
			ORDER BY m.place), '[]')
			FROM most m WHERE m.change = 'gains' AND m.place <= 10),
		'losers', (SELECT coalesce(json_agg(compared_json(m.mentee_id, m.change, m.changed,
			outcome_json(m.before, m.mentors_before, told_covered(t.base, m.mentee_id, m.covered_before)),
			outcome_json(m.after, m.mentors_after, told_covered(t.id, m.mentee_id, m.covered_after)))
			ORDER BY m.place), '[]')
			FROM most m WHERE m.change = 'loses' AND m.place <= 10),
		'links', json_build_object('mentees', '/api/v1/rounds/' || t.id || '/comparison/mentees?with='
			|| t.base, 'before', '/api/v1/rounds/' || t.base, 'after', '/api/v1/rounds/' || t.id)) AS body,
	0 AS version
FROM target t CROSS JOIN side s;

-- comparison_mentees: every mentee of either round.
-- unprepared
SELECT compared_json(l.mentee_id, l.change, l.changed, outcome_json(l.before, l.mentors_before,
		told_covered(l.base, l.mentee_id, l.covered_before)), outcome_json(l.after, l.mentors_after,
		told_covered(l.round, l.mentee_id, l.covered_after))) AS body,
	l.enrolment_id AS id
FROM (SELECT c.*, t.id AS round, t.base FROM (SELECT r.id, b.id AS base, CASE WHEN b.id IS NULL
				THEN common.refuse('not_found') END AS missing
			FROM (SELECT 1) one LEFT JOIN round r ON r.id = :round_id
					AND coordinates(r.programme_id, :actor, :roles)
				LEFT JOIN round b ON b.id = coalesce(:with, last_published(r.programme_id))
					AND b.programme_id = r.programme_id) t,
		LATERAL compare_rounds(t.id, t.base) c
	WHERE t.missing IS NULL AND (:change IS NULL OR c.change = ANY (:change))
		AND (:after_id IS NULL OR c.enrolment_id > :after_id)
	ORDER BY c.enrolment_id LIMIT :limit + 1) l
ORDER BY l.enrolment_id;
