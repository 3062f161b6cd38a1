-- Statements of shortlists.

-- shortlist_list: the mentee's own, or a programme's for its coordinator.
-- unprepared
SELECT shortlist_json(s, :actor) AS body, s.id
FROM shortlist s
WHERE s.status <> 'draft' AND s.pick_by IS NOT NULL
	AND (s.mentee_id = :actor OR :programme_id IS NOT NULL AND coordinates(:programme_id, :actor, :roles))
	AND (:programme_id IS NULL OR s.programme_id = :programme_id)
	AND (:status IS NULL OR s.status = ANY (:status))
	AND (:after_id IS NULL OR s.id > :after_id)
ORDER BY s.id
LIMIT :limit + 1;

-- shortlist_read: one published shortlist.
SELECT shortlist_json(s, :actor) AS body, s.version
FROM shortlist s
WHERE s.id = :shortlist_id AND s.status <> 'draft' AND s.pick_by IS NOT NULL
	AND (s.mentee_id = :actor OR coordinates(s.programme_id, :actor, :roles));

-- shortlist_patch: a coordinator gives more time; a list that has expired opens again, while nothing came after it
-- (shortlist_one_open) and there is a place to fill.
WITH target AS (SELECT s.id, s.version, coalesce(:pick_by, s.pick_by) AS pick_by, s.status, s.status = 'expired' AS again, shortlist_reopens(s) AS open
		FROM shortlist s
		WHERE s.id = :shortlist_id AND s.status <> 'draft' AND s.pick_by IS NOT NULL
			AND coordinates(s.programme_id, :actor, :roles) FOR NO KEY UPDATE OF s),
	new AS (UPDATE shortlist s SET pick_by = t.pick_by, status = 'open', version = s.version + 1, updated_at = common.now()
		FROM target t WHERE s.id = t.id AND t.version = :if_match AND t.open
			AND t.pick_by > common.now() AND t.pick_by <= common.now() + interval '60 days' RETURNING s.id, t.again),
	told AS (INSERT INTO common.outbox (type, subject_id)
		SELECT CASE WHEN n.again THEN 'shortlist.opened' ELSE 'shortlist.extended' END, n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.open FROM target t) THEN common.refuse('shortlist_not_open',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN (SELECT t.pick_by <= common.now() FROM target t) THEN common.refuse('in_the_past', '{"pointer": "/pick_by"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unprocessable', '{"pointer": "/pick_by"}') END;

-- shortlist_pick: makes the proposed pair; the triggers on pair hold capacity and safety.
WITH target AS (SELECT s.id, s.status, s.pick_by > common.now() AS in_time, s.programme_id, s.enrolment_id, s.mentee_id,
			p.answer_days
		FROM standing(), shortlist s JOIN programme p ON p.id = s.programme_id
		WHERE s.id = :shortlist_id AND s.status <> 'draft' AND s.mentee_id = :actor
		FOR NO KEY UPDATE OF s),
	choice AS (SELECT x.* FROM shortlist_entry x, target t WHERE x.shortlist_id = t.id AND x.mentor_id = :mentor_id),
	picked AS (UPDATE shortlist s SET status = 'picked', version = s.version + 1, updated_at = common.now()
		FROM target t, choice c WHERE s.id = t.id AND t.status = 'open' AND t.in_time RETURNING s.id),
	new AS (INSERT INTO pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, mentee_enrolment_id,
			shortlist_id, status, answer_by, score, reasons)
		SELECT :id, t.programme_id, c.mentor_id, t.mentee_id, c.enrolment_id, t.enrolment_id, t.id, 'proposed',
			common.now() + make_interval(days => t.answer_days), c.score, c.reasons
		FROM target t, choice c, picked RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.proposed', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.status = 'open' AND t.in_time FROM target t) THEN common.refuse('shortlist_not_open',
		(SELECT json_build_object('current_status', CASE WHEN t.status = 'open' THEN 'expired' ELSE t.status END) FROM target t))
	WHEN NOT EXISTS (SELECT FROM choice) THEN common.refuse('not_on_shortlist', '{"pointer": "/mentor_id"}') END;

-- shortlist_lost(shortlist_id uuid, mentor_id uuid, actor uuid): after a pick that the
-- database refused: the list closes, this mentor does not come back, and a fresh list opens.
WITH target AS (SELECT s.id, s.programme_id, s.mentee_id FROM shortlist s
		WHERE s.id = :shortlist_id AND s.mentee_id = :actor AND s.status = 'open' FOR NO KEY UPDATE),
	lost AS (INSERT INTO declined (programme_id, mentee_id, mentor_id, reason)
		SELECT t.programme_id, t.mentee_id, :mentor_id, 'refreshed' FROM target t
		ON CONFLICT (programme_id, mentee_id, mentor_id) DO NOTHING)
UPDATE shortlist s SET status = 'refreshed', refresh_reason = 'lost', version = s.version + 1, updated_at = common.now()
FROM target t WHERE s.id = t.id;

-- shortlist_fresh(shortlist_id uuid, fresh uuid): how many mentors the fresh list has.
SELECT fresh_shortlist(:shortlist_id, :fresh);

-- shortlist_show(shortlist_id uuid, actor uuid): as its reader sees it.
SELECT shortlist_json(s, :actor) AS body FROM shortlist s WHERE s.id = :shortlist_id AND s.mentee_id = :actor;

-- shortlist_refresh: none of these, once a round; the three do not come back.
WITH target AS (SELECT s.id, s.status, s.pick_by > common.now() AS in_time, s.programme_id, s.mentee_id,
			EXISTS (SELECT FROM shortlist o WHERE o.round_id = s.round_id AND o.enrolment_id = s.enrolment_id
				AND o.status = 'refreshed' AND o.refresh_reason <> 'lost') AS again
		FROM shortlist s
		WHERE s.id = :shortlist_id AND s.status <> 'draft' AND s.mentee_id = :actor FOR NO KEY UPDATE),
	new AS (UPDATE shortlist s SET status = 'refreshed', refresh_reason = :reason, version = s.version + 1,
			updated_at = common.now()
		FROM target t WHERE s.id = t.id AND t.status = 'open' AND t.in_time AND NOT t.again RETURNING s.id),
	refused AS (INSERT INTO declined (programme_id, mentee_id, mentor_id, reason)
		SELECT t.programme_id, t.mentee_id, x.mentor_id, 'refreshed'
		FROM target t, new n JOIN shortlist_entry x ON x.shortlist_id = n.id
		ON CONFLICT (programme_id, mentee_id, mentor_id) DO NOTHING)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.status = 'open' AND t.in_time FROM target t) THEN common.refuse('shortlist_not_open',
		(SELECT json_build_object('current_status', CASE WHEN t.status = 'open' THEN 'expired' ELSE t.status END) FROM target t))
	WHEN (SELECT t.again FROM target t) THEN common.refuse('refreshed_already') END;

-- shortlist_fresh_or_refuse(shortlist_id uuid, fresh uuid): the fresh list of a refresh must exist.
SELECT CASE WHEN fresh_shortlist(:shortlist_id, :fresh) = 0 THEN common.refuse('no_fresh_mentors') END;

-- shortlist_expire(): one open list whose time has passed.
WITH due AS (SELECT s.id FROM shortlist s WHERE s.status = 'open' AND s.pick_by <= common.now()
		ORDER BY s.pick_by LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
	new AS (UPDATE shortlist s SET status = 'expired', version = s.version + 1, updated_at = common.now()
		FROM due WHERE s.id = due.id RETURNING s.id)
INSERT INTO common.outbox (type, subject_id) SELECT 'shortlist.expired', id FROM new RETURNING subject_id;

-- shortlist_release(shortlist_id uuid, actor uuid): the suspended pair that the list replaces ends.
WITH resting AS (SELECT s.replaces_pair AS id FROM standing(), shortlist s
		WHERE s.id = :shortlist_id AND s.mentee_id = :actor AND s.status = 'open' AND s.pick_by > common.now()
			AND s.replaces_pair IS NOT NULL),
	new AS (UPDATE pair p SET status = 'ended', reason = 'replaced', ended_at = common.now(), version = p.version + 1,
			updated_at = common.now()
		FROM resting r WHERE p.id = r.id AND p.status = 'suspended' RETURNING p.id)
INSERT INTO common.outbox (type, subject_id) SELECT 'pair.ended', id FROM new;
