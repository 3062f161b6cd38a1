-- Statements about what stood in the way in a round.

-- round_not_shown: its mentors who are on no list, and why.
-- unprepared
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM round r
			WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT not_shown_json(m, r.mentees) AS body, m.enrolment_id AS id
		FROM round_mentor m JOIN round r ON r.id = m.round_id
		WHERE t.missing IS NULL AND m.round_id = :round_id AND m.lists = 0
			AND (:after_id IS NULL OR m.enrolment_id > :after_id)
		ORDER BY m.enrolment_id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- enrolment_why_not: for coordinators, and for the person as far as it says nothing of others.
SELECT why_not_json(e, :actor, NOT coordinates(e.programme_id, :actor, :roles)) AS body, 0 AS version
FROM enrolment e
WHERE e.id = :enrolment_id AND (coordinates(e.programme_id, :actor, :roles)
	OR e.person_id = :actor AND NOT EXISTS (SELECT FROM programme p
		WHERE p.id = e.programme_id AND p.status = 'draft'));
