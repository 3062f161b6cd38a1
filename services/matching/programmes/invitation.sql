-- Statements of invitations and intake forms.

-- invitation_list: newest first.
-- unprepared
-- updated_since: i.created_at
SELECT l.body, l.created_at, l.id
FROM (SELECT CASE WHEN NOT coordinates(:programme_id, :actor, :roles)
	THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT invitation_json(i) AS body, i.created_at, i.id
		FROM invitation i
		WHERE t.missing IS NULL AND i.programme_id = :programme_id
			AND (:after_id IS NULL OR (i.created_at, i.id) < (:after_created_at, :after_id))
		ORDER BY i.created_at DESC, i.id DESC
		LIMIT :limit + 1) l
ORDER BY l.created_at DESC, l.id DESC;

-- invitation_read: one invitation.
SELECT invitation_json(i) AS body, i.version FROM invitation i
WHERE i.id = :invitation_id AND i.programme_id = :programme_id
	AND coordinates(i.programme_id, :actor, :roles);

-- invitation_create: everyone found gets an enrolment in state invited, and is notified once the programme
-- is no longer a draft (programme_recruitment); people who already have that role are skipped, and those
-- whom the programme keeps out of its rounds. The request must name people in at least one way.
WITH target AS (SELECT p.id, p.status, p.winding_down FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR SHARE OF p),
	named AS (SELECT :person_ids IS NOT NULL OR :departments IS NOT NULL OR :locations IS NOT NULL
		OR :level_min IS NOT NULL OR :level_max IS NOT NULL AS given),
	found AS (SELECT c.person_id FROM target t, named n, profiles.card c
		WHERE n.given AND c.status = 'active'
			AND (:person_ids IS NULL OR c.person_id = ANY (:person_ids::uuid[]))
			AND (:departments IS NULL OR c.department = ANY (:departments))
			AND (:exclude_departments IS NULL OR (c.department = ANY (:exclude_departments)) IS NOT TRUE)
			AND (:locations IS NULL OR c.location = ANY (:locations))
			AND (:level_min IS NULL OR c.level >= :level_min)
			AND (:level_max IS NULL OR c.level <= :level_max)),
	fresh AS (SELECT f.person_id FROM found f, target t WHERE NOT EXISTS (SELECT FROM enrolment e
			WHERE e.programme_id = t.id AND e.person_id = f.person_id AND e.role = :role)
		AND NOT EXISTS (SELECT FROM kept_out k WHERE k.programme_id = t.id AND k.person_id = f.person_id)),
	new AS (INSERT INTO invitation (id, programme_id, role, message, preview, found, invited, created_by)
		SELECT :id, t.id, :role, :message, coalesce(:preview, false), (SELECT count(*) FROM found),
			(SELECT count(*) FROM fresh), :actor
		FROM target t, named n WHERE t.status IN ('draft', 'recruiting', 'matching', 'active')
			AND t.winding_down IS NULL AND n.given
		RETURNING id, programme_id, preview),
	asked AS (INSERT INTO enrolment (id, programme_id, person_id, role, step, enrolled_by, invitation_id,
		ever_invited)
		SELECT common.new_id(), n.programme_id, f.person_id, :role, 'invitation', :actor, n.id, true
		FROM new n, fresh f WHERE NOT n.preview
		ON CONFLICT (programme_id, person_id, role) DO NOTHING)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT given FROM named) THEN common.refuse('unprocessable', '{"pointer": "/person_ids"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- form_list: the latest for each role.
-- unprepared
-- updated_since: f.created_at
SELECT l.body, l.role
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM programme p WHERE p.id = :programme_id
			AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT form_json(f) AS body, f.role
		FROM form f
		WHERE t.missing IS NULL AND f.programme_id = :programme_id
			AND NOT EXISTS (SELECT FROM form g WHERE g.programme_id = f.programme_id AND g.role = f.role
				AND g.number > f.number)
			AND (:after_role IS NULL OR f.role > :after_role)
		ORDER BY f.role
		LIMIT :limit + 1) l
ORDER BY l.role;

-- form_read: any version.
SELECT form_json(f) AS body, f.version
FROM form f JOIN programme p ON p.id = f.programme_id
WHERE f.id = :form_id AND f.programme_id = :programme_id
	AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles));

-- form_create: the next version of the role's questions.
WITH target AS (SELECT p.id FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	fault AS (SELECT form_fault(:questions) AS pointer),
	twice AS (SELECT FROM json_array_elements(:questions) q GROUP BY q ->> 'key' HAVING count(*) > 1),
	new AS (INSERT INTO form (id, programme_id, role, number, questions, created_by)
		SELECT :id, t.id, :role, coalesce((SELECT max(f.number) FROM form f
			WHERE f.programme_id = t.id AND f.role = :role), 0) + 1,
			:questions, :actor
		FROM target t JOIN fault f ON f.pointer IS NULL WHERE NOT EXISTS (SELECT FROM twice) RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT f.pointer FROM fault f) IS NOT NULL THEN
		common.refuse('unprocessable', (SELECT json_build_object('pointer', f.pointer) FROM fault f))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('duplicate_items', '{"pointer": "/questions"}') END;
