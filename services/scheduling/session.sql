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
-- place text, agenda text): a meeting of an active pair; the triggers bind both people.
WITH target AS (SELECT m.pair_id, m.status FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO session (id, pair_id, starts_at, ends_at, time_zone, mode, place, agenda, booked_by)
		SELECT :id, t.pair_id, :starts, :starts + make_interval(mins => :minutes), :time_zone, :mode, :place, :agenda, :actor
		FROM target t WHERE t.status = 'active' AND :starts > common.now() RETURNING id, pair_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'session.booked', n.id, json_build_object('pair_id', n.pair_id) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT t.status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/starts_at"}') END;

-- session_change(session_id uuid, actor uuid, if_match bigint, starts timestamptz, minutes int, time_zone text,
-- body json): merge patch; a new time reschedules the same session.
WITH target AS (SELECT s AS was, s.id, s.version, s.status, s.starts_at, s.ends_at
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
		RETURNING s.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'session.changed', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) NOT IN ('proposed', 'confirmed') THEN common.refuse('session_closed',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.starts_at <= common.now() FROM target t) THEN common.refuse('session_started')
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/starts_at"}') END;

-- session_cancellation: before it begins; both calendars are free again.
WITH target AS (SELECT s.id, s.status, s.starts_at FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
		WHERE s.id = :session_id AND m.person_id = :actor FOR NO KEY UPDATE OF s),
	new AS (UPDATE session s SET status = 'cancelled', reason = :reason, sequence = s.sequence + 1,
			version = s.version + 1, updated_at = common.now()
		FROM target t WHERE s.id = t.id AND t.status IN ('proposed', 'confirmed') AND t.starts_at > common.now()
		RETURNING s.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'session.cancelled', id FROM new)
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
