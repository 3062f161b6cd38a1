-- Statements of reports. No cell of fewer than five people leaves the database. `rows` is the report as
-- CSV.

-- report_list: all reports.
-- unprepared
SELECT json_build_object('name', r.name, 'title', r.title, 'method', r.method, 'minimum_cell', 5,
		'path', CASE r.name WHEN 'learning-culture' THEN '/api/v1/reports/learning-culture'
			ELSE '/api/v1/reports/programmes/{programme_id}/' || r.name END) AS body,
	r.name
FROM report_method r
WHERE :after_name IS NULL OR r.name > :after_name
ORDER BY r.name
LIMIT :limit + 1;

-- report_participation: enrolments, pairs and sessions, in multiples of five.
WITH p AS (SELECT v.* FROM matching.programme_view v
		WHERE v.programme_id = :programme_id AND reported(v.programme_id, :actor, :roles)),
	cell AS (SELECT c.* FROM p, participation_cells(p.programme_id) c),
	member AS (SELECT m.* FROM p JOIN matching.pair_member m ON m.programme_id = p.programme_id
		WHERE m.status IN ('active', 'suspended', 'completed', 'ended')),
	met AS (SELECT count(*) FILTER (WHERE s.status = 'held') AS held,
		count(*) FILTER (WHERE s.status = 'missed') AS missed
		FROM member m JOIN scheduling.session_view s ON s.pair_id = m.pair_id WHERE m.side = 'mentor'),
	total AS (SELECT max(c.total) FILTER (WHERE c.measure = 'mentors') AS mentors,
			max(c.total) FILTER (WHERE c.measure = 'mentees') AS mentees,
			coalesce(max(c.total) FILTER (WHERE c.measure = 'paired'), 0) AS paired,
			(SELECT common.fives(count(DISTINCT m.person_id)) FROM member m WHERE m.side = 'mentor')
				AS paired_mentors,
			(SELECT common.fives(count(DISTINCT m.person_id)) FROM member m WHERE m.side = 'mentee')
				AS paired_mentees,
			nullif((SELECT common.fives(count(*)) FROM member WHERE side = 'mentor'), 0) AS pairs
		FROM cell c),
	department AS (SELECT c.department, json_build_object('department', c.department,
			'mentors', max(c.people) FILTER (WHERE c.measure = 'mentors'),
			'mentees', max(c.people) FILTER (WHERE c.measure = 'mentees'),
			'paired', max(c.people) FILTER (WHERE c.measure = 'paired'),
			'suppressed', bool_and(c.people IS NULL)) AS row
		FROM cell c GROUP BY c.department HAVING count(c.people) > 0),
	list AS (SELECT coalesce(json_agg(d.row ORDER BY d.department), '[]') AS rows FROM department d)
SELECT json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'as_of', common.instant(common.now()), 'method', r.method, 'minimum_cell', 5,
		'totals', json_build_object('mentors', t.mentors, 'mentees', t.mentees,
			'paired_mentors', nullif(least(t.paired_mentors, t.mentors, t.paired), 0),
			'paired_mentees', nullif(least(t.paired_mentees, t.mentees, t.paired), 0), 'pairs', t.pairs,
			'sessions_held', (SELECT common.fives(x.held) FROM met x WHERE common.enough(t.pairs)),
			'sessions_missed', (SELECT common.fives(x.missed) FROM met x WHERE common.enough(t.pairs))),
		'departments', l.rows, 'declared', participation_declared(p.programme_id)) AS body,
	1 AS version, l.rows
FROM p JOIN report_method r ON r.name = 'participation', total t, list l;

-- report_adherence: planned and held sessions.
WITH p AS (SELECT v.* FROM matching.programme_view v
		WHERE v.programme_id = :programme_id AND reported(v.programme_id, :actor, :roles)),
	cell AS (SELECT c.department, c.hide, c.pairs, json_build_object(
			'pairs', CASE WHEN NOT c.hide THEN c.pairs END,
			'expected', CASE WHEN NOT c.hide THEN c.expected END,
			'held', CASE WHEN NOT c.hide THEN c.held END, 'on_time', CASE WHEN NOT c.hide THEN c.on_time END,
			'on_cadence', CASE WHEN NOT c.hide THEN c.on_cadence END) AS figures
		FROM p, adherence_cells(p.programme_id) c),
	list AS (SELECT coalesce(json_agg(json_build_object('department', c.department,
		'pairs', c.figures -> 'pairs',
			'expected', c.figures -> 'expected', 'held', c.figures -> 'held',
			'on_time', c.figures -> 'on_time', 'on_cadence', c.figures -> 'on_cadence',
			'suppressed', c.hide OR c.pairs IS NULL) ORDER BY c.department), '[]') AS rows
		FROM cell c WHERE c.department IS NOT NULL)
SELECT json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'as_of', common.instant(common.now()), 'method', r.method, 'minimum_cell', 5,
		'totals', coalesce((SELECT c.figures FROM cell c WHERE c.department IS NULL),
			'{"pairs": null, "expected": null, "held": null, "on_time": null, "on_cadence": null}'),
		'departments', l.rows) AS body,
	1 AS version, l.rows
FROM p JOIN report_method r ON r.name = 'adherence', list l;

-- report_satisfaction: feedback given for the programme's figures, by window and side.
WITH p AS (SELECT v.* FROM matching.programme_view v
		WHERE v.programme_id = :programme_id AND reported(v.programme_id, :actor, :roles)),
	list AS (SELECT coalesce(json_agg(json_build_object('window', c.wave, 'side', c.side,
		'authors', c.authors,
			'mean_rating', c.mean_rating, 'suppressed', c.authors IS NULL) ORDER BY c.wave DESC, c.side),
				'[]') AS rows
		FROM p, satisfaction_cells(p.programme_id) c)
SELECT json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'as_of', common.instant(common.now()), 'method', r.method, 'minimum_cell', 5,
		'windows', l.rows) AS body,
	1 AS version, l.rows
FROM p JOIN report_method r ON r.name = 'satisfaction', list l;

-- report_gain: score after minus score before.
WITH p AS (SELECT v.* FROM matching.programme_view v
		WHERE v.programme_id = :programme_id AND reported(v.programme_id, :actor, :roles)),
	cell AS (SELECT c.* FROM p, gain_cells(p.programme_id) c),
	list AS (SELECT coalesce(json_agg(json_build_object('skill', s.name, 'people', c.people,
		'mean_gain', c.mean_gain,
			'standard_deviation', c.deviation, 'suppressed', c.people IS NULL) ORDER BY s.name), '[]') AS rows
		FROM cell c JOIN profiles.skill_view s ON s.skill_id = c.skill_id)
SELECT json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'as_of', common.instant(common.now()), 'method', r.method, 'minimum_cell', 5,
		'totals', (SELECT json_build_object('people', c.people, 'mean_gain', c.mean_gain,
			'standard_deviation', c.deviation)
			FROM cell c WHERE c.skill_id IS NULL),
		'skills', l.rows) AS body,
	1 AS version, l.rows
FROM p JOIN report_method r ON r.name = 'gain', list l;
