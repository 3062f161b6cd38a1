-- Life cycles. A table whose rows live has the columns status, step and came_from; a statement names the
-- step (UPDATE pair SET step = 'dissolution' …), and the trigger that attach_lifecycle() puts on the table
-- looks up in common.step where it leads. Nothing else sets a status. A trigger that listens to a change of
-- status listens to UPDATE OF step: PostgreSQL fires UPDATE OF for the columns that a statement names, not
-- for those that a trigger sets.

-- Every step of every noun, from x-lifecycle in the contract; upward-migrate replaces the rows.
CREATE TABLE common.step (
	noun text NOT NULL,
	name text NOT NULL,
	from_status text NOT NULL,      -- '' where the life begins
	to_status text,                 -- null: back to where the step before came from
	ends boolean NOT NULL,          -- no step leads on from to_status
	parties text[] NOT NULL,        -- who may take it; the statement judges who is what
	event text,                     -- null: nobody is told
	action text NOT NULL,           -- the last word of the operation that takes it, as `can` names it
	refusal text NOT NULL,          -- the problem of who takes it in another state
	place int NOT NULL,             -- order in the contract
	CONSTRAINT step_once PRIMARY KEY (noun, name, from_status)
);
CREATE INDEX step_open ON common.step (noun, from_status);
GRANT SELECT ON common.step TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Refuses a step that does not lead on from a state: with the step's own problem, which bears
-- current_status; a step that the noun does not have is a defect of the statement.
CREATE FUNCTION common.refuse_step(noun text, step text, status text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	refusal text := (SELECT s.refusal FROM common.step s WHERE s.noun = $1 AND s.name = $2 LIMIT 1);
BEGIN
	IF refusal IS NULL THEN
		RAISE EXCEPTION 'a % has no step %', noun, step
			USING ERRCODE = '23514', CONSTRAINT = 'step_known', SCHEMA = 'common', TABLE = 'step';
	END IF;
	PERFORM common.refuse(refusal, json_build_object('current_status', status));
END $$;

-- BEFORE INSERT OR UPDATE OF step; its argument is the noun. Sets the status, the state it came from (a step
-- that stays in its state leaves that alone), version and updated_at; ended_at with a second argument.
CREATE FUNCTION common.take_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	was text := CASE tg_op WHEN 'UPDATE' THEN old.status ELSE '' END;
	s common.step;
BEGIN
	SELECT * INTO s FROM common.step x
	WHERE x.noun = tg_argv[0] AND x.name = new.step AND x.from_status = was;
	IF NOT FOUND THEN
		PERFORM common.refuse_step(tg_argv[0], new.step, was);
	END IF;
	IF tg_op = 'INSERT' THEN
		IF new.status IS NOT NULL AND new.status <> s.to_status THEN
			RAISE EXCEPTION 'a status is set by its step' USING ERRCODE = '23514',
				CONSTRAINT = 'status_by_step', SCHEMA = tg_table_schema, TABLE = tg_table_name;
		END IF;
		new.status := s.to_status;
		RETURN new;
	END IF;
	new.status := coalesce(s.to_status, old.came_from);
	IF new.status <> was THEN
		new.came_from := was;
	END IF;
	new.version := old.version + 1;
	new.updated_at := common.now();
	IF s.ends AND tg_nargs > 1 THEN
		new.ended_at := common.now();
	END IF;
	RETURN new;
END $$;

-- BEFORE UPDATE OF status: nobody sets one by hand.
CREATE FUNCTION common.refuse_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a status is set by its step' USING ERRCODE = '23514',
		CONSTRAINT = 'status_by_step', SCHEMA = tg_table_schema, TABLE = tg_table_name;
END $$;

-- Gives a table its life cycle. The triggers' names sort before all others, so that those see the new status.
CREATE FUNCTION common.attach_lifecycle(lives regclass, noun text, has_end boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER _step BEFORE INSERT OR UPDATE OF step ON %s
		FOR EACH ROW EXECUTE FUNCTION common.take_step(%s)', lives,
		CASE WHEN has_end THEN format('%L, %L', noun, 'ended_at') ELSE quote_literal(noun) END);
	EXECUTE format('CREATE TRIGGER _status BEFORE UPDATE OF status ON %s
		FOR EACH ROW EXECUTE FUNCTION common.refuse_status()', lives);
END $$;

-- Tells others of a step that was taken, where its event has a name; data goes with it.
CREATE FUNCTION common.tell_step(noun text, step text, was text, subject uuid, data json DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO common.outbox (type, subject_id, data)
	SELECT s.event, subject, tell_step.data FROM common.step s
	WHERE s.noun = tell_step.noun AND s.name = tell_step.step AND s.from_status = coalesce(was, '')
		AND s.event IS NOT NULL;
END $$;

-- The actions that are open to one of these parties in a state, in the order of the contract; one that two steps
-- share is named once.
CREATE FUNCTION common.actions(noun text, status text, parties text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT s.action FROM common.step s
		WHERE s.noun = $1 AND s.from_status = $2 AND s.parties && $3 GROUP BY s.action ORDER BY min(s.place));
END $$;

-- The end of a statement that steps on the caller's object: there was one, or it is not there for the caller.
CREATE FUNCTION common.found(rows bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	IF rows = 0 THEN
		PERFORM common.refuse('not_found');
	END IF;
END $$;

-- Who asked for the change; null for a job.
CREATE FUNCTION common.actor() RETURNS uuid LANGUAGE sql STABLE
RETURN nullif(current_setting('app.actor', true), '')::uuid;

GRANT EXECUTE ON FUNCTION common.actor(), common.refuse_step(text, text, text), common.tell_step(text, text, text, uuid, json),
	common.actions(text, text, text[]), common.found(bigint)
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
