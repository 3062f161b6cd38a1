-- Improvements, as different people see them.

-- What somebody is to an improvement: one of its pair, its owner, a coordinator of its programme.
CREATE OR REPLACE FUNCTION evaluation.improvement_parties(i evaluation.improvement, actor uuid, roles text[])
	RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN array_remove(ARRAY[
		CASE WHEN EXISTS (SELECT FROM matching.pair_member m
			WHERE m.pair_id = i.pair_id AND m.person_id = actor) THEN 'pair_member' END,
		CASE WHEN i.owner_id = actor THEN 'self' END,
		CASE WHEN evaluation.coordinates(i.programme_id, actor, roles) THEN 'programme_admin' END], NULL);
END $$;

-- Whether somebody may see it: once it is planned anybody, otherwise the pair, the owner and coordinators.
CREATE OR REPLACE FUNCTION evaluation.improvement_seen(i evaluation.improvement, actor uuid, roles text[])
	RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN i.status IN ('planned', 'underway', 'adopted')
	OR cardinality(evaluation.improvement_parties(i, actor, roles)) > 0;

-- Each of the two is named to others only if they want it. The pair sees itself, and coordinators know it
-- unless they stand above one of the two.
CREATE OR REPLACE FUNCTION evaluation.improvement_json(i evaluation.improvement, viewer uuid, roles text[])
	RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', i.id,
		'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
			FROM matching.programme_view p WHERE p.programme_id = i.programme_id),
		'title', i.title, 'insight', i.insight, 'status', i.status,
		'owner', CASE WHEN i.owner_id IS NOT NULL THEN profiles.card_json(i.owner_id) END,
		'reach', i.reach, 'evidence', i.evidence,
		'pair_id', CASE WHEN x.inside THEN i.pair_id END, 'outcome_id', i.outcome_id,
		'mentor', CASE WHEN x.inside OR i.mentor_named THEN profiles.card_json(m.mentor_id) END,
		'mentee', CASE WHEN x.inside OR i.mentee_named THEN profiles.card_json(m.mentee_id) END,
		'named', CASE WHEN 'pair_member' = ANY (x.parties) THEN CASE viewer WHEN m.mentor_id
			THEN i.mentor_named ELSE i.mentee_named END END,
		'created_at', common.instant(i.created_at), 'updated_at', common.instant(i.updated_at),
		'version', i.version, 'can', array_to_json(common.actions('improvement', i.status, x.parties)),
		'links', json_build_object('self', '/api/v1/improvements/' || i.id,
			'programme', '/api/v1/programmes/' || i.programme_id))
	FROM (SELECT evaluation.improvement_parties(i, viewer, roles) AS parties) p
		LEFT JOIN matching.pair_member m ON m.pair_id = i.pair_id AND m.side = 'mentor'
		CROSS JOIN LATERAL (SELECT p.parties, 'pair_member' = ANY (p.parties)
			OR 'programme_admin' = ANY (p.parties)
				AND evaluation.impartial(viewer, m.mentor_id, m.mentee_id) AS inside) x);

GRANT EXECUTE ON FUNCTION evaluation.improvement_parties(evaluation.improvement, uuid, text[]),
	evaluation.improvement_seen(evaluation.improvement, uuid, text[]),
	evaluation.improvement_json(evaluation.improvement, uuid, text[]) TO upward_evaluation;
