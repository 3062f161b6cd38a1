-- Reporting lines and standing (manager, level, age band, status): the rules of profiles itself. Matching
-- adds its own triggers for what a change of standing means for pairs.

-- Before a change of standing: takes the reporting-line lock, exclusive until the end of the transaction.
CREATE OR REPLACE FUNCTION profiles.lock_reporting_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'isolation' USING ERRCODE = '25000'; -- an older snapshot would check the past
	END IF;
	PERFORM pg_advisory_xact_lock(7, 1);
	RETURN new;
END $$;

-- Refuses reporting lines that contain a cycle.
CREATE OR REPLACE FUNCTION profiles.refuse_cycle() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'reporting lines form a circle' USING ERRCODE = '23514', SCHEMA = 'profiles',
		TABLE = 'person', CONSTRAINT = 'person_line_no_cycle';
END $$;

-- Whether the current reporting lines of these people end at a top. Many people are checked in one pass
-- from the tops down, planned afresh each time (EXECUTE): a person who is not reached is in a cycle.
CREATE OR REPLACE FUNCTION profiles.lines_end(people uuid[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one uuid;
	sound boolean := true;
BEGIN
	IF cardinality(people) > 50 THEN
		EXECUTE 'WITH RECURSIVE line (id) AS (
				SELECT unnest($1)
				UNION
				SELECT p.manager_id FROM line l JOIN profiles.person p ON p.id = l.id
					WHERE p.manager_id IS NOT NULL),
			edge AS MATERIALIZED (SELECT p.id, p.manager_id FROM line l
				JOIN profiles.person p ON p.id = l.id),
			reached (id) AS (
				SELECT e.id FROM edge e WHERE e.manager_id IS NULL
				UNION ALL
				SELECT e.id FROM reached r JOIN edge e ON e.manager_id = r.id)
			SELECT (SELECT count(*) FROM reached) = (SELECT count(*) FROM edge)' INTO sound USING people;
		RETURN sound;
	END IF;
	FOREACH one IN ARRAY people LOOP
		IF EXISTS (WITH RECURSIVE line (id) AS (
				SELECT p.manager_id FROM profiles.person p WHERE p.id = one
				UNION
				SELECT p.manager_id FROM line l JOIN profiles.person p ON p.id = l.id)
			SELECT FROM line WHERE id = one) THEN
			RETURN false;
		END IF;
	END LOOP;
	RETURN true;
END $$;

-- After people changed: no cycles. For more than one person the query over both transition tables is
-- planned afresh (EXECUTE): a plan cached for a one-row update would join a bulk update with nested loops.
CREATE OR REPLACE FUNCTION profiles.line_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	moved uuid[];
BEGIN
	IF (SELECT count(*) FROM new_rows) = 1 THEN
		SELECT ARRAY[n.id] INTO moved FROM new_rows n, old_rows o
		WHERE n.manager_id IS NOT NULL AND n.manager_id IS DISTINCT FROM o.manager_id;
	ELSE
		EXECUTE 'SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o ON o.id = n.id
			WHERE n.manager_id IS NOT NULL AND n.manager_id IS DISTINCT FROM o.manager_id' INTO moved;
	END IF;
	IF moved IS NOT NULL AND NOT profiles.lines_end(moved) THEN
		PERFORM profiles.refuse_cycle();
	END IF;
	RETURN NULL;
END $$;

-- After people were added: no cycles within one insert.
CREATE OR REPLACE FUNCTION profiles.line_arrived() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	arrived bigint;
	reached_ bigint;
BEGIN
	SELECT count(*) INTO arrived FROM new_rows;
	IF arrived > 1 THEN
		EXECUTE 'WITH RECURSIVE reached (id) AS (
				SELECT n.id FROM new_rows n WHERE n.manager_id IS NULL
					OR NOT EXISTS (SELECT FROM new_rows m WHERE m.id = n.manager_id)
				UNION ALL
				SELECT n.id FROM reached r JOIN new_rows n ON n.manager_id = r.id)
			SELECT count(*) FROM reached' INTO reached_;
		IF reached_ <> arrived THEN
			PERFORM profiles.refuse_cycle();
		END IF;
	END IF;
	RETURN NULL;
END $$;

-- After people were added: whoever waited for one of them as manager has one now. The plan is kept, and may
-- have been made when there was nobody yet, or for one person: it is to go by index, and to join by hash.
CREATE OR REPLACE FUNCTION profiles.managers_arrived() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET enable_nestloop = off AS $$
BEGIN
	IF EXISTS (SELECT FROM profiles.person p WHERE p.manager_external_id IS NOT NULL) THEN
		WITH found AS (UPDATE profiles.person p SET manager_id = n.id, manager_external_id = NULL,
					version = p.version + 1, updated_at = common.now()
				FROM new_rows n
				WHERE lower(p.manager_external_id COLLATE "C") = lower(n.external_id COLLATE "C")
					AND p.manager_id IS NULL AND p.id <> n.id RETURNING p.id)
		INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["manager_id"]}' FROM found f;
	END IF;
	RETURN NULL;
END $$;

-- After a person was given another key: whoever waited for it has a manager now.
CREATE OR REPLACE FUNCTION profiles.manager_renumbered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	WITH found AS (UPDATE profiles.person p SET manager_id = new.id, manager_external_id = NULL,
				version = p.version + 1, updated_at = common.now()
			WHERE lower(p.manager_external_id COLLATE "C") = lower(new.external_id COLLATE "C")
				AND p.manager_id IS NULL AND p.id <> new.id RETURNING p.id)
	INSERT INTO common.outbox (type, subject_id, data)
	SELECT 'person.updated', f.id, '{"changed": ["manager_id"]}' FROM found f;
	RETURN NULL;
END $$;

-- Triggers of the same kind fire in order of name: lines are checked before matching's standing_changed
-- follows them.
CREATE OR REPLACE TRIGGER lock_reporting_lines BEFORE UPDATE ON profiles.person FOR EACH ROW
	WHEN ((old.manager_id, old.manager_external_id, old.level, old.status)
		IS DISTINCT FROM (new.manager_id, new.manager_external_id, new.level, new.status))
	EXECUTE FUNCTION profiles.lock_reporting_lines();
CREATE OR REPLACE TRIGGER line_changed AFTER UPDATE ON profiles.person
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.line_changed();
CREATE OR REPLACE TRIGGER line_arrived AFTER INSERT ON profiles.person REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.line_arrived();
CREATE OR REPLACE TRIGGER manager_renumbered AFTER UPDATE OF external_id ON profiles.person FOR EACH ROW
	WHEN (new.external_id IS DISTINCT FROM old.external_id AND new.external_id IS NOT NULL)
	EXECUTE FUNCTION profiles.manager_renumbered();
CREATE OR REPLACE TRIGGER managers_arrived AFTER INSERT ON profiles.person REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.managers_arrived();
