-- Objections to automated matching: people with one in force are in no round and on no new shortlist.

-- Enrolments with an objection in force: open, or decided for matching by hand.
CREATE OR REPLACE VIEW matching.objecting AS
SELECT o.enrolment_id, o.decision IS NULL AS open FROM matching.objection o
WHERE o.decision IS DISTINCT FROM 'rounds';

-- What the caller may do about an objection to an enrolment now: the person, or a coordinator.
CREATE OR REPLACE FUNCTION matching.objection_steps(e matching.enrolment, actor uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT to_jsonb(CASE
			WHEN e.person_id = actor AND o.open IS NOT NULL THEN '{objection_delete}'::text[]
			WHEN e.person_id = actor AND e.status IN ('invited', 'interested', 'enrolled', 'paused')
				THEN '{objection}'
			WHEN e.person_id <> actor AND o.open THEN '{objection_decision}' ELSE '{}' END)
		FROM (VALUES (1)) v LEFT JOIN matching.objecting o ON o.enrolment_id = e.id);
END $$;

-- An objection as the person reads it, or a coordinator. Its reason is not for a coordinator who is above the
-- person in the reporting line.
CREATE OR REPLACE FUNCTION matching.objection_json(o matching.objection, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('enrolment_id', o.enrolment_id, 'person', profiles.card_json(o.person_id),
	'reason', CASE WHEN NOT EXISTS (SELECT FROM matching.below(actor, ARRAY[o.person_id])) THEN o.reason END,
	'decision', o.decision, 'note', o.note, 'created_at', common.instant(o.created_at),
	'decided_at', common.instant(o.decided_at), 'version', o.version,
	'can', (SELECT matching.objection_steps(e, actor) FROM matching.enrolment e WHERE e.id = o.enrolment_id),
	'links', json_build_object('self', '/api/v1/enrolments/' || o.enrolment_id || '/objection',
		'enrolment', '/api/v1/enrolments/' || o.enrolment_id));

GRANT SELECT ON matching.objecting TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.objection_steps(matching.enrolment, uuid),
	matching.objection_json(matching.objection, uuid) TO upward_matching;
