-- Statements of reports. No cell of fewer than five people leaves the database.

-- report_list: the catalogue.
-- unprepared
SELECT json_build_object('name', r.name, 'title', r.title, 'method', r.method, 'minimum_cell', 5, 'path', r.path) AS body,
	r.name
FROM (VALUES ('participation', 'Participation',
		'Counts of people by enrolment; pairs ever active; sessions reported held or missed.',
		'/api/v1/reports/programmes/{programme_id}/participation')) r (name, title, method, path)
WHERE :after_name IS NULL OR r.name > :after_name
ORDER BY r.name
LIMIT :limit + 1;

-- report_participation: for the programme's coordinators and for auditors.
WITH p AS (SELECT v.* FROM matching.programme_view v
		WHERE v.programme_id = :programme_id AND ('auditor' = ANY (:roles) OR 'programme_admin' = ANY (:roles)
			AND EXISTS (SELECT FROM matching.programme_coordinator c
				WHERE c.programme_id = v.programme_id AND c.person_id = :actor))),
	cell AS (SELECT c.* FROM p, participation_cells(p.programme_id) c),
	member AS (SELECT m.* FROM p JOIN matching.pair_member m ON m.programme_id = p.programme_id
		WHERE m.status IN ('active', 'suspended', 'completed', 'ended')),
	total AS (SELECT
			(SELECT sum(people) FROM cell WHERE measure = 'mentors') AS mentors,
			(SELECT sum(people) FROM cell WHERE measure = 'mentees') AS mentees,
			(SELECT count(DISTINCT person_id) FROM member WHERE side = 'mentor') AS paired_mentors,
			(SELECT count(DISTINCT person_id) FROM member WHERE side = 'mentee') AS paired_mentees,
			(SELECT count(*) FROM member WHERE side = 'mentor') AS pairs,
			(SELECT count(*) FROM member m JOIN scheduling.session_view s ON s.pair_id = m.pair_id
				WHERE m.side = 'mentor' AND s.status = 'held') AS held,
			(SELECT count(*) FROM member m JOIN scheduling.session_view s ON s.pair_id = m.pair_id
				WHERE m.side = 'mentor' AND s.status = 'missed') AS missed)
SELECT json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'as_of', common.instant(common.now()),
		'method', 'Counts of people by enrolment; pairs ever active; sessions reported held or missed. Cells of fewer than five people are hidden, and where they could be worked out another with them.',
		'minimum_cell', 5,
		'totals', json_build_object(
			'mentors', CASE WHEN t.mentors >= 5 THEN t.mentors END,
			'mentees', CASE WHEN t.mentees >= 5 THEN t.mentees END,
			'paired_mentors', CASE WHEN t.paired_mentors >= 5 THEN t.paired_mentors END,
			'paired_mentees', CASE WHEN t.paired_mentees >= 5 THEN t.paired_mentees END,
			'pairs', CASE WHEN t.pairs >= 5 THEN t.pairs END,
			'sessions_held', CASE WHEN t.pairs >= 5 THEN t.held END,
			'sessions_missed', CASE WHEN t.pairs >= 5 THEN t.missed END),
		'departments', coalesce((SELECT json_agg(d.row ORDER BY d.department) FROM (
			SELECT c.department, json_build_object('department', c.department,
				'mentors', max(c.people) FILTER (WHERE c.measure = 'mentors' AND NOT c.hide),
				'mentees', max(c.people) FILTER (WHERE c.measure = 'mentees' AND NOT c.hide),
				'paired', max(c.people) FILTER (WHERE c.measure = 'paired' AND NOT c.hide),
				'suppressed', bool_or(c.hide)) AS row
			FROM cell c GROUP BY c.department) d), '[]')) AS body,
	1 AS version
FROM p, total t;
