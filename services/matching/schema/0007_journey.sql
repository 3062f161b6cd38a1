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

ALTER TABLE matching.enrolment ADD invitation_id uuid
		CONSTRAINT enrolment_invitation REFERENCES matching.invitation (id),
	ADD form_id uuid CONSTRAINT enrolment_form REFERENCES matching.form (id),
	ADD ever_invited boolean NOT NULL DEFAULT false;
CREATE OR REPLACE VIEW matching.enrolment_view AS
SELECT e.id AS enrolment_id, e.programme_id, e.person_id, e.role, e.status, e.capacity, e.taken, e.ever_invited
FROM matching.enrolment e;
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

-- Does the actor stand above one of the two? Then what the pair says in confidence is not theirs.
CREATE FUNCTION matching.above_pair(actor uuid, mentor uuid, mentee uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (WITH RECURSIVE line (id) AS (
		SELECT c.manager_id FROM profiles.candidate c WHERE c.person_id IN (mentor, mentee)
		UNION SELECT c.manager_id FROM line l JOIN profiles.candidate c ON c.person_id = l.id)
	SELECT FROM line WHERE id = actor);

-- Who left a pair at once. No time is kept and the id is random: only the two know, each for themselves.
CREATE TABLE matching.safe_exit (
	id uuid CONSTRAINT safe_exit_id PRIMARY KEY,
	pair_id uuid NOT NULL CONSTRAINT safe_exit_pair REFERENCES matching.pair (id),
	author_id uuid NOT NULL,
	CONSTRAINT safe_exit_once UNIQUE (pair_id)
);
GRANT SELECT, INSERT ON matching.safe_exit TO upward_matching;

-- A new open shortlist in place of an earlier one: the best three of the round's candidates who have a
-- place, whom the mentee neither had, has nor was refused by, and who stand on fewer open lists than the
-- cap; two departments where that can be. For a mentee whose pair is suspended the list replaces that
-- pair. Gives how many it found; with none it makes nothing.
CREATE FUNCTION matching.fresh_shortlist(earlier uuid, fresh uuid) RETURNS int
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
	IF part.taken >= part.capacity OR room_of(part.person_id, 'mentee') <= 0 THEN
		SELECT q.id INTO resting FROM pair q WHERE q.mentee_enrolment_id = part.id AND q.status = 'suspended'
		ORDER BY q.id LIMIT 1;
	END IF;
	IF p.status NOT IN ('matching', 'active') OR part.status <> 'enrolled'
			OR (part.taken >= part.capacity OR room_of(part.person_id, 'mentee') <= 0) AND resting IS NULL
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
				AND e.status = 'enrolled' AND e.taken < e.capacity AND room_of(c.mentor_id, 'mentor') > 0
				AND NOT EXISTS (SELECT FROM declined d WHERE d.programme_id = was.programme_id
					AND d.mentee_id = was.mentee_id AND d.mentor_id = c.mentor_id)
				AND NOT EXISTS (SELECT FROM pair q WHERE q.mentee_id = was.mentee_id AND q.mentor_id = c.mentor_id
					AND q.status IN ('proposed', 'active', 'suspended', 'completed', 'ended'))
				AND (SELECT count(*) FROM shortlist_entry x JOIN shortlist s ON s.id = x.shortlist_id
					WHERE x.mentor_id = c.mentor_id AND s.status = 'open') < p.exposure_cap),
		two AS (SELECT * FROM free WHERE place <= 2),
		third AS (SELECT f.* FROM free f WHERE f.place > 2
			ORDER BY f.line_distance IS NOT NULL, (SELECT count(DISTINCT t.department) = 1 FROM two t)
				AND f.department IS NOT DISTINCT FROM (SELECT min(t.department) FROM two t), f.place
			LIMIT 1),
		chosen AS (SELECT * FROM two UNION ALL SELECT * FROM third)
	INSERT INTO shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score, reasons, line_distance)
	SELECT fresh, c.mentor_id, c.mentor_enrolment_id, row_number() OVER (ORDER BY c.rank), c.score, c.reasons,
		c.line_distance
	FROM chosen c;
	GET DIAGNOSTICS found_ = ROW_COUNT;
	IF found_ = 0 THEN
		DELETE FROM shortlist WHERE id = fresh;
	ELSE
		UPDATE shortlist SET reason = CASE WHEN found_ < 3 THEN 'candidates_exhausted' END,
			line_rule = CASE WHEN EXISTS (SELECT FROM shortlist_entry x
					WHERE x.shortlist_id = fresh AND x.line_distance IS NOT NULL) THEN 'head_of_tree'
				WHEN was.line_rule = 'head_of_tree' THEN 'any' ELSE was.line_rule END
		WHERE id = fresh;
		INSERT INTO common.outbox (type, subject_id) VALUES ('shortlist.opened', fresh);
	END IF;
	RETURN found_;
END $$;

GRANT EXECUTE ON FUNCTION matching.intake(uuid, text, json), matching.above_pair(uuid, uuid, uuid),
	matching.fresh_shortlist(uuid, uuid) TO upward_matching;
