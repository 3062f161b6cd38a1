-- The people of a round as they were when it was made; those who have been erased since, as they are.
CREATE OR REPLACE FUNCTION matching.people_of(round uuid)
RETURNS TABLE (person_id uuid, level int, department text, location text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT k.person_id, CASE WHEN w.person_id IS NULL THEN k.level ELSE w.level END,
		CASE WHEN w.person_id IS NULL THEN k.department ELSE w.department END,
		CASE WHEN w.person_id IS NULL THEN k.location ELSE w.location END
	FROM matching.round r CROSS JOIN profiles.card k LEFT JOIN LATERAL (SELECT p.*
		FROM matching.person_past p WHERE p.person_id = k.person_id
			AND p.until > coalesce(r.started_at, r.created_at)
		ORDER BY p.until LIMIT 1) w ON true
	WHERE r.id = round;
END;

GRANT EXECUTE ON FUNCTION matching.people_of(uuid) TO upward_matching;

SET LOCAL ROLE guard;

CREATE OR REPLACE FUNCTION matching.keep_past() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO matching.person_past (person_id, level, department, location)
	SELECT old.id, old.level, old.department, old.location
	WHERE EXISTS (SELECT FROM matching.enrolment e WHERE e.person_id = old.id);
	RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION matching.keep_past() TO owner;

SET LOCAL ROLE owner;
CREATE OR REPLACE TRIGGER keep_past AFTER UPDATE OF level, department, location ON profiles.person
	FOR EACH ROW WHEN (new.user_name NOT LIKE 'erased:%'
		AND (old.level, old.department, old.location)
			IS DISTINCT FROM (new.level, new.department, new.location))
	EXECUTE FUNCTION matching.keep_past();
