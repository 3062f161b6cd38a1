-- What a date of the plan is, by the state of the meeting that takes it (null: none) and by today.
CREATE OR REPLACE FUNCTION scheduling.date_status(session_status text, due_on date) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN session_status IN ('held', 'missed', 'unreported') THEN session_status
	WHEN session_status IS NOT NULL THEN 'booked' WHEN due_on < common.today() THEN 'overdue' ELSE 'open' END;

-- The plan in force: of the signed version.
CREATE OR REPLACE VIEW scheduling.plan_view AS
SELECT a.pair_id, p.number, p.due_on, s.id AS session_id, scheduling.date_status(s.status, p.due_on) AS status
FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id AND a.status = 'signed'
	LEFT JOIN scheduling.session s ON s.id = p.session_id;

-- The expected sessions of one version against what became of them.
CREATE OR REPLACE FUNCTION scheduling.plan_json(a scheduling.agreement) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('agreement_id', a.id, 'pair_id', a.pair_id, 'status', a.status,
			'expected', count(*), 'booked', count(*) FILTER (WHERE d.status = 'booked'),
			'held', count(*) FILTER (WHERE d.status = 'held'),
			'dates', coalesce(json_agg(json_build_object('number', d.number, 'due_on', d.due_on, 'status', d.status,
				'session_id', d.session_id, 'starts_at', common.instant(d.starts_at), 'result', d.result)
				ORDER BY d.number), '[]'),
			'links', json_build_object('self', '/api/v1/agreements/' || a.id || '/plan',
				'agreement', '/api/v1/agreements/' || a.id, 'sessions', '/api/v1/sessions?pair_id=' || a.pair_id))
		FROM (SELECT p.number, p.due_on, p.result, s.id AS session_id, s.starts_at, date_status(s.status, p.due_on) AS status
			FROM scheduling.plan p LEFT JOIN scheduling.session s ON s.id = p.session_id
			WHERE p.agreement_id = a.id) d);
END $$;

CREATE OR REPLACE FUNCTION scheduling.plan_json(agreement_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.plan_json(a) FROM scheduling.agreement a WHERE a.id = $1);
END $$;

-- Where the plan in force of a pair stands: dates without a meeting, and meetings (but for the one to get to know
-- each other).
CREATE OR REPLACE VIEW scheduling.plan_state AS
SELECT a.pair_id, a.id AS agreement_id, a.signed_at, d.open_on, s.any, coalesce(s.ahead, false) AS ahead,
	coalesce(s.silent, false) AS silent
FROM scheduling.agreement a
	LEFT JOIN scheduling.session_count c ON c.pair_id = a.pair_id
	LEFT JOIN scheduling.session g ON g.pair_id = a.pair_id AND g.kind = 'get_to_know' AND g.status NOT IN ('cancelled', 'missed')
	CROSS JOIN LATERAL (SELECT min(p.due_on) AS open_on FROM scheduling.plan p
		WHERE p.agreement_id = a.id AND p.session_id IS NULL) d
	CROSS JOIN LATERAL (SELECT c.open > coalesce(g.status IN ('proposed', 'confirmed'), false)::int AS ahead,
		c.unreported > coalesce(g.status = 'unreported', false)::int AS silent,
		EXISTS (SELECT FROM scheduling.session x
			WHERE x.pair_id = a.pair_id AND x.kind = 'regular' AND x.status <> 'cancelled') AS any) s
WHERE a.status = 'signed';

-- A new meeting takes the date of the plan that a series booked it for, or else the nearest that is open.
CREATE OR REPLACE FUNCTION scheduling.take_date(s scheduling.session, agreement uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE scheduling.plan SET session_id = s.id, result = 'booked'
	WHERE agreement_id = agreement AND session_id IS NULL AND number = (SELECT p.number FROM scheduling.plan p
		WHERE p.agreement_id = agreement AND p.session_id IS NULL AND p.number = coalesce(s.planned, p.number)
		ORDER BY abs(p.due_on - (s.starts_at AT TIME ZONE 'UTC')::date), p.number LIMIT 1);
END;

GRANT SELECT ON scheduling.plan_view TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.date_status(text, date) TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.plan_json(scheduling.agreement) TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.plan_json(uuid) TO upward_evaluation;
