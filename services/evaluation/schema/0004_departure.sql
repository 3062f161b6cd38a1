-- When people left the company, for the report on retention: from the events of profiles.
CREATE TABLE evaluation.departure (
	person_id uuid CONSTRAINT departure_once PRIMARY KEY,
	left_on date NOT NULL
);
COMMENT ON TABLE evaluation.departure IS 'unaudited: follows events of profiles, which are audited there';
GRANT SELECT, INSERT, UPDATE, DELETE ON evaluation.departure TO upward_evaluation;
