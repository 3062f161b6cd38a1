-- Statements of fairness.

-- fairness_read: how evenly a round shows mentors, whom it reaches, and by group.
-- unprepared
SELECT json_build_object('round_id', r.id, 'as_of', common.instant(common.now()), 'minimum_cell', 5,
		'exposure', exposure_json(r.id), 'coverage', json_build_object('mentees', o.mentees,
			'listed', o.listed, 'complete', o.complete, 'wanted', r.wanted, 'coverable', r.coverable,
			'covered', r.covered),
		'choices', json_build_object('entries', x.entries, 'mean', x.mean, 'p95', x.p95),
		'groups', fairness_groups(r.id),
		'links', json_build_object('round', '/api/v1/rounds/' || r.id)) AS body,
	0 AS version
FROM round r,
	LATERAL (SELECT count(*) AS mentees, count(*) FILTER (WHERE p.reached) AS listed,
			(SELECT count(*) FROM shortlist s WHERE s.round_id = r.id AND s.refresh_of IS NULL
				AND s.reason IS NULL) AS complete
		FROM round_people(r.id) p WHERE p.side = 'mentee') o,
	LATERAL (SELECT count(e.choice) AS entries, round(avg(e.choice), 2) AS mean,
			percentile_disc(0.95) WITHIN GROUP (ORDER BY e.choice) AS p95
		FROM shortlist s JOIN shortlist_entry e ON e.shortlist_id = s.id
		WHERE s.round_id = r.id AND s.refresh_of IS NULL) x
WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles);
