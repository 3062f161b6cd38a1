-- Statements of sessions. C converts wall-clock time to UTC; participant_free refuses overlaps. The life
-- cycle and its effects are in objects/session.sql.

-- session_list: those of the actor's pairs, by start.
-- unprepared
-- updated_since: s.updated_at
SELECT session_json(s, :actor) AS body, s.starts_at, s.id
FROM session s JOIN participant p ON p.session_id = s.id AND p.person_id = :actor AND p.part = 0
WHERE (:pair_id IS NULL OR s.pair_id = :pair_id)
	AND (:status IS NULL OR s.status = ANY (:status))
	AND (:starts_after IS NULL OR s.starts_at >= :starts_after)
	AND (:starts_before IS NULL OR s.starts_at < :starts_before)
	AND (:after_id IS NULL OR CASE :order
		WHEN 'latest' THEN (s.starts_at, s.id) < (:after_starts_at, :after_id)
		ELSE (s.starts_at, s.id) > (:after_starts_at, :after_id) END)
ORDER BY CASE :order WHEN 'latest' THEN s.starts_at END DESC, CASE :order WHEN 'latest' THEN s.id END DESC,
	s.starts_at, s.id
LIMIT :limit + 1;

-- session_partners: the actor's active pairs, and what a booking of each needs.
-- unprepared
SELECT json_build_object('pair_id', m.pair_id, 'partner', profiles.card_json(m.partner_id),
		'time_zone', c.time_zone, 'partner_time_zone', o.time_zone,
		'agreement_signed', a.id IS NOT NULL,
		'open_dates', (SELECT count(*) FROM plan p WHERE p.agreement_id = a.id AND p.session_id IS NULL),
		'links', json_build_object('slots', '/api/v1/slots?pair_id=' || m.pair_id,
			'sessions', '/api/v1/sessions?pair_id=' || m.pair_id)) AS body, m.pair_id
FROM matching.pair_member m
	JOIN profiles.candidate c ON c.person_id = m.person_id
	JOIN profiles.candidate o ON o.person_id = m.partner_id
	LEFT JOIN agreement a ON a.pair_id = m.pair_id AND a.status = 'signed'
WHERE m.person_id = :actor AND m.status = 'active' AND (:after_pair_id IS NULL OR m.pair_id > :after_pair_id)
ORDER BY m.pair_id
LIMIT :limit + 1;

-- session_read: for the two partners.
SELECT session_json(s, :actor) AS body, s.version
FROM session s JOIN participant p ON p.session_id = s.id AND p.person_id = :actor AND p.part = 0
WHERE s.id = :session_id;

-- session_book(id uuid, pair_id uuid, actor uuid, starts timestamptz, minutes int, time_zone text, mode
-- text, place text, agenda text, kind text, propose bool, link text, utc_offset int): a session of an active
-- pair. Before the agreement, one short session to get to know each other; afterwards a session takes the
-- nearest open date of the plan.
INSERT INTO session (id, pair_id, kind, step, starts_at, ends_at, time_zone, utc_offset, mode, place, agenda,
	link, booked_by)
SELECT :id, :pair_id, b.kind, b.step, :starts, :starts + make_interval(mins => :minutes), :time_zone,
	:utc_offset, :mode, :place, :agenda, :link, :actor
FROM bookable(:pair_id, :actor, :kind, :starts, :minutes, :propose) b;

-- session_change(session_id uuid, actor uuid, starts timestamptz, minutes int, time_zone text, body json,
-- utc_offset int, reason text): merge patch; another time moves the same session, which is then proposed
-- again.
WITH new AS (UPDATE session s SET
			(mode, place, link, agenda) = (SELECT n.mode, n.place, n.link, n.agenda
				FROM json_populate_record(s, :body) n),
			starts_at = coalesce(:starts, s.starts_at),
			ends_at = coalesce(:starts, s.starts_at) + coalesce(make_interval(mins => :minutes),
				s.ends_at - s.starts_at),
			time_zone = coalesce(:time_zone, s.time_zone),
			utc_offset = CASE WHEN :starts IS NULL THEN s.utc_offset ELSE :utc_offset END,
			reason = :reason,
			step = CASE WHEN :starts <> s.starts_at
				OR make_interval(mins => :minutes) <> s.ends_at - s.starts_at
				THEN 'move' ELSE 'amendment' END
		FROM matching.pair_member m
		WHERE s.id = :session_id AND m.pair_id = s.pair_id AND m.person_id = :actor RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- session_confirmation: of a proposed session, by the partner who did not propose its time.
WITH new AS (UPDATE session s SET step = 'confirmation'
		FROM matching.pair_member m
		WHERE s.id = :session_id AND m.pair_id = s.pair_id AND m.person_id = :actor RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- session_reversion: back to the time that both had agreed on; the move is declined or withdrawn.
WITH new AS (UPDATE session s SET step = 'reversion'
		FROM matching.pair_member m
		WHERE s.id = :session_id AND m.pair_id = s.pair_id AND m.person_id = :actor RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- session_cancellation: before it begins; both calendars and the date of the plan are free again.
WITH new AS (UPDATE session s SET step = 'cancellation', reason = :reason FROM matching.pair_member m
		WHERE s.id = :session_id AND m.pair_id = s.pair_id AND m.person_id = :actor RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- session_report: held or missed, once it has begun; held takes precedence over missed, and repeating a
-- report changes nothing.
WITH new AS (UPDATE session s SET step = 'report_' || :outcome, reported_by = :actor,
	reported_at = common.now(), reason = :reason
		FROM matching.pair_member m
		WHERE s.id = :session_id AND m.pair_id = s.pair_id AND m.person_id = :actor
			AND s.status <> 'held' AND s.status <> :outcome)
SELECT common.found(count(*)) FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
WHERE s.id = :session_id AND m.person_id = :actor;

-- pair_sessions_cancel(event_id bigint, type text, subject_id uuid, data json): a pair that is not active
-- keeps no future sessions; a session booked at the same moment is cancelled by its own event.
UPDATE session s SET step = 'pair_end', reason = CASE WHEN :data ->> 'reason' = 'programme_ended'
	THEN 'programme_ended'
	WHEN m.status = 'suspended' THEN 'pair_suspended' ELSE 'pair_ended' END
FROM matching.pair_member m
WHERE (s.id = :subject_id AND :type = 'session.booked' OR s.pair_id = :subject_id
	AND :type <> 'session.booked')
	AND m.pair_id = s.pair_id AND m.side = 'mentor' AND m.status <> 'active' AND :event_id > 0
	AND s.status IN ('proposed', 'confirmed') AND s.starts_at > common.now();

-- session_history: of one session, from the booking on.
-- unprepared
-- updated_since: h.at
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM participant p
	WHERE p.session_id = :session_id AND p.person_id = :actor)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('number', h.number, 'change', h.change, 'at', common.instant(h.at),
			'by', profiles.card_json(h.actor), 'by_assistant', h.delegate IS NOT NULL,
			'assistant', CASE WHEN h.actor = :actor THEN profiles.card_json(h.delegate) END,
			'was_starts_at', common.instant(h.was_starts_at),
			'was_ends_at', common.instant(h.was_ends_at), 'reason', h.reason) AS body, h.number
		FROM session_history h
		WHERE h.session_id = :session_id AND (:after_number IS NULL OR h.number > :after_number)
			AND t.missing IS NULL
		ORDER BY h.number
		LIMIT :limit + 1) l
ORDER BY l.number;

-- series_open(pair_id uuid, actor uuid): the dates of the plan in force that are not yet booked. No row:
-- there is no such pair; no agreement_id: none is signed; no number: nothing is open.
SELECT a.id AS agreement_id, d.number, d.due_on, extract(isodow FROM d.due_on)::int AS weekday, a.time_zone,
	a.channels[1] AS mode
FROM matching.pair_member m LEFT JOIN agreement a ON a.pair_id = m.pair_id AND a.status = 'signed'
	LEFT JOIN LATERAL (SELECT p.number, p.due_on FROM plan p
		WHERE p.agreement_id = a.id AND p.session_id IS NULL) d ON true
WHERE m.pair_id = :pair_id AND m.person_id = :actor
ORDER BY d.number;

-- series_book(agreement_id uuid, actor uuid, ids uuid[], numbers int[], starts timestamptz[], time_zone
-- text, mode text, place text): books each date separately.
WITH target AS (SELECT a.id, a.status, m.status AS pair_status
		FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.person_id = :actor
		WHERE a.id = :agreement_id FOR NO KEY UPDATE OF a)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target t WHERE t.status = 'signed')
	THEN common.refuse('agreement_missing')
	WHEN (SELECT t.pair_status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.pair_status) FROM target t))
	ELSE book_series(:agreement_id, :actor, :ids, :numbers, :starts, :time_zone, :mode, :place) END;

-- series_note(ids uuid[], utc_offsets int[]): what the starts of a series were computed with.
UPDATE session s SET utc_offset = n.utc_offset FROM unnest(:ids, :utc_offsets) n (id, utc_offset)
WHERE s.id = n.id;

-- session_restore(pair_id uuid, actor uuid): the sessions that the pair lost while it was on hold.
SELECT restore_sessions(:pair_id, :actor);

-- restoration_read: what became of each; a restoration has the id of its pair.
SELECT restoration_json(m.pair_id) AS body, 1 AS version
FROM matching.pair_member m WHERE m.pair_id = :restoration_id AND m.person_id = :actor;

-- plan_read: the response to a series; a plan has the id of its agreement.
SELECT plan_json(a) AS body, a.version
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.person_id = :actor
WHERE a.id = :plan_id;
