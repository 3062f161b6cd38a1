-- Statements of sessions. Wall-clock time becomes UTC in C; overlaps are refused by participant_free.

-- session_list: of the actor's pairs, by start.
-- unprepared
SELECT session_json(s, :actor) AS body, s.starts_at, s.id
FROM session s JOIN participant p ON p.session_id = s.id AND p.person_id = :actor
WHERE (:pair_id IS NULL OR s.pair_id = :pair_id)
	AND (:status IS NULL OR s.status = ANY (:status))
	AND (:starts_after IS NULL OR s.starts_at >= :starts_after)
	AND (:starts_before IS NULL OR s.starts_at < :starts_before)
	AND (:after_id IS NULL OR (s.starts_at, s.id) > (:after_starts_at, :after_id))
ORDER BY s.starts_at, s.id
LIMIT :limit + 1;

-- session_read: for the two of the pair.
SELECT session_json(s, :actor) AS body, s.version
FROM session s JOIN participant p ON p.session_id = s.id AND p.person_id = :actor
WHERE s.id = :session_id;

-- session_book(id uuid, pair_id uuid, actor uuid, starts timestamptz, minutes int, time_zone text, mode text,
-- place text, agenda text, kind text, propose bool): a meeting of an active pair; the triggers bind both
-- people. Before the agreement one short meeting to get to know each other; after it a meeting takes the
-- nearest date of the plan that is open.
WITH target AS (SELECT m.pair_id, m.status, a.id AS agreement_id,
			coalesce(:kind, CASE WHEN a.id IS NULL AND :minutes <= 30 THEN 'get_to_know' ELSE 'regular' END) AS kind
		FROM matching.pair_member m LEFT JOIN agreement a ON a.pair_id = m.pair_id AND a.status = 'signed'
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO session (id, pair_id, kind, status, starts_at, ends_at, time_zone, mode, place, agenda, booked_by)
		SELECT :id, t.pair_id, t.kind, CASE WHEN :propose THEN 'proposed' ELSE 'confirmed' END,
			:starts, :starts + make_interval(mins => :minutes), :time_zone, :mode, :place, :agenda, :actor
		FROM target t
		WHERE t.status = 'active' AND :starts > common.now()
			AND CASE t.kind WHEN 'regular' THEN t.agreement_id IS NOT NULL ELSE :minutes <= 30 END
		RETURNING id, pair_id, kind, starts_at),
	open AS (SELECT p.agreement_id, p.number, n.id FROM new n, target t JOIN plan p ON p.agreement_id = t.agreement_id
		WHERE n.kind = 'regular'
			AND NOT EXISTS (SELECT FROM session s WHERE s.id = p.session_id AND s.status <> 'cancelled')
		ORDER BY abs(p.due_on - (n.starts_at AT TIME ZONE 'UTC')::date), p.number LIMIT 1),
	planned AS (UPDATE plan p SET session_id = o.id, result = 'booked' FROM open o
		WHERE p.agreement_id = o.agreement_id AND p.number = o.number),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'session.booked', n.id, json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT t.status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.kind = 'regular' AND t.agreement_id IS NULL FROM target t) THEN common.refuse('agreement_missing')
	WHEN (SELECT t.kind = 'get_to_know' AND :minutes > 30 FROM target t) THEN
		common.refuse('unprocessable', '{"pointer": "/duration_minutes"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/starts_at"}') END;

-- session_change(session_id uuid, actor uuid, if_match bigint, starts timestamptz, minutes int, time_zone text,
-- body json): merge patch; a new time reschedules the same session.
WITH target AS (SELECT s AS was, s.id, s.version, s.status, s.kind, s.starts_at, s.ends_at
		FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
		WHERE s.id = :session_id AND m.person_id = :actor FOR NO KEY UPDATE OF s),
	moved AS (SELECT t.id, coalesce(:starts, t.starts_at) AS starts_at,
			coalesce(:starts, t.starts_at) + coalesce(make_interval(mins => :minutes), t.ends_at - t.starts_at) AS ends_at
		FROM target t),
	new AS (UPDATE session s SET (mode, place, agenda) = (
				SELECT n.mode, n.place, n.agenda FROM json_populate_record(t.was, :body) n),
			starts_at = m.starts_at, ends_at = m.ends_at, time_zone = coalesce(:time_zone, s.time_zone),
			sequence = s.sequence + 1, version = s.version + 1, updated_at = common.now()
		FROM target t, moved m
		WHERE s.id = t.id AND m.id = t.id AND t.version = :if_match AND t.status IN ('proposed', 'confirmed')
			AND t.starts_at > common.now() AND m.starts_at > common.now()
			AND NOT (t.kind = 'get_to_know' AND m.ends_at > m.starts_at + interval '30 minutes')
		RETURNING s.id, s.pair_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'session.changed', n.id, json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) NOT IN ('proposed', 'confirmed') THEN common.refuse('session_closed',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.starts_at <= common.now() FROM target t) THEN common.refuse('session_started')
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN (SELECT t.kind = 'get_to_know' AND m.ends_at > m.starts_at + interval '30 minutes' FROM target t, moved m)
		THEN common.refuse('unprocessable', '{"pointer": "/duration_minutes"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/starts_at"}') END;

-- session_confirmation: of a proposed one, by the other.
WITH target AS (SELECT s.id, s.status, s.booked_by, s.starts_at FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
		WHERE s.id = :session_id AND m.person_id = :actor FOR NO KEY UPDATE OF s),
	new AS (UPDATE session s SET status = 'confirmed', version = s.version + 1, updated_at = common.now(),
			sequence = s.sequence + 1
		FROM target t
		WHERE s.id = t.id AND t.status = 'proposed' AND t.booked_by IS DISTINCT FROM :actor AND t.starts_at > common.now()
		RETURNING s.id, s.pair_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'session.confirmed', n.id, json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status <> 'proposed' OR t.booked_by = :actor FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('session_started') END;

-- session_cancellation: before it begins; both calendars are free again.
WITH target AS (SELECT s.id, s.status, s.starts_at FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
		WHERE s.id = :session_id AND m.person_id = :actor FOR NO KEY UPDATE OF s),
	new AS (UPDATE session s SET status = 'cancelled', reason = :reason, sequence = s.sequence + 1,
			version = s.version + 1, updated_at = common.now()
		FROM target t WHERE s.id = t.id AND t.status IN ('proposed', 'confirmed') AND t.starts_at > common.now()
		RETURNING s.id, s.pair_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'session.cancelled', n.id, json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) NOT IN ('proposed', 'confirmed') THEN common.refuse('session_closed',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('session_started') END;

-- session_report: held or missed, once it has begun; held wins over missed.
WITH target AS (SELECT s.id, s.status, s.starts_at FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
		WHERE s.id = :session_id AND m.person_id = :actor FOR NO KEY UPDATE OF s),
	new AS (UPDATE session s SET status = :outcome, reported_by = :actor, reported_at = common.now(),
			version = s.version + 1, updated_at = common.now()
		FROM target t
		WHERE s.id = t.id AND t.starts_at <= common.now()
			AND (t.status IN ('confirmed', 'unreported') OR t.status = 'missed' AND :outcome = 'held')
		RETURNING s.id, s.status),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'session.' || status, id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) IN ('proposed', 'cancelled') THEN common.refuse('session_closed',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.starts_at > common.now() FROM target t) THEN common.refuse('session_not_started') END;

-- pair_sessions_cancel(event_id bigint, type text, subject_id uuid, data json): a pair that is not
-- active keeps no future sessions; one booked while that happened is caught by its own event.
WITH hit AS (SELECT s.id, m.status AS pair_status
		FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id AND m.side = 'mentor'
		WHERE CASE WHEN :type = 'session.booked' THEN s.id ELSE s.pair_id END = :subject_id
			AND s.status IN ('proposed', 'confirmed') AND s.starts_at > common.now() AND m.status <> 'active'
		FOR NO KEY UPDATE OF s),
	new AS (UPDATE session s SET status = 'cancelled', sequence = s.sequence + 1, version = s.version + 1,
			reason = CASE WHEN :data ->> 'reason' = 'programme_ended' THEN 'programme_ended'
				WHEN h.pair_status = 'suspended' THEN 'pair_suspended' ELSE 'pair_ended' END,
			updated_at = common.now()
		FROM hit h WHERE s.id = h.id RETURNING s.id, s.reason)
INSERT INTO common.outbox (type, subject_id, data)
SELECT 'session.cancelled', n.id, json_build_object('reason', n.reason, 'cause', :event_id) FROM new n;

-- session_history: of one session, from the booking on.
-- unprepared
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM participant p WHERE p.session_id = :session_id AND p.person_id = :actor)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('number', h.number, 'change', h.change, 'at', common.instant(h.at),
			'by', profiles.card_json(h.actor), 'was_starts_at', common.instant(h.was_starts_at),
			'was_ends_at', common.instant(h.was_ends_at), 'reason', h.reason) AS body, h.number
		FROM session_history h
		WHERE h.session_id = :session_id AND (:after_number IS NULL OR h.number > :after_number)
			AND t.missing IS NULL
		ORDER BY h.number
		LIMIT :limit + 1) l
ORDER BY l.number;

-- series_open(pair_id uuid, actor uuid): the dates of the plan in force that are still to be booked. No row: no
-- such pair; no agreement_id: none is signed; no number: nothing is open.
SELECT a.id AS agreement_id, d.number, d.due_on, extract(isodow FROM d.due_on)::int AS weekday, a.time_zone,
	a.channels[1] AS mode
FROM matching.pair_member m LEFT JOIN agreement a ON a.pair_id = m.pair_id AND a.status = 'signed'
	LEFT JOIN LATERAL (SELECT p.number, p.due_on FROM plan p
		WHERE p.agreement_id = a.id
			AND NOT EXISTS (SELECT FROM session s WHERE s.id = p.session_id AND s.status <> 'cancelled')) d ON true
WHERE m.pair_id = :pair_id AND m.person_id = :actor
ORDER BY d.number;

-- series_book(agreement_id uuid, actor uuid, ids uuid[], numbers int[], starts timestamptz[], time_zone text,
-- mode text, place text): each date for itself.
WITH target AS (SELECT a.id, a.status, m.status AS pair_status
		FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.person_id = :actor
		WHERE a.id = :agreement_id FOR NO KEY UPDATE OF a)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target t WHERE t.status = 'signed') THEN common.refuse('agreement_missing')
	WHEN (SELECT t.pair_status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.pair_status) FROM target t))
	ELSE book_series(:agreement_id, :actor, :ids, :numbers, :starts, :time_zone, :mode, :place) END;

-- plan_read: what a series answers with; a plan has the id of its agreement.
SELECT plan_json(a) AS body, a.version
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.person_id = :actor
WHERE a.id = :plan_id;
