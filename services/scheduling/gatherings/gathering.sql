-- Statements of gatherings and registrations. Who may see what is in objects/gathering.sql.

-- gathering_list: those open to the actor, and those of programmes that they coordinate.
-- unprepared
-- updated_since: g.updated_at
SELECT gathering_json(g, :actor, :roles) AS body, g.starts_at, g.id
FROM gathering g
WHERE (:programme_id IS NULL OR g.programme_id = :programme_id)
	AND (:kind IS NULL OR g.kind = :kind)
	AND (:status IS NULL OR g.status = ANY (:status))
	AND (:series_id IS NULL OR g.series_id = :series_id)
	AND (:registered IS NULL OR :registered = EXISTS (SELECT FROM registration r
		WHERE r.gathering_id = g.id AND r.person_id = :actor))
	AND (:starts_after IS NULL OR g.starts_at >= :starts_after)
	AND (:after_id IS NULL OR (g.starts_at, g.id) > (:after_starts_at, :after_id))
	AND cardinality(gathering_parties(g, :actor, :roles)) > 0
ORDER BY g.starts_at, g.id
LIMIT :limit + 1;

-- gathering_read: one of these.
SELECT gathering_json(g, :actor, :roles) AS body, g.version FROM gathering g
WHERE g.id = :gathering_id AND cardinality(gathering_parties(g, :actor, :roles)) > 0;

-- gathering_add(id uuid, actor uuid, roles text[], starts timestamptz[], body json, utc_offsets int[]): by a
-- coordinator; the others of a series follow the first.
WITH target AS (SELECT p.programme_id, p.status FROM matching.programme_view p
		WHERE p.programme_id = (:body ->> 'programme_id')::uuid
			AND coordinates(p.programme_id, :actor, :roles)),
	new AS (INSERT INTO gathering (id, programme_id, kind, title, description, agenda, starts_at, ends_at,
			time_zone, utc_offset, mode, place, link, capacity, series_id, number, created_by)
		SELECT CASE s.number WHEN 1 THEN :id ELSE gen_random_uuid() END, t.programme_id, n.kind, n.title,
			n.description, n.agenda, s.at, s.at + make_interval(mins => (:body ->> 'duration_minutes')::int),
			n.time_zone, s.utc_offset, coalesce(n.mode, 'video'), n.place, n.link, n.capacity, :id, s.number,
			:actor
		FROM target t, json_populate_record(NULL::gathering, :body) n,
			unnest(:starts, :utc_offsets) WITH ORDINALITY s (at, utc_offset, number)
		WHERE t.status NOT IN ('closed', 'cancelled')
			AND NOT (n.kind = 'mentor_circle' AND is_mentee(t.programme_id, :actor))
		RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
		THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN (SELECT t.status IN ('closed', 'cancelled') FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unprocessable', '{"pointer": "/kind"}') END;

-- gathering_change(gathering_id uuid, actor uuid, roles text[], starts timestamptz, body json, series bool,
-- if_match int8, utc_offset int): merge patch by a coordinator; another time is for this one alone.
WITH target AS (SELECT g AS was FROM gathering g WHERE g.id = :gathering_id
		AND 'programme_admin' = ANY (gathering_parties(g, :actor, :roles))),
	held AS MATERIALIZED (SELECT h.* FROM target t, hold_series(t.was, coalesce(:series, false)) h),
	new AS (UPDATE gathering g SET (title, description, agenda, mode, place, link, capacity) =
			(SELECT n.title, n.description, n.agenda, n.mode, n.place, n.link, n.capacity
				FROM json_populate_record(g, :body) n),
			starts_at = x.at, ends_at = x.at + x.lasts,
			time_zone = CASE WHEN x.this THEN coalesce(:body ->> 'time_zone', g.time_zone)
				ELSE g.time_zone END,
			utc_offset = CASE WHEN x.this AND :starts IS NOT NULL THEN :utc_offset
				ELSE g.utc_offset END,
			step = 'editing'
		FROM held h, LATERAL (SELECT h.id = :gathering_id AS this, CASE WHEN h.id = :gathering_id
				THEN coalesce(:starts, h.starts_at) ELSE h.starts_at END AS at,
				CASE WHEN h.id = :gathering_id AND :body ->> 'duration_minutes' IS NOT NULL
					THEN make_interval(mins => (:body ->> 'duration_minutes')::int)
					ELSE h.ends_at - h.starts_at END AS lasts) x
		WHERE g.id = h.id AND (SELECT (t.was).version = :if_match FROM target t) RETURNING g.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- gathering_cancellation: by a coordinator.
WITH target AS (SELECT h.id FROM gathering g, hold_series(g, coalesce(:series, false)) h
		WHERE g.id = :gathering_id AND 'programme_admin' = ANY (gathering_parties(g, :actor, :roles))),
	new AS (UPDATE gathering g SET step = 'cancellation' FROM target t WHERE g.id = t.id RETURNING g.id)
SELECT common.found(count(*)) FROM new;

-- gathering_facts(gathering_id uuid, actor uuid, roles text[], begins timestamptz, days int): for a
-- coordinator, what the search for a time needs, a fact a row (calendar_facts), of whoever is registered, or
-- else of the enrolled to whom it is open; of more than 200, the first, or some. who: the number of the
-- person. The gathering's own time binds nobody and says the length. No row: no such gathering.
WITH target AS MATERIALIZED (SELECT g, CASE WHEN g.status <> 'planned' THEN common.refuse('closed_record',
			json_build_object('current_status', g.status)) END AS closed
		FROM gathering g WHERE g.id = :gathering_id
			AND 'programme_admin' = ANY (gathering_parties(g, :actor, :roles))),
	registered AS MATERIALIZED (SELECT a.person_id, a.turn FROM target t
		JOIN attendance a ON a.gathering_id = (t.g).id),
	asked AS MATERIALIZED (SELECT p.person_id,
			row_number() OVER (ORDER BY p.turn, hashtext(p.person_id::text)) - 1 AS who
		FROM (SELECT r.person_id, r.turn FROM registered r
			UNION ALL SELECT o.person_id, 0 FROM target t, open_to(t.g) o (person_id)
			WHERE NOT EXISTS (SELECT FROM registered)) p
		ORDER BY who LIMIT 200),
	frame AS (SELECT s.begins, least(s.begins + make_interval(days => :days), upper(common.years())) AS ends
		FROM (SELECT greatest(coalesce(:begins, common.now()), common.now()) AS begins) s)
SELECT 0 AS place, c.fact, a.who, c.number, c.begins, c.ends, c.said
FROM asked a, frame f, calendar_facts(a.person_id, f.begins, f.ends, :gathering_id) c
UNION ALL
SELECT 0, 'window', 0, 0, ceil(extract(epoch FROM f.begins))::bigint, extract(epoch FROM f.ends)::bigint,
	(t.g).time_zone
FROM target t, frame f
UNION ALL
SELECT 0, 'length', 0, least(extract(epoch FROM (t.g).ends_at - (t.g).starts_at)::int / 60, 240), 0, 0,
	NULL
FROM target t
ORDER BY place, fact, who, number, begins;

-- registration_list: in the order of registration, for coordinators.
-- unprepared
SELECT r.body, r.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM gathering g WHERE g.id = :gathering_id
		AND 'programme_admin' = ANY (gathering_parties(g, :actor, :roles)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT registration_json(r) AS body, r.number FROM registration r
		WHERE t.missing IS NULL AND r.gathering_id = :gathering_id
			AND (:after_number IS NULL OR r.number > :after_number)
		ORDER BY r.number
		LIMIT :limit + 1) r
ORDER BY r.number;

-- registration_read: one's own, and all for coordinators.
SELECT registration_json(r) AS body, 1 AS version
FROM registration r JOIN gathering g ON g.id = r.gathering_id
WHERE r.id = :registration_id AND r.gathering_id = :gathering_id
	AND (r.person_id = :actor AND may_attend(g, :actor)
		OR 'programme_admin' = ANY (gathering_parties(g, :actor, :roles)));

-- registration_create: in line, after everybody else.
SELECT register(:id, :gathering_id, :actor, :roles, :person_id, coalesce(:series, false));

-- registration_delete: the first in line gets the place.
SELECT CASE WHEN :if_match <> 1 THEN common.refuse('stale')
	ELSE unregister(:registration_id, :gathering_id, :actor, :roles, coalesce(:series, false)) END;

-- gathering_teams: by a coordinator; matching makes them.
SELECT CASE WHEN t.g IS NULL THEN common.refuse('not_found') ELSE ask_teams(t.g, :team_size::int) END
FROM (SELECT) one LEFT JOIN LATERAL (SELECT g FROM gathering g WHERE g.id = :gathering_id
	AND 'programme_admin' = ANY (gathering_parties(g, :actor, :roles)) FOR NO KEY UPDATE) t ON true;

-- team_list: of an innovation day.
-- unprepared
SELECT r.body, r.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM gathering g WHERE g.id = :gathering_id
		AND cardinality(gathering_parties(g, :actor, :roles)) > 0)
		THEN common.refuse('not_found') END AS missing) x,
	LATERAL (SELECT json_build_object('number', t.team, 'members', json_agg(
			profiles.card_json(t.person_id) ORDER BY t.person_id)) AS body, t.team AS number
		FROM matching.team_view t
		WHERE x.missing IS NULL AND t.gathering_id = :gathering_id AND t.team IS NOT NULL
			AND (:after_number IS NULL OR t.team > :after_number)
		GROUP BY t.team
		ORDER BY t.team
		LIMIT :limit + 1) r
ORDER BY r.number;

-- outcome_list: of an innovation day.
-- unprepared
-- updated_since: o.created_at
SELECT r.body, r.created_at, r.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM gathering g WHERE g.id = :gathering_id
		AND cardinality(gathering_parties(g, :actor, :roles)) > 0)
		THEN common.refuse('not_found') END AS missing) x,
	LATERAL (SELECT outcome_json(o) AS body, o.created_at, o.id FROM outcome o
		WHERE x.missing IS NULL AND o.gathering_id = :gathering_id
			AND (:after_id IS NULL OR (o.created_at, o.id) > (:after_created_at, :after_id))
		ORDER BY o.created_at, o.id
		LIMIT :limit + 1) r
ORDER BY r.created_at, r.id;

-- outcome_read: one of these.
SELECT outcome_json(o) AS body, 1 AS version
FROM gathering g JOIN outcome o ON o.gathering_id = g.id
WHERE o.id = :outcome_id AND g.id = :gathering_id
	AND cardinality(gathering_parties(g, :actor, :roles)) > 0;

-- outcome_create: by somebody with a place, or a coordinator.
SELECT add_outcome(o, :roles)
FROM (SELECT :id AS id, :gathering_id AS gathering_id, :title AS title, :description AS description,
		:actor AS author_id) n, LATERAL json_populate_record(NULL::outcome, row_to_json(n)) o;

-- issue_put: by a mentor who may attend the circle.
SELECT put_issues(:circle_id, :actor, :themes);

-- issue_box_read: this quarter, and when its themes are shown.
SELECT json_build_object('quarter', quarter(), 'shown_on', (quarter() + interval '3 months')::date) AS body,
	1 AS version
FROM gathering g WHERE g.id = :circle_id AND may_attend(g, :actor);

-- issue_list: the themes of quarters that are over, for coordinators.
-- unprepared
SELECT json_build_object('quarter', i.quarter, 'theme', i.theme, 'text', m.text,
		'mentors', i.mentors) AS body, i.quarter, i.theme
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM gathering g WHERE g.id = :circle_id
		AND g.kind = 'mentor_circle' AND 'programme_admin' = ANY (gathering_parties(g, :actor, :roles)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT s.* FROM gathering g, issue_themes(g.programme_id) s
		WHERE t.missing IS NULL AND g.id = :circle_id
			AND (:after_theme IS NULL OR (s.quarter, s.theme) > (:after_quarter, :after_theme))
		ORDER BY s.quarter, s.theme
		LIMIT :limit + 1) i
	JOIN common.message m ON m.key = 'issue_theme.' || i.theme
ORDER BY i.quarter, i.theme;

-- gathering_end(): those that are over, and those of programmes that have ended.
WITH due AS (SELECT g.id, g.ends_at <= common.now() AS over FROM gathering g
		JOIN matching.programme_view p ON p.programme_id = g.programme_id
		WHERE g.status = 'planned' AND (g.ends_at <= common.now() OR p.status IN ('closed', 'cancelled'))
		ORDER BY g.ends_at LIMIT 50 FOR NO KEY UPDATE OF g SKIP LOCKED)
UPDATE gathering g SET step = CASE WHEN d.over THEN 'end' ELSE 'programme_end' END
FROM due d WHERE g.id = d.id
RETURNING g.id;

-- issue_forget(): who has used the box in quarters that are over.
SELECT forget_issue_authors();
