-- What-if rounds: what a round would bring under other rules. Nobody but the coordinators knows of them.

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

GRANT EXECUTE ON FUNCTION matching.forget_what_if() TO upward_matching;
