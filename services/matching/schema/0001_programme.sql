-- Programmes, who runs them, their policies, and the enrolments of people in them.
CREATE SCHEMA matching;
GRANT USAGE ON SCHEMA matching TO guard, upward_matching, upward_scheduling, upward_evaluation;

-- The columns from min_level_gap to answer_days are the policy in force; table policy keeps what
-- each round used.
CREATE TABLE matching.programme (
	id uuid CONSTRAINT programme_id PRIMARY KEY,
	title text NOT NULL CONSTRAINT programme_title_some CHECK (title <> ''),
	description text,
	purpose text NOT NULL CONSTRAINT programme_purpose CHECK (purpose IN ('digital_skills',
		'inclusion', 'market_insight', 'innovation', 'retention', 'open_learning')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	winding_down text,         -- the step (closing, closure, cancellation) that is taken when nothing hangs on it
	starts_on date NOT NULL,
	ends_on date NOT NULL,
	enrolment_open boolean NOT NULL DEFAULT false,
	focus_skills uuid[] NOT NULL DEFAULT '{}',
	min_level_gap smallint DEFAULT 1           -- null: skills-only mode, level does not count
		CONSTRAINT programme_min_level_gap CHECK (min_level_gap >= 1),
	line_distance smallint                     -- steps that are too close; null: any
		CONSTRAINT programme_line_distance CHECK (line_distance >= 2),
	exposure_cap smallint NOT NULL DEFAULT 5   -- shortlists one mentor may stand on
		CONSTRAINT programme_exposure_cap CHECK (exposure_cap BETWEEN 1 AND 255),
	pick_days smallint NOT NULL DEFAULT 7 CONSTRAINT programme_pick_days CHECK (pick_days BETWEEN 1 AND 60),
	answer_days smallint NOT NULL DEFAULT 3 CONSTRAINT programme_answer_days CHECK (answer_days BETWEEN 1 AND 60),
	policy_number int NOT NULL DEFAULT 1,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT programme_dates CHECK (starts_on < ends_on)
);
CREATE INDEX programme_title ON matching.programme (title, id);
CREATE INDEX programme_by_status ON matching.programme (status, title, id);

CREATE TABLE matching.coordinator (
	programme_id uuid NOT NULL CONSTRAINT coordinator_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT coordinator_once PRIMARY KEY (programme_id, person_id)
);
CREATE INDEX coordinator_person ON matching.coordinator (person_id, programme_id);

-- Hard rules and weights, kept for ever: every round names the number it used.
CREATE TABLE matching.policy (
	programme_id uuid NOT NULL CONSTRAINT policy_programme REFERENCES matching.programme (id),
	number int NOT NULL CONSTRAINT policy_number_positive CHECK (number >= 1),
	rules json NOT NULL,
	created_by uuid,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT policy_number PRIMARY KEY (programme_id, number)
);

-- One row per person, programme and role. taken is owned by the triggers on pair.
CREATE TABLE matching.enrolment (
	id uuid CONSTRAINT enrolment_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT enrolment_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	role text NOT NULL CONSTRAINT enrolment_role CHECK (role IN ('mentor', 'mentee')),
	status text NOT NULL,
	step text NOT NULL,
	came_from text,
	capacity smallint NOT NULL DEFAULT 1
		CONSTRAINT enrolment_capacity_range CHECK (capacity BETWEEN 0 AND 20),
	taken smallint NOT NULL DEFAULT 0,
	reason text,               -- code, private: of declined, paused, withdrawn
	paused_until date,
	answers json NOT NULL DEFAULT '{}',
	enrolled_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT enrolment_once UNIQUE (programme_id, person_id, role),
	CONSTRAINT enrolment_capacity CHECK (taken BETWEEN 0 AND capacity)
);
CREATE INDEX enrolment_person ON matching.enrolment (person_id, id);
CREATE INDEX enrolment_by_programme ON matching.enrolment (programme_id, id);

GRANT SELECT, INSERT ON matching.programme, matching.coordinator, matching.policy TO upward_matching;
GRANT UPDATE ON matching.programme TO upward_matching;
GRANT DELETE ON matching.coordinator TO upward_matching;
GRANT SELECT, INSERT (id, programme_id, person_id, role, step, capacity, reason, paused_until,
		answers, enrolled_by),
	UPDATE (step, capacity, reason, paused_until, answers, version, updated_at)
	ON matching.enrolment TO upward_matching;
