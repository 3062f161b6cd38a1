-- Check-ins of a pair between its sessions.

-- The days between two dates on which the two check in, in the middle between sessions of the same rhythm.
CREATE OR REPLACE FUNCTION scheduling.touchpoint_dates(cadence text, starts_on date, ends_on date)
	RETURNS SETOF date
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT d.day FROM generate_series(0, 366) n, LATERAL (SELECT CASE cadence
			WHEN 'weekly' THEN starts_on + 3 + 7 * n
			WHEN 'fortnightly' THEN starts_on + 7 + 14 * n
			ELSE (starts_on + make_interval(months => n))::date + 14 END AS day) d
	WHERE d.day <= ends_on
	ORDER BY d.day
$$;

-- A version of an agreement was signed: its check-ins up to its last session, and no longer those of the
-- version before.
CREATE OR REPLACE FUNCTION scheduling.plan_touchpoints(a scheduling.agreement) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE scheduling.touchpoint t SET step = 'supersession'
	WHERE t.pair_id = a.pair_id AND t.status = 'due' AND t.agreement_id IS NOT NULL;
	INSERT INTO scheduling.touchpoint (id, pair_id, agreement_id, number, due_on, channel, step)
	SELECT gen_random_uuid(), a.pair_id, a.id, d.number, d.due_on, a.touchpoint_channel, 'planning'
	FROM scheduling.touchpoint_dates(a.touchpoint_cadence, a.starts_on,
			(SELECT max(c.day) FROM scheduling.cadence_dates(a.cadence, a.starts_on) c (day)))
		WITH ORDINALITY AS d (due_on, number)
	WHERE a.touchpoint_cadence IS NOT NULL;
END;

CREATE OR REPLACE FUNCTION scheduling.touchpoint_json(t scheduling.touchpoint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', t.id, 'pair_id', t.pair_id, 'agreement_id', t.agreement_id,
	'number', t.number, 'due_on', t.due_on, 'channel', t.channel, 'status', t.status,
	'overdue', t.status = 'due' AND t.due_on < common.today(),
	'created_at', common.instant(t.created_at), 'updated_at', common.instant(t.updated_at),
	'version', t.version,
	'can', CASE WHEN (SELECT m.status FROM matching.pair_member m WHERE m.pair_id = t.pair_id
			AND m.side = 'mentor') = 'active'
		THEN array_to_json(common.actions('touchpoint', t.status, '{pair_member}')) ELSE '[]' END,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/touchpoints/' || t.id,
		'pair', '/api/v1/pairs/' || t.pair_id, 'agreement', '/api/v1/agreements/' || t.agreement_id)));

-- The check-ins of one version, for its plan.
CREATE OR REPLACE FUNCTION scheduling.plan_touchpoints_json(agreement uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(json_agg(json_build_object('id', t.id, 'number', t.number, 'due_on', t.due_on,
		'channel', t.channel, 'status', t.status) ORDER BY t.number), '[]')
	FROM scheduling.touchpoint t WHERE t.agreement_id = agreement);

-- Adds one by hand. The pair's lock on its agreement is not needed: nothing is counted but these.
CREATE OR REPLACE FUNCTION scheduling.add_touchpoint(touchpoint uuid, pair uuid, actor uuid, day date,
	channel text, done boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM matching.pair_member m WHERE m.pair_id = pair AND m.person_id = actor) THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/pair_id"}');
	END IF;
	PERFORM scheduling.pair_is_active(pair);
	IF NOT done AND day < common.today() THEN
		PERFORM common.refuse('in_the_past', '{"pointer": "/due_on"}');
	ELSIF done AND day > common.today() + 1 THEN -- it may be tomorrow already where they are
		PERFORM common.refuse('unprocessable', '{"pointer": "/due_on"}');
	ELSIF (SELECT count(*) FROM scheduling.touchpoint t WHERE t.pair_id = pair AND t.agreement_id IS NULL
		AND t.status = 'due') >= 50 THEN
		PERFORM common.refuse('too_many_touchpoints', '{"pointer": "/pair_id"}');
	END IF;
	INSERT INTO scheduling.touchpoint (id, pair_id, due_on, channel, step)
	VALUES (touchpoint, pair, day, channel, CASE WHEN done THEN 'record' ELSE 'creation' END);
END $$;

-- Takes a step with one of the pair's check-ins; the pair must be active.
CREATE OR REPLACE FUNCTION scheduling.touchpoint_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step IN ('completion', 'skip') THEN
		PERFORM scheduling.pair_is_active(new.pair_id);
	END IF;
	RETURN new;
END $$;

-- The last check-in that has passed without a word, of each active pair, for each of the two.
CREATE OR REPLACE VIEW scheduling.touchpoint_task AS
SELECT m.person_id, m.programme_id, 'record_touchpoint' AS kind, (t.due_on + 1)::timestamp AT TIME ZONE 'UTC'
	AS since, t.due_on::timestamp AT TIME ZONE 'UTC' AS due_at, m.pair_id, m.partner_id, m.mentee_id,
	m.mentor_id, t.id AS object_id, NULL::text AS reason, NULL::json AS numbers
FROM scheduling.touchpoint t JOIN matching.pair_member m ON m.pair_id = t.pair_id AND m.status = 'active'
WHERE t.status = 'due' AND t.due_on < common.today()
	AND NOT EXISTS (SELECT FROM scheduling.touchpoint n WHERE n.pair_id = t.pair_id AND n.status = 'due'
		AND n.due_on < common.today() AND (n.due_on, n.id) > (t.due_on, t.id));

GRANT EXECUTE ON FUNCTION scheduling.touchpoint_dates(text, date, date),
	scheduling.plan_touchpoints(scheduling.agreement), scheduling.touchpoint_json(scheduling.touchpoint),
	scheduling.plan_touchpoints_json(uuid),
	scheduling.add_touchpoint(uuid, uuid, uuid, date, text, boolean) TO upward_scheduling;

CREATE OR REPLACE TRIGGER touchpoint_guard BEFORE INSERT OR UPDATE OF step ON scheduling.touchpoint
	FOR EACH ROW EXECUTE FUNCTION scheduling.touchpoint_guard();
