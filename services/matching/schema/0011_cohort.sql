-- Cohorts: a pilot and its extensions within one programme, under the same policy. Each is described by a
-- filter of people. An enrolment belongs to the first cohort, by number, that it fits.
CREATE TABLE matching.cohort (
	id uuid CONSTRAINT cohort_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT cohort_programme REFERENCES matching.programme (id),
	number int NOT NULL,
	title text NOT NULL CONSTRAINT cohort_title_some CHECK (title <> ''),
	departments text[],
	locations text[],
	level_min int,
	level_max int,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT cohort_number UNIQUE (programme_id, number),
	CONSTRAINT cohort_title UNIQUE (programme_id, title),
	CONSTRAINT cohort_levels CHECK (level_min <= level_max)
);

-- People who belong to a cohort by name, whatever its filter says.
CREATE TABLE matching.cohort_person (
	cohort_id uuid NOT NULL CONSTRAINT cohort_person_cohort REFERENCES matching.cohort (id),
	person_id uuid NOT NULL,
	CONSTRAINT cohort_person_once PRIMARY KEY (cohort_id, person_id)
);
CREATE INDEX cohort_person_person ON matching.cohort_person (person_id);

ALTER TABLE matching.enrolment ADD cohort_id uuid;
ALTER TABLE matching.enrolment ADD CONSTRAINT enrolment_cohort FOREIGN KEY (cohort_id)
	REFERENCES matching.cohort (id) NOT VALID;
ALTER TABLE matching.round ADD cohort_id uuid;
ALTER TABLE matching.round ADD CONSTRAINT round_cohort FOREIGN KEY (cohort_id)
	REFERENCES matching.cohort (id) NOT VALID;
CREATE INDEX enrolment_by_cohort ON matching.enrolment (cohort_id) WHERE cohort_id IS NOT NULL;

-- Sessions that took place, as scheduling tells: only how many there are of a pair matters here.
CREATE TABLE matching.held_session (
	session_id uuid CONSTRAINT held_session_id PRIMARY KEY,
	pair_id uuid NOT NULL CONSTRAINT held_session_pair REFERENCES matching.pair (id) ON UPDATE CASCADE
);
CREATE INDEX held_session_by_pair ON matching.held_session (pair_id);

GRANT SELECT, INSERT, UPDATE ON matching.cohort TO upward_matching;
GRANT SELECT, INSERT, DELETE ON matching.cohort_person TO upward_matching;
GRANT SELECT, INSERT ON matching.held_session TO upward_matching;
GRANT UPDATE (cohort_id) ON matching.enrolment TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.has_begun(matching.pair) TO upward_matching;
