-- Feedback by a member of a pair. Confidential: ids are random and neither times nor versions are stored. Row
-- security shows it to its author only, whatever a statement selects, and to the partner once the batch is
-- released (feedback_released).
CREATE SCHEMA evaluation;
GRANT USAGE ON SCHEMA evaluation TO upward_evaluation;

CREATE TABLE evaluation.feedback (
	id uuid CONSTRAINT feedback_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	programme_id uuid NOT NULL,
	session_id uuid,
	author_id uuid NOT NULL,
	subject_id uuid NOT NULL CONSTRAINT feedback_two_people CHECK (subject_id <> author_id),
	occasion text NOT NULL DEFAULT 'session'
		CONSTRAINT feedback_occasion CHECK (occasion IN ('session', 'midpoint', 'closing')),
	visibility text NOT NULL
		CONSTRAINT feedback_visibility CHECK (visibility IN ('private', 'partner', 'programme')),
	rating smallint CONSTRAINT feedback_rating CHECK (rating BETWEEN 1 AND 5),
	comment text,
	wave text,
	CONSTRAINT feedback_says_something CHECK (rating IS NOT NULL OR comment IS NOT NULL),
	CONSTRAINT feedback_wave CHECK (
		CASE visibility WHEN 'private' THEN wave IS NULL
			ELSE coalesce(wave, '') IN ('midpoint', 'closing') END)
);
CREATE INDEX feedback_author ON evaluation.feedback (author_id, id);
ALTER TABLE evaluation.feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY feedback_author ON evaluation.feedback
	USING (author_id = nullif(current_setting('app.actor', true), '')::uuid)
	WITH CHECK (author_id = nullif(current_setting('app.actor', true), '')::uuid);
GRANT SELECT, INSERT ON evaluation.feedback TO upward_evaluation;

-- SMART goals of a pair, agreed by both members, with a log of progress. Only the pair reads them; others see
-- only counts per programme. Their life cycle is in the contract (x-lifecycle): after an edit, the other
-- member must agree again.
CREATE TABLE evaluation.goal (
	id uuid CONSTRAINT goal_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	specific text NOT NULL CONSTRAINT goal_specific_some CHECK (specific <> ''),
	unit text NOT NULL CONSTRAINT goal_unit_some CHECK (unit <> ''),
	baseline numeric(14, 4) NOT NULL,
	target numeric(14, 4) NOT NULL,
	skill_id uuid,
	due_on date NOT NULL,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	proposed_by uuid NOT NULL,       -- the author of the current text: the other member agrees
	agreed_at timestamptz,
	achieved numeric(14, 4),         -- value at completion
	reason text CONSTRAINT goal_reason CHECK (reason IN
		('no_longer_relevant', 'out_of_reach', 'replaced', 'no_time', 'other')),
	closed_at timestamptz,           -- when completed or abandoned
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT goal_measurable CHECK (target <> baseline),
	CONSTRAINT goal_status CHECK ((status = 'completed') = (achieved IS NOT NULL)
		AND (status = 'abandoned') = (reason IS NOT NULL)
		AND (status IN ('completed', 'abandoned')) = (closed_at IS NOT NULL))
);
CREATE INDEX goal_by_pair ON evaluation.goal (pair_id, created_at DESC, id DESC);
CREATE INDEX goal_due ON evaluation.goal (due_on) WHERE status = 'agreed';

-- Progress towards a goal. Entries are never changed.
CREATE TABLE evaluation.progress (
	id uuid CONSTRAINT progress_id PRIMARY KEY,
	goal_id uuid NOT NULL CONSTRAINT progress_goal REFERENCES evaluation.goal (id),
	author_id uuid NOT NULL,
	value numeric(14, 4),            -- measured value, in the goal's unit
	note text,
	session_id uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT progress_says_something CHECK (value IS NOT NULL OR note IS NOT NULL)
);
CREATE INDEX progress_by_goal ON evaluation.progress (goal_id, created_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE ON evaluation.goal TO upward_evaluation;
GRANT SELECT, INSERT ON evaluation.progress TO upward_evaluation;

CREATE TABLE evaluation.release (
	programme_id uuid NOT NULL,
	wave text NOT NULL CONSTRAINT release_wave CHECK (wave IN ('midpoint', 'closing')),
	released_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT release_once PRIMARY KEY (programme_id, wave)
);
COMMENT ON TABLE evaluation.release IS 'unaudited: created by a job when a window closes';
GRANT SELECT, INSERT ON evaluation.release TO upward_evaluation;

-- The partner reads feedback once its batch is released.
CREATE POLICY feedback_released ON evaluation.feedback FOR SELECT
	USING (visibility = 'partner' AND subject_id = nullif(current_setting('app.actor', true), '')::uuid
		AND EXISTS (SELECT FROM evaluation.release r
			WHERE r.programme_id = feedback.programme_id AND r.wave = feedback.wave));
CREATE INDEX feedback_subject ON evaluation.feedback (subject_id) WHERE visibility = 'partner';

-- Feedback for the programme's figures, of released windows. Nothing is ever added to a released window, so
-- two reports never differ. Only functions of the schema's owner read these rows, and their results cover at
-- least five authors and five partners.
CREATE POLICY feedback_counted ON evaluation.feedback FOR SELECT TO owner
	USING (visibility = 'programme' AND EXISTS (SELECT FROM evaluation.release r
		WHERE r.programme_id = feedback.programme_id AND r.wave = feedback.wave));

-- items: [{key, text, kind: scale|choice, options, correct}]. A scale is 0 to 5, like skill levels.
CREATE TABLE evaluation.assessment (
	id uuid CONSTRAINT assessment_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	skill_id uuid NOT NULL,
	title text NOT NULL CONSTRAINT assessment_title_some CHECK (title <> ''),
	items json NOT NULL,
	opens_on date NOT NULL,
	closes_on date NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT assessment_dates CHECK (opens_on <= closes_on)
);
CREATE INDEX assessment_by_programme ON evaluation.assessment (programme_id, created_at DESC, id DESC);

CREATE TABLE evaluation.attempt (
	id uuid CONSTRAINT attempt_id PRIMARY KEY,
	assessment_id uuid NOT NULL CONSTRAINT attempt_assessment REFERENCES evaluation.assessment (id),
	person_id uuid NOT NULL,
	phase text NOT NULL CONSTRAINT attempt_phase CHECK (phase IN ('pre', 'post')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	answers jsonb NOT NULL DEFAULT '{}',     -- key → value
	score numeric(4, 1),                     -- 0 to 100, the mean over all items
	submitted_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT attempt_once UNIQUE (assessment_id, person_id, phase),
	CONSTRAINT attempt_status CHECK (CASE status WHEN 'submitted' THEN num_nulls(score, submitted_at) = 0
		ELSE num_nonnulls(score, submitted_at) = 0 END)
);
GRANT SELECT, INSERT, UPDATE ON evaluation.assessment, evaluation.attempt TO upward_evaluation;

-- Requests already sent to people, to prevent duplicates.
CREATE TABLE evaluation.asked (
	subject_id uuid NOT NULL,  -- assessment, pair or goal
	person_id uuid NOT NULL,
	what text NOT NULL CONSTRAINT asked_what CHECK (what IN
		('assessment pre', 'assessment post', 'feedback midpoint', 'feedback closing', 'goal')),
	asked_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT asked_once PRIMARY KEY (subject_id, person_id, what)
);
COMMENT ON TABLE evaluation.asked IS 'unaudited: created by a job when something falls due';
GRANT SELECT, INSERT ON evaluation.asked TO upward_evaluation;

-- For the response rates on a programme's page. Coordinators can list invitations and picks by name, so these
-- are counted exactly; of assessments and feedback they see only figures. Answers to assessments are counted
-- in steps of five, so that the difference of two readings reveals nobody; those to feedback appear when
-- their window is released and never change.
CREATE POLICY feedback_answered ON evaluation.feedback FOR SELECT TO owner
	USING (visibility <> 'private' AND EXISTS (SELECT FROM evaluation.release r
		WHERE r.programme_id = feedback.programme_id AND r.wave = feedback.wave));

-- For the export and erasure of a person's data: the owner reads the feedback that this person wrote.
CREATE POLICY feedback_person ON evaluation.feedback TO owner
	USING (author_id = nullif(current_setting('app.person', true), '')::uuid);

SELECT common.attach_lifecycle('evaluation.goal', 'goal'),
	common.attach_lifecycle('evaluation.attempt', 'attempt');
