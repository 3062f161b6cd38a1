-- The objects of matching on the pages of others: by id and with the owner's rights, for upward_evaluation
-- reads no table here. Whether the actor may see the object is for the page to ask (matching.pair_member
-- and the other views). In plpgsql, whose plans are kept.
CREATE FUNCTION matching.programme_json(programme_id uuid, actor uuid, roles text[]) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.programme_json(p, $2, $3) FROM matching.programme p WHERE p.id = $1);
END $$;

CREATE FUNCTION matching.enrolment_json(enrolment_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.enrolment_json(e, $2) FROM matching.enrolment e WHERE e.id = $1);
END $$;

CREATE FUNCTION matching.round_json(round_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.round_json(r) FROM matching.round r WHERE r.id = $1);
END $$;

CREATE FUNCTION matching.shortlist_json(shortlist_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.shortlist_json(s, $2) FROM matching.shortlist s WHERE s.id = $1 AND s.status <> 'draft');
END $$;

CREATE FUNCTION matching.pair_json(pair_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.pair_json(p, $2) FROM matching.pair p WHERE p.id = $1);
END $$;

-- From the invitation to the pair: counts by role, in the funnel and on the programme's page.
CREATE FUNCTION matching.funnel_json(programme_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_agg(json_build_object('role', v.role,
			'invited', (SELECT count(*) FROM matching.enrolment e
				WHERE e.programme_id = $1 AND e.role = v.role AND e.ever_invited),
			'interested', (SELECT count(*) FROM matching.enrolment e
				WHERE e.programme_id = $1 AND e.role = v.role AND e.status = 'interested'),
			'enrolled', (SELECT count(*) FROM matching.enrolment e WHERE e.programme_id = $1
				AND e.role = v.role AND e.status IN ('enrolled', 'paused', 'completed')),
			'declined', (SELECT count(*) FROM matching.enrolment e
				WHERE e.programme_id = $1 AND e.role = v.role AND e.status = 'declined'),
			'paired', (SELECT count(DISTINCT CASE v.role WHEN 'mentor' THEN q.mentor_enrolment_id
					ELSE q.mentee_enrolment_id END) FROM matching.pair q
				WHERE q.programme_id = $1 AND q.status IN ('active', 'suspended', 'completed', 'ended'))))
		FROM (VALUES ('mentor'), ('mentee')) v (role));
END $$;

GRANT EXECUTE ON FUNCTION matching.programme_json(uuid, uuid, text[]), matching.enrolment_json(uuid, uuid),
	matching.round_json(uuid), matching.shortlist_json(uuid, uuid), matching.pair_json(uuid, uuid),
	matching.above_pair(uuid, uuid, uuid) TO upward_evaluation;
GRANT EXECUTE ON FUNCTION matching.above_pair(uuid, uuid, uuid) TO upward_scheduling;
GRANT EXECUTE ON FUNCTION matching.funnel_json(uuid) TO upward_matching, upward_evaluation;
