-- Changes in the company that came from what a leader learned.
CREATE TABLE evaluation.improvement (
	id uuid CONSTRAINT improvement_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	pair_id uuid,                            -- whose insight it was
	mentor_named boolean NOT NULL DEFAULT false,   -- each of the two decides whether others see their name
	mentee_named boolean NOT NULL DEFAULT false,
	title text NOT NULL CONSTRAINT improvement_title_some CHECK (title <> ''),
	insight text NOT NULL CONSTRAINT improvement_insight_some CHECK (insight <> ''),
	owner_id uuid,                           -- who sees to the change
	reach int CONSTRAINT improvement_reach CHECK (reach >= 0),   -- people
	evidence text,
	suggested_by uuid NOT NULL,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'suggestion',
	came_from text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX improvement_by_programme ON evaluation.improvement (programme_id, created_at DESC, id DESC);
CREATE INDEX improvement_newest ON evaluation.improvement (created_at DESC, id DESC);
SELECT common.attach_lifecycle('evaluation.improvement', 'improvement');
GRANT SELECT, INSERT, UPDATE ON evaluation.improvement TO upward_evaluation;

-- What coordinators did about signs of trouble in a pair. The signs themselves are computed (plan_flag,
-- session_flag); a row begins with the first intervention or the resolution. The id follows from the sign.
CREATE TABLE evaluation.flag_case (
	id uuid CONSTRAINT flag_case_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	programme_id uuid NOT NULL,
	rule text NOT NULL,
	since timestamptz NOT NULL,
	numbers json NOT NULL,
	action text CONSTRAINT flag_case_action CHECK (action IN ('message', 'talk', 'review', 'other')),
	outcome text CONSTRAINT flag_case_outcome CHECK (outcome IN ('solved', 'false_alarm', 'pair_ended',
		'accepted')),
	note text,
	intervened_at timestamptz,
	resolved_at timestamptz,
	handled_by uuid NOT NULL,
	version bigint NOT NULL DEFAULT 1,
	CONSTRAINT flag_case_handled CHECK ((intervened_at IS NULL) = (action IS NULL)
		AND (resolved_at IS NULL) = (outcome IS NULL) AND num_nonnulls(action, outcome) > 0)
);
CREATE INDEX flag_case_by_programme ON evaluation.flag_case (programme_id);
CREATE INDEX flag_case_resolved ON evaluation.flag_case (pair_id, rule, since) WHERE outcome IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON evaluation.flag_case TO upward_evaluation;
