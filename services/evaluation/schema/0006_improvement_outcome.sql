-- What came of an innovation day and led to the improvement.
ALTER TABLE evaluation.improvement ADD outcome_id uuid;
CREATE INDEX improvement_outcome ON evaluation.improvement (outcome_id) WHERE outcome_id IS NOT NULL;
