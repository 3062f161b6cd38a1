-- The whole life of a programme, an enrolment and a pair.

-- Invitations: one text for one role, to many people.
CREATE TABLE matching.invitation (
	id uuid CONSTRAINT invitation_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT invitation_programme REFERENCES matching.programme (id),
	role text NOT NULL CONSTRAINT invitation_role CHECK (role IN ('mentor', 'mentee')),
	message text NOT NULL CONSTRAINT invitation_message_some CHECK (message <> ''),
	preview boolean NOT NULL DEFAULT false,
	found int NOT NULL,
	invited int NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX invitation_newest ON matching.invitation (programme_id, created_at DESC, id DESC);
GRANT SELECT, INSERT ON matching.invitation TO upward_matching;

-- Intake forms: questions per role; every version is kept.
CREATE TABLE matching.form (
	id uuid CONSTRAINT form_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT form_programme REFERENCES matching.programme (id),
	role text NOT NULL CONSTRAINT form_role CHECK (role IN ('mentor', 'mentee')),
	number int NOT NULL,
	questions json NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT form_number UNIQUE (programme_id, role, number)
);
GRANT SELECT, INSERT ON matching.form TO upward_matching;

DROP FUNCTION matching.enrolment_json(matching.enrolment, uuid);
ALTER TABLE matching.enrolment ADD invitation_id uuid
		CONSTRAINT enrolment_invitation REFERENCES matching.invitation (id),
	ADD form_id uuid CONSTRAINT enrolment_form REFERENCES matching.form (id),
	ADD ever_invited boolean NOT NULL DEFAULT false;
GRANT INSERT (invitation_id, form_id, ever_invited), UPDATE (form_id) ON matching.enrolment TO upward_matching;

-- The recorded talk that comes before a pair is dissolved.
CREATE TABLE matching.review (
	id uuid CONSTRAINT review_id PRIMARY KEY,
	pair_id uuid NOT NULL CONSTRAINT review_pair REFERENCES matching.pair (id),
	author_id uuid NOT NULL,
	outcome text NOT NULL CONSTRAINT review_outcome CHECK (outcome IN ('go_on', 'change_partner', 'end')),
	agreed text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX review_by_pair ON matching.review (pair_id, id);
GRANT SELECT, INSERT ON matching.review TO upward_matching;

-- Every state of a pair, written by a trigger. Why somebody left is not among them.
CREATE TABLE matching.pair_history (
	pair_id uuid NOT NULL CONSTRAINT pair_history_pair REFERENCES matching.pair (id) ON UPDATE CASCADE,
	number int NOT NULL,
	status text NOT NULL,
	reason text,
	at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT pair_history_number PRIMARY KEY (pair_id, number)
);
COMMENT ON TABLE matching.pair_history IS 'unaudited: a record of changes itself';
GRANT SELECT ON matching.pair_history TO upward_matching;

CREATE FUNCTION matching.pair_remember() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO matching.pair_history (pair_id, number, status, reason)
	SELECT new.id, coalesce(max(h.number), 0) + 1, new.status,
		CASE WHEN new.status = 'suspended' THEN new.reason END
	FROM matching.pair_history h WHERE h.pair_id = new.id;
	RETURN NULL;
END $$;
CREATE TRIGGER pair_remember_new AFTER INSERT ON matching.pair
	FOR EACH ROW EXECUTE FUNCTION matching.pair_remember();
CREATE TRIGGER pair_remember AFTER UPDATE OF status ON matching.pair
	FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION matching.pair_remember();

-- Answers to an intake form, as an object; refuses what the newest form of the role does not fit.
CREATE FUNCTION matching.intake(programme uuid, part text, given json, OUT answers json, OUT form uuid)
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	f form;
	q record;
	said text;
BEGIN
	answers := coalesce((SELECT json_object_agg(a ->> 'key', a ->> 'value') FROM json_array_elements(coalesce(given, '[]')) a), '{}');
	SELECT * INTO f FROM form x WHERE x.programme_id = programme AND x.role = part ORDER BY x.number DESC LIMIT 1;
	form := f.id;
	IF (SELECT count(*) <> count(DISTINCT a ->> 'key') FROM json_array_elements(coalesce(given, '[]')) a)
		OR EXISTS (SELECT FROM json_array_elements(coalesce(given, '[]')) a WHERE NOT EXISTS (
			SELECT FROM json_array_elements(coalesce(f.questions, '[]')) k WHERE k ->> 'key' = a ->> 'key')) THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/answers"}');
	END IF;
	FOR q IN SELECT k ->> 'key' AS key, coalesce((k ->> 'required')::boolean, false) AS needed, k -> 'options' AS options
		FROM json_array_elements(coalesce(f.questions, '[]')) k
	LOOP
		said := answers ->> q.key;
		IF said IS NULL AND q.needed OR said IS NOT NULL AND json_array_length(coalesce(q.options, '[]')) > 0
			AND said NOT IN (SELECT o FROM json_array_elements_text(q.options) o) THEN
			PERFORM common.refuse('unprocessable', json_build_object('pointer', '/answers', 'question', q.key));
		END IF;
	END LOOP;
END $$;

CREATE FUNCTION matching.invitation_json(i matching.invitation) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'programme', matching.programme_reference(i.programme_id), 'role', i.role,
	'message', i.message, 'preview', i.preview, 'found', i.found, 'invited', i.invited, 'passed_over', i.found - i.invited,
	'created_at', common.instant(i.created_at), 'version', i.version, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || i.programme_id || '/invitations/' || i.id,
		'programme', '/api/v1/programmes/' || i.programme_id));

CREATE FUNCTION matching.form_json(f matching.form) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', f.id, 'programme', matching.programme_reference(f.programme_id), 'role', f.role,
	'number', f.number, 'questions', (SELECT json_agg(json_build_object('key', q ->> 'key', 'text', q ->> 'text',
		'required', coalesce((q ->> 'required')::boolean, false), 'options', coalesce(q -> 'options', '[]')))
		FROM json_array_elements(f.questions) q),
	'created_at', common.instant(f.created_at), 'version', f.version, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || f.programme_id || '/forms/' || f.id,
		'programme', '/api/v1/programmes/' || f.programme_id));

CREATE FUNCTION matching.review_json(r matching.review) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', r.id, 'pair_id', r.pair_id, 'outcome', r.outcome, 'agreed', r.agreed,
	'author', profiles.card_json(r.author_id), 'created_at', common.instant(r.created_at), 'version', r.version,
	'can', '[]'::json, 'links', json_build_object('self', '/api/v1/pairs/' || r.pair_id || '/reviews/' || r.id,
		'pair', '/api/v1/pairs/' || r.pair_id));

-- Does the actor stand above one of the two? Then what the pair says in confidence is not theirs.
CREATE FUNCTION matching.above_pair(actor uuid, mentor uuid, mentee uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (WITH RECURSIVE line (id) AS (
		SELECT c.manager_id FROM profiles.candidate c WHERE c.person_id IN (mentor, mentee)
		UNION SELECT c.manager_id FROM line l JOIN profiles.candidate c ON c.person_id = l.id)
	SELECT FROM line WHERE id = actor);

GRANT EXECUTE ON FUNCTION matching.intake(uuid, text, json), matching.invitation_json(matching.invitation),
	matching.form_json(matching.form), matching.review_json(matching.review),
	matching.above_pair(uuid, uuid, uuid) TO upward_matching;

CREATE FUNCTION matching.enrolment_json(e matching.enrolment, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', e.id, 'programme', matching.programme_reference(e.programme_id),
	'person', profiles.card_json(e.person_id), 'role', e.role, 'status', e.status,
	'capacity', e.capacity, 'taken', e.taken, 'answers', e.answers,
	'invitation', (SELECT i.message FROM matching.invitation i WHERE i.id = e.invitation_id),
	'paused_until', CASE WHEN e.status = 'paused' THEN e.paused_until END,
	'created_at', common.instant(e.created_at), 'updated_at', common.instant(e.updated_at),
	'version', e.version,
	'can', CASE WHEN e.person_id <> actor THEN '[]'
		WHEN e.status IN ('invited', 'interested') THEN json_build_array('acceptance', 'decline')
		WHEN e.status = 'paused' THEN json_build_array('patch', 'resumption')
		WHEN e.status NOT IN ('enrolled', 'waitlisted') THEN '[]'
		WHEN e.taken = 0 THEN json_build_array('patch', 'pause', 'withdrawal')
		ELSE json_build_array('patch', 'pause') END,
	'links', json_build_object('self', '/api/v1/enrolments/' || e.id,
		'programme', '/api/v1/programmes/' || e.programme_id));

GRANT EXECUTE ON FUNCTION matching.enrolment_json(matching.enrolment, uuid) TO upward_matching;

CREATE OR REPLACE FUNCTION matching.pair_json(p matching.pair, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', p.id, 'programme', matching.programme_reference(p.programme_id),
	'mentor', profiles.card_json(p.mentor_id), 'mentee', profiles.card_json(p.mentee_id),
	'my_side', CASE actor WHEN p.mentor_id THEN 'mentor' WHEN p.mentee_id THEN 'mentee' END,
	'status', p.status, 'answer_by', common.instant(p.answer_by), 'suspended_until', p.suspended_until,
	'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
	'version', p.version,
	'can', CASE WHEN p.status = 'proposed' AND actor = p.mentor_id THEN json_build_array('acceptance', 'decline')
		WHEN p.status = 'proposed' AND actor = p.mentee_id THEN json_build_array('withdrawal')
		WHEN p.status = 'active' AND actor IN (p.mentor_id, p.mentee_id) THEN json_build_array('session_create',
			'feedback_create', 'suspension', 'completion', 'review_create', 'dissolution', 'safe_exit')
		WHEN p.status = 'suspended' AND actor IN (p.mentor_id, p.mentee_id) THEN json_build_array('resumption',
			'review_create', 'dissolution', 'safe_exit')
		ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/pairs/' || p.id, 'why', '/api/v1/pairs/' || p.id || '/why',
		'sessions', '/api/v1/sessions?pair_id=' || p.id, 'reviews', '/api/v1/pairs/' || p.id || '/reviews',
		'programme', '/api/v1/programmes/' || p.programme_id));

CREATE OR REPLACE FUNCTION matching.round_json(r matching.round) RETURNS json
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
		WHEN r.status = 'published' THEN json_build_array('rollback')
		WHEN r.status IN ('queued', 'running') THEN json_build_array('cancellation') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/rounds/' || r.id,
		'shortlists', '/api/v1/rounds/' || r.id || '/shortlists',
		'unmatched', '/api/v1/rounds/' || r.id || '/unmatched',
		'programme', '/api/v1/programmes/' || r.programme_id));

-- Who left a pair at once. No time is kept and the id is random: only the two know, each for themselves.
CREATE TABLE matching.safe_exit (
	id uuid CONSTRAINT safe_exit_id PRIMARY KEY,
	pair_id uuid NOT NULL CONSTRAINT safe_exit_pair REFERENCES matching.pair (id),
	author_id uuid NOT NULL,
	CONSTRAINT safe_exit_once UNIQUE (pair_id)
);
GRANT SELECT, INSERT ON matching.safe_exit TO upward_matching;

-- As before; also for a mentee whose pair is suspended: the list then replaces that pair. Nobody
-- comes back whom the mentee had, has or was refused by.
CREATE OR REPLACE FUNCTION matching.fresh_shortlist(earlier uuid, fresh uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	was shortlist;
	p programme;
	part enrolment;
	resting uuid;
	found_ int;
BEGIN
	SELECT * INTO was FROM shortlist WHERE id = earlier;
	SELECT * INTO p FROM programme WHERE id = was.programme_id;
	SELECT * INTO part FROM enrolment WHERE id = was.enrolment_id;
	IF part.taken >= part.capacity THEN
		SELECT q.id INTO resting FROM pair q WHERE q.mentee_enrolment_id = part.id AND q.status = 'suspended'
		ORDER BY q.id LIMIT 1;
	END IF;
	IF p.status NOT IN ('matching', 'active') OR part.status <> 'enrolled'
			OR part.taken >= part.capacity AND resting IS NULL
			OR EXISTS (SELECT FROM shortlist s WHERE s.enrolment_id = part.id AND s.status = 'open') THEN
		RETURN 0;
	END IF;
	INSERT INTO shortlist (id, round_id, programme_id, enrolment_id, mentee_id, status, pick_by, line_rule, refresh_of,
		replaces_pair)
	VALUES (fresh, was.round_id, was.programme_id, was.enrolment_id, was.mentee_id, 'open',
		common.now() + make_interval(days => p.pick_days), was.line_rule, was.id, resting)
	ON CONFLICT (enrolment_id) WHERE status = 'open' DO NOTHING; -- another end of a pair was faster
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	WITH free AS (
			SELECT c.*, row_number() OVER (ORDER BY c.rank) AS place
			FROM round_candidate c JOIN enrolment e ON e.id = c.mentor_enrolment_id
				JOIN profiles.card k ON k.person_id = c.mentor_id
			WHERE c.round_id = was.round_id AND c.enrolment_id = was.enrolment_id AND k.status <> 'inactive'
				AND e.status = 'enrolled' AND e.taken < e.capacity
				AND NOT EXISTS (SELECT FROM declined d WHERE d.programme_id = was.programme_id
					AND d.mentee_id = was.mentee_id AND d.mentor_id = c.mentor_id)
				AND NOT EXISTS (SELECT FROM pair q WHERE q.mentee_id = was.mentee_id AND q.mentor_id = c.mentor_id
					AND q.status IN ('proposed', 'active', 'suspended', 'completed', 'ended'))
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

CREATE OR REPLACE FUNCTION matching.programme_json(p matching.programme, actor uuid, roles text[]) RETURNS json
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
			CASE WHEN p.status IN ('draft', 'recruiting', 'matching', 'active') THEN 'invitation_create' END,
			CASE WHEN p.status IN ('recruiting', 'matching', 'active') THEN 'round_create' END,
			CASE WHEN p.status = 'matching' THEN 'activation' END,
			CASE WHEN p.status = 'active' THEN 'closing' END,
			CASE WHEN p.status = 'closing' THEN 'closure' END,
			CASE WHEN p.status IN ('draft', 'recruiting', 'matching') THEN 'cancellation' END]
		ELSE ARRAY[]::text[] END || CASE WHEN p.enrolment_open AND p.status IN ('recruiting', 'matching', 'active')
			THEN 'enrolment_create' END, NULL)),
	'links', json_build_object('self', '/api/v1/programmes/' || p.id,
		'enrolments', '/api/v1/enrolments?programme_id=' || p.id, 'forms', '/api/v1/programmes/' || p.id || '/forms',
		'eligibility', '/api/v1/programmes/' || p.id || '/eligibility'));
