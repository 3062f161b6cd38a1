-- The status of a date of the plan, from the state of its session (null: none) and today's date.
CREATE OR REPLACE FUNCTION scheduling.date_status(session_status text, due_on date) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN session_status IN ('held', 'missed', 'unreported') THEN session_status
	WHEN session_status IS NOT NULL THEN 'booked' WHEN due_on < common.today() THEN 'overdue' ELSE 'open' END;

-- The plan in force: that of the signed version.
CREATE OR REPLACE VIEW scheduling.plan_view AS
SELECT a.pair_id, p.number, p.due_on, s.id AS session_id,
	scheduling.date_status(s.status, p.due_on) AS status, s.starts_at
FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id AND a.status = 'signed'
	LEFT JOIN scheduling.session s ON s.id = p.session_id;

-- Its dates, each with the start of the session that was held for it (null: none).
CREATE OR REPLACE VIEW scheduling.kept_date AS
SELECT a.pair_id, p.due_on, s.starts_at AS held_at
FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id AND a.status = 'signed'
	LEFT JOIN scheduling.session s ON s.id = p.session_id AND s.status = 'held';

-- Its dates without a session.
CREATE OR REPLACE VIEW scheduling.open_date AS
SELECT a.pair_id, p.due_on
FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id AND a.status = 'signed'
WHERE p.session_id IS NULL;

-- The expected sessions of one version, and what became of them.
CREATE OR REPLACE FUNCTION scheduling.plan_json(a scheduling.agreement) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('agreement_id', a.id, 'pair_id', a.pair_id, 'status', a.status,
			'expected', count(*), 'booked', count(*) FILTER (WHERE d.status = 'booked'),
			'held', count(*) FILTER (WHERE d.status = 'held'),
			'dates', coalesce(json_agg(json_build_object('number', d.number, 'due_on', d.due_on,
				'status', d.status,
				'session_id', d.session_id, 'starts_at', common.instant(d.starts_at), 'result', d.result)
				ORDER BY d.number), '[]'),
			'touchpoints', scheduling.plan_touchpoints_json(a.id),
			'links', json_build_object('self', '/api/v1/agreements/' || a.id || '/plan',
				'agreement', '/api/v1/agreements/' || a.id,
				'sessions', '/api/v1/sessions?pair_id=' || a.pair_id))
		FROM (SELECT p.number, p.due_on, p.result, s.id AS session_id, s.starts_at,
			date_status(s.status, p.due_on) AS status
			FROM scheduling.plan p LEFT JOIN scheduling.session s ON s.id = p.session_id
			WHERE p.agreement_id = a.id) d);
END $$;

CREATE OR REPLACE FUNCTION scheduling.plan_json(agreement_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.plan_json(a) FROM scheduling.agreement a WHERE a.id = $1);
END $$;

-- A new session takes the date of the plan for which a series booked it, or else the nearest open date.
CREATE OR REPLACE FUNCTION scheduling.take_date(s scheduling.session, agreement uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE scheduling.plan SET session_id = s.id, result = 'booked'
	WHERE agreement_id = agreement AND session_id IS NULL AND number = (SELECT p.number FROM scheduling.plan p
		WHERE p.agreement_id = agreement AND p.session_id IS NULL AND p.number = coalesce(s.planned, p.number)
		ORDER BY abs(p.due_on - (s.starts_at AT TIME ZONE 'UTC')::date), p.number LIMIT 1);
END;

GRANT SELECT ON scheduling.plan_view TO upward_scheduling, upward_evaluation;
GRANT SELECT ON scheduling.kept_date TO upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.date_status(text, date) TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.plan_json(scheduling.agreement) TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.plan_json(uuid) TO upward_evaluation;
