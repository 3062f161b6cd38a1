-- What a round found beyond the three: the mentors it would show next, so that a lost race, a
-- decline or "none of these" gets a fresh shortlist at once.
CREATE TABLE matching.round_candidate (
	round_id uuid NOT NULL CONSTRAINT round_candidate_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_candidate_mentee REFERENCES matching.enrolment (id),
	mentor_enrolment_id uuid NOT NULL CONSTRAINT round_candidate_mentor REFERENCES matching.enrolment (id),
	mentor_id uuid NOT NULL,
	department text,
	rank smallint NOT NULL CONSTRAINT round_candidate_rank CHECK (rank >= 1),
	score int NOT NULL,
	reasons json NOT NULL,
	CONSTRAINT round_candidate_once PRIMARY KEY (round_id, enrolment_id, rank)
);
COMMENT ON TABLE matching.round_candidate IS 'unaudited: what a round worked out';
GRANT SELECT, INSERT, DELETE ON matching.round_candidate TO upward_matching;
ALTER TABLE matching.round ADD complete int NOT NULL DEFAULT 0,
	ADD done int NOT NULL DEFAULT 0;
-- A fresh list after a suspension: picking from it ends the pair that rests.
ALTER TABLE matching.shortlist ADD replaces_pair uuid
	CONSTRAINT shortlist_replaces_pair REFERENCES matching.pair (id);
ALTER TABLE matching.round_unmatched ADD found smallint NOT NULL DEFAULT 0
	CONSTRAINT round_unmatched_found CHECK (found BETWEEN 0 AND 2);
COMMENT ON COLUMN matching.round.done IS 'mentees compared with everybody so far';
GRANT UPDATE (suspended_from) ON matching.pair TO upward_matching;

-- A new open shortlist in place of an earlier one: the best three of the round's candidates who
-- have a place, are not declined, and stand on fewer open lists than the cap; two departments where
-- that can be. Gives how many it found; with none it makes nothing.
CREATE FUNCTION matching.fresh_shortlist(earlier uuid, fresh uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	was shortlist;
	p programme;
	found_ int;
BEGIN
	SELECT * INTO was FROM shortlist WHERE id = earlier;
	SELECT * INTO p FROM programme WHERE id = was.programme_id;
	IF p.status NOT IN ('matching', 'active') OR NOT EXISTS (SELECT FROM enrolment e
			WHERE e.id = was.enrolment_id AND e.status = 'enrolled' AND e.taken < e.capacity)
			OR EXISTS (SELECT FROM shortlist s WHERE s.enrolment_id = was.enrolment_id AND s.status = 'open') THEN
		RETURN 0;
	END IF;
	INSERT INTO shortlist (id, round_id, programme_id, enrolment_id, mentee_id, status, pick_by, line_rule, refresh_of)
	VALUES (fresh, was.round_id, was.programme_id, was.enrolment_id, was.mentee_id, 'open',
		common.now() + make_interval(days => p.pick_days), was.line_rule, was.id);
	WITH free AS (
			SELECT c.*, row_number() OVER (ORDER BY c.rank) AS place
			FROM round_candidate c JOIN enrolment e ON e.id = c.mentor_enrolment_id
			WHERE c.round_id = was.round_id AND c.enrolment_id = was.enrolment_id
				AND e.status = 'enrolled' AND e.taken < e.capacity
				AND NOT EXISTS (SELECT FROM declined d WHERE d.programme_id = was.programme_id
					AND d.mentee_id = was.mentee_id AND d.mentor_id = c.mentor_id)
				AND (SELECT count(*) FROM shortlist_entry x JOIN shortlist s ON s.id = x.shortlist_id
					WHERE x.mentor_id = c.mentor_id AND s.status = 'open') < p.exposure_cap),
		two AS (SELECT * FROM free WHERE place <= 2),
		third AS (SELECT f.* FROM free f WHERE f.place > 2
			ORDER BY (SELECT count(DISTINCT t.department) = 1 FROM two t)
				AND f.department IS NOT DISTINCT FROM (SELECT min(t.department) FROM two t), f.place
			LIMIT 1),
		chosen AS (SELECT * FROM two UNION ALL SELECT * FROM third)
	INSERT INTO shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score, reasons)
	SELECT fresh, c.mentor_id, c.mentor_enrolment_id, row_number() OVER (ORDER BY c.rank), c.score, c.reasons
	FROM chosen c;
	GET DIAGNOSTICS found_ = ROW_COUNT;
	IF found_ = 0 THEN
		DELETE FROM shortlist WHERE id = fresh;
	ELSE
		UPDATE shortlist SET reason = CASE WHEN found_ < 3 THEN 'candidates_exhausted' END WHERE id = fresh;
		INSERT INTO common.outbox (type, subject_id) VALUES ('shortlist.opened', fresh);
	END IF;
	RETURN found_;
END $$;

-- The objects as the API shows them.
CREATE FUNCTION matching.coordinates(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN 'programme_admin' = ANY (roles) AND EXISTS (SELECT FROM matching.coordinator c
	WHERE c.programme_id = programme AND c.person_id = actor);

CREATE FUNCTION matching.programme_reference(programme uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', p.id, 'title', p.title) FROM matching.programme p WHERE p.id = programme);

CREATE FUNCTION matching.programme_json(p matching.programme, actor uuid, roles text[]) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', p.id, 'title', p.title, 'purpose', p.purpose, 'status', p.status,
	'starts_on', p.starts_on, 'ends_on', p.ends_on, 'enrolment_open', p.enrolment_open,
	'focus_skills', coalesce((SELECT json_agg(json_build_object('id', s.skill_id, 'name', s.name) ORDER BY s.name)
		FROM profiles.skill_view s WHERE s.skill_id = ANY (p.focus_skills)), '[]'),
	'rules', json_build_object('min_level_gap', coalesce(p.min_level_gap, 0),
		'line_distance', coalesce(p.line_distance::text, 'any'),
		'skills_only', p.min_level_gap IS NULL, 'exposure_cap', p.exposure_cap),
	'policy_version', p.policy_number, 'pick_days', p.pick_days, 'answer_days', p.answer_days,
	'coordinators', coalesce((SELECT json_agg(k.card ORDER BY k.display_name)
		FROM matching.coordinator c JOIN profiles.card k ON k.person_id = c.person_id
		WHERE c.programme_id = p.id), '[]'),
	'my_enrolments', coalesce((SELECT json_agg(json_build_object('id', e.id, 'role', e.role, 'status', e.status) ORDER BY e.role)
		FROM matching.enrolment e WHERE e.programme_id = p.id AND e.person_id = actor), '[]'),
	'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
	'version', p.version,
	'can', array_to_json(array_remove(CASE WHEN matching.coordinates(p.id, actor, roles) THEN ARRAY[
			CASE WHEN p.status NOT IN ('closing', 'closed', 'cancelled') THEN 'patch' END,
			CASE WHEN p.status = 'draft' THEN 'recruitment' END,
			CASE WHEN p.status IN ('recruiting', 'matching', 'active') THEN 'round_create' END,
			CASE WHEN p.status = 'matching' THEN 'activation' END,
			CASE WHEN p.status IN ('draft', 'recruiting', 'matching') THEN 'cancellation' END]
		ELSE ARRAY[]::text[] END || CASE WHEN p.enrolment_open AND p.status IN ('recruiting', 'matching', 'active')
			THEN 'enrolment_create' END, NULL)),
	'links', json_build_object('self', '/api/v1/programmes/' || p.id,
		'enrolments', '/api/v1/enrolments?programme_id=' || p.id));

CREATE FUNCTION matching.enrolment_json(e matching.enrolment, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', e.id, 'programme', matching.programme_reference(e.programme_id),
	'person', profiles.card_json(e.person_id), 'role', e.role, 'status', e.status,
	'capacity', e.capacity, 'taken', e.taken,
	'created_at', common.instant(e.created_at), 'updated_at', common.instant(e.updated_at),
	'version', e.version,
	'can', CASE WHEN e.person_id <> actor OR e.status NOT IN ('enrolled', 'waitlisted', 'paused') THEN '[]'
		WHEN e.taken = 0 THEN json_build_array('patch', 'withdrawal') ELSE json_build_array('patch') END,
	'links', json_build_object('self', '/api/v1/enrolments/' || e.id,
		'programme', '/api/v1/programmes/' || e.programme_id));

CREATE FUNCTION matching.round_json(r matching.round) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', r.id, 'programme', matching.programme_reference(r.programme_id),
	'status', r.status,
	'progress', json_build_object('done', r.done, 'total', CASE WHEN r.status <> 'queued' THEN r.mentees END),
	'policy_version', r.policy_number, 'seed', r.seed, 'input_hash', r.input_hash,
	'totals', CASE WHEN r.status IN ('ready', 'published', 'rolled_back', 'superseded', 'discarded') THEN
		json_build_object('mentees', r.mentees, 'mentors', r.mentors, 'shortlists', r.shortlists,
			'complete', r.complete, 'unmatched', r.unmatched) END,
	'failure', r.reason, 'created_at', common.instant(r.created_at), 'finished_at', common.instant(r.finished_at),
	'version', r.version,
	'can', CASE WHEN r.status = 'ready' THEN json_build_array('publication', 'discard')
		WHEN r.status IN ('queued', 'running') THEN json_build_array('cancellation') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/rounds/' || r.id,
		'shortlists', '/api/v1/rounds/' || r.id || '/shortlists',
		'unmatched', '/api/v1/rounds/' || r.id || '/unmatched',
		'programme', '/api/v1/programmes/' || r.programme_id));

-- The mentee's view: no rank, no score, in an order that says nothing.
CREATE FUNCTION matching.shortlist_json(s matching.shortlist, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', s.id, 'programme', matching.programme_reference(s.programme_id),
	'mentee', profiles.card_json(s.mentee_id), 'status', s.status, 'pick_by', common.instant(s.pick_by),
	'line_rule', s.line_rule, 'reason', s.reason,
	'mentors', coalesce((SELECT json_agg(json_build_object('mentor', profiles.card_json(x.mentor_id),
			'shared', json_build_object('skills', x.reasons -> 'skills', 'interests', x.reasons -> 'interests',
				'languages', x.reasons -> 'languages'))
			ORDER BY md5(s.id::text || x.mentor_id::text))
		FROM matching.shortlist_entry x WHERE x.shortlist_id = s.id), '[]'),
	'created_at', common.instant(s.created_at), 'version', s.version,
	'can', CASE WHEN s.mentee_id = actor AND s.status = 'open' AND s.pick_by > common.now()
		THEN json_build_array('pick', 'refresh') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/shortlists/' || s.id,
		'programme', '/api/v1/programmes/' || s.programme_id));

CREATE FUNCTION matching.pair_json(p matching.pair, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', p.id, 'programme', matching.programme_reference(p.programme_id),
	'mentor', profiles.card_json(p.mentor_id), 'mentee', profiles.card_json(p.mentee_id),
	'my_side', CASE actor WHEN p.mentor_id THEN 'mentor' WHEN p.mentee_id THEN 'mentee' END,
	'status', p.status, 'answer_by', common.instant(p.answer_by), 'suspended_until', p.suspended_until,
	'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
	'version', p.version,
	'can', CASE WHEN p.status = 'proposed' AND actor = p.mentor_id THEN json_build_array('acceptance', 'decline')
		WHEN p.status = 'proposed' AND actor = p.mentee_id THEN json_build_array('withdrawal')
		WHEN p.status = 'active' AND actor IN (p.mentor_id, p.mentee_id) THEN json_build_array('session_create', 'feedback_create')
		ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/pairs/' || p.id, 'why', '/api/v1/pairs/' || p.id || '/why',
		'sessions', '/api/v1/sessions?pair_id=' || p.id, 'programme', '/api/v1/programmes/' || p.programme_id));

GRANT EXECUTE ON FUNCTION matching.fresh_shortlist(uuid, uuid), matching.coordinates(uuid, uuid, text[]),
	matching.programme_reference(uuid), matching.programme_json(matching.programme, uuid, text[]),
	matching.enrolment_json(matching.enrolment, uuid), matching.round_json(matching.round),
	matching.shortlist_json(matching.shortlist, uuid), matching.pair_json(matching.pair, uuid)
	TO upward_matching;
