-- Statements of page reads: one statement per page, over the published views, with each section made by its
-- owner's function, so that page and detail cannot disagree. A weak entity tag serves polling.

-- dashboard_me: the caller's tasks in all programmes, the next due first.
WITH meeting AS (SELECT s.session_id, s.starts_at
		FROM matching.pair_member m JOIN scheduling.session_view s ON s.pair_id = m.pair_id
		WHERE m.person_id = :actor AND m.status IN ('active', 'suspended')
			AND s.status IN ('proposed', 'confirmed') AND s.ends_at > common.now()
		ORDER BY s.starts_at, s.session_id LIMIT 3),
	portal AS (SELECT s.value::json AS links FROM common.setting s WHERE s.name = 'portal_links')
SELECT json_build_object(
		'tasks', coalesce((SELECT json_agg(json_build_object('kind', t.kind,
			'due_at', common.instant(t.due_at),
				'programme', json_build_object('id', p.programme_id, 'title', p.title), 'with', k.card,
				'text', t.text, 'link', t.link, 'action', t.action, 'pair_id', t.pair_id,
				'portal', replace((SELECT l.links ->> t.noun FROM portal l), '{id}', t.object_id::text))
				ORDER BY t.due_at NULLS LAST, t.kind, t.object_id)
			FROM open_tasks(:actor, :roles) t
				JOIN matching.programme_view p ON p.programme_id = t.programme_id
				LEFT JOIN profiles.card k ON k.person_id = t.partner_id), '[]'),
		'next_sessions', coalesce((SELECT json_agg(scheduling.session_json(n.session_id, :actor)
				ORDER BY n.starts_at, n.session_id)
			FROM meeting n), '[]'),
		'roles', coalesce((SELECT json_agg(json_build_object('role', r.role, 'status', r.status,
				'programme', json_build_object('id', r.programme_id, 'title', r.title), 'link', r.link)
				ORDER BY r.title, r.programme_id, r.role)
			FROM part r
			WHERE r.person_id = :actor AND (r.role <> 'programme_admin' OR 'programme_admin' = ANY (:roles))),
				'[]'),
		'unread_count', (SELECT count(*) FROM scheduling.notification_view n
			WHERE n.person_id = :actor AND NOT n.read),
		'links', json_build_object('self', '/api/v1/dashboards/me', 'notifications', '/api/v1/notifications',
			'sessions', '/api/v1/sessions')) AS body,
	0 AS version;

-- dashboard_mentee: one programme, for a person who takes part as mentee.
SELECT CASE WHEN e.enrolment_id IS NULL THEN common.refuse('unknown_reference') END,
	json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'enrolment', matching.enrolment_json(e.enrolment_id, :actor),
		'shortlist', (SELECT matching.shortlist_json(s.shortlist_id, :actor)
			FROM (SELECT d.shortlist_id, d.status FROM matching.shortlist_deadline d
				WHERE d.mentee_id = :actor AND d.enrolment_id = e.enrolment_id AND d.status <> 'withdrawn'
				ORDER BY d.opened_at DESC, d.shortlist_id DESC LIMIT 1) s
			WHERE s.status IN ('open', 'expired')),
		'pairs', coalesce((SELECT json_agg(pair_section(m.pair_id, :actor) ORDER BY m.pair_id)
			FROM matching.pair_member m
			WHERE m.person_id = :actor AND m.side = 'mentee' AND m.programme_id = p.programme_id
				AND m.status IN ('proposed', 'active', 'suspended', 'completed')), '[]'),
		'assessments', coalesce((SELECT json_agg(json_build_object('phase', d.phase,
			'due_at', common.instant(d.due_at),
				'assessment', assessment_json(a, :actor, false),
				'attempt', (SELECT attempt_json(t) FROM attempt t WHERE t.id = d.attempt_id))
					ORDER BY d.due_at, a.id)
			FROM assessment_due d JOIN assessment a ON a.id = d.assessment_id
			WHERE d.person_id = :actor AND d.programme_id = p.programme_id), '[]'),
		'resources', matching.enrolment_resources(e.enrolment_id),
		'links', json_build_object('self', '/api/v1/dashboards/mentee?programme_id=' || p.programme_id,
			'programme', '/api/v1/programmes/' || p.programme_id,
			'shortlists', '/api/v1/shortlists?programme_id=' || p.programme_id,
			'pairs', '/api/v1/pairs?programme_id=' || p.programme_id)) AS body,
	0 AS version
FROM (SELECT :programme_id AS wanted) w
	LEFT JOIN matching.enrolment_view e ON e.programme_id = w.wanted AND e.person_id = :actor
		AND e.role = 'mentee'
	LEFT JOIN matching.programme_view p ON p.programme_id = e.programme_id;

-- dashboard_mentor: one programme, for a person who takes part as mentor.
SELECT CASE WHEN e.enrolment_id IS NULL THEN common.refuse('unknown_reference') END,
	json_build_object('programme', json_build_object('id', p.programme_id, 'title', p.title),
		'enrolment', matching.enrolment_json(e.enrolment_id, :actor),
		'picks', coalesce((SELECT json_agg(matching.pair_json(d.pair_id, :actor) ORDER BY d.answer_by,
			d.pair_id)
			FROM matching.pick_deadline d
			WHERE d.mentor_id = :actor AND d.programme_id = p.programme_id), '[]'),
		'pairs', coalesce((SELECT json_agg(pair_section(m.pair_id, :actor) ORDER BY m.pair_id)
			FROM matching.pair_member m
			WHERE m.person_id = :actor AND m.side = 'mentor' AND m.programme_id = p.programme_id
				AND m.status IN ('active', 'suspended', 'completed')), '[]'),
		'feedback', coalesce((SELECT json_agg(json_build_object('window', json_build_object('name', d.wave,
				'closes_on', d.closes_on), 'with', profiles.card_json(d.partner_id),
					'pair', '/api/v1/pairs/' || d.pair_id)
				ORDER BY d.pair_id)
			FROM feedback_due d
			WHERE d.person_id = :actor AND d.programme_id = p.programme_id
				AND NOT EXISTS (SELECT FROM acting(:actor) a, LATERAL (SELECT f.id FROM feedback f
					WHERE f.author_id = a.actor AND f.pair_id = d.pair_id AND f.wave = d.wave OFFSET 0) f)),
						'[]'),
		'resources', matching.enrolment_resources(e.enrolment_id),
		'links', json_build_object('self', '/api/v1/dashboards/mentor?programme_id=' || p.programme_id,
			'programme', '/api/v1/programmes/' || p.programme_id,
			'pairs', '/api/v1/pairs?programme_id=' || p.programme_id)) AS body,
	0 AS version
FROM (SELECT :programme_id AS wanted) w
	LEFT JOIN matching.enrolment_view e ON e.programme_id = w.wanted AND e.person_id = :actor
		AND e.role = 'mentor'
	LEFT JOIN matching.programme_view p ON p.programme_id = e.programme_id;

-- dashboard_pair_read: for one of the two partners.
WITH m AS (SELECT v.* FROM matching.pair_member v WHERE v.pair_id = :pair_id AND v.person_id = :actor),
	meeting AS (SELECT s.session_id, s.starts_at, s.status IN ('proposed', 'confirmed')
		AND s.ends_at > common.now() AS ahead
		FROM m JOIN scheduling.session_view s ON s.pair_id = m.pair_id)
SELECT json_build_object('section', pair_section(m.pair_id, :actor),
		'upcoming', coalesce((SELECT json_agg(scheduling.session_json(n.session_id, :actor)
			ORDER BY n.starts_at)
			FROM (SELECT s.* FROM meeting s WHERE s.ahead ORDER BY s.starts_at LIMIT 5) n), '[]'),
		'past', coalesce((SELECT json_agg(scheduling.session_json(n.session_id, :actor)
			ORDER BY n.starts_at DESC)
			FROM (SELECT s.* FROM meeting s WHERE NOT s.ahead ORDER BY s.starts_at DESC LIMIT 10) n), '[]'),
		'links', json_build_object('self', '/api/v1/dashboards/pairs/' || m.pair_id,
			'sessions', '/api/v1/sessions?pair_id=' || m.pair_id,
			'agreements', '/api/v1/agreements?pair_id=' || m.pair_id,
			'goals', '/api/v1/goals?pair_id=' || m.pair_id,
			'slots', (SELECT '/api/v1/slots?pair_id=' || m.pair_id || coalesce((SELECT '&from='
					|| to_char(min(d.due_on), 'YYYY-MM-DD"T00:00:00Z"') FROM scheduling.plan_view d
				WHERE d.pair_id = m.pair_id AND d.status = 'open'), '')),
			'programme', '/api/v1/programmes/' || m.programme_id)) AS body,
	0 AS version
FROM m;

-- dashboard_programme_read: for its coordinators.
SELECT json_build_object('programme', matching.programme_json(p.programme_id, :actor, :roles),
		'funnel', matching.funnel_json(p.programme_id),
		'pairs', matching.pairs_json(p.programme_id),
		'sessions', (SELECT json_build_object('ahead', coalesce(t.ahead, 0), 'held', coalesce(t.held, 0),
				'missed', coalesce(t.missed, 0), 'unreported', coalesce(t.unreported, 0))
			FROM (SELECT) always LEFT JOIN scheduling.programme_sessions t ON t.programme_id
				= p.programme_id),
		'waiting', w.waiting, 'flags', w.flags,
		'deadlines', deadlines_section(p.programme_id),
		'responses', (SELECT json_agg(json_build_object('what', r.what, 'window', r.wave, 'side', r.side,
				'asked', r.asked, 'answered', r.answered)
				ORDER BY array_position('{invitations,picks,pre_assessments,post_assessments,feedback}',
					r.what),
					r.wave DESC, r.side)
			FROM response_cells(p.programme_id) r),
		'last_round', (SELECT matching.round_json(r.round_id)
			FROM (SELECT v.round_id FROM matching.round_view v
			WHERE v.programme_id = p.programme_id AND NOT v.what_if
			ORDER BY v.created_at DESC, v.round_id DESC LIMIT 1) r),
		'links', programme_links(p.programme_id)) AS body,
	0 AS version
FROM matching.programme_view p JOIN matching.programme_coordinator c ON c.programme_id = p.programme_id
	CROSS JOIN LATERAL waiting_section(p.programme_id, :actor) w
WHERE p.programme_id = :programme_id AND c.person_id = :actor AND 'programme_admin' = ANY (:roles);

-- dashboard_work_list: rows that need somebody to act, the longest waiting first. Cards and figures are made
-- for the rows of the page alone.
-- unprepared
SELECT l.body, l.since, l.key
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM matching.programme_coordinator c
	WHERE c.programme_id = :programme_id
			AND c.person_id = :actor AND 'programme_admin' = ANY (:roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('kind', w.kind, 'text', w.text, 'since', common.instant(w.since),
			'due_at', common.instant(w.due_at), 'mentee', e.card, 'mentor', o.card, 'waits_for', w.waits_for,
			'rule', w.rule, 'reason', w.reason,
			'numbers', coalesce(w.numbers, flag_numbers(w.rule, w.pair_id)),
			'relax', h.way -> 'relax', 'relaxation', h.way -> 'relaxation',
			'next_round_after', h.way -> 'next_round_after',
			'actions', coalesce(h.way -> 'actions', '[]'),
			'link', w.link, 'action', w.can[1],
			'can', to_json(w.can), 'remind', CASE WHEN w.about IS NOT NULL
				THEN json_strip_nulls(json_build_object('programme_id', :programme_id,
				'about', w.about, 'pair_id', w.pair_id, 'shortlist_id', w.shortlist_id)) END,
			'links', work_links(w.can, w.link, w.pair_id)) AS body, w.since, w.key
		FROM (SELECT r.* FROM work(:programme_id, :actor) r
				WHERE t.missing IS NULL AND (:kind IS NULL OR r.kind = ANY (:kind))
					AND (:after_key IS NULL OR (r.since, r.key) > (:after_since, :after_key))
				ORDER BY r.since, r.key LIMIT :limit + 1) w
			LEFT JOIN profiles.card e ON e.person_id = w.mentee_id
			LEFT JOIN profiles.card o ON o.person_id = w.mentor_id
			CROSS JOIN LATERAL (SELECT CASE WHEN w.kind IN ('no_list', 'late_joiner')
				THEN matching.way_out(split_part(w.key, ' ', 2)::uuid) END AS way) h) l
ORDER BY l.since, l.key;

-- dashboard_pairs: pairs that have begun, with figures of their meetings and goals, except for whoever is in
-- the pair or above one of the two.
-- unprepared
WITH page AS MATERIALIZED (SELECT l.* FROM (SELECT CASE WHEN NOT EXISTS (SELECT
				FROM matching.programme_coordinator c WHERE c.programme_id = :programme_id
					AND c.person_id = :actor AND 'programme_admin' = ANY (:roles))
			THEN common.refuse('not_found') END AS missing) t,
		LATERAL (SELECT m.pair_id, m.status, m.mentor_id, m.mentee_id, m.accepted_at
			FROM matching.pair_member m
			WHERE t.missing IS NULL AND m.programme_id = :programme_id AND m.side = 'mentor'
				AND m.accepted_at IS NOT NULL AND (:status IS NULL OR m.status = ANY (:status))
				AND (:after_pair_id IS NULL OR m.pair_id > :after_pair_id)
			ORDER BY m.pair_id LIMIT :limit + 1) l),
	own AS MATERIALIZED (SELECT :actor AS person_id UNION ALL SELECT b.person_id
		FROM (SELECT array_agg(p.mentor_id) || array_agg(p.mentee_id) AS people FROM page p) d,
			LATERAL matching.below(:actor, d.people) b)
SELECT json_build_object('pair_id', p.pair_id, 'status', p.status, 'mentor', profiles.card_json(p.mentor_id),
		'mentee', profiles.card_json(p.mentee_id), 'accepted_at', common.instant(p.accepted_at),
		'held', f.held, 'missed', f.missed, 'last_met_at', common.instant(f.last_met),
		'next_at', common.instant(f.next_at), 'goals', g.goals, 'goals_completed', g.completed,
		'links', json_build_object('pair', '/api/v1/pairs/' || p.pair_id)) AS body, p.pair_id
FROM page p LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE s.status = 'held') AS held,
			count(*) FILTER (WHERE s.status = 'missed') AS missed,
			max(s.starts_at) FILTER (WHERE s.status = 'held') AS last_met,
			min(s.starts_at) FILTER (WHERE s.status IN ('proposed', 'confirmed')
				AND s.starts_at > common.now()) AS next_at
		FROM scheduling.session_view s WHERE s.pair_id = p.pair_id) f
		ON NOT EXISTS (SELECT FROM own o WHERE o.person_id IN (p.mentor_id, p.mentee_id))
	LEFT JOIN LATERAL (SELECT count(*) AS goals, count(*) FILTER (WHERE n.status = 'completed') AS completed
		FROM goal_state n WHERE n.pair_id = p.pair_id AND n.status IN ('agreed', 'completed')) g
		ON f.held IS NOT NULL
ORDER BY p.pair_id;
