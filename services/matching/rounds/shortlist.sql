-- Statements of shortlists.

-- shortlist_list: the mentee's own, or those of a programme for its coordinator.
-- unprepared
-- updated_since: s.updated_at
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

-- shortlist_patch: a coordinator gives more time; an expired shortlist is reopened if it has no successor
-- (shortlist_one_open) and its mentee has a free place.
WITH target AS (SELECT s.id, s.version, s.status, coalesce(:pick_by, s.pick_by) AS pick_by,
	shortlist_reopens(s) AS open
		FROM lock_reporting_lines_shared(), shortlist s
		WHERE s.id = :shortlist_id AND s.status <> 'draft' AND s.pick_by IS NOT NULL
			AND coordinates(s.programme_id, :actor, :roles) FOR NO KEY UPDATE OF s),
	new AS (UPDATE shortlist s SET pick_by = t.pick_by, step = CASE t.status
		WHEN 'expired' THEN 'reopening' ELSE 'extension' END
		FROM target t WHERE s.id = t.id AND t.version = :if_match AND t.open RETURNING s.id, s.pick_by)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.open FROM target t) THEN common.refuse('shortlist_not_open',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale')
	WHEN (SELECT n.pick_by <= common.now() FROM new n)
		THEN common.refuse('in_the_past', '{"pointer": "/pick_by"}')
	WHEN (SELECT n.pick_by > common.now() + interval '60 days' FROM new n)
		THEN common.refuse('unprocessable', '{"pointer": "/pick_by"}') END;

-- shortlist_pick: by the mentee or a coordinator for them; creates the proposed pair; the triggers on pair
-- enforce capacity and safety.
WITH target AS (SELECT s.id, s.programme_id, s.enrolment_id, s.mentee_id, s.replaced, p.answer_days
		FROM lock_reporting_lines_shared(), shortlist s JOIN programme p ON p.id = s.programme_id
		WHERE s.id = :shortlist_id AND s.status <> 'draft'
			AND (s.mentee_id = :actor OR coordinates(s.programme_id, :actor, :roles))
		FOR NO KEY UPDATE OF s),
	picked AS (UPDATE shortlist s SET step = 'pick' FROM target t WHERE s.id = t.id RETURNING s.id),
	choice AS (SELECT x.* FROM picked k JOIN shortlist_entry x ON x.shortlist_id = k.id
		WHERE x.mentor_id = :mentor_id),
	new AS (INSERT INTO pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id,
		mentee_enrolment_id,
			shortlist_id, step, answer_by, score, reasons)
		SELECT :id, t.programme_id, c.mentor_id, t.mentee_id, c.enrolment_id, t.enrolment_id, t.id, 'pick',
			common.now() + make_interval(days => t.answer_days), c.score, c.reasons
		FROM target t, choice c RETURNING id, mentee_enrolment_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM picked) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM choice) THEN common.refuse(CASE WHEN (SELECT :mentor_id = ANY (t.replaced)
		FROM target t) THEN 'shortlist_changed' ELSE 'not_on_shortlist' END, '{"pointer": "/mentor_id"}')
	ELSE (SELECT act_for(n.mentee_enrolment_id, :actor, 'pick', :note, n.id) FROM new n) END;

-- shortlist_lost(shortlist_id uuid): after a pick that was refused because of its mentor, so by somebody who
-- may pick, closes the shortlist, so that another can open. Nobody has declined, so a mentor who becomes
-- free may return.
UPDATE shortlist s SET step = 'loss', refresh_reason = 'lost'
WHERE s.id = :shortlist_id AND s.status = 'open';

-- shortlist_replace(shortlist_id uuid, new_id uuid): the number of mentors on the replacement.
SELECT replacement_shortlist(:shortlist_id, :new_id);

-- shortlist_successor(shortlist_id uuid): for somebody who may pick, the shortlist that replaced a lost one;
-- null if nobody was left.
SELECT n.id FROM shortlist s LEFT JOIN shortlist n ON n.refresh_of = s.id
WHERE s.id = :shortlist_id AND s.status = 'refreshed' AND s.refresh_reason = 'lost';

-- shortlist_show(shortlist_id uuid, actor uuid): the shortlist as its reader sees it.
SELECT shortlist_json(s, :actor) AS body FROM shortlist s WHERE s.id = :shortlist_id;

-- shortlist_refresh: the mentee, or a coordinator for them, asks for other mentors, once per round; those on
-- the list are not shown again.
WITH target AS (SELECT s.id, EXISTS (SELECT FROM shortlist o WHERE o.round_id = s.round_id
				AND o.enrolment_id = s.enrolment_id AND o.step = 'refresh') AS again
		FROM lock_reporting_lines_shared(), shortlist s
		WHERE s.id = :shortlist_id AND s.status <> 'draft'
			AND (s.mentee_id = :actor OR coordinates(s.programme_id, :actor, :roles)) FOR NO KEY UPDATE OF s),
	new AS (UPDATE shortlist s SET step = 'refresh', refresh_reason = :reason FROM target t WHERE s.id = t.id
		RETURNING s.id, s.programme_id, s.mentee_id, s.enrolment_id),
	refused AS (INSERT INTO declined (programme_id, mentee_id, mentor_id, reason)
		SELECT n.programme_id, n.mentee_id, x.mentor_id, 'refreshed'
		FROM new n JOIN shortlist_entry x ON x.shortlist_id = n.id
		ON CONFLICT (programme_id, mentee_id, mentor_id) DO NOTHING)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN (SELECT t.again FROM target t) THEN common.refuse('refreshed_already')
	ELSE (SELECT act_for(n.enrolment_id, :actor, 'refresh', :note) FROM new n) END;

-- shortlist_replace_or_refuse(shortlist_id uuid, new_id uuid): the replacement of a refresh must exist.
SELECT CASE WHEN replacement_shortlist(:shortlist_id, :new_id) = 0 THEN common.refuse('no_more_mentors') END;

-- shortlist_expire(): one open shortlist whose deadline has passed.
UPDATE shortlist s SET step = 'expiry'
WHERE s.id = (SELECT o.id FROM shortlist o WHERE o.status = 'open' AND o.pick_by <= common.now()
	ORDER BY o.pick_by LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING s.id;

-- shortlist_release(shortlist_id uuid): the pick ends the suspended pair that the shortlist replaces; whether
-- the caller may pick is seen by the pick, in the same transaction.
UPDATE pair p SET step = 'replacement', reason = 'replaced'
FROM lock_reporting_lines_shared(), shortlist s
WHERE s.id = :shortlist_id AND shortlist_now(s) = 'open' AND p.id = s.replaces_pair
	AND p.status = 'suspended';

