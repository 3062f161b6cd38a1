-- Statements of snapshots.

-- snapshot_list: those of a programme, the newest first.
-- unprepared
-- updated_since: s.updated_at
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM readable(:programme_id, :actor, :roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT snapshot_json(s) AS body, s.number FROM snapshot s
		WHERE t.missing IS NULL AND s.programme_id = :programme_id
			AND (:after_number IS NULL OR s.number < :after_number)
		ORDER BY s.number DESC LIMIT :limit + 1) l
ORDER BY l.number DESC;

-- snapshot_read: one of these.
SELECT snapshot_json(s) AS body, s.version FROM snapshot s
WHERE s.id = :snapshot_id AND s.programme_id = :programme_id AND reported(s.programme_id, :actor, :roles);

-- snapshot_create: asks for one between two months, once a week; the job takes it.
WITH target AS (SELECT p.programme_id, p.status, (SELECT max(s.number) FROM snapshot s
			WHERE s.programme_id = p.programme_id) AS number,
			EXISTS (SELECT FROM snapshot s WHERE s.programme_id = p.programme_id
				AND s.taken_at >= date_trunc('week', common.now(), 'UTC')) AS recent
		FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles)),
	new AS (INSERT INTO snapshot (id, programme_id, number, programme_status)
		SELECT :id, t.programme_id, coalesce(t.number, 0) + 1, t.status FROM target t
		WHERE NOT t.recent AND t.status NOT IN ('draft', 'cancelled')
		ON CONFLICT DO NOTHING RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status IN ('draft', 'cancelled') FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('snapshot_recent') END;

-- snapshot_begin(): one that is due.
INSERT INTO snapshot (id, programme_id, number, programme_status)
SELECT gen_random_uuid(), d.programme_id, d.number, d.status FROM snapshot_due d LIMIT 1
ON CONFLICT DO NOTHING RETURNING id;

-- snapshot_fill(): stores the next report that SQL makes.
WITH next AS (SELECT s, s.id, s.programme_id, m.name
		FROM snapshot s JOIN report_method m ON m.company = (s.programme_id IS NULL) AND NOT m.computed
		WHERE NOT s.ready AND NOT EXISTS (SELECT FROM snapshot_report r
			WHERE r.snapshot_id = s.id AND r.name = m.name)
		ORDER BY s.taken_at, s.id, m.name LIMIT 1)
INSERT INTO snapshot_report (snapshot_id, name, body, rows)
SELECT x.id, x.name, report_body(x.s, x.name, m.n, m.sentence, m.figures, m.rows), m.rows
FROM next x, LATERAL made(x.name, x.programme_id) m
ON CONFLICT DO NOTHING RETURNING name;

-- snapshot_compute(): the next report that C computes; for retention, the days to compare: from the landmark
-- to the Sunday before.
SELECT s.id, m.name, s.programme_id, p.starts_on + 28, d.until, p.starts_on + 28 < d.until
FROM snapshot s JOIN report_method m ON m.computed
	JOIN matching.programme_view p ON p.programme_id = s.programme_id,
	LATERAL (SELECT date_trunc('week', s.taken_at AT TIME ZONE 'UTC')::date - 1 AS until) d
WHERE NOT s.ready AND NOT EXISTS (SELECT FROM snapshot_report r
	WHERE r.snapshot_id = s.id AND r.name = m.name)
ORDER BY s.taken_at, s.id, m.name LIMIT 1;

-- snapshot_add(snapshot uuid, name text, people bigint, sentence text, figures json, list text, rows json): a
-- computed report.
INSERT INTO snapshot_report (snapshot_id, name, body, rows)
SELECT s.id, :name, report_body(s, :name, :people, :sentence, CASE WHEN :figures IS NULL THEN f.list
	ELSE joined(:figures, f.list) END, :rows), :rows
FROM snapshot s, LATERAL (SELECT json_build_object(:list::text, :rows) AS list) f WHERE s.id = :snapshot
ON CONFLICT DO NOTHING;

-- snapshot_finish(): the reports of a snapshot are all stored.
UPDATE snapshot s SET ready = true, version = s.version + 1
WHERE s.id = (SELECT n.id FROM snapshot n WHERE NOT n.ready AND NOT EXISTS (SELECT FROM report_method m
		WHERE m.company = (n.programme_id IS NULL) AND NOT EXISTS (SELECT FROM snapshot_report r
			WHERE r.snapshot_id = n.id AND r.name = m.name))
	ORDER BY n.taken_at LIMIT 1)
RETURNING s.id;
