-- Training that people have completed: a programme can require it. Recorded by HR or a programme admin.
CREATE TABLE profiles.training_record (
	id uuid CONSTRAINT training_record_id PRIMARY KEY,
	person_id uuid NOT NULL CONSTRAINT training_record_person REFERENCES profiles.person (id),
	topic text NOT NULL CONSTRAINT training_record_topic CHECK (topic IN ('reverse_mentoring', 'listening',
		'feedback', 'discussing_difference', 'inclusion', 'other')),
	title text NOT NULL CONSTRAINT training_record_title_some CHECK (title <> ''),
	completed_on date NOT NULL,
	expires_on date,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT training_record_dates CHECK (expires_on >= completed_on),
	CONSTRAINT training_record_once UNIQUE (person_id, topic, title, completed_on)
);

-- Strengths and weaknesses that a test has found, entered by the person tested.
CREATE TABLE profiles.skill_check (
	id uuid CONSTRAINT skill_check_id PRIMARY KEY,
	person_id uuid NOT NULL CONSTRAINT skill_check_person REFERENCES profiles.person (id),
	instrument text NOT NULL CONSTRAINT skill_check_instrument_some CHECK (instrument <> ''),
	taken_on date NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX skill_check_of_person ON profiles.skill_check (person_id, taken_on DESC, id DESC);
CREATE TABLE profiles.skill_finding (
	check_id uuid NOT NULL CONSTRAINT skill_finding_check REFERENCES profiles.skill_check (id)
		ON DELETE CASCADE,
	skill_id uuid NOT NULL CONSTRAINT skill_finding_skill REFERENCES profiles.skill (id),
	finding text NOT NULL CONSTRAINT skill_finding_kind CHECK (finding IN ('strength', 'weakness')),
	level smallint CONSTRAINT skill_finding_level CHECK (level BETWEEN 0 AND 5),
	CONSTRAINT skill_finding_once PRIMARY KEY (check_id, skill_id)
);
CREATE INDEX skill_finding_by_skill ON profiles.skill_finding (skill_id);
GRANT UPDATE (skill_id) ON profiles.skill_finding TO upward_profiles;
GRANT SELECT, INSERT, DELETE ON profiles.training_record, profiles.skill_check, profiles.skill_finding
	TO upward_profiles;
