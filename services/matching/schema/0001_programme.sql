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
	id uuid NOT NULL DEFAULT common.new_id() CONSTRAINT coordinator_id UNIQUE,
	programme_id uuid NOT NULL CONSTRAINT coordinator_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT coordinator_once PRIMARY KEY (programme_id, person_id)
);
CREATE INDEX coordinator_person ON matching.coordinator (person_id, programme_id);

-- Everything a round goes by, kept for ever: a round names the number it used and reads this row alone.
CREATE TABLE matching.policy (
	programme_id uuid NOT NULL CONSTRAINT policy_programme REFERENCES matching.programme (id),
	number int NOT NULL CONSTRAINT policy_number_positive CHECK (number >= 1),
	rules json NOT NULL,
	created_by uuid,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT policy_number PRIMARY KEY (programme_id, number)
);

-- What a purpose starts with. Read when a programme is made and never again: it may change, and no policy that
-- exists changes its meaning. Weights are 0..127 and sum to 128 at most.
CREATE FUNCTION matching.purpose_weights(purpose text) RETURNS json LANGUAGE sql IMMUTABLE
RETURN CASE purpose
	WHEN 'digital_skills' THEN '{"need": 60, "exchange": 8, "interests": 10, "hours": 16, "level_gap": 10,
		"department": 16, "difference": 0}'::json
	WHEN 'inclusion' THEN '{"need": 32, "exchange": 4, "interests": 12, "hours": 12, "level_gap": 16,
		"department": 20, "difference": 28}'
	WHEN 'market_insight' THEN '{"need": 44, "exchange": 8, "interests": 20, "hours": 12, "level_gap": 12,
		"department": 24, "difference": 0}'
	WHEN 'innovation' THEN '{"need": 44, "exchange": 16, "interests": 12, "hours": 12, "level_gap": 8,
		"department": 32, "difference": 0}'
	WHEN 'retention' THEN '{"need": 40, "exchange": 24, "interests": 20, "hours": 16, "level_gap": 12,
		"department": 12, "difference": 0}'
	ELSE '{"need": 56, "exchange": 24, "interests": 12, "hours": 16, "level_gap": 4, "department": 12,
		"difference": 0}' END;

-- The programme's rules as a policy: what an earlier one says goes on, but for what the programme says otherwise
-- now. A wanted skill of the focus counts focus_weight times; half hours and shared things are enough at "ample".
CREATE FUNCTION matching.policy_rules(p matching.programme, earlier json) RETURNS json LANGUAGE sql STABLE
RETURN (coalesce(earlier::jsonb, jsonb_build_object('purpose', p.purpose, 'weights', matching.purpose_weights(p.purpose))
		|| '{"focus_weight": 2, "shortlist_size": 3, "two_departments": true, "shared_language": true,
			"need_covered": true, "common_half_hours": 2, "ample_half_hours": 20, "ample_interests": 4,
			"ample_exchange": 6, "ideal_level_gap": 4, "level_gap_fall": 40,
			"difference_of": ["country", "location", "tenure"]}')
	|| jsonb_build_object('min_level_gap', p.min_level_gap, 'line_distance', p.line_distance,
		'exposure_cap', p.exposure_cap, 'focus_skills',
		array_to_json(ARRAY(SELECT DISTINCT s FROM unnest(p.focus_skills) s ORDER BY s))))::json;
GRANT EXECUTE ON FUNCTION matching.purpose_weights(text), matching.policy_rules(matching.programme, json)
	TO upward_matching;

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
CREATE INDEX enrolment_answers ON matching.enrolment (programme_id) WHERE status IN ('invited', 'paused');
CREATE INDEX enrolment_places ON matching.enrolment (programme_id, role) WHERE status = 'enrolled' AND taken < capacity;

GRANT SELECT, INSERT ON matching.programme, matching.coordinator, matching.policy TO upward_matching;
GRANT UPDATE ON matching.programme TO upward_matching;
GRANT DELETE ON matching.coordinator TO upward_matching;
GRANT SELECT, INSERT (id, programme_id, person_id, role, step, capacity, reason, paused_until,
		answers, enrolled_by),
	UPDATE (step, capacity, reason, paused_until, answers, version, updated_at)
	ON matching.enrolment TO upward_matching;
