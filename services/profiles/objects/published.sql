-- The views that profiles publishes: other services read nothing else in its schema.

-- A person, as shown wherever another object refers to one.
CREATE OR REPLACE FUNCTION profiles.card_json(person_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', p.id, 'display_name', p.display_name, 'title', p.title,
			'department', p.department, 'location', p.location, 'photo_url', p.photo_url)
		FROM profiles.person p WHERE p.id = person_id);
END $$;

CREATE OR REPLACE VIEW profiles.card AS
SELECT p.id AS person_id, json_build_object('id', p.id, 'display_name', p.display_name,
		'title', p.title, 'department', p.department, 'location', p.location,
		'photo_url', p.photo_url) AS card,
	p.display_name, p.department, p.location, p.level, p.status
FROM profiles.person p;

-- For sign-in: keys with ASCII letters folded. on_hold: an import is about to give these keys to someone
-- else, or other keys to this person; people with such keys are looked up every time.
CREATE OR REPLACE VIEW profiles.identity AS
SELECT p.id AS person_id, lower(p.user_name COLLATE "C") AS user_name,
	lower(p.external_id COLLATE "C") AS external_id, lower(p.email COLLATE "C") AS email, p.status,
	p.rekeyed_by IS NOT NULL AS on_hold, p.updated_at
FROM profiles.person p;

-- The id by which a vacant post stands in reporting lines.
CREATE OR REPLACE FUNCTION profiles.vacant_post(manager_external_id text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN md5('vacant post ' || lower(manager_external_id COLLATE "C"))::uuid;

-- The facts that matching may use. age_band is kept until 2, for rounds of the last release: nothing sets it.
CREATE OR REPLACE VIEW profiles.candidate AS
SELECT p.id AS person_id, p.level, NULL::smallint AS age_band, p.manager_id, p.department, p.location,
	p.country, coalesce(p.time_zone_override, p.time_zone) AS time_zone, p.status,
	ARRAY(SELECT l.language FROM profiles.person_language l
		WHERE l.person_id = p.id ORDER BY l.language) AS languages,
	p.hired_on, p.on_leave_until, p.executive,
	coalesce(p.holiday_place, CASE WHEN starts_with(p.holiday_region, p.country || '-')
			THEN p.holiday_region END)
		AS holiday_place, p.updated_at
FROM profiles.person p;

-- The only person without a manager who has reports, who is above vacant posts; null if there are several.
CREATE OR REPLACE VIEW profiles.only_head AS
SELECT CASE WHEN count(*) = 1 THEN min(h.id::text)::uuid END AS person_id FROM profiles.person h
WHERE h.manager_id IS NULL AND h.manager_external_id IS NULL AND h.status <> 'inactive'
	AND EXISTS (SELECT FROM profiles.person r WHERE r.manager_id = h.id);

-- Reporting lines with their vacant posts: who waits for a manager has one here, whose place is directly
-- under the only head there is, or else at the top. person_id of a vacant post is nobody's.
CREATE OR REPLACE VIEW profiles.candidate_line AS
SELECT p.id AS person_id, coalesce(p.manager_id, profiles.vacant_post(p.manager_external_id)) AS manager_id
FROM profiles.person p
UNION ALL
SELECT v.id, (SELECT h.person_id FROM profiles.only_head h)
FROM (SELECT DISTINCT profiles.vacant_post(p.manager_external_id) AS id FROM profiles.person p
	WHERE p.manager_id IS NULL AND p.manager_external_id IS NOT NULL) v;

-- The same of these people and everybody above them: all that is needed to compare their places. One lookup
-- for each, as the planner does not know how many are above.
CREATE OR REPLACE FUNCTION profiles.lines_above(people uuid[]) RETURNS TABLE (person_id uuid, manager_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_hashjoin = off
	SET enable_mergejoin = off AS $$
BEGIN
	RETURN QUERY WITH RECURSIVE line (id, above, post) AS (
			SELECT p.id, p.manager_id, p.manager_external_id
			FROM unnest(people) u (id) JOIN profiles.person p ON p.id = u.id
			UNION
			SELECT p.id, p.manager_id, p.manager_external_id
			FROM line l JOIN profiles.person p ON p.id = l.above)
		SELECT l.id, coalesce(l.above, profiles.vacant_post(l.post)) FROM line l
		UNION ALL
		SELECT v.id, (SELECT h.person_id FROM profiles.only_head h)
		FROM (SELECT DISTINCT profiles.vacant_post(l.post) AS id FROM line l
			WHERE l.above IS NULL AND l.post IS NOT NULL) v;
END $$;

CREATE OR REPLACE VIEW profiles.candidate_skill AS
SELECT s.person_id, s.skill_id, s.current, s.target, s.offered FROM profiles.person_skill s;

-- How people like to meet.
CREATE OR REPLACE VIEW profiles.candidate_channel AS
SELECT c.person_id, c.channel FROM profiles.person_channel c;

CREATE OR REPLACE VIEW profiles.candidate_interest AS
SELECT i.person_id, i.interest FROM profiles.person_interest i;

CREATE OR REPLACE VIEW profiles.candidate_hours AS
SELECT h.person_id, h.weekday, h.starts, h.ends FROM profiles.person_hours h;

-- What a session of these people has to provide for, and by which modes of meeting it matters.
CREATE OR REPLACE VIEW profiles.arrangement AS
SELECT n.person_id, n.need AS arrangement, CASE n.need
		WHEN 'captions' THEN ARRAY['video'] WHEN 'sign_language' THEN ARRAY['in_person', 'video']
		WHEN 'step_free' THEN ARRAY['in_person'] WHEN 'hearing_loop' THEN ARRAY['in_person']
		WHEN 'large_print' THEN ARRAY['in_person', 'video'] WHEN 'quiet_room' THEN ARRAY['in_person']
		ELSE ARRAY['in_person', 'phone', 'video', 'chat'] END AS modes
FROM profiles.person_access_need n;

-- current_id: the skill itself, or the one it was merged into.
CREATE OR REPLACE VIEW profiles.skill_view AS
SELECT s.id AS skill_id, s.name, s.retired, coalesce(s.merged_into, s.id) AS current_id FROM profiles.skill s;

-- Standing as a checked import will leave it: everyone it changes, and new people.
CREATE OR REPLACE VIEW profiles.standing_after AS
SELECT s.import_id, s.person_id, s.manager_id, coalesce(r.level, p.level) AS level,
	s.action = 'create' AND r.status IS DISTINCT FROM 'inactive' OR s.action = 'reactivate'
		OR s.action IN ('update', 'move') AND p.status <> 'inactive' AS stays
FROM profiles.import_step s
	LEFT JOIN profiles.import_row r ON r.import_id = s.import_id AND r.line = s.line
	LEFT JOIN profiles.person p ON p.id = s.person_id;

GRANT SELECT ON profiles.standing_after TO guard;
GRANT EXECUTE ON FUNCTION profiles.card_json(uuid)
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT SELECT ON profiles.card, profiles.identity, profiles.skill_view
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT SELECT ON profiles.candidate, profiles.candidate_line, profiles.candidate_skill,
	profiles.candidate_channel, profiles.candidate_interest, profiles.candidate_hours TO upward_matching;
GRANT EXECUTE ON FUNCTION profiles.vacant_post(text), profiles.lines_above(uuid[]) TO upward_matching;
-- The time zone and working hours of people who meet.
GRANT SELECT ON profiles.candidate_hours, profiles.candidate TO upward_scheduling;
GRANT SELECT ON profiles.candidate TO upward_evaluation;
GRANT SELECT ON profiles.arrangement TO upward_scheduling;
