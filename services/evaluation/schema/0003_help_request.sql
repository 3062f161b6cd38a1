-- "I need a word": a member of a pair writes to the programme's coordinators in confidence. Random ids;
-- nobody
-- but the author and the coordinators who may help (below) learns that there is one.
CREATE TABLE evaluation.help_request (
	id uuid CONSTRAINT help_request_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	programme_id uuid NOT NULL,
	author_id uuid NOT NULL,
	topic text NOT NULL CONSTRAINT help_request_topic
		CHECK (topic IN ('time', 'fit', 'content', 'conduct', 'wellbeing', 'other')),
	message text NOT NULL CONSTRAINT help_request_some CHECK (message <> ''),
	answer text CONSTRAINT help_request_answer_some CHECK (answer <> ''),
	answered_by uuid,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX help_request_author ON evaluation.help_request (author_id, id);
CREATE INDEX help_request_programme ON evaluation.help_request (programme_id, id);
SELECT common.attach_lifecycle('evaluation.help_request', 'help_request');

-- Whether somebody may help the two: a coordinator of the programme who is not one of them and stands above
-- neither.
CREATE FUNCTION evaluation.may_help(helper uuid, pair uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM matching.pair_member m
			JOIN matching.programme_coordinator c ON c.programme_id = m.programme_id AND c.person_id = helper
			WHERE m.pair_id = pair AND m.side = 'mentor' AND helper NOT IN (m.mentor_id, m.mentee_id)
				AND NOT EXISTS (SELECT FROM matching.below(helper, ARRAY[m.mentor_id, m.mentee_id])));
END $$;
GRANT EXECUTE ON FUNCTION evaluation.may_help(uuid, uuid) TO upward_evaluation;

ALTER TABLE evaluation.help_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.help_request FORCE ROW LEVEL SECURITY;
CREATE POLICY help_request_author ON evaluation.help_request TO upward_evaluation
	USING (author_id = nullif(current_setting('app.actor', true), '')::uuid)
	WITH CHECK (author_id = nullif(current_setting('app.actor', true), '')::uuid);
CREATE POLICY help_request_helper ON evaluation.help_request FOR SELECT TO upward_evaluation
	USING (evaluation.may_help(nullif(current_setting('app.actor', true), '')::uuid, pair_id));
CREATE POLICY help_request_helped ON evaluation.help_request FOR UPDATE TO upward_evaluation
	USING (evaluation.may_help(nullif(current_setting('app.actor', true), '')::uuid, pair_id));
CREATE POLICY help_request_person ON evaluation.help_request TO owner
	USING (author_id = nullif(current_setting('app.person', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON evaluation.help_request TO upward_evaluation;
