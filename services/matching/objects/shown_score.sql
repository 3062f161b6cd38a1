-- What is shown of the score of two people.

-- The parts of the score of two that are not shown to a viewer. What a test found counts in rounds of a
-- programme with skill checks, and is for the learner alone: there nobody else sees what being taught counts
-- for, whoever the two are, as the points would tell. Interests and ways of meeting show as the people do.
CREATE OR REPLACE FUNCTION matching.withheld_parts(rules json, viewer uuid, roles text[], mentor uuid,
	mentee uuid) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one text[] := profiles.seen_fields(viewer, roles, mentor);
	other text[] := profiles.seen_fields(viewer, roles, mentee);
	checks boolean := coalesce((rules ->> 'skill_checks')::boolean, false);
BEGIN
	RETURN ARRAY(SELECT f FROM unnest('{channels,interests}'::text[]) f
			WHERE (f = ANY (one) AND f = ANY (other)) IS NOT TRUE)
		|| CASE WHEN checks AND viewer <> mentee THEN '{need}' ELSE '{}' END::text[]
		|| CASE WHEN checks AND viewer <> mentor THEN '{exchange}' ELSE '{}' END::text[];
END $$;

-- The parts without those, and what they add up to: a score of more would tell the rest.
CREATE OR REPLACE FUNCTION matching.shown_score(parts json, withheld text[], OUT parts_shown json,
	OUT score int)
LANGUAGE sql IMMUTABLE
RETURN (SELECT ROW(coalesce(json_object_agg(c.key, c.value::int), '{}'), coalesce(sum(c.value::int), 0)::int)
	FROM json_each_text(parts) c WHERE c.key <> ALL (withheld));

-- The mentors on a list of a round as its coordinators see them.
CREATE OR REPLACE FUNCTION matching.entries_json(s matching.shortlist, viewer uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	rules json := matching.round_rules(s.round_id);
BEGIN
	RETURN (SELECT coalesce(json_agg(json_build_object('mentor', profiles.card_json(x.mentor_id),
			'rank', x.rank, 'score', d.score, 'parts', d.parts_shown) ORDER BY x.rank), '[]')
		FROM matching.shortlist_entry x CROSS JOIN LATERAL matching.shown_score(x.reasons -> 'parts',
			matching.withheld_parts(rules, viewer, '{programme_admin}', x.mentor_id, s.mentee_id)) d
		WHERE x.shortlist_id = s.id);
END $$;

-- What such a list is worth; null if that would tell a part that is not shown.
CREATE OR REPLACE FUNCTION matching.shown_worth(s matching.shortlist, viewer uuid) RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	rules json := matching.round_rules(s.round_id);
BEGIN
	RETURN CASE WHEN NOT EXISTS (SELECT FROM matching.shortlist_entry x
		WHERE x.shortlist_id = s.id AND matching.points_most(rules)::jsonb
			?| matching.withheld_parts(rules, viewer, '{programme_admin}', x.mentor_id, s.mentee_id))
		THEN matching.points(s.worth) END;
END $$;

GRANT EXECUTE ON FUNCTION matching.withheld_parts(json, uuid, text[], uuid, uuid),
	matching.shown_score(json, text[]), matching.entries_json(matching.shortlist, uuid),
	matching.shown_worth(matching.shortlist, uuid) TO upward_matching;
