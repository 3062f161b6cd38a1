-- What pages over ten thousand pairs look for, kept by the transactions that change it, so that they read
-- only the pairs that it holds of: the first date of the plan in force without a session, and pairs that have
-- begun and have no agreement yet.
LOCK TABLE matching.pair, scheduling.agreement, scheduling.plan, scheduling.session_count
	IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE scheduling.session_count ADD open_on date; -- of regular meetings; null: every date has a session

CREATE FUNCTION scheduling.first_open_date(pair uuid) RETURNS date
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT min(p.due_on) FROM scheduling.agreement a JOIN scheduling.plan p ON p.agreement_id = a.id
		WHERE a.pair_id = pair AND a.status = 'signed' AND p.session_id IS NULL);
END $$;

CREATE FUNCTION scheduling.count_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	new.open_on := scheduling.first_open_date(new.pair_id);
	RETURN new;
END $$;

-- The count is locked first: what another transaction has done to the plan meanwhile is seen only then.
CREATE FUNCTION scheduling.plan_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	pairs uuid[] := ARRAY(SELECT DISTINCT a.pair_id FROM new_rows p
		JOIN scheduling.agreement a ON a.id = p.agreement_id);
BEGIN
	PERFORM FROM scheduling.session_count c WHERE c.pair_id = ANY (pairs) AND c.kind = 'regular'
	ORDER BY c.pair_id FOR NO KEY UPDATE;
	UPDATE scheduling.session_count c SET open_on = u.open_on
	FROM (SELECT p AS pair_id, scheduling.first_open_date(p) AS open_on FROM unnest(pairs) p OFFSET 0) u
	WHERE c.pair_id = u.pair_id AND c.kind = 'regular' AND c.open_on IS DISTINCT FROM u.open_on;
	RETURN NULL;
END $$;

UPDATE scheduling.session_count c SET open_on = scheduling.first_open_date(c.pair_id)
WHERE c.kind = 'regular' AND EXISTS (SELECT FROM scheduling.agreement a
	WHERE a.pair_id = c.pair_id AND a.status = 'signed');
CREATE INDEX session_count_open ON scheduling.session_count (programme_id, open_on)
	WHERE kind = 'regular' AND open_on IS NOT NULL;

CREATE TABLE scheduling.unagreed (
	pair_id uuid CONSTRAINT unagreed_once PRIMARY KEY,
	programme_id uuid NOT NULL
);
CREATE INDEX unagreed_in ON scheduling.unagreed (programme_id);
COMMENT ON TABLE scheduling.unagreed IS 'unaudited: follows from pairs and agreements, which are audited';

-- A pair begins or ends; and its first agreement is proposed, from when on it always has one.
CREATE FUNCTION scheduling.pair_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.status = 'active' THEN
		INSERT INTO scheduling.unagreed (pair_id, programme_id)
		SELECT new.id, new.programme_id WHERE NOT EXISTS (SELECT FROM scheduling.agreement a
			WHERE a.pair_id = new.id)
		ON CONFLICT (pair_id) DO NOTHING;
	ELSIF new.status <> 'suspended' THEN
		DELETE FROM scheduling.unagreed u WHERE u.pair_id = new.id;
	END IF;
	RETURN NULL;
END $$;

CREATE FUNCTION scheduling.agreement_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM scheduling.unagreed u WHERE u.pair_id = new.pair_id;
	RETURN NULL;
END $$;

-- They stand here and not among the objects, which come a moment later: what the last release changes in
-- between is seen too.
DO $$
BEGIN
	CREATE TRIGGER count_begins BEFORE INSERT ON scheduling.session_count
		FOR EACH ROW WHEN (new.kind = 'regular') EXECUTE FUNCTION scheduling.count_begins();
	CREATE TRIGGER plan_made AFTER INSERT ON scheduling.plan REFERENCING NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION scheduling.plan_changed();
	CREATE TRIGGER plan_moved AFTER UPDATE ON scheduling.plan REFERENCING NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION scheduling.plan_changed();
	CREATE TRIGGER pair_unagreed AFTER INSERT OR UPDATE OF step ON matching.pair
		FOR EACH ROW WHEN (new.status <> 'proposed') EXECUTE FUNCTION scheduling.pair_begins();
	CREATE TRIGGER agreement_begins AFTER INSERT ON scheduling.agreement
		FOR EACH ROW EXECUTE FUNCTION scheduling.agreement_begins();
END $$;

INSERT INTO scheduling.unagreed (pair_id, programme_id)
SELECT p.id, p.programme_id FROM matching.pair p
WHERE (p.status = 'active' OR p.status = 'suspended' AND p.came_from = 'active')
	AND NOT EXISTS (SELECT FROM scheduling.agreement a WHERE a.pair_id = p.id);
