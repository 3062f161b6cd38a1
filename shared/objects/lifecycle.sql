-- Refuses a step that is not possible from a state, with the step's own problem and current_status; a step
-- that the noun does not have is a defect of the statement.
CREATE OR REPLACE FUNCTION common.refuse_step(noun text, step text, status text) RETURNS void
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

-- Sends the event of a step, if it has one; data goes with it.
CREATE OR REPLACE FUNCTION common.tell_step(noun text, step text, was text, subject uuid,
	data json DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO common.outbox (type, subject_id, data)
	SELECT s.event, subject, tell_step.data FROM common.step s
	WHERE s.noun = tell_step.noun AND s.name = tell_step.step AND s.from_status = coalesce(was, '')
		AND s.event IS NOT NULL;
END $$;

-- The actions open to one of these parties in a state, in the order of the contract; an action shared by
-- two steps is listed once.
CREATE OR REPLACE FUNCTION common.actions(noun text, status text, parties text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT s.action FROM common.step s
		WHERE s.noun = $1 AND s.from_status = $2 AND s.parties && $3 GROUP BY s.action ORDER BY min(s.place));
END $$;

-- Who requested the change; null for a job.
CREATE OR REPLACE FUNCTION common.actor() RETURNS uuid LANGUAGE sql STABLE
RETURN nullif(current_setting('app.actor', true), '')::uuid;

-- Who acts on behalf of the actor, as their delegate; null if the actor calls.
CREATE OR REPLACE FUNCTION common.delegate() RETURNS uuid LANGUAGE sql STABLE
RETURN nullif(current_setting('app.delegate', true), '')::uuid;

GRANT EXECUTE ON FUNCTION common.actor(), common.delegate(), common.refuse_step(text, text, text),
	common.tell_step(text, text, text, uuid, json), common.actions(text, text, text[])
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
