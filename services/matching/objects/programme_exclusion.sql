CREATE OR REPLACE FUNCTION matching.programme_exclusion_json(x matching.programme_exclusion) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', x.id, 'programme', matching.programme_reference(x.programme_id),
	'department', x.department, 'person', profiles.card_json(x.person_id),
	'other', profiles.card_json(x.other_id), 'note', x.reason,
	'pairs', (SELECT count(*) FROM matching.pair p WHERE p.programme_id = x.programme_id
		AND p.status IN ('proposed', 'active', 'suspended')
		AND matching.excludes(x, p.mentor_id, p.mentee_id)),
	'created_at', common.instant(x.created_at), 'version', x.version, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/programmes/' || x.programme_id || '/exclusions/' || x.id,
		'programme', '/api/v1/programmes/' || x.programme_id));

-- Those whom a programme keeps out of its rounds. Readers ask for one person at a time: a lookup of the
-- exclusions of the programme and one of the person, never of a whole department.
CREATE OR REPLACE VIEW matching.kept_out AS
SELECT x.programme_id, k.person_id
FROM matching.programme_exclusion x
	JOIN profiles.card k ON k.person_id = x.person_id OR k.department = x.department
WHERE x.other_id IS NULL;

-- A new exclusion of a programme: picks without an answer are suspended, with `begun` pairs that have begun
-- too, and open shortlists get other mentors. The lock comes first: every pair made before is seen here, and
-- every later one sees the exclusion.
CREATE OR REPLACE FUNCTION matching.keep_apart(x matching.programme_exclusion, begun boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	INSERT INTO programme_exclusion SELECT (x).*;
	UPDATE pair p SET step = 'safety_suspension', reason = 'too_close'
	WHERE p.programme_id = x.programme_id AND (p.status = 'proposed' OR begun AND p.status = 'active')
		AND excludes(x, p.mentor_id, p.mentee_id);
	PERFORM replace_entries(g.id, g.mentors)
	FROM (SELECT s.id, array_agg(y.mentor_id) AS mentors
		FROM shortlist s JOIN shortlist_entry y ON y.shortlist_id = s.id
		WHERE s.programme_id = x.programme_id AND s.status = 'open' AND excludes(x, y.mentor_id, s.mentee_id)
		GROUP BY s.id ORDER BY s.id) g;
END $$;

GRANT SELECT ON matching.kept_out TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.programme_exclusion_json(matching.programme_exclusion),
	matching.keep_apart(matching.programme_exclusion, boolean)
	TO upward_matching;

SET LOCAL ROLE guard;

-- Whether an exclusion of a programme keeps the two from being a pair in it.
CREATE OR REPLACE FUNCTION matching.excludes(x matching.programme_exclusion, mentor uuid, mentee uuid)
	RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN x.person_id IN (mentor, mentee) AND (x.other_id IS NULL OR x.other_id IN (mentor, mentee))
	OR x.department IN (SELECT p.department FROM profiles.person p WHERE p.id IN (mentor, mentee));

-- Whether a programme keeps the two apart.
CREATE OR REPLACE FUNCTION matching.kept_apart(programme uuid, mentor uuid, mentee uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM matching.programme_exclusion x
		WHERE x.programme_id = programme AND matching.excludes(x, mentor, mentee));
END $$;

GRANT EXECUTE ON FUNCTION matching.excludes(matching.programme_exclusion, uuid, uuid),
	matching.kept_apart(uuid, uuid, uuid) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.kept_apart(uuid, uuid, uuid) TO owner; -- for repair_lists_of

