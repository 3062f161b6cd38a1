-- When the job `asking` next looks for people whom a survey asks and who have not been told of it: what it
-- reads is in proportion to what is due, not to how many are asked.
CREATE TABLE evaluation.survey_look (
	survey_id uuid CONSTRAINT survey_look_once PRIMARY KEY
		CONSTRAINT survey_look_survey REFERENCES evaluation.survey (id),
	look_at timestamptz NOT NULL DEFAULT common.now()
);
COMMENT ON TABLE evaluation.survey_look IS 'unaudited: when a job looks again';
CREATE INDEX survey_look_next ON evaluation.survey_look (look_at);
INSERT INTO evaluation.survey_look (survey_id) SELECT s.id FROM evaluation.survey s;
GRANT SELECT, INSERT, UPDATE, DELETE ON evaluation.survey_look TO upward_evaluation;
