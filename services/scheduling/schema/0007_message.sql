-- Reminders that a coordinator sends. They hold no words of anybody: what waits says itself.

-- about: what is waited for. Of one pair or shortlist, or of all of the programme. found: whom it waits for;
-- reminded: who was told, for nobody is told of the same thing twice a day.
CREATE TABLE scheduling.message (
	id uuid CONSTRAINT message_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	about text NOT NULL CONSTRAINT message_about CHECK (about IN ('pick', 'answer', 'agreement', 'sessions', 'report')),
	pair_id uuid,
	shortlist_id uuid CONSTRAINT message_one_subject CHECK (num_nonnulls(pair_id, shortlist_id) <= 1),
	preview boolean NOT NULL DEFAULT false,
	found int NOT NULL,
	reminded int NOT NULL CONSTRAINT message_reminded CHECK (reminded <= found),
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX message_newest ON scheduling.message (programme_id, created_at DESC, id DESC);
GRANT SELECT, INSERT ON scheduling.message TO upward_scheduling;

-- Whom something waits for in a programme. Pairs in which the actor takes part or stands above one of the two are
-- left out where that would tell how the pair is doing: of missing dates and of meetings without a word.
CREATE FUNCTION scheduling.waiting_for(about text, programme uuid, actor uuid)
RETURNS TABLE (person_id uuid, kind text, subject text, subject_id uuid, due_at timestamptz, data json, pair_id uuid,
	shortlist_id uuid)
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH waits AS (
		SELECT s.mentee_id, 'pick_reminder', 'shortlist', s.shortlist_id, s.pick_by, '{}'::json, NULL::uuid, s.shortlist_id
		FROM matching.shortlist_deadline s
		WHERE about = 'pick' AND s.programme_id = programme AND s.status = 'open' AND s.pick_by > common.now()
		UNION ALL
		SELECT d.mentor_id, 'answer_reminder', 'pair', d.pair_id, d.answer_by,
			json_build_object('pair_id', d.pair_id, 'partner_id', d.mentee_id), d.pair_id, NULL
		FROM matching.pick_deadline d
		WHERE about = 'answer' AND d.programme_id = programme AND d.answer_by > common.now()
		UNION ALL
		SELECT m.person_id, 'agreement_reminder', CASE WHEN a.id IS NULL THEN 'pair' ELSE 'agreement' END,
			coalesce(a.id, m.pair_id), NULL, json_build_object('pair_id', m.pair_id, 'partner_id', m.partner_id), m.pair_id, NULL
		FROM matching.pair_member m LEFT JOIN scheduling.agreement a ON a.pair_id = m.pair_id AND a.status = 'proposed'
		WHERE about = 'agreement' AND m.programme_id = programme AND m.status = 'active'
			AND CASE m.side WHEN 'mentor' THEN a.mentor_signed_at ELSE a.mentee_signed_at END IS NULL
			AND NOT EXISTS (SELECT FROM scheduling.agreement g WHERE g.pair_id = m.pair_id AND g.status = 'signed')
		UNION ALL
		SELECT m.person_id, v.kind, v.subject, v.subject_id, NULL,
			json_build_object('pair_id', m.pair_id, 'partner_id', m.partner_id), m.pair_id, NULL
		FROM matching.pair_member m CROSS JOIN LATERAL (
				SELECT 'sessions_reminder', 'pair', m.pair_id
				WHERE about = 'sessions' AND EXISTS (SELECT FROM scheduling.plan_view p
					WHERE p.pair_id = m.pair_id AND p.status IN ('open', 'overdue'))
				UNION ALL (SELECT 'report_reminder', 'session', s.id FROM scheduling.session s
				WHERE about = 'report' AND s.pair_id = m.pair_id AND s.status = 'unreported'
				ORDER BY s.ends_at, s.id LIMIT 1)) v (kind, subject, subject_id)
		WHERE about IN ('sessions', 'report') AND m.programme_id = programme AND m.status = 'active'
			AND actor NOT IN (m.person_id, m.partner_id)
			AND (NOT EXISTS (SELECT FROM profiles.candidate c WHERE c.manager_id = actor)
				OR NOT matching.above_pair(actor, m.person_id, m.partner_id)))
	SELECT w.* FROM waits w (person_id, kind, subject, subject_id, due_at, data, pair_id, shortlist_id)
		JOIN profiles.card k ON k.person_id = w.person_id AND k.status = 'active';
END;

CREATE FUNCTION scheduling.message_json(m scheduling.message) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', m.id,
	'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title) FROM matching.programme_view p
		WHERE p.programme_id = m.programme_id),
	'about', m.about, 'pair_id', m.pair_id, 'shortlist_id', m.shortlist_id, 'preview', m.preview, 'found', m.found,
	'reminded', m.reminded, 'passed_over', m.found - m.reminded, 'created_at', common.instant(m.created_at),
	'version', m.version, 'can', '[]'::json,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/messages/' || m.id,
		'programme', '/api/v1/programmes/' || m.programme_id, 'pair', '/api/v1/pairs/' || m.pair_id,
		'shortlist', '/api/v1/shortlists/' || m.shortlist_id)));

GRANT EXECUTE ON FUNCTION scheduling.waiting_for(text, uuid, uuid), scheduling.message_json(scheduling.message)
	TO upward_scheduling;
