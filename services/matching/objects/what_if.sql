-- What-if rounds: what a round would bring under other rules. Nobody but the coordinators knows of them.

-- A policy with changes: those members that `changes` names (PolicyChanges in api/matching/round.yaml).
CREATE OR REPLACE FUNCTION matching.changed_rules(rules json, changes json) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT (c.rules || jsonb_build_object('points', matching.points_of(c.rules -> 'weights')))::json
	FROM (SELECT rules::jsonb
	|| (changes::jsonb - 'weights' - 'min_level_gap' - 'line_distance' - 'skills_only')
	|| jsonb_build_object('weights', rules::jsonb -> 'weights' || coalesce(changes::jsonb -> 'weights', '{}'),
		'min_level_gap', CASE WHEN (changes ->> 'skills_only')::boolean THEN NULL
			WHEN changes -> 'min_level_gap' IS NOT NULL THEN (changes ->> 'min_level_gap')::int
			WHEN NOT (changes ->> 'skills_only')::boolean THEN coalesce((rules ->> 'min_level_gap')::int, 1)
			ELSE (rules ->> 'min_level_gap')::int END,
		'line_distance', CASE WHEN changes -> 'line_distance' IS NULL THEN (rules ->> 'line_distance')::int
			WHEN changes ->> 'line_distance' <> 'any' THEN (changes ->> 'line_distance')::int END,
		'ample_half_hours', greatest((rules ->> 'ample_half_hours')::int,
			(changes ->> 'common_half_hours')::int)) AS rules) c);

-- The member of changed rules with which no round can run; null: it can. Something must count.
CREATE OR REPLACE FUNCTION matching.rules_fault(rules json) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN (SELECT sum(w.value::int) FROM json_each_text(rules -> 'weights') w) = 0
	THEN '/weights' END;

-- Deletes what-if rounds that are kept no longer, a part of one at a time: its lists, then the rest of it.
-- True if there was something to do.
CREATE OR REPLACE FUNCTION matching.forget_what_if() RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	old uuid := (SELECT r.id FROM round r WHERE r.what_if AND kept_until(r) <= common.now()
		ORDER BY r.updated_at LIMIT 1 FOR UPDATE SKIP LOCKED);
	lists uuid[] := ARRAY(SELECT s.id FROM shortlist s WHERE s.round_id = old LIMIT 5 * batch());
BEGIN
	DELETE FROM shortlist_entry x WHERE x.shortlist_id = ANY (lists);
	DELETE FROM shortlist s WHERE s.id = ANY (lists);
	IF old IS NULL OR cardinality(lists) > 0 THEN
		RETURN old IS NOT NULL;
	END IF;
	DELETE FROM round_want w WHERE w.round_id = old;
	DELETE FROM round_unmatched u WHERE u.round_id = old;
	DELETE FROM round_mentor m WHERE m.round_id = old;
	DELETE FROM round r WHERE r.id = old;
	RETURN true;
END $$;

GRANT EXECUTE ON FUNCTION matching.changed_rules(json, json), matching.rules_fault(json),
	matching.forget_what_if() TO upward_matching;
