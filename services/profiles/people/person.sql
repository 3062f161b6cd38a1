-- Statements of people. profiles.sees() says which fields the caller sees; only the HR system sees a person
-- who has left.

-- me_read: the caller, as a portal needs it at start-up.
SELECT json_build_object(
		'person', profiles.card_json(:actor),
		'roles', array_to_json(:roles),
		'time_zone', (SELECT coalesce(p.time_zone_override, p.time_zone) FROM person p WHERE p.id = :actor),
		'locale', common.setting_value('locale'),
		'quiet_hours', common.setting_value('quiet_hours'),
		'delegations', coalesce((SELECT json_agg(json_build_object('person', profiles.card_json(d.person_id),
				'until', d.until, 'links', json_build_object('self', '/api/v1/people/' || d.person_id
					|| '/delegates/' || d.id)) ORDER BY d.id)
			FROM live_delegate d WHERE d.assistant_id = :actor), '[]'),
		'features', json_build_object('calendar_feeds', true, 'delegates', true),
		'links', CASE WHEN :actor IS NULL THEN json_build_object('self', '/api/v1/me')
			ELSE json_build_object('self', '/api/v1/me', 'profile', '/api/v1/people/' || :actor) END
	) AS body,
	coalesce((SELECT p.version FROM person p WHERE p.id = :actor), 1) AS version;

-- person_list: the directory, by name. Its total asks for nothing of what it does not count (LEFT JOIN).
-- unprepared
-- updated_since: p.updated_at
SELECT json_build_object('id', p.id, 'display_name', p.display_name, 'title', p.title,
		'department', p.department, 'location', p.location, 'photo_url', p.photo_url, 'level', p.level,
		'executive', p.executive,
		'links', json_build_object('self', '/api/v1/people/' || p.id)) AS body,
	f.display_name, f.id
FROM people_found(words_typed(:q), concat_ws(' AND ', people_asked(:actor, :roles, :external_id, :user_name,
			:email, :department, :location, :country, :level_min, :level_max, :executive, :status, :ids,
			:updated_since), people_showing(:actor, :roles, :skill_id, :interest, :open_to, :manager_id,
			:hired_after, :hired_before)),
		'(p.display_name, p.id) > (' || quote_literal(:after_display_name) || ', ' || quote_literal(:after_id)
			|| ')', :limit + 1) f
	LEFT JOIN person p ON p.id = f.id
WHERE true
ORDER BY f.display_name, f.id
LIMIT :limit + 1;

-- person_read: one person as the actor may see them.
SELECT json_build_object(
		'id', p.id, 'display_name', p.display_name, 'title', p.title, 'department', p.department,
		'location', p.location, 'photo_url', p.photo_url, 'status', p.status, 'level', p.level,
		'executive', p.executive,
		'bio', CASE WHEN 'bio' = ANY (v.fields) THEN p.bio END,
		'pronouns', CASE WHEN 'pronouns' = ANY (v.fields) THEN p.pronouns END,
		'preferred_cadence', CASE WHEN 'cadence' = ANY (v.fields) THEN p.preferred_cadence END,
		'time_zone', coalesce(p.time_zone_override, p.time_zone),
		'holiday_place', CASE WHEN p.id = :actor THEN p.holiday_place END,
		'languages', array_to_json(ARRAY(SELECT l.language FROM person_language l
			WHERE l.person_id = p.id AND 'languages' = ANY (v.fields) ORDER BY l.language)),
		'email', CASE WHEN 'email' = ANY (v.fields) THEN p.email END,
		'hired_on', CASE WHEN 'hired_on' = ANY (v.fields) THEN p.hired_on END,
		'manager', CASE WHEN 'manager' = ANY (v.fields) THEN profiles.card_json(p.manager_id) END,
		'hr', CASE WHEN 'hr_record' = ANY (v.fields) THEN json_build_object(
			'external_id', p.external_id, 'user_name', p.user_name, 'given_name', p.given_name,
			'family_name', p.family_name, 'email', p.email, 'country', p.country,
			'holiday_region', p.holiday_region, 'hired_on', p.hired_on, 'active_from', p.active_from,
			'active_until', CASE WHEN 'hris' = ANY (:roles) THEN p.active_until END,
			'on_leave_from', p.on_leave_from, 'on_leave_until', p.on_leave_until,
			'manager', (SELECT c.card FROM profiles.card c WHERE c.person_id = p.manager_id)) END,
		'updated_at', common.instant(p.updated_at),
		'version', p.version,
		'can', CASE WHEN p.id = :actor THEN json_build_array('patch', 'skills_put', 'interests_put',
				'languages_put', 'weekly_hours_put', 'channels_put', 'access_needs_put', 'visibility_put',
				'declarations_put')
			WHEN 'hris' = ANY (:roles) THEN array_to_json(CASE WHEN p.merged_into IS NOT NULL THEN '{export}'
				WHEN p.rekeyed_by IS NULL THEN '{patch,export,renumbering,merge}' ELSE '{export}' END::text[])
			ELSE '[]' END,
		'links', json_strip_nulls(json_build_object('self', '/api/v1/people/' || p.id,
			'merged_into', '/api/v1/people/' || p.merged_into,
			'skills', '/api/v1/people/' || p.id || '/skills',
			'interests', '/api/v1/people/' || p.id || '/interests',
			'weekly_hours', '/api/v1/people/' || p.id || '/weekly-hours',
			'visibility', CASE WHEN p.id = :actor
				THEN '/api/v1/people/' || p.id || '/visibility' END))) AS body,
	p.version
FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v
WHERE p.id = :person_id
	AND (p.status <> 'inactive' OR p.id = :actor OR :roles && ARRAY['hris', 'admin']);

-- person_reporting_line_read: who stands above a person; for programme admins also who reports to them.
SELECT profiles.reporting_line_json(p, 'programme_admin' = ANY (:roles)) AS body, p.version
FROM person p
WHERE p.id = :person_id AND (p.id = :actor OR 'hris' = ANY (:roles)
	OR 'programme_admin' = ANY (:roles) AND p.status <> 'inactive');

-- person_patch: merge patch; people own their profile, the HR system the HR fields. A change of standing
-- takes the reporting-line lock (7, 1) before any row lock.
WITH locked AS MATERIALIZED (
		SELECT CASE WHEN :body::jsonb ?| ARRAY['level', 'manager_id', 'status']
			THEN pg_advisory_xact_lock(7, 1) END AS held),
	target AS (SELECT p AS was, p.id, p.version, p.status FROM person p, locked
		WHERE p.id = :person_id AND (p.id = :actor OR 'hris' = ANY (:roles)) FOR NO KEY UPDATE OF p),
	foreign_field AS (SELECT FROM json_object_keys(:body) k, target t
		WHERE CASE WHEN k IN ('bio', 'pronouns', 'photo_url', 'time_zone_override',
				'holiday_place', 'preferred_cadence')
			THEN t.id IS DISTINCT FROM :actor ELSE NOT 'hris' = ANY (:roles) END),
	new AS (UPDATE person p SET (bio, pronouns, photo_url, time_zone_override, holiday_place,
			preferred_cadence, title, department, location, level, executive, manager_id, manager_external_id,
			status, active_from, active_until, on_leave_from, on_leave_until) = (
				SELECT n.bio, n.pronouns, n.photo_url, n.time_zone_override, n.holiday_place,
					n.preferred_cadence, n.title, n.department, n.location, n.level, n.executive,
					n.manager_id, n.manager_external_id, n.status, n.active_from, n.active_until,
					n.on_leave_from, n.on_leave_until
				FROM person_patched(target.was, :body) n),
			version = p.version + 1, updated_at = common.now()
		FROM target
		WHERE p.id = target.id AND target.version = :if_match AND NOT EXISTS (SELECT FROM foreign_field)
		RETURNING p.id, p.status, target.status AS was),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT CASE WHEN new.status = 'inactive' AND new.was <> 'inactive' THEN 'person.deactivated'
				WHEN new.status = 'active' AND new.was = 'inactive' THEN 'person.reactivated'
				ELSE 'person.updated' END,
			new.id, json_build_object('changed', (SELECT json_agg(k) FROM json_object_keys(:body) k))
		FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM foreign_field) THEN common.refuse('field_not_yours')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- person_export: the HR fields, one member per column of an import.
SELECT (person_key_json(p)::jsonb || jsonb_build_object('family_name', p.family_name))
		- '{id,version,can,links}'::text[] AS body, p.version
FROM person p
WHERE p.id = :person_id AND 'hris' = ANY (:roles);
