-- What a person has set themselves, with one set more: files leave it alone from now on.
CREATE OR REPLACE FUNCTION profiles.own_set(sets text[], name text) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN CASE WHEN name = ANY (sets) THEN sets ELSE array_append(sets, name) END;

-- The status that a person's dates give them today. Each date counts as a whole day: who is active until a
-- day, or on leave until a day, is so on that day too.
CREATE OR REPLACE FUNCTION profiles.status_by_dates(p profiles.person, today date) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN p.active_until < today OR p.status = 'inactive' AND p.active_from IS NULL
		OR p.status = 'inactive' AND p.active_from > today THEN 'inactive'
	WHEN p.status <> 'on_leave' AND p.on_leave_from <= today AND coalesce(p.on_leave_until, today) >= today
		THEN 'on_leave'
	WHEN p.status = 'on_leave' AND p.on_leave_until < today OR p.status = 'inactive' THEN 'active'
	ELSE p.status END;

-- Who has a date that has come. A person whose user_name or email address somebody else holds, or has just
-- given up, waits.
CREATE OR REPLACE FUNCTION profiles.people_due(today date, size int) RETURNS SETOF uuid LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.id FROM profiles.person p
	WHERE (p.active_from IS NOT NULL OR p.active_until IS NOT NULL OR p.on_leave_from IS NOT NULL
			OR p.on_leave_until IS NOT NULL)
		AND (p.active_from <= today OR p.active_until < today OR p.on_leave_from <= today
			OR p.on_leave_until < today)
		AND NOT (p.status = 'inactive' AND profiles.status_by_dates(p, today) <> 'inactive'
			AND (profiles.keys_at_rest(p.id, p.user_name, p.email)
				OR EXISTS (SELECT FROM profiles.person_key h
					WHERE h.held AND h.person_id <> p.id
						AND (h.name = 'user_name' AND h.value = lower(p.user_name COLLATE "C")
							OR h.name = 'email' AND h.value = lower(p.email COLLATE "C")))))
	ORDER BY p.id LIMIT size;
END;

GRANT EXECUTE ON FUNCTION profiles.own_set(text[], text),
	profiles.status_by_dates(profiles.person, date), profiles.people_due(date, int) TO upward_profiles;
