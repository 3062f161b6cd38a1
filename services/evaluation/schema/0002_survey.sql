-- Surveys of a programme, for one side of its pairs. A question set is never changed: an edit adds a
-- revision.
CREATE TABLE evaluation.survey (
	id uuid CONSTRAINT survey_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	kind text NOT NULL CONSTRAINT survey_kind CHECK (kind IN ('pulse', 'post_session', 'closing',
		'attitude')),
	side text NOT NULL CONSTRAINT survey_side CHECK (side IN ('mentor', 'mentee')),
	title text NOT NULL CONSTRAINT survey_title_some CHECK (title <> ''),
	shipped_set text,                -- which of the sets that come with the product it began as
	revision int NOT NULL DEFAULT 1,
	opens_on date NOT NULL,
	closes_on date NOT NULL,
	every_weeks smallint,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT survey_dates CHECK (opens_on <= closes_on),
	CONSTRAINT survey_weeks CHECK ((kind = 'pulse') = (every_weeks IS NOT NULL) AND every_weeks BETWEEN 1
		AND 26)
);
CREATE INDEX survey_by_programme ON evaluation.survey (programme_id, created_at DESC, id DESC);

CREATE TABLE evaluation.survey_revision (
	survey_id uuid NOT NULL CONSTRAINT survey_revision_survey REFERENCES evaluation.survey (id),
	number int NOT NULL,
	questions json NOT NULL,         -- with every member (question_whole)
	translations json NOT NULL,
	CONSTRAINT survey_revision_once PRIMARY KEY (survey_id, number)
);
GRANT SELECT, INSERT, UPDATE ON evaluation.survey TO upward_evaluation;
GRANT SELECT, INSERT ON evaluation.survey_revision TO upward_evaluation;

-- When the answers of a batch were closed: from then on they are counted and none is added. asked: how many
-- people were asked, as of that moment.
CREATE TABLE evaluation.survey_release (
	survey_id uuid NOT NULL CONSTRAINT survey_release_survey REFERENCES evaluation.survey (id),
	batch text NOT NULL,
	asked int NOT NULL,
	released_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT survey_release_once PRIMARY KEY (survey_id, batch)
);
COMMENT ON TABLE evaluation.survey_release IS 'unaudited: created by a job when a wave is over';
GRANT SELECT, INSERT ON evaluation.survey_release TO upward_evaluation;

-- What somebody answers in one wave. Confidential like feedback: random ids, no times; row security shows it
-- to its author only, and to the owner's functions for figures about batches that are closed.
CREATE TABLE evaluation.response (
	id uuid CONSTRAINT response_id PRIMARY KEY,
	survey_id uuid NOT NULL CONSTRAINT response_survey REFERENCES evaluation.survey (id),
	programme_id uuid NOT NULL,
	wave text NOT NULL CONSTRAINT response_wave
		CHECK (wave ~ '^(before|after|closing|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9a-f-]{36})$'),
	batch text NOT NULL CONSTRAINT response_batch
		CHECK (batch ~ '^(before|after|closing|[0-9]{4}-[0-9]{2}(-[0-9]{2})?)$'),
	person_id uuid NOT NULL,
	revision int NOT NULL,
	answers jsonb NOT NULL DEFAULT '{}',  -- key → number: point on the scale, index of the option, number
	texts jsonb NOT NULL DEFAULT '{}',    -- key → text
	submitted boolean NOT NULL DEFAULT false,
	version bigint NOT NULL DEFAULT 1,
	CONSTRAINT response_once UNIQUE (survey_id, wave, person_id)
);
CREATE INDEX response_of ON evaluation.response (person_id);
CREATE INDEX response_batches ON evaluation.response (survey_id, batch) WHERE submitted;
ALTER TABLE evaluation.response ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.response FORCE ROW LEVEL SECURITY;
CREATE POLICY response_author ON evaluation.response TO upward_evaluation
	USING (person_id = nullif(current_setting('app.actor', true), '')::uuid)
	WITH CHECK (person_id = nullif(current_setting('app.actor', true), '')::uuid);
CREATE POLICY response_counted ON evaluation.response FOR SELECT TO owner
	USING (submitted AND EXISTS (SELECT FROM evaluation.survey_release r
		WHERE r.survey_id = response.survey_id AND r.batch = response.batch));
CREATE POLICY response_person ON evaluation.response TO owner
	USING (person_id = nullif(current_setting('app.person', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON evaluation.response TO upward_evaluation;
