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

-- Every state of a pair, written by pair_follow(). Why somebody left is not among them.
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

GRANT SELECT, INSERT ON matching.pair_history TO guard;

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

GRANT EXECUTE ON FUNCTION matching.intake(uuid, text, json), matching.above_pair(uuid, uuid, uuid)
	TO upward_matching;
