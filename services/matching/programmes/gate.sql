-- Statements about who may take part, and who at the top does.

-- programme_eligibility: for each role, every rule at once.
SELECT json_build_object('programme', json_build_object('id', p.id, 'title', p.title),
		'mentor', eligibility_json(p, 'mentor', :actor),
		'mentee', eligibility_json(p, 'mentee', :actor)) AS body,
	1 AS version
FROM programme p
WHERE p.id = :programme_id AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles));

-- executive_list: by name; only those who want to be seen, and sponsors who have agreed.
-- unprepared
SELECT l.body, l.display_name, l.enrolment_id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM programme p WHERE p.id = :programme_id
			AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('person', k.card, 'role', v.role) AS body, k.display_name,
			v.enrolment_id
		FROM visible_executive v JOIN profiles.card k ON k.person_id = v.person_id
		WHERE t.missing IS NULL AND v.programme_id = :programme_id
			AND (v.role = 'sponsor' OR profiles.shows(:actor, v.person_id, 'executive'))
			AND (:after_enrolment_id IS NULL
				OR (k.display_name, v.enrolment_id) > (:after_display_name, :after_enrolment_id))
		ORDER BY k.display_name, v.enrolment_id
		LIMIT :limit + 1) l
ORDER BY l.display_name, l.enrolment_id;
